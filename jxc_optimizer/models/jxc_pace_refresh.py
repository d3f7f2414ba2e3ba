"""Counting how fast articles sell: some statements for all of a company."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from odoo import api, models
from odoo.tools import SQL

from ..engine import season
from . import jxc_bulk
from . import jxc_kpi_read as read
from .jxc_demand_copy import copy_rows
from .jxc_kpi_compute import _Series
from .jxc_planner import WEEK
from .jxc_run_phases import SHARD_PRODUCTS

#: thirteen weeks
DAYS = 91
#: whole years of weeks that a season is found in
YEAR_WEEKS, YEARS = 52, 3
#: a season is where demand is so many times that of the year
PEAK = 4 / 3
KEY = ("product_id", "warehouse_id")
COLUMNS = {
    "company_id": "int4",
    "product_id": "int4",
    "warehouse_id": "int4",
    "policy_id": "int4",
    "sold_qty": "numeric",
    "before_qty": "numeric",
    "year_ago_qty": "numeric",
    "growth": "numeric",
    "growth_year": "numeric",
    "on_hand": "numeric",
    "sell_through": "numeric",
    "out_days": "int4",
    "lost_qty": "numeric",
    "peak_from": "date",
    "peak_to": "date",
    "peak_factor": "numeric",
    "order_by": "date",
    "season_qty": "numeric",
}
#: columns that the database looks up itself
LOOKED_UP = (
    "categ_id", "abc_class", "xyz_class", "sold_value", "stock_value", "lost_sales",
    "has_rule",
)  # fmt: skip
POLICY = {
    "id": "i4",
    "product_id": "i4",
    "warehouse_id": "i4",
    "location_id": "i4",
    "categ_id": "i4",
    "first": "i4",
    "sold": "f8",
    "before": "f8",
    "year_ago": "f8",
    "lead": "f8",
    "safety": "f8",
}


class JxcPace(models.Model):
    _inherit = "jxc.pace"

    @api.model
    def _refresh(self, company) -> int:
        """Bring the company's rows up to date; writes only those that differ.

        :returns: number of rows written or deleted
        """
        self.env.flush_all()
        today = self.env["jxc.demand.day"]._today(company)
        rows = self._read_policies(company, today)
        first, last = today - timedelta(days=DAYS), today - timedelta(days=1)
        read.create_lines(company, first, last)
        changes = read.changes(company)
        series = _Series(read.products(company), changes, (), DAYS)
        at, known = series.find(rows)
        stock = np.zeros((len(rows), DAYS))
        stock[known] = series.on_hand[at, 1:]
        # slot 1 is the first of the 91 days
        wanted = np.arange(1, DAYS + 1) >= rows["first"][:, None]
        out = (wanted & (stock <= 0)).sum(axis=1)
        sold = np.maximum(rows["sold"].astype(float), 0.0)
        days = np.maximum(wanted.sum(axis=1) - out, 1)
        on_hand = np.maximum(stock[:, -1], 0.0) if len(rows) else np.zeros(0)
        columns = {
            "company_id": np.full(len(rows), company.id),
            "product_id": rows["product_id"].astype(int),
            "warehouse_id": rows["warehouse_id"].astype(int),
            "policy_id": rows["id"].astype(int),
            "sold_qty": np.round(sold, 2),
            "before_qty": np.round(rows["before"].astype(float), 2),
            "year_ago_qty": np.round(rows["year_ago"].astype(float), 2),
            "growth": _growth(sold, rows["before"]),
            "growth_year": _growth(sold, rows["year_ago"]),
            "on_hand": np.round(on_hand, 2),
            "sell_through": np.round(_share(sold, sold + on_hand), 4),
            "out_days": out,
            "lost_qty": np.round(np.minimum(sold / days * out, sold), 2),
            **self._seasons(company, rows, on_hand, today),
        }
        return self._write(company, columns)

    def _read_policies(self, company, today) -> np.ndarray:
        """Articles of warehouses with what was sold in three spans of 91 days."""
        day = SQL("%s::date", today)
        spans = [
            SQL(
                """COALESCE(sum(quantity) FILTER (
                       WHERE day >= %(day)s - %(back)s - %(days)s
                         AND day < %(day)s - %(back)s), 0)::float8""",
                day=day,
                back=back,
                days=DAYS,
            )
            for back in (0, DAYS, WEEK * YEAR_WEEKS)
        ]
        return copy_rows(
            self.env.cr,
            SQL(
                """SELECT policy.id, policy.product_id, policy.warehouse_id,
                          policy.location_id, COALESCE(template.categ_id, 0),
                          (COALESCE(sold.first, %(day)s) - (%(day)s - %(days)s) + 1
                          )::int4,
                          COALESCE(sold.now, 0), COALESCE(sold.before, 0),
                          COALESCE(sold.year_ago, 0),
                          (COALESCE(policy.lead_days, 0)
                           + COALESCE(policy.review_days, 0))::float8,
                          COALESCE(policy.safety_stock, 0)::float8
                     FROM jxc_policy policy
                     JOIN stock_warehouse warehouse
                       ON warehouse.lot_stock_id = policy.location_id
                     JOIN product_product product ON product.id = policy.product_id
                     JOIN product_template template
                       ON template.id = product.product_tmpl_id
                LEFT JOIN (SELECT product_id, location_id, min(day) AS first,
                                  %(now)s AS now, %(before)s AS before,
                                  %(year_ago)s AS year_ago
                             FROM jxc_demand_day
                            WHERE company_id = %(company)s AND day < %(day)s
                            GROUP BY product_id, location_id) AS sold
                       ON sold.product_id = policy.product_id
                      AND sold.location_id = policy.location_id
                    WHERE policy.company_id = %(company)s
                    ORDER BY policy.id""",
                day=day,
                days=DAYS,
                company=company.id,
                now=spans[0],
                before=spans[1],
                year_ago=spans[2],
            ),
            POLICY,
        )

    def _seasons(self, company, rows, on_hand, today) -> dict:
        """The next season of each article, by its category; empty where none is known.

        Every category has its index, from the weeks of whole years up to yesterday.
        """
        count = len(rows)
        mean, index = np.zeros(count), np.ones((count, YEAR_WEEKS))
        place = {
            pair: number
            for number, pair in enumerate(
                zip(
                    rows["product_id"].tolist(),
                    rows["location_id"].tolist(),
                    strict=True,
                )
            )
        }
        weeks = YEARS * YEAR_WEEKS
        parts = []
        for products in self.env["jxc.planner"]._product_ranges(
            company, SHARD_PRODUCTS
        ):
            history = self.env["jxc.demand.day"]._read_weekly(
                company, *products, today - timedelta(days=1), weeks
            )
            pairs = zip(
                history.product_id.tolist(), history.location_id.tolist(), strict=True
            )
            at = np.array([place.get(pair, -1) for pair in pairs], dtype=int)
            sold = history.quantity[at >= 0].astype(float)
            started = np.arange(weeks) >= weeks - history.weeks[at >= 0, None]
            parts.append((at[at >= 0], np.where(started, sold, np.nan)))
        at = np.concatenate([part[0] for part in parts] or [np.zeros(0, int)])
        if not len(at):
            return _peaks(mean, index, rows, on_hand, today)
        sold = np.vstack([part[1] for part in parts])
        # a year in which nothing was on sale says nothing about seasons
        years = YEARS if (~np.isnan(sold[:, 0])).any() else YEARS - 1
        sold = sold[:, -years * YEAR_WEEKS :]
        categories, group = np.unique(rows["categ_id"][at], return_inverse=True)
        found = season.indices(sold, group, YEAR_WEEKS)
        index[at] = found[group]
        mean[at] = np.maximum(np.nansum(sold[:, -YEAR_WEEKS:], axis=1), 0) / YEAR_WEEKS
        return _peaks(mean, index, rows, on_hand, today)

    def _write(self, company, columns: dict) -> int:
        cr = self.env.cr
        self.flush_model()
        jxc_bulk.load(cr, "jxc_new_pace", COLUMNS, columns)
        cr.execute(_looked_up(company))
        names = [*COLUMNS, *LOOKED_UP]
        values = [name for name in names if name not in KEY]
        same = SQL(
            "pace.product_id = new.product_id AND pace.warehouse_id = new.warehouse_id"
        )
        cr.execute(
            SQL(
                "UPDATE jxc_pace pace SET %s FROM jxc_new_pace_row new WHERE %s AND %s",
                jxc_bulk.assignments(values, "new"),
                same,
                jxc_bulk.differs(values, "pace", "new"),
            )
        )
        changed = cr.rowcount
        listed = SQL(", ").join(map(SQL.identifier, names))
        cr.execute(
            SQL(
                """INSERT INTO jxc_pace (%s) SELECT %s FROM jxc_new_pace_row new
                    WHERE NOT EXISTS (SELECT FROM jxc_pace pace WHERE %s)""",
                listed,
                listed,
                same,
            )
        )
        changed += cr.rowcount
        cr.execute(
            SQL(
                """DELETE FROM jxc_pace pace WHERE company_id = %s AND NOT EXISTS (
                          SELECT FROM jxc_new_pace_row new WHERE %s)""",
                company.id,
                same,
            )
        )
        self.invalidate_model()
        return changed + cr.rowcount


def _looked_up(company) -> SQL:
    """``jxc_new_pace_row``: the new rows with classes, money and rules."""
    return SQL(
        """DROP TABLE IF EXISTS jxc_new_pace_row;
           CREATE TEMP TABLE jxc_new_pace_row ON COMMIT DROP AS
           SELECT new.*, template.categ_id, policy.abc_class, policy.xyz_class,
                  round(new.sold_qty * policy.unit_cost, 2) AS sold_value,
                  round(new.on_hand * policy.unit_cost, 2) AS stock_value,
                  round(new.lost_qty * template.list_price::numeric, 2) AS lost_sales,
                  EXISTS (SELECT FROM stock_warehouse_orderpoint rule
                           WHERE rule.product_id = new.product_id AND rule.active
                             AND rule.warehouse_id = new.warehouse_id) AS has_rule
             FROM jxc_new_pace new
             JOIN jxc_policy policy ON policy.id = new.policy_id
             JOIN product_product product ON product.id = new.product_id
             JOIN product_template template ON template.id = product.product_tmpl_id
            WHERE policy.company_id = %s""",
        company.id,
    )


def _peaks(mean, index, rows, on_hand, today) -> dict:
    """First and last day, height, last order day and quantity of the next season.

    :param mean: [n] units of a week of the last year
    :param index: [n, 52] of the weeks from today on
    """
    count = len(mean)
    high = (index >= PEAK) & (mean > 0)[:, None]
    begin = high.argmax(axis=1)
    some = high.any(axis=1) & ~high.all(axis=1)
    # the end of the run of high weeks that begins there
    after = np.arange(YEAR_WEEKS) > begin[:, None]
    low = ~high & after
    end = np.where(low.any(axis=1), low.argmax(axis=1), YEAR_WEEKS) - 1
    inside = (np.arange(YEAR_WEEKS) >= begin[:, None]) & (
        np.arange(YEAR_WEEKS) <= end[:, None]
    )
    height = (index * inside).sum(axis=1) / np.maximum(inside.sum(axis=1), 1)
    until = np.arange(YEAR_WEEKS) <= end[:, None]
    need = (index * until).sum(axis=1) * mean + rows["safety"] - on_hand

    def day(number) -> np.ndarray:
        return np.array(
            [
                today + timedelta(days=int(value)) if yes else None
                for value, yes in zip(number, some, strict=True)
            ],
            dtype=object,
        )

    empty = np.full(count, np.nan)
    return {
        "peak_from": day(begin * WEEK),
        "peak_to": day(end * WEEK + WEEK - 1),
        "peak_factor": np.where(some, np.round(height, 2), empty),
        "order_by": day(begin * WEEK - np.ceil(rows["lead"])),
        "season_qty": np.where(some, np.round(np.maximum(need, 0.0), 2), empty),
    }


def _growth(now, then) -> np.ndarray:
    return np.round(_share(now - then, np.maximum(then, 0.0)), 4)


def _share(part, whole) -> np.ndarray:
    """Part of the whole; NaN where there is none."""
    whole = np.asarray(whole, dtype=float)
    return np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)
