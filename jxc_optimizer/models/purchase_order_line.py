from odoo import api, models

#: what decides whether and when a request for quotation brings goods
SEEN = {"product_id", "product_qty", "product_uom_id", "date_planned", "state"}


class PurchaseOrderLine(models.Model):
    """Requests for quotation count as coming: their changes are marked."""

    _inherit = "purchase.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        self.env["jxc.replenish.mark"]._mark(lines.product_id)
        return lines

    def write(self, vals):
        if SEEN.isdisjoint(vals):
            return super().write(vals)
        before = self.product_id
        res = super().write(vals)
        self.env["jxc.replenish.mark"]._mark(before | self.product_id)
        return res

    def unlink(self):
        products = self.product_id
        res = super().unlink()
        self.env["jxc.replenish.mark"]._mark(products)
        return res
