"""What a replay needs of the past beside demand: stock, open orders, earlier rules.

Days are the company's own and count from the first day of the replay. Each function is
one statement for all pairs of product and location.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from odoo.tools import SQL

from .jxc_demand_copy import copy_rows
from .jxc_demand_scope import local_day, own_goods, start_of, timezone
from .jxc_rows import EPOCH

PAIR = {"location_id": "i4", "product_id": "i4"}


def key(location_id, product_id) -> np.ndarray:
    """Location and product in one number that sorts like both."""
    return np.asarray(location_id, np.int64) << 32 | np.asarray(product_id, np.int64)


def _spread(rows, column: str, location_id, product_id) -> np.ndarray:
    """A column of the rows [n], aligned with the pairs; 0 where there is no row."""
    pairs = key(location_id, product_id)
    order = np.argsort(pairs)
    wanted = key(rows["location_id"], rows["product_id"])
    at = np.searchsorted(pairs[order], wanted)
    at = np.minimum(at, max(len(pairs) - 1, 0))
    known = pairs[order][at] == wanted if len(pairs) else np.zeros(len(rows), bool)
    result = np.zeros(len(pairs))
    np.add.at(result, order[at[known]], rows[column][known].astype(float))
    return result


def daily(rows, location_id, product_id, first_day: date, days: int) -> np.ndarray:
    """Demand [n, days] of the pairs from rows of single days."""
    pairs = key(location_id, product_id)
    order = np.argsort(pairs)
    wanted = key(rows["location_id"], rows["product_id"])
    start = (np.datetime64(first_day, "D") - EPOCH).astype(int)
    at = np.searchsorted(pairs[order], wanted)
    at = np.minimum(at, max(len(pairs) - 1, 0))
    known = pairs[order][at] == wanted if len(pairs) else np.zeros(len(rows), bool)
    cell = order[at[known]] * days + rows["day"][known].astype(int) - start
    count = len(pairs) * days
    found = np.bincount(cell, rows["quantity"][known].astype(float), minlength=count)
    return found.reshape(len(pairs), days)


def _scopes(locations: list[int]) -> SQL:
    """Places of each location: of a warehouse's stock location the whole warehouse."""
    return SQL(
        """(SELECT scope.id AS scope_id, place.id
              FROM stock_location AS scope
         LEFT JOIN stock_warehouse AS warehouse
                ON warehouse.lot_stock_id = scope.id
              JOIN stock_location AS top
                ON top.id = COALESCE(warehouse.view_location_id, scope.id)
              JOIN stock_location AS place
                ON place.parent_path LIKE top.parent_path || '%%'
               AND place.usage = 'internal'
             WHERE scope.id = ANY(%s))""",
        locations,
    )


def stock_change(company, location_id, product_id, since: date) -> np.ndarray:
    """Change of the stock [n] of the pairs since a day began."""
    locations = np.unique(location_id).tolist()

    def side(location: SQL, sign: SQL) -> SQL:
        return SQL(
            """SELECT place.scope_id, l.product_id,
                      %s l.quantity_product_uom::float8 AS quantity
                 FROM stock_move_line l JOIN %s place ON place.id = %s
                WHERE l.state = 'done' AND l.company_id = %s AND %s
                  AND l.product_id BETWEEN %s AND %s AND l.date >= %s""",
            sign,
            _scopes(locations),
            location,
            company.id,
            own_goods(company),
            int(np.min(product_id, initial=0)),
            int(np.max(product_id, initial=0)),
            start_of(SQL("%s::date", since), timezone(company)),
        )

    rows = copy_rows(
        company.env.cr,
        SQL(
            """SELECT scope_id, product_id, sum(quantity)
                 FROM (%s UNION ALL %s) AS line GROUP BY 1, 2""",
            side(SQL("l.location_dest_id"), SQL("")),
            side(SQL("l.location_id"), SQL("-")),
        ),
        PAIR | {"quantity": "f8"},
    )
    return _spread(rows, "quantity", location_id, product_id)


