"""The explanation's terms add up to the suggestion, for random articles.

A thousand articles with --long, fewer otherwise.
"""

import os
import random
from datetime import timedelta
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged

from .common import OptimizerCase

ARTICLES = 1_000 if os.environ.get("JXC_LONG") else 150
WEEKS = 20
#: figures are stored with two decimals
CENT = 0.011


@tagged("post_install", "-at_install")
class TestExplainedSums(OptimizerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rng = cls.rng = random.Random(31)
        kilo, dozen = (
            cls.env.ref(f"uom.product_uom_{name}") for name in ("kgm", "dozen")
        )
        unit = cls.env.ref("uom.product_uom_unit")
        vendors = cls.env["res.partner"].create([{"name": f"V{n}"} for n in range(5)])
        cls.products = cls.env["product.product"].create(
            [
                cls._random_product(rng, vendors, unit, kilo, dozen)
                for _n in range(ARTICLES)
            ]
        )
        cls._random_history(rng)
        cls._random_parameters(rng)
        cls._random_stock(rng)
        cls.rules = cls.env["stock.warehouse.orderpoint"].create(
            [
                {
                    "product_id": product.id,
                    "warehouse_id": cls.warehouse.id,
                    "location_id": cls.stock.id,
                    "company_id": cls.company.id,
                    "product_min_qty": 1,
                    "product_max_qty": 2,
                    "trigger": "manual",
                }
                for product in cls.products
            ]
        )
        cls._run()

    @classmethod
    def _random_product(cls, rng, vendors, unit, kilo, dozen):
        measured = rng.choice([unit, unit, kilo])
        vendor, least = rng.choice(vendors), rng.choice([0, 0, 6, 50])
        sold = dozen if measured == unit and rng.random() < 0.2 else measured
        price = round(rng.uniform(0.5, 40), 2)
        tiers = [(least, price)]
        if rng.random() < 0.4:
            tiers.append((max(least, 1) * rng.choice([3, 10]), round(price * 0.93, 4)))
        return {
            "name": "Random",
            "is_storable": True,
            "uom_id": measured.id,
            "standard_price": price,
            "seller_ids": [
                Command.create(
                    {
                        "partner_id": vendor.id,
                        "company_id": cls.company.id,
                        "min_qty": start,
                        "price": each,
                        "product_uom_id": sold.id,
                        "delay": rng.choice([2, 9, 30]),
                    }
                )
                for start, each in tiers
            ],
        }

    @classmethod
    def _random_history(cls, rng):
        rows = []
        for product in cls.products:
            mean = rng.choice([0.4, 3, 20, 150])
            for week in range(rng.choice([2, WEEKS, WEEKS, WEEKS])):
                quantity = round(rng.expovariate(1 / mean), rng.choice([0, 2]))
                if quantity:
                    rows.append(
                        {
                            "source": "import",
                            "warehouse_id": cls.warehouse.id,
                            "product_id": product.id,
                            "day": cls.today - timedelta(days=7 * week + 2),
                            "quantity": quantity,
                        }
                    )
        cls.env["jxc.demand.entry"].create(rows)

    @classmethod
    def _random_parameters(cls, rng):
        """What people set for a third of the articles: packs, floors, caps."""
        cls.env["jxc.article"].create(
            [
                {
                    "company_id": cls.company.id,
                    "product_id": product.id,
                    "least_order": rng.choice([0, 7]),
                    "pack": rng.choice([0, 5, 24]),
                    "least_stock": rng.choice([0, 0, 40]),
                    "fill_floor": rng.choice([0, 0.99]),
                    "max_cover_days": rng.choice([0, 21, 60]),
                }
                for product in cls.products
                if rng.random() < 0.35
            ]
        )

    @classmethod
    def _random_stock(cls, rng):
        """On hand, deliveries booked, receipts under way."""
        quants = cls.env["stock.quant"]
        moves = []
        suppliers = cls.env.ref("stock.stock_location_suppliers")
        for product in cls.products:
            if rng.random() < 0.7:
                quants._update_available_quantity(
                    product, cls.stock, rng.choice([1, 30, 400])
                )
            for source, target in (
                (cls.stock, cls.customers),
                (suppliers, cls.stock),
            ):
                if rng.random() < 0.3:
                    moves.append(
                        {
                            "product_id": product.id,
                            "product_uom_qty": rng.choice([2, 15, 90]),
                            "product_uom": product.uom_id.id,
                            "location_id": source.id,
                            "location_dest_id": target.id,
                            "company_id": cls.company.id,
                            "date": cls.today + timedelta(days=rng.choice([1, 9, 60])),
                        }
                    )
        cls.env["stock.move"].create(moves)._action_confirm()

    def _sums(self, rule):
        """label -> total and terms as they were before they are written out."""
        found = {}
        written = type(rule)._jxc_sum

        def collect(rule, label, total, parts):
            found[label] = total, [value for _label, value, *_key in parts]
            return written(rule, label, total, parts)

        with patch.object(type(rule), "_jxc_sum", collect):
            rule._jxc_explain()
        return found

    def test_every_sum(self):
        suggested = self.rules.filtered(lambda rule: rule.jxc_note == "suggested")
        ordered = suggested.filtered(lambda rule: rule.jxc_order_qty > 0)
        # the cases say something
        self.assertGreater(len(suggested), 0.6 * ARTICLES)
        self.assertGreater(len(ordered), 0.2 * ARTICLES)
        self.assertTrue(any(rule.jxc_terms.get("raised") for rule in suggested))
        for rule in self.rules:
            sums = self._sums(rule)
            for total, parts in sums.values():
                self.assertLess(abs(sum(parts) - total), CENT, (rule.id, sums))
            if rule not in suggested:
                continue
            self.assertEqual(sums["Minimum"][0], rule.jxc_suggested_min)
            self.assertEqual(sums["Maximum"][0], rule.jxc_suggested_max)
            if rule.jxc_order_qty:
                self.assertEqual(sums["Order today"][0], rule.jxc_order_qty)

    def test_rounding_is_no_more_than_the_terms_ask_for(self):
        """The last term of an order is a remainder: it has to be a rounding."""
        for rule in self.rules.filtered(lambda rule: rule.jxc_order_qty > 0):
            total, parts = self._sums(rule)["Order today"]
            wanted = total - parts[-1]
            policy = self._policy(rule.product_id)
            pack = policy.vendor_multiple or 0.01
            least = max(policy.vendor_minimum, wanted)
            expected = pack * -(-round(least / pack, 6) // 1)
            self.assertAlmostEqual(total, expected, delta=CENT, msg=(rule.id, parts))
