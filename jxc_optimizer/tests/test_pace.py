"""How fast articles sell: against plain loops, and what follows from it."""

import math
from datetime import timedelta

import numpy as np

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..models.jxc_pace_refresh import _peaks
from .common import OptimizerCase


@tagged("post_install", "-at_install")
class TestPace(OptimizerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.suppliers = cls.env.ref("stock.stock_location_suppliers")
        cls.pen = cls._product("Pen", cost=3, list_price=8)
        cls.ink = cls._product("Ink", cost=5)
        cls._move(cls.pen, 400, 300, cls.suppliers, cls.stock)
        for days_ago in range(4, 200, 7):
            cls._deliver(cls.pen, days_ago, 10 if days_ago < 91 else 5)
        cls._move(cls.ink, 300, 60, cls.suppliers, cls.stock)
        for days_ago in (250, 120, 60):
            cls._deliver(cls.ink, days_ago, 4)
        cls._rule(cls.ink)
        cls._run()
        cls.paces = cls.env["jxc.pace"]

    def _pace(self, product):
        self.paces._refresh(self.company)
        return self.paces.search([("product_id", "=", product.id)])

    def _sold(self, product, first, last):
        moves = self.env["stock.move"].search(
            [
                ("product_id", "=", product.id),
                ("location_dest_id", "=", self.customers.id),
            ]
        )
        days = [(self.today - move.date.date()).days for move in moves]
        return sum(
            move.quantity
            for move, ago in zip(moves, days, strict=True)
            if first <= ago <= last
        )

    def test_against_a_loop(self):
        for product in (self.pen, self.ink):
            pace = self._pace(product)
            sold, before = self._sold(product, 1, 91), self._sold(product, 92, 182)
            self.assertEqual(pace.sold_qty, sold)
            self.assertEqual(pace.before_qty, before)
            self.assertAlmostEqual(pace.growth, sold / before - 1, 4)
            hand = product.with_context(location=self.stock.id).qty_available
            self.assertEqual(pace.on_hand, max(hand, 0))
            self.assertAlmostEqual(pace.sell_through, sold / (sold + hand), 4)
            self.assertEqual(pace.sold_value, sold * product.standard_price)
        self.assertEqual(pace.out_days, 0)
        self.assertTrue(pace.has_rule)
        self.assertFalse(self._pace(self.pen).has_rule)

    def test_lost_sales(self):
        """Without stock for some of 91 days: what they would have sold at that pace."""
        hand = self.pen.with_context(location=self.stock.id).qty_available
        self._deliver(self.pen, 21, hand)
        self._move(self.pen, 0, 5, self.suppliers, self.stock)
        self.env["jxc.demand.day"]._refresh(self.company)
        pace = self._pace(self.pen)
        sold = self._sold(self.pen, 1, 91)
        stock = {
            day: sum(
                (1 if move.location_dest_id == self.stock else -1) * move.quantity
                for move in self.env["stock.move"].search(
                    [("product_id", "=", self.pen.id), ("state", "=", "done")]
                )
                if (self.today - move.date.date()).days >= day
            )
            for day in range(1, 92)
        }
        out = sum(quantity <= 0 for quantity in stock.values())
        self.assertEqual(out, 4)  # since the latest delivery
        self.assertEqual(pace.out_days, out)
        lost = min(sold / (91 - out) * out, sold)
        self.assertAlmostEqual(pace.lost_qty, lost, 2)
        self.assertAlmostEqual(pace.lost_sales, 8 * lost, 1)

    def test_twice_and_gone(self):
        self.assertTrue(self.paces._refresh(self.company))
        self.assertEqual(self.paces._refresh(self.company), 0)
        self._deliver(self.ink, 2, 1)
        self.env["jxc.demand.day"]._refresh(self.company)
        self.assertEqual(self.paces._refresh(self.company), 1)
        self.env["jxc.policy"].search([("product_id", "=", self.ink.id)]).unlink()
        self.paces._refresh(self.company)
        self.assertFalse(self.paces.search([("product_id", "=", self.ink.id)]))
        empty = self._company("Nothing Ltd")
        self.assertEqual(self.paces._refresh(empty), 0)

    def test_one_click_makes_the_rules(self):
        pace = self._pace(self.pen)
        planner = self._user("pace_planner", "jxc_optimizer.group_planner")
        pace.with_user(planner).action_create_rules()
        rule = self.env["stock.warehouse.orderpoint"].search(
            [("product_id", "=", self.pen.id)]
        )
        self.assertEqual(rule.product_min_qty, self._policy(self.pen).suggested_min)
        self.assertTrue(pace.has_rule)
        self.assertTrue(self._pace(self.pen).has_rule)

    def test_season_from_three_years(self):
        """Every year eight weeks sell four times as much; they begin 20 weeks on."""
        toys = self.env["product.category"].create({"name": "Toys"})
        for number in range(6):
            product = self._product(f"Toy {number}", categ_id=toys.id)
            self.env["jxc.demand.entry"].create(
                [
                    {
                        "source": "import",
                        "warehouse_id": self.warehouse.id,
                        "product_id": product.id,
                        "day": self.today - timedelta(days=7 * back + 3),
                        # week 0 of the cycle is the one that begins today
                        "quantity": 40 if 20 <= (-back - 1) % 52 < 28 else 10,
                    }
                    for back in range(156)
                ]
            )
        self._run()
        pace = self._pace(product)
        self.assertEqual(pace.peak_from, self.today + timedelta(days=140))
        self.assertEqual(pace.peak_to, self.today + timedelta(days=28 * 7 - 1))
        policy = self._policy(product)
        lead = math.ceil(policy.lead_days + policy.review_days)
        self.assertEqual(pace.order_by, pace.peak_from - timedelta(days=lead))
        # 20 ordinary weeks and 8 of the season; years that agree are hardly shrunk
        need = 20 * 10 + 8 * 40 + policy.safety_stock
        self.assertAlmostEqual(pace.season_qty / need, 1, delta=0.1)
        self.assertFalse(self._pace(self.pen).peak_from)

    def test_peaks(self):
        """A season that runs, one to come, none at all, and one without demand."""
        index = np.ones((4, 52))
        index[0, :3] = 2
        index[1, 10:12] = 3
        index[3, 5:9] = 2
        rows = {"safety": np.array([1.0, 2, 3, 4]), "lead": np.array([14.0, 21, 7, 7])}
        mean = np.array([10.0, 10, 10, 0])
        found = _peaks(mean, index, rows, np.array([5.0, 0, 0, 0]), self.today)
        self.assertEqual(
            found["peak_from"].tolist(),
            [self.today, self.today + timedelta(days=70), None, None],
        )
        self.assertEqual(found["peak_to"][0], self.today + timedelta(days=20))
        self.assertEqual(found["order_by"][1], self.today + timedelta(days=49))
        self.assertEqual(found["season_qty"][:2].tolist(), [56, 100 + 60 + 2])
        self.assertEqual(found["peak_factor"][:2].tolist(), [2, 3])

    def test_rights(self):
        self._pace(self.pen)
        buyer = self._user("pace_buyer", "jxc_optimizer.group_buyer")
        paces = self.paces.with_user(buyer).search([])
        self.assertTrue(paces)
        with self.assertRaises(AccessError):
            paces.action_create_rules()
        for groups in ("stock.group_stock_user", "jxc_optimizer.group_announcer"):
            worker = self._user(f"pace_{groups}", groups)
            with self.assertRaises(AccessError):
                self.paces.with_user(worker).search([])
            with self.assertRaises(AccessError):
                self.paces.with_user(worker).action_refresh()
        other = self._company("Elsewhere")
        stranger = self._user("pace_other", "jxc_optimizer.group_planner", other)
        theirs = self.paces.with_user(stranger)
        self.assertFalse(theirs.with_context(allowed_company_ids=other.ids).search([]))
