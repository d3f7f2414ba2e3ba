"""Writing down forecasts when a month begins, and comparing when it is over."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL

from ..engine import accuracy
from ..engine.demand import to_buckets
from . import jxc_bulk
from .jxc_demand_copy import copy_rows
from .jxc_planner import WEEK
from .jxc_run_phases import SHARD_PRODUCTS

#: months that are forecast afterwards when there is history at installation
BACKFILL = 12
#: days after its end in which a month is compared again, while returns come in
SETTLE_DAYS = 14
#: a naive forecast repeats so many weeks
NAIVE_WEEKS = 4
#: weeks of history below which nothing is forecast
LEAST_WEEKS = 8
FORECAST = {
    "product_id": "int4",
    "warehouse_id": "int4",
    "naive_qty": "numeric",
    "plain_qty": "numeric",
    "scale": "numeric",
}
RESULT = {
    "id": "int4",
    "actual_qty": "numeric",
    "final_qty": "numeric",
    "mase": "numeric",
}


class JxcAccuracy(models.Model):
    _inherit = "jxc.accuracy"

    @api.model
    def _cron_count(self):
        """Count the months of all companies that are due, as long as there is time."""
        progress = self.env["ir.cron"]._commit_progress
        companies = (
            self.env["stock.warehouse"].search([("active", "=", True)]).company_id
        )
        due = []
        for company in companies:
            self.env["jxc.demand.day"]._refresh(company)
            due += [(company, month) for month in self._due(company)]
        progress(remaining=len(due))
        for left, (company, month) in zip(range(len(due))[::-1], due, strict=True):
            self.with_company(company)._count(company, month)
            if not progress(1, remaining=left):
                return

    @api.model
    def _due(self, company) -> list[date]:
        """Months to count, the latest first: the running one, and what is missing."""
        today = self.env["jxc.demand.day"]._today(company)
        self.env.flush_all()
        counted = dict(
            self.env.execute_query(
                SQL(
                    """SELECT month, max(last_day) FROM jxc_accuracy
                        WHERE company_id = %s GROUP BY month""",
                    company.id,
                )
            )
        )
        [[first]] = self.env.execute_query(
            SQL("SELECT min(day) FROM jxc_demand_day WHERE company_id = %s", company.id)
        )
        month, due = today.replace(day=1), []
        for _back in range(BACKFILL + 1):
            if not first or month < first + timedelta(days=WEEK * LEAST_WEEKS):
                break
            end = _end(month)
            if (
                counted.get(month, month) < end
                or end + timedelta(days=SETTLE_DAYS) >= today
            ):
                due.append(month)
            month -= relativedelta(months=1)
        return due

    @api.model
    def _count(self, company, month: date) -> None:
        """Bring a month up to date: its forecasts once, what was sold every time."""
        self.env.flush_all()
        # Two at the same time would write the same rows.
        self.env.cr.execute(
            SQL(
                "SELECT pg_advisory_xact_lock(hashtext('jxc_accuracy'), %s)", company.id
            )
        )
        today = self.env["jxc.demand.day"]._today(company)
        end = _end(month)
        last = min(end, today - timedelta(days=1))
        [[known]] = self.env.execute_query(
            SQL(
                """SELECT max(last_day) FROM jxc_accuracy
                    WHERE company_id = %s AND month = %s""",
                company.id,
                month,
            )
        )
        ranges = self.env["jxc.planner"]._product_ranges(company, SHARD_PRODUCTS)
        if known is None:
            for products in ranges:
                self._write_forecasts(company, month, products, late=month < today)
        values = self.env["jxc.forecast.value"]
        values._follow(company, month, known or month - timedelta(days=1), last)
        plans = values._plans(company, month)
        for products in ranges:
            self._write_results(company, month, last, products, plans)
        if last == end:
            values._write_results(plans)
        self.invalidate_model()

    def _write_forecasts(self, company, month, products, late: bool) -> None:
        """The month's forecasts of a product range, from what was known before it."""
        found = self.env["jxc.demand.outlook"]._read(
            company, *products, month - timedelta(days=1)
        )
        history, days = found.history, (_end(month) - month).days + 1
        stands = np.isin(
            history.location_id, self.env["jxc.planner"]._warehouse_locations(company)
        )
        keep = stands & (found.rate > 0) & (history.weeks >= LEAST_WEEKS)
        sold = np.maximum(history.quantity[keep].astype(float), 0.0)
        started = np.arange(sold.shape[1]) >= sold.shape[1] - history.weeks[keep, None]
        sold = np.where(started, sold, np.nan)
        scale = accuracy.naive_scale(to_buckets(sold, NAIVE_WEEKS))
        naive = np.nansum(sold[:, -NAIVE_WEEKS:], axis=1) / (WEEK * NAIVE_WEEKS)
        cr = self.env.cr
        jxc_bulk.load(
            cr,
            "jxc_new_forecast",
            FORECAST,
            {
                "product_id": history.product_id[keep],
                "warehouse_id": history.warehouse_id[keep],
                "naive_qty": np.round(naive * days, 4),
                "plain_qty": np.round(found.expected(days)[keep], 4),
                "scale": np.round(scale * days / (WEEK * NAIVE_WEEKS), 4),
            },
        )
        cr.execute(
            SQL(
                """INSERT INTO jxc_accuracy
                          (company_id, month, last_day, is_complete, is_replayed,
                           product_id, warehouse_id, categ_id, abc_class, xyz_class,
                           unit_cost, naive_qty, plain_qty, final_qty, scale)
                   SELECT %(company)s, %(month)s::date, %(month)s::date - 1, false,
                          %(late)s, new.product_id, new.warehouse_id,
                          template.categ_id, policy.abc_class, policy.xyz_class,
                          COALESCE(NULLIF(policy.unit_cost, 0),
                                   (product.standard_price->>%(key)s)::numeric, 0),
                          new.naive_qty, new.plain_qty, new.plain_qty, new.scale
                     FROM jxc_new_forecast new
                     JOIN product_product product ON product.id = new.product_id
                     JOIN product_template template
                       ON template.id = product.product_tmpl_id
                     JOIN stock_warehouse warehouse ON warehouse.id = new.warehouse_id
                     LEFT JOIN jxc_policy policy
                       ON policy.product_id = new.product_id
                      AND policy.location_id = warehouse.lot_stock_id
                       ON CONFLICT DO NOTHING""",
                company=company.id,
                month=month,
                late=late,
                key=str(company.id),
            )
        )

    def _write_results(self, company, month, last, products, plans) -> None:
        """What was sold up to ``last``, and what was expected with all events."""
        cr, end = self.env.cr, _end(month)
        rows = copy_rows(
            cr,
            SQL(
                """SELECT row.id, row.product_id, row.warehouse_id,
                          warehouse.lot_stock_id, row.plain_qty::float8,
                          COALESCE(row.scale, 0)::float8, row.unit_cost::float8
                     FROM jxc_accuracy row
                     JOIN stock_warehouse warehouse ON warehouse.id = row.warehouse_id
                    WHERE row.company_id = %s AND row.month = %s
                      AND row.product_id BETWEEN %s AND %s ORDER BY row.id""",
                company.id,
                month,
                *products,
            ),
            {
                "id": "i4",
                "product_id": "i4",
                "warehouse_id": "i4",
                "location_id": "i4",
                "plain": "f8",
                "scale": "f8",
                "cost": "f8",
            },
        )
        if not len(rows):
            return
        sold = self.env["jxc.demand.day"]._read_total(company, *products, month, last)
        actual = np.maximum(_look_up(rows, sold), 0.0)
        days = (end - month).days + 1
        parts = [
            np.where(
                plan["event"].affects(rows["product_id"], rows["warehouse_id"]),
                rows["plain"] * plan["extra_days"] / days,
                0.0,
            )
            for plan in plans
        ]
        final = np.maximum(rows["plain"] + sum(parts, np.zeros(len(rows))), 0.0)
        for plan, part in zip(plans, parts, strict=True):
            mine = part != 0
            without, with_it = accuracy.value_added(
                actual[mine], final[mine], part[mine], rows["cost"][mine]
            )
            plan["articles"] += int(mine.sum())
            plan["actual_value"] += float((actual * rows["cost"])[mine].sum())
            plan["error_without"] += without
            plan["error_with"] += with_it
        jxc_bulk.load(
            cr,
            "jxc_new_result",
            RESULT,
            {
                "id": rows["id"].astype(int),
                "actual_qty": np.round(actual, 4),
                "final_qty": np.round(final, 4),
                "mase": np.round(
                    accuracy.scaled_error(actual, final, rows["scale"]), 4
                ),
            },
        )
        cr.execute(_update_results(last, last == end))


