"""What a company and its warehouses aim at: planned, replayed, shown and decided."""

from datetime import timedelta
from unittest.mock import patch

import numpy as np

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ..engine import forward
from .replay_case import ARTICLES, WEEKS, ReplayCase


@tagged("post_install", "-at_install")
class TestGoal(ReplayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.jxc_fill_rate = 0.9
        cls.company.jxc_objective = "lines"
        cls.second = cls.env["stock.warehouse"].create(
            {"name": "Second", "code": "SEC", "company_id": cls.company.id}
        )
        rng = np.random.default_rng(12)
        quantity = rng.poisson(3.0, (ARTICLES, WEEKS))
        quantity[:, 0] = 3
        cls.env["jxc.demand.entry"].create(
            [
                {
                    "source": "import",
                    "warehouse_id": cls.second.id,
                    "product_id": cls.products[number].id,
                    "day": cls.today - timedelta(days=7 * (WEEKS - week) - 2),
                    "quantity": quantity[number, week],
                }
                for number in range(ARTICLES)
                for week in range(WEEKS)
                if quantity[number, week]
            ]
        )
        cls.second_rules = cls.env["stock.warehouse.orderpoint"].create(
            [
                {
                    "product_id": product.id,
                    "location_id": cls.second.lot_stock_id.id,
                    "warehouse_id": cls.second.id,
                    "company_id": cls.company.id,
                    "product_min_qty": 6,
                    "product_max_qty": 12,
                }
                for product in cls.products
            ]
        )

    def _minima(self, warehouse):
        """Suggested minima of a warehouse, by article."""
        policies = self.env["jxc.policy"].search(
            [("warehouse_id", "=", warehouse.id)], order="product_id"
        )
        self.assertEqual(len(policies), ARTICLES)
        return policies.mapped("suggested_min")

    def test_a_warehouse_with_its_own_goal(self):
        """Another target there moves its articles, and no one else's."""
        self.second.write({"jxc_objective": "lines", "jxc_fill_rate": 0.8})
        self._run()
        first, low = self._minima(self.warehouse), self._minima(self.second)
        self.second.jxc_fill_rate = 0.99
        run = self._run()
        self.assertEqual(self._minima(self.warehouse), first)
        high = self._minima(self.second)
        self.assertGreater(sum(high), 1.2 * sum(low))
        self.assertEqual(list(run.target["own"]), [str(self.second.id)])
        own = run.target["own"][str(self.second.id)]
        self.assertEqual(own["fill_rate"], 0.99)
        self.assertGreater(own["replay"]["fill"]["line"], 0.98)
        self.assertIn("Second: Set on a replay", run.target_text)
        self.assertIn("Other warehouses: Set on a replay", run.target_text)
        facts = self.second_rules[0].jxc_why
        self.assertIn("99.0 % of order lines", facts)
        self.assertIn("90.0 % of order lines", self.rules[0].jxc_why)

    def test_the_same_goal_is_none_of_its_own(self):
        self.second.write({"jxc_objective": "lines", "jxc_fill_rate": 0.9})
        self.assertEqual(self.company._jxc_own_goals(), {})
        self.second.jxc_objective = False
        self.company.jxc_objective = "units"
        self.assertEqual(self.second._jxc_goal(), self.company._jxc_goal())

    def test_warehouses_with_the_same_goal_are_looked_at_together(self):
        for warehouse in self.warehouse | self.second:
            warehouse.jxc_fill_rate = 0.95
        with patch.object(forward, "prepare", wraps=forward.prepare) as prepare:
            run = self._run()
        self.assertEqual(prepare.call_count, 1)
        self.assertEqual(prepare.call_args.args[0].demand.shape[0], 2 * ARTICLES)
        self.assertEqual(run.state, "done", run.error)
        # nothing is left for the company's own goal, and nothing is said of it
        self.assertTrue(
            run.target_text.startswith("Optimised Ltd, Second: Set on a replay of 120")
        )
        self.assertNotEqual(run.method, "textbook")

    def test_too_few_articles_for_a_goal_of_its_own(self):
        self.second.jxc_fill_rate = 0.97
        entries = self.env["jxc.demand.entry"].search(
            [
                ("warehouse_id", "=", self.second.id),
                ("product_id", "in", self.products[20:].ids),
            ]
        )
        entries.unlink()
        run = self._run()
        own = run.target["own"][str(self.second.id)]
        self.assertEqual((own["method"], own["reason"]), ("textbook", "little_history"))
        found = self.env["jxc.policy"].search([("warehouse_id", "=", self.second.id)])
        self.assertEqual(set(found.mapped("method")), {"textbook"})
        self.assertIn("97.0 % of the demand", self.second_rules[0].jxc_why)
        self.assertIn("Second: Too little history", run.target_text)

    def test_a_cost_per_missed_unit(self):
        """The dearer it is the more stock, and a run says what service follows."""
        self.company.write({"jxc_objective": "cost", "jxc_missed_cost": 0.2})
        low = self._run()
        cheap = sum(self._minima(self.warehouse))
        self.company.jxc_missed_cost = 20
        high = self._run()
        self.assertGreater(sum(self._minima(self.warehouse)), cheap)
        self.assertGreater(
            high.target["replay"]["fill"]["unit"], low.target["replay"]["fill"]["unit"]
        )
        self.assertIn("of units", high.target_text)
        self.assertIn("counts 20.00", self.rules[0].jxc_why.replace("\xa0", " "))

    def test_goals_that_make_no_sense(self):
        with self.assertRaises(ValidationError):
            self.company.jxc_missed_cost = 0
        with self.assertRaises(ValidationError):
            self.second.jxc_fill_rate = 1.0
        with self.assertRaises(ValidationError):
            self.second.jxc_missed_cost = -1

    def test_the_method_of_a_group(self):
        """A warehouse's articles of a pattern get the method that did better there."""
        pattern = self.env["jxc.policy"].search(
            [("warehouse_id", "=", self.second.id)], limit=1
        )
        self.assertFalse(pattern)
        self._run()
        patterns = self.env["jxc.policy"].search(
            [("warehouse_id", "=", self.second.id)]
        )
        number = ["smooth", "erratic", "intermittent", "lumpy"].index(
            patterns[0].pattern
        )
        label = f"{self.second.id}:{number}"
        for policy, other in (("ours", "one_factor"), ("P1", "assortment")):
            run = self.env["jxc.run"].search(
                [("company_id", "=", self.company.id)], limit=1
            )
            target = run.target
            target["dial"] |= {"policy": policy, "dial": 1.0, "apart": {label: 1.5}}
            with patch.object(
                type(self.env["jxc.planner"]), "_learn", lambda *args, t=target: t
            ):
                self.second.partner_id = self.company.partner_id  # an input changed
                self.company.jxc_order_cost += 0.01
                self._run()
            policies = self.env["jxc.policy"].search(
                [("company_id", "=", self.company.id)]
            )
            mine = policies.filtered(
                lambda each: (
                    each.warehouse_id == self.second
                    and each.pattern == patterns[0].pattern
                )
            )
            self.assertEqual(set(mine.mapped("method")), {other})
            self.assertEqual(
                set((policies - mine).mapped("method")),
                {"assortment", "one_factor"} - {other},
            )

    def test_replay_by_warehouse(self):
        """Each has its own goal, its own curve, and they sum up to the whole."""
        self.second.write({"jxc_objective": "units", "jxc_fill_rate": 0.97})
        replay = self.env["jxc.replay"].sudo()._start_own(self.company)
        self._work(replay)
        [scenario] = replay.condition_ids
        self.assertEqual(scenario.target, 0, "what is set")
        parts = scenario.by_warehouse
        self.assertEqual(set(parts), {str(self.warehouse.id), str(self.second.id)})
        for name in ("stock_value", "orders", "missed_qty", "articles"):
            self.assertAlmostEqual(
                scenario[name],
                sum(part["chosen"][name] for part in parts.values()),
                delta=0.01,
            )
        self.assertEqual(len(scenario.curve), 8)
        rows = self.env["jxc.replay.article"].search(
            [
                ("scenario_id", "=", scenario.id),
                ("warehouse_id", "=", self.second.id),
            ]
        )
        part = parts[str(self.second.id)]
        self.assertAlmostEqual(
            part["chosen"]["stock_value"], sum(rows.mapped("stock_value")), delta=0.5
        )
        # what is set there is a point of its curve
        at_goal = next(each for each in part["curve"] if each["target"] == 0.97)
        self.assertAlmostEqual(
            at_goal["stock_value"], part["chosen"]["stock_value"], places=4
        )
        self.assertIn("Second: Units, 97.0 %.", replay.basis)

    def test_replay_with_a_cost_per_missed_unit(self):
        self.company.write({"jxc_objective": "cost", "jxc_missed_cost": 0.1})
        low = self._replay().condition_ids
        self.company.jxc_missed_cost = 10
        high = self._replay([{}, {"target": 0.8}]).condition_ids.sorted("sequence")
        self.assertGreater(high[0].stock_value, low.stock_value)
        self.assertLess(high[0].missed_qty, low.missed_qty)
        # a target is then one of units
        self.assertLess(high[1].fill_units, high[0].fill_units)

    def test_the_page_of_a_warehouse(self):
        replays = self.env["jxc.replay"].sudo()
        self._work(replays._start_own(self.company))
        page = self.env["jxc.objective"].with_user(self.planner)
        whole = page.get_objective()
        self.assertEqual(
            [each["id"] for each in whole["warehouses"]],
            (self.warehouse | self.second).ids,
        )
        self.assertFalse(whole["has_own_goals"])
        page.use_target(0.97, self.second.id)
        self.assertEqual(self.second.jxc_fill_rate, 0.97)
        self.assertEqual(self.company.jxc_fill_rate, 0.9)
        part = page.get_objective(self.second.id)
        self.assertEqual((part["target"], part["is_own_goal"]), (0.97, True))
        self.assertEqual(part["replay"]["articles"], ARTICLES)
        self.assertTrue(page.get_objective()["is_stale"], "replayed before")
        own = {each["kind"]: each for each in whole["replay"]["scenarios"]}["own"]
        mine = {each["kind"]: each for each in part["replay"]["scenarios"]}["own"]
        self.assertLess(mine["stock_value"], own["stock_value"])
        self.assertLess(
            part["replay"]["curve"][0]["stock_value"],
            whole["replay"]["curve"][0]["stock_value"],
        )
        page.use_company_goal(self.second.id)
        self.assertFalse(self.company._jxc_own_goals())
        self.assertFalse(page.get_objective()["is_stale"])
        page.use_target(0.95)
        self.assertFalse(page.get_objective()["is_stale"], "the curve has it")

    def test_the_page_with_a_cost(self):
        self.company.jxc_objective = "cost"
        page = self.env["jxc.objective"].with_user(self.planner)
        self.assertEqual(page.get_objective()["fill"], "fill_units")
        page.use_target(3.456)
        self.assertEqual(self.company.jxc_missed_cost, 3.46)
        self.assertEqual(self.company.jxc_fill_rate, 0.9)
        self.second.jxc_missed_cost = 7
        self.assertEqual(page.get_objective(self.second.id)["price"], 7)

    def test_only_planners_decide(self):
        page = self.env["jxc.objective"].with_user(self.buyer)
        self.assertFalse(page.get_objective()["may_decide"])
        for decide in (
            lambda: page.use_target(0.97, self.second.id),
            lambda: page.use_company_goal(self.second.id),
        ):
            with self.assertRaises(AccessError):
                decide()

    def test_a_warehouse_of_another_company(self):
        other = self._warehouse(self._company("Elsewhere Ltd"))
        page = self.env["jxc.objective"].with_user(self.planner)
        page.use_target(0.97, other.id)
        self.assertFalse(other.jxc_fill_rate)

    def test_what_if_of_a_warehouse_as_its_settings(self):
        replay = self._replay(
            [{"target": 0.96, "order_cost": 9}], warehouse_id=self.second.id
        )
        self.assertEqual(replay.articles, ARTICLES)
        replay.condition_ids.with_user(self.planner).action_apply()
        self.assertEqual(self.second.jxc_fill_rate, 0.96)
        self.assertEqual(self.company.jxc_fill_rate, 0.9)
        found = self.env["jxc.article"].search([("order_cost", "=", 9)])
        self.assertEqual(found.warehouse_id, self.second)
        self.assertEqual(found.product_id, self.products)
