"""What a rule needs today, against Odoo's own forecast and hand-worked cases."""

import json
from datetime import datetime, time, timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import OptimizerCase
from .test_run import WEEKLY


@tagged("post_install", "-at_install")
class TestProjection(OptimizerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._product("Steady")
        cls.vendor = cls._vendor(cls.product, delay=7, min_qty=12)
        cls._sell_weekly(cls.product, WEEKLY)
        cls.suppliers = cls.env.ref("stock.stock_location_suppliers")
        cls.rule = cls._rule(cls.product, 5, 10, trigger="manual")
        # negative stock so far: bring it to 40
        on_hand = cls.product.with_context(location=cls.stock.id).qty_available
        cls._move(cls.product, 1, 40 - on_hand, cls.suppliers, cls.stock)
        cls._run()
        cls.policy = cls._policy(cls.product)
        cls.interval = cls.policy.lead_days + cls.company.jxc_review_days

    def _open(self, source, destination, quantity, days, product=None):
        product = product or self.product
        move = self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": quantity,
                "product_uom": product.uom_id.id,
                "location_id": source.id,
                "location_dest_id": destination.id,
                "company_id": self.company.id,
                "date": fields.Datetime.now() + timedelta(days=days),
            }
        )
        move._action_confirm()
        return move

    def _rfq(self, quantity, days, product=None):
        return self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "company_id": self.company.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": (product or self.product).id,
                            "product_qty": quantity,
                            "date_planned": fields.Datetime.now()
                            + timedelta(days=days),
                        }
                    )
                ],
            }
        )

    def _refresh(self):
        self.env.flush_all()
        return self.env["jxc.replenish.mark"]._refresh()

    def _odoo_position(self, rule):
        """Odoo's own forecast at the end of the protection interval."""
        end = self.today + timedelta(days=int(self.interval))
        product = rule.product_id.with_context(
            location=rule.location_id.id, to_date=datetime.combine(end, time.max)
        )
        product.invalidate_recordset()
        in_progress, _by_warehouse = rule.product_id._get_quantity_in_progress(
            rule.location_id.ids
        )
        requested = in_progress[rule.product_id.id, rule.location_id.id]
        return product.virtual_available + requested

    def test_the_run_projects(self):
        terms = self.rule.jxc_order_terms
        self.assertEqual(terms["on_hand"], 40)
        self.assertEqual((terms["incoming"], terms["booked"]), (0, 0))
        days = 40 / self.policy.demand_per_day
        out = self.today + timedelta(days=-(-days // 1))
        self.assertEqual(self.rule.jxc_out_date, out)
        self.assertLess(self.rule.jxc_order_date, out)

    def test_position_is_odoos_forecast(self):
        """Receipts, deliveries, requests for quotation, inside and outside the
        interval; late ones count today."""
        inside, outside = int(self.interval) - 1, int(self.interval) + 20
        self._open(self.suppliers, self.stock, 11, inside)
        self._open(self.suppliers, self.stock, 500, outside)
        self._open(self.suppliers, self.stock, 3, -4)
        self._open(self.stock, self.customers, 7, 1)
        self._open(self.stock, self.customers, 900, outside)
        shelf = self.env["stock.location"].create(
            {"name": "Shelf", "location_id": self.stock.id}
        )
        self._open(self.stock, shelf, 5, 1)  # stays inside
        self._rfq(6, inside)
        self._refresh()
        terms = self.rule.jxc_order_terms
        self.assertEqual((terms["incoming"], terms["booked"]), (11 + 3 + 6, 7))
        position = terms["on_hand"] + terms["incoming"] - terms["booked"]
        self.assertEqual(position, self._odoo_position(self.rule))

    def test_receipt_in_eleven_months_hides_nothing(self):
        before = self.rule.jxc_out_date, self.rule.jxc_order_qty
        self._open(self.suppliers, self.stock, 5000, 330)
        self._refresh()
        self.assertEqual((self.rule.jxc_out_date, self.rule.jxc_order_qty), before)
        self.assertLess(self.rule.jxc_out_date, self.today + timedelta(days=60))

    def test_order_brings_the_position_to_the_maximum(self):
        self._open(self.stock, self.customers, 35, 0)
        self._refresh()
        self.assertIn(self.rule.jxc_status, ("out", "order"))
        self.assertGreaterEqual(self.rule.jxc_order_qty, 12)  # the vendor's minimum
        self.assertAlmostEqual(
            self.rule.jxc_order_value,
            self.rule.jxc_order_qty * self.policy.order_price,
            2,
        )
        parts = self.rule._jxc_explain()["sums"][0]
        total = sum(
            float(part["value"].replace("− ", "-").replace("+ ", "").replace(",", ""))
            for part in parts["terms"]
        )
        self.assertAlmostEqual(total, self.rule.jxc_order_qty, 2)

    def test_ordering_what_is_suggested(self):
        # Odoo deletes manual rules of its own after ordering: this one is a person's
        self.rule.unlink()
        person = self._user("pr_planner", "jxc_optimizer.group_planner")
        rule = self.rule.with_user(person).create(
            {
                "product_id": self.product.id,
                "location_id": self.stock.id,
                "product_min_qty": 5,
                "product_max_qty": 10,
            }
        )
        self.rule = self.rule.browse(rule.id)
        self._run()
        self._open(self.stock, self.customers, 35, 0)
        self._refresh()
        quantity = self.rule.jxc_order_qty
        for trigger in ("manual", "auto"):
            with self.subTest(trigger):
                self.rule.trigger = trigger
                buyer = self._user(f"pr_{trigger}", "jxc_optimizer.group_buyer")
                self.rule.with_user(buyer).action_jxc_order()
                line = self.env["purchase.order.line"].search(
                    [("product_id", "=", self.product.id), ("state", "=", "draft")]
                )
                self.assertEqual(line.product_qty, quantity)
                # seen as coming at once: not suggested a second time
                self.assertFalse(self.rule.jxc_order_qty)
                with self.assertRaises(UserError):
                    self.rule.with_user(buyer).action_jxc_order()
                line.order_id.button_cancel()
                self._refresh()
                self.assertEqual(self.rule.jxc_order_qty, quantity)
        reader = self._user("pr_reader", "stock.group_stock_user")
        with self.assertRaises(AccessError):
            self.rule.with_user(reader).action_jxc_order()

    def test_reasons_stay_on_the_purchase_line(self):
        """What the rule said when it was ordered, also to people of Purchase."""
        self._open(self.stock, self.customers, 35, 0)
        self._refresh()
        said = self.rule._jxc_explain()
        quantity = self.rule.jxc_order_qty
        self.rule.action_jxc_order()
        line = self.env["purchase.order.line"].search(
            [("product_id", "=", self.product.id)]
        )
        self._move(self.product, 0, 5000, self.suppliers, self.stock)
        self._run()
        user = self._user("pr_purchase", "purchase.group_purchase_user")
        found = json.loads(line.with_user(user).jxc_why)
        self.assertEqual(found["sums"], said["sums"])
        self.assertEqual(found["facts"], said["facts"])
        self.assertIn(f"{quantity:,.0f}", found["sums"][0]["total"])
        self.assertFalse(line.order_id.copy().order_line.jxc_why)

    def test_lines_typed_by_hand_have_no_reasons(self):
        self.assertFalse(self._rfq(5, 3).order_line.jxc_why)

    def test_marks(self):
        """A move marks its product; the job projects it once and forgets."""
        marks = self.env["jxc.replenish.mark"]
        self._refresh()
        self.assertFalse(marks.search_count([]))
        move = self._open(self.stock, self.customers, 39, 0)
        self.env.flush_all()
        self.assertTrue(marks.search_count([("product_id", "=", self.product.id)]))
        with patch.object(self.registry["ir.cron"], "_commit_progress") as progress:
            marks._cron_refresh()
        progress.assert_called_with(1, remaining=0)
        self.assertEqual(self.rule.jxc_order_terms["booked"], 39)
        self.assertFalse(marks.search_count([]))
        self.assertEqual(self._refresh(), 0)
        move._action_cancel()
        self._refresh()
        self.assertEqual(self.rule.jxc_order_terms["booked"], 0)

    def test_statements_do_not_grow(self):
        def count():
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self._refresh()
            return self.env.cr.sql_log_count - before

        for _warm_up in range(2):
            self._open(self.stock, self.customers, 1, 0)
            few = count()
        for index in range(20):
            product = self._product(f"More {index}")
            self._rule(product, 5, 10)
            self._open(self.stock, self.customers, 1, 0, product)
        # and the one whose policy is compared with its stock again
        self._open(self.stock, self.customers, 1, 0)
        self.assertEqual(count(), few)

    def test_without_suggestion_minimum_and_maximum_count(self):
        product = self._product("New")
        self._vendor(product)
        rule = self._rule(product, 5, 10)
        self._refresh()
        self.assertEqual((rule.jxc_order_qty, rule.jxc_status), (10, "order"))
        self._open(self.suppliers, self.stock, 5, 1, product)
        self._refresh()
        self.assertEqual((rule.jxc_order_qty, rule.jxc_status), (0, "enough"))

    def test_warehouses_and_companies_apart(self):
        other = self._company("Other Ltd")
        self.env.user.company_ids |= other
        far = self.env["stock.warehouse"].create(
            {"name": "Far", "code": "FAR", "company_id": self.company.id}
        )
        there = self._rule(self.product, 5, 10, far.lot_stock_id, warehouse_id=far.id)
        stranger = self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": self.product.id,
                "location_id": self._warehouse(other).lot_stock_id.id,
                "warehouse_id": self._warehouse(other).id,
                "company_id": other.id,
                "product_min_qty": 1,
                "product_max_qty": 1,
            }
        )
        self._open(self.suppliers, far.lot_stock_id, 4, 1)
        self._refresh()
        self.assertEqual(there.jxc_order_terms["incoming"], 4)
        self.assertEqual(there.jxc_order_terms["on_hand"], 0)
        self.assertEqual(self.rule.jxc_order_terms["incoming"], 0)
        self.assertEqual(stranger.jxc_order_terms["on_hand"], 0)
        self.assertEqual(stranger.jxc_order_terms["incoming"], 0)

    def test_transfer_between_warehouses_leaves_one_and_reaches_the_other(self):
        far = self.env["stock.warehouse"].create(
            {"name": "Far", "code": "FAR", "company_id": self.company.id}
        )
        there = self._rule(self.product, 5, 10, far.lot_stock_id, warehouse_id=far.id)
        self._open(self.stock, far.lot_stock_id, 6, 1)
        self._refresh()
        self.assertEqual(self.rule.jxc_order_terms["booked"], 6)
        self.assertEqual(there.jxc_order_terms["incoming"], 6)

    def test_summary_of_the_list(self):
        self._open(self.stock, self.customers, 39, 0)
        self._refresh()
        domain = [("product_id", "=", self.product.id)]
        today = self.env["stock.warehouse.orderpoint"].get_jxc_today(domain)
        self.assertEqual((today["articles"], today["vendors"]), (1, 1))
        empty = self.env["stock.warehouse.orderpoint"].get_jxc_today([("id", "=", 0)])
        self.assertEqual(empty["articles"], 0)
