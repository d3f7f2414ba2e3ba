from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from odoo import models

from ..engine import horizon
from .jxc_demand_matrix import WEEK

#: half a year is what a chart shows
WEEKS_AHEAD = 26
#: share of the weeks whose demand lies within the interval
COVERAGE = 0.8


@dataclass(frozen=True)
class WeeksAhead:
    """Expected demand of n policies in the h weeks from today on, in their units."""

    first_days: list[date]  #: [h] the day each week begins; the first is today
    mean: np.ndarray  #: [n, h]
    low: np.ndarray  #: [n, h]
    high: np.ndarray  #: [n, h]
    total: np.ndarray  #: [n, h] of all weeks up to it
    total_low: np.ndarray  #: [n, h]
    total_high: np.ndarray  #: [n, h]


class JxcPolicy(models.Model):
    _inherit = "jxc.policy"

    def _forecast_weeks(
        self, weeks: int = WEEKS_AHEAD, coverage: float = COVERAGE
    ) -> WeeksAhead:
        """What the policies expect to be wanted, week by week.

        From the forecast, deviation and season that the last run stored and the events
        that are planned today. A fixed number of statements, whatever the number of
        policies, which must be of one company.

        :param weeks: how many, at least 1
        :param coverage: share of the weeks whose demand lies within low and high
        """
        company = (self.company_id or self.env.company).ensure_one()
        today = self.env["jxc.demand.day"]._today(company)
        ahead = horizon.horizon(
            np.array(self.mapped("demand_per_day")) * WEEK,
            np.array(self.mapped("demand_sd")) * np.sqrt(WEEK),
            weeks,
            coverage,
            self._weeks_changed(company, today, weeks),
        )
        return WeeksAhead(
            first_days=[today + timedelta(days=WEEK * week) for week in range(weeks)],
            **vars(ahead),
        )

    def _weeks_changed(self, company, today: date, weeks: int) -> np.ndarray | None:
        """Demand of the coming weeks relative to usual ones [n, weeks]."""
        changes = self.env["jxc.season"]._profile(
            company,
            np.array([policy.product_id.id for policy in self]),
            np.array([policy.warehouse_id.id for policy in self]),
            today,
            WEEK * weeks - 1,
        )
        if changes is None:
            return None
        return 1.0 + changes.reshape(len(self), weeks, WEEK).mean(axis=2)
