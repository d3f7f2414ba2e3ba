from __future__ import annotations

import numpy as np

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import formatLang

from ..engine import fill_order


class PurchaseOrder(models.Model):
    """Completing a request for quotation with what its vendor's articles need."""

    _inherit = "purchase.order"

    def action_jxc_complete(self):
        """Add the vendor's due and can-order articles, up to its minimum value.

        After that its load is filled, by weight or volume, whichever is full first.
        What is on the order is never lowered. Nothing is added beyond the cover
        limit, even if the minimum value is missed: the message then says so.
        """
        self.ensure_one()
        _ = self.env._
        if self.state not in ("draft", "sent"):
            raise UserError(_("Only requests for quotation can be completed."))
        warehouse = self.picking_type_id.warehouse_id
        if not self.partner_id or not warehouse:
            raise UserError(_("Choose the vendor and where to deliver first."))
        self.check_access("write")
        # sudo: what a vendor's articles need is read for whoever may edit the order
        order = self.sudo()
        products = order._jxc_vendor_products(warehouse)
        needs = self.env["jxc.projection"].sudo()
        needs = needs._needs(
            self.company_id, products, warehouse, self.partner_id, without=self
        )
        target = self._jxc_minimum_value()
        ordered = self._jxc_ordered(needs)
        price = np.array(
            [needs.price(row, quantity) for row, quantity in enumerate(ordered)]
        )
        other = self._jxc_value() - float(ordered @ price)
        quantity = np.maximum(ordered, self._jxc_joining(needs, ordered))
        quantity = fill_order.fill(
            max(target - other, 0.0),
            quantity,
            needs.found.order_day,
            needs.missing,
            needs.available,
            needs.articles.per_day,
            needs.largest,
            needs.articles.moq,
            needs.pack,
            price,
        )
        quantity = self._jxc_fill_load(needs, ordered, quantity)
        added, raised = self._jxc_write_quantities(needs, ordered, quantity)
        return self._jxc_completed(added, raised, target)

    # -- reading -------------------------------------------------------------------

    def _jxc_vendor_products(self, warehouse):
        """Products that are bought from the order's vendor, and those on the order."""
        vendors = self.partner_id | self.partner_id.commercial_partner_id
        policies = self.env["jxc.policy"].search(
            Domain("location_id", "=", warehouse.lot_stock_id.id)
            & Domain("vendor_id", "in", vendors.ids)
            & Domain("product_id.active", "=", True)
            & Domain("product_id.purchase_ok", "=", True)
        )
        return (policies.product_id | self.order_line.product_id).filtered(
            "is_storable"
        )

    def _jxc_minimum_value(self) -> float:
        """The vendor's minimum order value, in the company's currency."""
        vendor = self.partner_id.with_company(self.company_id)
        return (
            vendor.jxc_min_order_value
            or vendor.commercial_partner_id.jxc_min_order_value
        )

    def _jxc_value(self) -> float:
        """Untaxed total in the company's currency."""
        return self.currency_id._convert(
            self.amount_untaxed,
            self.company_id.currency_id,
            self.company_id,
            fields.Date.context_today(self),
        )

    def _jxc_ordered(self, needs) -> np.ndarray:
        """What is on the order, in the products' units [n]."""
        ordered = np.zeros(len(needs.product_ids))
        rows = needs.rows
        for line in self.order_line:
            if line.product_id.id in rows:
                ordered[rows[line.product_id.id]] += line.product_uom_qty
        return ordered

    def _jxc_joining(self, needs, ordered) -> np.ndarray:
        """What is ordered anyway: what is due, and what is worth joining [n].

        An article above its minimum but below its can-order level joins, up to its
        order-up-to level, where the cover limit allows.
        """
        due = np.where(needs.found.quantity > 0, needs.found.quantity, 0.0)
        if not (due.any() or ordered.any()):
            return due
        # sudo: see above
        rules = self.env["stock.warehouse.orderpoint"].sudo().browse(needs.rule_ids)
        levels = [
            (rule.jxc_can_order, rule.jxc_suggested_max)
            if rule.id and rule.jxc_note == "suggested"
            else (0.0, 0.0)
            for rule in rules
        ]
        # both in Odoo's arithmetic, as the minimum of the rule
        can_order, maximum = np.array(levels, dtype=float).reshape(-1, 2).T
        missing = needs.missing
        joins = (due <= 0) & (maximum - missing < can_order) & (missing > 0)
        whole = fill_order.sold(missing, needs.articles.moq, needs.pack, needs.largest)
        return np.where(joins, whole, due)

    # -- writing -------------------------------------------------------------------

    def _jxc_write_quantities(self, needs, ordered, quantity) -> tuple[int, int]:
        """Raise lines and add new ones.

        :returns: numbers of lines added and raised
        """
        lines = {}
        for line in self.order_line:
            lines.setdefault(line.product_id.id, line)
        commands, raised = [], 0
        for row in np.flatnonzero(quantity > ordered + 1e-6).tolist():
            product_id = needs.product_ids[row]
            unit = self.env["product.product"].browse(product_id).uom_id
            # what comes of expected demand is not as exact as a unit of measure,
            # which is rounded up where it is converted
            more = unit.round(float(quantity[row] - ordered[row]))
            line = lines.get(product_id)
            if line:
                more = unit._compute_quantity(more, line.product_uom_id)
                line.product_qty += more
                raised += 1
            else:
                commands.append(
                    Command.create(
                        self._jxc_new_line(product_id, more, needs.rule_ids[row])
                    )
                )
        self.write({"order_line": commands})
        return len(commands), raised

    def _jxc_new_line(self, product_id: int, quantity: float, rule_id: int) -> dict:
        """Values of a line, in the unit that the vendor sells."""
        product = self.env["product.product"].browse(product_id)
        today = fields.Date.context_today(self)
        seller = product.with_company(self.company_id)._select_seller(
            partner_id=self.partner_id,
            quantity=quantity,
            date=max(self.date_order.date(), today) if self.date_order else today,
            uom_id=product.uom_id,
        )
        unit = seller.product_uom_id or product.uom_id
        values = {
            "product_id": product.id,
            "product_qty": product.uom_id._compute_quantity(quantity, unit),
            "product_uom_id": unit.id,
        }
        if rule_id:
            # sudo: the reasons go on the line of whoever may write it
            rule = self.env["stock.warehouse.orderpoint"].sudo().browse(rule_id)
            values |= {"orderpoint_id": rule_id, "jxc_reasons": rule._jxc_reasons()}
        return values

    def _jxc_completed(self, added: int, raised: int, target: float) -> dict:
        _ = self.env._
        currency = self.company_id.currency_id
        value = self._jxc_value()

        def money(amount):
            return formatLang(self.env, amount, currency_obj=currency)

        if added or raised:
            message = _(
                "Lines added: %(added)s, raised: %(raised)s. The order is worth "
                "%(value)s.",
                added=added,
                raised=raised,
                value=money(value),
            )
        else:
            message = _("Nothing else of this vendor is due.")
        if loads := self._jxc_loads():
            message += " " + _(
                "Loads filled: %s.", formatLang(self.env, max(loads), digits=2)
            )
        short = currency.compare_amounts(value, target) < 0
        if short:
            message += " " + _(
                "The vendor's minimum of %s is not reached: more would last longer "
                "than the cover limit.",
                money(target),
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if short else "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
