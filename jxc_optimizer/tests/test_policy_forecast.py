"""The forecast week by week that charts show."""

from datetime import timedelta

import numpy as np

from odoo.fields import Command
from odoo.tests import tagged

from .common import OptimizerCase


@tagged("post_install", "-at_install")
class TestPolicyForecast(OptimizerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.steady, cls.rare = cls._product("Steady"), cls._product("Rare")
        cls._vendor(cls.steady | cls.rare)
        cls._sell_weekly(cls.steady, [12, 14, 16] * 10)
        cls._sell_weekly(cls.rare, [0, 0, 0, 0, 6] * 6)
        cls._run()
        cls.policies = cls._policy(cls.steady) | cls._policy(cls.rare)

    def test_weeks_from_today(self):
        seen = self.policies._forecast_weeks(5)
        days = [self.today + timedelta(days=7 * week) for week in range(5)]
        self.assertEqual(seen.first_days, days)
        self.assertEqual(seen.mean.shape, (2, 5))
        np.testing.assert_allclose(seen.mean[0], 14, rtol=0.05)
        np.testing.assert_allclose(seen.total, np.cumsum(seen.mean, axis=1))
        # four of five weeks between 12 and 16 lie within; a rare sale begins at 0
        self.assertTrue((seen.low[0] > 9).all() and (seen.high[0] < 19).all())
        self.assertTrue((seen.low[1] == 0).all() and (seen.high[1] > 2).all())
        self.assertTrue((seen.total_low[0] > seen.low[0].cumsum())[1:].all())

    def test_planned_events(self):
        """Half as much again on ten days from the eleventh on, of one article."""
        before = self.policies._forecast_weeks(4).mean
        self.env["jxc.demand.event"].create(
            {
                "name": "Sale",
                "company_id": self.company.id,
                "date_from": self.today + timedelta(days=10),
                "date_to": self.today + timedelta(days=19),
                "expected_change": 0.5,
                "product_ids": [Command.set(self.steady.ids)],
            }
        )
        after = self.policies._forecast_weeks(4).mean
        # days 7 to 13 have four of them, days 14 to 20 six
        more = [1, 1 + 0.5 * 4 / 7, 1 + 0.5 * 6 / 7, 1]
        np.testing.assert_allclose(after[0], before[0] * more)
        np.testing.assert_allclose(after[1], before[1])

    def test_nothing_and_many(self):
        none = self.env["jxc.policy"]
        self.assertEqual(none._forecast_weeks(3).mean.shape, (0, 3))

        def statements(policies):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            policies._forecast_weeks()
            return self.env.cr.sql_log_count - before

        statements(self.policies)
        self.assertEqual(statements(self.policies[:1]), statements(self.policies))
