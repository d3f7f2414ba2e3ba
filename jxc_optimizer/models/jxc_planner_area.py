from __future__ import annotations

import numpy as np

from odoo import models

from ..engine.apart import Method
from .jxc_levels import Levels


class JxcPlanner(models.AbstractModel):
    """Plan each article by the goal of its warehouse and the method of its group."""

    _inherit = "jxc.planner"

    def _levels(self, company, payload: dict, target: dict) -> tuple[Levels, dict]:
        """Levels of a shard, and by what each article got them, [n] each.

        :returns: levels; method, objective, fill_rate, price
        """
        count = len(payload["product_id"])
        basis = {
            "method": np.full(count, "textbook", dtype=object),
            "objective": np.full(count, target["objective"], dtype=object),
            "fill_rate": np.full(count, target["fill_rate"]),
            "price": np.full(count, target["price"]),
        }
        if not count:
            return self._plan_textbook(company, payload, target), basis
        found = []
        for area, rows in self._split_areas(payload["warehouse_id"], target):
            for name in ("objective", "fill_rate", "price"):
                basis[name][rows] = area[name]
            for method, terms, mine in self._split_methods(payload, area, rows):
                basis["method"][mine] = method
                plan = {
                    "assortment": self._plan_assortment,
                    "one_factor": self._plan_one_factor,
                    "textbook": self._plan_textbook,
                }[method]
                part = {name: values[mine] for name, values in payload.items()}
                found.append((mine, plan(company, part, terms)))
        return Levels.joined(found, count), basis

    def _main_method(self, target: dict) -> str:
        """The company's, or where all warehouses have their own goals the first's."""
        areas = [target, *target.get("own", {}).values()]
        return next(
            (area["method"] for area in areas if area.get("reason") != "nothing"),
            target["method"],
        )

    def _split_areas(self, warehouse_id, target: dict):
        """(target, rows) of the company and of each warehouse with its own."""
        rest = np.ones(len(warehouse_id), dtype=bool)
        areas = []
        for number, own in target["own"].items():
            mine = warehouse_id == int(number)
            rest &= ~mine
            areas.append((own, np.flatnonzero(mine)))
        return [
            (area, rows)
            for area, rows in [(target, np.flatnonzero(rest)), *areas]
            if len(rows)
        ]

    def _split_methods(self, payload: dict, area: dict, rows):
        """(method, its target, rows) of the groups that are planned alike."""
        if area["method"] == "textbook":
            return [("textbook", area, rows)]
        worth, factor = Method(**area["dial"]).spread(
            payload["warehouse_id"][rows], payload["pattern"][rows]
        )
        parts = []
        for dial in np.unique(worth[~np.isnan(worth)]):
            terms = area | {"parameters": area["parameters"] | {"worth": float(dial)}}
            parts.append(("assortment", terms, rows[worth == dial]))
        for dial in np.unique(factor[~np.isnan(factor)]):
            terms = area | {"factor": float(dial)}
            parts.append(("one_factor", terms, rows[factor == dial]))
        return parts
