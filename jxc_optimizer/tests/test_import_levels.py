"""Levels and orders that were decided in a spreadsheet."""

import io
from datetime import timedelta

import openpyxl

from odoo.tests import tagged

from .import_common import ImportCommon, xlsx


@tagged("post_install", "-at_install")
class TestImportLevels(ImportCommon):
    HEADER = ["商品编码", "仓库", "最低库存", "最高库存", "确认数量"]

    def _levels(self, *rows, **values):
        data = xlsx([self.HEADER, *rows])
        record = self._import(data, "levels.xlsx", kind="levels", **values)
        record.action_check()
        self.assertEqual(record.state, "check", record.message)
        return record

    def test_differences_apply_and_undo(self):
        pen = self._rule(self.pen, 5, 10)
        tape = self._rule(self.tape, 1, 2, trigger="manual")
        same = self._rule(self.rice, 3, 4)
        record = self._levels(
            ["P-001", "总仓", 8, 20, None],
            ["T-002", None, None, None, 7],
            ["R-003", None, 3, 4, None],
        )
        self.assertEqual(record.taken_count, 3)
        self.assertEqual(record.change_ids.orderpoint_id, pen | tape)
        record.action_import()
        self.assertEqual(record.state, "done", record.message)
        self.assertEqual((pen.product_min_qty, pen.product_max_qty), (8, 20))
        self.assertEqual((tape.product_min_qty, tape.qty_to_order), (1, 7))
        self.assertEqual((same.product_min_qty, same.product_max_qty), (3, 4))
        log = self.env["jxc.change"].search([("orderpoint_id", "=", pen.id)])
        self.assertEqual((log.old_min, log.new_max), (5, 20))
        record.action_undo()
        self.assertEqual((pen.product_min_qty, pen.product_max_qty), (5, 10))
        self.assertTrue(log.reverted_at)
        self.assertFalse(tape.qty_to_order_manual)

    def test_missing_rules_are_created_and_archived_again(self):
        record = self._levels(["P-001", "总仓", 8, 20, None])
        self.assertTrue(record.change_ids.created)
        record.action_import()
        rule = self.env["stock.warehouse.orderpoint"].search(
            [("product_id", "=", self.pen.id), ("company_id", "=", self.company.id)]
        )
        self.assertEqual((rule.product_min_qty, rule.product_max_qty), (8, 20))
        record.action_undo()
        self.assertFalse(rule.active)

    def test_errors(self):
        self._rule(self.rice, 1, 2)
        record = self._levels(
            ["P-001", None, 9, 3, None],
            ["T-002", None, -1, 3, None],
            ["P-001", None, 1, 3, None],
            ["P-001", None, 2, 4, None],
            ["R-003", None, None, None, 50],
            ["P-001", None, "viel", 3, None],
        )
        self.assertEqual(
            record.counts["status"],
            {
                "min_above_max": 1,
                "negative": 1,
                "ok": 1,
                "repeated": 1,
                "automatic": 1,
                "number_unreadable:minimum": 1,
            },
        )

    def test_changed_since_the_check(self):
        """All or nothing: what somebody changed meanwhile is not overwritten."""
        pen, tape = self._rule(self.pen, 5, 10), self._rule(self.tape, 5, 10)
        record = self._levels(
            ["P-001", None, 8, 20, None], ["T-002", None, 8, 20, None]
        )
        tape.product_min_qty = 6
        record.action_import()
        self.assertEqual(record.state, "check")
        self.assertIn("changed since", record.message)
        self.assertEqual((pen.product_min_qty, tape.product_min_qty), (5, 6))

    def test_zero_leaves_out_until_tomorrow(self):
        rule = self._rule(self.pen, 5, 10, trigger="manual")
        self.assertEqual(rule.qty_to_order, 10)
        record = self._levels(["P-001", None, None, None, 0])
        record.action_import()
        self.assertEqual(rule.snoozed_until, self.today + timedelta(days=1))

    def test_exported_and_brought_back(self):
        """In both languages the exported columns are recognised again."""
        for product in self.pen | self.tape:
            self._sell_weekly(product, [20, 22, 18, 24, 19, 21, 20, 20])
        self._vendor(self.pen | self.tape)
        rules = self._rule(self.pen, 1, 2) | self._rule(
            self.tape, 1, 2, trigger="manual"
        )
        self._run()
        for lang, code in (("en_US", "Item Code"), ("zh_CN", "商品编码")):
            with self.subTest(lang):
                url = rules.with_context(lang=lang).with_user(self.planner)
                action = url.action_jxc_export()
                number = int(action["url"].split("/")[3].split("?")[0])
                data = self.env["ir.attachment"].browse(number).raw
                book = openpyxl.load_workbook(io.BytesIO(data))
                rows = [list(row) for row in book.worksheets[0].values]
                self.assertEqual(rows[0][0], code)
                self.assertEqual(len(book.worksheets), 2)
                places = {name: place for place, name in enumerate(rows[0])}
                low = places["Minimum Stock" if lang == "en_US" else "最低库存"]
                self.assertEqual(rows[1][low], rules[0].jxc_suggested_min)
                rows[1][low] = 3
                record = self._import(xlsx(rows, lang), "back.xlsx", kind="levels")
                record.action_check()
                self.assertEqual(record.error_count, 0, record.counts)
                change = record.change_ids.filtered(
                    lambda change: change.product_id == self.pen
                )
                self.assertEqual(
                    (change.new_min, change.new_max), (3, rules[0].jxc_suggested_max)
                )

    def test_formulas_are_neutralised(self):
        self.pen.default_code = "=1+1"
        rule = self._rule(self.pen, 1, 2)
        action = rule.action_jxc_export()
        number = int(action["url"].split("/")[3].split("?")[0])
        data = self.env["ir.attachment"].browse(number).raw
        cell = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]["A2"]
        self.assertEqual((cell.data_type, cell.value), ("s", "'=1+1"))
