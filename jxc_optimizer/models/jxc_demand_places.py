"""What lines of stock moves mean to each place, and the numbers of series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from odoo.tools import SQL

from ..engine import days as engine
from .jxc_demand_copy import copy_rows
from .jxc_demand_lines import Lines

WAY = {
    "source": "i4",
    "target": "i4",
    "place": "i4",
    "sign": "i4",
    "wanted": "?",
    "customer": "?",
}


@dataclass
class Part:
    """Movements, as ``engine.Movements``, with what may have come back of them."""

    key: np.ndarray
    quantity: np.ndarray
    move: np.ndarray
    mark: np.ndarray  # place of the move among the returns

    def __len__(self) -> int:
        return len(self.key)

    def __getitem__(self, which) -> Part:
        return Part(*(values[which] for values in vars(self).values()))

    @classmethod
    def joined(cls, parts: Sequence[Part]) -> Part:
        """One behind the other."""
        columns = zip(*(vars(part).values() for part in parts), strict=True)
        return cls(*map(np.concatenate, columns))


class Places:
    """The places of a company, whose temporary tables ``create_places`` made.

    A series' number is ``place * products + rank of the product``.
    """

    def __init__(self, cr):
        known = copy_rows(
            cr,
            SQL("SELECT location_id, kind::int4 FROM jxc_demand_place"),
            {"location_id": "i4", "kind": "i4"},
        )
        self._kind = _table(known["location_id"], known["kind"])
        self._kinds = int(self._kind.max()) + 1
        ways = copy_rows(
            cr,
            SQL(
                """SELECT source::int4, target::int4, place::int4, sign::int4, wanted,
                          customer
                     FROM jxc_demand_way ORDER BY source, target"""
            ),
            WAY,
        )
        pair = self._pair(ways["source"], ways["target"])
        first = np.searchsorted(pair, np.arange(self._kinds**2))
        self._count = np.bincount(pair, minlength=self._kinds**2)
        keys = copy_rows(
            cr,
            SQL("SELECT place::int4, location_id, warehouse_id FROM jxc_demand_key"),
            {"place": "i4", "location_id": "i4", "warehouse_id": "i4"},
        )
        self._locations = _table(keys["place"], keys["location_id"])
        self._warehouses = _table(keys["place"], keys["warehouse_id"])
        self._products = copy_rows(
            cr, SQL("SELECT id FROM product_product ORDER BY id"), {"id": "i4"}
        )["id"].astype(np.int64)
        self._rank = _table(self._products, np.arange(len(self._products)))
        key = engine.keys(
            ways["place"].astype(np.int64) * len(self._products),
            0,
            ways["wanted"],
            ways["customer"],
            ways["sign"] > 0,
        )
        key = np.append(key, 0)  # where there is none any more
        #: of each pair of kinds the key of its first way, of its second, ...
        self._ways = [
            key[np.minimum(first + number, len(ways))]
            for number in range(max(self._count.max(), 1))
        ]

    def _pair(self, source, target) -> np.ndarray:
        return source.astype(np.int64) * self._kinds + target

    def series(self, place: np.ndarray, product_id: np.ndarray) -> np.ndarray:
        """Numbers of series."""
        return place.astype(np.int64) * len(self._products) + self._rank[product_id]

    def columns(self, series: np.ndarray) -> dict[str, np.ndarray]:
        """Ids of the warehouse, location and product of series."""
        place, rank = np.divmod(series, len(self._products))
        return {
            "warehouse_id": self._warehouses[place],
            "location_id": self._locations[place],
            "product_id": self._products[rank],
        }

    def movements(self, lines: Lines, mark: np.ndarray, back: np.ndarray) -> Part:
        """What some lines mean to each place.

        :param mark: place of each line's move among the returns
        :param back: of each of these, and all others: it returns another
        """
        pair = self._pair(
            self._kind[lines.location_id], self._kind[lines.location_dest_id]
        )
        count = self._count[pair]
        step = engine.key_step(self._rank[lines.product_id], lines.day)
        returns = back[mark]
        parts = []
        for number, ways in enumerate(self._ways):
            row = np.flatnonzero(count > number)
            key = ways[pair[row]] + step[row]
            key[returns[row]] &= ~(engine.WANTED | engine.BLIND)
            parts.append(Part(key, lines.quantity[row], lines.move_id[row], mark[row]))
        return Part.joined(parts)


def _table(index: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Values by a small whole number, 0 where none is known."""
    table = np.zeros(int(index.max(initial=0)) + 1, dtype=np.int64)
    table[index] = values
    return table
