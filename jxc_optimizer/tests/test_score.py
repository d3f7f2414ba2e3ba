"""What was saved, as a fact: a frozen baseline, and price apart from volume."""

from datetime import timedelta
from unittest.mock import patch

from dateutil.relativedelta import relativedelta

from odoo.tests import tagged

from .common import OptimizerCase


@tagged("post_install", "-at_install")
class TestScore(OptimizerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The last whole month is scored; suggestions were applied the day before it.
        first = cls.today.replace(day=1)
        cls.month = first - relativedelta(months=1)
        cls.days = (first - cls.month).days
        cls.age = (cls.today - cls.month).days
        cls.product = cls._product("Scored", cost=10)
        cls.other = cls._product("Ignored", cost=4)
        cls.edited = cls._product("Edited", cost=4)
        supplier = cls.env.ref("stock.stock_location_suppliers")
        for product in (cls.product, cls.other, cls.edited):
            # 100 on hand through 40 days before the month, 1 sold on each of 10 days
            cls._move(product, cls.age + 41, 110, supplier, cls.stock)
            for day in range(10):
                cls._deliver(product, cls.age + 41 - 4 * day, 1)
        cls.rule, cls.other_rule, cls.edited_rule = (
            cls._rule(product, 5, 10)
            for product in (cls.product, cls.other, cls.edited)
        )
        cls.env.flush_all()
        cls.env["jxc.demand.day"]._refresh(cls.company)

    def _apply(self, rule, reason=None):
        """A suggestion applied on the day before the month."""
        rule.jxc_terms = {"lot": 1}
        change = self.env["jxc.change"]._log(rule, {rule: (2, 4)}, reason=reason)
        rule.write({"product_min_qty": 2, "product_max_qty": 4})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE jxc_change SET create_date = %s WHERE id = %s",
            [self.month - timedelta(days=1), change.id],
        )
        self.env.invalidate_all()

    def _cron(self):
        cron = self.env.registry["ir.cron"]
        with patch.object(cron, "_commit_progress", return_value=600.0):
            self.env["jxc.score"]._cron_score()

    def _rows(self):
        return self.env["jxc.score"].search([("company_id", "=", self.company.id)])

    def test_price_and_volume_apart(self):
        self._apply(self.rule)
        self.assertTrue(self.env["jxc.baseline"]._freeze(self.company))
        base = self.env["jxc.baseline"].search([("product_id", "=", self.product.id)])
        # From the first move on, day d of 41 (0 to 40) has what the sales left.
        stock = [110 - min(d // 4 + 1, 10) for d in range(41)]
        self.assertAlmostEqual(base.average_qty, sum(stock[:40]) / 40, places=3)
        self.assertEqual((base.last_day - base.first_day).days + 1, 40)
        self.assertAlmostEqual(base.demand_per_day, 10 / 40, places=4)
        self.assertEqual(base.unit_cost, 10)
        # In the month 40 leave on its first day, and the cost rises.
        self._deliver(self.product, self.age, 40)
        self.product.standard_price = 12
        self.env.flush_all()
        self.env["jxc.demand.day"]._refresh(self.company)
        self.assertTrue(self.env["jxc.score"]._score(self.company))
        row = self._rows().filtered(lambda each: each.outcome == "accepted")
        quantity, then = 60, base.average_qty
        growth = (40 / self.days) / 0.25
        self.assertEqual(row.rules, 1)
        self.assertAlmostEqual(row.baseline_value, then * 10, places=1)
        self.assertAlmostEqual(row.stock_value, quantity * 12, places=1)
        self.assertAlmostEqual(row.price_effect, quantity * 2, places=1)
        self.assertAlmostEqual(
            row.volume_effect, 10 * then * (growth - 1), delta=0.002 * then * 10
        )
        self.assertAlmostEqual(
            row.stock_value - row.baseline_value,
            row.price_effect + row.volume_effect - row.saving,
            places=1,
        )

    def test_outcomes(self):
        self._apply(self.rule)
        self._apply(self.edited_rule, reason="Seen on the shelf")
        self.other_rule.write(
            {"jxc_note": "suggested", "jxc_suggested_min": 1, "jxc_suggested_max": 2}
        )
        self._cron()
        found = {row.outcome: row.rules for row in self._rows()}
        self.assertEqual(found, {"accepted": 1, "changed": 1, "ignored": 1})

    def test_twice_and_frozen(self):
        self._apply(self.rule)
        self._cron()
        rows, base = self._rows(), self.env["jxc.baseline"].search([])
        before = rows.read(), base.read()
        self.product.standard_price = 99
        self._cron()
        self.assertEqual((self._rows().read(), base.read()), before)

    def test_nothing_applied_yet(self):
        self._cron()
        self.assertFalse(self._rows())
        self.assertFalse(
            self.env["jxc.baseline"].search([("company_id", "=", self.company.id)])
        )

    def test_empty_company(self):
        empty = self._company("Nothing Scored Ltd")
        self.assertFalse(self.env["jxc.baseline"]._freeze(empty))
        self.assertFalse(self.env["jxc.score"]._score(empty))
