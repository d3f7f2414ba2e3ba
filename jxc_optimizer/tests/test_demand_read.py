from datetime import date, datetime

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..models.jxc_booking_lead import booking_lead
from .demand_case import DemandCase


@tagged("post_install", "-at_install")
class TestDemandRead(DemandCase):
    """What is read of counted demand, and of what people say about it."""

    def _read_back(self, last_day=date(2026, 3, 14), weeks=4):
        return self.demand._read_weekly(
            self.company, self.product.id, 2**31 - 1, last_day, weeks
        )

    def test_weeks(self):
        """Weeks end on the last day; what is older only starts the series."""
        for day, quantity in ((1, 1), (8, 2), (14, 4), (15, 8)):
            self.move(self.stock, self.customers, quantity, datetime(2026, 3, day))
        self.move(self.stock, self.customers, 16, datetime(2026, 1, 20))
        self.refresh()
        matrix = self._read_back()
        self.assertEqual(matrix.quantity.tolist(), [[0, 0, 1, 6]])
        self.assertEqual(matrix.lines.tolist(), [[0, 0, 1, 2]])
        self.assertEqual(matrix.largest.tolist(), [4])
        self.assertEqual(matrix.first_day.tolist(), [date(2026, 1, 20)])
        self.assertEqual(matrix.latest_day.tolist(), [date(2026, 3, 14)])
        self.assertEqual(matrix.weeks.tolist(), [4])
        self.assertEqual(matrix.warehouse_id.tolist(), self.warehouse.ids)
        self.assertEqual(self._read_back(weeks=52).weeks.tolist(), [8])

    def test_entries_count_and_show_their_source(self):
        self.move(self.stock, self.customers, 5, datetime(2026, 3, 10))
        entry = self.env["jxc.demand.entry"].create(
            {
                "source": "import",
                "batch": "history.xlsx",
                "warehouse_id": self.warehouse.id,
                "product_id": self.product.id,
                "day": date(2026, 2, 20),
                "quantity": 7,
            }
        )
        self.refresh()
        self.assertEqual(self._read_back().quantity.tolist(), [[7, 0, 0, 5]])
        rows = self.demand.search([("product_id", "=", self.product.id)])
        self.assertEqual(rows.mapped("source"), ["move", "import"])
        entry.active = False
        self.assertEqual(self._read_back().quantity.tolist(), [[0, 0, 0, 5]])

    def test_one_off_is_left_out_only_when_confirmed(self):
        self.move(self.stock, self.customers, 2, datetime(2026, 3, 3))
        self.move(self.stock, self.customers, 500, datetime(2026, 3, 10))
        self.refresh()
        mark = self.env["jxc.demand.one.off"].create(
            {
                "location_id": self.stock.id,
                "product_id": self.product.id,
                "day": date(2026, 3, 10),
                "quantity": 490,
            }
        )
        self.assertEqual(self._read_back().quantity.tolist(), [[0, 0, 2, 500]])
        mark.action_confirm()
        self.assertEqual(self._read_back().quantity.tolist(), [[0, 0, 2, 10]])
        mark.action_reject()
        self.assertEqual(self._read_back().quantity.tolist(), [[0, 0, 2, 500]])

    def test_heir(self):
        """A pack of two replaces the bolt; another one replaces the pack."""
        self.move(self.stock, self.customers, 8, datetime(2026, 3, 3))
        self.refresh()
        pack = self.new_product("Pack")
        better = self.new_product("Better pack")
        links = self.env["jxc.demand.heir"].create(
            [
                {
                    "company_id": self.company.id,
                    "product_id": pack.id,
                    "predecessor_id": self.product.id,
                    "factor": 0.5,
                },
                {
                    "company_id": self.company.id,
                    "product_id": better.id,
                    "predecessor_id": pack.id,
                },
            ]
        )
        matrix = self._read_back()
        self.assertEqual(
            matrix.product_id.tolist(), [self.product.id, pack.id, better.id]
        )
        self.assertEqual(matrix.quantity[:, 2].tolist(), [8, 4, 4])
        with self.assertRaises(ValidationError):
            links[0].copy({"product_id": self.product.id, "predecessor_id": better.id})

    def test_booking_lead(self):
        for created, quantity in (
            ("2026-02-01", 6),
            ("2026-03-02", 3),
            ("2026-03-10", 1),
        ):
            move = self.move(self.stock, self.customers, quantity, datetime(2026, 3, 3))
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE stock_move SET create_date = %s WHERE id = %s",
                [created, move.id],
            )
        leads = [0, 1, 14, 60]
        # a part of the days after the other, as the parts of a run read them
        parts = [
            self.demand._read_booked(self.company, first, last, leads)
            for first, last in (
                (date(2026, 3, 1), date(2026, 3, 2)),
                (date(2026, 3, 3), date(2026, 3, 3)),
                (date(2026, 3, 4), date(2026, 3, 31)),
            )
        ]
        lead = booking_lead(parts, leads)
        self.assertEqual(lead.product_id.tolist(), self.product.ids)
        self.assertEqual(lead.location_id.tolist(), self.stock.ids)
        self.assertEqual(lead.quantity.tolist(), [10])
        self.assertEqual(lead.share.tolist(), [[1, 0.9, 0.6, 0]])
