"""Proposals of one-off demand: what stands out of an article's own history."""

from __future__ import annotations

from datetime import date

import numpy as np

from odoo import api, models
from odoo.tools import SQL

from ..engine.demand import propose_outliers
from . import jxc_bulk

#: weeks back that are looked through
WEEKS = 52
#: share of all that was sold in them from which a peak bends the forecast
LEAST_SHARE = 0.1
PEAK = {
    "location_id": "int4",
    "product_id": "int4",
    "last_day": "date",
    "quantity": "numeric",
    "usual": "numeric",
}


class JxcDemandOneOff(models.Model):
    _inherit = "jxc.demand.one.off"

    @api.model
    def _propose(self, company, payload: dict) -> int:
        """Propose the largest day of each week that stands out; two statements.

        Only what matters to the forecast: a tenth of all that was sold, or more.

        Weeks in which anything was proposed or decided before are left alone, so that
        nobody has to say the same twice.

        :param payload: what the planner read of a range of products
        :returns: number of new proposals
        """
        demand = np.maximum(np.asarray(payload["demand"][:, -WEEKS:], dtype=float), 0)
        over = np.round(propose_outliers(demand), 2)
        whole = np.nan_to_num(demand).sum(axis=1, keepdims=True)
        row, week = np.nonzero(over > LEAST_SHARE * whole)
        if not len(row):
            return 0
        sold = np.where(demand > 0, demand, np.nan)[row]
        back = demand.shape[1] - 1 - week
        ends = payload["weeks_until"][row] - 7 * back
        jxc_bulk.load(
            self.env.cr,
            "jxc_new_peak",
            PEAK,
            {
                "location_id": payload["location_id"][row],
                "product_id": payload["product_id"][row],
                "last_day": [date.fromordinal(day) for day in ends.tolist()],
                "quantity": over[row, week],
                "usual": np.round(np.nanmedian(sold, axis=1), 2),
            },
        )
        return self._write_proposals(company)

    def _write_proposals(self, company) -> int:
        cr = self.env.cr
        self.flush_model()
        cr.execute(
            SQL(
                """INSERT INTO jxc_demand_one_off
                          (company_id, warehouse_id, location_id, product_id, day,
                           quantity, usual_qty, state, create_uid, write_uid,
                           create_date, write_date)
                   SELECT DISTINCT ON (peak.location_id, peak.product_id, peak.last_day)
                          %(company)s, place.warehouse_id, peak.location_id,
                          peak.product_id, demand.day,
                          least(peak.quantity, demand.quantity), peak.usual,
                          'proposed', %(user)s, %(user)s, %(now)s, %(now)s
                     FROM jxc_new_peak peak
                     JOIN stock_location place ON place.id = peak.location_id
                     JOIN (SELECT location_id, product_id, day,
                                  sum(quantity) AS quantity
                             FROM jxc_demand_day
                            WHERE company_id = %(company)s AND product_id = ANY (
                                  ARRAY(SELECT DISTINCT product_id FROM jxc_new_peak))
                            GROUP BY location_id, product_id, day) AS demand
                       ON demand.location_id = peak.location_id
                      AND demand.product_id = peak.product_id
                      AND demand.day BETWEEN peak.last_day - 6 AND peak.last_day
                    WHERE demand.quantity > 0 AND NOT EXISTS (
                          SELECT FROM jxc_demand_one_off known
                           WHERE known.location_id = peak.location_id
                             AND known.product_id = peak.product_id
                             AND known.day BETWEEN peak.last_day - 6 AND peak.last_day)
                    ORDER BY peak.location_id, peak.product_id, peak.last_day,
                             demand.quantity DESC, demand.day
                       ON CONFLICT DO NOTHING""",
                company=company.id,
                user=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        self.invalidate_model()
        return cr.rowcount
