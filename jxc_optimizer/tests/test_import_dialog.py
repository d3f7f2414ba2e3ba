"""Files for people: what is written to Excel, and Odoo's own import dialog."""

import io
from datetime import datetime

import openpyxl

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..models.jxc_export import Column
from .import_common import HEADER, ImportCommon, text, xlsx

DAY = datetime(2024, 1, 15)


@tagged("post_install", "-at_install")
class TestExport(ImportCommon):
    def test_numbers_as_people_read_them(self):
        """No "5." for five, nothing rounded that may be typed, Chinese fits."""
        columns = [
            Column("商品名称", "", ["圆珠笔蓝色零点五毫米", None]),
            Column("Pieces", "", [1234.0, 5], "number"),
            Column("Weight", "", [2.5, 5], "number"),
            Column("Decision", "", [3, 4], "number", editable=True),
        ]
        data = self.env["jxc.export"]._workbook("x", columns)
        sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
        shapes = [sheet.cell(2, place).number_format for place in (2, 3, 4)]
        self.assertEqual(shapes, ["#,##0", "#,##0.00", "General"])
        self.assertGreaterEqual(sheet.column_dimensions["A"].width, 20)


@tagged("post_install", "-at_install")
class TestOwnDialog(ImportCommon):
    """Odoo's own import dialog, for those who know it."""

    def _load(self, model, rows, user=None):
        wizard = (
            self.env["base_import.import"]
            .with_user(user or self.planner)
            .create(
                {
                    "res_model": model,
                    "file": text(rows, "utf-8"),
                    "file_type": "text/csv",
                    "file_name": "own.csv",
                }
            )
        )
        options = {
            "quoting": '"',
            "separator": ",",
            "has_headers": True,
            "date_format": "%Y-%m-%d",
            "encoding": "utf-8",
        }
        done = wizard.execute_import(rows[0], [], options)
        self.assertFalse(
            [message for message in done["messages"] if message["type"] == "error"],
            done["messages"],
        )
        return self.env[model].browse(done["ids"])

    def test_history(self):
        entries = self._load(
            "jxc.demand.entry",
            [
                ["day", "product_id", "quantity", "reason"],
                ["2024-03-05", "P-001", "10", "Excel"],
                ["2024-03-06", "P-001", "-4", "Excel"],
            ],
        )
        self.assertEqual(entries.mapped("source"), ["adjustment"] * 2)
        self.assertEqual(
            self._demand(),
            {
                ("P-001", "2024-03-05"): (10, 1, 10, 0),
                ("P-001", "2024-03-06"): (-4, 1, 0, 0),
            },
        )
        entries.with_user(self.planner).unlink()
        self.assertFalse(self._demand())

    def test_imported_history_is_undone_as_a_whole(self):
        record = self._check(xlsx([HEADER, [DAY, "", "P-001", "", "", 3, ""]]))
        record.action_import()
        entry = self.env["jxc.demand.entry"].search([("source", "=", "import")])
        own = entry.with_user(self.planner)
        with self.assertRaisesRegex(UserError, "Undo the import"):
            own.quantity = 4
        with self.assertRaisesRegex(UserError, "Undo the import"):
            own.unlink()
        with self.assertRaisesRegex(UserError, "import of a file"):
            own.copy()

    def test_parameters_events_and_one_off_demand(self):
        [article] = self._load(
            "jxc.article",
            [["product_id", "least_order", "lead_days"], ["P-001", "100", "14"]],
        )
        self.assertEqual((article.least_order, article.lead_days), (100, 14))
        [event] = self._load(
            "jxc.demand.event",
            [
                ["name", "date_from", "date_to", "expected_change", "scope",
                 "product_ids"],
                ["双11", "2027-11-01", "2027-11-11", "0.5", "products", "P-001"],
            ],
        )  # fmt: skip
        self.assertEqual(event.product_ids, self.pen)
        [mark] = self._load(
            "jxc.demand.one.off",
            [
                ["product_id", "location_id", "day", "quantity", "state"],
                ["P-001", self.warehouse.lot_stock_id.complete_name, "2024-01-15",
                 "5", "confirmed"],
            ],
        )  # fmt: skip
        self.assertEqual((mark.product_id, mark.quantity), (self.pen, 5))