def _update_results(last: date, complete: bool) -> SQL:
    """The errors follow from the quantities; of months that are over only."""
    return SQL(
        """UPDATE jxc_accuracy row
              SET last_day = %(last)s, is_complete = %(complete)s,
                  actual_qty = new.actual_qty, final_qty = new.final_qty,
                  actual_value = part.actual, naive_error = part.naive,
                  plain_error = part.plain, final_error = part.final,
                  final_bias = part.bias, value_added = part.plain - part.final,
                  wape = part.final / NULLIF(part.actual, 0),
                  wape_plain = part.plain / NULLIF(part.actual, 0),
                  wape_naive = part.naive / NULLIF(part.actual, 0),
                  bias = part.bias / NULLIF(part.actual, 0),
                  mase = CASE WHEN %(complete)s THEN new.mase END
             FROM jxc_new_result new
             JOIN jxc_accuracy same ON same.id = new.id
            CROSS JOIN LATERAL (
                  SELECT cost * new.actual_qty AS actual,
                         cost * abs(new.actual_qty - same.naive_qty) AS naive,
                         cost * abs(new.actual_qty - same.plain_qty) AS plain,
                         cost * abs(new.actual_qty - new.final_qty) AS final,
                         cost * (new.final_qty - new.actual_qty) AS bias
                    FROM (SELECT CASE WHEN %(complete)s THEN same.unit_cost END
                              AS cost) AS known
                  ) AS part
            WHERE row.id = new.id
              AND (row.last_day, row.actual_qty, row.final_qty, row.is_complete)
                  IS DISTINCT FROM
                  (%(last)s, new.actual_qty, new.final_qty, %(complete)s)""",
        last=last,
        complete=complete,
    )


