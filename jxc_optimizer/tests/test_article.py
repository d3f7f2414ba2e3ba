"""What people set for an article, a warehouse or a class."""

import json
from datetime import timedelta
from math import sqrt

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import OptimizerCase

#: weekly demand with some noise, half a year
WEEKS = [20, 24, 18, 22, 19, 21, 25, 17, 20, 23, 18, 22, 20] * 2


@tagged("post_install", "-at_install")
class TestArticle(OptimizerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pen = cls._product("Pen", cost=10.0)
        cls.ink = cls._product("Ink", cost=10.0)
        cls.vendor = cls._vendor(cls.pen | cls.ink)
        for product in cls.pen | cls.ink:
            cls._sell_weekly(product, WEEKS)
        cls.rule = cls._rule(cls.pen)
        cls.planner = cls._user("article_planner", "jxc_optimizer.group_planner")
        cls.buyer = cls._user("article_buyer", "jxc_optimizer.group_buyer")

    def _set(self, product=None, **values):
        return (
            self.env["jxc.article"]
            .with_user(self.planner)
            .create({"product_id": (product or self.pen).id, **values})
        )

    def _policy(self, product=None):
        return self.env["jxc.policy"].search(
            [
                ("product_id", "=", (product or self.pen).id),
                ("location_id", "=", self.stock.id),
            ]
        )

    def _explained(self):
        self.rule.invalidate_recordset()
        return json.loads(self.rule.jxc_why)

    def test_nothing_set_changes_nothing(self):
        self._set()
        self._run()
        pen, ink = self._policy(), self._policy(self.ink)
        for name in ("suggested_min", "suggested_max", "order_qty", "lead_days"):
            self.assertEqual(pen[name], ink[name], name)

    def test_lot_by_own_costs(self):
        """Harris by hand: sqrt(2 D K / (h c))."""
        self._set(order_cost=8.0, holding_rate=0.5)
        self._run()
        policy = self._policy()
        yearly = policy.demand_per_day * 365
        self.assertAlmostEqual(policy.eoq, sqrt(2 * yearly * 8 / (0.5 * 10)), 0)
        self.assertNotEqual(policy.eoq, self._policy(self.ink).eoq)

    def test_minimum_and_pack_wherever_odoo_orders(self):
        self._set(least_order=100, pack=30)
        self._run()
        policy = self._policy()
        self.assertEqual((policy.vendor_minimum, policy.vendor_multiple), (100, 30))
        self.assertEqual(policy.order_qty % 30, 0)
        self.assertGreaterEqual(policy.order_qty, 120)
        for asked, sold in ((5, 120), (100, 120), (121, 150), (150, 150)):
            self.assertEqual(self.rule._get_multiple_rounded_qty(asked), sold)
        self.env["stock.quant"]._update_available_quantity(
            self.pen, self.stock, sum(WEEKS) + 5
        )
        self.rule.write({"product_min_qty": 10, "product_max_qty": 15})
        self.rule.action_replenish()
        line = self.env["purchase.order.line"].search(
            [("product_id", "=", self.pen.id)]
        )
        self.assertEqual(line.product_qty, 120)

    def test_pack_in_suggest(self):
        self._set(least_order=100, pack=30)
        product = self.pen.with_context(
            partner_id=self.vendor.id,
            warehouse_id=self.warehouse.id,
            suggest_based_on="one_week",
            suggest_days=7,
            suggest_percent=100,
        )
        self.assertEqual(product.suggested_qty, 120)

    def test_pack_of_vendor_units(self):
        """Whole dozens, and whole packs where dozens go into them."""
        dozen = self.env.ref("uom.product_uom_dozen")
        self.pen.seller_ids.product_uom_id = dozen
        self._set(pack=24)
        self._run()
        self.assertEqual(self._policy().vendor_multiple, 24)
        self.assertEqual(self.rule._get_multiple_rounded_qty(25), 48)

    def test_lead_time(self):
        self._set(lead_days=30)
        self._run()
        policy = self._policy()
        self.assertEqual(policy.lead_days, 30)
        self.assertAlmostEqual(
            policy.protection_demand,
            policy.demand_per_day * (30 + self.company.jxc_review_days),
            1,
        )
        self.assertIn("the days were set by hand", " ".join(self._explained()["facts"]))

    def test_least_minimum_is_a_term_of_the_sum(self):
        self._run()
        before = self.rule.jxc_suggested_min
        lot = self.rule.jxc_suggested_max - before
        self._set(least_stock=before + 37)
        self._run()
        self.assertEqual(self.rule.jxc_suggested_min, before + 37)
        self.assertEqual(self.rule.jxc_suggested_max, before + 37 + lot)
        minimum = next(
            total for total in self._explained()["sums"] if total["label"] == "Minimum"
        )
        labels = [term["label"] for term in minimum["terms"]]
        self.assertIn("raised to the least minimum set", labels)
        total = sum(
            float(term["value"].replace("−", "-").replace("+", "").replace(" ", ""))
            for term in minimum["terms"]
        )
        self.assertAlmostEqual(total, before + 37, 2)

    def test_service_floor_is_what_the_target_would_be(self):
        self._set(fill_floor=0.999)
        self._run()
        floor, other = self._policy().suggested_min, self._policy(self.ink)
        self.assertGreater(floor, other.suggested_min)
        self.assertIn("At least 99.9 %", " ".join(self._explained()["facts"]))
        self.company.jxc_fill_rate = 0.999
        self._run()
        self.assertEqual(self._policy(self.ink).suggested_min, floor)

    def test_cover_and_shelf_life_limit_the_lot(self):
        self.company.jxc_order_cost = 5000
        self._set(max_cover_days=60, shelf_life_days=21)
        self._set(self.ink, max_cover_days=60)
        self._run()
        pen, ink = self._policy(), self._policy(self.ink)
        self.assertEqual(pen.order_qty, round(21 * pen.demand_per_day))
        self.assertEqual(ink.order_qty, round(60 * ink.demand_per_day))

    def test_class_counts_until_its_last_day(self):
        self._set(abc_class="C", abc_until=self.today)
        self._set(self.ink, abc_class="C", abc_until=self.today - timedelta(days=1))
        self._run()
        self.assertEqual(self._policy().abc_class, "C")
        self.assertEqual(self._policy(self.ink).abc_class, "A")
        self.assertIn("Class C was chosen", " ".join(self._explained()["facts"]))

    def test_a_warehouse_goes_before_all(self):
        self._set(lead_days=30, least_order=50)
        self._set(lead_days=5, warehouse_id=self.warehouse.id)
        self._run()
        self.assertEqual(self._policy().lead_days, 5)
        self.assertEqual(self._policy().vendor_minimum, 50)
        terms = self.env["jxc.article"]._order_terms(
            self.company, self.pen, self.warehouse
        )
        self.assertEqual(terms, {self.pen.id: (50, 0)})

    def test_floor_and_review_of_a_class(self):
        self._run()
        before = self._policy()
        usual, days = before.suggested_min, before.protection_days
        self.env["jxc.cell"]._ensure(self.company)
        cell = self.env["jxc.cell"].search(
            [
                ("company_id", "=", self.company.id),
                ("abc_class", "=", before.abc_class),
                ("xyz_class", "=", before.xyz_class),
            ]
        )
        cell.with_user(self.planner).write({"fill_floor": 0.999, "review_days": 8})
        self._run()
        after = self._policy()
        self.assertGreater(after.suggested_min, usual)
        self.assertEqual(after.protection_days, days + 8 - self.company.jxc_review_days)
        self.assertEqual(after.review_days, 8)
        self._set(fill_floor=0.5)
        self._run()
        self.assertLess(self._policy().suggested_min, after.suggested_min + 0.01)

    def test_statements_do_not_grow(self):
        def statements(products):
            self.env["jxc.article"].create(
                [{"product_id": product.id, "pack": 6} for product in products]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            rules = self.env["stock.warehouse.orderpoint"].browse(
                [self._rule(product).id for product in products]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            count = self.cr.sql_log_count
            self.assertEqual(rules.mapped("jxc_pack"), [6] * len(products))
            return self.cr.sql_log_count - count

        few = self.env["product.product"].union(*(self._product("P") for _n in "ab"))
        many = self.env["product.product"].union(
            *(self._product("P") for _n in range(20))
        )
        self.assertEqual(statements(few), statements(many))

    @mute_logger("odoo.sql_db")
    def test_refused(self):
        for values in ({"pack": -1}, {"fill_floor": 1.0}, {"lead_days": -3}):
            with self.assertRaises(IntegrityError), self.cr.savepoint():
                self._set(**values)
        self._set(pack=2)
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            self._set(pack=3)

    def test_rights(self):
        article = self._set(pack=2)
        self.assertEqual(article.with_user(self.buyer).pack, 2)
        with self.assertRaises(AccessError):
            article.with_user(self.buyer).pack = 3
        user = self._user("article_stock", "stock.group_stock_user")
        with self.assertRaises(AccessError):
            article.with_user(user).read(["pack"])
        other = self._company("Other Ltd")
        stranger = self._user("article_other", "jxc_optimizer.group_planner", other)
        articles = self.env["jxc.article"].with_context(allowed_company_ids=other.ids)
        self.assertFalse(articles.with_user(stranger).search([]))
        stranger.company_ids = [Command.link(self.company.id)]
        with self.assertRaises(AccessError):
            article.with_user(stranger).with_context(
                allowed_company_ids=other.ids
            ).read(["pack"])
