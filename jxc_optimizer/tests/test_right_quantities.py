"""What is ordered is what the vendor sells: minimum, packs, a price."""

import random

from odoo import Command
from odoo.tests import tagged

from .common import OptimizerCase


@tagged("post_install", "-at_install")
class TestRightQuantities(OptimizerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dozen = cls.env.ref("uom.product_uom_dozen")
        cls.minimum = cls._product("Minimum of 48")
        cls.packs = cls._product("Sold by the dozen")
        cls.free = cls._product("Any quantity")
        cls.vendor = cls._vendor(cls.minimum, min_qty=48)
        cls._offer(cls.packs, cls.vendor, 2, cls.dozen)
        cls._offer(cls.free, cls.vendor, 0)

    @classmethod
    def _offer(cls, product, vendor, minimum, unit=None, price=8.0):
        return cls.env["product.supplierinfo"].create(
            {
                "partner_id": vendor.id,
                "product_tmpl_id": product.product_tmpl_id.id,
                "min_qty": minimum,
                "product_uom_id": (unit or product.uom_id).id,
                "price": price,
                "delay": 7,
                "company_id": cls.company.id,
            }
        )

    def _ordered(self, product):
        """(quantity, unit, price) of the product's only purchase line."""
        line = self.env["purchase.order.line"].search([("product_id", "=", product.id)])
        line.ensure_one()
        return line.product_qty, line.product_uom_id, line.price_unit

    # -- rules -----------------------------------------------------------------------

    def test_typed_quantity(self):
        """Quantities typed into Replenishment are raised to what the vendor sells."""
        unit = self.minimum.uom_id
        for product, typed, expected in (
            (self.minimum, 3, (48, unit, 8.0)),
            (self.packs, 25, (3, self.dozen, 8.0)),
            (self.free, 3, (3, unit, 8.0)),
        ):
            rule = self._rule(product, trigger="manual")
            rule.qty_to_order = typed
            rule.action_replenish()
            self.assertEqual(self._ordered(product), expected, product.name)

    def test_typed_quantity_by_a_buyer(self):
        rule = self._rule(self.minimum, trigger="manual")
        buyer = self._user("rq_buyer", "jxc_optimizer.group_buyer")
        rule = rule.with_user(buyer)
        rule.qty_to_order = 3
        rule.action_replenish()
        self.assertEqual(self._ordered(self.minimum)[0], 48)

    def test_typed_multiple_of_the_rule(self):
        """The rule's own multiple goes with the vendor's minimum: 48 in packs of 10."""
        ten = self.env["uom.uom"].create(
            {
                "name": "Pack of 10",
                "relative_factor": 10,
                "relative_uom_id": self.minimum.uom_id.id,
            }
        )
        self.minimum.uom_ids = [Command.link(ten.id)]
        rule = self._rule(self.minimum, trigger="manual", replenishment_uom_id=ten.id)
        rule.qty_to_order = 3
        rule.action_replenish()
        self.assertEqual(self._ordered(self.minimum)[0], 50)

    def test_order_to_max(self):
        """Order to Max of 5 where the vendor sells 48 and more."""
        rule = self._rule(self.minimum, 0, 5, trigger="manual")
        rule.action_replenish(force_to_max=True)
        self.assertEqual(self._ordered(self.minimum), (48, self.minimum.uom_id, 8.0))

    def test_scheduler(self):
        for product in (self.minimum, self.packs, self.free):
            self._rule(product, 4, 5, trigger="auto")
        self.env["stock.rule"].run_scheduler(company_id=self.company.id)
        self.assertEqual(self._ordered(self.minimum), (48, self.minimum.uom_id, 8.0))
        self.assertEqual(self._ordered(self.packs), (2, self.dozen, 8.0))
        self.assertEqual(self._ordered(self.free), (5, self.free.uom_id, 8.0))

    # -- Suggest ---------------------------------------------------------------------

    def _suggest(self, vendor, products):
        """Press "Add all" on a new RFQ, as the catalogue does."""
        order = vendor.env["purchase.order"].create({"partner_id": vendor.id})
        order.with_context(
            suggest_based_on="30_days",
            suggest_days=30,
            suggest_percent=100,
            warehouse_id=self.warehouse.id,
            suggest_domain=[("id", "in", products.ids)],
        ).action_purchase_order_suggest()
        return {line.product_id: line for line in order.order_line}

    def test_suggest_add_all(self):
        products = self.minimum | self.packs | self.free
        for product in products:
            self._deliver(product, 3, 25)
        # Odoo by itself: 25 a month for 30 of 30.44 days = 24.6, rounded up to 25; it
        # takes no account of stock below zero.
        lines = self._suggest(self.vendor, products)
        self.assertEqual(
            {p: (lines[p].product_qty, lines[p].price_subtotal) for p in products},
            {
                self.minimum: (48, 48 * 8.0),
                self.packs: (36, 3 * 8.0),
                self.free: (25, 25 * 8.0),
            },
        )

    def test_suggest_asks_the_vendor_of_the_order(self):
        """Another vendor's minimum does not count."""
        self._deliver(self.minimum, 3, 25)
        other = self.env["res.partner"].create({"name": "Other"})
        self._offer(self.minimum, other, 30, price=9.0)
        line = self._suggest(other, self.minimum)[self.minimum]
        self.assertEqual((line.product_qty, line.price_unit), (30, 9.0))

    def test_suggest_by_a_purchase_user(self):
        """Somebody of Purchase; Odoo writes his choice on the vendor, a contact."""
        self._deliver(self.minimum, 3, 25)
        user = self._user(
            "rq_purchase", "purchase.group_purchase_user,base.group_partner_manager"
        )
        lines = self._suggest(self.vendor.with_user(user), self.minimum)
        (line,) = lines.values()
        self.assertEqual((line.product_qty, line.price_unit), (48, 8.0))

    def test_suggest_in_sets(self):
        """The vendor's quantities of 40 products take no more queries than of 5."""
        products = self.env["product.product"].union(
            *(self._product(f"Set {index}") for index in range(45))
        )
        for product in products:
            self._offer(product, self.vendor, 2, self.dozen)
            self._deliver(product, 3, 25)
        self.env.flush_all()

        def queries(some):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            suggested = some.with_context(
                partner_id=self.vendor.id,
                suggest_based_on="30_days",
                suggest_days=30,
                suggest_percent=100,
                warehouse_id=self.warehouse.id,
            ).mapped("suggested_qty")
            self.assertEqual(set(suggested), {36})
            return self.env.cr.sql_log_count - before

        queries(products[:5])  # what is cached for good
        self.assertEqual(
            queries(products[5:].with_prefetch()), queries(products[:5].with_prefetch())
        )

    # -- price breaks ----------------------------------------------------------------

    def _with_break(self, start=60, price=7.0, per_day=2.0):
        """An article of 8.0, cheaper from ``start`` on, with what a run knows of it."""
        product = self._product(f"Break at {start}")
        self._offer(product, self.vendor, 0)
        self._offer(product, self.vendor, start, price=price)
        self.env["jxc.policy"].create(
            {
                "company_id": self.company.id,
                "product_id": product.id,
                "warehouse_id": self.warehouse.id,
                "location_id": self.stock.id,
                "vendor_id": self.vendor.id,
                "demand_per_day": per_day,
                "booked_demand": 0.0,
                "safety_stock": 0.0,
                "uncovered_demand": 0.0,
                "lead_days": 7,
                "review_days": 1,
                "suggested_min": 20,
                "suggested_max": 40,
                "unit_cost": 8.0,
                "order_price": 8.0,
            }
        )
        return product

    def _saving(self, ordered, start, price, per_day=2.0):
        """By the year: purchases, order lines, holding; as in any textbook."""
        demand, cost = per_day * 365, self.company.jxc_order_cost
        rate = self.company.jxc_holding_rate

        def yearly(lot, each):
            return demand * each + cost * demand / lot + rate * each * lot / 2

        return yearly(ordered, 8.0) - yearly(start, price)

    def _only_line(self, product):
        line = self.env["purchase.order.line"].search([("product_id", "=", product.id)])
        line.ensure_one()
        return line

    def _assert_raised(self, line, ordered, start, price):
        self.assertEqual((line.product_qty, line.price_unit), (start, price))
        reason = line.jxc_reasons["jxc_break"]
        self.assertEqual((reason["from"], reason["quantity"]), (ordered, start))
        self.assertAlmostEqual(
            reason["saving"], self._saving(ordered, start, price), places=6
        )
        self.assertIn("price break at 60", line.jxc_why)

    def test_break_sought_by_the_scheduler(self):
        product = self._with_break()
        self._rule(product, 20, 40, trigger="auto")
        self.env["stock.rule"].run_scheduler(company_id=self.company.id)
        self._assert_raised(self._only_line(product), 40, 60, 7.0)

    def test_break_sought_by_order_and_order_to_max(self):
        for to_max in (False, True):
            product = self._with_break()
            rule = self._rule(product, 20, 40, trigger="manual")
            rule.action_replenish(force_to_max=to_max)
            self._assert_raised(self._only_line(product), 40, 60, 7.0)

    def test_break_sought_by_suggest(self):
        product = self._with_break()
        self._deliver(product, 3, 25)
        line = self._suggest(self.vendor, product)[product]
        self._assert_raised(line, 25, 60, 7.0)

    def test_break_not_worth_it(self):
        """Too far ahead, too small a rebate, no demand, switched off, typed by hand."""
        far = self._with_break(start=400)  # 200 days of demand, 180 are allowed
        self.company.jxc_order_cost = 0.0
        dear = self._with_break(start=300, price=7.999)
        self.assertLess(self._saving(40, 300, 7.999), 0)
        idle = self._with_break(per_day=0.0)
        for product in (far, dear, idle):
            self._rule(product, 20, 40, trigger="manual").action_replenish()
            self.assertEqual(self._ordered(product)[0], 40, product.name)
        typed = self._with_break()
        rule = self._rule(typed, 20, 40, trigger="manual")
        rule.qty_to_order = 30
        rule.action_replenish()
        self.assertEqual(self._ordered(typed)[0], 30)
        self.company.jxc_seek_breaks = False
        off = self._with_break()
        self._rule(off, 20, 40, trigger="manual").action_replenish()
        self.assertEqual(self._ordered(off)[0], 40)

    # -- the quantity itself ---------------------------------------------------------

    def test_first_quantity_sold(self):
        """Against trying one quantity after the other with Odoo's choice of price."""
        rng = random.Random(20)
        for index in range(30):
            product = self._product(f"Random {index}")
            vendor = self.env["res.partner"].create({"name": f"Random {index}"})
            unit = rng.choice([product.uom_id, self.dozen])
            for _line in range(rng.randint(1, 3)):
                self._offer(product, vendor, rng.randint(0, 5), unit)
            size = 12 if unit == self.dozen else 1
            need = rng.randint(1, 80)
            expected = need
            while expected % size or not product._select_seller(
                partner_id=vendor, quantity=expected, uom_id=product.uom_id
            ):
                expected += 1
            self.assertEqual(product._jxc_vendor_quantity(need, vendor), expected)
