from odoo import api, models

from .jxc_lock import replenishment_lock


class StockRule(models.Model):
    _inherit = "stock.rule"

    @api.model
    def _run_scheduler_tasks(self, use_new_cursor=False, company_id=False):
        """Never at the same time as a run of the optimiser: both update rules."""
        with replenishment_lock(self.env.cr, wait=True):
            return super()._run_scheduler_tasks(
                use_new_cursor=use_new_cursor, company_id=company_id
            )
