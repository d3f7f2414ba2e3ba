"""What will be sold: forecasts of a range of products, as suggestions use them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from odoo import api, models

from ..engine import demand, estimate, forecast, season, textbook
from .jxc_demand_matrix import DemandMatrix
from .jxc_planner import HISTORY_WEEKS, MIN_WEEKS_XYZ, WEEK


@dataclass(frozen=True)
class Outlook:
    """History and forecast of n series; a week is seven days."""

    history: DemandMatrix
    usual: np.ndarray  # [n, w] history without what events brought
    out: np.ndarray  # [n, w] share of the days without stock
    season: np.ndarray | None  # [n, 52] weeks from now on, relative to an average one
    rate: np.ndarray  # [n] expected demand of an ordinary week
    sd: np.ndarray  # [n] standard deviation of a week around it
    before: np.ndarray  # [n, w] what each week was expected to be, the week before

    def expected(self, days: int) -> np.ndarray:
        """Demand of the next ``days`` days [n], a week at least, without events."""
        share = 1.0
        if self.season is not None:
            share = season.ahead(self.season, 0, days / WEEK)
        return self.rate / WEEK * days * share


class JxcDemandOutlook(models.AbstractModel):
    _name = "jxc.demand.outlook"
    _description = "Demand Outlook"

    @api.model
    def _read(self, company, first: int, last: int, last_day: date) -> Outlook:
        """The outlook of a range of products as it was after ``last_day``.

        What all articles share (the models of the last run) is taken as it is today; a
        fixed number of statements.
        """
        window = max(company.jxc_history_days // WEEK, 1)
        weeks = max(window, HISTORY_WEEKS)
        days, events = self.env["jxc.demand.day"], self.env["jxc.demand.event"]
        history = days._read_weekly(company, first, last, last_day, weeks)
        usual = history.quantity - events._history_extra(company, history, first, last)
        start = weeks - history.weeks
        out = days._read_stocked_out(company, first, last, history)
        plain, _share = demand.uncensored(usual, out, start)
        index = self.env["jxc.season"]._index(
            company, history.product_id, last_day + timedelta(days=1)
        )
        if index is not None:
            plain = season.remove(plain, index, -weeks % index.shape[1])
        states = forecast.states(demand.clean(plain, first_period=start).demand)
        rate, sd = self._rate(company, plain, history, states, window)
        before = np.hstack(
            [
                np.full((len(history), 1), np.nan),
                np.where(states.age > 0, states.levels.mean(axis=0), np.nan)[:, :-1],
            ]
        )
        if index is not None:
            place = (np.arange(weeks) - weeks) % index.shape[1]
            before = before * index[:, place]
        return Outlook(history, usual, out, index, rate, sd, before)

    def _rate(self, company, usual, history, states, window: int):
        """Expected demand of a week and its deviation, as the last run saw it."""
        if not len(history):
            return np.zeros(0), np.zeros(0)
        target = self._target(company)
        if target.get("method") == "assortment":
            shared = estimate.Estimators.from_dict(target["parameters"]["estimators"])
            found = estimate.estimate(
                states, states.shape[1] - 1, np.ones(len(history)), shared
            )
            return found.rate, found.sigma
        stats = textbook.weekly_statistics(
            np.asarray(usual[:, -window:], dtype=float),
            np.minimum(history.weeks, window),
            MIN_WEEKS_XYZ,
        )
        return stats.mean * WEEK, stats.sd * np.sqrt(WEEK)

    def _target(self, company) -> dict:
        """What the last run settled for the whole assortment."""
        # sudo: forecasts are no secret of those who may read the log of runs
        run = (
            self.env["jxc.run"]
            .sudo()
            .search([("company_id", "=", company.id), ("state", "=", "done")], limit=1)
        )
        return run.target or {}

    @api.model
    def _week_starts(self, last_day: date, weeks: int) -> list[date]:
        """First days of the weeks of a history that ends on ``last_day``."""
        return [
            last_day - timedelta(days=WEEK * back + WEEK - 1)
            for back in range(weeks - 1, -1, -1)
        ]
