from __future__ import annotations

from datetime import date

import numpy as np

from odoo import models

from ..engine import season, textbook
from .jxc_planner import MIN_WEEKS_XYZ, WEEK
from .jxc_planner_levels import cleaned_demand
from .jxc_season import CYCLE

#: decimals of a stored index
DIGITS = 4


class JxcPlanner(models.AbstractModel):
    """The season: found in the sample, taken out of demand, put into levels."""

    _inherit = "jxc.planner"

    def _find_season(self, company, sample: dict) -> dict | None:
        """Indices of the categories that have a season, as plain data for JSON.

        From articles that have been sold for two whole years.
        """
        old = sample["demand"].shape[1] - sample["start"] >= 2 * CYCLE
        if not old.any():
            return None
        categories, group = np.unique(
            sample["supply_categ_id"][old], return_inverse=True
        )
        demand = cleaned_demand(sample)[old]
        indices = np.round(season.indices(demand, group, CYCLE), DIGITS)
        found = {
            str(category): index.tolist()
            for category, index in zip(categories.tolist(), indices, strict=True)
            if category and (index != 1.0).any()
        }
        today = self.env["jxc.demand.day"]._today(company)
        return {"first_day": str(today), "index": found} if found else None

    def _without_season(self, company, payload: dict, found: dict | None) -> dict:
        """The payload with demand, mean and deviation as they are without a season.

        ``season`` [n] tells how the demand of the protection interval compares with
        that of an average time; 1 where there is no season.
        """
        count, weeks = payload["demand"].shape
        if not found or not count:
            return {**payload, "season": np.ones(count)}
        index = self._index_of(payload, found)
        demand = season.remove(payload["demand"], index, -weeks % CYCLE)
        demand = demand.astype(payload["demand"].dtype)
        window = max(company.jxc_history_days // WEEK, 1)
        stats = textbook.weekly_statistics(
            demand[:, -window:].astype(float), payload["weeks"], MIN_WEEKS_XYZ
        )
        interval = payload["lead_days"] + payload["supply_review_days"]
        return {
            **payload,
            "demand": demand,
            "mean": stats.mean,
            "sd": stats.sd,
            "relative_error": stats.relative_error,
            "season": season.ahead(index, 0, np.maximum(interval / WEEK, 1.0)),
        }

    def _index_of(self, payload: dict, found: dict) -> np.ndarray:
        """Index of each article's category, beginning with the week after its last one
        [n, 52]."""
        categories, place = np.unique(payload["supply_categ_id"], return_inverse=True)
        average = [1.0] * CYCLE
        index = np.array(
            [found["index"].get(str(category), average) for category in categories]
        )
        first = date.fromisoformat(found["first_day"]).toordinal()
        # to the nearest week: weeks end on all weekdays
        passed = (payload["weeks_until"] + 1 - first + WEEK // 2) // WEEK
        week = (passed[:, None] + np.arange(CYCLE)) % CYCLE
        return index[place[:, None], week]
