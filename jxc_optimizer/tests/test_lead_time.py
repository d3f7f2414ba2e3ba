"""Lead times: from purchase orders and receipts to policies and explanations."""

import json
from datetime import datetime, time, timedelta

import numpy as np

from odoo.fields import Command
from odoo.tests import tagged

from .common import OptimizerCase
from .test_run import WEEKLY


@tagged("post_install", "-at_install")
class TestLeadTime(OptimizerCase):
    """Two vendors, worked by hand.

    A delivers one order after 10 days and another in two parts, 60 % after 10 and 40 %
    after 20 days; B delivers two orders after 30 days. Four receipts of evidence weigh
    as much as what stands above them, eight for deviations.

    Company: (10 + 6 + 8 + 60) / 4 = 21. A: (24 + 4 * 21) / 6 = 18, B: (60 + 84) / 6 =
    24.
    The pairs: (24 + 4 * 18) / 6 = 16 and (60 + 4 * 24) / 6 = 26.
    Squares around the vendors' means: A 64 + 38.4 + 1.6 = 104, B 36 + 36 = 72, company
    176 / 4 = 44; A (104 + 8 * 44) / 10 = 45.6, B (72 + 352) / 10 = 42.4. The pairs:
    (36 + 21.6 + 6.4 + 8 * 45.6) / 10 = 42.88, its root 6.548; (32 + 8 * 42.4) / 10 =
    37.12, its root 6.093.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first, cls.second = cls._product("First"), cls._product("Second")
        cls.vendor_a = cls._vendor(cls.first, "A", delay=7)
        cls.vendor_b = cls._vendor(cls.second, "B", delay=7)
        for product in cls.first | cls.second:
            cls._sell_weekly(product, WEEKLY)
        cls._order(cls.vendor_a, cls.first, 10, (100, 10))
        cls._order(cls.vendor_a, cls.first, 10, (6, 10), (4, 20))
        cls._order(cls.vendor_b, cls.second, 100, (5, 30))
        cls._order(cls.vendor_b, cls.second, 100, (9, 30))

    @classmethod
    def _order(cls, vendor, product, gap, *receipts, days_ago=60, open_qty=0.0):
        """An order placed ``days_ago``, received as (quantity, days) after it.

        :param gap: hours from entering the order line to its approval
        """
        ordered = datetime.combine(cls.today, time(8)) - timedelta(days=days_ago)
        order = cls.env["purchase.order"].create(
            {
                "partner_id": vendor.id,
                "company_id": cls.company.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_qty": sum(part[0] for part in receipts) + open_qty,
                            "price_unit": 8.0,
                        }
                    )
                ],
            }
        )
        order.button_confirm()
        order.date_approve = ordered
        for quantity, days in receipts:
            picking = order.picking_ids.filtered(lambda p: p.state != "done")
            move = picking.move_ids
            move.quantity = quantity
            move.picked = True
            picking.with_context(skip_backorder=True).button_validate()
            picking.move_ids.date = ordered + timedelta(days=days)
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE purchase_order_line SET create_date = %s WHERE order_id = %s",
            (ordered - timedelta(hours=gap), order.id),
        )
        return order

    def _lead_times(self, *pairs):
        products, vendors = zip(*pairs, strict=True)
        return self.env["jxc.lead.time"]._read(
            self.company,
            *(
                np.array(values)
                for values in (
                    [product.id for product in products],
                    [vendor.id if vendor else 0 for vendor in vendors],
                    [7.0 if vendor else 0.0 for vendor in vendors],
                )
            ),
            self.today,
        )

    def test_by_hand(self):
        self._run()
        for product, mean, deviation, receipts in (
            (self.first, 16.0, 6.5, 3),
            (self.second, 26.0, 6.1, 2),
        ):
            policy = self._policy(product)
            self.assertEqual(policy.lead_days, mean)
            self.assertEqual(policy.lead_days_sd, deviation)
            self.assertEqual(policy.lead_receipts, receipts)
            self.assertEqual(policy.lead_vendor_receipts, receipts)
            self.assertGreater(policy.safety_stock_lead_time, 0)

    def test_said_in_the_explanation(self):
        rule = self._rule(self.first)
        self._run()
        facts = " ".join(json.loads(rule.jxc_why)["facts"])
        self.assertIn("Lead time 16 ± 6.5 days; receipts from A: 3", facts)

    def test_line_added_after_approval(self):
        """The vendor's time starts when he hears of it."""
        self._order(self.vendor_a, self.first, -24 * 5, (10, 15))
        result = self._lead_times((self.first, self.vendor_a))
        # One more order of 10 days: company 94 / 5, A (34 + 4 * 18.8) / 7, pair
        company = 94 / 5
        vendor = (34 + 4 * company) / 7
        self.assertAlmostEqual(result.mean[0], (34 + 4 * vendor) / 7)

    def test_overdue_delivery_counts_at_its_age(self):
        """An order without a receipt for 100 days makes the vendor slower."""
        before = self._lead_times((self.first, self.vendor_a))
        self._order(self.vendor_a, self.first, 10, open_qty=50, days_ago=3)
        fresh = self._lead_times((self.first, self.vendor_a))
        self.assertEqual(fresh.mean[0], before.mean[0])
        self._order(self.vendor_a, self.first, 10, open_qty=50, days_ago=100)
        after = self._lead_times((self.first, self.vendor_a))
        self.assertGreater(after.mean[0], before.mean[0] + 10)
        self.assertEqual(after.receipts[0], before.receipts[0])

    def test_what_is_no_receipt(self):
        """RFQs, cancelled orders, returns and old orders are no evidence."""
        before = self._lead_times((self.first, self.vendor_a))
        self._order(self.vendor_a, self.first, 10, (10, 90), days_ago=900)
        cancelled = self._order(self.vendor_a, self.first, 10, open_qty=9, days_ago=80)
        cancelled.button_cancel()
        rfq = self._order(self.vendor_a, self.first, 10, open_qty=9, days_ago=80)
        rfq.write({"state": "sent"})
        after = self._lead_times((self.first, self.vendor_a))
        self.assertEqual(vars(after), vars(before))

    def test_little_or_no_evidence(self):
        """The promise counts until there are two receipts; others of his count."""
        other = self._product("Other")
        newcomer = self.env["res.partner"].create({"name": "C"})
        self._order(newcomer, other, 10, (10, 50))
        result = self._lead_times(
            (self.first, newcomer), (other, self.vendor_a), (other, None)
        )
        self.assertEqual(result.measured.tolist(), [False, True, False])
        self.assertEqual(result.receipts.tolist(), [0, 0, 0])
        self.assertEqual(result.vendor_receipts.tolist(), [1, 3, 0])
        self.assertEqual((result.mean[0], result.mean[2]), (7.0, 0.0))
        self.assertTrue(0 < result.sd[0] <= 7.0)
        self.assertEqual(result.sd[2], 0.0)

    def test_contact_of_the_vendor(self):
        """Prices may name the firm and orders a person in it."""
        person = self.env["res.partner"].create(
            {"name": "Ann", "parent_id": self.vendor_a.id}
        )
        result = self._lead_times((self.first, person))
        self.assertEqual(result.receipts.tolist(), [3])
