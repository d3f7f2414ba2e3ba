"""Odoo's own scheduler, day by day, against the replay of the same days.

200 articles for 60 days with --long, a few for some days otherwise.
"""

import os
from datetime import datetime, time, timedelta

import numpy as np
from freezegun import freeze_time

from odoo.tests import tagged

from ..engine.replay import replay
from .common import OptimizerCase

ARTICLES, DAYS = (200, 60) if os.environ.get("JXC_LONG") else (12, 20)
WEEKS = 40
#: of the order lines
POINTS = 0.02


@tagged("post_install", "-at_install")
class TestSimulatedDays(OptimizerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rng = np.random.default_rng(60)
        cls.delay = rng.integers(2, 12, ARTICLES)
        cls.least = rng.choice([0, 0, 12], ARTICLES)
        rate, size = rng.uniform(0.15, 0.8, ARTICLES), rng.integers(2, 15, ARTICLES)

        def demand(days):
            asked = rng.random((ARTICLES, days)) < rate[:, None]
            return np.where(asked, rng.poisson(size[:, None], (ARTICLES, days)), 0)

        vendor = cls.env["res.partner"].create({"name": "Vendor"})
        cls.products = cls.env["product.product"].create(
            [
                {
                    "name": f"Article {number}",
                    "is_storable": True,
                    "standard_price": float(rng.uniform(1, 50)),
                }
                for number in range(ARTICLES)
            ]
        )
        cls.env["product.supplierinfo"].create(
            [
                {
                    "partner_id": vendor.id,
                    "product_tmpl_id": product.product_tmpl_id.id,
                    "company_id": cls.company.id,
                    "delay": int(delay),
                    "min_qty": float(least),
                    "price": product.standard_price,
                }
                for product, delay, least in zip(
                    cls.products, cls.delay, cls.least, strict=True
                )
            ]
        )
        past = demand(7 * WEEKS)
        cls.env["jxc.demand.entry"].create(
            [
                {
                    "source": "import",
                    "warehouse_id": cls.warehouse.id,
                    "product_id": cls.products[number].id,
                    "day": cls.today - timedelta(days=7 * WEEKS - int(day)),
                    "quantity": float(past[number, day]),
                }
                for number, day in np.argwhere(past > 0).tolist()
            ]
        )
        cls.rules = cls.env["stock.warehouse.orderpoint"]
        for product in cls.products:
            cls.rules |= cls._rule(product, 0, 0, trigger="auto")
        cls._run()
        cls.rules.filtered("jxc_has_change")._jxc_apply()
        cls.demand = demand(DAYS)
        cls.low = np.array(cls.rules.mapped("product_min_qty"))
        cls.high = np.array(cls.rules.mapped("product_max_qty"))
        # as after a delivery on the evening before
        cls.opening = np.floor((cls.low + cls.high) / 2)
        for product, quantity in zip(cls.products, cls.opening, strict=True):
            cls.env["stock.quant"]._update_available_quantity(
                product, cls.stock, float(quantity)
            )

        cls._end_transaction()

    @classmethod
    def _end_transaction(cls):
        """What Odoo has in mind, such as forecasts of the day, ends with it."""
        cls.env.flush_all()
        cls.env.invalidate_all()

    def _receive(self, moment):
        """What the vendor promised for today comes today."""
        due = self.env["stock.move"].search(
            [
                ("product_id", "in", self.products.ids),
                ("location_dest_id", "=", self.stock.id),
                ("state", "not in", ("done", "cancel", "draft")),
                ("date", "<", datetime.combine(moment.date(), time.max)),
            ]
        )
        for move in due:
            move.quantity = move.product_uom_qty
        due.picked = True
        due._action_done()

    def _sell(self, day) -> int:
        """Deliver the day's orders, what is not there from below zero.

        :returns: lines that were served in full from stock
        """
        wanted = {
            product: float(quantity)
            for product, quantity in zip(
                self.products, self.demand[:, day], strict=True
            )
            if quantity
        }
        products = self.env["product.product"].union(*wanted)
        there = dict(
            self.env["stock.quant"]._read_group(
                [
                    ("product_id", "in", products.ids),
                    ("location_id", "=", self.stock.id),
                ],
                ["product_id"],
                ["quantity:sum"],
            )
        )
        moves = self.env["stock.move"].create(
            [
                {
                    "product_id": product.id,
                    "product_uom_qty": quantity,
                    "location_id": self.stock.id,
                    "location_dest_id": self.customers.id,
                    "company_id": self.company.id,
                }
                for product, quantity in wanted.items()
            ]
        )
        moves._action_confirm(merge=False)
        for move in moves:
            move.quantity = move.product_uom_qty
        moves.picked = True
        moves._action_done()
        return sum(
            there.get(product, 0.0) >= quantity for product, quantity in wanted.items()
        )

    def _order(self):
        """The evening: Odoo's scheduler orders, the orders go out."""
        self.env["stock.rule"].run_scheduler(company_id=self.company.id)
        self.env["purchase.order"].search(
            [("company_id", "=", self.company.id), ("state", "=", "draft")]
        ).button_confirm()

    def test_odoo_keeps_what_the_replay_says(self):
        filled = 0
        start = datetime.combine(self.today + timedelta(days=1), time(9))
        for day in range(DAYS):
            with freeze_time(start + timedelta(days=day)):
                self._receive(start + timedelta(days=day))
                filled += self._sell(day)
                self._order()
                self._end_transaction()
        outcome = replay(
            self.demand.astype(float),
            self.low,
            self.high,
            # ordered in the evening, there in the morning of the day promised
            self.delay - 1,
            moq=self.least,
            multiple=1,
            strict=True,
            opening_stock=self.opening,
        )
        lines = int((self.demand > 0).sum())
        self.assertEqual(lines, outcome.lines.sum())
        achieved, expected = filled / lines, outcome.lines_filled.sum() / lines
        self.assertLess(abs(achieved - expected), POINTS, (achieved, expected))
        # and not because nothing was ordered
        bought = self.env["purchase.order.line"].search_count(
            [("product_id", "in", self.products.ids)]
        )
        self.assertLess(abs(bought - outcome.orders.sum()), 0.02 * bought + 1)
