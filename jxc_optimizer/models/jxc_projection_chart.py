from __future__ import annotations

from datetime import timedelta

import numpy as np

from odoo import models
from odoo.tools import SQL

from ..engine import horizon, projection
from . import jxc_projection_read as read
from .jxc_demand_matrix import WEEK
from .jxc_projection import _articles, _by_day

#: what a chart shows before and after today
WEEKS_BEHIND = 26
WEEKS_AHEAD = 13
#: share of the weeks whose demand lies within the band of the forecast
COVERAGE = 0.8


class JxcProjection(models.AbstractModel):
    _inherit = "jxc.projection"

    def _chart(self, rule) -> dict | None:
        """Demand and stock of a rule's product by week, before and after today.

        The stock of a week is what is expected at its end if nothing more is ordered.

        :returns: None for an archived rule; else ``weeks``, a list of dictionaries,
            and the levels that count
        """
        self.env.flush_all()
        company = rule.company_id
        today = self.env["jxc.demand.day"]._today(company)
        scope = read.scope_of(read.rules_in(company, SQL("rule.id = %s", rule.id)))
        rows = read.rules(company, scope)
        if not len(rows):
            return None
        articles = _articles(rows)
        incoming, booked = _by_day(read.flows(company, today, scope), 0, 1)
        changes = self.env["jxc.season"]._profile(
            company,
            rows["product_id"],
            rows["warehouse_id"],
            today,
            projection.DAYS,
        )
        stock = projection.stock_by_day(articles, incoming, booked, changes)[0]
        ahead = _forecast(articles, changes)
        suggested = rule.jxc_note == "suggested"
        return {
            "weeks": self._weeks_behind(rule, today)
            + self._weeks_ahead(today, stock, incoming[0], ahead),
            "minimum": rule.jxc_suggested_min if suggested else rule.product_min_qty,
            "maximum": rule.jxc_suggested_max if suggested else rule.product_max_qty,
            "suggested": suggested,
            "unit": rule.product_uom_name,
        }

    def _weeks_behind(self, rule, today) -> list[dict]:
        """Demand of the weeks before today, from the first one with demand on."""
        found = dict(
            self.env.execute_query(
                SQL(
                    """SELECT (%(today)s::date - 1 - day) / %(week)s AS back,
                              sum(quantity)::float8
                         FROM jxc_demand_day
                        WHERE product_id = %(product)s AND location_id = %(place)s
                          AND day >= %(first)s AND day < %(today)s
                        GROUP BY back""",
                    today=today,
                    week=WEEK,
                    product=rule.product_id.id,
                    place=rule.location_id.id,
                    first=today - timedelta(days=WEEK * WEEKS_BEHIND),
                )
            )
        )
        return [
            {
                "day": str(today - timedelta(days=WEEK * (back + 1))),
                "demand": found.get(back, 0.0),
            }
            for back in range(max(found, default=-1), -1, -1)
        ]

    def _weeks_ahead(self, today, stock, incoming, ahead) -> list[dict]:
        weeks = []
        for week in range(WEEKS_AHEAD):
            days = slice(WEEK * week, WEEK * (week + 1))
            weeks.append(
                {
                    "day": str(today + timedelta(days=WEEK * week)),
                    "stock": round(float(stock[days][-1]), 2),
                    "received": round(float(np.sum(incoming[days])), 2),
                    "forecast": round(float(ahead.mean[0, week]), 2),
                    "low": round(float(ahead.low[0, week]), 2),
                    "high": round(float(ahead.high[0, week]), 2),
                }
            )
        return weeks


def _forecast(articles, changes) -> horizon.Horizon:
    """Expected demand of the coming weeks and its band, with season and events."""
    season = None
    if changes is not None:
        days = 1.0 + changes[:, : WEEK * WEEKS_AHEAD]
        season = days.reshape(len(days), WEEKS_AHEAD, WEEK).mean(axis=2)
    return horizon.horizon(
        articles.per_day * WEEK,
        articles.sd * np.sqrt(WEEK),
        WEEKS_AHEAD,
        COVERAGE,
        season,
    )
