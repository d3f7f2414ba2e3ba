from __future__ import annotations

import numpy as np

from odoo import models
from odoo.tools import SQL

from ..engine import projection
from . import jxc_bulk
from . import jxc_projection_read as read
from .jxc_own_week import next_week

#: rules projected at once: a year of days each
BATCH = 1_000
STATUS = np.array(["out", "order", "soon", "enough", "excess"], dtype=object)
#: columns of a reordering rule that a projection fills
COLUMNS = {
    "id": "int4",
    "jxc_status": "varchar",
    "jxc_out_date": "date",
    "jxc_order_date": "date",
    "jxc_order_qty": "numeric",
    "jxc_order_value": "numeric",
    "jxc_order_cover": "numeric",
    "jxc_waiting_cost": "numeric",
    "jxc_order_terms": "jsonb",
    "jxc_projected_on": "date",
    "jxc_look_on": "date",
}
VALUES = [name for name in COLUMNS if name != "id"]
NOTHING = dict.fromkeys(COLUMNS, ())


class JxcProjection(models.AbstractModel):
    """What reordering rules need today: projected from stock, moves and orders.

    Read and written for many rules at once, with a fixed number of statements and
    without the engine's forecasts: those of the last run are used. Cheap enough to
    follow the moves of the day.
    """

    _name = "jxc.projection"
    _description = "Projection of the Stock"

    def _refresh(self, company, chosen: SQL) -> int:
        """Project the company's rules that meet a condition on ``rule``.

        :returns: number of rules changed
        """
        return self._write() if self._load(company, chosen) else 0

    def _load(self, company, chosen: SQL, **where) -> int:
        """Project the rules into the work table ``jxc_new_projection``.

        :param where: where to read the rules
        :returns: their number
        """
        self.env.flush_all()
        today = self.env["jxc.demand.day"]._today(company)
        columns = NOTHING
        if read.create_scope(company, chosen):
            columns = self._project(company, read.rules(company, **where), today)
        jxc_bulk.load(self.env.cr, "jxc_new_projection", COLUMNS, columns, ("id",))
        return len(columns["id"])

    def _project(self, company, rules: np.ndarray, today) -> dict:
        flows = read.flows(company, today)
        changes = self.env["jxc.season"]._profile(
            company,
            rules["product_id"],
            rules["warehouse_id"],
            today,
            projection.DAYS,
        )
        parts = []
        for start in range(0, len(rules), BATCH):
            rows = rules[start : start + BATCH]
            mine = flows[(flows["row"] > start) & (flows["row"] <= start + len(rows))]
            incoming, booked = _by_day(mine, start, len(rows))
            ahead = None if changes is None else changes[start : start + len(rows)]
            articles = _articles(rows)
            found = projection.project(articles, incoming, booked, ahead)
            news = projection.days_until_news(articles, incoming, booked, found)
            parts.append(_columns(rows, found, news, today))
        return {
            name: np.concatenate([part[name] for part in parts]) for name in COLUMNS
        }

    def _write(self) -> int:
        cr = self.env.cr
        cr.execute(
            SQL(
                """UPDATE stock_warehouse_orderpoint AS rule SET %s
                     FROM jxc_new_projection AS new
                    WHERE rule.id = new.id AND %s""",
                jxc_bulk.assignments(VALUES, "new"),
                jxc_bulk.differs(VALUES, "rule", "new"),
            )
        )
        changed = cr.rowcount
        self.env["stock.warehouse.orderpoint"].invalidate_model(VALUES)
        return changed


def _by_day(flows: np.ndarray, start: int, count: int):
    """Receipts and deliveries as two matrices [count, DAYS + 1]."""
    row, day = flows["row"].astype(int) - 1 - start, flows["day"].astype(int)
    matrices = []
    for name in ("incoming", "booked"):
        matrix = np.zeros((count, projection.DAYS + 1))
        matrix[row, day] = flows[name]
        matrices.append(matrix)
    return matrices


def _articles(rows: np.ndarray) -> projection.Articles:
    values = {
        name: rows[name].astype(float) for name in read.RULE if name not in read.KEYS
    }
    suggested = values.pop("suggested") > 0
    review = values.pop("review_days")
    usual = projection.usually_booked(
        values["per_day"], values["booked_days"], values["lead_days"] + review
    )
    for level in ("minimum", "maximum"):
        # the projection takes what is usually booked off; people's own levels stand
        values[level] = values[level] + np.where(suggested, 0.0, usual)
    return projection.Articles(review_days=review, **values)


def _columns(
    rows: np.ndarray, found: projection.Projection, news: np.ndarray, today
) -> dict:
    week = next_week(rows["product_id"], today)
    look = np.minimum(np.datetime64(today, "D") + news, week)
    return {
        "id": rows["id"].astype(int),
        "jxc_status": STATUS[found.status],
        "jxc_out_date": _dates(found.out_day, today),
        "jxc_order_date": _dates(found.order_day, today),
        "jxc_order_qty": np.round(found.quantity, 2),
        "jxc_order_value": np.round(found.value, 2),
        "jxc_order_cover": np.round(found.cover_days),
        "jxc_waiting_cost": np.round(found.waiting_cost, 2),
        "jxc_order_terms": _terms(rows, found),
        "jxc_projected_on": np.full(len(rows), today, dtype="M8[D]"),
        "jxc_look_on": look,
    }


def _dates(days: np.ndarray, today) -> np.ndarray:
    known = np.where(np.isnan(days), 0, days).astype(int)
    dates = np.datetime64(today, "D") + known
    return np.where(np.isnan(days), np.datetime64("NaT", "D"), dates)


def _terms(rows: np.ndarray, found: projection.Projection) -> np.ndarray:
    """The order as a sum, for the explanation, as JSON objects."""
    numbers = {name: rows[name].astype(float) for name in ("maximum", "on_hand")}
    numbers |= {
        name: getattr(found, name)
        for name in ("incoming", "booked", "quantity", "usually_booked")
    }
    # in hundredths: a whole number is written faster than a fraction
    columns = [
        np.rint(values * 100).astype(np.int64).tolist() for values in numbers.values()
    ]
    columns.append(np.where(rows["suggested"] > 0, "true", "false").tolist())
    members = [f'"{name}":%de-2' for name in numbers] + ['"suggested":%s']
    template = f"{{{','.join(members)}}}"
    return np.array(
        [template % values for values in zip(*columns, strict=True)], dtype=object
    )
