from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from odoo import api, models
from odoo.tools import SQL

from ..engine.returns import MAX_CHAIN
from .jxc_among import between
from .jxc_demand_copy import copy_rows
from .jxc_demand_lists import copy_lists
from .jxc_demand_matrix import WEEK, DemandMatrix, pair_key
from .jxc_own_week import week_end, week_end_sql
from .jxc_rows import EPOCH

#: a day later than any
MOST_DAY = 2**31 - 1
_SERIES = {
    "location_id": "i4",
    "product_id": "i4",
    "warehouse_id": "i4",
    "begins": "i4",
    "first_day": "i4",
    "latest_day": "i4",
    "factor": "f8",
}
_LISTS = {"day": "i4", "lines": "i4", "quantity": "f8", "largest": "f8"}
_DAYS = {
    "location_id": "i4",
    "product_id": "i4",
    "day": "i4",
    "lines": "i4",
    "quantity": "f8",
    "largest": "f8",
}


class JxcDemandDay(models.Model):
    _inherit = "jxc.demand.day"

    @api.model
    def _read_weekly(
        self,
        company,
        first_product: int,
        last_product: int,
        last_day: date,
        weeks: int,
        *,
        own_weeks: bool = False,
        only: Sequence[int] | None = None,
    ) -> DemandMatrix:
        """Demand of a range of products, in all their places, by week.

        One statement, whatever the number of products. Series without any demand up to
        the last day are left out. Imports, adjustments, confirmed one-off demand and
        the history of replaced products are counted in.

        :param last_day: last day that counts, included
        :param weeks: number of columns
        :param own_weeks: weeks end on each product's own weekday up to ``last_day``
        :param only: of the range only these products
        """
        self.env.flush_all()
        sources = sources_of(company, first_product, last_product, only)
        end = SQL("%s::date", last_day)
        if own_weeks:
            end = week_end_sql(SQL("product_id"), last_day)
        start = SQL("(%s - %s)", end, weeks * WEEK - 1)
        rows, length, days = copy_lists(
            self.env.cr, _lists(sources, start, end), _SERIES, _LISTS
        )
        return _matrix(rows, length, days, last_day, weeks, own_weeks=own_weeks)

    @api.model
    def _read_days(
        self, company, first_product: int, last_product: int, first_day, last_day
    ) -> np.ndarray:
        """The days with demand of a range of products, both days included.

        Counted as by ``_read_weekly``; a product and day can have several rows.
        """
        self.env.flush_all()
        sources = sources_of(company, first_product, last_product)
        days = SQL("%s::date", first_day), SQL("%s::date", last_day)
        return copy_rows(self.env.cr, _days(sources, *days), _DAYS)

    @api.model
    def _read_total(
        self, company, first_product: int, last_product: int, first: date, last: date
    ) -> np.ndarray:
        """Demand between two days of a range of products, counted as ``_read_weekly``.

        :returns: location_id, product_id, quantity; one statement
        """
        self.env.flush_all()
        return copy_rows(
            self.env.cr,
            SQL(
                """SELECT location_id, product_id, sum(quantity)::float8
                     FROM (%s) AS day(location_id, product_id, day, lines, quantity,
                                      largest)
                    GROUP BY location_id, product_id""",
                _days(
                    sources_of(company, first_product, last_product),
                    SQL("%s::date", first),
                    SQL("%s::date", last),
                ),
            ),
            {"location_id": "i4", "product_id": "i4", "quantity": "f8"},
        )


def _matrix(
    rows: np.ndarray,
    length: np.ndarray,
    days: dict[str, np.ndarray],
    last_day: date,
    weeks: int,
    *,
    own_weeks: bool,
) -> DemandMatrix:
    """Several rows may be of one series.

    :param rows: as _SERIES
    :param length: number of days of each row
    :param days: as _LISTS, those of all rows after each other
    """
    pair = pair_key(rows["location_id"], rows["product_id"])
    begins = np.flatnonzero(rows["begins"])
    mine, first = np.unique(pair[begins], return_index=True)
    head = rows[begins[first]]
    ends = np.full(len(head), np.datetime64(last_day, "D"))
    if own_weeks:
        ends = week_end(head["product_id"], last_day)
    place = np.searchsorted(mine, pair)
    # A one-off where nothing was ever wanted has nothing to be taken off from.
    wanted = np.isin(pair, mine)
    series = np.repeat(np.where(wanted, place, -1), length)
    factor = np.repeat(rows["factor"].astype(float), length)
    if not wanted.all():
        kept = series >= 0
        series, factor = series[kept], factor[kept]
        days = {name: values[kept] for name, values in days.items()}
    count = len(head)
    back = ((ends - EPOCH).astype(np.int32)[series] - days["day"]) // WEEK
    cell = series * weeks + (weeks - 1 - back)

    def add_up(values) -> np.ndarray:
        sums = np.bincount(cell, values, minlength=count * weeks)
        return sums.reshape(count, weeks)

    def of_all(figure: str, best, start: int) -> np.ndarray:
        found = np.full(count, start, dtype=np.int64)
        best.at(found, place[begins], rows[figure][begins].astype(np.int64))
        return found

    largest = np.zeros(count)
    np.maximum.at(largest, series, days["largest"] * factor)
    return DemandMatrix(
        location_id=head["location_id"].astype(np.int32),
        product_id=head["product_id"].astype(np.int32),
        warehouse_id=head["warehouse_id"].astype(np.int32),
        quantity=add_up(days["quantity"] * factor).astype(np.float32),
        lines=add_up(days["lines"]).astype(np.int32),
        largest=largest,
        first_day=EPOCH + of_all("first_day", np.minimum, MOST_DAY),
        latest_day=EPOCH + of_all("latest_day", np.maximum, -MOST_DAY),
        last_day=ends,
    )


