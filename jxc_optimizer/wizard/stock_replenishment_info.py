from __future__ import annotations

import json

from odoo import api, fields, models


class StockReplenishmentInfo(models.TransientModel):
    """Why a suggestion is what it is, as a page of Odoo's Replenishment Information."""

    _inherit = "stock.replenishment.info"

    jxc_why = fields.Char("Why", compute="_compute_jxc_why")
    jxc_chart = fields.Json("Demand and Stock", compute="_compute_jxc_chart")
    jxc_has_change = fields.Boolean(related="orderpoint_id.jxc_has_change")
    jxc_trigger = fields.Selection(related="orderpoint_id.trigger")

    @api.depends_context("lang")
    @api.depends("orderpoint_id")
    def _compute_jxc_why(self):
        for info in self:
            explained = info.orderpoint_id and info.orderpoint_id._jxc_explain()
            info.jxc_why = explained and json.dumps(
                {**explained, "rule": info.orderpoint_id.id}
            )

    @api.depends_context("lang")
    @api.depends("orderpoint_id")
    def _compute_jxc_chart(self):
        for info in self:
            rule = info.orderpoint_id
            rule.check_access("read")
            # sudo: the figures of a rule are for whoever may see the rule
            info.jxc_chart = rule and self.env["jxc.projection"].sudo()._chart(rule)

    def action_jxc_apply(self):
        """Take the suggested min and max and go back to the list."""
        notification = self.orderpoint_id.action_jxc_apply()
        notification["params"]["next"] = {"type": "ir.actions.act_window_close"}
        return notification

    def action_jxc_edit(self):
        return self.orderpoint_id.action_jxc_edit()

    def action_jxc_snooze(self):
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "stock.action_orderpoint_snooze"
            ),
            "context": {"default_orderpoint_ids": self.orderpoint_id.ids},
        }
