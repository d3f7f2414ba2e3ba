from __future__ import annotations

from odoo import api, models
from odoo.tools import SQL


class JxcCell(models.Model):
    """How often the stock of a class is counted: brings Odoo's own dates forward."""

    _inherit = "jxc.cell"

    @api.model
    def _plan_counts(self, company) -> int:
        """Let stock be counted when the days of its class have passed.

        From the last count, or from when the goods came. Odoo's date in Physical
        Inventory is never put off.

        :returns: number of quants that are due earlier
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE stock_quant quant SET inventory_date = due.day
                     FROM (SELECT held.id, greatest(
                                  %(today)s::date,
                                  COALESCE(counted.day, held.in_date)::date
                                  + cell.count_days) AS day
                             FROM stock_quant held
                             JOIN stock_location place ON place.id = held.location_id
                              AND place.usage = 'internal'
                             JOIN stock_warehouse warehouse
                               ON warehouse.id = place.warehouse_id
                             JOIN jxc_policy policy
                               ON policy.product_id = held.product_id
                              AND policy.location_id = warehouse.lot_stock_id
                             JOIN jxc_cell cell ON cell.company_id = held.company_id
                              AND cell.abc_class = policy.abc_class
                              AND cell.xyz_class = policy.xyz_class
                              AND cell.count_days > 0
                            CROSS JOIN LATERAL (
                                  SELECT max(l.date) AS day
                                    FROM stock_move_line l
                                    JOIN stock_move move ON move.id = l.move_id
                                     AND move.is_inventory
                                   WHERE l.product_id = held.product_id
                                     AND l.state = 'done'
                                     AND held.location_id
                                         IN (l.location_id, l.location_dest_id)
                                     AND COALESCE(l.lot_id, 0)
                                         = COALESCE(held.lot_id, 0)) AS counted
                            WHERE held.company_id = %(company)s) AS due
                    WHERE quant.id = due.id
                      AND (quant.inventory_date IS NULL
                           OR quant.inventory_date > due.day)""",
                company=company.id,
                today=self.env["jxc.demand.day"]._today(company),
            )
        )
        changed = self.env.cr.rowcount
        self.env["stock.quant"].invalidate_model(["inventory_date"])
        return changed
