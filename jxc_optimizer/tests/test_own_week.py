"""Weeks that end on a weekday of each article's own, and nights that do what is due."""

from datetime import date, timedelta
from unittest.mock import patch

import numpy as np

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL

from ..models import jxc_own_week
from .night_case import PROJECTED, NightCase

ARTICLES = 16
NIGHTS = 9


@tagged("post_install", "-at_install")
class TestOwnWeek(NightCase):
    def test_every_day_ends_the_weeks_of_a_seventh(self):
        """A week later the same again; in Python as in PostgreSQL."""
        products = np.arange(1, 15)
        day = date(2026, 3, 4)
        ends = np.array(
            [jxc_own_week.week_end(products, day + timedelta(days=n)) for n in range(8)]
        )
        last = np.datetime64(day) + np.arange(8)
        late = (last[:, None] - ends).astype(int)
        self.assertTrue(((late >= 0) & (late < 7)).all())
        self.assertTrue(((late == 0).sum(axis=1) == 2).all())
        moved = np.diff(ends, axis=0).astype(int)
        self.assertTrue(np.isin(moved, (0, 7)).all())
        self.assertTrue((ends[7] - ends[0] == np.timedelta64(7)).all())
        for n in range(8):
            rows = self.env.execute_query(
                SQL(
                    "SELECT %s FROM generate_series(1, 14) AS product_id",
                    jxc_own_week.week_end_sql(
                        SQL("product_id"), day + timedelta(days=n)
                    ),
                )
            )
            self.assertEqual([end for (end,) in rows], ends[n].tolist())
        following = jxc_own_week.next_week(products, day)
        before = jxc_own_week.week_end(products, day - timedelta(days=1))
        self.assertEqual((following - before).astype(int).tolist(), [8] * 14)

    def test_demand_counts_from_the_end_of_the_week_on(self):
        """What is sold after it is in no figure until the week is over."""
        product = self._product("One a day")
        self._vendor(product)
        for days_ago in range(1, 36):
            self._deliver(product, days_ago, 1)
        self._run()
        policy = self._policy(product)
        late = (self.today - timedelta(days=1) - policy.weeks_until).days
        self.assertTrue(0 <= late < 7)
        self.assertEqual(policy.consumption_qty, 35 - late)
        self.assertEqual(policy.history_weeks, -(-(35 - late) // 7))

    def _history(self, rng):
        products = self.env["product.product"]
        for number in range(ARTICLES):
            product = self._product(f"Article {number}", float(rng.integers(1, 50)))
            products |= product
            for days_ago in rng.integers(1, 120, rng.integers(0, 12)).tolist():
                self._deliver(product, days_ago, int(rng.integers(1, 9)))
        self._vendor(products[::2], "Near", 3)
        self._vendor(products[1::2], "Far", 20, min_qty=5)
        for product in products[: ARTICLES - 3]:
            self._rule(product, 1, 5)
        return products

    def _day(self, rng, products, now, kind):
        """What happens on a day: sales, back-dated ones, terms, decisions, events."""
        for number in rng.integers(0, ARTICLES, 4).tolist():
            ago = int(rng.choice([0, 0, 0, 2, 30]))
            move = self._deliver(products[number], 0, int(rng.integers(1, 9)))
            moment = now - timedelta(days=ago)
            move.date = move.move_line_ids.date = moment
        today = now.date()
        # one that is not due tomorrow anyway
        quiet = (
            self.env["jxc.policy"]
            .search([("company_id", "=", self.company.id), ("consumption_qty", ">", 0)])
            .product_id
        )
        quiet = quiet.filtered(
            lambda one: (
                jxc_own_week.next_week(np.array([one.id]), today)[0].item()
                > today + timedelta(days=1)
            )
        )
        product = quiet[int(rng.integers(len(quiet)))]
        if kind == 0:
            product.standard_price += 1
        elif kind == 1:
            product.seller_ids.delay += 2
        elif kind == 2:
            self.env["jxc.demand.entry"].create(
                {
                    "source": "import",
                    "warehouse_id": self.warehouse.id,
                    "product_id": product.id,
                    "day": today - timedelta(days=int(rng.integers(1, 40))),
                    "quantity": 20,
                }
            )
        elif kind == 3:
            start = today + timedelta(days=int(rng.integers(1, 12)))
            self.env["jxc.demand.event"].create(
                {
                    "name": "Event",
                    "company_id": self.company.id,
                    "date_from": start,
                    "date_to": start + timedelta(days=3),
                    "expected_change": 0.5,
                    "scope": "products",
                    "product_ids": product.ids,
                }
            )
        elif kind == 4:
            start = today + timedelta(days=int(rng.integers(1, 12)))
            self.env["jxc.vendor.closure"].create(
                {
                    "name": "Closed",
                    "company_id": self.company.id,
                    "date_from": start,
                    "date_to": start + timedelta(days=4),
                }
            )
        elif kind == 5:
            articles = self.env["jxc.article"]
            known = articles.search([("product_id", "=", product.id)])
            known.least_stock += 3
            if not known:
                company_id = self.company.id
                articles.create({"company_id": company_id, "product_id": product.id})
        elif kind == 6:
            product.active = not product.active
        else:
            self._vendor(product, "Another", 9, sequence=-1)

    def test_nights_do_what_is_due_and_all_is_as_if_all_were(self):
        """Several nights with days between; after each, computing all changes nothing.

        Neither do projections change, made again as of their own day.
        """
        rng = np.random.default_rng(11)
        products = self._history(rng)
        day = type(self.env["jxc.demand.day"])
        start = fields.Datetime.now().replace(hour=12)
        spared = 0
        for night in range(NIGHTS):
            now = start + timedelta(days=night)
            today = now.date()
            with patch.object(day, "_today", lambda *_args, today=today: today):
                run = self._run()
                self.env["jxc.replenish.mark"]._refresh()
                spared += night > 0 and ARTICLES - run.articles_due
                self._assert_all_again_is_the_same()
            self._assert_projections_stand(today)
            with patch.object(day, "_today", lambda *_args, today=today: today):
                self._day(rng, products, now, night % 8)
        # Articles without news wait for their own weekday. (On some nights all of
        # them have news: vendors will be closed.)
        self.assertGreater(spared, ARTICLES)

    def _assert_projections_stand(self, today):
        """Made again as of the day that each was made on, all come out the same."""
        rules = self.env["stock.warehouse.orderpoint"]
        days = rules._read_group(
            [("company_id", "=", self.company.id), ("product_id.active", "=", True)],
            ["jxc_projected_on:day"],
        )
        day = type(self.env["jxc.demand.day"])
        names = SQL(", ").join(SQL.identifier(f"jxc_{name}") for name in PROJECTED)
        query = SQL(
            "SELECT id, %s FROM stock_warehouse_orderpoint WHERE company_id = %s"
            " AND active ORDER BY id",
            names,
            self.company.id,
        )
        before = self.env.execute_query(query)
        self.assertTrue(before)
        for [projected_on] in days:
            self.assertLess((today - projected_on).days, 7)
            with patch.object(day, "_today", lambda *_args, it=projected_on: it):
                self.env["jxc.projection"]._refresh(
                    self.company, SQL("rule.jxc_projected_on = %s", projected_on)
                )
            self.assertEqual(self.env.execute_query(query), before)
