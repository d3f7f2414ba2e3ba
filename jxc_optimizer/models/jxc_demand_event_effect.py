"""What events do to demand: ahead to the levels, behind to the history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from odoo import api, models
from odoo.tools import SQL

from .jxc_among import between
from .jxc_demand_copy import copy_rows
from .jxc_rows import EPOCH

#: days before an event that tell the usual demand
USUAL_DAYS = 56
#: an event is measured again so long after its end, while returns come in
MEASURE_DAYS = 14
#: a measured change is believed between these
LEAST_CHANGE, MOST_CHANGE = -0.95, 50.0


@dataclass(frozen=True)
class Event:
    """An event as the computation needs it; days as numbers since the epoch."""

    first: int
    last: int
    change: float  # of the demand, as a share
    warehouse_id: int  # 0 = all
    products: np.ndarray | None  # None = all
    comes_again: bool = False  # an adjustment: the history is to learn it

    def affects(self, product_ids: np.ndarray, warehouse_ids: np.ndarray) -> np.ndarray:
        """Which of the product × warehouse pairs take part, bool [n]."""
        mine = np.ones(len(product_ids), bool)
        if self.warehouse_id:
            mine &= warehouse_ids == self.warehouse_id
        if self.products is not None:
            mine &= np.isin(product_ids, self.products)
        return mine


class JxcDemandEvent(models.Model):
    _inherit = "jxc.demand.event"

    @api.model
    def _events(self, company, first: date, last: date) -> list[Event]:
        """The company's events that touch a span of days; three statements at most.

        A measured change goes before the one that was expected.
        """
        # sudo: runs count what was planned, whoever starts them
        events = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("date_from", "<=", last),
                ("date_to", ">=", first),
            ]
        )
        return events._as_effects()

    def _as_effects(self) -> list[Event]:
        """The events as the computation needs them, in their order."""
        products = self._products_of(self)
        return [
            Event(
                first=_number(event.date_from),
                last=_number(event.date_to),
                change=event.measured_change
                if event.is_measured
                else event.expected_change,
                warehouse_id=event.warehouse_id.id or 0,
                products=None if event.scope == "all" else products[event.id],
                comes_again=event.kind == "adjustment",
            )
            for event in self
        ]

    def _products_of(self, events) -> dict[int, np.ndarray]:
        """Product ids of the events that do not concern all articles."""
        some = events.filtered(lambda event: event.scope != "all")
        if not some:
            return {}
        some.flush_recordset()
        rows = self.env.execute_query(
            SQL(
                """SELECT event.id, array_agg(product.id)
                     FROM jxc_demand_event event
                     JOIN product_category top ON top.id = event.categ_id
                     JOIN product_category category
                       ON category.parent_path LIKE top.parent_path || '%%'
                     JOIN product_template template
                       ON template.categ_id = category.id
                     JOIN product_product product
                       ON product.product_tmpl_id = template.id
                    WHERE event.scope = 'category' AND event.id = ANY(%(ids)s)
                    GROUP BY event.id
                    UNION ALL
                   SELECT jxc_demand_event_id, array_agg(product_product_id)
                     FROM jxc_demand_event_product_product_rel
                     JOIN jxc_demand_event event
                       ON event.id = jxc_demand_event_id AND event.scope = 'products'
                    WHERE event.id = ANY(%(ids)s)
                    GROUP BY jxc_demand_event_id""",
                ids=some.ids,
            )
        )
        found = {event: np.array(ids) for event, ids in rows}
        return {event.id: found.get(event.id, np.empty(0, int)) for event in some}

    # -- ahead ---------------------------------------------------------------------

    @api.model
    def _extra_days(self, company, product_ids, warehouse_ids, today, days):
        """What events add until ``days`` from today, as days of usual demand [n].

        Three days that sell half as much again are one and a half days more.

        :param days: [n], may be fractional
        """
        extra = np.zeros(len(product_ids))
        if not len(product_ids):
            return extra
        last = today + timedelta(days=int(np.ceil(days.max())))
        start = _number(today)
        for event in self._events(company, today, last):
            begin = max(event.first - start, 0)
            overlap = np.clip(np.minimum(event.last + 1 - start, days) - begin, 0, None)
            mine = event.affects(product_ids, warehouse_ids)
            extra += np.where(mine, overlap * event.change, 0.0)
        return np.maximum(extra, -days)

    @api.model
    def _extra_profile(self, company, product_ids, warehouse_ids, today, days: int):
        """Change of the demand of each of the next days as a share [n, days + 1].

        None where no event touches them. Day 0 is today.
        """
        events = self._events(company, today, today + timedelta(days=days))
        if not events:
            return None
        profile = np.zeros((len(product_ids), days + 1))
        start = _number(today)
        for event in events:
            mine = event.affects(product_ids, warehouse_ids)
            begin, end = max(event.first - start, 0), event.last + 1 - start
            profile[mine, begin:end] += event.change
        return np.maximum(profile, -1.0)

    # -- behind --------------------------------------------------------------------

    @api.model
    def _history_extra(
        self, company, history, first: int, last: int, only=None
    ) -> np.ndarray:
        """What past events brought more in each week [n, weeks]; negative: less.

        A day that sold x with a change of c would have sold x / (1 + c). A day on
        which next to nothing was sold tells nothing and stays as it is.

        :param history: the ``DemandMatrix`` of a range of products
        """
        weeks = history.quantity.shape[1]
        extra = np.zeros(history.quantity.shape, dtype=np.float32)
        if not len(history):
            return extra
        ends = (history.last_day - EPOCH).astype(int)
        start, end = int(ends.min()) - weeks * 7 + 1, int(ends.max())
        events = [
            event
            for event in self._events(company, _day(start), _day(end))
            if event.change > LEAST_CHANGE and event.change and not event.comes_again
        ]
        if not events:
            return extra
        days = np.unique(
            np.concatenate([np.arange(e.first, e.last + 1) for e in events])
        )
        rows = self._days_of(
            company, first, last, days[(days >= start) & (days <= end)], only
        )
        place = history.find(rows["location_id"], rows["product_id"])
        back = (ends[place] - rows["day"]) // 7
        counts = (place >= 0) & (back >= 0) & (back < weeks)
        rows, place, back = rows[counts], place[counts], back[counts]
        factor = np.ones(len(rows))
        for event in events:
            during = (rows["day"] >= event.first) & (rows["day"] <= event.last)
            affected = event.affects(rows["product_id"], history.warehouse_id[place])
            factor[during & affected] *= 1.0 + event.change
        brought = rows["quantity"] * (1.0 - 1.0 / factor)
        np.add.at(extra, (place, weeks - 1 - back), brought)
        return extra

    def _days_of(
        self, company, first: int, last: int, days: np.ndarray, only=None
    ) -> np.ndarray:
        """Demand of some days of a range of products."""
        return copy_rows(
            self.env.cr,
            SQL(
                """SELECT location_id, product_id, day - %s, sum(quantity)::float8
                     FROM jxc_demand_day
                    WHERE company_id = %s AND %s AND day = ANY(%s)
                    GROUP BY location_id, product_id, day""",
                EPOCH.item(),
                company.id,
                between(first, last, only),
                [_day(day) for day in days.tolist()],
            ),
            {"location_id": "i4", "product_id": "i4", "day": "i4", "quantity": "f8"},
        )

    @api.model
    def _measure(self, company, today: date) -> None:
        """Measure events that are over, against the eight weeks before them."""
        # sudo: a run measures, whoever starts it
        over = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("kind", "!=", "adjustment"),
                ("date_to", "<", today),
                "|",
                ("is_measured", "=", False),
                ("date_to", ">=", today - timedelta(days=MEASURE_DAYS)),
            ]
        )
        products = self._products_of(over)
        for event in over:
            usual_from = event.date_from - timedelta(days=USUAL_DAYS)
            [[during, before]] = self.env.execute_query(
                SQL(
                    """SELECT sum(worth) FILTER (WHERE day >= %(first)s)::float8,
                              sum(worth) FILTER (WHERE day < %(first)s)::float8
                         FROM (SELECT demand.day, demand.quantity
                                      * COALESCE(NULLIF(policy.unit_cost, 0), 1)
                                      AS worth
                                 FROM jxc_demand_day demand
                                 JOIN stock_warehouse warehouse
                                   ON warehouse.lot_stock_id = demand.location_id
                            LEFT JOIN jxc_policy policy USING (product_id, location_id)
                                WHERE demand.company_id = %(company)s
                                  AND demand.day BETWEEN %(usual)s AND %(last)s
                                  AND (%(place)s::int IS NULL
                                       OR warehouse.id = %(place)s)
                                  AND (%(all)s OR demand.product_id = ANY(%(ids)s))
                              ) AS demand""",
                    company=company.id,
                    first=event.date_from,
                    last=event.date_to,
                    usual=usual_from,
                    place=event.warehouse_id.id or None,
                    all=event.scope == "all",
                    ids=products.get(event.id, np.empty(0, int)).tolist(),
                )
            )
            if not before or before <= 0:
                continue
            days = (event.date_to - event.date_from).days + 1
            change = (max(during or 0.0, 0.0) / days) / (before / USUAL_DAYS) - 1.0
            change = round(min(max(change, -1.0), MOST_CHANGE), 4)
            if (event.is_measured, event.measured_change) != (True, change):
                event.write({"is_measured": True, "measured_change": change})


def _number(day: date) -> int:
    return int((np.datetime64(day, "D") - EPOCH).astype(int))


def _day(number: int) -> date:
    return (EPOCH + int(number)).item()
