"""A target stays while a new one would serve alike, for each area of goals."""

from datetime import timedelta
from unittest.mock import patch

import numpy as np

from odoo.tests import tagged
from odoo.tools import SQL

from ..models import jxc_own_week, jxc_planner_target
from .night_case import NightCase

ARTICLES = 80
WEEKS = 104


@tagged("post_install", "-at_install")
class TestTargetKept(NightCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"jxc_objective": "lines", "jxc_fill_rate": 0.9})
        cls.second = cls.env["stock.warehouse"].create(
            {
                "name": "Second",
                "code": "SEC",
                "company_id": cls.company.id,
                "jxc_fill_rate": 0.92,
            }
        )
        rng = cls.rng = np.random.default_rng(21)
        cls.products = {}
        for warehouse in cls.warehouse | cls.second:
            products = cls.env["product.product"].create(
                [
                    {
                        "name": f"{warehouse.code} {number}",
                        "type": "consu",
                        "is_storable": True,
                        "standard_price": float(np.round(np.exp(cost), 2)),
                    }
                    for number, cost in enumerate(rng.normal(2.0, 1.2, ARTICLES))
                ]
            )
            cls._vendor(products, f"Vendor of {warehouse.code}", 10)
            cls.products[warehouse] = products
            cls._sell(warehouse, range(3, 7 * WEEKS, 7))
            cls.env["stock.warehouse.orderpoint"].create(
                [
                    {
                        "product_id": product.id,
                        "location_id": warehouse.lot_stock_id.id,
                        "warehouse_id": warehouse.id,
                        "company_id": cls.company.id,
                    }
                    for product in products
                ]
            )

    @classmethod
    def _sell(cls, warehouse, days_ago, times=1):
        """Demand of the same kind as ever on some days, or so many times as much."""
        days = list(days_ago)
        mean = 2.0 + np.arange(ARTICLES)[:, None] % 9
        sold = cls.rng.random((ARTICLES, len(days))) < 0.7
        quantity = sold * (1 + cls.rng.poisson(mean, sold.shape)) * times
        cls.env["jxc.demand.entry"].create(
            [
                {
                    "source": "import",
                    "warehouse_id": warehouse.id,
                    "product_id": product.id,
                    "day": cls.today - timedelta(days=day),
                    "quantity": quantity[row, column],
                }
                for row, product in enumerate(cls.products[warehouse])
                for column, day in enumerate(days)
                if quantity[row, column]
            ]
        )

    def _night(self, days_ahead, *, look=True, whole=False):
        """The night of a coming day, and the products whose policies it wrote."""
        day = self.today + timedelta(days=days_ahead)
        before = self._versions()
        demand_day = type(self.env["jxc.demand.day"])
        keep = jxc_planner_target.KEEP_DAYS if look else 1000
        with (
            patch.object(demand_day, "_today", lambda *_args: day),
            patch.object(jxc_planner_target, "KEEP_DAYS", keep),
        ):
            run = self.env["jxc.run"]._start(self.company, whole=whole)
            run._work(lambda _done, remaining: float("inf"))
            self.assertEqual(run.state, "done", run.error)
            if not whole:
                self._assert_all_again_is_the_same()
        after = self._versions()
        written = {key[0] for key in after if after[key] != before.get(key)}
        return run, self.env["product.product"].browse(sorted(written))

    def _versions(self):
        """Of each policy, by product and place: what changes whenever it is written."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT product_id, location_id, xmin::text, ctid::text"
                " FROM jxc_policy WHERE company_id = %s",
                self.company.id,
            )
        )
        return {row[:2]: row[2:] for row in rows}

    def _due(self, days_ahead):
        """Products whose weeks have moved on since the night before."""
        last_day = self.today + timedelta(days=days_ahead - 1)
        every = self.env["product.product"].union(*self.products.values())
        ids = np.array(every.ids)
        return every.browse(
            ids[
                jxc_own_week.week_end(ids, last_day) == np.datetime64(last_day)
            ].tolist()
        )

    def test_a_week_later(self):
        """Looked at on a sample of all, and only what is due anyway is written."""
        first = self._night(0)[0]
        self.assertEqual(first.target["own"].keys(), {str(self.second.id)})
        self._night(6)
        for warehouse in self.products:
            self._sell(warehouse, [-3])
        self._night(6)
        run, written = self._night(7)
        self.assertEqual(run.target["settled_on"], str(run.date))
        areas = [(first.target, run.target)]
        areas += [(each.target["own"][str(self.second.id)] for each in (first, run))]
        for before, after in areas:
            for name in ("method", "dial", "parameters", "since"):
                self.assertEqual(after[name], before[name])
            # as it does on the latest weeks
            self.assertNotEqual(after["replay"], before["replay"])
        self.assertEqual(run.target_text.count("In force since"), 2)
        self.assertNotIn("In force since", first.target_text)
        due = self._due(7)
        self.assertFalse(written - due)
        self.assertLess(len(due), 2 * ARTICLES / 5)
        self.assertEqual(run.articles_due, len(due))

    def test_a_shift_of_demand_in_one_warehouse(self):
        """Its goal is missed: its articles are planned anew, and no others."""
        self._night(0)
        weeks = range(-3, -28, -7)
        self._sell(self.warehouse, weeks)
        self._sell(self.second, weeks, times=5)
        before, _written = self._night(27, look=False)
        self.assertEqual(before.target["settled_on"], str(self.today))
        run, written = self._night(28)
        own = str(self.second.id)
        for name in ("method", "dial", "parameters", "since"):
            self.assertEqual(run.target[name], before.target[name])
        self.assertEqual(run.target["own"][own]["since"], str(run.date))
        self.assertGreater(
            run.target["own"][own]["dial"]["dial"],
            before.target["own"][own]["dial"]["dial"],
        )
        mine, due = self.products[self.second], self._due(28)
        self.assertFalse(written - mine - due)
        self.assertGreater(len(written & mine - due), ARTICLES / 2)
        self.assertEqual(run.articles_due, len(mine | due))

    def test_a_few_articles_read_say_what_all_would(self):
        """A look that reads a sample settles what a run of all articles does."""
        self._night(0)
        self._sell(self.second, range(-3, -28, -7), times=5)
        self._night(27, look=False)
        targets = []
        for whole in (False, True):
            with self.env.cr.savepoint() as savepoint:
                run, _written = self._night(28, whole=whole)
                targets.append(run.target)
                savepoint.rollback()
            self.env.invalidate_all()
        self.assertEqual(*targets)

    def test_models_are_learned_anew_some_time(self):
        """However well it serves: by then there is more to learn from."""
        first = self._night(0)[0]
        with patch.object(jxc_planner_target, "LEARN_DAYS", 7):
            run, written = self._night(7)
        self.assertEqual(first.target["since"], str(self.today))
        self.assertEqual(run.target["since"], str(run.date))
        self.assertEqual(run.articles_due, 2 * ARTICLES)
        self.assertGreater(len(written), ARTICLES)
