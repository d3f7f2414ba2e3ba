"""What the policies of a product depend on of the target that all share."""

from __future__ import annotations

import numpy as np

from odoo import models

from .jxc_policy_input import number_of

#: of an area, what its articles are planned by; the rest is told of it
PLANNED_BY = ("method", "objective", "fill_rate", "price", "dial", "parameters")


class JxcPolicyInput(models.Model):
    _inherit = "jxc.policy.input"

    def _of_target(self, target: dict, warehouse_id, categ_id) -> np.ndarray:
        """Numbers for what articles in some warehouses and categories are planned by,
        uint64 [n].

        Another target of other warehouses, or season of other categories, leaves them
        as they are.
        """
        numbers = np.zeros(len(warehouse_id), np.uint64)
        if not target:
            return numbers
        planner = self.env["jxc.planner"]
        for area, rows in planner._split_areas(warehouse_id, target):
            numbers[rows] = number_of(_planned_by(area))
        for category, found in (target.get("season") or {}).items():
            numbers[categ_id == int(category)] += np.uint64(number_of(found))
        return numbers

    def _plan_alike(self, target: dict, other: dict) -> bool:
        """Whether two targets differ in nothing that articles are planned by."""
        return number_of(_whole(target)) == number_of(_whole(other))


def _planned_by(area: dict) -> list:
    return [area.get(name) for name in PLANNED_BY]


def _whole(target: dict) -> list:
    areas = {number: _planned_by(area) for number, area in target["own"].items()}
    return [_planned_by(target), areas, target.get("season")]
