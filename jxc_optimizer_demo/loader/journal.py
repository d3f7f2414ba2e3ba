"""What a company did, as tables of orders, transfers and moves, without Odoo's ids.

Every table is a numpy structured array; a reference to another row is its index there,
-1 for none. The simulation fills the journal, the writer turns it into Odoo's tables.
"""

from __future__ import annotations

import numpy as np

NEVER = np.datetime64("NaT")
RECEIPT, DELIVERY, RETURN = range(3)
CONFIRMED, PARTIAL, ASSIGNED, DONE, CANCELLED = range(5)
STATES = np.array(["confirmed", "partially_available", "assigned", "done", "cancel"])
DRAFT, APPROVED, REFUSED = range(3)

ORDER = np.dtype(
    [
        ("vendor", "i4"),
        ("warehouse", "i4"),
        ("ordered", "M8[s]"),
        ("approved", "M8[s]"),  # NaT: never
        ("planned", "M8[s]"),
        ("state", "u1"),  # DRAFT, APPROVED or REFUSED
    ]
)
ORDER_LINE = np.dtype(
    [("order", "i4"), ("product", "i4"), ("quantity", "i8"), ("price", "f8")]
)
TRANSFER = np.dtype(
    [
        ("kind", "u1"),
        ("warehouse", "i4"),
        ("partner", "i4"),
        ("origin", "U16"),
        ("order", "i4"),
        ("parent", "i4"),  # the transfer it is the backorder or the return of
        ("created", "M8[s]"),
        ("scheduled", "M8[s]"),
    ]
)
#: what is asked for, not yet done or cancelled
LINE = np.dtype(
    [
        ("transfer", "i4"),  # -1: inventory adjustment
        ("warehouse", "i4"),
        ("product", "i4"),
        ("demand", "i8"),
        ("split", "i8"),  # pieces moved by the move this one was split from
        ("order_line", "i4"),
        ("returned", "i4"),  # the move that brought the goods out
        ("sequence", "i4"),
        ("created", "M8[s]"),
        ("planned", "M8[s]"),
    ]
)
MOVE = np.dtype(
    [
        *LINE.descr,
        ("quantity", "i8"),  # done, or reserved
        ("state", "u1"),
        ("date", "M8[s]"),  # done, or planned
        ("touched", "M8[s]"),  # done or reserved
    ]
)
EMPTY = {"order": -1, "parent": -1, "order_line": -1, "transfer": -1, "returned": -1}


def rows(dtype: np.dtype, size: int, **columns) -> np.ndarray:
    """A table of ``size`` rows; references that are not given are none."""
    table = np.zeros(size, dtype)
    for name in dtype.names:
        if name in columns:
            table[name] = columns[name]
        elif dtype[name].kind == "M":
            table[name] = NEVER
        elif name in EMPTY:
            table[name] = EMPTY[name]
        elif name == "sequence":
            table[name] = 10
    return table


class Table:
    """Rows that are appended in blocks and numbered from 0."""

    def __init__(self, dtype: np.dtype):
        self.size = 0
        self._rows = np.zeros(1024, dtype)

    def append(self, block: np.ndarray) -> np.ndarray:
        """The indexes of the new rows."""
        end = self.size + len(block)
        if end > len(self._rows):
            grown = np.zeros(max(end, 2 * len(self._rows)), self._rows.dtype)
            grown[: self.size] = self.array
            self._rows = grown
        self._rows[self.size : end] = block
        self.size = end
        return np.arange(end - len(block), end)

    @property
    def array(self) -> np.ndarray:
        """A view: writing to it changes the table, appending may detach it."""
        return self._rows[: self.size]


class Journal:
    def __init__(self):
        self.orders = Table(ORDER)
        self.order_lines = Table(ORDER_LINE)
        self.transfers = Table(TRANSFER)
        self.moves = Table(MOVE)

    def shift(self, by: np.timedelta64) -> None:
        """Move everything in time."""
        for table in (self.orders, self.transfers, self.moves):
            for name in table.array.dtype.names:
                if table.array.dtype[name].kind == "M":
                    table.array[name] += by

    def settle(
        self,
        lines: np.ndarray,
        moved: np.ndarray,
        when: np.ndarray,
        keep: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Validate transfers with the pieces ``moved`` of each of their ``lines``.

        ``when`` and ``keep`` are per line, equal within a transfer; keep: what is
        missing goes to a backorder, else it is cancelled. As in Odoo a partly moved
        line is split, an untouched one is handed on to the backorder, and a transfer
        of which nothing moved waits on as it is (keep) or is cancelled.

        Returns the index of the move made of each line (-1: none yet), and the lines
        that are still to be done.
        """
        used, of = np.unique(lines["transfer"], return_inverse=True)
        posted = (np.bincount(of, moved) > 0)[of]
        done = moved > 0
        closed = done | ~keep
        moves = np.zeros(closed.sum(), MOVE)
        for name in LINE.names:
            moves[name] = lines[name][closed]
        moves["quantity"] = moved[closed]
        moves["state"] = np.where(done, DONE, CANCELLED)[closed]
        moves["date"] = np.where(posted, when, lines["planned"])[closed]
        moves["touched"] = when[closed]
        splits = done & keep & (moved < lines["demand"])
        moves["demand"][splits[closed]] = moved[splits]
        index = np.full(len(lines), -1)
        index[closed] = self.moves.append(moves)

        rest = keep & (moved < lines["demand"])
        left = lines[rest].copy()
        left["demand"] -= moved[rest]
        split = splits[rest]
        left["split"][split] = moved[rest][split]
        left["created"][split] = when[rest][split]
        self._hand_on(left, posted[rest], when[rest])
        return index, left

    def _hand_on(self, left: np.ndarray, posted: np.ndarray, when: np.ndarray) -> None:
        """Move the lines of posted transfers to backorders, one per transfer."""
        parents, first, of = np.unique(
            left["transfer"][posted], return_index=True, return_inverse=True
        )
        backorders = self.transfers.array[parents].copy()
        backorders["parent"] = parents
        backorders["created"] = when[posted][first]
        left["transfer"][posted] = self.transfers.append(backorders)[of]

    def cancel(self, lines: np.ndarray, when: np.ndarray) -> None:
        """Cancel whole transfers."""
        nothing = np.zeros(len(lines), "i8")
        self.settle(lines, nothing, when, nothing.astype(bool))

    def leave_open(self, lines: np.ndarray, reserved: np.ndarray, when) -> None:
        """Lines that are still to be done at the end; pieces reserved at ``when``."""
        moves = np.zeros(len(lines), MOVE)
        for name in LINE.names:
            moves[name] = lines[name]
        moves["quantity"] = reserved
        moves["state"] = np.select(
            [reserved >= lines["demand"], reserved > 0], [ASSIGNED, PARTIAL], CONFIRMED
        )
        moves["date"] = lines["planned"]
        moves["touched"] = when
        self.moves.append(moves)

    def adjust(self, warehouse: int, products, quantity, when) -> None:
        """Inventory adjustments that add pieces."""
        self.moves.append(
            rows(
                MOVE,
                len(products),
                warehouse=warehouse,
                product=products,
                demand=quantity,
                quantity=quantity,
                created=when,
                planned=when,
                date=when,
                touched=when,
                state=DONE,
            )
        )
