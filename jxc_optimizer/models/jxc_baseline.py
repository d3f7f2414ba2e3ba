from __future__ import annotations

from datetime import timedelta

import numpy as np

from odoo import api, fields, models
from odoo.tools import SQL

from . import jxc_bulk
from . import jxc_kpi_read as read
from .jxc_demand_scope import local_day, timezone

#: days before the first applied suggestion that the baseline looks back on
BASELINE_DAYS = 365
#: with less history there is nothing to compare with
LEAST_DAYS = 28
COLUMNS = {
    "product_id": "int4",
    "warehouse_id": "int4",
    "average_qty": "numeric",
    "demand_per_day": "numeric",
    "unit_cost": "numeric",
    "stockout_share": "numeric",
}


class JxcBaseline(models.Model):
    """Stock, demand and cost of an article before suggestions were applied.

    Written once, when the first suggestion of a company was applied, and never
    again: what is saved is measured against it (``jxc.score``).
    """

    _name = "jxc.baseline"
    _description = "Baseline before the First Suggestion"
    _rec_name = "product_id"
    _log_access = False

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, ondelete="cascade"
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse", required=True, readonly=True, ondelete="cascade"
    )
    first_day = fields.Date("From", required=True, readonly=True)
    last_day = fields.Date("To", required=True, readonly=True)
    average_qty = fields.Float(
        "Average Stock",
        digits="Product Unit",
        readonly=True,
        help="Mean of the stock at the end of each day.",
    )
    demand_per_day = fields.Float(digits=(16, 4), readonly=True)
    unit_cost = fields.Float(digits="Product Price", readonly=True)
    stockout_share = fields.Float(
        "Days out of Stock",
        digits=(16, 4),
        readonly=True,
        help="Share of the days that ended without stock.",
    )

    _pair = models.UniqueIndex("(company_id, product_id, warehouse_id)")

    @api.model
    def _freeze(self, company) -> bool:
        """Write the company's baseline, once; whether there is one.

        It ends the day before the first suggestion was applied, and is only written
        where moves tell of at least four weeks before.
        """
        if self.search_count([("company_id", "=", company.id)], limit=1):
            return True
        tz = timezone(company)
        self.env.flush_all()
        [[start, oldest]] = self.env.execute_query(
            SQL(
                """SELECT (SELECT min(%s) FROM jxc_change
                            WHERE company_id = %s AND terms IS NOT NULL),
                          (SELECT min(%s) FROM stock_move_line
                            WHERE company_id = %s AND state = 'done')""",
                local_day(SQL("create_date"), tz),
                company.id,
                local_day(SQL("date"), tz),
                company.id,
            )
        )
        if not start or not oldest:
            return False
        last = start - timedelta(days=1)
        first = max(oldest, start - timedelta(days=BASELINE_DAYS))
        if (last - first).days + 1 < LEAST_DAYS:
            return False
        found = self._measure(company, first, last)
        jxc_bulk.load(self.env.cr, "jxc_new_baseline", COLUMNS, found)
        names = SQL(", ").join(map(SQL.identifier, COLUMNS))
        self.env.cr.execute(
            SQL(
                """INSERT INTO jxc_baseline (company_id, first_day, last_day, %s)
                   SELECT %s, %s::date, %s::date, %s FROM jxc_new_baseline""",
                names,
                company.id,
                first,
                last,
                names,
            )
        )
        self.invalidate_model()
        return True

    @api.model
    def _measure(self, company, first, last) -> dict[str, np.ndarray]:
        """Average stock, demand and cost of each product × warehouse over some days.

        Products that neither lay in stock nor were wanted in these days are left out.
        """
        days = (last - first).days + 1
        read.create_lines(company, first, last)
        changes = read.changes(company)
        changes = changes[changes["warehouse_id"] > 0]
        demand = self.env["jxc.demand.day"]._read_days(
            company, 0, 2**31 - 1, first, last
        )
        warehouses = self.env["stock.warehouse"].with_context(active_test=False)
        # sudo: the scheduled action counts for all companies
        places = {
            warehouse.lot_stock_id.id: warehouse.id
            for warehouse in warehouses.sudo().search([("company_id", "=", company.id)])
        }
        demand = demand[np.isin(demand["location_id"], list(places))]
        wanted_in = np.array(
            [places[place] for place in demand["location_id"].tolist()], dtype=np.int64
        )
        moved = read_key(changes["product_id"], changes["warehouse_id"])
        wanted = read_key(demand["product_id"], wanted_in)
        pairs = np.unique(np.concatenate([moved, wanted]))
        stock = np.zeros((len(pairs), days + 1))
        np.add.at(
            stock,
            (np.searchsorted(pairs, moved), changes["slot"].astype(int)),
            changes["quantity"].astype(float),
        )
        stock = np.maximum(np.cumsum(stock, axis=1)[:, 1:], 0.0)
        sold = np.bincount(
            np.searchsorted(pairs, wanted),
            demand["quantity"].astype(float),
            minlength=len(pairs),
        )
        goods = read.products(company)
        product = pairs >> 32
        place = np.searchsorted(goods["product_id"], product)
        place = np.minimum(place, max(len(goods) - 1, 0))
        storable = goods["product_id"][place] == product if len(goods) else product < 0
        keep = storable & ((stock > 0).any(axis=1) | (sold > 0))
        return {
            "product_id": product[keep],
            "warehouse_id": pairs[keep] & 0xFFFFFFFF,
            "average_qty": np.round(stock.mean(axis=1)[keep], 4),
            "demand_per_day": np.round(np.maximum(sold[keep], 0.0) / days, 4),
            "unit_cost": goods["price"][place][keep].astype(float),
            "stockout_share": np.round((stock <= 0).mean(axis=1)[keep], 4),
        }


def read_key(product_id, warehouse_id) -> np.ndarray:
    """Product and warehouse in one number that sorts like both."""
    return np.asarray(product_id, np.int64) << 32 | np.asarray(warehouse_id, np.int64)
