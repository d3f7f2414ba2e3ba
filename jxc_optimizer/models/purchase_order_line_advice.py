from __future__ import annotations

import json

from odoo import api, fields, models
from odoo.tools import formatLang

from ..engine._arrays import round_up


class PurchaseOrderLine(models.Model):
    """What our figures say about a line before it is ordered."""

    _inherit = "purchase.order.line"

    jxc_suggested_qty = fields.Float(
        "Suggested",
        digits="Product Unit",
        compute="_compute_jxc_advice",
        help="What the article needs today, without this order; in the line's unit.",
    )
    jxc_cover_days = fields.Float(
        "Cover after It",
        digits=(16, 0),
        compute="_compute_jxc_advice",
        help="Days of demand that stock, all that is coming and this line last.",
    )
    jxc_excess_value = fields.Monetary(
        "Excess",
        compute="_compute_jxc_advice",
        help="Value of what this line orders above the order-up-to level.",
    )
    jxc_over_limit = fields.Boolean(
        "Beyond the Cover Limit",
        compute="_compute_jxc_advice",
        help="The line lasts longer than an order may, and the vendor's minimum does "
        "not ask for it.",
    )
    jxc_break_qty = fields.Float(
        "Next Price Break", digits="Product Unit", compute="_compute_jxc_advice"
    )
    jxc_break_saving = fields.Monetary(
        "Saving a Year at the Next Break", compute="_compute_jxc_advice"
    )
    jxc_advice = fields.Char("Advice", compute="_compute_jxc_advice")

    @api.depends_context("lang")
    @api.depends(
        "product_id",
        "product_qty",
        "product_uom_id",
        "price_unit",
        "discount",
        "order_id.order_line.product_id",
        "order_id.order_line.product_qty",
        "order_id.partner_id",
        "order_id.picking_type_id",
        "order_id.state",
    )
    def _compute_jxc_advice(self):
        self.jxc_suggested_qty = self.jxc_cover_days = self.jxc_excess_value = 0.0
        self.jxc_over_limit = self.jxc_advice = False
        self.jxc_break_qty = self.jxc_break_saving = 0.0
        for order, lines in self.grouped("order_id").items():
            lines = lines.filtered(
                lambda line: not line.display_type and line.product_id.is_storable
            )
            warehouse = order.picking_type_id.warehouse_id
            if lines and warehouse and order.state in ("draft", "sent", "to approve"):
                lines._jxc_advise(order, warehouse)

    def _jxc_advise(self, order, warehouse) -> None:
        """Fill the advice of one order's lines; the same product counts together."""
        # sudo: figures about a line are for whoever may see the line
        needs = (
            self.env["jxc.projection"]
            .sudo()
            ._needs(
                order.company_id,
                self.product_id._origin,
                warehouse,
                order.partner_id,
                without=order,
            )
        )
        rows = needs.rows
        for product, lines in self.grouped("product_id").items():
            row = rows.get(product._origin.id)
            if row is None:
                continue
            quantities = {
                line: line._jxc_unit()._compute_quantity(
                    line.product_qty, product.uom_id, round=False
                )
                for line in lines
            }
            ordered = sum(quantities.values())
            for line, quantity in quantities.items():
                line._jxc_advise_line(needs, row, quantity, ordered)

    def _jxc_unit(self):
        """A form without units of measure knows none of the line."""
        return self.product_uom_id or self.product_id.uom_id

    def _jxc_advise_line(self, needs, row: int, quantity: float, ordered: float):
        """:param ordered: of all lines of the order with the product, product's unit"""
        per_day = float(needs.articles.per_day[row])
        available = float(needs.available[row])
        unit = self._jxc_unit()

        def in_line(value):
            return self.product_id.uom_id._compute_quantity(value, unit, round=False)

        per_unit = self.price_subtotal / quantity if quantity else 0.0
        self.jxc_suggested_qty = in_line(float(needs.found.quantity[row]))
        if per_day > 0:
            self.jxc_cover_days = max(available + ordered, 0.0) / per_day
        surplus = min(max(ordered - max(float(needs.missing[row]), 0.0), 0.0), quantity)
        # what the vendor's minimum and packs force is no excess of the buyer's
        forced = max(
            float(needs.found.quantity[row]),
            float(round_up(needs.articles.moq[row], needs.pack[row])),
        )
        self.jxc_excess_value = surplus * per_unit
        limit = float(needs.cover_limit[row])
        self.jxc_over_limit = (
            bool(needs.known[row])
            and ordered > forced + 1e-6
            and available + ordered > per_day * limit + 1e-6
        )
        self._jxc_next_break(needs, row, ordered, in_line)
        self._jxc_say(per_day, limit)

    def _jxc_next_break(self, needs, row: int, ordered: float, in_line) -> None:
        """The next price break within the cover limit that saves money."""
        company = self.order_id.company_id
        vendor = self.order_id.partner_id.with_company(company)
        better = needs.next_break(
            row,
            ordered,
            vendor.jxc_order_cost or company.jxc_order_cost,
            company.jxc_holding_rate,
        )
        if better:
            quantity, saving = better
            self.jxc_break_qty = in_line(quantity)
            self.jxc_break_saving = company.currency_id._convert(
                saving, self.currency_id, company, fields.Date.context_today(self)
            )

    def _jxc_say(self, per_day: float, limit: float) -> None:
        """The advice in words, as JSON for the popover."""
        _ = self.env._

        def number(value):
            return formatLang(self.env, value, digits=0 if value % 1 == 0 else 2)

        def money(value):
            return formatLang(self.env, value, currency_obj=self.currency_id)

        facts = []
        if self.jxc_over_limit and per_day > 0:
            facts.append(
                _(
                    "With this line the article lasts %(days)s days: more than the "
                    "limit of %(limit)s days",
                    days=number(round(self.jxc_cover_days)),
                    limit=number(round(limit)),
                )
            )
        elif self.jxc_over_limit:
            facts.append(_("There is no demand for this article"))
        if self.jxc_excess_value >= 1:
            facts.append(
                _(
                    "%s of it is above the order-up-to level",
                    money(self.jxc_excess_value),
                )
            )
        if self.jxc_break_qty:
            facts.append(
                _(
                    "From %(quantity)s %(unit)s on there is a better price: saves "
                    "%(saving)s a year, holding cost counted",
                    quantity=number(self.jxc_break_qty),
                    unit=self._jxc_unit().name,
                    saving=money(self.jxc_break_saving),
                )
            )
        if not self.jxc_over_limit and not self.jxc_break_qty:
            return
        if self.jxc_suggested_qty:
            facts.append(_("Suggested: %s", number(self.jxc_suggested_qty)))
        self.jxc_advice = json.dumps(
            {
                "title": _("Before You Order"),
                "popoverTemplate": "jxc_optimizer.WhyPopover",
                "position": "right",
                "icon": "fa-exclamation-triangle"
                if self.jxc_over_limit
                else "fa-lightbulb-o",
                "color": "text-warning" if self.jxc_over_limit else "text-info",
                "sums": [],
                "facts": facts,
            }
        )

    def action_jxc_take_break(self):
        """Order up to the next price break."""
        for line in self.filtered("jxc_break_qty"):
            line.product_qty = line.jxc_break_qty
