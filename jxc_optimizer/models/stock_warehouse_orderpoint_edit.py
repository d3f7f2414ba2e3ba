from odoo import models


class StockWarehouseOrderpoint(models.Model):
    """Other levels than suggested, with the reason."""

    _inherit = "stock.warehouse.orderpoint"

    def action_jxc_edit(self):
        """Ask for other levels than suggested, with the reason."""
        self.ensure_one()
        self._jxc_check_planner()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Edit with Reason: %s", self.product_id.display_name),
            "res_model": "jxc.level.edit",
            "view_mode": "form",
            "target": "new",
            "context": {"default_orderpoint_id": self.id},
        }

    def _jxc_set_levels(self, minimum: float, maximum: float, reason: str) -> None:
        """Set the levels of one rule by hand; logged, and so to be reverted."""
        self._jxc_check_planner()
        self.env["jxc.change"]._log(self, {self: (minimum, maximum)}, reason=reason)
        self.write({"product_min_qty": minimum, "product_max_qty": maximum})
