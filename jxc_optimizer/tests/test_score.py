"""What was saved, as a fact: a frozen baseline, and price apart from volume."""

from datetime import timedelta
from unittest.mock import patch

from dateutil.relativedelta import relativedelta

from odoo.exceptions import AccessError
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

    def test_each_warehouse_by_itself(self):
        """The same article in two warehouses: own stock, own demand, own saving."""
        east = self.env["stock.warehouse"].create(
            {"name": "East", "code": "EAST", "company_id": self.company.id}
        )
        supplier = self.env.ref("stock.stock_location_suppliers")
        self._move(self.product, self.age + 41, 30, supplier, east.lot_stock_id)
        for day in (0, 20):
            self._deliver(self.product, self.age + 41 - day, 5, east.lot_stock_id)
        rule = self._rule(
            self.product, 5, 10, location=east.lot_stock_id, warehouse_id=east.id
        )
        self._apply(self.rule)
        self._apply(rule)
        # In the month everything in the east is sold on its first day.
        self._deliver(self.product, self.age, 20, east.lot_stock_id)
        self.env.flush_all()
        self.env["jxc.demand.day"]._refresh(self.company)
        self._cron()
        base = self.env["jxc.baseline"].search([("product_id", "=", self.product.id)])
        self.assertEqual(base.warehouse_id, self.warehouse | east)
        there = base.filtered(lambda each: each.warehouse_id == east)
        # From the first move on, 40 days: 25 on the first twenty, then 20.
        self.assertAlmostEqual(there.average_qty, (20 * 25 + 20 * 20) / 40, places=3)
        self.assertAlmostEqual(there.demand_per_day, 10 / 40, places=4)
        rows = {
            row.warehouse_id: row
            for row in self._rows().filtered(lambda row: row.outcome == "accepted")
        }
        self.assertEqual(set(rows), {self.warehouse, east})
        self.assertEqual(rows[east].stock_value, 0)
        self.assertEqual(rows[self.warehouse].stock_value, 100 * 10)
        growth = (20 / self.days) / (10 / 40)
        self.assertAlmostEqual(
            rows[east].saving, 10 * 22.5 * growth, delta=0.002 * 225 * growth
        )
        self.assertEqual(rows[east].stockout_days, self.days)

    def test_rights(self):
        """Buyers read what their own company saved; nobody writes it."""
        self._apply(self.rule)
        self._cron()
        other = self._company("Somebody Else Ltd")
        models = ("jxc.baseline", "jxc.score")
        buyer = self._user("score buyer", "jxc_optimizer.group_buyer")
        planner = self._user("score planner", "jxc_optimizer.group_planner")
        stranger = self._user("score stranger", "jxc_optimizer.group_planner", other)
        worker = self._user("score worker", "stock.group_stock_user")
        for model in models:
            with self.subTest(model):
                rows = self.env[model].search([("company_id", "=", self.company.id)])
                self.assertTrue(rows)
                for user in (buyer, planner):
                    mine = self.env[model].with_user(user).search([])
                    self.assertEqual(mine, rows)
                    self.assertTrue(mine.read())
                    for change in (
                        lambda rows=mine: rows[0].write({"warehouse_id": False}),
                        mine.unlink,
                        lambda rows=mine: rows.create({}),
                    ):
                        with self.assertRaises(AccessError):
                            change()
                theirs = self.env(
                    user=stranger, context={"allowed_company_ids": other.ids}
                )[model]
                self.assertFalse(theirs.search([]))
                with self.assertRaises(AccessError):
                    theirs.browse(rows.ids).read()
                with self.assertRaises(AccessError):
                    self.env[model].with_user(worker).search([])

    def test_outcomes(self):
        self._apply(self.rule)
        self._apply(self.edited_rule, reason="Seen on the shelf")
        self.other_rule.write(
            {"jxc_note": "suggested", "jxc_suggested_min": 1, "jxc_suggested_max": 2}
        )
        self.other_rule.jxc_has_change = True  # runs set the flag with the suggestion
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
