"""Forecast accuracy: against a naive loop, over time, and who improved it."""

from datetime import datetime, timedelta
from unittest.mock import patch

from dateutil.relativedelta import relativedelta

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common import OptimizerCase


@tagged("post_install", "-at_install")
class TestAccuracy(OptimizerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pen = cls._product("Pen", cost=3)
        cls.ink = cls._product("Ink", cost=5)
        for product, sizes in ((cls.pen, (4, 9, 2)), (cls.ink, (7, 1))):
            cls._sell_weekly(product, [sizes[n % len(sizes)] for n in range(40)])
        cls.env["jxc.demand.day"]._refresh(cls.company)
        cls.rows = cls.env["jxc.accuracy"]
        cls.month = cls.today.replace(day=1) - relativedelta(months=1)
        cls.end = cls.month + relativedelta(months=1, days=-1)
        cls.planner = cls._user("accuracy_planner", "jxc_optimizer.group_planner")

    def _sold(self, product, first, last):
        """Plain loop over the moves."""
        moves = self.env["stock.move"].search(
            [("product_id", "=", product.id), ("state", "=", "done")]
        )
        return sum(m.quantity for m in moves if first <= m.date.date() <= last)

    def _row(self, product, month=None):
        return self.rows.search(
            [("product_id", "=", product.id), ("month", "=", month or self.month)]
        )

    def _event(self, entered, **values):
        """An event that was entered on a day of the past."""
        event = (
            self.env["jxc.demand.event"]
            .with_user(self.planner)
            .create(
                {
                    "name": "More",
                    "kind": "adjustment",
                    "note": "Told",
                    "date_from": self.month,
                    "date_to": self.end,
                    "expected_change": 0.5,
                    "product_ids": [Command.set(self.pen.ids)],
                    **values,
                }
            )
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE jxc_demand_event SET create_date = %s WHERE id = %s",
            [datetime.combine(entered, datetime.min.time()), event.id],
        )
        event.invalidate_recordset()
        return event

    def test_against_a_loop(self):
        self.rows._count(self.company, self.month)
        before, days = self.month - timedelta(days=1), (self.end - self.month).days + 1
        for product, cost in ((self.pen, 3), (self.ink, 5)):
            row = self._row(product)
            actual = self._sold(product, self.month, self.end)
            four = self._sold(product, before - timedelta(days=27), before)
            buckets = [
                self._sold(
                    product,
                    before - timedelta(days=28 * n + 27),
                    before - timedelta(days=28 * n),
                )
                for n in range(13)
            ]
            # only whole ones since the first sale
            start = min(
                self.env["stock.move"]
                .search([("product_id", "=", product.id)])
                .mapped("date")
            ).date()
            known = [
                quantity
                for n, quantity in enumerate(buckets)
                if before - timedelta(days=28 * n + 27) >= start
            ]
            self.assertAlmostEqual(row.actual_qty, actual)
            self.assertAlmostEqual(row.naive_qty, four * days / 28, 3)
            self.assertAlmostEqual(
                row.final_error, cost * abs(actual - row.final_qty), 2
            )
            self.assertAlmostEqual(
                row.naive_error, cost * abs(actual - row.naive_qty), 2
            )
            self.assertAlmostEqual(row.final_bias, cost * (row.final_qty - actual), 2)
            self.assertAlmostEqual(row.wape, row.final_error / (cost * actual), 3)
            self.assertEqual(row.plain_qty, row.final_qty)
            self.assertTrue(row.is_complete and row.is_replayed)
            self.assertGreaterEqual(len(known), 2)
        pen, ink = self._row(self.pen), self._row(self.ink)
        [(wape, bias, added)] = self.rows._read_group(
            [("month", "=", self.month)],
            [],
            ["wape:avg", "bias:avg", "value_added:sum"],
        )
        sold = pen.actual_value + ink.actual_value
        self.assertAlmostEqual(wape, (pen.final_error + ink.final_error) / sold)
        self.assertAlmostEqual(bias, (pen.final_bias + ink.final_bias) / sold)
        self.assertEqual(added, 0)

    def test_from_empty_and_twice(self):
        due = self.rows._due(self.company)
        self.assertEqual(due[0], self.today.replace(day=1))
        self.assertGreater(len(due), 6)
        for month in due:
            self.rows._count(self.company, month)
        self.rows.flush_model()

        def content():
            self.env.cr.execute(
                "SELECT * FROM jxc_accuracy WHERE company_id = %s ORDER BY id",
                [self.company.id],
            )
            return self.env.cr.fetchall()

        first = content()
        running = self._row(self.pen, self.today.replace(day=1))
        if running:
            self.assertFalse(running.is_complete)
            self.assertFalse(running.wape)
        again = self.rows._due(self.company)
        self.assertLessEqual(len(again), 2)
        for month in again:
            self.rows._count(self.company, month)
        self.assertEqual(content(), first)
        empty = self._company("Empty Ltd")
        self.assertEqual(self.rows._due(empty), [])
        self.rows._count(empty, self.month)

    def test_forecast_stays_as_it_was_made(self):
        """What is sold later changes what was sold, not what was expected."""
        self.rows._count(self.company, self.month)
        row = self._row(self.pen)
        expected, actual = row.plain_qty, row.actual_qty
        ago = (self.today - self.end).days
        self._deliver(self.pen, ago, 100)
        self._deliver(self.pen, ago + 40, 100)
        self.env["jxc.demand.day"]._refresh(self.company)
        self.rows._count(self.company, self.month)
        self.assertEqual(row.plain_qty, expected)
        self.assertEqual(row.actual_qty, actual + 100)

    def test_value_of_an_adjustment(self):
        """Half as much again on all days: better or worse by what was sold."""
        self._event(self.month - timedelta(days=9))
        self.rows._count(self.company, self.month)
        row = self._row(self.pen)
        self.assertAlmostEqual(row.final_qty, 1.5 * row.plain_qty, 2)
        [value] = self.env["jxc.forecast.value"].search([])
        actual = row.actual_qty
        without = 3 * abs(actual - row.plain_qty)
        with_it = 3 * abs(actual - row.final_qty)
        self.assertAlmostEqual(value.error_without, without, 1)
        self.assertAlmostEqual(value.error_with, with_it, 1)
        self.assertAlmostEqual(value.value_added, without - with_it, 1)
        self.assertAlmostEqual(row.value_added, value.value_added, 1)
        self.assertEqual(value.articles, 1)
        self.assertEqual((value.user_id, value.department), (self.planner, "planning"))
        self.assertEqual(self._row(self.ink).value_added, 0)
        self.rows._count(self.company, self.month)
        self.assertAlmostEqual(row.final_qty, 1.5 * row.plain_qty, 2)

    def test_nobody_is_credited_for_what_was_said_afterwards(self):
        self._event(self.end + timedelta(days=2))
        late = self._event(
            self.month + timedelta(days=9), product_ids=[Command.set(self.ink.ids)]
        )
        self.rows._count(self.company, self.month)
        pen, ink = self._row(self.pen), self._row(self.ink)
        self.assertEqual(pen.final_qty, pen.plain_qty)
        days = (self.end - self.month).days + 1
        counted = days - 10  # entered on the tenth, counts from the eleventh
        self.assertAlmostEqual(
            ink.final_qty, ink.plain_qty * (1 + 0.5 * counted / days), 2
        )
        # what is changed afterwards changes nothing that is over
        late.with_user(self.planner).expected_change = 9.0
        self.rows._count(self.company, self.month)
        self.assertAlmostEqual(
            ink.final_qty, ink.plain_qty * (1 + 0.5 * counted / days), 2
        )

    def test_day_by_day(self):
        """Counted every day of a month, a change counts from the day it is made."""
        event = self._event(self.month - timedelta(days=9))
        days = (self.end - self.month).days + 1
        demand = type(self.env["jxc.demand.day"])
        for number in range(days + 1):
            if number == 11:
                event.with_user(self.planner).expected_change = 1.0
            today = self.month + timedelta(days=number)
            with patch.object(demand, "_today", lambda _self, _company, t=today: t):
                self.rows._count(self.company, self.month)
        row = self._row(self.pen)
        # ten days were over when it was changed
        share = (10 * 0.5 + (days - 10) * 1.0) / days
        self.assertAlmostEqual(row.final_qty, row.plain_qty * (1 + share), 2)
        self.assertFalse(row.is_replayed)
        self.assertTrue(row.is_complete)

    def test_rights(self):
        self.rows._count(self.company, self.month)
        buyer = self._user("accuracy_buyer", "jxc_optimizer.group_buyer")
        self.assertTrue(self.rows.with_user(buyer).search([]))
        for groups in ("stock.group_stock_user", "jxc_optimizer.group_announcer"):
            worker = self._user(f"accuracy_{groups}", groups)
            with self.assertRaises(AccessError):
                self.rows.with_user(worker).search([])
        other = self._company("Elsewhere")
        stranger = self._user("accuracy_other", "jxc_optimizer.group_planner", other)
        theirs = self.rows.with_user(stranger)
        self.assertFalse(theirs.with_context(allowed_company_ids=other.ids).search([]))
