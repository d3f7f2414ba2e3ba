from __future__ import annotations

from contextlib import contextmanager
from datetime import date, timedelta
from time import monotonic

import numpy as np

from odoo import models
from odoo.tools import SQL

from ..engine import booking, classify, demand, textbook
from .jxc_among import Chosen, every
from .jxc_booking_lead import booking_lead
from .jxc_demand_matrix import pair_key

WEEK = 7
#: weeks of history that forecasts and replays look back on, more than classes need
HISTORY_WEEKS = 104
#: below this many weeks variability is not judged
MIN_WEEKS_XYZ = 26
#: decimals of quantities in explanations; their terms add up in these
DIGITS = 2


class Stopwatch:
    """Seconds and SQL statements per step."""

    def __init__(self, cr):
        self.cr = cr
        self.steps: dict[str, list] = {}

    @contextmanager
    def step(self, name: str):
        start, statements = monotonic(), self.cr.sql_log_count
        yield
        seconds, count = self.steps.get(name, (0.0, 0))
        self.steps[name] = [
            round(seconds + monotonic() - start, 3),
            count + self.cr.sql_log_count - statements,
        ]


def add_times(*parts: dict) -> dict:
    """Seconds and statements of all parts, by step."""
    total = {}
    for part in parts:
        for step, (seconds, statements) in part.items():
            before = total.get(step, (0.0, 0))
            total[step] = [round(before[0] + seconds, 3), before[1] + statements]
    return total


#: days of deliveries that tell how early demand is booked
BOOKING_DAYS = 56


