from odoo import models


class PurchaseOrder(models.Model):
    _inherit = "purchase.order"

    def action_purchase_order_suggest(self):
        """Suggested quantities depend on the vendor: "Add all" must know him too."""
        self.ensure_one()
        return super(
            PurchaseOrder,
            self.with_context(partner_id=self.partner_id.id, order_id=self.id),
        ).action_purchase_order_suggest()
