from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import UserError


class JxcLevelEdit(models.TransientModel):
    """Other levels than suggested, and why; the log of changes keeps both."""

    _name = "jxc.level.edit"
    _description = "Edit Minimum and Maximum with a Reason"

    orderpoint_id = fields.Many2one(
        "stock.warehouse.orderpoint", "Reordering Rule", required=True, readonly=True
    )
    product_id = fields.Many2one(related="orderpoint_id.product_id")
    unit = fields.Char(related="orderpoint_id.product_uom_name")
    new_min = fields.Float("Minimum", digits="Product Unit", required=True)
    new_max = fields.Float("Maximum", digits="Product Unit", required=True)
    reason = fields.Char(
        required=True, help="Kept with the change: who reads it later knows why."
    )

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        rule = self.env["stock.warehouse.orderpoint"].browse(
            values.get("orderpoint_id")
        )
        suggested = rule.jxc_note == "suggested"
        return {
            "new_min": rule.jxc_suggested_min if suggested else rule.product_min_qty,
            "new_max": rule.jxc_suggested_max if suggested else rule.product_max_qty,
            **values,
        }

    def action_apply(self):
        self.ensure_one()
        if not 0 <= self.new_min <= self.new_max:
            raise UserError(
                self.env._(
                    "The minimum must be 0 or more, and the maximum not below it."
                )
            )
        self.orderpoint_id._jxc_set_levels(self.new_min, self.new_max, self.reason)
        return {
            "type": "ir.actions.client",
            "tag": "soft_reload",
        }
