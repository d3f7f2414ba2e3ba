from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _update_orderpoints(self):
        """Odoo's own sign that reordering rules see another stock."""
        res = super()._update_orderpoints()
        self.env["jxc.replenish.mark"]._mark(self.product_id)
        return res
