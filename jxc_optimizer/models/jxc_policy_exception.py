"""Which articles need somebody today, and what that is worth."""

from __future__ import annotations

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .jxc_demand_scope import own_goods

EXCEPTIONS = [
    ("out", "Out of Stock"),
    ("soon", "Soon out of Stock"),
    ("surplus", "Surplus Orders"),
    ("excess", "Excess"),
    ("unknown", "New or Unknown"),
]


class JxcPolicy(models.Model):
    _inherit = "jxc.policy"

    exception = fields.Selection(
        EXCEPTIONS,
        compute="_compute_exception",
        search="_search_exception",
        help="Out of stock: nothing on hand of what is wanted. Soon: stock and what "
        "arrives within the lead time do not last for the lead time. Surplus: open "
        "orders lift the stock above the order-up-to level. Excess: the stock on hand "
        "is above it. Unknown: too little history, or no cost. The first that is true.",
    )

    def _compute_exception(self):
        rows = self.env.execute_query(
            SQL(
                "SELECT id, exception FROM (%s) AS found WHERE id = ANY (%s)",
                self._exceptions(self.company_id),
                self.ids,
            )
        )
        found = dict(rows)
        for policy in self:
            policy.exception = found.get(policy.id)

    def _search_exception(self, operator, value):
        if operator != "in":
            return NotImplemented
        if False in value:
            raise UserError(
                self.env._("Articles without exception cannot be searched for.")
            )
        return Domain(
            "id",
            "in",
            SQL(
                "(SELECT id FROM (%s) AS found WHERE exception = ANY (%s))",
                self._exceptions(self.env.companies),
                list(value),
            ),
        )

    def _exceptions(self, companies) -> SQL:
        """Policies of warehouses with their exception: id, exception, value, on_hand.

        The value is in the company's currency, at cost: a week's demand where there is
        no stock, the demand that is not covered, the surplus ordered or kept, and what
        is on hand of unknown articles. Each article counts once.
        """
        self.env.flush_all()
        return SQL(" UNION ALL ").join(
            SQL("(%s)", _of_company(company)) for company in companies
        )


def _of_company(company) -> SQL:
    return SQL(
        """WITH hand AS (
                SELECT l.product_id, place.warehouse_id,
                       sum(l.quantity)::float8 AS quantity
                  FROM stock_quant l
                  JOIN stock_location place
                    ON place.id = l.location_id AND place.usage = 'internal'
                 WHERE l.company_id = %(company)s AND %(own)s
                 GROUP BY l.product_id, place.warehouse_id
           ), coming AS (
                SELECT move.product_id, target.warehouse_id, move.date::date AS day,
                       sum(move.product_qty)::float8 AS quantity
                  FROM stock_move move
                  JOIN stock_location target
                    ON target.id = move.location_dest_id AND target.usage = 'internal'
                  JOIN stock_location source ON source.id = move.location_id
                 WHERE move.company_id = %(company)s
                   AND move.state IN ('waiting', 'confirmed', 'partially_available',
                                      'assigned')
                   AND (source.usage != 'internal'
                        OR source.warehouse_id IS DISTINCT FROM target.warehouse_id)
                 GROUP BY move.product_id, target.warehouse_id, move.date::date
           ), ordered AS (
                SELECT policy.id, sum(coming.quantity) AS quantity,
                       sum(coming.quantity) FILTER (
                           WHERE day <= %(today)s::date + policy.lead_days::int
                       ) AS soon
                  FROM coming
                  JOIN jxc_policy policy USING (product_id, warehouse_id)
                 GROUP BY policy.id
           ), known AS (
                SELECT policy.id, COALESCE(policy.confidence, 'D') = 'D'
                           OR COALESCE(policy.unit_cost, 0) <= 0 AS unknown,
                       COALESCE(policy.unit_cost, 0)::float8 AS cost,
                       COALESCE(policy.demand_per_day, 0)::float8 AS demand,
                       COALESCE(policy.lead_days, 0)::float8 AS lead,
                       policy.order_up_to::float8 AS top,
                       COALESCE(hand.quantity, 0) AS on_hand,
                       COALESCE(ordered.quantity, 0) AS coming,
                       COALESCE(ordered.soon, 0) AS soon
                  FROM jxc_policy policy
                  JOIN stock_warehouse warehouse
                    ON warehouse.lot_stock_id = policy.location_id
                  LEFT JOIN hand ON hand.product_id = policy.product_id
                                AND hand.warehouse_id = policy.warehouse_id
                  LEFT JOIN ordered ON ordered.id = policy.id
                 WHERE policy.company_id = %(company)s
           ), named AS (
                SELECT *, CASE
                       WHEN unknown THEN 'unknown'
                       WHEN on_hand <= 0 AND demand > 0 THEN 'out'
                       WHEN on_hand + soon < demand * lead THEN 'soon'
                       WHEN coming > 0 AND on_hand + coming > top THEN 'surplus'
                       WHEN on_hand > top THEN 'excess' END AS exception
                  FROM known
           )
           SELECT id, exception, on_hand, CASE exception
                  WHEN 'unknown' THEN greatest(on_hand, 0) * cost
                  WHEN 'out' THEN 7 * demand * cost
                  WHEN 'soon' THEN (demand * lead - on_hand - soon) * cost
                  WHEN 'surplus' THEN least(coming, on_hand + coming - top) * cost
                  ELSE (on_hand - top) * cost END AS value
             FROM named WHERE exception IS NOT NULL""",
        company=company.id,
        own=own_goods(company),
        today=company.env["jxc.demand.day"]._today(company),
    )
