"""Order lines so large that somebody should say whether they will come again."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from odoo import api, models
from odoo.tools import SQL

from ..engine.demand import propose_outliers
from .jxc_demand_copy import EPOCH, copy_rows

#: how far back the usual order lines are looked at
YEAR_DAYS = 365
#: what is older is not proposed any more; the first time everything is
RECENT_DAYS = 35
#: an order line must be so many times the average one before it is looked at closely
CLEARLY = 2.0


class JxcDemandOneOff(models.Model):
    _inherit = "jxc.demand.one.off"

    @api.model
    def _propose(self, company, today: date) -> int:
        """Propose the part of unusually large order lines above the usual.

        By ``propose_outliers`` on the largest order line of each day with demand within
        a year. A day that is marked already, whatever was decided, is left alone. Three
        statements, whatever the number of articles.

        :returns: number of proposals
        """
        # sudo: a run proposes, whoever starts it
        marks = self.sudo().search_count([("company_id", "=", company.id)], limit=1)
        self.env.flush_all()
        since = today - timedelta(days=RECENT_DAYS if marks else YEAR_DAYS)
        rows = copy_rows(
            self.env.cr,
            _unusual(company, today - timedelta(days=YEAR_DAYS), since),
            {"location_id": "i4", "product_id": "i4", "day": "i4", "largest": "f8"},
        )
        if not len(rows):
            return 0
        pairs = rows["location_id"].astype(np.int64) << 32 | rows["product_id"]
        _pair, series = np.unique(pairs, return_inverse=True)
        place = np.arange(len(rows)) - np.searchsorted(series, series)
        sizes = np.full((series[-1] + 1, place.max() + 1), np.nan)
        sizes[series, place] = rows["largest"]
        over = propose_outliers(sizes)[series, place]
        recent = rows["day"] >= (np.datetime64(since) - EPOCH).astype(int)
        found = np.flatnonzero((over > 0) & recent)
        self.env.cr.execute(
            SQL(
                """INSERT INTO jxc_demand_one_off
                          (company_id, warehouse_id, location_id, product_id, day,
                           quantity, state, create_uid, write_uid, create_date,
                           write_date)
                   SELECT %(company)s, place.warehouse_id, location_id, product_id,
                          %(epoch)s + day, quantity, 'proposed', %(user)s, %(user)s,
                          now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                     FROM unnest(%(locations)s, %(products)s, %(days)s,
                                 %(quantities)s::numeric[])
                          AS new(location_id, product_id, day, quantity)
                     JOIN stock_location place ON place.id = location_id
                    WHERE place.warehouse_id IS NOT NULL
                       ON CONFLICT (location_id, product_id, day) DO NOTHING""",
                company=company.id,
                user=self.env.uid,
                epoch=EPOCH.item(),
                locations=rows["location_id"][found].tolist(),
                products=rows["product_id"][found].tolist(),
                days=rows["day"][found].tolist(),
                quantities=np.round(over[found], 4).tolist(),
            )
        )
        self.invalidate_model()
        return self.env.cr.rowcount


def _unusual(company, first: date, since: date) -> SQL:
    """Largest order lines by day of the series with a very large one lately."""
    return SQL(
        """SELECT location_id, product_id, day, largest
             FROM (SELECT location_id, product_id, demand.day, demand.largest,
                          max(demand.largest) FILTER (WHERE demand.day >= %(since)s)
                              OVER series AS recent,
                          avg(demand.largest) OVER series AS usual
                     FROM jxc_demand_series
                    CROSS JOIN LATERAL unnest(
                          days[width_bucket(%(first)s::date - 1, days) + 1:],
                          largest[width_bucket(%(first)s::date - 1, days) + 1:]
                          ) AS demand(day, largest)
                    WHERE company_id = %(company)s AND demand.largest > 0
                      AND days[array_upper(days, 1)] >= %(since)s
                   WINDOW series AS (PARTITION BY location_id, product_id)) AS line
            WHERE recent > %(clearly)s * usual
            ORDER BY location_id, product_id, day""",
        company=company.id,
        first=first,
        since=since,
        clearly=CLEARLY,
    )
