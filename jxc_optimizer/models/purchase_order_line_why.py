from __future__ import annotations

import json

from odoo import api, fields, models
from odoo.tools import formatLang

from .product_price_break import KEY

#: what the explanation of a rule is made of
EXPLAINED = (
    "jxc_note",
    "jxc_terms",
    "jxc_order_terms",
    "jxc_suggested_min",
    "jxc_suggested_max",
    "product_max_qty",
)


class PurchaseOrderLine(models.Model):
    """Why a line was ordered: the reasons of that day, whatever the rule says later."""

    _inherit = "purchase.order.line"

    jxc_reasons = fields.Json(
        "Reasons of the Order",
        readonly=True,
        copy=False,
        help="The suggestion of the reordering rule when this was ordered.",
    )
    jxc_why = fields.Char("Why", compute="_compute_jxc_why")

    @api.depends_context("lang")
    @api.depends("jxc_reasons")
    def _compute_jxc_why(self):
        """The explanation for the popover, as JSON."""
        rules = self.env["stock.warehouse.orderpoint"]
        for line in self:
            line.jxc_why = False
            if line.jxc_reasons:
                reasons = dict(line.jxc_reasons)
                better = reasons.pop(KEY, None)
                as_it_was = rules.new({"product_id": line.product_id.id, **reasons})
                why = as_it_was._jxc_explain()
                if better:
                    why["facts"].insert(0, line._jxc_break_fact(better))
                    if not reasons:
                        why.pop("message", None)
                line.jxc_why = json.dumps(why)

    def _jxc_break_fact(self, better: dict) -> str:
        """That the quantity was raised to a price break, and what that saves."""
        currency = self.env["res.currency"].browse(better["currency_id"])

        def number(value):
            return formatLang(self.env, value, digits=0 if value % 1 == 0 else 2)

        return self.env._(
            "Raised from %(before)s to the price break at %(quantity)s: saves "
            "%(saving)s a year, holding cost counted",
            before=number(better["from"]),
            quantity=number(better["quantity"]),
            saving=formatLang(self.env, better["saving"], currency_obj=currency),
        )

    @api.model
    def _prepare_purchase_order_line_from_procurement(
        self, product_id, product_qty, product_uom, location_dest_id, *args
    ):
        values = super()._prepare_purchase_order_line_from_procurement(
            product_id, product_qty, product_uom, location_dest_id, *args
        )
        rule = self.env["stock.warehouse.orderpoint"].browse(
            values.get("orderpoint_id")
        )
        reasons = rule._jxc_reasons() or {}
        # location, name, origin, company, values, order: as Odoo calls it
        procured = args[3] if len(args) > 3 else {}
        if KEY in procured:
            reasons[KEY] = procured[KEY]
        if reasons:
            values["jxc_reasons"] = reasons
        return values


class StockWarehouseOrderpoint(models.Model):
    _inherit = "stock.warehouse.orderpoint"

    def _jxc_reasons(self) -> dict | None:
        """What the explanation of the rule is made of today, to be kept on a line."""
        if not self.jxc_order_terms:
            return None
        return {
            **{name: self[name] for name in EXPLAINED},
            "jxc_vendor_id": self.jxc_vendor_id.id,
        }