def booking_days(today: date, part: int = 0, parts: int = 1) -> tuple[date, date]:
    """First and last of the days whose deliveries tell it, or of a part of them."""
    first = today - timedelta(days=BOOKING_DAYS)
    start, stop = (BOOKING_DAYS * at // parts for at in (part, part + 1))
    return first + timedelta(days=start), first + timedelta(days=stop - 1)


MOST_ID = 2**31 - 1
#: Python's number of the day from which numpy counts
UNIX_DAY = date(1970, 1, 1).toordinal()
BOOKING_LEADS = (1, 2, 3, 4, 5, 6, 7, 10, 14, 21, 30, 45, 60, 90, 120, 180, 365)


class JxcPlanner(models.AbstractModel):
    """From history to policies: read, settle what all share, plan, publish.

    Each step takes plain arrays and returns plain arrays; a shard is a range of
    products of one company, and its payload a dict of arrays of equal length. This
    file reads and measures; ``jxc_planner_classify`` compares articles with each other,
    ``jxc_planner_target`` settles the target, ``jxc_planner_levels`` plans,
    ``jxc_planner_publish`` publishes.
    """

    _name = "jxc.planner"
    _description = "Stock Planner"

    def _products(self, company) -> SQL:
        """Ids of the products with history, policies or rules, as ``product_id``."""
        return SQL(
            """SELECT product_id FROM jxc_demand_series
                WHERE company_id = %(company)s
                UNION
               SELECT product_id FROM jxc_demand_entry
                WHERE company_id = %(company)s AND active
                UNION
               SELECT product_id FROM jxc_demand_heir
                WHERE active
                UNION
               SELECT product_id FROM jxc_policy WHERE company_id = %(company)s
                UNION
               SELECT product_id FROM stock_warehouse_orderpoint
                WHERE company_id = %(company)s""",
            company=company.id,
        )

    def _product_ranges(self, company, size: int) -> list[tuple[int, int]]:
        """Ranges of product ids with history, policies or rules, ``size`` each."""
        rows = self.env.execute_query(SQL("%s ORDER BY 1", self._products(company)))
        ids = [product_id for (product_id,) in rows]
        return [
            (ids[start], ids[min(start + size, len(ids)) - 1])
            for start in range(0, len(ids), size)
        ]

    def _read(
        self,
        company,
        first,
        last,
        today,
        watch: Stopwatch,
        *,
        own_weeks: bool = False,
        only: list[int] | None = None,
    ) -> dict:
        """Weekly demand, statistics and supply terms of a product range.

        :param own_weeks: weeks end on each product's own weekday, else yesterday
        :param only: of the range only these products
        """
        window = max(company.jxc_history_days // WEEK, 1)
        weeks = max(window, HISTORY_WEEKS)
        with watch.step("read demand"):
            # Today is not over: history ends yesterday.
            history = self.env["jxc.demand.day"]._read_weekly(
                company,
                first,
                last,
                today - timedelta(days=1),
                weeks,
                own_weeks=own_weeks,
                only=only,
            )
            extra = self.env["jxc.demand.event"]._history_extra(
                company, history, first, last, only
            )
            out = self.env["jxc.demand.day"]._read_stocked_out(
                company, first, last, history, only
            )
        with watch.step("read supply"):
            supply = self.env["jxc.supply"]._read(
                company, history.product_id, history.location_id
            )
        with watch.step("statistics"):
            # What events brought will not come again without one.
            quantity = history.quantity - extra
            start = weeks - history.weeks
            quantity, censored = demand.uncensored(quantity, out, start)
            recent = np.asarray(quantity[:, -window:], dtype=float)
            consumed = np.asarray(history.quantity[:, -window:], dtype=float)
            known_weeks = np.minimum(history.weeks, window)
            stats = textbook.weekly_statistics(recent, known_weeks, MIN_WEEKS_XYZ)
            pattern = classify.demand_pattern(recent, window - known_weeks)[2]
            whole = history.quantity == np.round(history.quantity)
            payload = {
                "demand": quantity,
                "start": start,
                "censored_share": censored,
                "product_id": history.product_id,
                "location_id": history.location_id,
                "warehouse_id": history.warehouse_id,
                "whole_units": whole.all(axis=1),
                # as it is stored: articles that are not read are compared by it
                "consumption_qty": np.round(
                    np.maximum(consumed.sum(axis=1), 0.0), DIGITS
                ),
                "consumption_lines": history.lines[:, -window:].sum(axis=1).astype(int),
                "pattern": pattern,
                "mean": stats.mean,
                "sd": stats.sd,
                "weeks": stats.weeks,
                # as Python counts days
                "weeks_until": history.last_day.astype(int) + UNIX_DAY,
                "relative_error": stats.relative_error,
                **{f"supply_{key}": value for key, value in vars(supply).items()},
            }
            for name, digits in (("unit_cost", 6), ("on_hand", DIGITS)):
                name = f"supply_{name}"
                payload[name] = np.round(payload[name], digits)
            keep = payload["supply_active"]
            return {key: value[keep] for key, value in payload.items()}

    def _read_booked(
        self, company, first: date, last: date, chosen: Chosen = every
    ) -> dict[str, np.ndarray]:
        """Deliveries of some days, for ``_measure_bookings``."""
        return self.env["jxc.demand.day"]._read_booked(
            company, first, last, BOOKING_LEADS, chosen
        )

    def _measure_bookings(
        self,
        company,
        payloads: list[dict],
        booked: list[dict],
        usual: booking.Pool | None = None,
    ) -> booking.Pool | None:
        """Days of demand that Odoo's forecast knows as booked deliveries [n].

        The forecast reaches as far as Odoo's own lead time and the horizon together.

        :param booked: deliveries of BOOKING_DAYS, at least those of the articles
        :param usual: what is usual in each place; None: to be found in all deliveries
        :returns: what is usual
        """
        if not payloads:
            return usual
        bookings = booking_lead(booked, BOOKING_LEADS)
        known = pair_key(bookings.location_id, bookings.product_id)
        if usual is None:
            usual = booking.pool(
                bookings.share, bookings.quantity, bookings.location_id
            )
        for payload in payloads:
            location = payload["location_id"]
            mine = pair_key(location, payload["product_id"])
            row = np.minimum(np.searchsorted(known, mine), max(len(known) - 1, 0))
            found = known[row] == mine if len(known) else np.zeros(len(mine), bool)
            share = np.zeros((len(mine), len(BOOKING_LEADS)))
            quantity = np.zeros(len(mine))
            share[found] = bookings.share[row[found]]
            quantity[found] = bookings.quantity[row[found]]
            days = booking.booked_days(
                BOOKING_LEADS,
                booking.drawn(share, quantity, location, usual),
                payload["supply_lead_days"] + company.horizon_days,
            )
            payload["booked_days"] = np.round(days, 4)
        return usual

    def _measure(self, company, payloads: list[dict], today) -> None:
        """Lead times as they are, and longer by the closed days ahead."""
        self._measure_vendors(company, payloads, today)
        self._lengthen(company, payloads, today)

    def _measure_vendors(self, company, payloads: list[dict], today) -> None:
        """Replace promised lead times by measured ones; all vendors are compared."""
        if not payloads:
            return
        lead_times = self.env["jxc.lead.time"]._read(
            company,
            *(
                np.concatenate([payload[key] for payload in payloads])
                for key in ("product_id", "supply_vendor_id", "supply_vendor_delay")
            ),
            today,
        )
        start = 0
        for payload in payloads:
            part = slice(start, start + len(payload["product_id"]))
            start = part.stop
            # The days that Odoo's rules add before and after the vendor's stay.
            lead_days = payload["supply_lead_days"] + (
                lead_times.mean[part] - payload["supply_vendor_delay"]
            )
            chosen = payload["supply_lead_set"]
            lead_days = np.where(np.isnan(chosen), lead_days, chosen)
            payload["lead_days_open"] = np.round(lead_days, 1)
            payload["lead_days_sd"] = np.round(lead_times.sd[part], 1)
            payload["lead_receipts"] = lead_times.receipts[part]
            payload["lead_vendor_receipts"] = lead_times.vendor_receipts[part]
            payload["lead_measured"] = lead_times.measured[part]

    def _lengthen(self, company, payloads: list[dict], today) -> None:
        """Add the days on which vendors will be closed."""
        for payload in payloads:
            closed = self.env["jxc.vendor.closure"]._lengthen(
                company,
                payload["supply_vendor_id"],
                payload["lead_days_open"],
                payload["supply_review_days"],
                today,
            )
            payload["lead_days"] = payload["lead_days_open"] + closed
            payload["lead_days_closed"] = closed

    def _warehouse_locations(self, company) -> list[int]:
        warehouses = self.env["stock.warehouse"].with_context(active_test=False)
        # sudo: a run sees all warehouses of its company, whoever starts it
        return (
            warehouses.sudo().search([("company_id", "=", company.id)]).lot_stock_id.ids
        )
