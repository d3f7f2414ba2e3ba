from datetime import date, datetime

from odoo.fields import Command
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestDemand(TransactionCase):
    """Demand from stock moves, case by case."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Demand", "country_id": 1})
        cls.company.resource_calendar_id.tz = "Asia/Shanghai"
        cls.env.user.company_ids = [Command.link(cls.company.id)]
        cls.env = cls.env(
            context=dict(cls.env.context, allowed_company_ids=cls.company.ids)
        )
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)]
        )
        cls.stock = cls.warehouse.lot_stock_id
        cls.customers = cls.env.ref("stock.stock_location_customers")
        cls.vendors = cls.env.ref("stock.stock_location_suppliers")
        cls.product = cls.env["product.product"].create(
            {"name": "Bolt", "type": "consu", "is_storable": True}
        )
        cls.demand = cls.env["jxc.demand.day"]

    def move(self, source, target, quantity, when, **values):
        """A done move of the product; the moment is UTC."""
        owner = values.pop("owner_id", False)
        move = self.env["stock.move"].create(
            {
                "product_id": self.product.id,
                "location_id": source.id,
                "location_dest_id": target.id,
                "product_uom_qty": quantity,
                "company_id": self.company.id,
                **values,
            }
        )
        move._action_confirm(merge=False)
        move.quantity = quantity
        move.move_line_ids.owner_id = owner
        move.picked = True
        move._action_done()
        move.date = when
        return move

    def days(self, location=None, product=None):
        """{day: net quantity} of a location as people see it."""
        rows = self.demand.search(
            [
                ("location_id", "=", (location or self.stock).id),
                ("product_id", "=", (product or self.product).id),
            ]
        )
        return {row.day: row.quantity for row in rows}

    def refresh(self):
        return self.demand._refresh(self.company)

    def assertProved(self):
        """A complete count finds nothing to correct."""
        self.assertEqual(self.demand._rebuild(self.company)["differences"], 0)

    def test_empty(self):
        counts = self.refresh()
        self.assertEqual(counts["inserted"], 0)
        self.assertEqual(self.days(), {})
        matrix = self.demand._read_weekly(self.company, 1, 2**31 - 1, date.today(), 8)
        self.assertEqual(matrix.quantity.shape, (0, 8))
        self.assertEqual(len(matrix.weeks), 0)

    def test_days_of_the_company(self):
        """17:00 UTC is the next day in Shanghai."""
        self.refresh()
        self.move(self.stock, self.customers, 5, datetime(2026, 3, 1, 15, 59))
        self.move(self.stock, self.customers, 3, datetime(2026, 3, 1, 17))
        self.refresh()
        self.assertEqual(self.days(), {date(2026, 3, 1): 5, date(2026, 3, 2): 3})

    def test_twice_in_a_row_writes_nothing(self):
        self.move(self.stock, self.customers, 5, datetime(2026, 3, 1))
        self.assertEqual(self.refresh()["inserted"], 1)
        self.env.cr.execute("SELECT xmin, ctid FROM jxc_demand_series")
        before = self.env.cr.fetchall()
        counts = self.refresh()
        self.assertFalse(any(counts.values()), counts)
        self.assertProved()
        self.env.cr.execute("SELECT xmin, ctid FROM jxc_demand_series")
        self.assertEqual(self.env.cr.fetchall(), before)

    def test_back_dating_leaves_the_old_day(self):
        self.refresh()
        move = self.move(self.stock, self.customers, 5, datetime(2026, 3, 2, 9))
        self.refresh()
        move.date = datetime(2026, 1, 5, 9)
        self.refresh()
        self.assertEqual(self.days(), {date(2026, 1, 5): 5})
        move.move_line_ids.date = datetime(2026, 1, 7, 9)
        self.refresh()
        self.assertEqual(self.days(), {date(2026, 1, 7): 5})
        self.assertProved()

    def test_sql_without_write_date(self):
        """Nothing escapes, however it is written."""
        self.refresh()
        move = self.move(self.stock, self.customers, 5, datetime(2026, 3, 2, 9))
        self.refresh()
        self.env.cr.execute(
            "UPDATE stock_move_line SET quantity_product_uom = 7 WHERE move_id = %s",
            [move.id],
        )
        self.refresh()
        self.assertEqual(self.days(), {date(2026, 3, 2): 7})
        self.assertProved()

    def test_return_counts_with_its_original(self):
        self.refresh()
        move = self.move(self.stock, self.customers, 5, datetime(2026, 1, 5))
        back = self.move(
            self.customers,
            self.stock,
            2,
            datetime(2026, 3, 1),
            origin_returned_move_id=move.id,
        )
        self.refresh()
        self.assertEqual(self.days(), {date(2026, 1, 5): 3})
        again = self.move(
            self.stock,
            self.customers,
            1,
            datetime(2026, 3, 9),
            origin_returned_move_id=back.id,
        )
        self.refresh()
        self.assertEqual(self.days(), {date(2026, 1, 5): 4})
        again.quantity = 2
        self.refresh()
        self.assertEqual(self.days(), {date(2026, 1, 5): 5})
        self.move(self.customers, self.stock, 1, datetime(2026, 3, 20))
        self.refresh()
        self.assertEqual(self.days(), {date(2026, 1, 5): 5, date(2026, 3, 20): -1})
        self.assertProved()

    def test_what_is_no_demand(self):
        self.refresh()
        owner = self.env["res.partner"].create({"name": "Owner"})
        scrap = self.env["stock.location"].search(
            [("usage", "=", "inventory"), ("company_id", "=", self.company.id)], limit=1
        )
        when = datetime(2026, 3, 1)
        receipt = self.move(self.vendors, self.stock, 9, when)
        self.move(self.vendors, self.customers, 9, when)
        self.move(self.stock, scrap, 1, when)
        self.move(self.stock, self.vendors, 1, when)
        self.move(self.stock, self.vendors, 1, when, origin_returned_move_id=receipt.id)
        self.move(self.stock, self.customers, 1, when, owner_id=owner.id)
        self.move(self.stock, self.warehouse.wh_output_stock_loc_id, 1, when)
        self.refresh()
        self.assertEqual(self.days(), {})
        self.move(self.warehouse.wh_output_stock_loc_id, self.customers, 1, when)
        self.refresh()
        self.assertEqual(self.days(), {date(2026, 3, 1): 1})
        self.assertProved()
