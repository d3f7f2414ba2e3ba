from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..engine import closure
from .jxc_demand_scope import timezone

#: how far ahead closed days are looked for
AHEAD_DAYS = 730


class JxcVendorClosure(models.Model):
    """Days on which vendors do not work: the Spring Festival, company holidays.

    An order that meets them takes longer by so many days. Public holidays of the
    company, from its working hours, count likewise: nobody takes goods in.
    """

    _name = "jxc.vendor.closure"
    _description = "Vendor Shutdown"
    _order = "date_from desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    date_from = fields.Date("First Day", required=True)
    date_to = fields.Date("Last Day", required=True)
    partner_ids = fields.Many2many(
        "res.partner",
        string="Vendors",
        help="Empty, and no country: all vendors.",
    )
    country_id = fields.Many2one(
        "res.country",
        "Vendors in",
        ondelete="restrict",
        help="All vendors of this country, with those named.",
    )

    _dates = models.Constraint(
        "CHECK (date_to >= date_from)", "The last day cannot be before the first."
    )

    @api.constrains("date_from", "date_to")
    def _check_length(self):
        for shutdown in self:
            if (shutdown.date_to - shutdown.date_from).days > 366:
                raise ValidationError(
                    self.env._("A shutdown cannot be longer than a year.")
                )

    @api.model
    def _calendar(self, company, vendor_ids: np.ndarray, first: date, days: int):
        """Closed days of vendors, from ``first`` on.

        Three statements at most, whatever the number of vendors.

        :param vendor_ids: [n] contacts, 0 = none, who is never closed
        :returns: (bool [g, days] closed, int [n] row of each vendor, -1 = never)
        """
        last = first + timedelta(days=days - 1)
        # sudo: lead times are the same whoever asks for them
        shutdowns = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("date_from", "<=", last),
                ("date_to", ">=", first),
            ]
        )
        holidays = np.zeros(days, dtype=bool)
        for begin, end in self._holidays(company, first, last):
            _close(holidays, begin, end, first)
        vendors, row = np.unique(vendor_ids, return_inverse=True)
        if not shutdowns and not holidays.any():
            return np.zeros((0, days), dtype=bool), np.full(len(row), -1)
        closed = np.tile(holidays, (len(vendors), 1))
        companies, countries = self._behind(vendors)
        for shutdown in shutdowns:
            named = shutdown.partner_ids.commercial_partner_id.ids
            mine = np.isin(companies, named)
            if shutdown.country_id:
                mine |= countries == shutdown.country_id.id
            elif not named:
                mine[:] = True
            for vendor in np.flatnonzero(mine):
                _close(closed[vendor], shutdown.date_from, shutdown.date_to, first)
        return closed, np.where(vendors[row] > 0, row, -1)

    def _behind(self, vendors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Company behind each contact, and its country, 0 = none."""
        rows = self.env.execute_query(
            SQL(
                """SELECT contact.id, company.id, COALESCE(company.country_id, 0)
                     FROM res_partner contact
                     JOIN res_partner company ON company.id = COALESCE(
                          contact.commercial_partner_id, contact.id)
                    WHERE contact.id = ANY(%s)""",
                vendors.tolist(),
            )
        )
        known = {contact: figures for contact, *figures in rows}
        pairs = [known.get(vendor, (0, 0)) for vendor in vendors.tolist()]
        companies, countries = np.array(pairs, dtype=int).reshape(-1, 2).T
        return companies, countries

    def _holidays(self, company, first: date, last: date) -> list[tuple[date, date]]:
        """Public holidays of the company: first and last day that they last at noon."""
        # sudo: as above
        leaves = self.env["resource.calendar.leaves"].sudo()
        found = leaves.search(
            [
                ("company_id", "=", company.id),
                ("resource_id", "=", False),
                ("time_type", "=", "leave"),
                ("calendar_id", "in", (False, company.resource_calendar_id.id)),
                ("date_from", "<=", last + timedelta(days=1)),
                ("date_to", ">=", first - timedelta(days=1)),
            ]
        )
        local = self.with_context(tz=timezone(company))
        half = timedelta(hours=12)

        def day(moment):
            return fields.Datetime.context_timestamp(local, moment).date()

        return [
            # the first noon not before the beginning, the last one not after the end
            (
                day(leave.date_from + half - timedelta(microseconds=1)),
                day(leave.date_to - half),
            )
            for leave in found
        ]

    @api.model
    def _lengthen(
        self, company, vendor_ids, lead_days, review_days, today: date
    ) -> np.ndarray:
        """Closed days that the next review's orders will meet [n].

        An order of the next review is the one for which today's must last.
        """
        closed, row = self._calendar(company, vendor_ids, today, AHEAD_DAYS)
        return closure.closed_days(
            lead_days, closed, row, np.ceil(review_days).astype(int)
        )


def _close(days: np.ndarray, begin: date, end: date, first: date) -> None:
    """Mark the days from ``begin`` to ``end``; ``days`` starts on ``first``."""
    start = max((begin - first).days, 0)
    days[start : max((end - first).days + 1, 0)] = True
