"""Days without stock, as they were rebuilt from the moves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from odoo import api, models
from odoo.tools import SQL

from .jxc_among import between
from .jxc_demand_copy import copy_rows
from .jxc_demand_matrix import WEEK, DemandMatrix
from .jxc_own_week import week_end_sql
from .jxc_rows import EPOCH

#: an article that is out of stock for longer, and still is, is hardly waited for
MOST_DAYS = 91


class JxcDemandDay(models.Model):
    _inherit = "jxc.demand.day"

    @api.model
    def _read_stocked_out(
        self,
        company,
        first_product: int,
        last_product: int,
        history: DemandMatrix,
        only: Sequence[int] | None = None,
    ) -> np.ndarray:
        """Share of the days of each week on which there was no stock [n, w], 0..1.

        One statement. All 0 where the stock, rebuilt from the moves, was below zero in
        these weeks: some move is missing, or has a wrong date. Of a time that is not
        over only the first ``MOST_DAYS`` count.

        :param history: the demand of the same range of products
        """
        weeks = history.quantity.shape[1]
        if not len(history):
            return np.zeros(history.quantity.shape, dtype=np.float32)
        latest = history.last_day.max()
        end = SQL("%s::date", latest.item())
        if (history.last_day != latest).any():
            end = week_end_sql(SQL("product_id"), latest.item())
        self.env.flush_all()
        rows = copy_rows(
            self.env.cr,
            stocked_out(
                company, between(first_product, last_product, only), end, weeks
            ),
            {"location_id": "i4", "product_id": "i4", "first": "i4", "last": "i4"},
        )
        place = history.find(rows["location_id"], rows["product_id"])
        rows, place = rows[place >= 0], place[place >= 0]
        first_day = (history.last_day - EPOCH).astype(int) - WEEK * weeks + 1
        start = first_day[place]
        some, row = np.unique(place, return_inverse=True)
        # +1 where a time begins, -1 after its end: the sum is 1 in between.
        turns = np.zeros((len(some), WEEK * weeks + 1), dtype=np.int8)
        turns[row, rows["first"] - start] += 1
        turns[row, rows["last"] + 1 - start] -= 1
        out = np.cumsum(turns[:, :-1], axis=1, dtype=np.int8)
        share = np.zeros(history.quantity.shape, dtype=np.float32)
        share[some] = out.reshape(len(some), weeks, WEEK).sum(axis=2) / WEEK
        return share


def stocked_out(company, chosen: SQL, last: SQL, weeks: int) -> SQL:
    """Times without stock in the weeks up to ``last``, of series whose stock is right.

    :param chosen: condition on ``product_id``
    :param last: a day, may depend on ``product_id``
    :returns: location_id, product_id, first and last day within the weeks
    """
    return SQL(
        """SELECT location_id, product_id, greatest(time.first, span.first),
                  CASE WHEN time.last >= span.last
                       THEN least(time.first + %(most)s, span.last) ELSE time.last END
             FROM jxc_demand_series
            CROSS JOIN LATERAL (SELECT %(last)s - %(before)s, %(last)s
                               ) AS span(first, last)
            CROSS JOIN LATERAL unnest(out_from, out_until) AS time(first, last)
            WHERE company_id = %(company)s AND %(chosen)s
              AND COALESCE(negative_until, '-infinity') < span.first
              AND time.last >= span.first AND time.first <= span.last
              AND (time.last < span.last OR time.first + %(most)s >= span.first)""",
        company=company.id,
        chosen=chosen,
        last=last,
        before=weeks * WEEK - 1,
        most=MOST_DAYS - 1,
    )
