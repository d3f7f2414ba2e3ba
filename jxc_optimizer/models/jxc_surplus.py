from __future__ import annotations

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .jxc_demand_scope import own_goods


class JxcSurplus(models.Model):
    """Open purchase lines that are not needed any more, or not yet.

    Where all that is coming lifts the stock above the order-up-to level, the latest
    lines are the surplus.
    """

    _name = "jxc.surplus"
    _description = "Surplus on Order"
    _auto = False
    _order = "value desc, id"
    _rec_name = "product_id"

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    line_id = fields.Many2one("purchase.order.line", "Purchase Line", readonly=True)
    order_id = fields.Many2one("purchase.order", readonly=True)
    partner_id = fields.Many2one("res.partner", "Vendor", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    uom_id = fields.Many2one(related="product_id.uom_id")
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True)
    planned_day = fields.Date("Expected", readonly=True)
    open_qty = fields.Float("Still to Come", digits="Product Unit", readonly=True)
    surplus_qty = fields.Float("Surplus", digits="Product Unit", readonly=True)
    value = fields.Monetary(
        "Frees", readonly=True, help="Money that cancelling or postponing frees."
    )
    needed_day = fields.Date(
        "Not Needed Before",
        readonly=True,
        help="The day on which the stock without the surplus falls to the reorder "
        "point.",
    )
    advice = fields.Selection(
        [("postpone", "Postpone"), ("cancel", "Cancel")],
        readonly=True,
        help="Cancel: not needed within the cover limit.",
    )

    @property
    def _table_query(self):
        self.env.flush_all()
        return SQL(" UNION ALL ").join(
            SQL("(%s)", _surplus(company)) for company in self.env.companies
        )

    def action_open(self):
        self.ensure_one()
        return self.line_id.action_open_order()

    def action_postpone(self):
        """Ask the vendor for the day on which it is needed: the line's date changes."""
        wanted = {
            surplus.line_id: surplus.needed_day
            for surplus in self
            if surplus.advice == "postpone" and surplus.surplus_qty >= surplus.open_qty
        }
        if not wanted:
            raise UserError(
                self.env._(
                    "Only lines that are surplus as a whole, and wanted later, can be "
                    "postponed. Open the order to change or cancel the others."
                )
            )
        for line, day in wanted.items():
            line.date_planned = line._convert_to_middle_of_day(day)
        return {"type": "ir.actions.client", "tag": "soft_reload"}


def _surplus(company) -> SQL:
    return SQL(
        """WITH coming AS (
                SELECT move.product_id, target.warehouse_id, move.purchase_line_id,
                       min(move.date)::date AS day,
                       sum(move.product_qty)::float8 AS quantity
                  FROM stock_move move
                  JOIN stock_location target
                    ON target.id = COALESCE(move.location_final_id,
                                            move.location_dest_id)
                   AND target.usage = 'internal'
                  JOIN stock_location source ON source.id = move.location_id
                 WHERE move.company_id = %(company)s
                   AND move.state IN ('waiting', 'confirmed', 'partially_available',
                                      'assigned')
                   AND source.warehouse_id IS DISTINCT FROM target.warehouse_id
                 GROUP BY move.product_id, target.warehouse_id, move.purchase_line_id
           ), hand AS (
                SELECT l.product_id, place.warehouse_id,
                       sum(l.quantity)::float8 AS quantity
                  FROM stock_quant l
                  JOIN stock_location place
                    ON place.id = l.location_id AND place.usage = 'internal'
                 WHERE l.company_id = %(company)s AND %(own)s
                   AND l.product_id IN (SELECT product_id FROM coming)
                 GROUP BY l.product_id, place.warehouse_id
           ), totals AS (
                SELECT coming.product_id, coming.warehouse_id,
                       sum(coming.quantity) AS coming,
                       COALESCE(hand.quantity, 0) + sum(coming.quantity)
                           - policy.order_up_to::float8 AS surplus,
                       COALESCE(hand.quantity, 0) + sum(coming.quantity)
                           - policy.reorder_point::float8 AS spare,
                       policy.demand_per_day::float8 AS per_day
                  FROM coming
                  JOIN stock_warehouse warehouse ON warehouse.id = coming.warehouse_id
                  JOIN jxc_policy policy
                    ON policy.product_id = coming.product_id
                   AND policy.location_id = warehouse.lot_stock_id
                   AND policy.order_up_to IS NOT NULL
             LEFT JOIN hand ON hand.product_id = coming.product_id
                           AND hand.warehouse_id = coming.warehouse_id
                 GROUP BY coming.product_id, coming.warehouse_id, hand.quantity,
                          policy.order_up_to, policy.reorder_point,
                          policy.demand_per_day
           ), latest AS (
                SELECT coming.*, totals.surplus, totals.spare, totals.per_day,
                       sum(coming.quantity) OVER (
                           PARTITION BY coming.product_id, coming.warehouse_id
                           ORDER BY coming.day DESC, coming.purchase_line_id DESC
                       ) AS running
                  FROM coming JOIN totals USING (product_id, warehouse_id)
                 WHERE coming.purchase_line_id IS NOT NULL AND totals.surplus > 0
           ), mine AS (
                SELECT *, least(quantity, surplus - running + quantity) AS share
                  FROM latest
           ), dated AS (
                SELECT *, CASE WHEN per_day > 0 THEN %(today)s::date
                       + greatest(least((spare - running + quantity - share) / per_day,
                                        3650), 0)::int END AS needed
                  FROM mine WHERE share >= 0.01
           )
           SELECT line.id, %(company)s::int AS company_id, line.id AS line_id,
                  line.order_id, line.partner_id, line.product_id, dated.warehouse_id,
                  dated.day AS planned_day, dated.quantity AS open_qty,
                  dated.share AS surplus_qty,
                  (dated.share * line.price_subtotal::float8
                   / NULLIF(line.product_uom_qty, 0)::float8
                   / COALESCE(NULLIF(purchase_order.currency_rate, 0), 1)::float8
                  )::numeric AS value,
                  dated.needed AS needed_day,
                  CASE WHEN dated.needed <= %(today)s::date + %(limit)s
                       THEN 'postpone' ELSE 'cancel' END AS advice
             FROM dated
             JOIN purchase_order_line line ON line.id = dated.purchase_line_id
             JOIN purchase_order ON purchase_order.id = line.order_id""",
        company=company.id,
        own=own_goods(company),
        today=company.env["jxc.demand.day"]._today(company),
        limit=company.jxc_max_cover_days,
    )
