from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    # Key figures look for what was due in a month. Days follow the order in which rows
    # are written closely enough for BRIN, which costs next to nothing to keep.
    _jxc_deadline = models.Index("USING BRIN (date_deadline)")

    def _update_orderpoints(self):
        """Odoo's own sign that reordering rules see another stock."""
        res = super()._update_orderpoints()
        self.env["jxc.replenish.mark"]._mark(self.product_id)
        return res


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    # Key figures look for what went in a month.
    _jxc_date = models.Index("USING BRIN (date)")
