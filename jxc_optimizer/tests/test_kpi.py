"""Key figures of months against hand-worked ones."""

import io
import re
from datetime import datetime, time, timedelta

import openpyxl
from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .kpi_common import KpiCase


@tagged("post_install", "-at_install")
class TestKpi(KpiCase):
    def test_by_hand(self):
        """10 at cost 5 before; 4 leave on the 11th, 6 on the 21st, 1 comes back."""
        product = self._product(
            "By hand",
            cost=5.0,
            list_price=8.0,
            categ_id=self.categories["standard"].id,
        )
        self._receive(product, self._ago(-9), 10)
        self._deliver(product, self._ago(11), 4)
        sold = self._deliver(product, self._ago(21), 6)
        back = self._move(product, self._ago(25), 1, self.customers, self.stock)
        back.origin_returned_move_id = sold
        kpi = self._count()
        self.assertEqual(len(kpi), 1)
        self.assertEqual(kpi.warehouse_id, self.warehouse)
        self.assertEqual(kpi.categ_id, self.categories["standard"])
        # 10 days with 50, 10 with 30, 4 with nothing, the rest with 5
        value_days = 500 + 300 + (self.days - 24) * 5
        self.assertEqual(kpi.value_days, value_days)
        self.assertEqual(kpi.stock_value, 5)
        self.assertAlmostEqual(kpi.average_value, value_days / self.days, 2)
        self.assertEqual(kpi.cogs, 45)
        self.assertAlmostEqual(kpi.turns, 45 * 365 / value_days, 2)
        self.assertAlmostEqual(kpi.inventory_days, value_days / 45, 0)
        # 9 stayed with customers
        self.assertEqual(kpi.margin, 9 * 8 - 45)
        self.assertEqual(kpi.priced_value_days, value_days)
        self.assertAlmostEqual(kpi.gmroi, 27 * 365 / value_days, 2)
        self.assertEqual(kpi.demand_lines, 2)
        # on offer from the first demand on
        self.assertEqual(kpi.article_days, self.days - 10)
        self.assertEqual(kpi.stockout_days, 4)
        self.assertAlmostEqual(kpi.availability, 1 - 4 / (self.days - 10), 4)
        self.assertEqual(kpi.articles, 1)
        self.assertEqual(kpi.dead_value, 0)

    def test_ratios_of_sums(self):
        """Groups divide sums, and do not average ratios."""
        for method, cost, sold in (("standard", 1.0, 9), ("fifo", 100.0, 1)):
            product = self._product(
                method, cost=cost, categ_id=self.categories[method].id
            )
            self._receive(product, self._ago(0), 10)
            self._deliver(product, self._ago(1), sold)
        kpi = self._count()
        self.assertEqual(len(kpi), 2)
        [[turns, days, average, value, available]] = self.env["jxc.kpi"]._read_group(
            [("id", "in", kpi.ids)],
            [],
            [
                "turns:avg",
                "inventory_days:avg",
                "average_value:avg",
                "stock_value:avg",
                "availability:avg",
            ],
        )
        # 9 and 100 sold, 1 and 900 left, all month
        self.assertAlmostEqual(float(turns), 109 * 365 / (901 * self.days), 4)
        self.assertAlmostEqual(float(days), 901 * self.days / 109, 4)
        self.assertAlmostEqual(float(average), 901, 4)
        self.assertAlmostEqual(float(value), 901, 4)
        self.assertEqual(available, 1)

    def test_dead_stock(self):
        """Dead at the end of the month: unwanted and in stock longer than the limit."""
        self.company.write(
            {"jxc_slow_days": 20, "jxc_excess_days": 40, "jxc_dead_days": 60}
        )
        moving = self._product("Moving", cost=1.0)
        unwanted = self._product("Unwanted", cost=1.0)
        fresh = self._product("Fresh", cost=1.0)
        for product, day in ((moving, -200), (unwanted, -200), (fresh, -10)):
            self._receive(product, self._ago(day), 7)
        self._deliver(moving, self._ago(self.days - 59), 1)
        self._deliver(unwanted, self._ago(self.days - 60), 1)
        self.assertEqual(sum(self._count().mapped("dead_value")), 6)

    def test_purchase_lines(self):
        product = self._product("Bought")
        order = self.env["purchase.order"].create(
            {
                "partner_id": self._vendor(product).id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_qty": 3})
                ],
            }
        )
        order.button_confirm()
        order.date_approve = datetime.combine(self.month, time(12))
        self._receive(product, self._ago(3), 3)
        kpi = self._count()
        self.assertEqual((kpi.purchase_lines, kpi.purchase_orders), (1, 1))

    def test_purchase_orders(self):
        """An order over two categories counts once in all; not yet received, too."""
        products = self.env["product.product"].concat(
            *[
                self._product(method, categ_id=category.id)
                for method, category in self.categories.items()
            ]
        )
        partner = self._vendor(products)
        for goods in (products, products[:1]):
            order = self.env["purchase.order"].create(
                {
                    "partner_id": partner.id,
                    "order_line": [
                        Command.create({"product_id": product.id, "product_qty": 3})
                        for product in goods
                    ],
                }
            )
            order.button_confirm()
            order.date_approve = datetime.combine(self.month, time(12))
        kpi = self._count()
        self.assertEqual(len(kpi), 3)
        self.assertEqual(sum(kpi.mapped("purchase_lines")), 4)
        self.assertAlmostEqual(sum(kpi.mapped("purchase_orders")), 2, 4)

    def test_sales_without_price(self):
        """GMROI divides by the stock that has a sales price."""
        for name, price, cost in (("Priced", 15.0, 10.0), ("Unpriced", 0.0, 90.0)):
            product = self._product(
                name,
                cost=cost,
                list_price=price,
                categ_id=self.categories["standard"].id,
            )
            self._receive(product, self._ago(0), 10)
            self._deliver(product, self._ago(1), 4)
        kpi = self._count()
        self.assertEqual(kpi.margin, 4 * 5)
        self.assertEqual(kpi.priced_value_days, 60 * self.days)
        self.assertEqual(kpi.value_days, (60 + 540) * self.days)
        [[gmroi]] = self.env["jxc.kpi"]._read_group(
            [("id", "in", kpi.ids)], [], ["gmroi:avg"]
        )
        self.assertAlmostEqual(float(gmroi), 20 * 365 / (60 * self.days), 4)

    def test_fill(self):
        """Lines that were due in the month: one in time, one late, of 3 and 5 units."""
        for name, cost, units, late in (("Prompt", 4.0, 3, 0), ("Late", 10.0, 5, 2)):
            product = self._product(
                name, cost=cost, categ_id=self.categories["standard"].id
            )
            self._date_prices(product, 300)
            self._receive(product, self._ago(-20), 50)
            move = self._deliver(product, self._ago(11), units)
            move.date_deadline = move.date - timedelta(days=late)
        kpi = self._count()
        self.assertEqual((kpi.due_lines, kpi.filled_lines), (2, 1))
        self.assertEqual(kpi.estimated_lines, 0)
        self.assertEqual((kpi.due_units, kpi.filled_units), (8, 3))
        self.assertEqual((kpi.due_value, kpi.filled_value), (62, 12))
        [ratios] = self.env["jxc.kpi"]._read_group(
            [("id", "in", kpi.ids)],
            [],
            ["fill_lines:avg", "fill_units:avg", "fill_value:avg"],
        )
        for name, found, share in zip(
            ("fill_lines", "fill_units", "fill_value"),
            ratios,
            (1 / 2, 3 / 8, 12 / 62),
            strict=True,
        ):
            self.assertAlmostEqual(float(found), share, 6)
            self.assertAlmostEqual(kpi[name], share, 4)

    def test_forecast_error(self):
        """What forecasts missed, once it is counted; the month waits for it again."""
        product = self._product("Forecast", cost=5.0)
        self._receive(product, self._ago(-20), 50)
        self._deliver(product, self._ago(3), 4)
        kpi = self._count()
        self.assertFalse(kpi.forecast_error)
        self.env["jxc.accuracy"].create(
            {
                "company_id": self.company.id,
                "month": self.month,
                "last_day": self.last_day,
                "is_complete": True,
                "product_id": product.id,
                "warehouse_id": self.warehouse.id,
                "actual_value": 20,
                "final_error": 7,
            }
        )
        months = self.env["jxc.kpi.month"]
        months._plan(self.company)
        month = months.search(
            [("company_id", "=", self.company.id), ("month", "=", self.month)]
        )
        self.assertEqual(month.state, "waiting")
        kpi = self._count()
        self.assertEqual((kpi.forecast_error, kpi.forecast_sold), (7, 20))
        self.assertAlmostEqual(kpi.wape, 0.35)
        self.assertEqual(month.forecast_error, 7)
        [[wape]] = self.env["jxc.kpi"]._read_group(
            [("id", "in", kpi.ids)], [], ["wape:avg"]
        )
        self.assertAlmostEqual(float(wape), 0.35)

    def test_export(self):
        """The rows as a file that Excel opens, with what the columns mean."""
        product = self._product(
            "Exported", cost=5.0, categ_id=self.categories["fifo"].id
        )
        self._receive(product, self._ago(1), 10)
        kpi = self._count()
        buyer = self._user("kpi exporter", "jxc_optimizer.group_buyer")
        action = kpi.with_user(buyer).action_export()
        found = re.search(r"/web/content/(\d+)", action["url"])
        content = self.env["ir.attachment"].browse(int(found[1])).raw
        book = openpyxl.load_workbook(io.BytesIO(content))
        [head, row] = book.worksheets[0].values
        figures = dict(zip(head, row, strict=True))
        self.assertEqual(figures["Stock Value"], kpi.stock_value)
        self.assertEqual(figures["Category"], kpi.categ_id.display_name)
        worker = self._user("kpi exporting worker", "stock.group_stock_user")
        with self.assertRaises(AccessError):
            self.env["jxc.kpi"].with_user(worker).action_export()

    def test_plan(self):
        """Months from the first move on; back-dating lets them wait again."""
        months = self.env["jxc.kpi.month"]
        months._plan(self.company)
        self.assertEqual(
            months.search([("company_id", "=", self.company.id)]).mapped("month"),
            [self.today.replace(day=1)],
        )
        product = self._product("Planned")
        old = self.month - relativedelta(months=2)
        self._receive(product, (self.today - old).days, 5)
        self.env["jxc.demand.day"]._refresh(self.company)
        months._plan(self.company)
        planned = months.search([("company_id", "=", self.company.id)])
        self.assertEqual(len(planned), 4)
        for month in planned:
            month._count()
        # as if that had been a day ago
        planned.computed_at = fields.Datetime.now() + timedelta(days=1)
        months._plan(self.company)
        self.assertEqual(
            planned.filtered(lambda month: month.state == "waiting").mapped("month"),
            [self.today.replace(day=1)],
        )
        planned.computed_at = fields.Datetime.now() - timedelta(days=1)
        self.env.cr.execute(
            "UPDATE stock_move SET write_date = now() - interval '9 days'"
            " WHERE company_id = %s",
            [self.company.id],
        )
        self.env.cr.execute(
            "UPDATE stock_move_line SET write_date = now() - interval '9 days'"
            " WHERE company_id = %s",
            [self.company.id],
        )
        self.env.cr.execute(
            "UPDATE product_value SET write_date = now() - interval '9 days'"
        )
        self._deliver(product, (self.today - self.month).days, 1)
        months._plan(self.company)
        self.assertEqual(
            planned.filtered(lambda month: month.state == "waiting").mapped("month"),
            [self.today.replace(day=1), self.month],
        )

    def test_empty(self):
        self.assertFalse(self._count())
        self.assertFalse(self._count(self.today.replace(day=1)))

    def test_statements(self):
        """As many statements for eight products as for two."""
        products = [self._product(f"Statement {number}") for number in range(8)]
        self._receive(products[0], self._ago(1), 5)
        self._receive(products[1], self._ago(1), 5)
        self._count()

        def statements():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._count()
            return self.env.cr.sql_log_count - before

        few = statements()
        for product in products[2:]:
            self._receive(product, self._ago(1), 5)
        self.env["jxc.demand.day"]._refresh(self.company)
        self.assertEqual(statements(), few)

    def test_access(self):
        """Buyers of the company read; stock users and other companies do not."""
        product = self._product("Secret")
        self._receive(product, self._ago(1), 5)
        kpi = self._count()
        buyer = self._user("kpi buyer", "jxc_optimizer.group_buyer")
        self.assertEqual(kpi.with_user(buyer).stock_value, 50)
        with self.assertRaises(AccessError):
            kpi.with_user(buyer).stock_value = 1
        worker = self._user("kpi worker", "stock.group_stock_user")
        with self.assertRaises(AccessError):
            kpi.with_user(worker).read(["stock_value"])
        stranger = self._user(
            "kpi stranger", "jxc_optimizer.group_buyer", self._company("Strangers")
        )
        theirs = kpi.with_user(stranger).with_context(
            allowed_company_ids=stranger.company_ids.ids
        )
        self.assertFalse(theirs.search([]) & theirs)
