from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from odoo import api, models
from odoo.tools import SQL

from . import jxc_demand_sql as definition
from .jxc_among import Chosen, every
from .jxc_demand_copy import copy_rows
from .jxc_demand_matrix import pair_key
from .jxc_demand_scope import (
    local_day,
    own_goods,
    start_of,
    timezone,
    with_places,
)

_LEFT = {"location_id": "i4", "product_id": "i4", "days": "i4", "quantity": "f8"}


class JxcDemandDay(models.Model):
    _inherit = "jxc.demand.day"

    @api.model
    def _read_booked(
        self,
        company,
        first_day: date,
        last_day: date,
        leads: Sequence[int],
        chosen: Chosen = every,
    ) -> dict[str, np.ndarray]:
        """What left from ``first_day`` to ``last_day``, how long before it was known.

        The lead of a delivery is the days from the creation of its move to the day it
        left, at least 0 (history entered later says nothing of bookings). A backorder
        counts from the day it was split off. A constant number of statements; costs in
        proportion to the moves of these days, which Odoo's index on their date finds.

        :param leads: ascending
        :param chosen: only some products
        :returns: pair (of location and product), reached (how many of the leads) and
            quantity, [m] each; for ``booking_lead``, with those of other days
        """
        self.env.flush_all()
        tz = timezone(company)
        lines = SQL(
            """SELECT l.move_id, l.product_id, l.location_id, l.location_dest_id,
                      l.quantity_product_uom::float8 AS quantity,
                      %(line_day)s - %(move_day)s AS day, 0 AS share, false AS back
                 FROM stock_move move
                 JOIN stock_move_line l ON l.move_id = move.id
                WHERE move.date >= %(start)s AND move.date < %(stop)s
                  AND move.state = 'done' AND move.company_id = %(company)s
                  AND move.origin_returned_move_id IS NULL
                  AND %(chosen)s AND %(own)s""",
            line_day=local_day(SQL("l.date"), tz),
            move_day=local_day(SQL("move.create_date"), tz),
            start=start_of(SQL("%s::date", first_day), tz),
            stop=start_of(SQL("%s::date", last_day + timedelta(1)), tz),
            company=company.id,
            chosen=chosen(SQL("move.product_id")),
            own=own_goods(company),
        )
        rows = copy_rows(
            self.env.cr,
            SQL(
                "WITH %s SELECT location_id, product_id, greatest(day, 0), quantity"
                " FROM (%s) AS leaving",
                with_places(company),
                definition.outgoing(lines),
            ),
            _LEFT,
        )
        reached = np.searchsorted(leads, rows["days"], side="right")
        pair, index = np.unique(
            pair_key(rows["location_id"], rows["product_id"]), return_inverse=True
        )
        steps = len(leads) + 1
        cell, place = np.unique(index * steps + reached, return_inverse=True)
        return {
            "pair": pair[cell // steps],
            "reached": cell % steps,
            "quantity": np.bincount(place, rows["quantity"], minlength=len(cell)),
        }