def arrivals(company, location_id, product_id, since: date) -> np.ndarray:
    """Receipts [n, days] of purchases ordered before a day, by day from it on."""
    tz = timezone(company)
    moment = start_of(SQL("%s::date", since), tz)
    rows = copy_rows(
        company.env.cr,
        SQL(
            """SELECT place.scope_id, l.product_id, %(day)s - %(since)s::date,
                      sum(l.quantity_product_uom)::float8
                 FROM stock_move_line l
                 JOIN stock_move move ON move.id = l.move_id
                 JOIN purchase_order_line line ON line.id = move.purchase_line_id
                 JOIN purchase_order po ON po.id = line.order_id
                 JOIN stock_location source
                   ON source.id = l.location_id AND source.usage = 'supplier'
                 JOIN %(scopes)s place ON place.id = l.location_dest_id
                WHERE l.state = 'done' AND l.company_id = %(company)s AND %(own)s
                  AND l.product_id BETWEEN %(first)s AND %(last)s
                  AND l.date >= %(moment)s AND po.date_approve < %(moment)s
                GROUP BY 1, 2, 3""",
            day=local_day(SQL("l.date"), tz),
            since=since,
            scopes=_scopes(np.unique(location_id).tolist()),
            company=company.id,
            own=own_goods(company),
            first=int(np.min(product_id, initial=0)),
            last=int(np.max(product_id, initial=0)),
            moment=moment,
        ),
        PAIR | {"day": "i4", "quantity": "f8"},
    )
    days = int(rows["day"].max(initial=-1)) + 1
    return daily(_shifted(rows, since), location_id, product_id, since, max(days, 1))


def _shifted(rows, since: date):
    """Days counted from a day as days since EPOCH."""
    start = (np.datetime64(since, "D") - EPOCH).astype(int)
    return {
        "location_id": rows["location_id"],
        "product_id": rows["product_id"],
        "day": rows["day"].astype(int) + start,
        "quantity": rows["quantity"],
    }


def rules(company, location_id, product_id) -> dict[str, np.ndarray]:
    """Rule, minimum and maximum of today [n]; rule 0 where there is none."""
    rows = copy_rows(
        company.env.cr,
        SQL(
            """SELECT location_id, product_id, id, product_min_qty::float8,
                      product_max_qty::float8
                 FROM stock_warehouse_orderpoint
                WHERE company_id = %s AND active AND product_id BETWEEN %s AND %s""",
            company.id,
            int(np.min(product_id, initial=0)),
            int(np.max(product_id, initial=0)),
        ),
        PAIR | {"rule_id": "i4", "minimum": "f8", "maximum": "f8"},
    )
    return {
        name: _spread(rows, name, location_id, product_id)
        for name in ("rule_id", "minimum", "maximum")
    }


def levels_as_they_were(company, rule_id, minimum, maximum, since: date, weeks: int):
    """(min, max) [n, weeks] as far as changes are recorded, else today's.

    A change counts from the week after it on. Recorded are changes that were applied
    through the add-on and those that were taken back.
    """
    tz = timezone(company)
    rows = copy_rows(
        company.env.cr,
        SQL(
            """SELECT orderpoint_id, (%(day)s - %(since)s::date) / 7, low, high
                 FROM (SELECT orderpoint_id, create_date AS moment, id,
                              old_min::float8 AS low, old_max::float8 AS high
                         FROM jxc_change WHERE company_id = %(company)s
                        UNION ALL
                       SELECT orderpoint_id, reverted_at, id, new_min::float8,
                              new_max::float8
                         FROM jxc_change
                        WHERE company_id = %(company)s AND reverted_at IS NOT NULL
                      ) AS event
                WHERE orderpoint_id = ANY(%(rules)s) AND moment >= %(moment)s
                ORDER BY moment DESC, id DESC""",
            day=local_day(SQL("moment"), tz),
            since=since,
            company=company.id,
            rules=rule_id[rule_id > 0].astype(int).tolist(),
            moment=start_of(SQL("%s::date", since), tz),
        ),
        {"rule_id": "i4", "week": "i4", "low": "f8", "high": "f8"},
    )
    low = np.repeat(np.asarray(minimum, float)[:, None], weeks, axis=1)
    high = np.repeat(np.asarray(maximum, float)[:, None], weeks, axis=1)
    place = {int(rule): at for at, rule in enumerate(rule_id) if rule}
    for rule, week, old_low, old_high in zip(
        rows["rule_id"].tolist(),
        rows["week"].tolist(),
        rows["low"].tolist(),
        rows["high"].tolist(),
        strict=True,
    ):
        # From the latest back: what an earlier change replaced goes over it.
        low[place[rule], : week + 1] = old_low
        high[place[rule], : week + 1] = old_high
    return low, high
