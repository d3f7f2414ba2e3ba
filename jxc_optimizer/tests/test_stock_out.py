"""Days without stock: found in the moves, and left out of the forecast."""

from datetime import timedelta

import numpy as np

from odoo.tests import tagged

from .common import OptimizerCase


@tagged("post_install", "-at_install")
class TestStockOut(OptimizerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vendors = cls.env.ref("stock.stock_location_suppliers")
        cls.product = cls._product("Bolt")
        cls._vendor(cls.product)
        cls.day = cls.env["jxc.demand.day"]

    def _receive(self, product, days_ago, quantity):
        return self._move(product, days_ago, quantity, self.vendors, self.stock)

    def _gap(self, product, first=200, last=116):
        """14 a week for 40 weeks, but nothing in stock between two days."""
        self._receive(product, 290, 14 * 40)
        weeks = [week for week in range(40) if not last <= 7 * week + 3 < first]
        for week in weeks:
            self._deliver(product, 7 * week + 3, 14)
        inventory = self.env["stock.location"].search(
            [("usage", "=", "inventory"), ("company_id", "=", self.company.id)], limit=1
        )
        missing = 14 * len([week for week in weeks if 7 * week + 3 < first])
        missing += 14 * (40 - len(weeks))
        self._move(product, first, missing, self.stock, inventory)
        self._receive(product, last, missing)

    def _times(self, product):
        return [
            (self._ago(time.first_day), time.last_day and self._ago(time.last_day))
            for time in self.env["jxc.stock.out"].search(
                [("product_id", "=", product.id), ("location_id", "=", self.stock.id)],
                order="first_day",
            )
        ]

    def _ago(self, day):
        return (self.today - day).days

    def _read(self, product, weeks=52):
        history = self.day._read_weekly(
            self.company, product.id, product.id, self.today - timedelta(1), weeks
        )
        return self.day._read_stocked_out(self.company, product.id, product.id, history)

    def test_forecast_as_if_never_out(self):
        steady = self._product("Steady")
        self._vendor(steady)
        self._receive(steady, 290, 14 * 41)
        self._sell_weekly(steady, [14] * 40)
        self._gap(self.product)
        rule = self._rule(self.product)
        self._run()
        mine, other = self._policy(self.product), self._policy(steady)
        # the day the stock left and the day new stock came do not count
        self.assertEqual(self._times(self.product), [(199, 117)])
        self.assertAlmostEqual(mine.censored_share, 83 / (40 * 7), 3)
        self.assertEqual(other.censored_share, 0)
        self.assertLess(mine.consumption_qty, other.consumption_qty - 140)
        self.assertAlmostEqual(mine.demand_per_day, other.demand_per_day, delta=0.1)
        rule.invalidate_recordset()
        self.assertIn("Without stock on 29.6", rule.jxc_why)

    def test_share_of_each_week(self):
        self._gap(self.product)
        self.day._refresh(self.company)
        share = self._read(self.product)[0]
        # weeks end yesterday: days 1 to 7 ago are the last one
        expected = np.zeros(52)
        for ago in range(117, 200):
            expected[51 - (ago - 1) // 7] += 1 / 7
        np.testing.assert_allclose(share, expected, atol=1e-6)

    def test_of_what_is_out_for_long_a_quarter_counts(self):
        self._receive(self.product, 300, 28)
        self._deliver(self.product, 290, 14)
        self._deliver(self.product, 200, 14)
        self.day._refresh(self.company)
        self.assertEqual(self._times(self.product), [(199, False)])
        share = self._read(self.product)
        self.assertAlmostEqual(share.sum() * 7, 91, 3)
        # what is over by now counts whole
        self._receive(self.product, 20, 5)
        self.day._refresh(self.company)
        self.assertAlmostEqual(self._read(self.product).sum() * 7, 179, 3)

    def test_contradictions_mask_nothing(self):
        """A delivery before the receipt: the stock of that time is not known."""
        self._gap(self.product)
        late = self._product("Late")
        self._deliver(late, 150, 5)
        self._receive(late, 100, 10)
        self._deliver(late, 90, 5)
        self._receive(late, 40, 5)
        self._deliver(late, 5, 5)
        self.day._refresh(self.company)
        self.assertFalse(self._read(late).any())
        # the last 12 weeks saw nothing wrong, and only they are looked at
        self.assertAlmostEqual(self._read(late, 12).sum() * 7, 44 + 4, 3)
        self.assertEqual(self._times(late), [(89, 41), (4, False)])
        self.assertTrue(self._read(self.product).any())

    def test_first_demand_finds_earlier_receipts(self):
        """Stock that came before anything was wanted, brought up to date by days."""
        self.day._refresh(self.company)
        self._receive(self.product, 100, 5)
        self.day._refresh(self.company)
        self.assertEqual(self._times(self.product), [])
        self._deliver(self.product, 80, 5)
        self.day._refresh(self.company)
        self.assertEqual(self._times(self.product), [(79, False)])
        back = self._receive(self.product, 60, 5)
        self.day._refresh(self.company)
        self.assertEqual(self._times(self.product), [(79, 61)])
        back.move_line_ids.date -= timedelta(10)
        self.day._refresh(self.company)
        self.assertEqual(self._times(self.product), [(79, 71)])
        self.assertEqual(self.day._rebuild(self.company)["differences"], 0)

    def test_other_companies_are_not_seen(self):
        self._gap(self.product)
        self.day._refresh(self.company)
        other = self._company("Other")
        user = self._user("elsewhere", "stock.group_stock_user", other)
        times, mine = self.env["jxc.stock.out"], [("product_id", "=", self.product.id)]
        self.assertTrue(times.search(mine))
        elsewhere = times.with_user(user).with_context(allowed_company_ids=other.ids)
        self.assertFalse(elsewhere.search(mine))
