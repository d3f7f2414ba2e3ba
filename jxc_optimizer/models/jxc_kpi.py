from __future__ import annotations

from odoo import api, fields, models
from odoo.tools import SQL

from . import jxc_bulk
from .jxc_policy import ABC_CLASSES, XYZ_CLASSES

KEY = {
    "warehouse_id": "int4",
    "categ_id": "int4",
    "abc_class": "varchar",
    "xyz_class": "varchar",
}
MEASURES = {
    "articles": "int4",
    "stock_value": "numeric",
    "value_days": "numeric",
    "cogs": "numeric",
    "margin": "numeric",
    "priced_value_days": "numeric",
    "demand_lines": "int4",
    "article_days": "int4",
    "stockout_days": "int4",
    "due_lines": "int4",
    "filled_lines": "int4",
    "estimated_lines": "int4",
    "due_units": "numeric",
    "filled_units": "numeric",
    "due_value": "numeric",
    "filled_value": "numeric",
    "purchase_lines": "int4",
    "purchase_orders": "numeric",
    "forecast_error": "numeric",
    "forecast_sold": "numeric",
    "dead_value": "numeric",
    "excess_value": "numeric",
}
#: what is counted at the end of a month: over several months, their mean
LEVELS = ("articles", "stock_value", "dead_value", "excess_value")


