from odoo import fields, models
from odoo.tools import SQL

from .jxc_demand_entry import SOURCES

#: days of a series have ids of their own: series times this, plus the day
DAYS = 32_768
#: ids of entries, below those of all days
ENTRY = -1


class JxcDemandDay(models.Model):
    """Demand per product, place and day, from all sources.

    What demand is, stands in jxc_demand_sql.py.
    """

    _name = "jxc.demand.day"
    _description = "Demand per Day"
    _auto = False
    _order = "day desc, product_id, location_id"
    _rec_name = "product_id"

    company_id = fields.Many2one("res.company", readonly=True)
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True)
    location_id = fields.Many2one("stock.location", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    day = fields.Date("Date", readonly=True)
    quantity = fields.Float(
        readonly=True, digits="Product Unit", help="What left, less what came back."
    )
    lines = fields.Integer("Order Lines", readonly=True)
    largest = fields.Float(
        "Largest Order Line",
        readonly=True,
        digits="Product Unit",
        aggregator="max",
    )
    returned = fields.Float(readonly=True, digits="Product Unit")
    source = fields.Selection(SOURCES, readonly=True)

    def init(self):
        self.env.cr.execute(
            SQL(
                """CREATE OR REPLACE VIEW jxc_demand_day AS
                   SELECT series.id::bigint * %(days)s
                          + (day - date '2000-01-01') AS id,
                          company_id, warehouse_id, location_id, product_id, day,
                          demand.quantity, demand.lines, demand.largest,
                          demand.returned, 'move'::varchar AS source
                     FROM jxc_demand_series series
                    CROSS JOIN LATERAL unnest(
                          series.days, series.quantity, series.lines, series.largest,
                          series.returned
                          ) AS demand(day, quantity, lines, largest, returned)
                    UNION ALL
                   SELECT id::bigint * %(entry)s, company_id, warehouse_id, location_id,
                          product_id, day, quantity, lines, largest, returned, source
                     FROM jxc_demand_entry
                    WHERE active""",
                days=DAYS,
                entry=ENTRY,
            )
        )
