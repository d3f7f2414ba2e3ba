"""Counting move lines in numpy: what they mean to each place, and added up by day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from types import MappingProxyType

import numpy as np

from odoo import models
from odoo.tools import SQL

from ..engine import days as engine
from .jxc_demand_copy import EPOCH, copy_rows, lists, write_rows
from .jxc_demand_sql import all_lines

#: pages of the table of lines that are read at once
PAGES = 40_000
LINE = {
    "move_id": "i4",
    "product_id": "i4",
    "location_id": "i4",
    "location_dest_id": "i4",
    "quantity": "f8",
    "day": "i4",
}
#: series written at once
BATCH = 10_000
#: array of a series -> the figure of a day it is made of, and its type
DEMAND_ARRAYS = {
    "days": ("day", "date"),
    "quantity": ("quantity", "float8"),
    "lines": ("lines", "int4"),
    "largest": ("largest", "float8"),
    "returned": ("returned", "float8"),
}
MOVED_ARRAYS = {"moved_days": ("day", "date"), "moved": ("moved", "float8")}
#: columns of ``jxc_demand_new``
TYPES = {
    "location_id": "int4",
    "product_id": "int4",
    **{name: f"{kind}[]" for name, (_, kind) in (DEMAND_ARRAYS | MOVED_ARRAYS).items()},
    "out_from": "date[]",
    "out_until": "date[]",
    "negative_until": "date",
    "level": "float8",
}


class JxcDemandDay(models.Model):
    _inherit = "jxc.demand.day"

    def _every_line(self, company) -> Iterator[np.ndarray]:
        """The company's done lines, part of the table by part."""
        [[pages]] = self.env.execute_query(
            SQL(
                "SELECT pg_relation_size('stock_move_line')"
                " / current_setting('block_size')::int"
            )
        )
        for start in range(0, pages, PAGES):
            stop = start + PAGES
            part = SQL("l.ctid >= %s::tid", f"({start},0)")
            if stop < pages:
                part = SQL("%s AND l.ctid < %s::tid", part, f"({stop},0)")
            yield self._lines(SQL("%s AS l", all_lines(company, part)))

    def _lines(self, source: SQL) -> np.ndarray:
        return copy_rows(
            self.env.cr,
            SQL(
                """SELECT COALESCE(move_id, 0), product_id, location_id,
                          location_dest_id, COALESCE(quantity, 0), day FROM %s""",
                source,
            ),
            LINE,
        )

    def _count_lines(self, parts: Iterable[np.ndarray]):
        """Places, ids of all products, and the figures by day of all lines.

        Each part of the lines is read when it is due. A series' number is
        ``place * products + rank of the product``.
        """
        cr = self.env.cr
        places = Places(cr)
        products = copy_rows(
            cr, SQL("SELECT id FROM product_product ORDER BY id"), {"id": "i4"}
        )["id"].astype(np.int64)
        marks = copy_rows(
            cr,
            SQL("SELECT move_id, share, back FROM jxc_demand_mark ORDER BY move_id"),
            {"move_id": "i4", "share": "f8", "back": "?"},
        )
        found = [places.movements(lines, products, marks) for lines in parts]
        names = ("key", "quantity", "share", "move")
        empty = Places.nothing()
        movements = engine.Movements(
            **{
                name: np.concatenate(
                    [getattr(empty, name), *(vars(part).pop(name) for part in found)]
                )
                for name in names
            }
        )
        del found
        return places, products, engine.by_day(movements)

    def _load_series(self, company, since: date) -> np.ndarray:
        """``jxc_demand_new``: all series of the company, counted from every line.

        :returns: the moves that have lines since that day
        """
        first = (np.datetime64(since, "D") - EPOCH).astype(int)
        moves = []

        def parts() -> Iterator[np.ndarray]:
            for lines in self._every_line(company):
                moves.append(lines["move_id"][lines["day"] >= first])
                yield lines

        places, products, days = self._count_lines(parts())
        some = days.wanted | (days.moved != 0)
        self._load_new(places, products, days, np.unique(days.series[some]))
        return np.unique(np.concatenate(moves)) if moves else np.zeros(0, dtype=int)

    def _load_new(
        self,
        places: Places,
        products: np.ndarray,
        days: engine.Days,
        keys: np.ndarray,
        *,
        before: engine.Days | None = None,
        also: Mapping[str, np.ndarray] = MappingProxyType({}),
    ) -> None:
        """``jxc_demand_new``: the given series of all days.

        :param before: a day for all that was before these days, ordered by series
        :param also: further columns, bool
        """
        demand, moved = days[days.wanted], days[days.moved != 0]
        if before is not None:
            days = engine.joined(before, days)
        outs = engine.stock_outs(days)
        level = np.zeros(len(keys))
        known, left = engine.levels(days)
        level[np.searchsorted(keys, known)] = left / engine.DECIMALS
        types = TYPES | dict.fromkeys(also, "bool")
        self._create("jxc_demand_new", types)
        for start in range(0, len(keys), BATCH):
            batch = slice(start, start + BATCH)
            some = keys[batch]
            locations, ranks = np.divmod(some, len(products))
            columns = {
                "location_id": places.locations[locations],
                "product_id": products[ranks],
                "level": level[batch],
                **{name: values[batch] for name, values in also.items()},
            }
            for source, arrays in ((demand, DEMAND_ARRAYS), (moved, MOVED_ARRAYS)):
                columns |= {
                    name: lists(some, source.series, getattr(source, figure), kind)
                    for name, (figure, kind) in arrays.items()
                }
            columns["out_from"] = lists(some, outs.series, outs.first, "date")
            columns["out_until"] = lists(some, outs.series, outs.last, "date")
            until = np.full(len(some), np.nan)
            mine = np.isin(outs.negative, some)
            rows = np.searchsorted(some, outs.negative[mine])
            until[rows] = outs.negative_until[mine]
            columns["negative_until"] = until
            write_rows(self.env.cr, "jxc_demand_new", types, columns)
        # of the arrays nothing need be known
        self._analyze("jxc_demand_new", "location_id", "product_id")


