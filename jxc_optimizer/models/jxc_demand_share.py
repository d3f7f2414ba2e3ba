"""The first count of a company by several at once: each counts its share."""

from __future__ import annotations

from datetime import date

from odoo import fields, models
from odoo.tools import SQL

from .jxc_demand_changed import frontier_of
from .jxc_demand_lines import PAGES, pages_of_lines
from .jxc_demand_scope import create_places

#: as many as scheduled actions work at a time; each looks at all lines
SHARES = 2


class JxcDemandDay(models.Model):
    """Reading every line is the longest part of a first night.

    A share is the products whose id leaves the same remainder, so that the busy ones,
    which often stand together, are divided too. Each is counted in a transaction of
    its own: it drops the changes that it has seen, of its products, and what is noted
    meanwhile is counted again when all are done.
    """

    _inherit = "jxc.demand.day"

    def _shares(self, company) -> list[dict]:
        """The shares in which the company is to be counted; none if it was, or if it
        is small: then ``_refresh`` counts."""
        if self._state(company) or pages_of_lines(self.env) < PAGES:
            return []
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM jxc_demand_change
                    WHERE company_id = %s AND product_id IS NULL ORDER BY id""",
                company.id,
            )
        )
        noted = [change for (change,) in rows]
        return [
            {"number": number, "shares": SHARES, "noted": noted}
            for number in range(SHARES)
        ]

    def _count_share(self, company, share: dict) -> dict | None:
        """Count a share anew.

        :returns: the share with its day and the fingerprint of the places; None if
            somebody else counts everything
        """
        self.env.flush_all()
        if not self._lock(company, shared=True):
            return None
        today = self._today(company)
        counted = {"day": today.isoformat(), "fingerprint": create_places(company)}
        if not self._state(company):
            self._load_share(company, today, share["number"], share["shares"])
        return share | counted

    def _load_share(self, company, today: date, number: int, shares: int) -> None:
        def chosen(product: SQL) -> SQL:
            return SQL("mod(%s, %s) = %s", product, shares, number)

        self.env.cr.execute(
            SQL(
                "DELETE FROM jxc_demand_series WHERE company_id = %s AND %s",
                company.id,
                chosen(SQL("product_id")),
            )
        )
        frontier = frontier_of(today)
        moves, _count = self._load_every(company, "jxc_demand_series", frontier, chosen)
        self._forget_read()
        self._drop_changes(company, frontier, moves, chosen)

    def _end_shares(self, company, shares: list[dict]) -> None:
        """Note that all is counted.

        Not if places have changed meanwhile: ``_refresh`` will find that, and count.
        """
        self.env.flush_all()
        if not self._lock(company) or self._state(company):
            return
        fingerprint = create_places(company)
        if any(share["fingerprint"] != fingerprint for share in shares):
            return
        # what meant everything before the first share began
        self.env.cr.execute(
            SQL(
                "DELETE FROM jxc_demand_change WHERE company_id = %s AND id = ANY (%s)",
                company.id,
                shares[0]["noted"],
            )
        )
        # sudo: as in _state
        self.env["jxc.demand.state"].sudo().create(
            {
                "company_id": company.id,
                "fingerprint": fingerprint,
                "rebuilt_day": max(share["day"] for share in shares),
                "rebuilt_at": fields.Datetime.now(),
                "differences": 0,
            }
        )
