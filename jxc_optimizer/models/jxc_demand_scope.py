"""Where demand is counted: the places of a company and the calendar of its days.

A *key location* is a place whose demand gets a series of its own: the stock location
of each warehouse (it stands for the whole warehouse), and each sub-location on which
a reordering rule stands (it stands for its own subtree).
"""

from __future__ import annotations

import numpy as np

from odoo.tools import SQL

from .jxc_demand_copy import copy_rows
from .jxc_rows import EPOCH

#: microseconds of a day
DAY = 86_400_000_000
#: goods are in stock in these; anywhere else they have left
STOCK_USAGES = ("internal", "transit")
#: goods that go to one of these were wanted; vendors and losses are no demand
DEMAND_USAGES = ("customer", "production", "internal", "transit")

#: to count up whenever the same moves are counted otherwise: all is counted anew
COUNTING = 3


def timezone(company) -> str:
    """The time zone in which the days of a company begin and end."""
    return company.resource_calendar_id.tz or company.partner_id.tz or "UTC"


def local_day(moment: SQL, tz: str) -> SQL:
    """The company's day of a moment stored in UTC."""
    if tz == "UTC":
        return SQL("%s::date", moment)
    return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", moment, tz)


def local_days(cr, moments: np.ndarray, tz: str) -> np.ndarray:
    """``local_day``, since EPOCH, of millions of moments.

    PostgreSQL is asked for the offsets of the time zone, not for each day.

    :param moments: microseconds since EPOCH
    """
    if tz != "UTC" and len(moments):
        offsets = _offsets(cr, tz, *(moments.min(), moments.max()))
        which = np.searchsorted(offsets["since"], moments, side="right") - 1
        moments = moments + offsets["offset"][which]
    return moments // DAY


