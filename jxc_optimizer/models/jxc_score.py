from __future__ import annotations

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL, format_date

from . import jxc_bulk
from .jxc_baseline import COLUMNS
from .jxc_demand_scope import start_of, timezone

OUTCOMES = [
    ("accepted", "Accepted"),
    ("changed", "Changed"),
    ("ignored", "Ignored"),
    ("agreed", "Agreed already"),
]
#: what is an average over the month: over several months, their mean
LEVELS = (
    "rules", "baseline_value", "stock_value", "price_effect", "volume_effect", "saving",
)  # fmt: skip


class JxcScore(models.Model):
    """What became of the suggestions of a month, and of the stock, by what was done.

    The difference to the frozen baseline is separated for each article:

        stock now - baseline = price effect + volume effect - saving
        price effect   = quantity now x (cost now - cost then)
        volume effect  = cost then x quantity then x (demand now / demand then - 1)
        saving         = cost then x (quantity then x demand now / demand then
                                      - quantity now)

    so a saving is less stock than the same cover would need at the same cost. An
    article without demand then is measured against its quantity then. A month is
    scored once, when it is over.
    """

    _name = "jxc.score"
    _description = "Score of Suggestions"
    _order = "month desc, warehouse_id, outcome"
    _rec_name = "month"
    _log_access = False

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    month = fields.Date(required=True, readonly=True)
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True, ondelete="cascade")
    outcome = fields.Selection(
        OUTCOMES,
        readonly=True,
        help="Accepted: the levels are those that were suggested and applied. Changed: "
        "others were taken, or they were edited since. Ignored: the suggestion differs "
        "and was never applied. Agreed already: there was nothing to change.",
    )
    rules = fields.Integer(
        "Reordering Rules",
        readonly=True,
        aggregator="avg",
        help="With a baseline; newer articles are left out.",
    )
    baseline_value = fields.Monetary(
        readonly=True,
        aggregator="avg",
        help="Average stock before the first suggestion, at the cost of that time.",
    )
    stock_value = fields.Monetary(
        "Inventory", readonly=True, aggregator="avg", help="Average of the month."
    )
    price_effect = fields.Monetary(
        readonly=True,
        aggregator="avg",
        help="What other unit costs than at the baseline make of the difference.",
    )
    volume_effect = fields.Monetary(
        readonly=True,
        aggregator="avg",
        help="What more or less demand than at the baseline would have made, at the "
        "same cover.",
    )
    saving = fields.Monetary(
        readonly=True,
        aggregator="avg",
        help="Less inventory than the same cover would need, at the cost of the "
        "baseline.",
    )
    stockout_days = fields.Float(
        "Days out of Stock", digits=(16, 0), readonly=True, help="Of all articles."
    )
    baseline_stockout_days = fields.Float(
        "Days out of Stock before",
        digits=(16, 0),
        readonly=True,
        help="At the share of days of the baseline.",
    )

    basis = fields.Char(
        "Compared with",
        compute="_compute_basis",
        help="The days before the first applied suggestion that are the baseline.",
    )

    _scored_once = models.UniqueIndex(
        "(company_id, month, COALESCE(warehouse_id, 0), outcome)"
    )

    @api.depends("company_id")
    @api.depends_context("lang")
    def _compute_basis(self):
        for company, scores in self.grouped("company_id").items():
            # sudo: the days of the baseline are no secret of an article
            baseline = (
                self.env["jxc.baseline"]
                .sudo()
                .search([("company_id", "=", company.id)], limit=1)
            )
            scores.basis = baseline and self.env._(
                "%(first)s to %(last)s, at the cost of then",
                first=format_date(self.env, baseline.first_day),
                last=format_date(self.env, baseline.last_day),
            )

    def _read_group_select(self, aggregate_spec, query):
        """Levels are summed over rows and averaged over months."""
        name, _separator, function = aggregate_spec.partition(":")
        if function == "avg" and name in LEVELS:
            return SQL(
                "SUM(%s) / NULLIF(COUNT(DISTINCT %s), 0)::numeric",
                self._field_to_sql(self._table, name, query),
                self._field_to_sql(self._table, "month", query),
            )
        return super()._read_group_select(aggregate_spec, query)

    @api.model
    def _cron_score(self):
        """Freeze baselines, and score the month that is over, of all companies."""
        progress = self.env["ir.cron"]._commit_progress
        companies = (
            self.env["stock.warehouse"].search([("active", "=", True)]).company_id
        )
        progress(remaining=len(companies))
        for left, company in zip(range(len(companies))[::-1], companies, strict=True):
            if self.env["jxc.baseline"]._freeze(company):
                self._score(company)
            if not progress(1, remaining=left):
                return

    @api.model
    def _score(self, company) -> int:
        """Score the last whole month, unless it is scored or before the baseline.

        :returns: number of rows written
        """
        today = self.env["jxc.demand.day"]._today(company)
        last = today.replace(day=1) - timedelta(days=1)
        month = last.replace(day=1)
        own = [("company_id", "=", company.id)]
        baseline = self.env["jxc.baseline"].search(own, limit=1)
        if not baseline or month <= baseline.last_day:
            return 0
        if self.search_count([*own, ("month", "=", month)], limit=1):
            return 0
        found = self.env["jxc.baseline"]._measure(company, month, last)
        cr = self.env.cr
        self.env.flush_all()
        jxc_bulk.load(cr, "jxc_new_month", COLUMNS, found)
        cr.execute(
            SQL(
                """WITH outcome AS (%(outcomes)s), article AS (
                       SELECT outcome.warehouse_id, outcome.outcome,
                              base.average_qty AS q0, base.unit_cost AS c0,
                              COALESCE(now.average_qty, 0) AS q1,
                              COALESCE(now.unit_cost, base.unit_cost) AS c1,
                              CASE WHEN base.demand_per_day > 0
                                   THEN COALESCE(now.demand_per_day, 0)
                                        / base.demand_per_day ELSE 1 END AS growth,
                              COALESCE(now.stockout_share, 1) AS out1,
                              base.stockout_share AS out0
                         FROM outcome
                         JOIN jxc_baseline base
                           ON base.company_id = %(company)s
                          AND base.product_id = outcome.product_id
                          AND base.warehouse_id = outcome.warehouse_id
                    LEFT JOIN jxc_new_month now
                           ON now.product_id = outcome.product_id
                          AND now.warehouse_id = outcome.warehouse_id)
                   INSERT INTO jxc_score (
                          company_id, month, warehouse_id, outcome, rules,
                          baseline_value, stock_value, price_effect, volume_effect,
                          saving, stockout_days, baseline_stockout_days)
                   SELECT %(company)s, %(month)s::date, warehouse_id, outcome, count(*),
                          sum(q0 * c0), sum(q1 * c1), sum(q1 * (c1 - c0)),
                          sum(c0 * q0 * (growth - 1)), sum(c0 * (q0 * growth - q1)),
                          sum(out1) * %(days)s, sum(out0) * %(days)s
                     FROM article GROUP BY warehouse_id, outcome""",
                outcomes=self._outcomes(company, last + relativedelta(days=1)),
                company=company.id,
                month=month,
                days=last.day,
            )
        )
        self.invalidate_model()
        return cr.rowcount

    @api.model
    def _outcomes(self, company, until) -> SQL:
        """What was done with the suggestion of each rule of a warehouse, so far."""
        return SQL(
            """SELECT * FROM (
                   SELECT rule.product_id, rule.warehouse_id, CASE
                          WHEN change.id IS NULL AND rule.jxc_has_change THEN 'ignored'
                          WHEN change.id IS NULL AND rule.jxc_note = 'suggested'
                               THEN 'agreed'
                          WHEN change.id IS NULL THEN NULL
                          WHEN change.reason IS NOT NULL
                               OR change.new_min != rule.product_min_qty
                               OR change.new_max != rule.product_max_qty THEN 'changed'
                          ELSE 'accepted' END AS outcome
                     FROM stock_warehouse_orderpoint rule
                     JOIN stock_warehouse warehouse
                       ON warehouse.lot_stock_id = rule.location_id
                LEFT JOIN LATERAL (
                          SELECT * FROM jxc_change
                           WHERE orderpoint_id = rule.id AND reverted_at IS NULL
                             AND create_date < %s
                           ORDER BY id DESC LIMIT 1) change ON true
                    WHERE rule.company_id = %s AND rule.active) AS found
                WHERE outcome IS NOT NULL""",
            start_of(SQL("%s::date", until), timezone(company)),
            company.id,
        )
