from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import OptimizerCase

WEEKLY = [9, 11, 10, 8, 12, 10, 9, 11, 10, 10, 12, 8] * 5


@tagged("post_install", "-at_install")
class TestAlert(OptimizerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.suppliers = cls.env.ref("stock.stock_location_suppliers")
        cls.planner = cls._user("al_planner", "jxc_optimizer.group_planner")
        cls.product = cls._product("Steady", responsible_id=cls.planner.id)
        cls.vendor = cls._vendor(cls.product, delay=14, min_qty=12)
        cls._sell_weekly(cls.product, WEEKLY)
        cls._move(cls.product, 1, sum(WEEKLY) + 100, cls.suppliers, cls.stock)
        cls.rule = cls._rule(cls.product, 5, 10)
        cls._run()
        cls.alerts = cls.env["jxc.alert"]
        cls.digests = cls.env["jxc.alert.digest"]

    def _refresh(self):
        self.env["jxc.replenish.mark"]._refresh()
        changed = self.alerts._refresh(self.company)
        self.digests._refresh(self.company)
        return changed

    def _kinds(self, product=None):
        product = product or self.product
        return set(self.alerts.search([("product_id", "=", product.id)]).mapped("kind"))

    def _leave(self, left):
        """Deliver until so much is left."""
        held = self.product.with_context(warehouse_id=self.warehouse.id).qty_available
        self._deliver(self.product, 0, held - left)

    def _activities(self):
        return self.env["mail.activity"].search(
            [("res_model", "=", "jxc.alert.digest"), ("user_id", "=", self.planner.id)]
        )

    def test_empty_company(self):
        nobody = self._company("Empty Ltd")
        self.assertEqual(self.alerts._refresh(nobody), 0)
        self.digests._refresh(nobody)
        self.assertFalse(self.digests.search([("company_id", "=", nobody.id)]))

    def test_below_the_safety_stock_and_cured(self):
        self.rule.jxc_safety_stock = 20
        self._refresh()
        self.assertNotIn("safety", self._kinds())
        self._leave(self.rule.jxc_safety_stock - 1)
        self.assertTrue(self._refresh())
        self.assertIn("safety", self._kinds())
        alert = self.alerts.search(
            [("product_id", "=", self.product.id), ("kind", "=", "safety")]
        )
        self.assertEqual(alert.user_id, self.planner)
        self.assertAlmostEqual(alert.limit_qty, self.rule.jxc_safety_stock, 2)
        self.assertAlmostEqual(alert.value, 10.0, 1)  # one unit, at cost
        # the same again changes nothing
        self.assertEqual(self._refresh(), 0)
        self._move(self.product, 0, 90, self.suppliers, self.stock)
        self._refresh()
        self.assertNotIn("safety", self._kinds())

    def test_runs_out_before_the_next_receipt(self):
        self._leave(10)
        self._refresh()
        self.assertIn("out", self._kinds())
        receipt = self.env["stock.move"].create(
            {
                "product_id": self.product.id,
                "product_uom_qty": 50,
                "location_id": self.suppliers.id,
                "location_dest_id": self.stock.id,
                "company_id": self.company.id,
                "date": self.today + timedelta(days=2),
            }
        )
        receipt._action_confirm()
        self._refresh()
        self.assertNotIn("out", self._kinds())
        receipt.date = self.today + timedelta(days=12)
        self._refresh()
        self.assertIn("out", self._kinds())

    def test_above_the_maximum(self):
        self._move(self.product, 0, 900, self.suppliers, self.stock)
        self._refresh()
        self.assertEqual(self._kinds(), {"above"})
        alert = self.alerts.search([("product_id", "=", self.product.id)])
        over = 1000 - self.rule.jxc_suggested_max
        self.assertAlmostEqual(alert.value, over * 10.0, 1)

    def test_order_overdue_at_the_vendor(self):
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "picking_type_id": self.warehouse.in_type_id.id,
                "order_line": [
                    (0, 0, {"product_id": self.product.id, "product_qty": 24})
                ],
            }
        )
        order.button_confirm()
        self._refresh()
        self.assertNotIn("overdue", self._kinds())
        order.order_line.date_planned = self.today - timedelta(days=3)
        order.picking_ids.move_ids.date = self.today - timedelta(days=3)
        self._refresh()
        alert = self.alerts.search(
            [("product_id", "=", self.product.id), ("kind", "=", "overdue")]
        )
        self.assertEqual((alert.quantity, alert.day), (24, self.today - timedelta(3)))
        action = alert.action_open()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, order.order_line)
        order.button_cancel()
        self._refresh()
        self.assertNotIn("overdue", self._kinds())

    def test_limits_order_nothing(self):
        """Upper and lower limits of an article that has no rule at all."""
        product = self._product("Watched")
        self.env["jxc.article"].create(
            {
                "product_id": product.id,
                "company_id": self.company.id,
                "alert_min": 10,
                "alert_max": 50,
            }
        )
        self._refresh()
        self.assertEqual(self._kinds(product), {"lower"})
        self._move(product, 0, 30, self.suppliers, self.stock)
        self._refresh()
        self.assertEqual(self._kinds(product), set())
        # a warehouse's own limit goes before the article's
        self.env["jxc.article"].create(
            {
                "product_id": product.id,
                "company_id": self.company.id,
                "warehouse_id": self.warehouse.id,
                "alert_max": 20,
            }
        )
        self._refresh()
        self.assertEqual(self._kinds(product), {"upper"})
        self.assertFalse(
            self.env["stock.warehouse.orderpoint"].search(
                [("product_id", "=", product.id)]
            )
        )
        with self.assertRaises(ValidationError):
            self.env["jxc.article"].create(
                {
                    "product_id": self.product.id,
                    "company_id": self.company.id,
                    "alert_min": 9,
                    "alert_max": 3,
                }
            )

    def test_one_activity_per_planner_and_warehouse(self):
        second = self._product("Second", responsible_id=self.planner.id)
        self.env["jxc.article"].create(
            {
                "product_id": second.id,
                "company_id": self.company.id,
                "alert_min": 10,
            }
        )
        self._leave(1)
        self._refresh()
        activity = self._activities()
        self.assertEqual(len(activity), 1)
        self.assertIn("1", activity.note)
        note = activity.note
        self._refresh()
        self.assertEqual(self._activities(), activity)
        self.assertEqual(activity.note, note)
        self._move(second, 0, 30, self.suppliers, self.stock)
        self._refresh()
        self.assertEqual(self._activities(), activity)
        self.assertNotEqual(activity.note, note)
        self._move(self.product, 0, 90, self.suppliers, self.stock)
        self._refresh()
        self.assertFalse(self._activities())

    def test_products_without_a_responsible(self):
        other = self._user("al_other", "jxc_optimizer.group_planner")
        self.product.with_company(self.company).responsible_id = False
        self._leave(1)
        self._refresh()
        self.assertFalse(self.alerts.search([]).user_id & self.planner)
        self.assertFalse(self._activities())
        self.company.jxc_alert_user_id = other
        self._refresh()
        mine = self.alerts.search([("product_id", "=", self.product.id)])
        self.assertEqual(mine.user_id, other)

    def test_scheduled_action_twice_and_mail_once_a_day(self):
        self.planner.email = "planner@example.com"
        self.company.write({"jxc_alert_email": True, "email": "us@example.com"})
        self._leave(1)
        self.env["jxc.replenish.mark"]._refresh()
        mails = self.env["mail.mail"].search([])
        with patch.object(self.registry["ir.cron"], "_commit_progress") as progress:
            self.digests._cron_refresh()
            self.digests._cron_refresh()
        self.assertEqual(progress.call_args.kwargs, {"remaining": 0})
        sent = self.env["mail.mail"].search([]) - mails
        self.assertEqual(len(sent), 1)
        self.assertIn("planner@example.com", sent.email_to)
        self.assertIn("Steady", sent.body_html)
        self.assertEqual(len(self._activities()), 1)

    def test_rights(self):
        self._leave(1)
        self._refresh()
        reader = self._user("al_reader", "stock.group_stock_user")
        stranger = self._user(
            "al_stranger", "jxc_optimizer.group_planner", self._company("Far Ltd")
        )
        buyer = self._user("al_buyer", "jxc_optimizer.group_buyer")
        alerts = self.alerts.search([("product_id", "=", self.product.id)])
        self.assertTrue(alerts.with_user(buyer).mapped("kind"))
        buyer.env.invalidate_all()
        elsewhere = self.alerts.with_user(stranger).with_context(
            allowed_company_ids=stranger.company_ids.ids
        )
        self.assertFalse(elsewhere.search([]) & alerts)
        with self.assertRaises(AccessError):
            alerts.with_user(buyer).write({"value": 0})
        with self.assertRaises(UserError):
            alerts.with_user(reader).action_refresh()
        alerts.with_user(buyer).action_refresh()
        digest = self.digests.search([("user_id", "=", self.planner.id)])
        self.assertEqual(digest.with_user(self.planner).alert_ids, alerts)
