from __future__ import annotations

from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from .jxc_demand_scope import own_goods

ALERTS = [
    ("out", "Runs out before the next receipt"),
    ("overdue", "Order overdue at the vendor"),
    ("safety", "Below the safety stock"),
    ("lower", "Below the lower limit"),
    ("upper", "Above the upper limit"),
    ("above", "Above the maximum"),
]
#: what tells two alerts apart
KEY = ("product_id", "warehouse_id", "kind")
#: what a refresh keeps up to date
VALUES = ("user_id", "quantity", "limit_qty", "day", "value")


class JxcAlert(models.Model):
    """Something about the stock of a product in a warehouse that somebody must see.

    Rows come and go with their cause; nothing is ordered for them.
    """

    _name = "jxc.alert"
    _description = "Stock Alert"
    _order = "kind, value desc, id"
    _rec_name = "product_id"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, ondelete="cascade"
    )
    uom_id = fields.Many2one(related="product_id.uom_id")
    warehouse_id = fields.Many2one(
        "stock.warehouse", required=True, readonly=True, ondelete="cascade"
    )
    kind = fields.Selection(ALERTS, "Alert", required=True, readonly=True, index=True)
    user_id = fields.Many2one(
        "res.users",
        "Planner",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Responsible for the product; else who gets the alerts of the company.",
    )
    quantity = fields.Float(
        digits="Product Unit",
        readonly=True,
        help="On hand; of overdue orders what has not come.",
    )
    limit_qty = fields.Float(
        "Limit", digits="Product Unit", readonly=True, help="What it is compared with."
    )
    day = fields.Date(
        "Date",
        readonly=True,
        help="When the stock runs out, or when the order was due.",
    )
    value = fields.Monetary(
        readonly=True, help="At cost: what is missing, too much, or late."
    )
    since = fields.Date(readonly=True)

    _key = models.UniqueIndex("(product_id, warehouse_id, kind)")

    def action_open(self):
        """Open what can be done about it: the order, or the rules of the product."""
        self.ensure_one()
        if self.kind == "overdue":
            return {
                "type": "ir.actions.act_window",
                "name": self.env._("Overdue: %s", self.product_id.display_name),
                "res_model": "purchase.order.line",
                "views": [
                    (
                        self.env.ref(
                            "jxc_optimizer.view_purchase_order_line_coming"
                        ).id,
                        "list",
                    )
                ],
                "domain": [
                    ("product_id", "=", self.product_id.id),
                    ("company_id", "=", self.company_id.id),
                    ("move_ids.state", "not in", ("done", "cancel")),
                    ("date_planned", "<", fields.Datetime.now()),
                ],
            }
        rules = self.env["stock.warehouse.orderpoint"].search(
            [
                ("product_id", "=", self.product_id.id),
                ("warehouse_id", "=", self.warehouse_id.id),
            ]
        )
        if not rules:
            return self.product_id.action_product_forecast_report()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Replenishment: %s", self.product_id.display_name),
            "res_model": "stock.warehouse.orderpoint",
            "views": [
                (
                    self.env.ref("stock.view_warehouse_orderpoint_tree_editable").id,
                    "list",
                )
            ],
            "domain": [("id", "in", rules.ids)],
        }

    def action_refresh(self):
        """Bring the alerts of the companies the user works in up to date."""
        if not self.env.user.has_group("jxc_optimizer.group_buyer"):
            raise AccessError(self.env._("Only buyers can refresh the alerts."))
        for company in self.env.companies:
            # sudo: alerts are for everybody, whoever asks for them
            self.sudo()._refresh(company)
            self.env["jxc.alert.digest"].sudo()._refresh(company)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _refresh(self, company) -> int:
        """Make the company's rows equal to what is true now.

        :returns: number of rows added, changed or deleted
        """
        self.env.flush_all()
        cr = self.env.cr
        cr.execute(SQL("DROP TABLE IF EXISTS jxc_new_alert"))
        cr.execute(
            SQL("CREATE TEMP TABLE jxc_new_alert ON COMMIT DROP AS %s", _found(company))
        )
        cr.execute(SQL("ANALYZE jxc_new_alert"))
        cr.execute(
            SQL(
                """DELETE FROM jxc_alert AS alert
                    WHERE company_id = %s AND NOT EXISTS (
                          SELECT FROM jxc_new_alert AS new
                           WHERE new.product_id = alert.product_id
                             AND new.warehouse_id = alert.warehouse_id
                             AND new.kind = alert.kind)""",
                company.id,
            )
        )
        changed = cr.rowcount
        columns = [SQL.identifier(name) for name in (*KEY, *VALUES)]
        cr.execute(
            SQL(
                """INSERT INTO jxc_alert AS alert (company_id, since, %(columns)s)
                   SELECT %(company)s, %(today)s, %(columns)s FROM jxc_new_alert
                       ON CONFLICT (product_id, warehouse_id, kind) DO UPDATE
                      SET (%(values)s) = ROW(%(excluded)s)
                    WHERE (%(stored)s) IS DISTINCT FROM (%(excluded)s)""",
                columns=SQL(", ").join(columns),
                company=company.id,
                today=self.env["jxc.demand.day"]._today(company),
                values=SQL(", ").join(columns[len(KEY) :]),
                stored=SQL(", ").join(SQL.identifier("alert", name) for name in VALUES),
                excluded=SQL(", ").join(
                    SQL.identifier("excluded", name) for name in VALUES
                ),
            )
        )
        self.invalidate_model()
        return changed + cr.rowcount


