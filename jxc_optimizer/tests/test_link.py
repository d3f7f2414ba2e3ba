from __future__ import annotations

from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL


@tagged("post_install", "-at_install", "jxc")
class TestLink(TransactionCase):
    """What is deleted takes along what refers to it, without foreign keys."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        create = {
            name: cls.env[name].create
            for name in ("product.product", "res.partner", "product.category")
        }
        cls.category = create["product.category"]({"name": "Links"})
        cls.product = create["product.product"](
            {"name": "Linked", "categ_id": cls.category.id}
        )
        cls.vendor = create["res.partner"]({"name": "Linked vendor"})
        cls.buyer = cls.env["res.users"].create(
            {"name": "Linked buyer", "login": "linked"}
        )
        warehouse = cls.env["stock.warehouse"].search([], limit=1)
        parent = warehouse.lot_stock_id
        cls.shelf = cls.env["stock.location"].create(
            {"name": "Shelf", "location_id": parent.id}
        )
        cls.box = cls.env["stock.location"].create(
            {"name": "Box", "location_id": cls.shelf.id, "active": False}
        )
        cls.night = cls.env["jxc.run"].create(
            {"company_id": cls.env.company.id, "date": "2026-01-05"}
        )
        common = {
            "company_id": cls.env.company.id,
            "product_id": cls.product.id,
            "warehouse_id": warehouse.id,
            "vendor_id": cls.vendor.id,
        }
        cls.policies = cls.env["jxc.policy"].create(
            [
                {**common, "location_id": place.id, "run_id": cls.night.id}
                for place in (parent, cls.shelf, cls.box)
            ]
        )
        cls.history = cls.env["jxc.policy.history"].create(
            [
                {**common, "location_id": place.id, "date_from": "2026-01-05"}
                for place in (parent, cls.shelf, cls.box)
            ]
        )
        cls.exception = cls.env["jxc.exception"].create(
            {
                **common,
                "policy_id": cls.policies[0].id,
                "categ_id": cls.category.id,
                "buyer_id": cls.buyer.id,
                "exception": "out",
            }
        )
        cls.rule = cls.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": cls.env["product.product"]
                .create({"name": "Other", "is_storable": True})
                .id,
                "location_id": parent.id,
                "jxc_vendor_id": cls.vendor.id,
            }
        )
        cls.env.flush_all()

    def _keys(self, table: str) -> set[str]:
        rows = self.env.execute_query(
            SQL(
                """SELECT attname FROM pg_constraint JOIN pg_attribute
                       ON attrelid = conrelid AND attnum = conkey[1]
                    WHERE contype = 'f' AND conrelid = %s::regclass""",
                table,
            )
        )
        return {name for [name] in rows}

    def test_no_foreign_keys(self):
        links = self.env["jxc.link"]._links()
        self.assertIn(("jxc_policy", "product_id", "product.product", "cascade"), links)
        for table, column, _comodel, _ondelete in links:
            self.assertNotIn(column, self._keys(table))

    def test_comodels_clean_up(self):
        linked = self.registry["jxc.linked"]
        for table, column, comodel, _ondelete in self.env["jxc.link"]._links():
            with self.subTest(table=table, column=column):
                self.assertTrue(issubclass(self.registry[comodel], linked))

    def test_product(self):
        self.product.unlink()
        self.assertFalse(self.policies.exists())
        self.assertFalse(self.history.exists())
        self.assertFalse(self.exception.exists())

    def test_template(self):
        self.product.product_tmpl_id.unlink()
        self.assertFalse(self.policies.exists())
        self.assertFalse(self.history.exists())

    def test_location_with_what_is_below(self):
        self.shelf.unlink()
        self.assertEqual(self.policies.exists(), self.policies[0])
        self.assertEqual(self.history.exists(), self.history[0])

    def test_vendor(self):
        self.vendor.unlink()
        self.assertEqual(self.policies.exists(), self.policies)
        self.assertFalse(self.policies.vendor_id)
        self.assertFalse(self.history.vendor_id)
        self.assertFalse(self.exception.vendor_id)
        self.assertFalse(self.rule.jxc_vendor_id)

    def test_run(self):
        self.night.unlink()
        self.assertEqual(self.policies.exists(), self.policies)
        self.assertFalse(self.policies.run_id)

    def test_buyer(self):
        self.buyer.unlink()
        self.assertTrue(self.exception.exists())
        self.assertFalse(self.exception.buyer_id)

    def test_what_slipped_through(self):
        """A row written in the moment its product was deleted."""
        self.env.cr.execute(
            SQL("UPDATE jxc_policy SET product_id = 2147483647 WHERE id = %s",
                self.policies[1].id)
        )  # fmt: skip
        self.env.cr.execute(
            SQL("UPDATE jxc_policy SET vendor_id = 2147483647 WHERE id = %s",
                self.policies[2].id)
        )  # fmt: skip
        self.env.invalidate_all()
        self.env["jxc.link"]._gc_dangling()
        self.assertEqual(self.policies.exists(), self.policies[0] | self.policies[2])
        self.assertFalse(self.policies[2].vendor_id)
        self.assertEqual(self.policies[0].vendor_id, self.vendor)