class JxcKpi(models.Model):
    """Key figures of a month: a row per warehouse × category × class.

    The month that runs is counted up to today. Written by ``jxc.kpi.month`` only; what
    each figure is computed from stands in ``jxc_kpi_read.py``. Figures of several rows
    are never averages of averages: ratios divide the sums.
    """

    _name = "jxc.kpi"
    _description = "Inventory Key Figures"
    _order = "month desc, stock_value desc, id"
    _rec_name = "month"
    _log_access = False

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    month = fields.Date(required=True, readonly=True, index=True)
    last_day = fields.Date(
        "Up to", required=True, readonly=True, help="The last day that is counted in."
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        readonly=True,
        ondelete="cascade",
        help="Empty for goods outside any warehouse, such as goods in transit.",
    )
    categ_id = fields.Many2one(
        "product.category", "Category", readonly=True, ondelete="cascade"
    )
    abc_class = fields.Selection(ABC_CLASSES, "ABC Class", readonly=True)
    xyz_class = fields.Selection(XYZ_CLASSES, "XYZ Class", readonly=True)

    articles = fields.Integer(
        readonly=True,
        aggregator="avg",
        help="Products in stock at the end, or wanted within the year before. Several "
        "months: their average.",
    )
    stock_value = fields.Monetary(
        readonly=True,
        aggregator="avg",
        help="At the end of the month, as Odoo values it. Several months: their "
        "average.",
    )
    average_value = fields.Monetary(
        "Average Stock Value",
        readonly=True,
        aggregator="avg",
        help="Mean of the values at the end of each day.",
    )
    value_days = fields.Float(
        "Value × Days",
        digits=(16, 2),
        readonly=True,
        help="Sum of the stock values at the end of each day.",
    )
    cogs = fields.Monetary(
        "Cost of Goods Sold",
        readonly=True,
        help="Goods delivered to customers or used in production, less returns, as "
        "Odoo valued the moves.",
    )
    turns = fields.Float(
        digits=(16, 2),
        readonly=True,
        aggregator="avg",
        help="How often a year the stock is sold: cost of goods sold in a year, at the "
        "pace of the period, by average stock value.",
    )
    inventory_days = fields.Float(
        "Days of Inventory",
        digits=(16, 0),
        readonly=True,
        aggregator="avg",
        help="How long the average stock lasts at the pace of the period.",
    )
    margin = fields.Monetary(
        "Gross Margin",
        readonly=True,
        help="What customers got, less returns, at today's sales price of the product, "
        "less its cost as Odoo valued the moves. Only products with a sales price.",
    )
    priced_value_days = fields.Float(
        "Value × Days with Sales Price",
        digits=(16, 2),
        readonly=True,
        help="Value × days of the products that have a sales price.",
    )
    gmroi = fields.Float(
        "GMROI",
        digits=(16, 2),
        readonly=True,
        aggregator="avg",
        help="Gross margin in a year, at the pace of the period, by the average stock "
        "value of the products that have a sales price.",
    )
    demand_lines = fields.Integer(
        "Order Lines", readonly=True, help="Lines of demand, as the demand counts them."
    )
    article_days = fields.Integer(
        "Days on Offer",
        readonly=True,
        help="Days of all articles that were wanted within the year before.",
    )
    stockout_days = fields.Integer(
        "Days out of Stock",
        readonly=True,
        help="Of the days on offer, those that ended without stock.",
    )
    availability = fields.Float(
        "In Stock",
        readonly=True,
        aggregator="avg",
        help="Share of the days on offer that ended with stock.",
    )
    due_lines = fields.Integer(
        "Order Lines Due",
        readonly=True,
        help="What was asked for in one go, with its backorders, and was due.",
    )
    filled_lines = fields.Integer(
        "Order Lines Filled",
        readonly=True,
        help="Of the lines due, those that were delivered whole by the day they were "
        "due.",
    )
    estimated_lines = fields.Integer(
        "Order Lines Estimated",
        readonly=True,
        help="Of the lines due, those of which no due day is known: they count as "
        "filled unless something was left out or delivered later.",
    )
    due_units = fields.Float(digits="Product Unit", readonly=True)
    filled_units = fields.Float(digits="Product Unit", readonly=True)
    due_value = fields.Monetary(readonly=True, help="Units due at cost.")
    filled_value = fields.Monetary(readonly=True, help="Units filled at cost.")
    fill_lines = fields.Float(
        "Lines Filled",
        readonly=True,
        aggregator="avg",
        help="Share of the order lines due that were delivered whole in time.",
    )
    fill_units = fields.Float(
        "Units Filled",
        readonly=True,
        aggregator="avg",
        help="Share of the units due that were delivered in time.",
    )
    fill_value = fields.Float(
        "Value Filled",
        readonly=True,
        aggregator="avg",
        help="Share of the value due, at cost, that was delivered in time.",
    )
    purchase_lines = fields.Integer(
        readonly=True, help="Lines of purchase orders confirmed in the month."
    )
    purchase_orders = fields.Float(
        digits=(16, 1),
        readonly=True,
        help="Purchase orders confirmed in the month. An order over several categories "
        "or classes counts in each by its share of the lines.",
    )
    forecast_error = fields.Monetary(
        "Missed by Forecasts",
        readonly=True,
        help="Absolute errors of the month's forecasts at cost, once it is over.",
    )
    forecast_sold = fields.Monetary(
        "Sold, with a Forecast", readonly=True, help="At cost, once the month is over."
    )
    wape = fields.Float(
        "Forecast Error (WAPE)",
        digits=(16, 4),
        readonly=True,
        aggregator="avg",
        help="What forecasts missed as a share of what was sold, both at cost.",
    )
    dead_value = fields.Monetary(
        "Dead Stock",
        readonly=True,
        aggregator="avg",
        help="Value of stock that nobody wanted for the days of the settings, and that "
        "came in before. Several months: their average.",
    )
    excess_value = fields.Monetary(
        "Excess Stock",
        readonly=True,
        aggregator="avg",
        help="Value above the order-up-to level. Known from the installation on; "
        "several months: their average.",
    )

    _company_month = models.Index("(company_id, month)")

    def _read_group_select(self, aggregate_spec, query):
        """Ratios of sums; levels summed over rows and averaged over months."""
        name, _separator, function = aggregate_spec.partition(":")
        if function != "avg":
            return super()._read_group_select(aggregate_spec, query)

        def total(field):
            return SQL("SUM(%s)", self._field_to_sql(self._table, field, query))

        if name in LEVELS:
            month = self._field_to_sql(self._table, "month", query)
            return SQL(
                "%s / NULLIF(COUNT(DISTINCT %s), 0)::numeric", total(name), month
            )
        match name:
            case "average_value":
                return SQL(
                    "%s / NULLIF(MAX(%s) - MIN(%s) + 1, 0)::numeric",
                    total("value_days"),
                    self._field_to_sql(self._table, "last_day", query),
                    self._field_to_sql(self._table, "month", query),
                )
            case "turns":
                return _turns(total("cogs"), total("value_days"))
            case "gmroi":
                return _turns(total("margin"), total("priced_value_days"))
            case "wape":
                return _share(total("forecast_error"), total("forecast_sold"))
            case "inventory_days":
                return _inventory_days(total("cogs"), total("value_days"))
            case "fill_lines" | "fill_units" | "fill_value":
                basis = name.removeprefix("fill_")
                return _share(total(f"filled_{basis}"), total(f"due_{basis}"))
            case "availability":
                return _availability(total("stockout_days"), total("article_days"))
        return super()._read_group_select(aggregate_spec, query)

    @api.model
    def _write_month(self, company, month, last_day, current, columns) -> int:
        """Make the rows of a month what ``columns`` says.

        Excess is known of today only: of other months what is there is kept.

        :param columns: name -> values for all of KEY and MEASURES
        :returns: number of rows written or deleted
        """
        cr = self.env.cr
        self.flush_model()
        jxc_bulk.load(cr, "jxc_new_kpi", KEY | MEASURES, columns)
        own = SQL("kpi.company_id = %s AND kpi.month = %s", company.id, month)
        same = SQL("NOT %s", jxc_bulk.differs(tuple(KEY), "kpi", "new"))
        if not current:
            cr.execute(
                SQL(
                    """UPDATE jxc_new_kpi new SET excess_value = kpi.excess_value
                         FROM jxc_kpi kpi WHERE %s AND %s""",
                    own,
                    same,
                )
            )
        equal = SQL(
            "%s AND kpi.last_day = %s AND NOT %s",
            same,
            last_day,
            jxc_bulk.differs(tuple(MEASURES), "kpi", "new"),
        )
        cr.execute(
            SQL(
                """DELETE FROM jxc_kpi kpi WHERE %s
                      AND NOT EXISTS (SELECT FROM jxc_new_kpi new WHERE %s)""",
                own,
                equal,
            )
        )
        changed = cr.rowcount
        names = SQL(", ").join(map(SQL.identifier, KEY | MEASURES))
        cr.execute(
            SQL(
                """INSERT INTO jxc_kpi (company_id, month, last_day, %s, average_value,
                                        turns, gmroi, inventory_days, wape,
                                        availability, fill_lines, fill_units,
                                        fill_value)
                   SELECT %s, %s::date, %s::date, %s,
                          value_days / (%s::date - %s::date + 1), %s, %s, %s, %s, %s,
                          %s, %s, %s
                     FROM jxc_new_kpi new WHERE NOT EXISTS (
                          SELECT FROM jxc_kpi kpi WHERE %s AND %s)""",
                names,
                company.id,
                month,
                last_day,
                names,
                last_day,
                month,
                _turns(SQL("cogs"), SQL("value_days")),
                _turns(SQL("margin"), SQL("priced_value_days")),
                _inventory_days(SQL("cogs"), SQL("value_days")),
                _share(SQL("forecast_error"), SQL("forecast_sold")),
                _availability(SQL("stockout_days"), SQL("article_days")),
                *(
                    _share(
                        SQL.identifier(f"filled_{basis}"),
                        SQL.identifier(f"due_{basis}"),
                    )
                    for basis in ("lines", "units", "value")
                ),
                own,
                equal,
            )
        )
        self.invalidate_model()
        return changed + cr.rowcount


def _turns(cogs: SQL, value_days: SQL) -> SQL:
    return SQL(
        "CASE WHEN %(value)s > 0 THEN %(cogs)s * 365 / %(value)s END",
        cogs=cogs,
        value=value_days,
    )


def _inventory_days(cogs: SQL, value_days: SQL) -> SQL:
    return SQL(
        "CASE WHEN %(cogs)s > 0 THEN %(value)s / %(cogs)s END",
        cogs=cogs,
        value=value_days,
    )


def _availability(stockout_days: SQL, article_days: SQL) -> SQL:
    return SQL(
        "CASE WHEN %(days)s > 0 THEN 1 - %(out)s::numeric / %(days)s END",
        days=article_days,
        out=stockout_days,
    )


def _share(part: SQL, whole: SQL) -> SQL:
    return SQL(
        "CASE WHEN %(whole)s > 0 THEN %(part)s::numeric / %(whole)s END",
        part=part,
        whole=whole,
    )
