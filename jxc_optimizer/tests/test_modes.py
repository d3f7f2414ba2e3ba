"""By hand, suggest or automatic: what a run does with its suggestions."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import OptimizerCase
from .test_run import WEEKLY


@tagged("post_install", "-at_install")
class TestModes(OptimizerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._product("Steady")
        cls._vendor(cls.product, delay=7)
        cls._sell_weekly(cls.product, WEEKLY)
        cls._move(
            cls.product,
            1,
            1000,
            cls.env.ref("stock.stock_location_suppliers"),
            cls.stock,
        )
        cls.rule = cls._rule(cls.product, 5, 10)
        cls._run()
        cls.suggested = cls.rule.jxc_suggested_min, cls.rule.jxc_suggested_max
        cls.company.jxc_change_limit = 1.0
        cls.cells = cls.env["jxc.cell"]
        cls.cells._ensure(cls.company)

    @property
    def levels(self):
        return self.rule.product_min_qty, self.rule.product_max_qty

    def _cell(self, name="AX"):
        found = self.cells.search([("company_id", "=", self.company.id)])
        self.assertEqual(len(found), 9)
        return found.filtered(lambda cell: cell.name == name)

    def test_nothing_is_automatic_at_first(self):
        self.assertEqual(set(self.cells.search([]).mapped("mode")), {"suggest"})
        run = self._run()
        self.assertEqual(run.rules_applied, 0)
        self.assertEqual(self.levels, (5, 10))

    def test_automatic_class_and_its_revert(self):
        self.assertEqual(self.rule.jxc_class, self._cell(self.rule.jxc_class).name)
        self._cell(self.rule.jxc_class).mode = "automatic"
        run = self._run()
        self.assertEqual(run.rules_applied, 1)
        self.assertEqual(self.levels, self.suggested)
        change = self.env["jxc.change"].search([("orderpoint_id", "=", self.rule.id)])
        self.assertEqual((change.run_id, change.automatic), (run, True))
        # nothing left to apply: a second run does nothing
        self.assertEqual(self._run().rules_applied, 0)
        planner = self._user("mode_planner", "jxc_optimizer.group_planner")
        run.with_user(planner).action_revert()
        self.assertEqual(self.levels, (5, 10))
        with self.assertRaises(UserError):
            run.with_user(planner).action_revert()

    def test_revert_leaves_later_changes_alone(self):
        self.rule.jxc_mode = "automatic"
        run = self._run()
        self.rule.product_max_qty += 1
        levels = self.levels
        with self.assertRaises(UserError):
            run.action_revert()
        self.assertEqual(self.levels, levels)

    def test_own_mode_of_a_rule_wins(self):
        self._cell(self.rule.jxc_class).mode = "automatic"
        self.rule.jxc_mode = "suggest"
        self.assertEqual(self._run().rules_applied, 0)

    def test_guard_rails(self):
        self.rule.jxc_mode = "automatic"
        cases = {
            "too large a change": lambda: self.company.write(
                {"jxc_change_limit": 0.1, "jxc_change_tolerance": 0.0}
            ),
            "not worth it": lambda: self.company.write(
                {"jxc_change_limit": 1.0, "jxc_change_tolerance": 0.99}
            ),
            "count first": lambda: self._deliver(self.product, 1, 5000),
        }
        for name, prepare in cases.items():
            with self.subTest(name):
                prepare()
                self.assertEqual(self._run().rules_applied, 0)
                self.assertEqual(self.levels, (5, 10))

    def test_doubtful_articles_are_left_to_people(self):
        product = self._product("No vendor", cost=0.0)
        self._sell_weekly(product, WEEKLY)
        rule = self._rule(product, 1, 2, jxc_mode="automatic")
        run = self._run()
        self.assertEqual(self._policy(product).confidence, "C")
        self.assertEqual(run.rules_applied, 0)
        self.assertEqual((rule.product_min_qty, rule.product_max_qty), (1, 2))

    def test_by_hand_shows_no_suggestion(self):
        self.rule.jxc_mode = "manual"
        self._run()
        self.assertEqual(self.rule.jxc_note, "manual")
        self.assertFalse(self.rule.jxc_has_change)
        with self.assertRaises(UserError):
            self.rule.action_jxc_apply()
        self.assertIn("by hand", self.rule._jxc_explain()["message"])
        self.rule.jxc_mode = False
        self._run()
        self.assertEqual(self.rule.jxc_note, "suggested")

    def test_rights(self):
        buyer = self._user("mode_buyer", "jxc_optimizer.group_buyer")
        planner = self._user("mode_planner", "jxc_optimizer.group_planner")
        stranger = self._user(
            "mode_stranger", "jxc_optimizer.group_planner", self._company("Far Ltd")
        )
        cell = self._cell()
        with self.assertRaises(AccessError):
            cell.with_user(buyer).mode = "manual"
        with self.assertRaises(AccessError):
            self.rule.with_user(buyer).jxc_mode = "automatic"
        with self.assertRaises(AccessError):
            cell.with_user(stranger).mode = "manual"
        cell.with_user(planner).mode = "manual"
        self.rule.with_user(planner).jxc_mode = "automatic"
        action = self.cells.with_user(planner).action_open_cells()
        self.assertEqual(action["res_model"], "jxc.cell")