def _found(company) -> SQL:
    """What is true now: product, warehouse, kind, and its figures, in one query.

    Safety stock, run-out day and maximum are those of the rule on a warehouse's
    stock; the limits are those people set for the article.
    """
    return SQL(
        """WITH hand AS (
                SELECT l.product_id, place.warehouse_id,
                       sum(l.quantity)::numeric AS quantity
                  FROM stock_quant l
                  JOIN stock_location place
                    ON place.id = l.location_id AND place.usage = 'internal'
                 WHERE l.company_id = %(company)s AND %(own)s
                 GROUP BY l.product_id, place.warehouse_id
           ), coming AS (
                SELECT move.product_id, target.warehouse_id,
                       min(move.date)::date AS first,
                       sum(move.product_qty) FILTER (
                           WHERE move.purchase_line_id IS NOT NULL
                             AND move.date::date < %(today)s) AS late,
                       min(move.date) FILTER (
                           WHERE move.purchase_line_id IS NOT NULL)::date AS due
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
                 GROUP BY move.product_id, target.warehouse_id
           ), kept AS (
                SELECT rule.product_id, rule.warehouse_id, rule.jxc_status,
                       rule.jxc_out_date, rule.jxc_safety_stock AS safety,
                       CASE WHEN rule.jxc_note = 'suggested' THEN rule.jxc_suggested_max
                            ELSE rule.product_max_qty END AS maximum,
                       COALESCE(policy.lead_days, %(lead)s)::int AS lead,
                       policy.demand_per_day,
                       COALESCE(hand.quantity, 0) AS on_hand, coming.first
                  FROM stock_warehouse_orderpoint rule
                  JOIN stock_warehouse warehouse
                    ON warehouse.lot_stock_id = rule.location_id
                  JOIN product_product product
                    ON product.id = rule.product_id AND product.active
             LEFT JOIN jxc_policy policy ON policy.product_id = rule.product_id
                                        AND policy.location_id = rule.location_id
             LEFT JOIN hand ON hand.product_id = rule.product_id
                           AND hand.warehouse_id = rule.warehouse_id
             LEFT JOIN coming ON coming.product_id = rule.product_id
                             AND coming.warehouse_id = rule.warehouse_id
                 WHERE rule.company_id = %(company)s AND rule.active
                   AND COALESCE(rule.jxc_note, '') != 'manual'
           ), limits AS (
                SELECT product.id AS product_id, warehouse.id AS warehouse_id,
                       COALESCE(NULLIF(here.alert_min, 0), wide.alert_min, 0) AS lower,
                       COALESCE(NULLIF(here.alert_max, 0), wide.alert_max, 0) AS upper,
                       COALESCE(hand.quantity, 0) AS on_hand
                  FROM stock_warehouse warehouse
                  JOIN (SELECT DISTINCT product_id FROM jxc_article
                         WHERE company_id = %(company)s
                           AND (alert_min > 0 OR alert_max > 0)) AS set ON true
                  JOIN product_product product
                    ON product.id = set.product_id AND product.active
             LEFT JOIN jxc_article wide
                    ON wide.product_id = product.id AND wide.warehouse_id IS NULL
                   AND wide.company_id = %(company)s
             LEFT JOIN jxc_article here
                    ON here.product_id = product.id
                   AND here.warehouse_id = warehouse.id
             LEFT JOIN hand ON hand.product_id = product.id
                           AND hand.warehouse_id = warehouse.id
                 WHERE warehouse.company_id = %(company)s AND warehouse.active
           ), found AS (
                SELECT product_id, warehouse_id, 'safety' AS kind,
                       on_hand AS quantity, safety AS limit_qty, NULL::date AS day,
                       safety - on_hand AS amount
                  FROM kept WHERE safety > 0 AND on_hand < safety
                UNION ALL
                SELECT product_id, warehouse_id, 'out', on_hand, 0, jxc_out_date,
                       demand_per_day * (least(COALESCE(first, %(today)s + lead),
                                               %(today)s + lead) - jxc_out_date)
                  FROM kept
                 WHERE jxc_out_date < %(today)s + lead
                   AND jxc_out_date < COALESCE(first, %(today)s + lead)
                UNION ALL
                SELECT product_id, warehouse_id, 'above', on_hand, maximum, NULL,
                       on_hand - maximum
                  FROM kept WHERE jxc_status = 'excess' AND on_hand > maximum
                UNION ALL
                SELECT product_id, warehouse_id, 'overdue', late, 0, due, late
                  FROM coming WHERE late > 0
                UNION ALL
                SELECT product_id, warehouse_id, 'lower', on_hand, lower, NULL,
                       lower - on_hand
                  FROM limits WHERE lower > 0 AND on_hand < lower
                UNION ALL
                SELECT product_id, warehouse_id, 'upper', on_hand, upper, NULL,
                       on_hand - upper
                  FROM limits WHERE upper > 0 AND on_hand > upper
           )
           SELECT found.product_id, found.warehouse_id, found.kind::varchar,
                  round(found.quantity::numeric, 4) AS quantity,
                  round(found.limit_qty::numeric, 4) AS limit_qty, found.day,
                  round((greatest(found.amount, 0)::numeric * COALESCE(
                      (product.standard_price->>%(key)s)::numeric, 0)), 2) AS value,
                  COALESCE(responsible.id, %(user)s) AS user_id
             FROM found
             JOIN product_product product ON product.id = found.product_id
             JOIN product_template template ON template.id = product.product_tmpl_id
        LEFT JOIN res_users responsible
               ON responsible.id = (template.responsible_id->>%(key)s)::int
              AND responsible.active AND NOT responsible.share
              AND responsible.id != %(robot)s
            WHERE found.warehouse_id IS NOT NULL""",
        company=company.id,
        own=own_goods(company),
        today=company.env["jxc.demand.day"]._today(company),
        lead=company.jxc_default_lead_days,
        key=str(company.id),
        user=company.jxc_alert_user_id.id or None,
        robot=company.env.ref("base.user_root").id,
    )
