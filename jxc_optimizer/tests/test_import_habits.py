"""What other programs put into their files beside plain sales."""

import io
from datetime import date, datetime, timedelta

import openpyxl

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .import_common import HEADER, ImportCommon, text, xls, xlsx

DAY = datetime(2024, 1, 15)


@tagged("post_install", "-at_install")
class TestImportHabits(ImportCommon):
    def _names(self, record, kind):
        return {
            match.text: (match.status, match.choice)
            for match in record.match_ids
            if match.kind == kind
        }

    def test_documents_named_on_their_first_line(self):
        rows = [
            ["销售出库单序时簿"],
            ["日期", "单据编号", "发货仓库", "产品代码", "单位", "实发数量"],
            [date(2024, 1, 15), "X1", "总仓", "P-001", "支", 3],
            [None, None, None, "T-002", "个", 2],
            [date(2024, 1, 20), "X2", "总仓", "P-001", "支", 4],
            [None, None, None, "T-002", "个", 5],
            ["合计", None, None, None, None, 14],
        ]
        record = self._check(xls(rows), "grouped.xls")
        filled = record.column_ids.filtered("fill_down").mapped("meaning")
        self.assertEqual(set(filled), {"date", "document", "warehouse"})
        self.assertEqual((record.taken_count, record.error_count), (4, 0))
        record.action_import()
        self.assertEqual(
            {key: value[0] for key, value in self._demand().items()},
            {
                ("P-001", "2024-01-15"): 3,
                ("T-002", "2024-01-15"): 2,
                ("P-001", "2024-01-20"): 4,
                ("T-002", "2024-01-20"): 5,
            },
        )

    def test_a_missing_date_is_no_repeated_one(self):
        rows = [
            ["日期", "单据编号", "产品代码", "实发数量"],
            [date(2024, 1, 15), "X1", "P-001", 3],
            [None, "X2", "P-001", 2],
        ]
        record = self._check(xlsx(rows))
        self.assertEqual(record.counts["status"], {"ok": 1, "missing:date": 1})
        # a person may know better
        record.action_back()
        record.column_ids.filtered(lambda c: c.meaning == "date").fill_down = True
        record.action_check()
        self.assertEqual(record.counts["status"], {"ok": 2})

    def test_other_kinds_of_documents_are_no_demand(self):
        rows = [
            ["单据日期", "单据编号", "单据类型", "商品编号", "数量"],
            [DAY, "XS1", "销售单", "P-001", 10],
            [DAY, "XT1", "销售退货单", "P-001", 2],
            [DAY, "JH1", "进货单", "P-001", 100],
            [DAY, "JT1", "进货退货单", "P-001", 7],
            [DAY, "DB1", "调拨单", "P-001", 20],
            [DAY, "ZS1", "赠送单", "P-001", 1],
        ]
        record = self._check(xls(rows), "journal.xls")
        self.assertEqual(
            self._names(record, "document"),
            {
                "销售单": ("rule", "use"),
                "销售退货单": ("rule", "return"),
                "进货单": ("rule", "skip"),
                "进货退货单": ("rule", "skip"),
                "调拨单": ("rule", "skip"),
                "赠送单": ("rule", "use"),
            },
        )
        self.assertEqual(record.counts["status"], {"ok": 3, "no_demand": 3})
        self.assertEqual(record.counts["returned"], 1)
        self.assertIn("such as purchases", record.report)
        gifts = record.match_ids.filtered(lambda match: match.text == "赠送单")
        gifts.action_skip()
        self.assertEqual(record.counts["status"], {"ok": 2, "no_demand": 4})
        record.action_import()
        self.assertEqual(self._demand(), {("P-001", "2024-01-15"): (8, 1, 10, 2)})
        # the next file of that program: as chosen
        rows = [rows[0], [DAY + timedelta(days=1), "ZS2", "赠送单", "P-001", 1]]
        again = self._check(xls(rows), "next.xls")
        self.assertEqual(
            self._names(again, "document"), {"赠送单": ("remembered", "skip")}
        )

    def test_flags_and_denials_of_cancelled(self):
        rows = [
            ["日期", "单号", "货号", "数量", "是否作废"],
            [DAY, "A1", "P-001", 1, "否"],
            [DAY, "A2", "P-001", 2, "是"],
        ]
        record = self._check(xlsx(rows))
        self.assertEqual(record.counts["status"], {"ok": 1, "cancelled": 1})
        rows[0][-1] = "状态"
        rows[1][-1], rows[2][-1] = "未作废", "已退款"
        record = self._check(xlsx(rows))
        self.assertEqual(record.counts["status"], {"ok": 1, "cancelled": 1})
        with self.assertRaises(ValidationError):
            record.match_ids.filtered(lambda m: m.kind == "state").write(
                {"choice": "return"}
            )

    def test_column_of_returned_goods(self):
        rows = [
            ["日期", "商品编码", "商品名称", "销售数量", "退货数量"],
            [DAY, "P-001", "圆珠笔 蓝色", 10, 2],
            [DAY, "T-002", "透明胶带", None, 3],
            [DAY, "R-003", "大米", None, None],
        ]
        record = self._check(xlsx(rows))
        self.assertEqual(record.counts["status"], {"ok": 2, "missing:quantity": 1})
        record.action_import()
        self.assertEqual(
            {key[0]: value[0] for key, value in self._demand().items()},
            {"P-001": 8, "T-002": -3},
        )

    def test_barcodes_cut_by_another_program(self):
        """6.9E+12 is no barcode: another name tells the article, or nothing does."""
        rows = [
            ["日期", "条码", "品名", "数量", "单价"],
            ["2024-01-15", "6.90123E+12", "透明胶带", "3", "赠品"],
            ["2024-01-15", "6.90123E+12", "", "4", "2"],
            ["2024-01-15", "6901234567892", "", "5", "#DIV/0!"],
        ]
        record = self._check(text(rows), "cut.csv")
        self.assertEqual(record.counts["status"], {"ok": 2, "shortened:barcode": 1})
        self.assertIn("export it as text", record.report)
        record.action_import()
        self.assertEqual(self._demand(), {("T-002", "2024-01-15"): (8, 2, 5, 0)})

    def test_a_column_for_each_month(self):
        """One row of the file gives the demand of several months, or their errors."""
        rows = [
            ["2024年销售汇总"],
            ["商品编码", "品名", "1月", "2月", "3月", "合计"],
            ["P-001", "圆珠笔 蓝色", 10, 20, "缺货", 30],
            ["T-002", "透明胶带", None, 7, 8, 15],
            ["合计", None, 10, 27, 8, 45],
        ]
        record = self._check(xls(rows), "months.xls")
        self.assertEqual(
            record.counts["status"], {"ok": 4, "number_unreadable:quantity": 1}
        )
        self.assertIn("stands on its first day", record.report)
        book = openpyxl.load_workbook(io.BytesIO(record._error_file()))
        errors = [row[:4] for row in book.active.iter_rows(values_only=True)]
        self.assertIn(("P-001", "圆珠笔 蓝色", "2024-03", "缺货"), errors)
        record.action_import()
        self.assertEqual(
            {key: value[0] for key, value in self._demand().items()},
            {
                ("P-001", "2024-01-01"): 10,
                ("P-001", "2024-02-01"): 20,
                ("T-002", "2024-02-01"): 7,
                ("T-002", "2024-03-01"): 8,
            },
        )

    def test_pages_and_their_totals(self):
        rows = [
            ["某某公司"],
            HEADER,
            ["2024/1/15", "X1", "P-001", "", "支", "1", "总仓"],
            ["2024/1/16", "X2", "P-001", "", "支", "2", "总仓"],
            ["过次页", "", "", "", "", "3", ""],
            ["某某公司"],
            HEADER,
            ["承前页", "", "", "", "", "3", ""],
            ["2024/1/17", "X3", "P-001", "", "支", "4", "总仓"],
            ["合  计", "", "", "", "", "7", ""],
            ["制单人：张三", "", "", "", "", "", ""],
        ]
        record = self._check(text(rows), "pages.csv")
        self.assertEqual((record.taken_count, record.error_count), (3, 0))
        self.assertEqual(
            {
                why: number
                for why, (number, *_place) in record.counts["skipped"].items()
            },
            {"title": 1, "header": 1, "total": 3, "note": 2, "repeated_header": 1},
        )
        self.assertIn("Taken for totals and not read: 3", record.report)

    def test_what_dates_do_not_tell_is_said(self):
        rows = [["商品编码", "月份", "销售数量"], ["P-001", "2024年1月", 31]]
        record = self._check(xlsx(rows))
        self.assertEqual(record.counts["notes"], [["monthly", "date"]])
        self.assertIn("stands on its first day", record.report)
        rows = [
            ["商品编码", "日期", "销售数量"],
            ["P-001", datetime(2024, 2, 1), 1],
            ["P-001", "13/2/2024", 1],
        ]
        record = self._check(xlsx(rows))
        self.assertEqual(record.counts["notes"], [["mixed_dates", "date"]])
        self.assertIn("the day for the month", record.report)

    def test_the_same_code_of_two_vendors(self):
        self._vendor(self.pen, product_code="100")
        other = self._vendor(self.tape, product_code="100")
        first = self.pen.seller_ids.partner_id
        first.name, other_partner = "晨光文具", self.tape.seller_ids.partner_id
        other_partner.name = "得力集团"
        self.assertTrue(other)
        rows = [
            ["日期", "供应商", "供应商货号", "数量"],
            [DAY, "晨光文具", "100", 1],
            [DAY, "得力集团", "100", 2],
            [DAY, "无名商行", "100", 4],
        ]
        record = self._check(xlsx(rows))
        self.assertEqual(
            self._names(record, "vendor"),
            {
                "晨光文具": ("name", "use"),
                "得力集团": ("name", "use"),
                "无名商行": ("unknown", "skip"),
            },
        )
        self.assertEqual(record.counts["status"], {"ok": 2, "article_ambiguous": 1})
        record.action_import()
        self.assertEqual(
            {key[0]: value[0] for key, value in self._demand().items()},
            {"P-001": 1, "T-002": 2},
        )

    def test_articles_are_created_from_any_list(self):
        """With barcode and vendor, and only where a row of theirs counts."""
        self._vendor(self.pen)
        vendor = self.pen.seller_ids.partner_id
        vendor.name = "晨光文具"
        self.planner.group_ids |= self.env.ref("product.group_product_manager")
        rows = [
            ["商品编码", "条码", "商品名称", "供应商", "库存下限", "库存上限"],
            ["N-1", "6901234567809", "新商品", "晨光文具", 4, 9],
            ["N-2", "", "反了", "晨光文具", 9, 4],
        ]
        record = self._import(xlsx(rows), kind="levels")
        record.missing_articles = "create"
        record.action_check()
        self.assertEqual((record.taken_count, record.error_count), (1, 1))
        record.action_import()
        self.assertEqual(record.state, "done", record.message)
        product = self.env["product.product"].search([("default_code", "=", "N-1")])
        self.assertEqual(
            (product.name, product.barcode, product.seller_ids.partner_id),
            ("新商品", "6901234567809", vendor),
        )
        rule = product.orderpoint_ids
        self.assertEqual((rule.product_min_qty, rule.product_max_qty), (4, 9))
        self.assertFalse(
            self.env["product.product"].search([("default_code", "=", "N-2")])
        )

    def test_leaving_out_instead_of_creating(self):
        """The choice of the page counts again with the next check."""
        self.planner.group_ids |= self.env.ref("product.group_product_manager")
        rows = [HEADER, [DAY, "", "N-1", "新商品", "", 4, ""]]
        record = self._import(xlsx(rows))
        record.missing_articles = "create"
        record.action_check()
        self.assertEqual(record.taken_count, 1)
        record.action_back()
        record.missing_articles = "skip"
        record.action_check()
        self.assertEqual((record.taken_count, record.error_count), (0, 1))

    def test_a_code_given_to_another_article_is_shown(self):
        rows = [
            HEADER,
            [DAY, "X1", "P-001", "圆珠笔（蓝）", "支", 3, "总仓"],
            [DAY, "X2", "T-002", "可口可乐", "个", 3, "总仓"],
        ]
        record = self._check(xlsx(rows))
        differing = record.match_ids.filtered("differs")
        self.assertEqual(differing.product_id, self.tape)
        self.assertIn("quite another one: 1", record.report)

    def test_active_articles_come_before_archived_ones(self):
        old = self._product("旧笔", default_code="P-001")
        old.action_archive()
        record = self._check(xlsx([HEADER, [DAY, "", "P-001", "", "", 3, ""]]))
        self.assertEqual(record.match_ids.product_id, self.pen)

    def test_text_kept_as_text(self):
        """An apostrophe in front of digits, as web shops write it, is no part of it."""
        rows = [
            ["订单号", "下单时间", "条码", "数量"],
            ["'1234567890123456789", "2024-01-15 12:33:44", "'6901234567892", "1"],
        ]
        record = self._check(text(rows), "shop.csv")
        self.assertEqual(record.match_ids.product_id, self.tape)
        self.assertEqual(record.taken_count, 1)

    def test_error_file_has_no_formula(self):
        rows = [HEADER, [DAY, "=1+1", "=cmd|' /C calc'!A0", "", "支", 3, "总仓"]]
        record = self._check(text(rows, "utf-8"), "evil.csv")
        self.assertEqual(record.error_count, 1)
        book = openpyxl.load_workbook(io.BytesIO(record._error_file()))
        for row in book.active.iter_rows():
            for cell in row:
                self.assertNotEqual(cell.data_type, "f")
