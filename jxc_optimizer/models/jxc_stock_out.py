from odoo import fields, models
from odoo.tools import SQL

from .jxc_demand_day import DAYS


class JxcStockOut(models.Model):
    """Times without stock, rebuilt from the moves, as far as they can be trusted.

    After a day on which the stock would have been below zero only.
    """

    _name = "jxc.stock.out"
    _description = "Time Without Stock"
    _auto = False
    _order = "first_day desc, product_id, location_id"
    _rec_name = "product_id"

    company_id = fields.Many2one("res.company", readonly=True)
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True)
    location_id = fields.Many2one("stock.location", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    first_day = fields.Date(readonly=True)
    last_day = fields.Date(readonly=True, help="Empty: as far as is known, still.")

    def init(self):
        self.env.cr.execute(
            SQL(
                """CREATE OR REPLACE VIEW jxc_stock_out AS
                   SELECT series.id::bigint * %s
                          + (time.first - date '2000-01-01') AS id,
                          company_id, warehouse_id, location_id, product_id,
                          time.first AS first_day,
                          NULLIF(time.last, 'infinity') AS last_day
                     FROM jxc_demand_series series
                    CROSS JOIN LATERAL unnest(out_from, out_until)
                          AS time(first, last)
                    WHERE time.first > COALESCE(negative_until, '-infinity')""",
                DAYS,
            )
        )
