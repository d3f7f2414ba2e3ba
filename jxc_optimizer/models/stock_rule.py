import logging
from contextlib import ExitStack

import psycopg2

from odoo import api, models

from .jxc_lock import replenishment_lock

_logger = logging.getLogger(__name__)


class StockRule(models.Model):
    _inherit = "stock.rule"

    @api.model
    def _run_scheduler_tasks(self, use_new_cursor=False, company_id=False):
        """Never at the same time as a run of the optimiser: both update rules."""
        with ExitStack() as stack:
            try:
                stack.enter_context(replenishment_lock(self.env.cr, wait=True))
            except psycopg2.errors.LockNotAvailable:
                if not self.env.context.get("ir_cron_progress_id"):
                    raise
                _logger.info("A run of the optimiser is at work: later")
                self.env["ir.cron"]._commit_progress(remaining=1)
                return None
            return super()._run_scheduler_tasks(
                use_new_cursor=use_new_cursor, company_id=company_id
            )
