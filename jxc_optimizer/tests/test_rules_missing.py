from datetime import timedelta

from odoo import SUPERUSER_ID
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import OptimizerCase

WEEKLY = [9, 11, 10, 8, 12, 10, 9, 11, 10, 10, 12, 8] * 5


@tagged("post_install", "-at_install")
class TestMissingRules(OptimizerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._product("Steady")
        cls._vendor(cls.product, delay=14, min_qty=12)
        cls._sell_weekly(cls.product, WEEKLY)
        cls._run()
        cls.rules = cls.env["stock.warehouse.orderpoint"].with_context(
            active_test=False
        )
        cls.cells = cls.env["jxc.cell"]
        cls.cells._ensure(cls.company)

    def _rule_of(self, product):
        return self.rules.search([("product_id", "=", product.id)])

    def _wanted(self):
        policy = self._policy(self.product)
        cell = self.cells.search([("company_id", "=", self.company.id)]).filtered(
            lambda cell: cell.name == policy.matrix_class
        )
        cell.create_rules = True
        return cell

    def test_only_for_classes_that_want_it(self):
        self._run()
        self.assertFalse(self._rule_of(self.product))
        self._wanted()
        run = self._run()
        rule = self._rule_of(self.product)
        policy = self._policy(self.product)
        self.assertEqual(
            (rule.product_min_qty, rule.product_max_qty),
            (policy.suggested_min, policy.suggested_max),
        )
        self.assertEqual(run.rules_applied, 1)
        self.assertTrue(policy.has_rule)
        # a second run finds it, and the suggestion with it
        self.assertEqual(self._run().rules_applied, 0)
        self.assertEqual(self._rule_of(self.product), rule)
        self.assertEqual(rule.jxc_note, "suggested")

    def test_odoo_tidies_up_and_leaves_it(self):
        self._wanted()
        self._run()
        rule = self._rule_of(self.product)
        rule.create_uid = SUPERUSER_ID
        self.env["stock.warehouse.orderpoint"]._unlink_processed_orderpoints()
        self.env["stock.warehouse.orderpoint"].action_open_orderpoints()
        self.assertTrue(rule.exists())

    def test_archived_rules_are_a_decision(self):
        self._wanted()
        rule = self._rule(self.product, 1, 2)
        rule.active = False
        self.assertEqual(self._run().rules_applied, 0)
        self.assertEqual(self._rule_of(self.product), rule)

    def test_doubtful_articles_are_left_out(self):
        self._wanted()
        doubtful = self._product("No vendor", cost=0.0)
        self._sell_weekly(doubtful, WEEKLY)
        self.cells.search([("company_id", "=", self.company.id)]).create_rules = True
        self._run()
        self.assertFalse(self._rule_of(doubtful))

    def test_revert(self):
        self._wanted()
        run = self._run()
        run.action_revert()
        rule = self._rule_of(self.product)
        self.assertEqual((rule.product_min_qty, rule.product_max_qty), (0, 0))

    def test_superfluous_rules(self):
        dead = self._product("Dead")
        self._deliver(dead, 500, 3)
        wanted, fresh = (
            self._rule(self.product, 1, 2),
            self._rule(self._product("Fresh"), 1, 2),
        )
        rule = self._rule(dead, 1, 2)
        old = self.today - timedelta(days=600)
        for each in (rule, wanted):
            each.flush_recordset()
            self.env.cr.execute(
                "UPDATE stock_warehouse_orderpoint SET create_date = %s WHERE id = %s",
                (old, each.id),
            )
        self._run()
        every = rule | wanted | fresh
        every.invalidate_recordset()
        found = self.rules.search(
            [("id", "in", every.ids), ("jxc_superfluous", "=", True)]
        )
        self.assertEqual(found, rule)
        self.assertEqual(
            self.rules.search(
                [("id", "in", every.ids), ("jxc_superfluous", "=", False)]
            ),
            wanted | fresh,
        )
        self.assertEqual(every.mapped("jxc_superfluous"), [True, False, False])
        buyer = self._user("mr_buyer", "jxc_optimizer.group_buyer")
        with self.assertRaises(AccessError):
            every.with_user(buyer).action_jxc_archive()
        planner = self._user("mr_planner", "jxc_optimizer.group_planner")
        every.with_user(planner).action_jxc_archive()
        self.assertEqual(every.mapped("active"), [False, True, True])