def _look_up(rows, sold) -> np.ndarray:
    """Quantity [n] of each row's product and location; 0 where there is none."""
    keys = sold["location_id"].astype(np.int64) << 32 | sold["product_id"]
    wanted = rows["location_id"].astype(np.int64) << 32 | rows["product_id"]
    order = np.argsort(keys)
    place = np.searchsorted(keys[order], wanted)
    found = np.zeros(len(rows))
    inside = place < len(keys)
    hit = np.zeros(len(rows), dtype=bool)
    hit[inside] = keys[order][place[inside]] == wanted[inside]
    found[hit] = sold["quantity"][order][place[hit]]
    return found


def _end(month: date) -> date:
    return month + relativedelta(months=1, days=-1)


class JxcForecastValue(models.Model):
    _inherit = "jxc.forecast.value"

    @api.model
    def _follow(self, company, month: date, known: date, last: date) -> None:
        """Add what events were planned to bring on the days from ``known`` to ``last``.

        An event counts from the day after somebody entered it: nobody is credited for
        what was said afterwards. Changing it later does not change days gone by.
        """
        # sudo: the count is the same whoever starts it
        events = (
            self.env["jxc.demand.event"]
            .sudo()
            .search(
                [
                    ("company_id", "=", company.id),
                    ("date_from", "<=", last),
                    ("date_to", ">", known),
                ]
            )
        )
        rows = self.sudo().search(
            [("company_id", "=", company.id), ("month", "=", month)]
        )
        followed = {row.event_id: row for row in rows}
        for event in events:
            begin = max(
                event.date_from,
                event.create_date.date() + timedelta(days=1),
                known + timedelta(days=1),
                month,
            )
            days = (min(event.date_to, last) - begin).days + 1
            if days <= 0:
                continue
            row = followed.get(event) or self.sudo().create(
                {
                    "company_id": company.id,
                    "month": month,
                    "event_id": event.id,
                    "user_id": event.create_uid.id,
                    "department": event.department,
                    "kind": event.kind,
                    "last_day": known,
                    "extra_days": 0.0,
                }
            )
            row.write(
                {
                    "extra_days": row.extra_days + days * event.expected_change,
                    "last_day": last,
                }
            )

    @api.model
    def _plans(self, company, month: date) -> list[dict]:
        """The events of a month, ready for what they did to be added up."""
        rows = self.sudo().search(
            [("company_id", "=", company.id), ("month", "=", month)]
        )
        events = rows.event_id
        made = dict(zip(events, events._as_effects(), strict=True))
        return [
            {
                "row": row,
                "event": made[row.event_id],
                "extra_days": row.extra_days,
                "articles": 0,
                "actual_value": 0.0,
                "error_without": 0.0,
                "error_with": 0.0,
            }
            for row in rows
        ]

    @api.model
    def _write_results(self, plans: list[dict]) -> None:
        for plan in plans:
            values = {
                name: plan[name]
                for name in ("articles", "actual_value", "error_without", "error_with")
            }
            plan["row"].write(
                {
                    **values,
                    "value_added": plan["error_without"] - plan["error_with"],
                }
            )
