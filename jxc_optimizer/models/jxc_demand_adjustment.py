"""Adjustments: what sales or purchasing know and the history does not."""

from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

DEPARTMENTS = [
    ("sales", "Sales"),
    ("purchasing", "Purchasing"),
    ("planning", "Planning"),
]
#: what changes the share that an announced quantity is of the usual demand
BASIS = frozenset(
    ("quantity", "date_from", "date_to", "product_ids", "warehouse_id", "scope")
)


class JxcDemandEvent(models.Model):
    """An adjustment is an event that the history is to learn.

    It corrects the forecast while it is valid and is not taken out of the history
    afterwards: a new customer stays, a promotion does not. Whoever may announce makes
    and changes adjustments of his own; levels and rules stay the planners'.
    """

    _inherit = "jxc.demand.event"

    department = fields.Selection(
        DEPARTMENTS, default=lambda self: self._own_department(), tracking=True
    )
    quantity = fields.Float(
        "More or Less",
        digits="Product Unit",
        tracking=True,
        help="Units in addition to the usual demand, over all the days; negative where "
        "less is expected. Empty where a percentage is meant.",
    )

    @api.model
    def _own_department(self) -> str:
        user = self.env.user
        if user.has_group("jxc_optimizer.group_planner"):
            return "planning"
        if user.has_group("jxc_optimizer.group_buyer"):
            return "purchasing"
        return "sales"

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.user.has_group("jxc_optimizer.group_planner"):
            vals_list = [
                {**vals, "department": self._own_department()} for vals in vals_list
            ]
        events = super().create(vals_list)
        events._state_share()
        return events

    def write(self, vals):
        if not self.env.user.has_group("jxc_optimizer.group_planner"):
            vals = {name: vals[name] for name in vals if name != "department"}
        result = super().write(vals)
        if "kind" in vals:
            self.check_access("write")  # as what it has become
        if BASIS & set(vals):
            self._state_share()
        return result

    @api.constrains("kind", "note", "expected_change", "quantity")
    def _check_adjustment(self):
        for event in self.filtered(lambda event: event.kind == "adjustment"):
            if not event.note:
                raise ValidationError(
                    self.env._("Give the reason of the adjustment: others rely on it.")
                )
            if not event.expected_change and not event.quantity:
                raise ValidationError(
                    self.env._("Say how much more or less, in percent or in units.")
                )

    @api.constrains("quantity", "scope", "product_ids")
    def _check_quantity(self):
        for event in self.filtered("quantity"):
            if event.scope != "products" or len(event.product_ids) != 1:
                raise ValidationError(
                    self.env._(
                        "A quantity can be announced for one article at a time. For "
                        "several, give a percentage."
                    )
                )

    def _state_share(self) -> None:
        """Turn announced quantities into shares of the demand that is usual today.

        Without any usual demand there is nothing to add to, and it is refused.
        """
        announced = self.filtered("quantity")
        if not announced:
            return
        found = announced._restate()
        for event in announced - self.browse(found):
            raise ValidationError(
                self.env._(
                    "%s has no forecast yet that could be raised by a quantity. Order "
                    "what is needed, or set a least stock in its parameters.",
                    event.product_ids.display_name,
                )
            )

    def _restate(self) -> list[int]:
        """The share of each event that names a quantity; one statement.

        :returns: ids of the events whose articles have demand
        """
        self.flush_recordset()
        # sudo: whoever announces a quantity need not see levels and costs
        self.env["jxc.policy"].sudo().flush_model()
        rows = self.env.execute_query(
            SQL(
                """WITH usual AS (
                        SELECT event.id, sum(policy.demand_per_day)
                               * (event.date_to - event.date_from + 1) AS quantity
                          FROM jxc_demand_event event
                          JOIN jxc_demand_event_product_product_rel taking
                            ON taking.jxc_demand_event_id = event.id
                          JOIN jxc_policy policy
                            ON policy.product_id = taking.product_product_id
                           AND policy.company_id = event.company_id
                          JOIN stock_warehouse warehouse
                            ON warehouse.lot_stock_id = policy.location_id
                           AND warehouse.id = COALESCE(event.warehouse_id, warehouse.id)
                         WHERE event.id = ANY(%s)
                         GROUP BY event.id
                   )
                   UPDATE jxc_demand_event event
                      SET expected_change = greatest(
                              round(event.quantity / usual.quantity, 4), -1)
                     FROM usual
                    WHERE usual.id = event.id AND usual.quantity > 0
                RETURNING event.id""",
                self.ids,
            )
        )
        self.invalidate_recordset(["expected_change"])
        return [event for [event] in rows]

    @api.model
    def _restate_ahead(self, company, today) -> None:
        """State the announced quantities again by the demand of the last run."""
        # sudo: a run does it, whoever starts it
        self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("quantity", "!=", 0),
                ("date_to", ">=", today),
            ]
        )._restate()
