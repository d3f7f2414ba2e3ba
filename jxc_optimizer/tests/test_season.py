"""A season that comes back every year: found, put into levels and forecasts, told."""

from collections import defaultdict
from datetime import timedelta
from unittest.mock import patch

import numpy as np

from odoo.fields import Command
from odoo.tests import tagged

from .common import OptimizerCase

ARTICLES = 30
WEEKS = 110


def wave(week):
    """Demand of a week (0 = the coming one) relative to an average one: high now."""
    return 1 + 0.8 * np.cos(2 * np.pi * (np.asarray(week) - 4) / 52)


@tagged("post_install", "-at_install")
class TestSeason(OptimizerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.garden, cls.office = cls.env["product.category"].create(
            [{"name": "Garden"}, {"name": "Office"}]
        )
        rng = np.random.default_rng(7)
        cls.products = cls.env["product.product"].create(
            [
                {
                    "name": f"Article {number}",
                    "type": "consu",
                    "is_storable": True,
                    "standard_price": 5 + number,
                    "categ_id": (cls.garden | cls.office)[number % 2].id,
                }
                for number in range(2 * ARTICLES)
            ]
        )
        cls._vendor(cls.products, delay=14)
        ago = np.arange(WEEKS)
        usual = rng.uniform(5, 60, 2 * ARTICLES)
        rate = usual[:, None] * np.ones(WEEKS)
        rate[::2] *= wave(-1 - ago)
        quantity = rng.poisson(rate)
        cls.usual = dict(zip(cls.products.ids, usual.tolist(), strict=True))
        cls.env["jxc.demand.entry"].create(
            [
                {
                    "source": "import",
                    "warehouse_id": cls.warehouse.id,
                    "product_id": cls.products[number].id,
                    "day": cls.today - timedelta(days=7 * weeks_ago + 3),
                    "quantity": quantity[number, weeks_ago],
                }
                for number in range(2 * ARTICLES)
                for weeks_ago in range(WEEKS)
                if quantity[number, weeks_ago]
            ]
        )
        cls.rules = cls.env["stock.warehouse.orderpoint"].create(
            [
                {
                    "product_id": product.id,
                    "location_id": cls.stock.id,
                    "warehouse_id": cls.warehouse.id,
                    "company_id": cls.company.id,
                }
                for product in cls.products
            ]
        )
        cls.run_done = cls._run()

    def _policies(self, category):
        return self.env["jxc.policy"].search(
            [("company_id", "=", self.company.id), ("categ_id", "=", category.id)]
        )

    def _ratio(self, policies, values):
        """Mean ratio of values to the true average demand of the articles."""
        usual = [self.usual[policy.product_id.id] for policy in policies]
        return np.mean(np.asarray(values) / np.array(usual)[:, None], axis=0)

    def test_found_where_it_is(self):
        seasons = self.env["jxc.season"].search([("company_id", "=", self.company.id)])
        self.assertEqual(seasons.categ_id, self.garden)
        self.assertEqual(seasons.first_day, self.today)
        np.testing.assert_allclose(seasons.index, wave(np.arange(52)), atol=0.12)
        self.assertEqual(set(self._policies(self.office).mapped("season_factor")), {1})

    def test_levels_cover_the_coming_weeks(self):
        """Two weeks of lead time and a day: in the season, not in the year's mean."""
        garden = self._policies(self.garden)
        coming = wave(np.arange(3)) @ [7, 7, 1] / 15
        factors = set(garden.mapped("season_factor"))
        self.assertEqual(len(factors), 1)
        self.assertAlmostEqual(factors.pop(), coming, delta=0.08)
        # the forecast is that of an average week, what must be covered is not
        average = [[policy.demand_per_day * 7] for policy in garden]
        self.assertAlmostEqual(self._ratio(garden, average)[0], 1.0, delta=0.05)
        covered = [[p.protection_demand / p.protection_days * 7] for p in garden]
        self.assertAlmostEqual(self._ratio(garden, covered)[0], coming, delta=0.1)
        for rule in self.rules[::2]:
            terms = defaultdict(float, rule.jxc_terms)
            total = sum(
                terms[name]
                for name in (
                    "lead_time_demand", "review_demand", "safety", "min_rounding",
                    "strict_unit",
                )
            ) - terms["uncovered"] - terms["booked"]  # fmt: skip
            self.assertEqual(round(total, 2), rule.jxc_suggested_min)
        self.assertIn("Season of the category", self.rules[0].jxc_why)
        self.assertNotIn("Season of the category", self.rules[1].jxc_why)

    def test_forecast_goes_through_the_year(self):
        garden = self._policies(self.garden)
        ahead = garden._forecast_weeks(52)
        expected = wave(np.arange(52))
        np.testing.assert_allclose(self._ratio(garden, ahead.mean), expected, atol=0.15)
        flat = self._policies(self.office)._forecast_weeks(52).mean
        np.testing.assert_allclose(flat, flat[:, :1] * np.ones(52))
        # a week later the second week of the index is the first
        season = self.env["jxc.season"].search([("company_id", "=", self.company.id)])
        before = garden._forecast_weeks(2).mean[:, 1]
        season.first_day -= timedelta(7)
        np.testing.assert_allclose(garden._forecast_weeks(1).mean[:, 0], before)
        season.first_day -= timedelta(364)
        np.testing.assert_allclose(garden._forecast_weeks(1).mean[:, 0], before)

    def test_with_events(self):
        """A closed week in the season is no more than closed."""
        garden = self._policies(self.garden)
        before = garden._forecast_weeks(3).mean
        self.env["jxc.demand.event"].create(
            {
                "name": "Closed",
                "company_id": self.company.id,
                "kind": "closure",
                "date_from": self.today + timedelta(days=7),
                "date_to": self.today + timedelta(days=13),
                "expected_change": -1.0,
                "product_ids": [Command.set(garden.product_id.ids)],
            }
        )
        after = garden._forecast_weeks(3).mean
        np.testing.assert_allclose(after, before * [1, 0, 1])

    def test_written_once(self):
        season = self.env["jxc.season"].search([("company_id", "=", self.company.id)])
        stamp, index = season.write_date, season.index
        self._run()
        self.assertEqual((season.write_date, season.index), (stamp, index))
        self.company.jxc_method = "textbook"
        self._run()
        self.assertFalse(season.exists())
        self.assertEqual(set(self._policies(self.garden).mapped("season_factor")), {1})

    def test_a_week_later(self):
        """The season in force stays, and begins where it began."""
        season = self.env["jxc.season"].search([("company_id", "=", self.company.id)])
        stamp, index = season.write_date, season.index
        before = self._policies(self.garden).mapped("season_factor")
        day = self.today + timedelta(7)
        with patch.object(
            type(self.env["jxc.demand.day"]), "_today", lambda *_args: day
        ):
            run = self._run()
        self.assertEqual(run.target["settled_on"], str(day))
        self.assertEqual(run.target["season"], self.run_done.target["season"])
        self.assertEqual((season.write_date, season.index), (stamp, index))
        self.assertEqual(season.first_day, self.today)
        after = self._policies(self.garden).mapped("season_factor")
        self.assertTrue(all(a > b for a, b in zip(after, before, strict=True)))
