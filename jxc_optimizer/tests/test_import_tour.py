"""The import in the browser."""

import io
from datetime import datetime, timedelta

import openpyxl

from odoo.tests import HttpCase, tagged

from .import_common import HEADER, ImportCommon, xls, xlsx


@tagged("post_install", "-at_install")
class TestImportTour(ImportCommon, HttpCase):
    def _offer(self, name, data):
        """A file the browser can fetch and choose."""
        self.env["ir.attachment"].create({"name": name, "raw": data, "public": True})

    def _messy(self):
        """Twenty weeks of sales under a title, with five kinds of error."""
        rows = [["某某贸易有限公司"], ["销售出库明细表"], HEADER]
        for week in range(1, 21):
            day = self.today - timedelta(days=7 * week)
            rows.append([day, f"XS{week}", "P-001", "圆珠笔 蓝色", "支", 20, "总仓"])
            rows.append([day, f"XS{week}", "R-003", "大米", "公斤", 7.5, "总仓"])
        day = self.today - timedelta(days=5)
        rows += [
            ["待定", "E1", "P-001", "圆珠笔 蓝色", "支", 1, "总仓"],
            [day, "E2", "P-001", "圆珠笔 蓝色", "支", "若干", "总仓"],
            [day, "E3", "Q-999", "神秘商品", "支", 1, "总仓"],
            [day, "E4", "P-001", "圆珠笔 蓝色", "支", 1, "月球仓"],
            [day, "E5", "P-001", "圆珠笔 蓝色", "千克", 1, "总仓"],
            ["合计", None, None, None, None, 554, None],
        ]
        return rows

    def test_messy_file_to_suggestion(self):
        # the menu Configuration is the inventory manager's
        self.planner.group_ids |= self.env.ref("stock.group_stock_manager")
        self._vendor(self.pen | self.rice)
        rule = self._rule(self.pen, 1, 2, trigger="manual")
        self._offer("messy.xls", xls(self._messy()))
        self.start_tour("/odoo", "jxc_import_messy", login="import_planner")
        record = self.env["jxc.import"].search([], limit=1)
        self.assertEqual(
            (record.state, record.taken_count, record.error_count), ("done", 40, 5)
        )
        errors = self.env["ir.attachment"].search(
            [("res_model", "=", "jxc.import"), ("name", "like", "messy, rows in error")]
        )
        book = openpyxl.load_workbook(io.BytesIO(errors.raw))
        rows = [list(row) for row in book.active.iter_rows(values_only=True)]
        self.assertEqual([row[1] for row in rows[-5:]], ["E1", "E2", "E3", "E4", "E5"])
        self.assertTrue(all(row[-1] for row in rows[-5:]))
        for row in rows[-5:]:
            row[0] = datetime.combine(self.today, datetime.min.time())
            row[2], row[4], row[5], row[6] = "P-001", "支", 1, "总仓"
        self._offer("mended.xlsx", xlsx(rows))
        self.start_tour(
            "/odoo/history-import", "jxc_import_mended", login="import_planner"
        )
        self.assertEqual(
            sum(value[0] for value in self._demand(self.pen).values()), 405
        )
        self._run()
        self.assertGreater(rule.jxc_suggested_max, 0)
        self.start_tour(
            "/odoo/replenishment", "jxc_import_suggestion", login="import_planner"
        )
