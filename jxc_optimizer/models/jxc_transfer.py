from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, formatLang

from .jxc_demand_scope import own_goods

#: what a refresh keeps up to date; a proposal is known by its rule
VALUES = (
    "product_id", "source_id", "warehouse_id", "route_id", "quantity", "excess_qty",
    "value",
)  # fmt: skip


class JxcTransfer(models.Model):
    """Excess of one warehouse that another one would otherwise order.

    Only along the routes by which Odoo resupplies one warehouse from another, and
    only from the value on that pays for the freight. Rows come and go with the need.
    """

    _name = "jxc.transfer"
    _description = "Proposed Transfer"
    _order = "value desc, id"
    _rec_name = "product_id"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    orderpoint_id = fields.Many2one(
        "stock.warehouse.orderpoint",
        "Reordering Rule",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, ondelete="cascade"
    )
    uom_id = fields.Many2one(related="product_id.uom_id")
    source_id = fields.Many2one(
        "stock.warehouse", "From", required=True, readonly=True, ondelete="cascade"
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse", "To", required=True, readonly=True, ondelete="cascade"
    )
    route_id = fields.Many2one(
        "stock.route", required=True, readonly=True, ondelete="cascade"
    )
    excess_qty = fields.Float(
        "Excess There",
        digits="Product Unit",
        readonly=True,
        help="On hand there, less what is booked and the order-up-to level.",
    )
    need_qty = fields.Float(
        "Suggested Order",
        related="orderpoint_id.jxc_order_qty",
        help="What would be bought otherwise.",
    )
    quantity = fields.Float("To Transfer", digits="Product Unit", readonly=True)
    value = fields.Monetary(
        readonly=True, help="At cost: what need not be bought for the moment."
    )

    _rule = models.UniqueIndex("(orderpoint_id)")

    # -- what people press -----------------------------------------------------------

    def action_transfer(self):
        """Make the selected transfers, by Odoo's own routes."""
        if not self.env.user.has_group("jxc_optimizer.group_buyer"):
            raise AccessError(self.env._("Only buyers can make transfers."))
        self.check_access("read")
        companies = self.company_id
        for company in companies:
            # sudo: the proposals are brought up to date for everybody
            self.sudo()._refresh(company)
        proposals = self.exists()
        if not proposals:
            raise UserError(
                self.env._("None of these transfers is needed any more: refresh.")
            )
        procurement = self.env["stock.rule"].Procurement
        self.env["stock.rule"].run(
            [
                procurement(
                    proposal.product_id,
                    proposal.quantity,
                    proposal.product_id.uom_id,
                    proposal.warehouse_id.lot_stock_id,
                    proposal.orderpoint_id.name,
                    proposal.orderpoint_id.name,
                    proposal.company_id,
                    {
                        "route_ids": proposal.route_id,
                        "warehouse_id": proposal.warehouse_id,
                        "orderpoint_id": proposal.orderpoint_id,
                        "date_planned": fields.Datetime.now(),
                    },
                )
                for proposal in proposals
            ]
        )
        count, value = len(proposals), sum(proposals.mapped("value"))
        proposals.orderpoint_id._jxc_project()
        for company in companies:
            self.sudo()._refresh(company)  # sudo: see above
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Transfers made: %(count)s. Not to be bought: %(value)s.",
                    count=count,
                    value=formatLang(
                        self.env, value, currency_obj=companies[:1].currency_id
                    ),
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_refresh(self):
        """Bring the proposals of the companies the user works in up to date."""
        if not self.env.user.has_group("jxc_optimizer.group_buyer"):
            raise AccessError(self.env._("Only buyers can refresh the proposals."))
        for company in self.env.companies:
            self.sudo()._refresh(company)  # sudo: see action_transfer
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    # -- proposing -------------------------------------------------------------------

    def _refresh(self, company) -> int:
        """Make the company's proposals equal to what is needed now.

        :returns: number of rows added, changed or deleted
        """
        self.env.flush_all()
        cr = self.env.cr
        cr.execute(SQL("DROP TABLE IF EXISTS jxc_new_transfer"))
        cr.execute(
            SQL(
                "CREATE TEMP TABLE jxc_new_transfer ON COMMIT DROP AS %s",
                _proposals(company),
            )
        )
        cr.execute(
            SQL(
                """DELETE FROM jxc_transfer
                    WHERE company_id = %s AND orderpoint_id NOT IN (
                          SELECT orderpoint_id FROM jxc_new_transfer)""",
                company.id,
            )
        )
        changed = cr.rowcount
        columns = [SQL.identifier(name) for name in VALUES]
        cr.execute(
            SQL(
                """INSERT INTO jxc_transfer AS kept
                          (company_id, orderpoint_id, %(columns)s)
                   SELECT %(company)s, orderpoint_id, %(columns)s
                     FROM jxc_new_transfer
                       ON CONFLICT (orderpoint_id) DO UPDATE
                      SET (%(columns)s) = ROW(%(excluded)s)
                    WHERE (%(kept)s) IS DISTINCT FROM (%(excluded)s)""",
                columns=SQL(", ").join(columns),
                company=company.id,
                kept=SQL(", ").join(SQL.identifier("kept", name) for name in VALUES),
                excluded=SQL(", ").join(
                    SQL.identifier("excluded", name) for name in VALUES
                ),
            )
        )
        self.invalidate_model()
        return changed + cr.rowcount

    @api.model
    def _cron_refresh(self):
        """Bring all companies up to date, one transaction each."""
        companies = (
            self.env["stock.warehouse"].search([("active", "=", True)]).company_id
        )
        for done, company in enumerate(companies, 1):
            self._refresh(company)
            self.env["ir.cron"]._commit_progress(1, remaining=len(companies) - done)


