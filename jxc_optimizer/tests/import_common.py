"""Files as programs write them, and what every test of an import needs."""

import base64
import csv
import io
from datetime import date, datetime
from unittest.mock import patch

import openpyxl
import xlwt

from .common import OptimizerCase

HEADER = ["单据日期", "单据号", "商品编码", "品名", "单位", "数量", "仓库"]


def xlsx(rows, title="销售"):
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def xls(rows):
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("销售明细")
    style = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if isinstance(value, (date, datetime)):
                sheet.write(r, c, value, style)
            elif value is not None:
                sheet.write(r, c, value)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def text(rows, encoding="gb18030"):
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue().encode(encoding)


class ImportCommon(OptimizerCase):
    """Three articles and a planner; ``_upload`` takes a file to its check."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.planner = cls._user("import_planner", "jxc_optimizer.group_planner")
        cls.pen = cls._product("圆珠笔 蓝色", default_code="P-001")
        cls.tape = cls._product(
            "透明胶带", default_code="T-002", barcode="6901234567892"
        )
        cls.rice = cls._product(
            "大米", default_code="R-003", uom_id=cls.env.ref("uom.product_uom_kgm").id
        )
        cls.warehouse.name = "总仓"

    def _import(self, data, name="sales.xlsx", user=None, **values):
        record = (
            self.env["jxc.import"]
            .with_user(user or self.planner)
            .create({"name": name, "file": base64.b64encode(data), **values})
        )
        record.action_read()
        return record

    def _check(self, data, name="sales.xlsx", **values):
        record = self._import(data, name, **values)
        self.assertEqual(record.state, "columns", record.message)
        record.action_check()
        self.assertEqual(record.state, "check", record.message)
        return record

    def _demand(self, product=None):
        """{(article, day): (quantity, lines, largest, returned)} that counts."""
        self.env.flush_all()
        days = self.env["jxc.demand.day"].search(
            [("company_id", "=", self.company.id)]
            + ([("product_id", "=", product.id)] if product else [])
        )
        return {
            (day.product_id.default_code, str(day.day)): (
                day.quantity, day.lines, day.largest, day.returned,
            )
            for day in days
        }  # fmt: skip

    def _cron(self):
        """The scheduled action, which must not commit in a test."""
        with patch.object(
            self.registry["ir.cron"], "_commit_progress", lambda *_a, **_k: 60.0
        ):
            self.env["jxc.import"]._cron_work()