def _offsets(cr, tz: str, first: int, last: int) -> np.ndarray:
    """The offsets of a time zone between two moments, and since when each holds.

    They change at full and half hours.
    """
    return copy_rows(
        cr,
        SQL(
            """WITH midnight AS (
                    SELECT moment, gap, lead(gap) OVER (ORDER BY moment) AS after
                      FROM generate_series(%(first)s::timestamp, %(stop)s::timestamp,
                                           interval '1 day') AS moment,
                   LATERAL (SELECT %(gap)s AS gap) AS zone
               ), known AS (
                    SELECT moment, gap FROM midnight
                     UNION
                    SELECT half.moment, %(half_gap)s
                      FROM midnight AS day,
                           generate_series(day.moment, day.moment + interval '1 day',
                                           interval '30 minutes') AS half(moment)
                     WHERE gap != after)
               SELECT moment, (extract(epoch FROM gap) * 1000000)::int8
                 FROM (SELECT moment, gap,
                              lag(gap) OVER (ORDER BY moment) AS before
                         FROM known) AS known
                WHERE gap IS DISTINCT FROM before
                ORDER BY moment""",
            first=str(EPOCH + first // DAY),
            stop=str(EPOCH + last // DAY + 1),
            gap=_gap(SQL("moment"), tz),
            half_gap=_gap(SQL("half.moment"), tz),
        ),
        {"since": "i8", "offset": "i8"},
    )


def _gap(moment: SQL, tz: str) -> SQL:
    return SQL(
        "(%(moment)s AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s) - %(moment)s",
        moment=moment,
        tz=tz,
    )


def start_of(day: SQL, tz: str) -> SQL:
    """The moment, in UTC, at which a day of the company begins."""
    return SQL("((%s)::timestamp AT TIME ZONE %s AT TIME ZONE 'UTC')", day, tz)


def own_goods(company) -> SQL:
    """Condition on a move line ``l``: not the stock of another owner."""
    return SQL("(l.owner_id IS NULL OR l.owner_id = %s)", company.partner_id.id)


def _keys(company) -> SQL:
    """Key locations of a company: location_id, warehouse_id, top_id, place."""
    return SQL(
        """SELECT *, row_number() OVER (ORDER BY location_id) AS place FROM (
           SELECT lot_stock_id AS location_id, id AS warehouse_id,
                  view_location_id AS top_id
             FROM stock_warehouse WHERE company_id = %(company)s
            UNION
           SELECT location.id, location.warehouse_id, location.id
             FROM stock_location location
             JOIN stock_warehouse warehouse
               ON warehouse.id = location.warehouse_id
              AND warehouse.company_id = %(company)s
              AND warehouse.lot_stock_id != location.id
            WHERE EXISTS (
                  SELECT FROM stock_warehouse_orderpoint rule
                   WHERE rule.location_id = location.id
                     AND rule.active AND rule.company_id = %(company)s)) AS key""",
        company=company.id,
    )


#: all locations, with the key locations they belong to
_PLACES = SQL(
    """SELECT place.id AS location_id, place.usage IN %(wanted)s AS wanted,
              place.usage = 'customer' AS customer,
              COALESCE(array_agg(key.location_id ORDER BY key.location_id)
                       FILTER (WHERE key.location_id IS NOT NULL),
                       '{}') AS keys, 0::int8 AS kind
         FROM stock_location place
         LEFT JOIN (jxc_demand_key key
                    JOIN stock_location top ON top.id = key.top_id)
           ON place.usage IN %(stock)s
          AND place.parent_path LIKE top.parent_path || '%%'
        GROUP BY place.id""",
    wanted=DEMAND_USAGES,
    stock=STOCK_USAGES,
)


def with_places(company) -> SQL:
    """Definition of ``jxc_demand_place`` in a query: it needs no tables, but does not
    know which locations count alike."""
    return SQL(
        """jxc_demand_key AS MATERIALIZED (%s),
           jxc_demand_place AS MATERIALIZED (%s)""",
        _keys(company),
        _PLACES,
    )


def create_places(company) -> str:
    """Make the temporary tables of the company's places.

    ``jxc_demand_key``: location_id, warehouse_id of the key locations, and their
    number, ``place``. ``jxc_demand_place``: for every location, ``keys`` (the key
    locations it belongs to), ``wanted`` (whether goods that go there were wanted),
    ``customer``, and ``kind``, the same for locations that count alike.
    ``jxc_demand_way``: what goods on the way from a kind to another are to a place:
    they come (``sign`` 1) or go, and go because they were ``wanted``; ``customer``:
    they come from one.

    :returns: a fingerprint of all that decides how a move is counted apart from the
        move itself
    """
    cr = company.env.cr
    cr.execute(
        SQL("DROP TABLE IF EXISTS jxc_demand_key, jxc_demand_place, jxc_demand_way")
    )
    cr.execute(
        SQL("CREATE TEMP TABLE jxc_demand_key ON COMMIT DROP AS %s", _keys(company))
    )
    cr.execute(SQL("CREATE TEMP TABLE jxc_demand_place ON COMMIT DROP AS %s", _PLACES))
    cr.execute(
        SQL(
            """UPDATE jxc_demand_place SET kind = known.kind
                 FROM (SELECT location_id,
                              dense_rank() OVER (ORDER BY keys, wanted, customer)
                                  AS kind
                         FROM jxc_demand_place) AS known
                WHERE known.location_id = jxc_demand_place.location_id"""
        )
    )
    cr.execute(
        SQL(
            """CREATE TEMP TABLE jxc_demand_way ON COMMIT DROP AS
               WITH kind AS (SELECT DISTINCT kind, keys, wanted, customer
                               FROM jxc_demand_place)
               SELECT source.kind AS source, target.kind AS target, key.place,
                      way.sign, way.wanted, source.customer AND sign > 0 AS customer
                 FROM kind source CROSS JOIN kind target
                CROSS JOIN LATERAL (
                      SELECT key, -1 AS sign, target.wanted
                        FROM unnest(source.keys) AS key WHERE key != ALL (target.keys)
                       UNION ALL
                      SELECT key, 1, false
                        FROM unnest(target.keys) AS key WHERE key != ALL (source.keys)
                      ) AS way
                 JOIN jxc_demand_key key ON key.location_id = way.key"""
        )
    )
    for table in ("jxc_demand_place", "jxc_demand_key", "jxc_demand_way"):
        cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
    cr.execute(
        SQL(
            """SELECT md5(string_agg(
                          concat_ws(' ', location_id, wanted, customer, keys),
                          ',' ORDER BY location_id))
                 FROM jxc_demand_place"""
        )
    )
    [places] = cr.fetchone()
    return f"{places} {timezone(company)} {company.partner_id.id} {COUNTING}"