def _proposals(company) -> SQL:
    """For each rule to order today the warehouse with the largest excess, if any.

    Where several warehouses want the same excess, the one whose waiting costs most
    comes first.
    """
    return SQL(
        """WITH hand AS (
                SELECT l.product_id, place.warehouse_id, sum(l.quantity) AS quantity
                  FROM stock_quant l
                  JOIN stock_location place
                    ON place.id = l.location_id AND place.usage = 'internal'
                 WHERE l.company_id = %(company)s AND %(own)s
                 GROUP BY l.product_id, place.warehouse_id
           ), booked AS (
                SELECT move.product_id, source.warehouse_id,
                       sum(move.product_qty) AS quantity
                  FROM stock_move move
                  JOIN stock_location source
                    ON source.id = move.location_id AND source.usage = 'internal'
                  JOIN stock_location target ON target.id = move.location_dest_id
                 WHERE move.company_id = %(company)s
                   AND move.state IN ('waiting', 'confirmed', 'partially_available',
                                      'assigned')
                   AND source.warehouse_id IS DISTINCT FROM target.warehouse_id
                 GROUP BY move.product_id, source.warehouse_id
           ), excess AS (
                SELECT hand.product_id, hand.warehouse_id,
                       floor(hand.quantity - COALESCE(booked.quantity, 0)
                             - greatest(COALESCE(policy.order_up_to,
                                                 rule.product_max_qty, 0), 0)
                       ) AS quantity
                  FROM hand
                  JOIN stock_warehouse warehouse ON warehouse.id = hand.warehouse_id
             LEFT JOIN booked USING (product_id, warehouse_id)
             LEFT JOIN jxc_policy policy
                    ON policy.product_id = hand.product_id
                   AND policy.location_id = warehouse.lot_stock_id
             LEFT JOIN stock_warehouse_orderpoint rule
                    ON rule.product_id = hand.product_id
                   AND rule.location_id = warehouse.lot_stock_id AND rule.active
           ), wanted AS (
                SELECT rule.id, rule.product_id, rule.warehouse_id,
                       rule.jxc_waiting_cost,
                       ceil((rule.jxc_order_terms->>'maximum')::numeric
                            - (rule.jxc_order_terms->>'usually_booked')::numeric
                            - (rule.jxc_order_terms->>'on_hand')::numeric
                            - (rule.jxc_order_terms->>'incoming')::numeric
                            + (rule.jxc_order_terms->>'booked')::numeric) AS quantity
                  FROM stock_warehouse_orderpoint rule
                  JOIN stock_warehouse warehouse
                    ON warehouse.lot_stock_id = rule.location_id
                  JOIN product_product product
                    ON product.id = rule.product_id AND product.active
                 WHERE rule.company_id = %(company)s AND rule.active
                   AND rule.jxc_order_qty > 0 AND rule.jxc_order_terms IS NOT NULL
           ), chosen AS (
                SELECT DISTINCT ON (wanted.id) wanted.*,
                       excess.warehouse_id AS source_id, route.id AS route_id,
                       excess.quantity AS excess_qty
                  FROM wanted
                  JOIN stock_route route
                    ON route.supplied_wh_id = wanted.warehouse_id AND route.active
                  JOIN excess ON excess.product_id = wanted.product_id
                             AND excess.warehouse_id = route.supplier_wh_id
                 WHERE excess.quantity > 0 AND wanted.quantity > 0
                 ORDER BY wanted.id, excess.quantity DESC, route.id
           ), shared AS (
                SELECT *, least(quantity, excess_qty + quantity - sum(quantity) OVER (
                           PARTITION BY product_id, source_id
                           ORDER BY jxc_waiting_cost DESC NULLS LAST, id)) AS share
                  FROM chosen
           ), valued AS (
                SELECT shared.*, round(share * COALESCE(
                           (product.standard_price->>%(key)s)::numeric, 0), 2) AS value
                  FROM shared
                  JOIN product_product product ON product.id = shared.product_id
                 WHERE share > 0
           )
           SELECT id AS orderpoint_id, product_id, source_id, warehouse_id, route_id,
                  share AS quantity, excess_qty, value
             FROM valued WHERE value >= %(freight)s""",
        company=company.id,
        own=own_goods(company),
        key=str(company.id),
        freight=company.jxc_transfer_value,
    )
