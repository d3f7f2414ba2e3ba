"""Real sales lines give the same demand from .xls, .xlsx and GB18030 csv."""

import base64
import csv
import io
import lzma
import os
from collections import Counter
from datetime import datetime
from itertools import islice
from pathlib import Path

import openpyxl
import xlwt

from odoo.tests import TransactionCase, tagged

FOLDER = Path(__file__).parents[1] / "data_files"
#: of the first lines of Online Retail
LINES = 130_000 if os.environ.get("JXC_LONG") else 12_000
HEADER = ["单据日期", "单据号", "货号", "品名", "数量", "单价"]


def records(name, count=None):
    opened = lzma.open if name.endswith(".xz") else open
    with opened(FOLDER / name, "rt", encoding="utf-8", newline="") as file:
        return list(islice(csv.DictReader(file), count))


@tagged("post_install", "-at_install")
class TestImportHistory(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        company = cls.env["res.company"].create({"name": "From Excel Ltd"})
        cls.env.user.company_ids |= company
        cls.env = cls.env(
            context=dict(cls.env.context, allowed_company_ids=company.ids)
        )
        orders, articles = records("orders.csv.xz"), records("articles.csv")
        cls.rows, cls.expected, used = [], Counter(), {}
        for line in records("lines.csv.xz", LINES):
            order = orders[int(line["order"])]
            article = articles[int(line["article"])]
            moment = datetime.fromisoformat(order["time"])
            quantity = int(line["quantity"])
            cls.rows.append(
                [
                    moment.replace(hour=0, minute=0, second=0),
                    order["number"],
                    article["code"],
                    article["name"],
                    quantity,
                    float(article["price"]),
                ]
            )
            used[article["code"]] = article["name"]
            cls.expected[article["code"], str(moment.date())] += quantity
        known = cls.env["product.product"].with_context(active_test=False)
        there = set(known.search([]).mapped("default_code"))
        cls.env["product.product"].create(
            [
                {"name": name, "default_code": code, "is_storable": True}
                for code, name in used.items()
                if code not in there
            ]
        )

    def _as_xls(self):
        book = xlwt.Workbook(encoding="utf-8")
        style = xlwt.easyxf(num_format_str="YYYY-MM-DD")
        half = len(self.rows) // 2
        for name, rows in (("上半", self.rows[:half]), ("下半", self.rows[half:])):
            sheet = book.add_sheet(name)
            for r, row in enumerate([HEADER, *rows]):
                for c, value in enumerate(row):
                    if isinstance(value, datetime):
                        sheet.write(r, c, value, style)
                    else:
                        sheet.write(r, c, value)
        return self._bytes(book)

    def _as_xlsx(self):
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("销售")
        sheet.append(["销售明细表"])
        for row in [HEADER, *self.rows]:
            sheet.append(row)
        return self._bytes(book)

    def _bytes(self, book):
        file = io.BytesIO()
        book.save(file)
        return file.getvalue()

    def _as_csv(self):
        file = io.StringIO()
        csv.writer(file).writerows(
            [
                HEADER,
                *([row[0].strftime("%Y年%m月%d日"), *row[1:]] for row in self.rows),
            ]
        )
        return file.getvalue().encode("gb18030")

    def _demand(self):
        entries = self.env["jxc.demand.entry"].search(
            [("company_id", "=", self.env.company.id)]
        )
        return {
            (entry.product_id.default_code, str(entry.day)): entry.quantity
            for entry in entries
        }

    def test_three_ways(self):
        for name, data in (
            ("sales.xls", self._as_xls()),
            ("sales.xlsx", self._as_xlsx()),
            ("sales.csv", self._as_csv()),
        ):
            with self.subTest(name):
                record = self.env["jxc.import"].create(
                    {"name": name, "file": base64.b64encode(data)}
                )
                for action in ("action_read", "action_check", "action_import"):
                    getattr(record, action)()
                    while record.state in ("reading", "checking", "importing"):
                        record._do_unit()
                    self.assertFalse(record.message)
                self.assertEqual(record.state, "done")
                self.assertEqual(record.taken_count, LINES, record.counts)
                self.assertEqual(self._demand(), self.expected)
                record.action_undo()
                self.assertFalse(self._demand())
