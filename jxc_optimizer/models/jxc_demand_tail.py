"""Counting again the ends of series; what stands before them is not even read.

A product's days are counted again from a *cut* on, the first of them that changed. All
that came before stands in one day, the last one before the cut, and in the stock that
was left then: the stock at the end without what moved since.
"""

from __future__ import annotations

import numpy as np

from odoo import models
from odoo.tools import SQL

from ..engine import days as engine
from .jxc_demand_copy import copy_rows, write_rows
from .jxc_demand_count import (
    DEMAND_ARRAYS,
    MOVED_ARRAYS,
    TYPES,
    movements_of,
    rows_of,
)
from .jxc_demand_lines import lines_of
from .jxc_demand_places import Places

_END = {"place": "i4", "product_id": "i4", "last": "i4", "level": "f8"}
_DAY = {
    "place": "i4",
    "product_id": "i4",
    "day": "i4",
    "quantity": "f8",
    "lines": "i4",
    "largest": "f8",
    "returned": "f8",
    "moved": "f8",
    "wanted": "?",
}


class JxcDemandDay(models.Model):
    _inherit = "jxc.demand.day"

    def _load_changed(self, company) -> None:
        """``jxc_demand_new``: the ends that changed of the series of
        ``jxc_demand_dirty``, the days of ``jxc_demand_line`` counted again.

        With what changed: ``other_days``, ``other_moved``.
        """
        places, lines = Places(self.env.cr), lines_of(company, "jxc_demand_line")
        returns = self._find_returns()
        shares = returns.shares(self._moved(company, returns.move))
        part = places.movements(lines, returns.find(lines.move_id), returns.back)
        counted = engine.by_day(movements_of(part, shares)).that_count()
        self._find_ends()
        days, anew = self._days_after_cut(places)
        before = engine.joined(days)
        after = engine.joined(counted, days[~anew])
        figures = [figure for figure, _kind in DEMAND_ARRAYS.values()]
        other_days = engine.differing(
            before[before.wanted], after[after.wanted], figures
        )
        other_moved = engine.differing(
            before[before.moved != 0], after[after.moved != 0], ["moved"]
        )
        keys = np.union1d(other_days, other_moved)
        until_cut = self._until_cut(places, before)
        types = TYPES | {"other_days": "bool", "other_moved": "bool"}
        self._create("jxc_demand_new", types)
        for columns in rows_of(
            company,
            places,
            after[np.isin(after.series, keys)],
            keys,
            before=until_cut[np.isin(until_cut.series, keys)],
            also={
                "other_days": np.isin(keys, other_days),
                "other_moved": np.isin(keys, other_moved),
            },
        ):
            write_rows(self.env.cr, "jxc_demand_new", types, columns)
        self._analyze("jxc_demand_new", "location_id", "product_id")

    def _find_ends(self) -> None:
        """``jxc_demand_end``: where the ends of the series begin.

        ``kept``, ``moved_kept``, ``out_kept``: how many days and times without stock
        stay, and the ``last`` of these days. None of a series that has to be counted
        whole: it had no demand before the cut, or less than nothing in stock, and until
        when that was is not known of each part.
        """
        self._temporary(
            "jxc_demand_end",
            SQL(
                """SELECT series.id, place::int4, location_id, product_id, level,
                          CASE WHEN whole THEN '-infinity' ELSE last END AS last,
                          CASE WHEN whole THEN 0 ELSE kept END AS kept,
                          CASE WHEN whole THEN 0 ELSE moved_kept END AS moved_kept,
                          CASE WHEN whole THEN 0
                               ELSE width_bucket(last, out_from) END AS out_kept,
                          whole OR goes_on AS goes_on
                     FROM (SELECT product_id, min(day) AS cut
                             FROM jxc_demand_dirty GROUP BY product_id) AS dirty
                     JOIN jxc_demand_series series USING (product_id)
                     JOIN jxc_demand_key key USING (location_id)
                    CROSS JOIN LATERAL (
                          SELECT width_bucket(cut - 1, days) AS kept,
                                 width_bucket(cut - 1, moved_days) AS moved_kept
                          OFFSET 0) AS early
                    CROSS JOIN LATERAL (
                          SELECT greatest(days[kept], moved_days[moved_kept]) AS last,
                                 kept < cardinality(days)
                                 OR moved_kept < cardinality(moved_days) AS goes_on
                          OFFSET 0) AS late
                    CROSS JOIN LATERAL (
                          SELECT kept = 0 OR goes_on AND COALESCE(
                                     negative_until >= last, false) AS whole
                          OFFSET 0) AS which"""
            ),
        )

    def _days_after_cut(self, places: Places) -> tuple[engine.Days, np.ndarray]:
        """The days of demand and of other moves that stand in the ends, as they are
        stored, and which of them are counted again."""
        rows = copy_rows(
            self.env.cr,
            SQL(
                """SELECT place, ending.product_id, day.*
                     FROM jxc_demand_end ending
                     JOIN jxc_demand_series series USING (id)
                    CROSS JOIN LATERAL (
                          SELECT *, 0::float8, true
                            FROM unnest(days[kept + 1:], quantity[kept + 1:],
                                        lines[kept + 1:], largest[kept + 1:],
                                        returned[kept + 1:])
                           UNION ALL
                          SELECT day, 0, 0, 0, 0, moved, false
                            FROM unnest(moved_days[moved_kept + 1:],
                                        moved[moved_kept + 1:]) AS other(day, moved)
                          ) AS day
                    WHERE goes_on"""
            ),
            _DAY,
        )
        dirty = copy_rows(
            self.env.cr,
            SQL("SELECT product_id, day FROM jxc_demand_dirty"),
            {"product_id": "i4", "day": "i4"},
        )
        days = engine.Days(
            series=places.series(rows["place"], rows["product_id"]),
            **{
                name: rows[name].astype(rows[name].dtype.newbyteorder("="))
                for name in _DAY
                if name not in ("place", "product_id")
            },
        )
        return days, np.isin(_product_day(rows), _product_day(dirty))

    def _until_cut(self, places: Places, after: engine.Days) -> engine.Days:
        """One day for all that was before the cut, of each series that has such days.

        :param after: the days after it, as they are stored
        """
        rows = copy_rows(
            self.env.cr,
            SQL(
                "SELECT place, product_id, last, level FROM jxc_demand_end"
                " WHERE last != '-infinity'"
            ),
            _END,
        )
        series = places.series(rows["place"], rows["product_id"])
        order = np.argsort(series)
        series, rows = series[order], rows[order]
        level = np.round(rows["level"] * engine.DECIMALS).astype(np.int64)
        later, moved = engine.levels(after[np.isin(after.series, series)])
        level[np.searchsorted(series, later)] -= moved
        none = np.zeros(len(rows))
        return engine.Days(
            series=series,
            day=rows["last"].astype(np.int64),
            quantity=none,
            lines=none,
            largest=none,
            returned=none,
            moved=level / engine.DECIMALS,
            wanted=np.ones(len(rows), dtype=bool),
        )

    def _write_ends(self, company) -> dict[str, int]:
        """Give the series of ``jxc_demand_new`` their new ends."""
        cr, counts = self.env.cr, {}
        cr.execute(
            SQL(
                """DELETE FROM jxc_demand_series series
                    USING jxc_demand_end ending
                     JOIN jxc_demand_new new USING (location_id, product_id)
                    WHERE series.id = ending.id AND kept = 0 AND moved_kept = 0
                      AND new.days = '{}' AND new.moved_days = '{}'"""
            )
        )
        counts["deleted"] = cr.rowcount
        ends = [
            (name, kept, changed)
            for names, kept, changed in (
                (DEMAND_ARRAYS, "kept", "other_days"),
                (MOVED_ARRAYS, "moved_kept", "other_moved"),
            )
            for name in names
        ]
        # what does not change is not even copied, and most series only grow
        arrays = SQL(", ").join(
            SQL(
                """%(name)s = CASE WHEN NOT %(changed)s THEN series.%(name)s
                   WHEN goes_on THEN series.%(name)s[:%(kept)s] || new.%(name)s
                   ELSE series.%(name)s || new.%(name)s END""",
                name=SQL.identifier(name),
                kept=SQL.identifier(kept),
                changed=SQL.identifier(changed),
            )
            for name, kept, changed in ends
        )
        cr.execute(
            SQL(
                """UPDATE jxc_demand_series series
                      SET %s, level = new.level,
                          out_from = series.out_from[:out_kept] || new.out_from,
                          out_until = series.out_until[:out_kept] || new.out_until,
                          negative_until = COALESCE(
                              new.negative_until,
                              CASE WHEN series.negative_until < last
                                   THEN series.negative_until END)
                     FROM jxc_demand_end ending
                     JOIN jxc_demand_new new USING (location_id, product_id)
                    WHERE series.id = ending.id""",
                arrays,
            )
        )
        counts["updated"] = cr.rowcount
        counts["inserted"] = self._insert_new()
        self._forget_read()
        return counts


def _product_day(rows: np.ndarray) -> np.ndarray:
    day = rows["day"].astype(np.int64) + (1 << 31)
    return rows["product_id"].astype(np.int64) << 32 | day
