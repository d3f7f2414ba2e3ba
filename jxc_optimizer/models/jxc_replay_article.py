from __future__ import annotations

from odoo import fields, models
from odoo.tools import SQL

from . import jxc_bulk
from .jxc_policy import ABC_CLASSES, XYZ_CLASSES

VERDICTS = [
    ("better", "Better"),
    ("worse", "Worse"),
    ("more", "More service, more cost"),
    ("less", "Less service, less cost"),
    ("same", "Same"),
]
#: column -> PostgreSQL type
COLUMNS = {
    "scenario_id": "int4",
    "product_id": "int4",
    "location_id": "int4",
    "warehouse_id": "int4",
    "vendor_id": "int4",
    "stock_value": "numeric",
    "demand_value": "numeric",
    "served_value": "numeric",
    "demand_qty": "numeric",
    "served_qty": "numeric",
    "lines": "int4",
    "lines_served": "int4",
    "article_days": "int4",
    "stockout_days": "int4",
    "orders": "int4",
    "holding_cost": "numeric",
    "order_cost": "numeric",
    "total_cost": "numeric",
    "missed_value": "numeric",
    "stock_change": "numeric",
    "cost_change": "numeric",
    "missed_change": "numeric",
    "verdict": "varchar",
}
#: ratio -> (part, whole)
RATIOS = {
    "fill_lines": ("lines_served", "lines"),
    "fill_units": ("served_qty", "demand_qty"),
    "fill_value": ("served_value", "demand_value"),
}


class JxcReplayArticle(models.Model):
    """What a scenario would have meant for an article in a warehouse."""

    _name = "jxc.replay.article"
    _description = "Replayed Article"
    _order = "cost_change desc, id"
    _rec_name = "product_id"
    _log_access = False

    replay_id = fields.Many2one(
        "jxc.replay", required=True, readonly=True, index=True, ondelete="cascade"
    )
    scenario_id = fields.Many2one(
        "jxc.replay.scenario",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    kind = fields.Selection(related="scenario_id.kind")
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, ondelete="cascade"
    )
    location_id = fields.Many2one("stock.location", readonly=True, ondelete="cascade")
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True, ondelete="cascade")
    categ_id = fields.Many2one("product.category", "Category", readonly=True)
    vendor_id = fields.Many2one("res.partner", readonly=True, ondelete="set null")
    abc_class = fields.Selection(ABC_CLASSES, "ABC Class", readonly=True)
    xyz_class = fields.Selection(XYZ_CLASSES, "XYZ Class", readonly=True)
    verdict = fields.Selection(
        VERDICTS,
        "Against Own Rules",
        readonly=True,
        help="Service by units served at once; cost of holding and ordering.",
    )
    stock_value = fields.Monetary("Inventory", readonly=True)
    stock_change = fields.Monetary(
        "Inventory, Change", readonly=True, help="Against the own rules as they were."
    )
    total_cost = fields.Monetary(
        readonly=True, help="Holding and ordering in the period."
    )
    cost_change = fields.Monetary(
        "Cost, Change", readonly=True, help="Against the own rules as they were."
    )
    missed_value = fields.Monetary("Not Served at Once", readonly=True, help="At cost.")
    missed_change = fields.Monetary(
        "Not Served, Change", readonly=True, help="Against the own rules as they were."
    )
    fill_lines = fields.Float(
        "Lines at Once", digits=(16, 4), readonly=True, aggregator="avg"
    )
    fill_units = fields.Float(
        "Units at Once", digits=(16, 4), readonly=True, aggregator="avg"
    )
    fill_value = fields.Float(
        "Value at Once", digits=(16, 4), readonly=True, aggregator="avg"
    )
    turns = fields.Float(digits=(16, 2), readonly=True, aggregator="avg")
    lines = fields.Integer("Order Lines", readonly=True)
    lines_served = fields.Integer(readonly=True)
    demand_qty = fields.Float("Demand", digits="Product Unit", readonly=True)
    served_qty = fields.Float("Served", digits="Product Unit", readonly=True)
    demand_value = fields.Monetary(readonly=True)
    served_value = fields.Monetary(readonly=True)
    article_days = fields.Integer("Days on Offer", readonly=True)
    stockout_days = fields.Integer("Days out of Stock", readonly=True)
    orders = fields.Integer("Orders Placed", readonly=True)
    holding_cost = fields.Monetary(readonly=True)
    order_cost = fields.Monetary("Ordering Cost", readonly=True)

    def _read_group_select(self, aggregate_spec, query):
        """Ratios of groups divide the sums of their rows."""
        name, _separator, function = aggregate_spec.partition(":")

        def total(field):
            return SQL("SUM(%s)", self._field_to_sql(self._table, field, query))

        if function == "avg" and name in RATIOS:
            part, whole = RATIOS[name]
            return SQL("%s::numeric / NULLIF(%s, 0)", total(part), total(whole))
        if function == "avg" and name == "turns":
            # every article has the same days: its stock is a mean over them
            days = self._field_to_sql(self._table, "article_days", query)
            return SQL(
                "%s * 364 / NULLIF(%s * MAX(%s), 0)",
                total("served_value"),
                total("stock_value"),
                days,
            )
        return super()._read_group_select(aggregate_spec, query)

    def _add(self, replay, columns: dict) -> None:
        """Insert rows given as columns; class and category are those of today."""
        cr = self.env.cr
        jxc_bulk.load(cr, "jxc_new_replay", COLUMNS, columns)
        names = SQL(", ").join(map(SQL.identifier, COLUMNS))
        chosen = SQL(", ").join(SQL.identifier("new", name) for name in COLUMNS)
        cr.execute(
            SQL(
                """INSERT INTO jxc_replay_article (
                          replay_id, company_id, categ_id, abc_class, xyz_class,
                          fill_lines, fill_units, fill_value, turns, %(names)s)
                   SELECT %(replay)s, %(company)s, template.categ_id,
                          policy.abc_class, policy.xyz_class,
                          new.lines_served::numeric / NULLIF(new.lines, 0),
                          new.served_qty / NULLIF(new.demand_qty, 0),
                          new.served_value / NULLIF(new.demand_value, 0),
                          new.served_value * 364
                              / NULLIF(new.stock_value * new.article_days, 0),
                          %(chosen)s
                     FROM jxc_new_replay AS new
                     JOIN product_product AS product ON product.id = new.product_id
                     JOIN product_template AS template
                       ON template.id = product.product_tmpl_id
                LEFT JOIN jxc_policy AS policy
                       ON policy.product_id = new.product_id
                      AND policy.location_id = new.location_id""",
                names=names,
                chosen=chosen,
                replay=replay.id,
                company=replay.company_id.id,
            )
        )
        self.invalidate_model()
