"""What a company, or a warehouse of it, aims at."""

from __future__ import annotations

from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import ValidationError

OBJECTIVES = [
    ("both", "Order lines, with a floor for value"),
    ("lines", "Order lines"),
    ("units", "Units"),
    ("value", "Value"),
    ("cost", "Cost per missed unit"),
]
#: objective -> what a replay measures
FILL = {
    "lines": "line", "units": "unit", "value": "value", "both": "both", "cost": "cost",
}  # fmt: skip


class Goal(NamedTuple):
    """A target for articles that are looked at together."""

    objective: str
    fill_rate: float
    price: float  # of a missed unit, where it is the objective

    @property
    def fill(self) -> str:
        return FILL[self.objective]

    @property
    def target(self) -> float:
        return self.price if self.objective == "cost" else self.fill_rate


class ResCompany(models.Model):
    _inherit = "res.company"

    jxc_objective = fields.Selection(
        OBJECTIVES,
        "Service Counts",
        default="both",
        required=True,
        help="What the service target is a share of. Order lines alone or units alone "
        "save most stock, because shortages move to expensive articles: less of the "
        "value is then delivered at once. The floor keeps the value at what the "
        "textbook would deliver. With a cost per missed unit there is no target: "
        "stock is kept as long as it costs less than the units it saves. Each run "
        "shows all three rates of its replay. A warehouse can have its own.",
    )
    jxc_missed_cost = fields.Monetary(
        "Cost of a Missed Unit",
        default=5.0,
        help="What it costs not to deliver a unit at once: margin, express freight, "
        "trouble. The same for every article.",
    )

    @api.constrains("jxc_objective", "jxc_missed_cost")
    def _check_jxc_missed_cost(self):
        for company in self:
            if company.jxc_missed_cost <= 0:
                raise ValidationError(
                    self.env._("The cost of a missed unit must be above 0.")
                )

    def _jxc_goal(self) -> Goal:
        self.ensure_one()
        cost = self.jxc_objective == "cost"
        price = self.jxc_missed_cost if cost else 0.0
        return Goal(self.jxc_objective, self.jxc_fill_rate, price)

    def _jxc_own_goals(self) -> dict[int, Goal]:
        """Goals of warehouses that differ from the company's, by warehouse."""
        self.ensure_one()
        # sudo: what a warehouse aims at does not depend on who looks
        warehouses = self.env["stock.warehouse"].sudo()
        found = warehouses.search([("company_id", "=", self.id)], order="id")
        goals = {warehouse.id: warehouse._jxc_goal() for warehouse in found}
        whole = self._jxc_goal()
        return {number: goal for number, goal in goals.items() if goal != whole}


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    jxc_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Currency of the Company"
    )
    jxc_objective = fields.Selection(
        OBJECTIVES,
        "Service Counts",
        help="What the service target of this warehouse is a share of. Empty: as the "
        "company's.",
    )
    jxc_fill_rate = fields.Float(
        "Service Target",
        digits=(16, 4),
        help="Share of this warehouse's demand that is delivered from stock at once. "
        "0: as the company's.",
    )
    jxc_missed_cost = fields.Monetary(
        "Cost of a Missed Unit",
        currency_field="jxc_currency_id",
        help="0: as the company's.",
    )

    @api.constrains("jxc_fill_rate", "jxc_missed_cost")
    def _check_jxc_goal(self):
        for warehouse in self:
            rate = warehouse.jxc_fill_rate
            if rate and not 0.5 <= rate <= 0.999:
                raise ValidationError(
                    self.env._("The service target must be 50 to 99.9 %.")
                )
            if warehouse.jxc_missed_cost < 0:
                raise ValidationError(
                    self.env._("The cost of a missed unit must not be negative.")
                )

    def _jxc_goal(self) -> Goal:
        """Its own, where it has one, else the company's."""
        self.ensure_one()
        company = self.company_id
        objective = self.jxc_objective or company.jxc_objective
        price = self.jxc_missed_cost or company.jxc_missed_cost
        return Goal(
            objective,
            self.jxc_fill_rate or company.jxc_fill_rate,
            price if objective == "cost" else 0.0,
        )
