from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from odoo import api, models
from odoo.tools import SQL

from . import jxc_demand_sql as definition
from .jxc_among import between
from .jxc_demand_copy import copy_rows
from .jxc_demand_scope import (
    create_places,
    local_day,
    own_goods,
    start_of,
    timezone,
)


@dataclass(frozen=True)
class BookingLead:
    """How long before it left demand was known, of n series and k leads."""

    location_id: np.ndarray  #: [n] int32, ordered by location and product
    product_id: np.ndarray  #: [n] int32
    quantity: np.ndarray  #: [n] float64, what left, returns not taken off
    leads: np.ndarray  #: [k] int, days
    share: np.ndarray  #: [n, k] float64, of the quantity, known at least so long before


class JxcDemandDay(models.Model):
    _inherit = "jxc.demand.day"

    @api.model
    def _read_booking(
        self,
        company,
        first_product: int,
        last_product: int,
        first_day: date,
        last_day: date,
        leads: Sequence[int],
        only: Sequence[int] | None = None,
    ) -> BookingLead:
        """Measure the booking lead on what left from ``first_day`` to ``last_day``.

        The lead of a delivery is the days from the creation of its move to the day it
        left, at least 0 (history entered later says nothing of bookings). A backorder
        counts from the day it was split off. A constant number of statements; costs in
        proportion to the moves of these days, which Odoo's index on their date finds.
        """
        self.env.flush_all()
        create_places(company)
        tz = timezone(company)
        line_day = local_day(SQL("l.date"), tz)
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
            line_day=line_day,
            move_day=local_day(SQL("move.create_date"), tz),
            start=start_of(SQL("%s::date", first_day), tz),
            stop=start_of(SQL("%s::date", last_day + timedelta(1)), tz),
            company=company.id,
            chosen=between(first_product, last_product, only, SQL("move.product_id")),
            own=own_goods(company),
        )
        columns = {"location_id": "i4", "product_id": "i4", "quantity": "f8"}
        parts = []
        for index, lead in enumerate(leads):
            columns[f"lead_{index}"] = "f8"
            parts.append(
                SQL(
                    """, COALESCE(sum(quantity)
                         FILTER (WHERE greatest(day, 0) >= %s), 0)::float8""",
                    int(lead),
                )
            )
        rows = copy_rows(
            self.env.cr,
            SQL(
                """SELECT location_id, product_id, sum(quantity)::float8 %s
                     FROM (%s) AS leaving
                    GROUP BY location_id, product_id
                   HAVING sum(quantity) > 0
                    ORDER BY location_id, product_id""",
                SQL("").join(parts),
                definition.outgoing(lines),
            ),
            columns,
        )
        quantity = rows["quantity"].astype(float)
        booked = [rows[f"lead_{index}"] / quantity for index in range(len(leads))]
        return BookingLead(
            location_id=rows["location_id"].astype(np.int32),
            product_id=rows["product_id"].astype(np.int32),
            quantity=quantity,
            leads=np.asarray(leads, dtype=int),
            share=np.array(booked, dtype=float).T.reshape(len(rows), len(leads)),
        )
