from __future__ import annotations

import numpy as np
from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .jxc_demand_copy import copy_rows
from .jxc_policy import ABC_CLASSES, XYZ_CLASSES

#: what articles may be ranked by in the curve, and the company's measure of it
MEASURES = {
    "consumption_value": "value",
    "consumption_margin": "margin",
    "consumption_qty": "quantity",
    "consumption_lines": "lines",
    "on_hand_value": "stock",
}
#: points of the curve
POINTS = 50


class JxcOverview(models.AbstractModel):
    _inherit = "jxc.overview"

    @api.model
    def get_matrix(self, filters: dict | None = None, measure: str | None = None):
        """The ABC–XYZ matrix of the last run, and how concentrated a measure is.

        Articles and their share are those of the policies; stock, turnover and
        availability those of the key figures, of the month that runs and of twelve
        months.

        :param filters: warehouse_id, categ_id, vendor_id, buyer_id; the last two do not
            bear on the key figures, which know neither
        :param measure: one of MEASURES; by default what the classes are found by
        """
        self.env["jxc.kpi"].check_access("read")
        self.env["jxc.policy"].check_access("read")
        company = self.env.company
        by_measure = {name: column for column, name in MEASURES.items()}
        measure = measure or by_measure.get(
            company.jxc_abc_measure, "consumption_value"
        )
        if measure not in MEASURES:
            raise UserError(self.env._("Choose one of the measures of the list."))
        chosen = self._chosen(filters)
        articles = self._matrix_rows(company, chosen, measure)
        return {
            "company": company.name,
            "currency_id": company.currency_id.id,
            "filters": chosen,
            "options": self._options(company),
            "measure": measure,
            "ranked_by": company.jxc_abc_measure,
            "by_warehouse": company.jxc_abc_scope == "warehouse",
            "run_day": self._run_day(company),
            "can_edit": self.env.user.has_group("jxc_optimizer.group_planner"),
            "cells": self._matrix_cells(company, chosen, articles),
            "changes": self._changes(company, chosen),
            "chosen": self.env["jxc.policy"].search_count(
                self._policy_domain(company, chosen)
                & Domain("abc_is_chosen", "=", True)
            ),
            "curve": _curve(articles["amount"]),
        }

    def _matrix_rows(self, company, chosen, measure) -> np.ndarray:
        """Class (as character codes, 0 for none) and measure of policies of warehouses.

        By COPY: classes and curve both need every article, and are found from one read.
        """
        warehouses = self.env["stock.warehouse"].with_context(active_test=False)
        stocks = warehouses.search([("company_id", "=", company.id)]).lot_stock_id
        policies = self.env["jxc.policy"]
        query = policies._search(
            self._policy_domain(company, chosen)
            & Domain("location_id", "in", stocks.ids)
        )

        def column(name):
            return policies._field_to_sql(query.table, name, query)

        amount = (
            SQL("%s * %s", column("on_hand"), column("unit_cost"))
            if measure == "on_hand_value"
            else column(measure)
        )
        return copy_rows(
            self.env.cr,
            query.select(
                SQL("COALESCE(ascii(%s), 0)", column("abc_class")),
                SQL("COALESCE(ascii(%s), 0)", column("xyz_class")),
                SQL("greatest(%s, 0)::float8", amount),
            ),
            {"abc": "i4", "xyz": "i4", "amount": "f8"},
        )

    def _matrix_cells(self, company, chosen, articles) -> list[dict]:
        code = articles["abc"].astype(int) << 8 | articles["xyz"]
        found, place = np.unique(code, return_inverse=True)
        amounts = np.bincount(place, articles["amount"], minlength=len(found))
        total = amounts.sum() or 1.0
        cells = {
            (_letter(cell >> 8), _letter(cell & 255)): {
                "articles": count,
                "share": amount / total,
            }
            for cell, count, amount in zip(
                found.tolist(),
                np.bincount(place).tolist(),
                amounts.tolist(),
                strict=True,
            )
        }
        month = self._this_month(company)
        domain = self._kpi_domain(company, chosen)
        groups = ["abc_class", "xyz_class"]
        year = self.env["jxc.kpi"]._read_group(
            domain & Domain("month", ">", month - relativedelta(months=12)),
            groups,
            ["turns:avg", "availability:avg"],
        )
        stock = self.env["jxc.kpi"]._read_group(
            domain & Domain("month", "=", month), groups, ["stock_value:avg"]
        )
        held = sum(float(value or 0) for *_key, value in stock) or 1.0
        for abc, xyz, turns, availability in year:
            cells.get((abc or "", xyz or ""), {}).update(
                turns=None if turns is None else float(turns),
                availability=None if availability is None else float(availability),
            )
        for abc, xyz, value in stock:
            cells.get((abc or "", xyz or ""), {}).update(
                stock_value=float(value or 0), stock_share=float(value or 0) / held
            )
        for name, settings in self._settings(company).items():
            cells.setdefault(name, {})["settings"] = settings
        empty = {
            "articles": 0,
            "share": 0.0,
            "turns": None,
            "availability": None,
            "stock_value": 0.0,
            "stock_share": 0.0,
            "settings": None,
        }
        return [
            {"abc": abc, "xyz": xyz, **empty, **cells.get((abc, xyz), {})}
            for abc in [name for name, _label in ABC_CLASSES] + [""]
            for xyz in [name for name, _label in XYZ_CLASSES] + [""]
        ]

    def _settings(self, company) -> dict[tuple[str, str], dict]:
        """What the company does in each class."""
        cells = self.env["jxc.cell"]
        cells._ensure(company)
        modes = dict(cells.fields_get(["mode"], ["selection"])["mode"]["selection"])
        return {
            (cell.abc_class, cell.xyz_class): {
                "id": cell.id,
                "mode": modes[cell.mode],
                "fill_floor": cell.fill_floor,
                "review_days": cell.review_days,
                "count_days": cell.count_days,
            }
            for cell in cells.search([("company_id", "=", company.id)])
        }

    def _changes(self, company, chosen) -> dict[str, int]:
        """How many articles went up and down a class in the last run."""
        day = self._run_day(company)
        if not day:
            return {"up": 0, "down": 0}
        rows = dict(
            self.env["jxc.class.change"]._read_group(
                self._change_domain(company, chosen) & Domain("day", "=", day),
                ["is_up"],
                ["__count"],
            )
        )
        return {"up": rows.get(True, 0), "down": rows.get(False, 0)}

    def _change_domain(self, company, chosen):
        domain = Domain("company_id", "=", company.id)
        if chosen["warehouse_id"]:
            domain &= Domain("warehouse_id", "=", chosen["warehouse_id"])
        if chosen["categ_id"]:
            domain &= Domain("product_id.categ_id", "child_of", chosen["categ_id"])
        if chosen["vendor_id"] or chosen["buyer_id"]:
            policies = self.env["jxc.policy"]._search(
                self._policy_domain(company, chosen)
            )
            domain &= Domain("product_id", "in", policies.subselect("product_id"))
        return domain

    @api.model
    def get_changes_action(self, filters: dict | None = None) -> dict:
        """The articles that changed their class in the last run, and why."""
        self.env["jxc.class.change"].check_access("read")
        company = self.env.company
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "jxc_optimizer.action_jxc_class_change"
        )
        domain = self._change_domain(company, self._chosen(filters))
        day = self._run_day(company)
        return action | {
            "domain": list(domain & Domain("day", "=", day)),
            "context": {},
            # its address would open it without the filter
            "path": False,
        }

    @api.model
    def get_cell_action(self, abc: str, xyz: str, filters: dict | None = None) -> dict:
        """The articles of a cell, with the same filters."""
        self.env["jxc.policy"].check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "jxc_optimizer.action_jxc_policy"
        )
        domain = self._policy_domain(self.env.company, self._chosen(filters))
        domain &= Domain("abc_class", "=", abc or False)
        domain &= Domain("xyz_class", "=", xyz or False)
        name = f"{abc}{xyz}" or self.env._("Without Class")
        return action | {
            "name": name,
            "display_name": name,
            "domain": list(domain),
            "context": {},
            # its address would open it without the filter
            "path": False,
        }


def _letter(code: int) -> str:
    return chr(code) if code else ""


def _curve(amounts) -> list[tuple[float, float]]:
    """Share of the articles, the largest first, and the share they make up.

    At POINTS articles spread evenly, or at each of fewer.
    """
    count = len(amounts)
    reached = np.cumsum(np.sort(amounts)[::-1])
    at = np.unique(np.ceil(np.arange(1, POINTS + 1) * count / POINTS).astype(int))
    total = reached[-1] if count and reached[-1] > 0 else 1.0
    return [
        (rank / count, float(reached[rank - 1] / total)) for rank in at.tolist() if rank
    ]
