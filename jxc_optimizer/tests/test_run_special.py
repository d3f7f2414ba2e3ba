"""Runs where something is missing, out of the ordinary or just being changed."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import OptimizerCase
from .test_run import WEEKLY


@tagged("post_install", "-at_install")
class TestSpecialCases(OptimizerCase):
    """What is missing must neither fail nor invent figures."""

    def test_empty_company(self):
        run = self._run()
        self.assertEqual(run.series, 0)
        self.assertFalse(run.error)

    def test_product_without_vendor(self):
        """Odoo counts 365 days of lead time; the setting counts instead."""
        product = self._product("Orphan")
        self._sell_weekly(product, WEEKLY)
        self._run()
        policy = self._policy(product)
        self.assertEqual(policy.lead_days, self.company.jxc_default_lead_days)
        self.assertFalse(policy.vendor_id)
        self.assertEqual(policy.confidence, "C")

    def test_product_without_cost(self):
        product = self._product("Free", cost=0.0)
        self._sell_weekly(product, WEEKLY)
        rule = self._rule(product)
        self._run()
        policy = self._policy(product)
        self.assertEqual(policy.abc_class, "C")
        self.assertEqual(policy.consumption_value, 0)
        # Free stock: the lot is limited by the largest cover alone, 180 days
        self.assertAlmostEqual(policy.order_qty, 180 * 20 / 7, delta=1)
        self.assertGreater(rule.jxc_suggested_max, rule.jxc_suggested_min)

    def test_vendor_price_stands_in_for_missing_cost(self):
        product = self._product("Bought", cost=0.0)
        self._vendor(product, price=8.0)
        self._sell_weekly(product, WEEKLY)
        self._run()
        self.assertEqual(self._policy(product).unit_cost, 8.0)

    def test_rule_without_moves(self):
        rule = self._rule(self._product("Unsold"), 3, 9)
        self._run()
        self.assertEqual(rule.jxc_note, "no_history")
        self.assertFalse(rule.jxc_has_change)
        self.assertIn("Nothing has left", rule.jxc_why)

    def test_short_history(self):
        product = self._product("New")
        self._sell_weekly(product, [5, 5])
        rule = self._rule(product, 3, 9)
        self._run()
        self.assertEqual(rule.jxc_note, "short_history")
        self.assertFalse(rule.jxc_has_change)
        self.assertEqual(self._policy(product).confidence, "D")

    def test_archived_product(self):
        product = self._product("Old")
        self._sell_weekly(product, WEEKLY)
        self._run()
        self.assertTrue(self._policy(product))
        product.active = False
        self._run()
        self.assertFalse(self._policy(product))

    def test_two_companies(self):
        """Same product, two companies: each has its own history, cost and class."""
        other = self._company("Other Ltd")
        self.env.user.company_ids |= other
        product = self._product("Shared")
        product.with_company(other).standard_price = 99.0
        self._sell_weekly(product, WEEKLY)
        self.env.user.write({"company_id": other.id})
        env = self.env(context=dict(self.env.context, allowed_company_ids=other.ids))
        warehouse = self._warehouse(other)
        move = env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": 7,
                "location_id": warehouse.lot_stock_id.id,
                "location_dest_id": self.customers.id,
                "company_id": other.id,
            }
        )
        move._action_confirm()
        move.write({"quantity": 7, "picked": True})
        move._action_done()
        move.date = move.move_line_ids.date = fields.Datetime.now() - timedelta(days=40)
        self.env["jxc.run"]._start(other)._work(lambda _done, remaining: 9.0)
        self._run()
        mine, theirs = (
            self.env["jxc.policy"]
            .sudo()
            .search([("product_id", "=", product.id), ("company_id", "=", company.id)])
            for company in (self.company, other)
        )
        self.assertEqual((mine.consumption_qty, mine.unit_cost), (600, 10))
        self.assertEqual((theirs.consumption_qty, theirs.unit_cost), (7, 99))
        reader = self._user("company_reader", "stock.group_stock_user")
        visible = (
            self.env["jxc.policy"]
            .with_user(reader)
            .search([("product_id", "=", product.id)])
        )
        self.assertEqual(visible, mine)

    def test_sub_location(self):
        """A rule on a shelf counts what leaves it, the warehouse the rest too."""
        shelf = self.env["stock.location"].create(
            {"name": "Shelf", "location_id": self.stock.id, "usage": "internal"}
        )
        product = self._product("Shelved")
        shelf_rule = self._rule(product, location=shelf)
        self._sell_weekly(product, WEEKLY)
        self._sell_weekly(product, [7] * 30, source=shelf)
        idle = self._rule(self._product("Idle"), location=shelf)
        self._run()
        self.assertAlmostEqual(self._policy(product).consumption_qty, 600 + 210)
        self.assertAlmostEqual(self._policy(product, shelf).consumption_qty, 210)
        self.assertEqual(shelf_rule.jxc_note, "suggested")
        self.assertEqual(idle.jxc_note, "no_history")
        self.assertIn("sub-location", idle.jxc_why)

    def test_other_units(self):
        """Sold in dozens, bought in packs of 6 in euros of another currency."""
        dozen = self.env.ref("uom.product_uom_dozen")
        pack = self.env["uom.uom"].create(
            {
                "name": "Pack of 6",
                "relative_factor": 6,
                "relative_uom_id": self.env.ref("uom.product_uom_unit").id,
            }
        )
        product = self._product("Eggs")
        self._vendor(product, product_uom_id=pack.id, min_qty=4, price=12.0)
        for week in range(30):
            self._deliver(product, 7 * week + 3, 2, uom=dozen)
        rule = self._rule(product)
        self._run()
        policy = self._policy(product)
        self.assertAlmostEqual(policy.consumption_qty, 30 * 24)
        self.assertAlmostEqual(policy.order_price, 2.0)
        self.assertGreaterEqual(policy.order_qty, 24)
        self.assertEqual(policy.order_qty % 6, 0)
        lot = rule.jxc_suggested_max - rule.jxc_suggested_min + 1
        self.assertEqual(lot % 6, 0)

    def test_nonsense_figures_count_as_none(self):
        """Negative costs, prices and delays, which Odoo lets pass, fail no run."""
        product = self._product("Nonsense", cost=-5.0)
        self._vendor(product, price=-1.0, delay=-3, min_qty=-2)
        self._sell_weekly(product, WEEKLY)
        self._run()
        policy = self._policy(product)
        self.assertGreaterEqual(policy.unit_cost, 0)
        self.assertGreaterEqual(policy.lead_days, 0)

    def test_circular_routes_fail_no_run(self):
        product = self._product("Circular")
        self._sell_weekly(product, WEEKLY)
        with (
            patch.object(
                self.env.registry["product.product"],
                "_get_rules_from_location",
                side_effect=UserError("circle"),
            ),
            self.assertLogs("odoo.addons.jxc_optimizer.models.jxc_supply", "WARNING"),
        ):
            self._run()
        policy = self._policy(product)
        self.assertEqual(policy.lead_days, self.company.jxc_default_lead_days)

    def test_product_with_expired_price_only(self):
        """No vendor today: the default lead time, for it and for others like it."""
        product = self._product("Expired")
        self._vendor(product, date_end=self.today - timedelta(days=9))
        self._sell_weekly(product, WEEKLY)
        self._run()
        policy = self._policy(product)
        self.assertFalse(policy.vendor_id)
        self.assertEqual(policy.lead_days, self.company.jxc_default_lead_days)

    def test_deleted_between_reading_and_publishing(self):
        product, other = self._product("Deleted"), self._product("Kept")
        for each in (product, other):
            self._sell_weekly(each, WEEKLY)
        payloads = self.env.registry["jxc.policy"]
        vendor = self._vendor(product, name="Gone")
        run = self.env["jxc.run"]._start(self.company)
        original = payloads._forget_deleted

        def lose_vendor(policies):
            self.env["product.supplierinfo"].search(
                [("partner_id", "=", vendor.id)]
            ).unlink()
            vendor.unlink()
            self.env.flush_all()
            return original(policies)

        with patch.object(payloads, "_forget_deleted", lose_vendor):
            run._work(lambda _done, remaining: 9.0)
        self.assertEqual(run.state, "done", run.error)
        self.assertFalse(self._policy(product).vendor_id)

    def test_inactive_rule_and_archived_warehouse(self):
        product = self._product("Somewhere")
        self._sell_weekly(product, WEEKLY)
        self._rule(product).active = False
        self._run()
        self.assertFalse(self._policy(product).has_rule)