class Places:
    """What goods on the way from a location to another are to each place."""

    def __init__(self, cr):
        known = copy_rows(
            cr,
            SQL("SELECT location_id, kind::int4 FROM jxc_demand_place"),
            {"location_id": "i4", "kind": "i4"},
        )
        self.kind = np.zeros(known["location_id"].max(initial=0) + 1, dtype=np.int64)
        self.kind[known["location_id"]] = known["kind"]
        self.kinds = int(self.kind.max()) + 1
        ways = copy_rows(
            cr,
            SQL(
                """SELECT source::int4, target::int4, place::int4, sign::int4, wanted,
                          customer
                     FROM jxc_demand_way ORDER BY source, target"""
            ),
            {
                "source": "i4",
                "target": "i4",
                "place": "i4",
                "sign": "i4",
                "wanted": "?",
                "customer": "?",
            },
        )
        self.ways = {name: ways[name].copy() for name in ways.dtype.names}
        pair = self._pair(ways["source"], ways["target"])
        self.first = np.searchsorted(pair, np.arange(self.kinds**2))
        self.count = np.bincount(pair, minlength=self.kinds**2)
        keys = copy_rows(
            cr,
            SQL("SELECT place::int4, location_id FROM jxc_demand_key"),
            {"place": "i4", "location_id": "i4"},
        )
        self.locations = np.zeros(keys["place"].max(initial=0) + 1, dtype=np.int64)
        self.locations[keys["place"]] = keys["location_id"]

    def _pair(self, source, target) -> np.ndarray:
        return source.astype(np.int64) * self.kinds + target

    @staticmethod
    def nothing() -> engine.Movements:
        return engine.Movements(
            np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0), np.zeros(0, np.int32)
        )

    def movements(self, lines, products, marks) -> engine.Movements:
        """What a part of the lines means to each place."""
        pair = self._pair(
            self.kind[lines["location_id"]], self.kind[lines["location_dest_id"]]
        )
        count = self.count[pair]
        row = np.repeat(np.arange(len(lines)), count)
        way = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
        way += self.first[pair[row]]
        move = lines["move_id"][row].astype(np.int32)
        mark = np.searchsorted(marks["move_id"], move)
        mark[mark == len(marks)] = 0
        share, back = np.zeros(len(move)), np.zeros(len(move), dtype=bool)
        if len(marks):
            marked = np.flatnonzero(marks["move_id"][mark] == move)
            share[marked] = marks["share"][mark[marked]]
            back[marked] = marks["back"][mark[marked]]
        rank = np.searchsorted(products, lines["product_id"][row].astype(np.int64))
        return engine.Movements(
            key=engine.keys(
                self.ways["place"][way].astype(np.int64) * len(products) + rank,
                lines["day"][row],
                self.ways["wanted"][way] & ~back,
                self.ways["customer"][way] & ~back,
                self.ways["sign"][way] > 0,
            ),
            quantity=lines["quantity"][row].astype(float),
            share=share,
            move=move,
        )
