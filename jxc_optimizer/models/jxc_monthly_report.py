from __future__ import annotations

import babel.dates
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date
from odoo.tools.misc import get_lang

REPORT = "jxc_optimizer.report_monthly"
#: day of the month from which last month's report goes out: returns have come in
SEND_DAY = 2


class JxcMonthlyReport(models.Model):
    """Two pages on a month for the management, and to whom they went.

    What is on the pages stands in ``jxc_monthly_report_figures.py``.
    """

    _name = "jxc.monthly.report"
    _description = "Monthly Inventory Report"
    _inherit = ["mail.thread"]
    _order = "month desc, company_id"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    month = fields.Date(
        required=True,
        default=lambda self: self._last_month(self.env.company),
        help="Any day of it.",
    )
    sent_at = fields.Datetime("Sent on", readonly=True, copy=False)

    _company_month = models.Constraint(
        "unique (company_id, month)", "This month has its report already."
    )

    @api.depends("company_id", "month")
    @api.depends_context("lang")
    def _compute_display_name(self):
        locale = get_lang(self.env).code
        for report in self:
            report.display_name = self.env._(
                "Inventory, %(month)s, %(company)s",
                month=babel.dates.format_skeleton("yMMMM", report.month, locale=locale),
                company=report.company_id.name,
            )

    @api.model
    def _last_month(self, company):
        today = self.env["jxc.demand.day"]._today(company)
        return today.replace(day=1) - relativedelta(months=1)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("month"):
                day = fields.Date.to_date(vals["month"])
                vals["month"] = day.replace(day=1)
        return super().create(vals_list)

    def _today_text(self) -> str:
        return format_date(self.env, self.env["jxc.demand.day"]._today(self.company_id))

    def action_print(self):
        """The pages, in the user's language."""
        self.ensure_one()
        return self.env.ref("jxc_optimizer.action_report_monthly").report_action(self)

    def action_send(self):
        """Send the pages to the recipients of the settings, each in his language."""
        for report in self:
            if not report._send():
                raise UserError(
                    self.env._(
                        "Nobody is to get the report. Name the recipients in the "
                        "settings, under Monthly Report."
                    )
                )

    def _send(self) -> bool:
        """Send to the recipients of the company; False where there are none."""
        self.ensure_one()
        recipients = self.company_id.jxc_report_partner_ids
        default = get_lang(self.env).code
        for lang, partners in recipients.grouped(
            lambda partner: partner.lang or default
        ).items():
            report = self.with_context(lang=lang)
            report.message_post(
                body=report.env._(
                    "The inventory of the month on two pages: what it is worth, how it "
                    "turns, what is wrong and what was done about it."
                ),
                subject=report.display_name,
                partner_ids=partners.ids,
                message_type="comment",
                subtype_xmlid="mail.mt_note",
                attachments=[(f"{report.display_name}.pdf", report._pdf())],
            )
        if recipients:
            self.sent_at = fields.Datetime.now()
        return bool(recipients)

    def _pdf(self) -> bytes:
        # sudo: who may send the report may also have it printed
        content, _kind = (
            self.env["ir.actions.report"].sudo()._render_qweb_pdf(REPORT, self.ids)
        )
        return content

    @api.model
    def _cron_send(self):
        """Last month's report of each company with recipients, once."""
        progress = self.env["ir.cron"]._commit_progress
        companies = self.env["res.company"].search(
            [("jxc_report_partner_ids", "!=", False)]
        )
        progress(remaining=len(companies))
        for company in companies:
            report = self.with_company(company)._due(company)
            if report:
                report._send()
            if not progress(1):
                return

    @api.model
    def _due(self, company):
        """The report of last month, as long as it was not sent."""
        month = self._last_month(company)
        today = self.env["jxc.demand.day"]._today(company)
        found = self.search([("company_id", "=", company.id), ("month", "=", month)])
        if today.day < SEND_DAY or found.sent_at:
            return self.browse()
        return found or self.create({"company_id": company.id, "month": month})
