from __future__ import annotations

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .jxc_demand_scope import local_day, timezone
from .jxc_kpi_compute import month_cells

#: months before this one that are counted at installation
BACKFILL = 36
#: a transaction may end that long after the time its changes bear
LATE = timedelta(minutes=15)


class JxcKpiMonth(models.Model):
    """A month whose key figures are counted: a unit of work of its own.

    The scheduled action plans the months of each company, from the first move on, and
    counts those that wait, the latest first. A month waits again when one of its moves
    or of those before it has changed since (back-dated, corrected, revalued); the
    month that runs is counted every day.
    """

    _name = "jxc.kpi.month"
    _description = "Month of Inventory Key Figures"
    _order = "month desc, company_id"
    _rec_name = "month"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    month = fields.Date(required=True, readonly=True)
    last_day = fields.Date("Counted up to", readonly=True)
    state = fields.Selection(
        [("waiting", "Waiting"), ("done", "Done")],
        required=True,
        readonly=True,
        default="waiting",
    )
    computed_at = fields.Datetime("Counted at", readonly=True)
    forecast_error = fields.Float(
        digits=(16, 2), readonly=True, help="Errors of the forecasts, as counted in."
    )
    changed_rows = fields.Integer(readonly=True, help="Rows written by the last count.")

    _company_month = models.Constraint(
        "unique (company_id, month)", "Each month of a company is counted once."
    )

    @api.model
    def _cron_count(self):
        """Plan all companies' months and count what waits, as long as there is time."""
        progress = self.env["ir.cron"]._commit_progress
        companies = (
            self.env["stock.warehouse"].search([("active", "=", True)]).company_id
        )
        for company in companies:
            self.env["jxc.demand.day"]._refresh(company)
            self._plan(company)
            self.env["jxc.exception.week"]._backfill(company)
        waiting = self.search([("state", "=", "waiting")], order="month desc, id")
        progress(remaining=len(waiting))
        for left, month in zip(range(len(waiting))[::-1], waiting, strict=True):
            month._count()
            if not progress(1, remaining=left):
                return

    @api.model
    def _plan(self, company):
        """Have every month of the company, and let those wait that have changed."""
        touched = self._touched(company)
        today = self.env["jxc.demand.day"]._today(company)
        month = today.replace(day=1)
        oldest = max(min([month, *touched]), month - relativedelta(months=BACKFILL))
        months = self.search([("company_id", "=", company.id)])
        missing = []
        while month >= oldest:
            missing.append(month)
            month -= relativedelta(months=1)
        known = set(months.mapped("month"))
        self.create(
            [
                {"company_id": company.id, "month": month}
                for month in missing
                if month not in known
            ]
        )
        errors = self._forecast_errors(company)
        months.filtered(
            lambda month: (
                month._is_stale(touched, today)
                or abs(month.forecast_error - errors.get(month.month, 0.0)) > 0.01
            )
        ).state = "waiting"

    def _forecast_errors(self, company) -> dict:
        """Month that is over -> what its forecasts missed, as far as it is counted."""
        groups = self.env["jxc.accuracy"]._read_group(
            [("company_id", "=", company.id), ("is_complete", "=", True)],
            ["month:month"],
            ["final_error:sum"],
        )
        return {month: round(float(error or 0), 2) for month, error in groups}

    @api.model
    def _touched(self, company) -> dict:
        """Month of moves -> when the last of them was written, valued or priced."""
        tz = timezone(company)

        def by_month(table, condition):
            return SQL(
                """SELECT date_trunc('month', %s)::date AS month,
                          max(write_date) AS written
                     FROM %s WHERE company_id = %s AND %s GROUP BY 1""",
                local_day(SQL("date"), tz),
                SQL.identifier(table),
                company.id,
                condition,
            )

        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT month, max(written) FROM (%s UNION ALL %s UNION ALL %s) AS t
                    GROUP BY month""",
                by_month("stock_move_line", SQL("state = 'done'")),
                by_month("stock_move", SQL("state = 'done'")),
                by_month("product_value", SQL("move_id IS NULL")),
            )
        )
        return dict(rows)

    def _is_stale(self, touched, today) -> bool:
        """Whether what was counted may no longer be true."""
        self.ensure_one()
        if not self.last_day or self.last_day < min(today, self._end()):
            return True
        if self._end() >= today:
            return True
        return any(
            written > self.computed_at - LATE
            for month, written in touched.items()
            if month <= self.month
        )

    def _end(self):
        return self.month + relativedelta(months=1, days=-1)

    def _count(self):
        """Count a month anew, and write what differs."""
        self.ensure_one()
        self.env.flush_all()
        # Two at the same time would write the same rows.
        self.env.cr.execute(
            SQL(
                "SELECT pg_advisory_xact_lock(hashtext('jxc_kpi'), %s)",
                self.company_id.id,
            )
        )
        company = self.company_id
        today = self.env["jxc.demand.day"]._today(company)
        current = self._end() >= today
        last = min(self._end(), today)
        columns = month_cells(company, self.month, last, current)
        self.write(
            {
                "state": "done",
                "last_day": last,
                "computed_at": self.env.cr.now(),
                "forecast_error": self._forecast_errors(company).get(self.month, 0.0),
                "changed_rows": self.env["jxc.kpi"]._write_month(
                    company, self.month, last, current, columns
                ),
            }
        )
