"""Sales from files: formats, matching, cut-over, interruptions, rights."""

import base64
import io
from datetime import date, datetime, timedelta
from unittest.mock import patch

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models import jxc_import
from .import_common import HEADER, ImportCommon, text, xls, xlsx


@tagged("post_install", "-at_install")
class TestImport(ImportCommon):
    ROWS = [
        ["某某公司销售明细表"],
        HEADER,
        [datetime(2024, 3, 5), "XS1", "P-001", "圆珠笔 蓝色", "支", 10, "总仓"],
        [datetime(2024, 3, 5), "XS1", "T-002", "透明胶带", "个", 3, "总仓"],
        [datetime(2024, 3, 5), "XS2", "P-001", "圆珠笔 蓝色", "支", 5, "总仓"],
        [datetime(2024, 3, 6), "XT1", "P-001", "圆珠笔 蓝色", "支", -4, "总仓"],
        [datetime(2024, 4, 1), "XS3", "R-003", "大米", "克", 2500, "总仓"],
        ["合计", None, None, None, None, 2514, None],
    ]
    DEMAND = {
        ("P-001", "2024-03-05"): (15, 2, 10, 0),
        ("P-001", "2024-03-06"): (-4, 0, 0, 4),
        ("T-002", "2024-03-05"): (3, 1, 3, 0),
        ("R-003", "2024-04-01"): (2.5, 1, 2.5, 0),
    }

    def test_the_same_from_every_format(self):
        for data, name in (
            (xlsx(self.ROWS), "a.xlsx"),
            (xls(self.ROWS), "a.xls"),
            (text(self.ROWS), "a.csv"),
            (text(self.ROWS, "utf-16"), "b.csv"),
        ):
            with self.subTest(name):
                record = self._check(data, name)
                self.assertEqual(record.taken_count, 5, record.counts)
                self.assertEqual(record.error_count, 0)
                self.assertFalse(self._demand())
                record.action_import()
                self.assertEqual(record.state, "done")
                self.assertEqual(self._demand(), self.DEMAND)
                record.action_undo()
                self.assertEqual(record.state, "undone")
                self.assertFalse(self._demand())

    def test_large_files_are_left_to_the_scheduled_action(self):
        self._cron()  # nothing to do
        with patch.object(jxc_import, "SMALL", 0):
            record = self._import(xlsx(self.ROWS))
            for before, after, action in (
                ("reading", "columns", "action_check"),
                ("checking", "check", "action_import"),
                ("importing", "done", False),
            ):
                self.assertEqual(record.state, before)
                self._cron()
                self.assertEqual(record.state, after)
                if action:
                    getattr(record, action)()
        self.assertEqual(self._demand(), self.DEMAND)

    def test_no_stock_moves(self):
        moves = self.env["stock.move"].search_count([])
        self._check(xlsx(self.ROWS)).action_import()
        self.assertEqual(self.env["stock.move"].search_count([]), moves)

    def test_report(self):
        record = self._check(xlsx(self.ROWS))
        self.assertEqual(
            record.counts["months"],
            {"2024-03": [4, 14.0, 4, 14.0], "2024-04": [1, 2500.0, 1, 2.5]},
        )
        self.assertEqual(record.counts["stated"], [["销售", 8, 2514.0]])
        self.assertEqual(
            (record.counts["first"], record.counts["last"]),
            ("2024-03-05", "2024-04-01"),
        )
        self.assertIn("2024-03", record.report)
        chinese = record.with_context(lang="zh_CN").report
        self.assertIn("按月", chinese)

    def test_same_file_twice(self):
        data = xlsx(self.ROWS)
        self._check(data).action_import()
        with self.assertRaisesRegex(UserError, "already"):
            self._import(data, "renamed.xlsx")
        self.assertEqual(self._demand(), self.DEMAND)

    def test_same_rows_in_another_file(self):
        """What is there already does not count again; what is new does."""
        self._check(xlsx(self.ROWS)).action_import()
        more = [
            *self.ROWS[:-1],
            [datetime(2024, 5, 1), "XS9", "P-001", "", "支", 7, ""],
        ]
        record = self._check(xlsx(more, "五月"))
        self.assertEqual(record.taken_count, 1)
        self.assertEqual(record.counts["status"]["duplicate"], 5)
        record.action_import()
        self.assertEqual(
            self._demand(), self.DEMAND | {("P-001", "2024-05-01"): (7, 1, 7, 0)}
        )

    def test_equal_rows_of_one_file_count_each(self):
        row = [datetime(2024, 3, 5), "XS1", "P-001", "", "", 2, ""]
        self._check(xlsx([HEADER, row, row])).action_import()
        self.assertEqual(self._demand(), {("P-001", "2024-03-05"): (4, 2, 2, 0)})
        third = self._check(xlsx([HEADER, row, row, row]))
        self.assertEqual(third.counts["status"], {"duplicate": 2, "ok": 1})
        third.action_import()
        fourth = self._check(xlsx([HEADER, row, row, row], "again"))
        self.assertEqual(fourth.counts["status"], {"duplicate": 3})

    def test_errors_are_told_and_mended(self):
        rows = [
            HEADER,
            [datetime(2024, 3, 5), "XS1", "P-001", "圆珠笔 蓝色", "支", 10, "总仓"],
            ["昨天", "XS2", "P-001", "圆珠笔 蓝色", "支", 1, "总仓"],
            [datetime(2024, 3, 5), "XS3", "P-001", "圆珠笔 蓝色", "支", "很多", "总仓"],
            [datetime(2024, 3, 5), "XS4", "Z-999", "无此商品", "支", 1, "总仓"],
            [datetime(2024, 3, 5), "XS5", "P-001", "圆珠笔 蓝色", "支", 1, "火星"],
            [datetime(2024, 3, 5), "XS6", "P-001", "圆珠笔 蓝色", "千克", 1, "总仓"],
            [
                self.today + timedelta(days=30),
                "XS7",
                "P-001",
                "圆珠笔 蓝色",
                "支",
                1,
                "总仓",
            ],
        ]
        record = self._check(xls(rows), "bad.xls")
        self.assertEqual((record.taken_count, record.error_count), (1, 6))
        self.assertEqual(
            record.counts["status"],
            {
                "ok": 1,
                "date_unreadable:date": 1,
                "number_unreadable:quantity": 1,
                "article_unknown": 1,
                "warehouse": 1,
                "unit_differs": 1,
                "future": 1,
            },
        )
        [(first, *_rest)] = [record._examples()]
        self.assertEqual(
            (first["sheet"], first["row"], first["cell"]), ("销售明细", 3, "A3")
        )
        book = openpyxl.load_workbook(io.BytesIO(record._error_file()))
        back = [list(row) for row in book.active.iter_rows(values_only=True)]
        self.assertEqual(back[0], [*HEADER, "Reason"])
        self.assertEqual([row[1] for row in back[1:]], [f"XS{n}" for n in range(2, 8)])
        self.assertIn("holds no date", back[1][-1])
        record.action_import()
        self.assertEqual(self._demand(), {("P-001", "2024-03-05"): (10, 1, 10, 0)})
        # mended as the reasons say, and imported again with the column of reasons
        for row in back[1:]:
            row[0], row[2], row[4], row[5] = date(2024, 3, 8), "T-002", "个", 1
            row[6] = "总仓"
        record = self._check(xlsx(back), "mended.xlsx")
        self.assertEqual(record.error_count, 0)
        record.action_import()
        self.assertEqual(
            self._demand(self.tape), {("T-002", "2024-03-08"): (6, 6, 1, 0)}
        )

    def test_names_are_matched(self):
        vendor = self._vendor(self.pen, product_code="V-77")
        self.assertTrue(vendor)
        day = datetime(2024, 3, 5)
        rows = [
            ["日期", "货号", "条码", "供应商货号", "品名", "数量"],
            [day, "p-００1", None, None, None, 1],  # width and case do not matter
            [day, None, "6901234567892", None, None, 1],
            [day, None, None, "V-77", None, 1],
            [day, None, None, None, "大米", 1],
            [day, None, None, None, "透明胶带（大）", 1],
        ]
        record = self._check(xlsx(rows))
        found = {match.text: match for match in record.match_ids}
        self.assertEqual(found["p-００1"].status, "reference")
        self.assertEqual(found["6901234567892"].status, "barcode")
        self.assertEqual(found["V-77" if "V-77" in found else ""].product_id, self.pen)
        self.assertEqual(found["大米"].product_id, self.rice)
        similar = found["透明胶带（大）"]
        self.assertEqual((similar.status, similar.proposal_id), ("proposed", self.tape))
        self.assertFalse(similar.product_id)
        self.assertEqual((record.taken_count, record.unclear_count), (4, 1))
        similar.action_accept()
        self.assertEqual((record.taken_count, record.unclear_count), (5, 0))
        record.action_import()
        # the next file knows
        rows[5][0] = datetime(2024, 3, 9)
        again = self._check(xlsx([rows[0], rows[5]]))
        self.assertEqual(again.match_ids.status, "remembered")
        self.assertEqual(again.match_ids.product_id, self.tape)

    def test_ambiguous_names_are_not_guessed(self):
        self._product("Twin", default_code="TW")
        self._product("Twin 2", default_code="tw")
        record = self._check(
            xlsx([HEADER, [datetime(2024, 1, 1), "", "TW", "", "", 1, ""]])
        )
        self.assertEqual(record.match_ids.status, "ambiguous")
        self.assertEqual(record.taken_count, 0)
        with self.assertRaisesRegex(UserError, "no row"):
            record.action_import()

    def test_missing_articles_are_created_by_choice(self):
        rows = [HEADER, [datetime(2024, 1, 1), "", "N-1", "新商品", "千克", 4, ""]]
        record = self._import(xlsx(rows))
        record.missing_articles = "create"
        with self.assertRaisesRegex(UserError, "may not create"):
            record.action_check()
        self.planner.group_ids |= self.env.ref("product.group_product_manager")
        record.action_check()
        self.assertFalse(
            self.env["product.product"].search([("default_code", "=", "N-1")])
        )
        record.action_import()
        product = self.env["product.product"].search([("default_code", "=", "N-1")])
        self.assertEqual(
            (product.name, product.is_storable, product.uom_id),
            ("新商品", True, self.env.ref("uom.product_uom_kgm")),
        )
        self.assertEqual(self._demand(), {("N-1", "2024-01-01"): (4, 1, 4, 0)})

    def test_cancelled_and_returned(self):
        rows = [
            ["日期", "单据类型", "状态", "编码", "数量"],
            [datetime(2024, 1, 1), "销售出库", "已审核", "P-001", 9],
            [datetime(2024, 1, 1), "销售出库", "已作废", "P-001", 5],
            [datetime(2024, 1, 1), "销售退货", "已审核", "P-001", 2],
        ]
        record = self._check(xlsx(rows))
        self.assertEqual(record.counts["status"], {"ok": 2, "cancelled": 1})
        record.action_import()
        self.assertEqual(self._demand(), {("P-001", "2024-01-01"): (7, 1, 9, 2)})

    def test_cutover(self):
        """Where stock moves tell the demand the file is left out, as proposed."""
        self._deliver(self.pen, 30, 8)
        day = self.env["jxc.demand.day"]._today(self.company)
        start = date.fromordinal(day.toordinal() - 30)
        rows = [
            HEADER,
            [date.fromordinal(start.toordinal() - 1), "", "P-001", "", "", 3, ""],
            [start, "", "P-001", "", "", 8, ""],
        ]
        record = self._import(xlsx(rows))
        self.assertEqual(record.cutover_day, start)
        record.action_check()
        self.assertEqual(record.counts["status"], {"ok": 1, "after_cutover": 1})
        record.action_import()
        self.assertEqual(sum(value[0] for value in self._demand().values()), 11)

    def test_ambiguous_dates_are_asked(self):
        rows = [["Date", "SKU", "Qty"], ["03/04/2024", "P-001", 1]]
        record = self._import(text(rows, "utf-8"), "a.csv")
        record.action_check()
        self.assertEqual(record.state, "columns")
        self.assertTrue(record.date_question)
        self.assertIn("month", record.message)
        record.date_order = "mdy"
        record.action_check()
        record.action_import()
        self.assertEqual(list(self._demand()), [("P-001", "2024-03-04")])

    def test_columns_are_corrected_and_remembered(self):
        rows = [
            ["when", "which", "much"],
            [datetime(2024, 1, 1), "P-001", 1],
        ]
        record = self._import(xlsx(rows))
        record.column_ids.meaning = False
        record.action_check()
        self.assertEqual(record.state, "columns")
        self.assertIn("the date", record.message)
        for column, meaning in zip(
            record.column_ids, ("date", "code", "quantity"), strict=True
        ):
            column.meaning = meaning
        record.action_check()
        self.assertEqual(record.taken_count, 1)
        rows[1][0] = datetime(2024, 1, 2)
        again = self._import(xlsx(rows, "again"))
        self.assertEqual(
            again.column_ids.mapped("meaning"), ["date", "code", "quantity"]
        )

    def test_unreadable_files_say_why(self):
        for data, words in ((b"%PDF-1.4", "PDF"), (b"\x00\x01\x02" * 40, "Save it as")):
            record = self.env["jxc.import"].create(
                {"name": "x", "file": base64.b64encode(data)}
            )
            record.action_read()
            self.assertEqual(record.state, "file")
            self.assertIn(words, record.message)
        chinese = record.with_context(lang="zh_CN")
        chinese.action_read()
        self.assertIn("另存为", chinese.message)

    def test_interrupted_import_goes_on(self):
        """Half an import does not count; the rest makes it equal to a whole one."""
        record = self._check(xlsx(self.ROWS))
        record._begin("importing", "check")
        record._do_unit()
        record._write_entries(self.pen.id, self.pen.id)
        self.assertFalse(self._demand())
        for _time in range(2):
            self._cron()
            self.assertEqual(record.state, "done")
            self.assertEqual(self._demand(), self.DEMAND)

    def test_cancelled_half_way(self):
        record = self._check(xlsx(self.ROWS))
        record._begin("importing", "check")
        record._do_unit()
        record._write_entries(1, self.rice.id)
        record.action_cancel()
        self.assertFalse(
            self.env["jxc.demand.entry"]
            .with_context(active_test=False)
            .search([("batch", "=", record._batch())])
        )

    def test_companies_do_not_mix(self):
        other = self._company("Importers Ltd")
        there = self._user("import_there", "jxc_optimizer.group_planner", other)
        record = self._check(xlsx(self.ROWS))
        with self.assertRaises(AccessError):
            record.with_user(there).read(["name"])
        with self.assertRaises(AccessError):
            record.match_ids.with_user(there).read(["text"])
        record.action_import()
        env = self.env(user=there, context={"allowed_company_ids": other.ids})
        theirs = env["jxc.import"].create(
            {"name": "b", "file": base64.b64encode(xlsx(self.ROWS))}
        )
        theirs.action_read()
        theirs.action_check()
        self.assertEqual(theirs.company_id, other)
        # their warehouse has another name: 总仓 is not known there
        self.assertEqual(theirs.taken_count, 0)

    def test_rights(self):
        record = self._check(xlsx(self.ROWS))
        for login, group in (
            ("import_buyer", "jxc_optimizer.group_buyer"),
            ("import_stock", "stock.group_stock_user"),
            ("import_purchase", "purchase.group_purchase_user"),
        ):
            user = self._user(login, group)
            with self.assertRaises(AccessError):
                record.with_user(user).read(["name"])
            with self.assertRaises(AccessError):
                record.with_user(user).action_import()
        with self.assertRaises(UserError):
            record.state = "done"
        record.action_import()
        with self.assertRaisesRegex(UserError, "Undo"):
            record.unlink()

    def test_statements_do_not_grow_with_rows(self):
        counts = []
        for size in (5, 50, 500):
            rows = [HEADER] + [
                [datetime(2024, 1, 1 + n % 28), f"D{size}-{n}", "P-001", "", "", 1, ""]
                for n in range(size)
            ]
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self._check(xlsx(rows, str(size))).action_import()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertAlmostEqual(counts[1], counts[2], delta=2)
