"""Key figures of random histories against a naive loop and Odoo's own valuation."""

import random
from datetime import timedelta

from odoo.tests import tagged

from . import kpi_reference
from .kpi_common import KpiCase


@tagged("post_install", "-at_install")
class TestKpiRandom(KpiCase):
    def test_random_histories(self):
        """Each day of two warehouses, two companies, all cost methods."""
        self._check_random(5)

    def test_random_histories_again(self):
        self._check_random(11)

    def _check_random(self, seed):
        """Moves are made in random order, so that most are back-dated, in two units."""
        draw = random.Random(seed)
        dozen = self.env.ref("uom.product_uom_dozen")
        east = self.env["stock.warehouse"].create({"name": "East", "code": "EAST"})
        other = self._company("Other Ltd")
        self.env.user.company_ids += other
        self.company.write(
            {"jxc_slow_days": 4, "jxc_excess_days": 6, "jxc_dead_days": 9}
        )
        products = []
        for number in range(9):
            method = ("standard", "average", "fifo")[number % 3]
            product = self._product(
                f"{method} {number}",
                cost=draw.randint(2, 9),
                list_price=draw.choice([0, 4, 14]),
                categ_id=self.categories[method].id,
            )
            self._date_prices(product, 300)
            if method == "standard":
                product.standard_price += 3
                self._date_prices(product, self._ago(12), last=True)
            self._random_moves(draw, product, dozen, east)
            products.append(product)
        theirs = self.env["stock.warehouse"].search([("company_id", "=", other.id)])
        self._receive(
            products[0].with_company(other), self._ago(2), 99, stock=theirs.lot_stock_id
        )
        kpi = self._count()
        expected = kpi_reference.figures(self.company, self.month, self.last_day)
        days = [self.month + timedelta(days=number) for number in range(self.days)]
        for method, category in self.categories.items():
            goods = self.env["product.product"].concat(
                *[product for product in products if product.categ_id == category]
            )
            for warehouse in self.warehouse | east:
                rows = kpi.filtered(
                    lambda row, c=category, w=warehouse: (
                        row.categ_id == c and row.warehouse_id == w
                    )
                )
                with self.subTest(method=method, warehouse=warehouse.name):
                    odoo = kpi_reference.values(goods, warehouse, days)
                    self.assertAlmostEqual(sum(rows.mapped("stock_value")), odoo[-1], 1)
                    self.assertAlmostEqual(sum(rows.mapped("value_days")), sum(odoo), 0)
                    self.assertAlmostEqual(
                        sum(rows.mapped("cogs")), self._cogs(goods, warehouse), 2
                    )
                    cell = expected[warehouse.id, category.id]
                    self.assertTrue(cell)
                    for name, value in cell.items():
                        with self.subTest(name):
                            self.assertAlmostEqual(sum(rows.mapped(name)), value, 1)
        self.assertGreater(sum(kpi.mapped("dead_value")), 0)
        self.assertGreater(sum(kpi.mapped("stockout_days")), 0)
        self.assertTrue(self._count(company=other))
        self.assertEqual(
            sum(self._count(company=other).mapped("stock_value")),
            99 * products[0].with_company(other).standard_price,
        )
        # counted again, nothing changes
        month = self.env["jxc.kpi.month"].search(
            [("company_id", "=", self.company.id), ("month", "=", self.month)]
        )
        month._count()
        self.assertEqual(month.changed_rows, 0)

    def _random_moves(self, draw, product, dozen, east):
        """A past that never runs below zero, carried out in another order."""
        plan, have = [], {self.stock: 0, east.lot_stock_id: 0}
        for day in sorted(draw.sample(range(-30, self.days + 6), 24)):
            place = draw.choice(list(have))
            kind = draw.choice("rrdddt")
            if day == -30 or kind == "r" or not have[place]:
                quantity = 12 * draw.randint(1, 3)
                have[place] += quantity
                plan.append((day, "r", place, None, quantity))
            elif kind == "d":
                quantity = draw.randint(1, have[place])
                have[place] -= quantity
                plan.append((day, "d", place, None, quantity))
                if draw.random() < 0.4:
                    have[place] += 1
                    plan.append((day, "b", place, None, 1))
            else:
                target = self.stock if place != self.stock else east.lot_stock_id
                quantity = draw.randint(1, have[place])
                have[place] -= quantity
                have[target] += quantity
                plan.append((day, "t", place, target, quantity))
        draw.shuffle(plan)
        for day, kind, place, target, quantity in plan:
            ago = self._ago(day)
            if kind == "r":
                # never what Odoo would say itself: that is not kept, and counted
                # anew at today's price when it is asked about the past
                value = round(quantity * draw.uniform(2, 12), 2)
                half = {"uom": dozen} if draw.random() < 0.5 else {}
                self._receive(
                    product,
                    ago,
                    quantity / 12 if half else quantity,
                    None if product.cost_method == "standard" else value,
                    place,
                    **half,
                )
            elif kind == "d":
                self._deliver(product, ago, quantity, place)
            elif kind == "t":
                self._move(product, ago, quantity, place, target)
            else:
                sold = self._deliver(product, ago, 1, place)
                for _time in range(2):
                    back = self._move(product, ago, 1, self.customers, place)
                    back.origin_returned_move_id = sold
                    back._set_value()

    def _cogs(self, products, warehouse):
        """What customers cost the warehouse in the month, move by move."""
        total = 0.0
        moves = self.env["stock.move"].search(
            [("product_id", "in", products.ids), ("company_id", "=", self.company.id)]
        )
        for move in moves:
            if not self.month <= move.date.date() <= self.last_day:
                continue
            if move.location_dest_id == self.customers:
                total += move.value * (move.location_id.warehouse_id == warehouse)
            if move.location_id == self.customers:
                total -= move.value * (move.location_dest_id.warehouse_id == warehouse)
        return total
