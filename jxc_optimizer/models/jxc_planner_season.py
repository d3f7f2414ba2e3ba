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

    def _find_season(
        self, company, sample: dict, before: dict | None = None
    ) -> dict | None:
        """Indices of the categories that have a season, as plain data for JSON.

        From articles that have been sold for two whole years.

        :param before: what was found before, which stays where nothing else is closer
        :returns: category id -> ``first_day``, and ``index`` from that day on
        """
        old = sample["demand"].shape[1] - sample["start"] >= 2 * CYCLE
        if not old.any():
            return None
        categories, group = np.unique(
            sample["supply_categ_id"][old], return_inverse=True
        )
        demand = cleaned_demand(sample)[old]
        today = self.env["jxc.demand.day"]._today(company)
        known = _index_from(before, categories, today.toordinal())
        indices = np.round(season.indices(demand, group, CYCLE, known), DIGITS)
        result = {}
        for name, index, was in zip(map(str, categories), indices, known, strict=True):
            if before and name in before and (index == was).all():
                result[name] = before[name]
            elif name != "0" and (index != 1.0).any():
                result[name] = {"first_day": str(today), "index": index.tolist()}
        return result or None

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
        return _index_from(
            found, payload["supply_categ_id"], payload["weeks_until"] + 1
        )


def _index_from(found: dict | None, categ_id, day) -> np.ndarray:
    """Index of categories [n], each beginning with a day, as Python counts [n, 52].

    To the nearest week: weeks end on all weekdays.
    """
    categories, place = np.unique(categ_id, return_inverse=True)
    average = {"first_day": str(date.min), "index": [1.0] * CYCLE}
    seasons = [(found or {}).get(str(category), average) for category in categories]
    index = np.array([each["index"] for each in seasons])
    first = [date.fromisoformat(each["first_day"]).toordinal() for each in seasons]
    passed = (day - np.array(first)[place] + WEEK // 2) // WEEK
    week = (passed[:, None] + np.arange(CYCLE)) % CYCLE
    return index[place[:, None], week]
