import json
from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import OptimizerCase

WEEKLY = [9, 11, 10, 8, 12, 10, 9, 11, 10, 10, 12, 8] * 5


@tagged("post_install", "-at_install")
class TestWhyPage(OptimizerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.suppliers = cls.env.ref("stock.stock_location_suppliers")
        cls.product = cls._product("Steady")
        cls.vendor = cls._vendor(cls.product, delay=14, min_qty=12)
        cls._sell_weekly(cls.product, WEEKLY)
        cls._move(cls.product, 1, sum(WEEKLY) + 40, cls.suppliers, cls.stock)
        cls.rule = cls._rule(cls.product, 5, 10)
        cls._run()
        cls.planner = cls._user("why_planner", "jxc_optimizer.group_planner")
        cls.buyer = cls._user(
            "why_buyer", "jxc_optimizer.group_buyer,purchase.group_purchase_user"
        )

    def _open(self, source, destination, quantity, days):
        move = self.env["stock.move"].create(
            {
                "product_id": self.product.id,
                "product_uom_qty": quantity,
                "location_id": source.id,
                "location_dest_id": destination.id,
                "company_id": self.company.id,
                "date": self.today + timedelta(days=days),
            }
        )
        move._action_confirm()
        return move

    def _info(self, user=None):
        rule = self.rule.with_user(user or self.planner)
        action = rule.action_stock_replenishment_info()
        return (
            self.env[action["res_model"]]
            .with_user(rule.env.user)
            .browse(action["res_id"])
        )

    def _shown(self, key, user=None):
        """The records that a term opens."""
        rule = self.rule.with_user(user or self.buyer)
        action = rule.action_jxc_open_term(key)
        return rule.env[action["res_model"]].search(action["domain"])

    def test_page_shows_the_popovers_sums(self):
        why = json.loads(self._info().jxc_why)
        said = json.loads(self.rule.with_user(self.planner).jxc_why)
        self.assertEqual(why["rule"], self.rule.id)
        self.assertEqual(why["sums"], said["sums"])
        self.assertTrue(why["facts"])

    def test_chart(self):
        """Weeks of the past as they were, of the future as they are planned."""
        self._open(self.suppliers, self.stock, 70, 15)
        chart = self._info(self.buyer).jxc_chart
        past = [week for week in chart["weeks"] if "demand" in week]
        coming = [week for week in chart["weeks"] if "stock" in week]
        self.assertEqual([week["demand"] for week in past], WEEKLY[-26:])
        self.assertEqual(past[-1]["day"], str(self.today - timedelta(days=7)))
        self.assertEqual(coming[0]["day"], str(self.today))
        policy = self._policy(self.product)
        for week in coming:
            self.assertAlmostEqual(week["forecast"], 7 * policy.demand_per_day, 2)
            self.assertLess(week["low"], week["forecast"])
            self.assertGreater(week["high"], week["forecast"])
        self.assertEqual([week["received"] for week in coming[:4]], [0, 0, 70, 0])
        # at the end of the first week six days of demand have left
        self.assertAlmostEqual(
            coming[0]["stock"], 40 - 6 * policy.demand_per_day, delta=0.1
        )
        self.assertEqual(chart["minimum"], self.rule.jxc_suggested_min)
        self.assertEqual(chart["maximum"], self.rule.jxc_suggested_max)

    def test_chart_without_history(self):
        product = self._product("New")
        rule = self._rule(product, 1, 2)
        chart = self.env["jxc.projection"]._chart(rule)
        self.assertEqual(len(chart["weeks"]), 13)
        self.assertEqual((chart["minimum"], chart["maximum"]), (1, 2))
        rule.active = False
        self.assertIsNone(self.env["jxc.projection"]._chart(rule))

    def test_terms_open_what_they_count(self):
        receipt = self._open(self.suppliers, self.stock, 7, 3)
        self._open(self.suppliers, self.stock, 900, 200)
        delivery = self._open(self.stock, self.customers, 5, 2)
        self._open(self.stock, self.customers, 900, 200)
        self.env["jxc.replenish.mark"]._refresh()
        terms = self.rule.jxc_order_terms
        quants = self._shown("on_hand")
        self.assertEqual(sum(quants.mapped("quantity")), terms["on_hand"])
        self.assertEqual(self._shown("incoming"), receipt)
        self.assertEqual(terms["incoming"], 7)
        self.assertEqual(self._shown("booked"), delivery)
        self.assertEqual(terms["booked"], 5)
        self.assertEqual(
            sum(self._shown("demand").mapped("quantity")), sum(WEEKLY[-52:])
        )
        self.assertEqual(self._shown("lot"), self.product.seller_ids)
        self.assertFalse(self._shown("events"))
        with self.assertRaises(UserError):
            self.rule.action_jxc_open_term("unlink")

    def test_what_is_ordered_is_shown_as_purchase_lines(self):
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "picking_type_id": self.warehouse.in_type_id.id,
                "order_line": [
                    (0, 0, {"product_id": self.product.id, "product_qty": quantity})
                    for quantity in (12, 24)
                ],
            }
        )
        self.assertEqual(self._shown("incoming"), order.order_line)
        order.button_confirm()
        self.assertEqual(self._shown("incoming"), order.order_line)
        reader = self._user("why_reader", "jxc_optimizer.group_buyer")
        self.assertEqual(self._shown("incoming", reader), order.order_line)
        # together with a transfer, Odoo's forecast shows both
        self._open(self.env.ref("stock.stock_location_inter_company"), self.stock, 3, 2)
        order.copy()
        action = self.rule.with_user(self.buyer).action_jxc_open_term("incoming")
        self.assertEqual(action["type"], "ir.actions.client")

    def test_apply_edit_and_snooze(self):
        info = self._info()
        action = info.action_jxc_apply()
        self.assertEqual(
            action["params"]["next"]["type"], "ir.actions.act_window_close"
        )
        self.assertEqual(self.rule.product_min_qty, self.rule.jxc_suggested_min)
        action = info.action_jxc_edit()
        edit = (
            self.env[action["res_model"]]
            .with_user(self.planner)
            .with_context(**action["context"])
            .create({"new_max": 77, "reason": "New shop"})
        )
        self.assertEqual(edit.new_min, self.rule.jxc_suggested_min)
        edit.new_min = 99
        with self.assertRaises(UserError):
            edit.action_apply()
        edit.new_min = 33
        edit.action_apply()
        self.assertEqual(
            (self.rule.product_min_qty, self.rule.product_max_qty), (33, 77)
        )
        change = self.env["jxc.change"].search([("orderpoint_id", "=", self.rule.id)])
        self.assertEqual(change[0].reason, "New shop")
        change[0].with_user(self.planner).action_revert()
        self.assertEqual(self.rule.product_max_qty, self.rule.jxc_suggested_max)
        action = info.action_jxc_snooze()
        self.assertEqual(action["context"]["default_orderpoint_ids"], self.rule.ids)

    def test_rights(self):
        with self.assertRaises(AccessError):
            self._info(self.buyer).action_jxc_apply()
        with self.assertRaises(AccessError):
            self._info(self.buyer).action_jxc_edit()
        with self.assertRaises(AccessError):
            self.rule.with_user(self.buyer)._jxc_set_levels(1, 2, "no")
        stranger = self._user(
            "why_stranger", "jxc_optimizer.group_planner", self._company("Far Ltd")
        )
        with self.assertRaises(AccessError):
            self.rule.with_user(stranger).action_jxc_open_term("on_hand")
        with self.assertRaises(AccessError):
            self.rule.with_user(stranger).action_jxc_edit()
