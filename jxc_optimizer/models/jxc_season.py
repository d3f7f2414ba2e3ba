from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from odoo import api, fields, models
from odoo.tools import SQL

from .jxc_demand_matrix import WEEK

#: weeks after which a season comes again
CYCLE = 52


class JxcSeason(models.Model):
    """How the demand of a category's articles goes through the year.

    Only of categories whose season proved itself on years held back; the others have
    no row. Written by runs.
    """

    _name = "jxc.season"
    _description = "Season of a Category"
    _rec_name = "categ_id"
    _order = "company_id, categ_id"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    categ_id = fields.Many2one(
        "product.category", "Category", required=True, readonly=True, ondelete="cascade"
    )
    first_day = fields.Date(
        required=True,
        readonly=True,
        help="The first week of the index begins on it, and again every 364 days.",
    )
    index = fields.Json(
        required=True,
        readonly=True,
        help="Demand of each of 52 weeks relative to an average one.",
    )

    _company_categ = models.UniqueIndex("(company_id, categ_id)")

    @api.model
    def _publish(self, company, found: dict | None) -> None:
        """Make the company's rows what a run found out; writes what differs.

        :param found: category id -> ``first_day`` and ``index``, 52 numbers
        """
        found = found or {}
        # sudo: runs write what they find out, whoever starts them
        rows = self.sudo().search([("company_id", "=", company.id)])
        ids = [int(categ_id) for categ_id in found]
        existing = self.env["product.category"].browse(ids).exists()
        known = {row.categ_id.id: row for row in rows}
        (rows.filtered(lambda row: row.categ_id not in existing)).unlink()
        for categ_id in existing.ids:
            values = found[str(categ_id)]
            row = known.get(categ_id)
            if not row:
                rows.create({**values, "company_id": company.id, "categ_id": categ_id})
            elif (row.index, str(row.first_day)) != (
                values["index"],
                values["first_day"],
            ):
                row.write(values)

    @api.model
    def _daily(self, company, product_ids: np.ndarray, today: date, days: int):
        """Demand of each of the next days relative to an average one [n, days].

        None where no category has a season. Day 0 is today.
        """
        return self._by_product(
            company,
            product_ids,
            lambda season: days_of(season.index, season.first_day, today, days),
            np.ones(days),
        )

    @api.model
    def _index(self, company, product_ids: np.ndarray, today: date):
        """Demand of the weeks from today on relative to an average one [n, 52].

        None where no category has a season.
        """
        return self._by_product(
            company,
            product_ids,
            lambda season: days_of(
                season.index, season.first_day, today, WEEK * CYCLE
            ).reshape(CYCLE, WEEK)[:, WEEK // 2],
            np.ones(CYCLE),
        )

    def _by_product(self, company, product_ids: np.ndarray, of_season, average):
        """An array for each product, by the season of its category."""
        # sudo: forecasts are the same whoever asks for them
        seasons = self.sudo().search([("company_id", "=", company.id)])
        if not seasons or not len(product_ids):
            return None
        by_category = {season.categ_id.id: of_season(season) for season in seasons}
        rows = self.env.execute_query(
            SQL(
                """SELECT product.id, template.categ_id
                     FROM product_product product
                     JOIN product_template template ON template.id = product_tmpl_id
                    WHERE product.id = ANY(%s)""",
                np.unique(product_ids).tolist(),
            )
        )
        category_of = dict(rows)
        return np.array(
            [
                by_category.get(category_of.get(product), average)
                for product in product_ids.tolist()
            ]
        )

    @api.model
    def _profile(self, company, product_ids, warehouse_ids, today: date, days: int):
        """Change of the demand of each of the next days as a share [n, days + 1].

        By season and planned events; None where neither touches them. Day 0 is today.
        """
        season = self._daily(company, product_ids, today, days + 1)
        events = self.env["jxc.demand.event"]._extra_profile(
            company, product_ids, warehouse_ids, today, days
        )
        if season is None:
            return events
        return season * (1.0 + (0.0 if events is None else events)) - 1.0


def days_of(index: list[float], first_day: date, today: date, days: int) -> np.ndarray:
    """An index by day: ``days`` days from today on."""
    start = (today - first_day) // timedelta(days=1)
    week = (start + np.arange(days)) // WEEK % len(index)
    return np.asarray(index)[week]
