from __future__ import annotations

from odoo import api, fields, models
from odoo.tools import SQL

from .jxc_demand_adjustment import DEPARTMENTS
from .jxc_demand_event import KINDS
from .jxc_policy import ABC_CLASSES, XYZ_CLASSES

#: months that are kept
KEEP_MONTHS = 36
#: ratio -> its numerator and denominator, both sums over rows that are complete
RATIOS = {
    "wape": ("final_error", "actual_value"),
    "wape_plain": ("plain_error", "actual_value"),
    "wape_naive": ("naive_error", "actual_value"),
    "bias": ("final_bias", "actual_value"),
}


class JxcAccuracy(models.Model):
    """What a forecast of a month said, and what was sold: article × warehouse.

    The forecast is written down at the start of the month and not changed afterwards;
    months before the installation are forecast as they would have been. Written by
    ``jxc_accuracy_count.py`` only. Ratios of several rows divide sums.
    """

    _name = "jxc.accuracy"
    _description = "Forecast Accuracy"
    _order = "month desc, final_error desc, id"
    _rec_name = "product_id"
    _log_access = False

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    month = fields.Date(required=True, readonly=True, index=True)
    last_day = fields.Date("Sold up to", required=True, readonly=True)
    is_complete = fields.Boolean("Month Is Over", readonly=True)
    is_replayed = fields.Boolean(
        "Made Afterwards",
        readonly=True,
        help="The month lies before the installation, or was counted late: the "
        "forecast is made from what was known when it began.",
    )
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, ondelete="cascade"
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse", required=True, readonly=True, ondelete="cascade"
    )
    categ_id = fields.Many2one(
        "product.category", "Category", readonly=True, ondelete="set null"
    )
    abc_class = fields.Selection(ABC_CLASSES, "ABC Class", readonly=True)
    xyz_class = fields.Selection(XYZ_CLASSES, "XYZ Class", readonly=True)
    unit_cost = fields.Float(digits="Product Price", readonly=True, aggregator=None)

    actual_qty = fields.Float("Sold", digits="Product Unit", readonly=True)
    naive_qty = fields.Float(
        "Naive Forecast",
        digits="Product Unit",
        readonly=True,
        help="The four weeks before, over again.",
    )
    plain_qty = fields.Float(
        "Without Adjustments",
        digits="Product Unit",
        readonly=True,
        help="What the method alone expected.",
    )
    final_qty = fields.Float(
        "Forecast",
        digits="Product Unit",
        readonly=True,
        help="With planned events and adjustments, as far as they were known before "
        "each day.",
    )
    scale = fields.Float(
        "Usual Change",
        digits="Product Unit",
        readonly=True,
        aggregator=None,
        help="By how much four weeks differed from the four before, in the history.",
    )
    actual_value = fields.Monetary(
        "Value Sold", readonly=True, help="At cost; of months that are over."
    )
    naive_error = fields.Monetary(
        "Missed by the Naive Forecast", readonly=True, help="Absolute errors at cost."
    )
    plain_error = fields.Monetary(
        "Missed without Adjustments", readonly=True, help="Absolute errors at cost."
    )
    final_error = fields.Monetary(
        "Missed", readonly=True, help="Absolute errors at cost."
    )
    final_bias = fields.Monetary(
        "Forecast above Sold",
        readonly=True,
        help="Forecast less sold at cost: above 0 too much was expected.",
    )
    value_added = fields.Monetary(
        "Forecast Value Added",
        readonly=True,
        help="By how much events and adjustments made the errors smaller.",
    )
    wape = fields.Float(
        "WAPE",
        digits=(16, 4),
        readonly=True,
        aggregator="avg",
        help="Absolute errors as a share of what was sold, both at cost.",
    )
    wape_plain = fields.Float(
        "WAPE without Adjustments", digits=(16, 4), readonly=True, aggregator="avg"
    )
    wape_naive = fields.Float(
        "WAPE of the Naive Forecast", digits=(16, 4), readonly=True, aggregator="avg"
    )
    bias = fields.Float(
        digits=(16, 4),
        readonly=True,
        aggregator="avg",
        help="Forecast less sold as a share of what was sold: above 0 too much was "
        "expected.",
    )
    mase = fields.Float(
        "MASE",
        digits=(16, 4),
        readonly=True,
        aggregator="avg",
        help="Error in units of the usual change from four weeks to the next (Hyndman "
        "and Koehler 2006): below 1 is better than repeating the last weeks.",
    )

    _month_product = models.UniqueIndex("(company_id, month, product_id, warehouse_id)")

    def _read_group_select(self, aggregate_spec, query):
        """Ratios of sums, over months that are over."""
        name, _separator, function = aggregate_spec.partition(":")
        if function != "avg" or name not in RATIOS:
            return super()._read_group_select(aggregate_spec, query)
        above, below = (
            SQL("SUM(%s)", self._field_to_sql(self._table, field, query))
            for field in RATIOS[name]
        )
        return SQL("%s / NULLIF(%s, 0)", above, below)

    @api.autovacuum
    def _gc_old_months(self):
        """Forget months that nobody compares with any more."""
        oldest = fields.Date.subtract(fields.Date.today(), months=KEEP_MONTHS)
        self.env.cr.execute(
            SQL("DELETE FROM jxc_accuracy WHERE month < %s", oldest.replace(day=1))
        )


class JxcForecastValue(models.Model):
    """What an event or adjustment did to the forecasts of a month.

    How far the errors of the articles it concerns were smaller, or larger, with it
    than without.
    """

    _name = "jxc.forecast.value"
    _description = "Forecast Value Added"
    _order = "month desc, value_added desc, id"
    _rec_name = "event_id"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    month = fields.Date(required=True, readonly=True, index=True)
    event_id = fields.Many2one(
        "jxc.demand.event",
        "Event or Adjustment",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    user_id = fields.Many2one(
        "res.users", "By", readonly=True, ondelete="set null", index="btree_not_null"
    )
    department = fields.Selection(DEPARTMENTS, readonly=True)
    kind = fields.Selection(KINDS, readonly=True)
    last_day = fields.Date("Followed up to", required=True, readonly=True)
    extra_days = fields.Float(
        "Days of Usual Demand Added",
        digits=(16, 4),
        readonly=True,
        aggregator=None,
        help="Of this month; each day counts what was planned before it.",
    )
    articles = fields.Integer(readonly=True)
    actual_value = fields.Monetary("Value Sold", readonly=True, help="At cost.")
    error_without = fields.Monetary(
        "Missed without It", readonly=True, help="Absolute errors at cost."
    )
    error_with = fields.Monetary(
        "Missed with It", readonly=True, help="Absolute errors at cost."
    )
    value_added = fields.Monetary(
        "Forecast Value Added",
        readonly=True,
        help="Above 0: the forecast came nearer to what was sold.",
    )

    _month_event = models.Constraint(
        "unique (month, event_id)", "Each month of an event is counted once."
    )
