"""One target for the whole assortment: settled on its own past, explained, stable."""

import json
import re
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

import numpy as np

from odoo.tests import tagged

from ..engine import forward
from .common import OptimizerCase

ARTICLES = 100
WEEKS = 104


@tagged("post_install", "-at_install")
class TestTarget(OptimizerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # With both floors invented demand, which has no surprises, leaves the
        # textbook level; by lines the assortment wins.
        cls.company.jxc_objective = "lines"
        rng = np.random.default_rng(5)
        cost = np.round(np.exp(rng.normal(2.0, 1.5, ARTICLES)), 2)
        cls.products = cls.env["product.product"].create(
            [
                {
                    "name": f"Article {number}",
                    "type": "consu",
                    "is_storable": True,
                    "standard_price": cost[number],
                }
                for number in range(ARTICLES)
            ]
        )
        for part, delay in ((0, 3), (1, 17), (2, 60)):
            cls._vendor(cls.products[part::3], f"Vendor {delay}", delay, min_qty=part)
        weekly = np.exp(rng.normal(1.0, 1.2, ARTICLES))
        share = rng.uniform(0.1, 1.0, ARTICLES)
        age = rng.integers(2, WEEKS + 1, ARTICLES)
        age[: ARTICLES * 3 // 4] = WEEKS
        shape = (ARTICLES, WEEKS)
        sold = rng.random(shape) < share[:, None]
        quantity = 1 + rng.poisson((weekly / share)[:, None], shape)
        # some are sold by weight
        quantity = np.where(np.arange(ARTICLES)[:, None] % 10, quantity, quantity / 8)
        cls.env["jxc.demand.entry"].create(
            [
                {
                    "source": "import",
                    "warehouse_id": cls.warehouse.id,
                    "product_id": cls.products[number].id,
                    "day": cls.today - timedelta(days=7 * weeks_ago + 3),
                    "quantity": quantity[number, weeks_ago],
                }
                for number in range(ARTICLES)
                for weeks_ago in range(age[number])
                if sold[number, weeks_ago]
            ]
        )
        cls.rules = cls.env["stock.warehouse.orderpoint"].create(
            [
                {
                    "product_id": product.id,
                    "location_id": cls.stock.id,
                    "warehouse_id": cls.warehouse.id,
                    "company_id": cls.company.id,
                }
                for product in cls.products
            ]
        )

    def _policies(self):
        """All figures of all policies, except when and by whom."""
        names = [
            name
            for name, field in self.env["jxc.policy"]._fields.items()
            if field.store and not name.endswith(("_uid", "_date")) and name != "id"
        ]
        policies = self.env["jxc.policy"].search(
            [("company_id", "=", self.company.id)], order="product_id"
        )
        rows = policies.read([name for name in names if name != "run_id"], load=None)
        return [{key: row[key] for key in row if key != "id"} for row in rows]

    def _assert_terms_add_up(self):
        """As stored, and as people read them, to the last digit."""
        suggested = self.rules.filtered(lambda rule: rule.jxc_note == "suggested")
        self.assertGreater(len(suggested), ARTICLES // 2)
        for rule in suggested:
            terms = defaultdict(float, rule.jxc_terms)
            total = sum(
                terms[name]
                for name in (
                    "lead_time_demand", "review_demand", "safety", "min_rounding",
                    "strict_unit",
                )
            ) - terms["uncovered"] - terms["booked"]  # fmt: skip
            self.assertEqual(round(total, 2), rule.jxc_suggested_min)
            self.assertGreaterEqual(_least(terms), 0)
            every = json.loads(rule.jxc_why)["sums"]
            levels = [rule.jxc_suggested_min, rule.jxc_suggested_max]
            if rule.jxc_order_qty:
                levels.insert(0, rule.jxc_order_qty)
            for sums, level in zip(every, levels, strict=True):
                shown = [_number(term["value"]) for term in sums["terms"]]
                self.assertEqual(round(sum(shown), 2), _number(sums["total"]))
                self.assertEqual(_number(sums["total"]), level)

    def test_assortment(self):
        run = self._run()
        self.assertEqual(run.method, "assortment", run.target_text)
        policies = self.env["jxc.policy"].search([("company_id", "=", self.company.id)])
        self.assertEqual(set(policies.mapped("method")), {"assortment"})
        self._assert_terms_add_up()
        fill = run.target["replay"]["fill"]
        self.assertTrue(all(0.5 < rate <= 1 for rate in fill.values()), fill)
        self.assertGreater(fill["line"], 0.94)
        self.assertIn("Set on a replay of", run.target_text)

    def test_expensive_articles_get_less_service(self):
        """A shortage is accepted the more, the dearer the stock that prevents it."""
        self.company.jxc_objective = "units"
        run = self._run()
        self.assertEqual(run.method, "assortment", run.target_text)
        policies = self.env["jxc.policy"].search(
            [("company_id", "=", self.company.id), ("demand_per_day", ">", 0)]
        )
        costs = np.array(policies.mapped("unit_cost"))
        chances = np.array([policy.shortage_chance for policy in policies])
        cheap, dear = costs < np.quantile(costs, 0.25), costs > np.quantile(costs, 0.75)
        self.assertLess(4 * np.median(chances[cheap]), np.median(chances[dear]))

    def test_second_run_writes_nothing(self):
        self._run()
        with patch.object(forward, "prepare", side_effect=AssertionError("again")):
            second = self._run()
        self.assertEqual((second.policies_changed, second.rules_changed), (0, 0))

    def test_settled_anew_gives_the_same(self):
        first = self._run()
        before, target = self._policies(), first.target
        first.target = False
        second = self._run()
        self.assertEqual(second.target, target)
        self.assertEqual(self._policies(), before)
        self.assertEqual((second.policies_changed, second.rules_changed), (0, 0))

    def test_a_changed_goal_is_settled_anew(self):
        first = self._run()
        self.company.jxc_fill_rate = 0.85
        second = self._run()
        self.assertNotEqual(first.target["goal"], second.target["goal"])
        self.assertLess(
            second.target["replay"]["stock"], first.target["replay"]["stock"]
        )

    def test_interrupted_after_every_step(self):
        """Stopped after each unit of work, and in several shards: the same figures."""
        self._run()
        whole = self._policies()
        self.env["jxc.policy"].search([("company_id", "=", self.company.id)]).unlink()
        with patch(
            "odoo.addons.jxc_optimizer.models.jxc_run_phases.SHARD_PRODUCTS", 30
        ):
            run = self.env["jxc.run"]._start(self.company)
            stops = 0
            while not run._work(lambda _done, remaining: 0.0):
                stops += 1
        self.assertEqual(run.state, "done", run.error)
        self.assertEqual(len(run.shard_ids), 4)
        self.assertGreater(stops, 8)
        self.assertEqual(self._policies(), whole)

    def test_textbook_did_better(self):
        """The replay may say so; then one factor, and demand left uncovered if low."""
        choose = forward.choose

        def textbook(*args):
            return replace(choose(*args), policy="P1", share=0.0)

        with (
            patch.object(forward, "choose", textbook),
            patch.object(forward, "dial_for", lambda *args: -0.4),
        ):
            run = self._run()
        self.assertEqual(run.target["dial"]["dial"], -0.4)
        self.assertEqual(run.method, "one_factor")
        self.assertIn("textbook", run.target_text)
        self._assert_terms_add_up()
        uncovered = self.rules.filtered(
            lambda rule: rule.jxc_terms.get("uncovered", 0) > 0
        )
        rule = uncovered[0]
        self.assertNotIn("safety", rule.jxc_terms)
        why = rule.jxc_why
        self.assertIn("left uncovered", why)
        self.assertIn("would cost too much", why)

    def test_chosen_textbook(self):
        self.company.jxc_method = "textbook"
        run = self._run()
        self.assertEqual((run.method, run.target["reason"]), ("textbook", "chosen"))
        self._assert_terms_add_up()

    def test_few_articles(self):
        """Nothing to learn from: the textbook, and the run says why."""
        self.products[40:].active = False
        run = self._run()
        self.assertEqual(run.method, "textbook")
        self.assertIn("Too little history", run.target_text)
        self.assertEqual(
            set(self.env["jxc.policy"].search([]).mapped("method")), {"textbook"}
        )

    def test_every_objective(self):
        for objective in ("both", "units", "value"):
            self.company.jxc_objective = objective
            run = self._run()
            self.assertEqual(run.state, "done", run.error)
            self.assertEqual(run.target["objective"], objective)

    def test_statements_do_not_grow(self):
        def statements():
            timings = self._run().timings
            return {step: count for step, (_seconds, count) in timings.items()}

        self._run()
        self.products[60:].active = False
        self._run()
        few = statements()
        self.products.active = True
        self._run()
        self.assertEqual(statements(), few)


def _number(text):
    """'+ 1,234.50' as a number."""
    value = float(re.sub(r"[^\d.]", "", text))
    return -value if "−" in text else value


def _least(terms):
    """The smallest of the terms that must not be below 0."""
    return min(
        terms["safety_lead_time"],
        terms["safety"] - terms["safety_lead_time"],
        terms["uncovered"],
        terms["lot"],
    )
