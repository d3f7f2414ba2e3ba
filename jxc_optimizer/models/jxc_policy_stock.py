"""The stock that policies show, which moves without them."""

from __future__ import annotations

import numpy as np

from odoo import api, models
from odoo.tools import SQL

from . import jxc_bulk
from .jxc_demand_copy import copy_rows
from .jxc_demand_scope import own_goods
from .jxc_planner import DIGITS
from .jxc_planner_levels import cover_days

COLUMNS = {"id": "int4", "on_hand": "numeric", "cover_days": "numeric"}


class JxcPolicy(models.Model):
    _inherit = "jxc.policy"

    @api.model
    def _follow_stock(self, company) -> int:
        """Bring the stock of all policies up to date, and how long it lasts.

        As ``jxc.supply._read_on_hand`` reads it for some products. Four statements.

        :returns: number of policies changed
        """
        self.env.flush_all()
        cr = self.env.cr
        rows = copy_rows(
            cr,
            SQL(
                """WITH place AS (
                        SELECT scope.id AS scope, place.id
                          FROM stock_location scope
                     LEFT JOIN stock_warehouse warehouse
                            ON warehouse.lot_stock_id = scope.id
                          JOIN stock_location top
                            ON top.id = COALESCE(warehouse.view_location_id, scope.id)
                          JOIN stock_location place
                            ON place.parent_path LIKE top.parent_path || '%%'
                           AND place.usage = 'internal'
                         WHERE scope.id IN (SELECT DISTINCT location_id FROM jxc_policy
                                             WHERE company_id = %(company)s)
                   ), hand AS (
                        SELECT l.product_id, place.scope,
                               sum(l.quantity)::float8 AS quantity
                          FROM place JOIN stock_quant l ON l.location_id = place.id
                         WHERE %(own)s
                         GROUP BY l.product_id, place.scope
                   )
                   SELECT policy.id, COALESCE(quantity, 0)::float8,
                          COALESCE(on_hand, 0)::float8,
                          COALESCE(demand_per_day, 0)::float8
                     FROM jxc_policy policy
                LEFT JOIN hand ON hand.product_id = policy.product_id
                              AND hand.scope = policy.location_id
                    WHERE policy.company_id = %(company)s""",
                company=company.id,
                own=own_goods(company),
            ),
            {"id": "i4", "quantity": "f8", "on_hand": "f8", "per_day": "f8"},
        )
        on_hand = np.round(rows["quantity"].astype(float), DIGITS)
        moved = on_hand != rows["on_hand"]
        if not moved.any():
            return 0
        jxc_bulk.load(
            cr,
            "jxc_new_stock",
            COLUMNS,
            {
                "id": rows["id"][moved].astype(int),
                "on_hand": on_hand[moved],
                "cover_days": cover_days(
                    on_hand[moved], rows["per_day"][moved].astype(float)
                ),
            },
        )
        cr.execute(
            SQL(
                """UPDATE jxc_policy AS policy
                      SET on_hand = new.on_hand, cover_days = new.cover_days
                     FROM jxc_new_stock new WHERE new.id = policy.id"""
            )
        )
        cr.execute(
            SQL(
                """UPDATE stock_warehouse_orderpoint AS rule
                      SET jxc_cover_days = new.cover_days
                     FROM jxc_new_stock new
                     JOIN jxc_policy policy ON policy.id = new.id
                    WHERE rule.product_id = policy.product_id
                      AND rule.location_id = policy.location_id
                      AND rule.company_id = policy.company_id
                      AND rule.jxc_note IS NOT NULL AND rule.jxc_note != 'no_history'
                      AND rule.jxc_cover_days IS DISTINCT FROM new.cover_days"""
            )
        )
        self.invalidate_model(["on_hand", "cover_days"])
        self.env["stock.warehouse.orderpoint"].invalidate_model(["jxc_cover_days"])
        return len(on_hand[moved])
