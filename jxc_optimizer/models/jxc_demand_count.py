"""Counting move lines in numpy: added up by day, and written as series."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType

import numpy as np

from odoo import models
from odoo.tools import SQL

from ..engine import days as engine
from ..engine import returns as chains
from .jxc_among import Chosen, every
from .jxc_demand_copy import ahead, copy_rows, lists, send_rows, sent_rows
from .jxc_demand_lines import every_line
from .jxc_demand_places import Part, Places
from .jxc_rows import EPOCH

#: movements sorted at once, about
BLOCK = 400_000
#: of so many movements one is looked at to divide them into blocks
SAMPLE = 1_000
#: series written at once
BATCH = 2_500
#: array of a series -> the figure of a day it is made of, and its type
DEMAND_ARRAYS = {
    "days": ("day", "date"),
    "quantity": ("quantity", "float8"),
    "lines": ("lines", "int4"),
    "largest": ("largest", "float8"),
    "returned": ("returned", "float8"),
}
MOVED_ARRAYS = {"moved_days": ("day", "date"), "moved": ("moved", "float8")}
#: all that is counted of a series
COUNTED = {
    **{name: f"{kind}[]" for name, (_, kind) in DEMAND_ARRAYS.items()},
    **{name: f"{kind}[]" for name, (_, kind) in MOVED_ARRAYS.items()},
    "out_from": "date[]",
    "out_until": "date[]",
    "negative_until": "date",
    "level": "float8",
}
#: columns of ``jxc_demand_new``
TYPES = {
    "company_id": "int4",
    "warehouse_id": "int4",
    "location_id": "int4",
    "product_id": "int4",
    **COUNTED,
}


class JxcDemandDay(models.Model):
    _inherit = "jxc.demand.day"

    def _every_return(self, company, chosen: Chosen) -> chains.Returns:
        pairs = copy_rows(
            self.env.cr,
            SQL(
                """SELECT id, origin_returned_move_id FROM stock_move
                    WHERE origin_returned_move_id IS NOT NULL AND company_id = %s
                      AND %s""",
                company.id,
                chosen(SQL("product_id")),
            ),
            {"move": "i4", "origin": "i4"},
        )
        return chains.chains(pairs["move"].astype(int), pairs["origin"].astype(int))

    def _load_every(
        self, company, table: str, since: date, chosen: Chosen = every
    ) -> tuple[np.ndarray, int]:
        """Write all series of the company, counted from every line, to a table.

        While one part of the lines or of the series is worked on, PostgreSQL reads or
        writes the next.

        :param chosen: only of some products
        :returns: the moves that have lines since that day, and the number of series
        """
        places, returns = Places(self.env.cr), self._every_return(company, chosen)
        moved = np.zeros(len(returns.back))
        first = (np.datetime64(since, "D") - EPOCH).astype(int)
        parts, recent = [], [np.zeros(0, dtype=int)]
        for lines in ahead(every_line(company, chosen)):
            mark = returns.find(lines.move_id)
            moved += np.bincount(mark, lines.quantity, minlength=len(moved))
            part = places.movements(lines, mark, returns.back)
            parts.append(part[engine.order(part.key)])
            recent.append(lines.move_id[lines.day >= first])
            del lines, part
        shares = returns.shares(moved)

        def rows() -> Iterator[tuple[int, np.ndarray]]:
            for movements in _blocks(parts, shares):
                days = engine.by_day(movements).that_count()
                keys = days.series[engine.run_starts(days.series)]
                for columns in rows_of(company, places, days, keys):
                    yield len(columns["level"]), sent_rows(TYPES, columns)

        count = 0
        for some, sent in ahead(rows()):
            send_rows(self.env.cr, table, TYPES, sent)
            count += some
        return np.unique(np.concatenate(recent)), count


def _blocks(parts: list[Part], shares: np.ndarray) -> Iterator[engine.Movements]:
    """The movements of some series after those of others, of all parts.

    :param parts: each ordered by key
    """
    if not parts:  # nothing has ever moved
        return
    count = sum(map(len, parts)) // BLOCK + 1
    sample = np.sort(np.concatenate([part.key[::SAMPLE] for part in parts]))
    ends = sample[np.arange(1, count) * len(sample) // count]
    ends = [part.key.searchsorted(engine.first_key(ends)) for part in parts]
    bounds = [[0, *some, len(part)] for some, part in zip(ends, parts, strict=True)]
    for block in range(count):
        some = [
            part[slice(*bound[block : block + 2])]
            for bound, part in zip(bounds, parts, strict=True)
        ]
        yield movements_of(Part.joined(some), shares)


def movements_of(part: Part, shares: np.ndarray) -> engine.Movements:
    """``shares`` as by ``Returns``."""
    return engine.Movements(part.key, part.quantity, shares[part.mark], part.move)


def rows_of(
    company,
    places: Places,
    days: engine.Days,
    keys: np.ndarray,
    before: engine.Days | None = None,
    also: Mapping[str, np.ndarray] = MappingProxyType({}),
) -> Iterator[dict]:
    """Columns of ``jxc_demand_new`` for the given series, some rows after others.

    :param before: a day for all that was before these days, ordered by series
    :param also: further columns
    """
    arrays = _owned(days)
    if before is not None:
        days = engine.joined(before, days)
    outs = engine.stock_outs(days)
    known, left = engine.levels(days)
    level = np.zeros(len(keys))
    level[np.searchsorted(keys, known)] = left / engine.DECIMALS
    until = np.full(len(keys), np.nan)
    until[np.searchsorted(keys, outs.negative)] = outs.negative_until
    for start in range(0, len(keys), BATCH):
        batch = slice(start, start + BATCH)
        some = keys[batch]
        columns = {
            "company_id": np.full(len(some), company.id),
            **places.columns(some),
            "out_from": lists(some, outs.series, outs.first),
            "out_until": lists(some, outs.series, outs.last),
            "negative_until": until[batch],
            "level": level[batch],
            **{name: values[batch] for name, values in also.items()},
        }
        columns |= {name: lists(some, *owned) for name, owned in arrays.items()}
        yield columns


def _owned(days: engine.Days) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Of each array the series and the figure of the days that belong to it."""
    owned = {}
    for which, arrays in (
        (days.wanted, DEMAND_ARRAYS),
        (days.moved != 0, MOVED_ARRAYS),
    ):
        rows = np.flatnonzero(which)
        series = days.series[rows]
        for name, (figure, _kind) in arrays.items():
            owned[name] = series, getattr(days, figure)[rows]
    return owned
