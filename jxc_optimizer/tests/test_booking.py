"""Suggested levels where customers order ahead, against Odoo's own forecast."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import OptimizerCase

#: days before it leaves that each booked unit is ordered
AHEAD = 5
DAILY = 10


@tagged("post_install", "-at_install")
class TestBooking(OptimizerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._product("Ordered ahead")
        cls._vendor(cls.product, delay=7)

    def _history(self, share):
        """Ten a day for ten weeks, of which a share is booked some days ahead."""
        for days_ago in range(1, 71):
            booked = self._deliver(self.product, days_ago, DAILY * share)
            if share < 1:
                self._deliver(self.product, days_ago, DAILY * (1 - share))
            created = fields.Datetime.now() - timedelta(days=days_ago + AHEAD)
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE stock_move SET create_date = %s WHERE id = %s",
                [created, booked.id],
            )
        # the deliveries above took what was not there
        self._set_stock(0)

    def _set_stock(self, quantity):
        quants = self.env["stock.quant"]
        there = quants._get_available_quantity(
            self.product, self.stock, allow_negative=True
        )
        quants._update_available_quantity(self.product, self.stock, quantity - there)

    def _book_ahead(self, share):
        """The deliveries that customers have booked for the coming days."""
        for days in range(1, AHEAD + 1):
            moment = fields.Datetime.now().replace(hour=12) + timedelta(days=days)
            self.env["stock.move"].create(
                {
                    "product_id": self.product.id,
                    "product_uom_qty": DAILY * share,
                    "location_id": self.stock.id,
                    "location_dest_id": self.customers.id,
                    "company_id": self.company.id,
                    "date": moment,
                }
            )._action_confirm()

    def _assert_orders_at_the_reorder_point(self, share, horizon):
        self.company.horizon_days = horizon
        if share:
            self._history(share)
            self._book_ahead(share)
        else:
            self._sell_weekly(self.product, [7 * DAILY] * 10)
            self._set_stock(0)
        rule = self._rule(self.product)
        self._run()
        rule.action_jxc_apply()
        policy = self._policy(self.product)
        self.assertAlmostEqual(
            policy.booked_demand, share * AHEAD * policy.demand_per_day, delta=0.5
        )
        self.assertGreater(policy.reorder_point, policy.booked_demand)
        # What is in stock and on order tells when to order, not what is booked.
        for above, orders in ((-1, True), (1, False)):
            self._set_stock(round(policy.reorder_point) + above)
            self.env.invalidate_all()
            rule._compute_qty_to_order_computed()
            self.assertEqual(rule.qty_to_order > 0, orders, (share, horizon, above))

    def test_nothing_booked_horizon_0(self):
        self._assert_orders_at_the_reorder_point(0, 0)

    def test_nothing_booked_horizon_365(self):
        self._assert_orders_at_the_reorder_point(0, 365)

    def test_half_booked_horizon_0(self):
        self._assert_orders_at_the_reorder_point(0.5, 0)

    def test_half_booked_horizon_365(self):
        self._assert_orders_at_the_reorder_point(0.5, 365)

    def test_all_booked_horizon_0(self):
        self._assert_orders_at_the_reorder_point(1, 0)

    def test_all_booked_horizon_365(self):
        self._assert_orders_at_the_reorder_point(1, 365)

    def test_button_sets_the_horizon(self):
        self.company.horizon_days = 365
        settings = self.env["res.config.settings"].create({})
        settings.action_jxc_no_horizon()
        self.assertEqual(self.company.horizon_days, 0)