def sources_of(
    company, first_product: int, last_product: int, only: Sequence[int] | None = None
) -> SQL:
    """Definitions of ``series`` and ``extra``: what a range of products counts.

    A product counts its own demand and, times the factor, that of the products it
    replaces (``heir``). ``series`` has the arrays of stock moves, ``extra`` the single
    days of imports, adjustments and confirmed one-off demand, the last to be taken off.
    """
    return SQL(
        """RECURSIVE heir AS (
               SELECT product_id, predecessor_id, factor::float8 AS factor, 1 AS depth
                 FROM jxc_demand_heir
                WHERE active AND company_id = %(company)s AND %(chosen)s
                UNION ALL
               SELECT heir.product_id, older.predecessor_id,
                      heir.factor * older.factor, depth + 1
                 FROM heir
                 JOIN jxc_demand_heir older
                   ON older.product_id = heir.predecessor_id AND older.active
                  AND older.company_id = %(company)s
                WHERE depth < %(depth)s
           ), series AS (
               SELECT location_id, product_id, warehouse_id, 1::float8 AS factor, days,
                      lines, quantity, largest
                 FROM jxc_demand_series
                WHERE company_id = %(company)s AND %(chosen)s
                UNION ALL
               SELECT location_id, heir.product_id, warehouse_id, factor, days,
                      lines, quantity, largest
                 FROM heir
                 JOIN jxc_demand_series series
                   ON series.product_id = heir.predecessor_id
                  AND series.company_id = %(company)s
           ), own_extra AS (
               SELECT location_id, product_id, warehouse_id, day,
                      COALESCE(lines, 0) AS lines, quantity::float8 AS quantity,
                      COALESCE(largest, 0)::float8 AS largest, true AS begins
                 FROM jxc_demand_entry
                WHERE active AND company_id = %(company)s
                UNION ALL
               SELECT location_id, product_id, warehouse_id, day, 0,
                      -quantity::float8, 0, false
                 FROM jxc_demand_one_off
                WHERE state = 'confirmed' AND company_id = %(company)s
           ), extra AS (
               SELECT * FROM own_extra WHERE %(chosen)s
                UNION ALL
               SELECT location_id, heir.product_id, warehouse_id, day, lines,
                      quantity * factor, largest * factor, begins
                 FROM heir JOIN own_extra ON own_extra.product_id = predecessor_id
           )""",
        company=company.id,
        chosen=between(first_product, last_product, only),
        depth=MAX_CHAIN,
    )


def _lists(sources: SQL, first_day: SQL, last_day: SQL) -> SQL:
    """Rows as _SERIES with the days as _LISTS from ``first_day`` to ``last_day``; first
    and latest day are of all that was up to then."""
    return SQL(
        """WITH %(sources)s
           SELECT location_id, product_id, warehouse_id, 1 AS begins, days[1],
                  days[high], factor, days[low:high], lines[low:high],
                  quantity[low:high], largest[low:high]
             FROM (SELECT *, width_bucket(%(first)s - 1, days) + 1 AS low,
                          width_bucket(%(last)s, days) AS high
                     -- an array is fetched once, by this, not at each use
                     FROM (SELECT location_id, product_id, warehouse_id, factor,
                                  days || '{}' AS days, lines, quantity, largest
                             FROM series OFFSET 0) AS series
                   OFFSET 0) AS series
            WHERE high > 0
            UNION ALL
           SELECT location_id, product_id, warehouse_id, begins::int4, day, day, 1,
                  CASE WHEN counts THEN ARRAY[day] ELSE '{}' END,
                  CASE WHEN counts THEN ARRAY[lines] ELSE '{}' END,
                  CASE WHEN counts THEN ARRAY[quantity] ELSE '{}' END,
                  CASE WHEN counts THEN ARRAY[largest] ELSE '{}' END
             FROM (SELECT *, day >= %(first)s AS counts FROM extra) AS extra
            WHERE day <= %(last)s""",
        sources=sources,
        first=first_day,
        last=last_day,
    )


def _days(sources: SQL, first_day: SQL, last_day: SQL) -> SQL:
    """The days with demand from ``first_day`` to ``last_day``."""
    return SQL(
        """WITH %(sources)s
           SELECT location_id, product_id, demand.day, demand.lines,
                  demand.quantity * factor, demand.largest * factor
             FROM (SELECT *, width_bucket(%(first)s - 1, days) + 1 AS low,
                          width_bucket(%(last)s, days) AS high
                     FROM series) AS series
            CROSS JOIN LATERAL unnest(
                  days[low:high], lines[low:high], quantity[low:high],
                  largest[low:high]) AS demand(day, lines, quantity, largest)
            UNION ALL
           SELECT location_id, product_id, day, lines, quantity, largest
             FROM extra WHERE day BETWEEN %(first)s AND %(last)s""",
        sources=sources,
        first=first_day,
        last=last_day,
    )
