from __future__ import annotations

import logging

from odoo import api, fields, models
from odoo.tools import SQL

from .jxc_lock import replenishment_lock

_logger = logging.getLogger(__name__)
#: what a transaction has marked and not written yet
PENDING = "jxc_optimizer.replenish_marks"


class JxcReplenishMark(models.Model):
    """Products whose reordering rules have to be projected anew.

    Rows are only ever added by users and only ever deleted by the scheduled action:
    nobody waits for anybody. A transaction, or what a savepoint takes back, writes all
    of its own at once, at its end.
    """

    _name = "jxc.replenish.mark"
    _description = "Product to Project Anew"
    _log_access = False

    # no foreign key: checking it would lock the product
    product_id = fields.Integer()

    @api.model
    def _mark(self, products) -> None:
        """Note products: their rules are projected within minutes."""
        if not products:
            return
        precommit = self.env.cr.precommit
        if PENDING not in precommit.data:
            precommit.data[PENDING] = set()
            precommit.add(self._write_marks)
        precommit.data[PENDING].update(products.ids)

    @api.model
    def _write_marks(self) -> None:
        products = self.env.cr.precommit.data.pop(PENDING, ())
        if products:
            self.env.cr.execute(
                SQL(
                    "INSERT INTO jxc_replenish_mark (product_id) SELECT unnest(%s)",
                    sorted(products),
                )
            )

    @api.model
    def _search(self, domain, *args, **kwargs):
        self._write_marks()
        return super()._search(domain, *args, **kwargs)

    @api.model
    def _cron_refresh(self):
        """Project the rules of all marked products, one company after the other."""
        progress = self.env["ir.cron"]._commit_progress
        if not self.search_count([], limit=1):
            return
        with replenishment_lock(self.env.cr, wait=False) as held:
            if not held:
                _logger.info("A run or Odoo's scheduler is at work: later")
                progress(remaining=1)
                return
            # Whoever held the lock before has changed what this transaction sees.
            progress()
            self._refresh()
            progress(1, remaining=0)

    @api.model
    def _refresh(self) -> int:
        """Project the rules of all marked products.

        The marks go in the same transaction; those that come meanwhile stay.

        :returns: number of rules changed
        """
        self._write_marks()
        self.env.cr.execute(SQL("DELETE FROM jxc_replenish_mark RETURNING product_id"))
        products = list({product_id for (product_id,) in self.env.cr.fetchall()})
        chosen = SQL("rule.product_id = ANY (%s)", products)
        changed = 0
        rules = self.env["stock.warehouse.orderpoint"]
        places = rules._read_group([("product_id", "in", products)], ["company_id"])
        for [company] in places:
            changed += self.env["jxc.projection"]._refresh(company, chosen)
        self.env["jxc.exception"]._refresh_products(products)
        return changed
