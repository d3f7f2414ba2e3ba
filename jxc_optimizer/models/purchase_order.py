from odoo import models


class PurchaseOrder(models.Model):
    _inherit = "purchase.order"

    def action_purchase_order_suggest(self):
        """Suggested quantities depend on the vendor: "Add all" must know him too."""
        self.ensure_one()
        better: dict = {}
        result = super(
            PurchaseOrder,
            self.with_context(
                partner_id=self.partner_id.id, order_id=self.id, jxc_better=better
            ),
        ).action_purchase_order_suggest()
        self._jxc_note_breaks(better)
        return result

    def write(self, vals):
        """Sending, confirming or cancelling changes what counts as coming."""
        res = super().write(vals)
        if "state" in vals:
            self.env["jxc.replenish.mark"]._mark(self.order_line.product_id)
        return res
