"""Reordering rules: apply, revert, rights, quantities, creation."""

import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import OptimizerCase
from .test_run import WEEKLY


@tagged("post_install", "-at_install")
class TestOrderpoint(OptimizerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._product("Steady")
        cls.vendor = cls._vendor(cls.product, delay=7, min_qty=48)
        cls._sell_weekly(cls.product, WEEKLY)
        cls.rule = cls._rule(cls.product, 5, 10, trigger="manual")
        cls._run()
        cls.planner = cls._user("op_planner", "jxc_optimizer.group_planner")
        cls.buyer = cls._user("op_buyer", "jxc_optimizer.group_buyer")
        cls.reader = cls._user("op_reader", "stock.group_stock_user")

    def _order_line(self, product):
        return self.env["purchase.order.line"].search([("product_id", "=", product.id)])

    def test_apply_and_revert(self):
        suggested = self.rule.jxc_suggested_min, self.rule.jxc_suggested_max
        self.rule.with_user(self.planner).action_jxc_apply()
        self.assertEqual(
            (self.rule.product_min_qty, self.rule.product_max_qty), suggested
        )
        self.assertFalse(self.rule.jxc_has_change)
        change = self.env["jxc.change"].search([("orderpoint_id", "=", self.rule.id)])
        self.assertEqual((change.old_min, change.old_max), (5, 10))
        self.assertEqual(change.create_uid, self.planner)
        self.assertTrue(change.run_id)
        with self.assertRaises(UserError):
            self.rule.with_user(self.planner).action_jxc_apply()

        change.with_user(self.planner).action_revert()
        self.assertEqual(
            (self.rule.product_min_qty, self.rule.product_max_qty), (5, 10)
        )
        self.assertTrue(self.rule.jxc_has_change)
        self.assertEqual(change.reverted_by_id, self.planner)
        with self.assertRaises(UserError):
            change.with_user(self.planner).action_revert()

    def test_revert_refuses_after_a_later_change(self):
        self.rule.action_jxc_apply()
        change = self.env["jxc.change"].search([("orderpoint_id", "=", self.rule.id)])
        self.rule.product_max_qty += 10
        with self.assertRaises(UserError):
            change.action_revert()

    def test_applied_levels_feed_odoos_order(self):
        """After applying, Odoo orders up to the maximum, above the vendor's minimum."""
        self.rule.action_jxc_apply()
        self.env.flush_all()
        on_hand = self.product.with_context(location=self.stock.id).qty_available
        self.assertEqual(
            self.rule.qty_to_order_computed, self.rule.product_max_qty - on_hand
        )
        self.rule.action_replenish()
        line = self._order_line(self.product)
        self.assertEqual(line.partner_id, self.vendor)
        self.assertGreaterEqual(line.product_qty, 48)
        self.assertEqual(line.price_unit, 8.0)

    def test_what_is_ordered_is_not_suggested_again(self):
        """A vendor that is quicker than it promises: the new order counts at once."""
        self._policy(self.product).sudo().lead_days = 3  # 7 are promised
        self.rule.trigger = "auto"
        self.rule._jxc_project()
        self.assertGreater(self.rule.jxc_order_qty, 0)
        self.rule.action_jxc_order()
        self.assertTrue(self._order_line(self.product))
        self.assertEqual(self.rule.jxc_order_qty, 0)

    def test_minimum_order_quantity(self):
        """A need of less than the vendor's minimum is raised to it, at his price."""
        product = self._product("Rarely")
        self._vendor(product, min_qty=50)
        rule = self._rule(product, 3, 5, trigger="manual")
        self.assertEqual(rule.qty_to_order, 50)
        rule.action_replenish()
        line = self._order_line(product)
        self.assertEqual((line.product_qty, line.price_unit), (50, 8.0))

    def test_smallest_of_several_tiers_counts(self):
        product = self._product("Tiered")
        vendor = self._vendor(product, min_qty=200, price=5.0)
        self.env["product.supplierinfo"].create(
            {
                "partner_id": vendor.id,
                "product_tmpl_id": product.product_tmpl_id.id,
                "min_qty": 20,
                "price": 6.0,
                "company_id": self.company.id,
            }
        )
        rule = self._rule(product, 3, 5, trigger="manual")
        self.assertEqual(rule.qty_to_order, 20)

    def test_buyer(self):
        """Opens, edits what to order, orders and snoozes; levels are the planner's."""
        rule = self.rule.with_user(self.buyer)
        self.env["stock.warehouse.orderpoint"].with_user(
            self.buyer
        ).action_open_orderpoints()
        rule.qty_to_order = 60
        self.assertEqual(rule.qty_to_order_manual, 60)
        rule.snoozed_until = self.today
        rule.action_stock_replenishment_info()
        rule.action_replenish()
        line = self._order_line(self.product)
        self.assertEqual(line.product_qty, 60)
        for forbidden in (
            lambda: rule.write({"product_min_qty": 1}),
            lambda: rule.write({"trigger": "auto"}),
            lambda: rule.write({"jxc_suggested_min": 1}),
            rule.action_jxc_apply,
            rule.unlink,
        ):
            with self.assertRaises(AccessError):
                forbidden()

    def test_buyer_and_odoos_temporary_rules(self):
        """A shortage without a rule: Odoo makes one, the buyer orders, it is gone."""
        product = self._product("Short")
        self._vendor(product)
        self._deliver(product, 1, 20)
        rules = self.env["stock.warehouse.orderpoint"].with_user(self.buyer)
        rules.action_open_orderpoints()
        rule = rules.search([("product_id", "=", product.id)])
        self.assertTrue(rule)
        rule.qty_to_order = 5
        rules.action_open_orderpoints()  # and again with the shortage still there
        rule.action_replenish()
        self.assertEqual(self._order_line(product).product_qty, 5)

    def test_stock_user_reads_only(self):
        rule = self.rule.with_user(self.reader)
        self.assertTrue(rule.jxc_class)
        for forbidden in (
            lambda: rule.write({"qty_to_order_manual": 1}),
            rule.action_jxc_apply,
        ):
            with self.assertRaises(AccessError):
                forbidden()
        policy = self._policy(self.product).with_user(self.reader)
        self.assertTrue(policy.matrix_class)
        with self.assertRaises(AccessError):
            policy.write({"abc_class": "C"})

    def test_stock_manager_is_planner(self):
        manager = self._user("op_manager", "stock.group_stock_manager")
        self.assertTrue(manager.has_group("jxc_optimizer.group_planner"))
        self.assertFalse(manager.has_group("purchase.group_purchase_user"))

    def test_create_missing_rules(self):
        """Created as ordinary rules: Odoo's clean-up leaves them alone."""
        product = self._product("Ruleless")
        self._sell_weekly(product, WEEKLY)
        self._run()
        policy = self._policy(product)
        self.assertFalse(policy.has_rule)
        policies = policy | self._policy(self.product)
        policies.with_user(self.planner).action_create_rules()
        rules = self.env["stock.warehouse.orderpoint"].search(
            [("product_id", "=", product.id)]
        )
        self.assertEqual(rules.product_min_qty, policy.suggested_min)
        self.assertEqual(rules.product_max_qty, policy.suggested_max)
        self.assertTrue(policy.has_rule)
        self.env["stock.warehouse.orderpoint"]._unlink_processed_orderpoints()
        self.assertTrue(rules.exists())
        with self.assertRaises(UserError):
            policies.with_user(self.planner).action_create_rules()
        with self.assertRaises(AccessError):
            policies.with_user(self.buyer).action_create_rules()

    def test_create_revives_archived_rule(self):
        self.rule.active = False
        self._policy(self.product).with_user(self.planner).action_create_rules()
        self.assertTrue(self.rule.active)
        self.assertEqual(
            self.env["stock.warehouse.orderpoint"].search_count(
                [("product_id", "=", self.product.id)]
            ),
            1,
        )

    def test_why_in_both_languages(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        english = json.loads(self.rule.jxc_why)
        chinese = json.loads(self.rule.with_context(lang="zh_CN").jxc_why)
        self.assertEqual(english["title"], "Why this suggestion?")
        self.assertNotEqual(english["title"], chinese["title"])
        self.assertEqual(len(english["sums"]), 3)
        self.assertEqual(len(english["facts"]), len(chinese["facts"]))

    def test_product_form(self):
        self.assertEqual(
            self.product.product_tmpl_id.jxc_policy_ids, self._policy(self.product)
        )
