from odoo import fields, models
from odoo.tools import SQL

from .jxc_link import Link

#: columns that refer to something, without foreign keys
LINKS = ("company_id", "warehouse_id", "location_id", "product_id")
ARRAYS = ("days", "quantity", "lines", "largest", "returned", "moved_days", "moved")
ARRAYS += ("out_from", "out_until")


class JxcDemandSeries(models.Model):
    """Demand from stock moves: one row per key location and product.

    The days with demand stand in arrays of equal length, in order of time: ``days``,
    ``quantity`` (net of returns), ``lines``, ``largest`` (order line) and ``returned``.
    A year of a product is written and read as one row, several times as fast as row by
    row. People see it through ``jxc.demand.day``. Can be rebuilt from the moves.

    ``moved_days`` and ``moved`` are what came in or left without being demand. From
    all of them follow ``out_from`` and ``out_until``, the first and last days of the
    times without stock (``infinity``: still), and ``negative_until``, the last day on
    which the stock would have been below zero; ``level`` is what is left in the end. A
    product without demand has a row for its moves, with empty ``days``.
    """

    _name = "jxc.demand.series"
    _description = "Demand Series"
    _log_access = False

    company_id = Link("res.company", required=True, index=True, ondelete="cascade")
    warehouse_id = Link("stock.warehouse", required=True, ondelete="cascade")
    location_id = Link("stock.location", required=True, ondelete="cascade")
    product_id = Link("product.product", required=True, index=True, ondelete="cascade")

    _location_product = models.UniqueIndex("(location_id, product_id)")

    def init(self):
        self.env.cr.execute(
            SQL(
                """ALTER TABLE jxc_demand_series
                     ADD COLUMN IF NOT EXISTS days date[] NOT NULL,
                     ADD COLUMN IF NOT EXISTS quantity float8[] NOT NULL,
                     ADD COLUMN IF NOT EXISTS lines int4[] NOT NULL,
                     ADD COLUMN IF NOT EXISTS largest float8[] NOT NULL,
                     ADD COLUMN IF NOT EXISTS returned float8[] NOT NULL,
                     ADD COLUMN IF NOT EXISTS moved_days date[] NOT NULL DEFAULT '{}',
                     ADD COLUMN IF NOT EXISTS moved float8[] NOT NULL DEFAULT '{}',
                     ADD COLUMN IF NOT EXISTS out_from date[] NOT NULL DEFAULT '{}',
                     ADD COLUMN IF NOT EXISTS out_until date[] NOT NULL DEFAULT '{}',
                     ADD COLUMN IF NOT EXISTS negative_until date,
                     ADD COLUMN IF NOT EXISTS level float8 NOT NULL DEFAULT 0"""
            )
        )
        # Stored uncompressed: compressing costs more time than it saves space. And
        # nobody asks the planner for the statistics of what they hold.
        self.env.cr.execute(
            SQL(
                "ALTER TABLE jxc_demand_series %s",
                SQL(", ").join(
                    SQL(
                        "ALTER %(it)s SET STORAGE EXTERNAL,"
                        " ALTER %(it)s SET STATISTICS 0",
                        it=SQL.identifier(name),
                    )
                    for name in ARRAYS
                ),
            )
        )


class JxcDemandState(models.Model):
    """How far the demand of a company is counted."""

    _name = "jxc.demand.state"
    _description = "State of the Demand Count"

    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    fingerprint = fields.Char(
        required=True, help="Of places and calendar; another one means counting anew."
    )
    rebuilt_day = fields.Date(required=True, help="Day of the last complete count.")
    rebuilt_at = fields.Datetime(required=True)
    differences = fields.Integer(
        help="Series that the last complete count found different from what had been "
        "brought up to date day by day. Anything but 0 is a defect."
    )

    _company = models.UniqueIndex("(company_id)")
