"""The first count by several at once, against the count of everything by one."""

from datetime import date, datetime
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL

from ..models import jxc_demand_share
from ..models.jxc_demand_count import TYPES
from ..models.jxc_planner import Stopwatch
from .demand_case import DemandCase


@tagged("post_install", "-at_install")
class TestDemandShare(DemandCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.products = cls.product | cls.new_product("Nut") | cls.new_product("Washer")
        patcher = patch.object(jxc_demand_share, "PAGES", 0)
        patcher.start()
        cls.addClassCleanup(patcher.stop)

    def _history(self):
        for number, product in enumerate(self.products):
            values = {"product_id": product.id}
            self.move(self.vendors, self.stock, 9, datetime(2026, 2, 1), **values)
            for day in (2, 4, 9):
                sold = self.move(
                    self.stock,
                    self.customers,
                    day + number,
                    datetime(2026, 3, day),
                    **values,
                )
            self.move(
                self.customers,
                self.stock,
                1,
                datetime(2026, 3, 11),
                origin_returned_move_id=sold.id,
                **values,
            )

    def _series(self):
        self.env.flush_all()
        names = SQL(", ").join(map(SQL.identifier, TYPES))
        return self.env.execute_query(
            SQL(
                "SELECT %s FROM jxc_demand_series WHERE company_id = %s"
                " ORDER BY location_id, product_id",
                names,
                self.company.id,
            )
        )

    def _forget(self):
        for table in ("jxc_demand_series", "jxc_demand_state"):
            self.env.cr.execute(
                SQL(
                    "DELETE FROM %s WHERE company_id = %s",
                    SQL.identifier(table),
                    self.company.id,
                )
            )
        self.env.invalidate_all()

    def _count(self):
        shares = self.demand._shares(self.company)
        self.assertEqual(len(shares), jxc_demand_share.SHARES)
        return [self.demand._count_share(self.company, share) for share in shares]

    def test_as_by_one(self):
        self._history()
        self.refresh()
        whole = self._series()
        self.assertEqual(len(whole), len(self.products))
        self._forget()
        for share in self.demand._shares(self.company):
            # whoever is killed counts again
            self.demand._count_share(self.company, share)
        shares = self._count()
        self.assertFalse(self.demand._state(self.company))
        self.demand._end_shares(self.company, shares)
        self.assertEqual(self._series(), whole)
        # it was counted: nothing is left to do
        self.assertFalse(self.demand._shares(self.company))
        self.assertEqual(self.refresh()["changes"], 0)
        self.assertProved()

    def test_what_comes_meanwhile(self):
        """A move that is done after its product's share was counted is noted."""
        self._history()
        shares = self._count()
        for product in self.products:
            self.move(
                self.stock,
                self.customers,
                5,
                datetime(2026, 3, 9, 1),
                product_id=product.id,
            )
        self.demand._end_shares(self.company, shares)
        self.assertGreater(self.refresh()["changes"], 0)
        self.assertEqual(
            [self.days(product=product)[date(2026, 3, 9)] for product in self.products],
            [13, 14, 15],
        )
        self.assertProved()

    def test_places_change_meanwhile(self):
        """What was counted by other places is counted anew."""
        self._history()
        shares = self._count()
        self.company.resource_calendar_id.tz = "Pacific/Auckland"
        self.demand._end_shares(self.company, shares)
        self.assertFalse(self.demand._state(self.company))
        self.refresh()
        self.assertTrue(self.demand._state(self.company))
        self.assertProved()

    def test_somebody_counts_everything_meanwhile(self):
        self._history()
        shares = self.demand._shares(self.company)
        self.refresh()
        whole = self._series()
        shares = [self.demand._count_share(self.company, share) for share in shares]
        self.demand._end_shares(self.company, shares)
        self.assertEqual(self._series(), whole)
        self.assertEqual(len(self.demand._state(self.company)), 1)
        self.assertProved()

    def test_run(self):
        """A first run counts by shares, the next one what has come."""
        self._history()
        run = self.env["jxc.run"]._start(self.company)
        run._do_unit(Stopwatch(self.env.cr))
        self.assertEqual(run.state, "counting")
        self.assertEqual(set(run.shard_ids.mapped("state")), {"uncounted"})
        run._work(lambda _done, remaining: float("inf"))
        self.assertEqual(run.state, "done", run.error)
        self.assertIn("refresh demand", run.timings)
        self.assertEqual(len(self._series()), len(self.products))
        self.assertProved()
