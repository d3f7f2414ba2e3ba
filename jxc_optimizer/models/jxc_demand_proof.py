"""The weekly proof that bringing demand up to date loses nothing."""

from __future__ import annotations

import logging
from datetime import timedelta
from time import monotonic

from odoo import api, fields, models

_logger = logging.getLogger(__name__)

#: a complete count is due again after so many days, a little less than the week
#: between two calls
PROOF_DAYS = 6


class JxcDemandDay(models.Model):
    _inherit = "jxc.demand.day"

    @api.model
    def _rebuild(self, company) -> dict[str, int]:
        """Count the company's demand anew from all moves; proves the refresh right.

        Refreshes first, so that any series written by the count is a series that the
        refresh got wrong: these are logged and kept as ``differences``.

        :returns: as ``_refresh``, plus ``differences``
        """
        refreshed = self._refresh(company)
        if "busy" in refreshed or "differences" in refreshed:
            return refreshed
        state = self._state(company)
        counted = self._count_all(company, state, state.fingerprint)
        differences = sum(counted[key] for key in ("inserted", "updated", "deleted"))
        state.differences = differences
        if differences:
            _logger.warning(
                "%s: the complete count of demand changed %s series",
                company.name,
                differences,
            )
        return {**counted, "differences": differences}

    @api.model
    def _cron_rebuild(self):
        """Count the demand of each company anew, if that was not done this week.

        Each company in its own transaction, the one counted longest ago first; when
        time is up, the next call goes on with the others.
        """
        progress = self.env["ir.cron"]._commit_progress
        companies = self._companies_to_prove()
        progress(remaining=len(companies))
        for company in companies:
            start = monotonic()
            counts = self._rebuild(company)
            if "busy" in counts:
                _logger.info("%s: demand is being counted: later", company.name)
            else:
                _logger.info(
                    "%s: demand counted completely in %.1f s, %s series were wrong",
                    company.name,
                    monotonic() - start,
                    counts["differences"],
                )
            if progress(1) <= 0:
                return

    def _companies_to_prove(self):
        """Companies with a warehouse whose last complete count is a week old."""
        # sudo: the count is the same whoever asks for it
        warehouses = self.env["stock.warehouse"].sudo().search([("active", "=", True)])
        companies = warehouses.company_id
        recent = (
            self.env["jxc.demand.state"]
            .sudo()
            .search([("company_id", "in", companies.ids)])
        )
        since = fields.Datetime.now() - timedelta(days=PROOF_DAYS)
        counted = {state.company_id: state.rebuilt_at for state in recent}
        last = {
            company: counted.get(company, company.create_date)
            for company in companies
            if counted.get(company, since) <= since
        }
        return sorted(last, key=last.get)
