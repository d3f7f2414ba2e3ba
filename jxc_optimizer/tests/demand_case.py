from odoo.fields import Command
from odoo.tests import TransactionCase


class DemandCase(TransactionCase):
    """A company of its own with one product, whose stock moves are counted."""

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
        cls.product = cls.new_product("Bolt")
        cls.demand = cls.env["jxc.demand.day"]

    @classmethod
    def new_product(cls, name):
        return cls.env["product.product"].create(
            {"name": name, "type": "consu", "is_storable": True}
        )

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
