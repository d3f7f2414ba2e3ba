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

    @api.model
    def _run_buy(self, procurements):
        """What a rule orders is what the vendor sells, typed by hand or computed.

        Odoo rounds the quantities it computes; one typed into Replenishment went
        out as it was: below the vendor's minimum at price zero, in broken packs. The
        next price break is taken where that is cheaper.
        """
        sold = [
            (procurement._replace(product_qty=self._jxc_sold(procurement)), rule)
            for procurement, rule in procurements
        ]
        return super()._run_buy(self._jxc_seek_breaks(sold))

    @api.model
    def _jxc_sold(self, procurement) -> float:
        """The procurement's quantity, raised to the vendor's minimum and packs."""
        quantity = procurement.product_qty
        orderpoint = procurement.values.get("orderpoint_id")
        if not orderpoint or procurement.product_uom.compare(quantity, 0.0) <= 0:
            return quantity
        sold = orderpoint._get_multiple_rounded_qty(quantity)
        # Rounded again, a computed quantity may differ by an error of the last digit.
        return sold if procurement.product_uom.compare(sold, quantity) > 0 else quantity
