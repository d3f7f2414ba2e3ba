"""A scenario noted in a journal, as the loader's simulation would."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from ..loader import journal as j
from .scenario import Step


def to_journal(steps: list[Step], products: int) -> j.Journal:
    """The steps as the loader would note them."""
    return _Clerk(products).note(steps)


class _Clerk:
    def __init__(self, products: int):
        self.products = products
        self.journal = j.Journal()
        self.open: dict[int, np.ndarray] = {}
        self.orders: dict[int, tuple[Step, int, np.ndarray]] = {}
        self.sent: dict[tuple[int, int], int] = {}
        self.kinds: dict[int, Step] = {}

    def note(self, steps: list[Step]) -> j.Journal:
        for step in steps:
            getattr(self, "_" + step.what)(step)
        self._close(steps[-1].when)
        return self.journal

    def _adjust(self, step: Step) -> None:
        self.journal.adjust(
            step.warehouse, list(step.lines), list(step.lines.values()), step.when
        )

    def _transfer(self, step: Step, kind: int, **more) -> int:
        values = {
            "kind": kind,
            "warehouse": step.warehouse,
            "partner": step.partner,
            "origin": f"S{step.doc}" if kind == j.DELIVERY else "",
            "created": step.when,
            "scheduled": step.planned,
            **more,
        }
        return int(self.journal.transfers.append(j.rows(j.TRANSFER, 1, **values))[0])

    def _lines(self, step: Step, transfer: int, **more) -> np.ndarray:
        return j.rows(
            j.LINE,
            len(step.lines),
            transfer=transfer,
            warehouse=step.warehouse,
            product=list(step.lines),
            demand=list(step.lines.values()),
            created=step.when,
            planned=step.planned,
            **more,
        )

    def _deliver(self, step: Step) -> None:
        transfer = self._transfer(step, j.DELIVERY)
        self.open[step.doc] = self._lines(step, transfer)
        self.kinds[step.doc] = step

    def _order(self, step: Step) -> None:
        (order,) = self.journal.orders.append(
            j.rows(
                j.ORDER,
                1,
                vendor=step.partner,
                warehouse=step.warehouse,
                ordered=step.when,
                planned=step.planned,
                state=j.DRAFT,
            )
        )
        lines = self.journal.order_lines.append(
            j.rows(
                j.ORDER_LINE,
                len(step.lines),
                order=order,
                product=list(step.lines),
                quantity=list(step.lines.values()),
                price=list(step.prices.values()),
            )
        )
        self.orders[step.doc] = (step, int(order), lines)

    def _approve(self, step: Step) -> None:
        ordered, order, lines = self.orders[step.doc]
        self.journal.orders.array["state"][order] = j.APPROVED
        self.journal.orders.array["ordered"][order] = ordered.when
        self.journal.orders.array["approved"][order] = step.when
        at = Step(**{**ordered.__dict__, "when": step.when})
        transfer = self._transfer(at, j.RECEIPT, order=order)
        self.open[step.doc] = self._lines(
            at, transfer, order_line=lines, sequence=5 * np.arange(1, len(lines) + 1)
        )

    def _refuse(self, step: Step) -> None:
        _, order, _ = self.orders[step.doc]
        self.journal.orders.array["state"][order] = j.REFUSED
        if step.doc in self.open:
            self._cancel(step)

    def _cancel(self, step: Step) -> None:
        lines = self.open.pop(step.doc)
        self.journal.cancel(lines, np.full(len(lines), step.when, "M8[s]"))

    def _validate(self, step: Step) -> None:
        lines = self.open.pop(step.doc)
        moved = np.array([step.lines[p] for p in lines["product"]])
        index, left = self.journal.settle(
            lines,
            moved,
            np.full(len(lines), step.when, "M8[s]"),
            np.full(len(lines), step.keep),
        )
        for product, move in zip(
            lines["product"].tolist(), index.tolist(), strict=True
        ):
            self.sent.setdefault((step.doc, product), move)
        if len(left):
            self.open[step.doc] = left

    def _return(self, step: Step) -> None:
        out = self.kinds[step.origin]
        moves = [self.sent[step.origin, p] for p in step.lines]
        parent = self.journal.moves.array["transfer"][moves[0]]
        back = Step(**{**step.__dict__, "warehouse": out.warehouse})
        back.partner, back.planned = out.partner, step.when
        transfer = self._transfer(back, j.RETURN, parent=parent)
        lines = self._lines(back, transfer, returned=moves)
        self.journal.settle(
            lines,
            lines["demand"],
            np.full(len(lines), step.when, "M8[s]"),
            np.full(len(lines), True),
        )

    def _close(self, when: datetime) -> None:
        """Reserve for what is open, first come first served."""
        moves = self.journal.moves.array
        free: dict[tuple[int, int], int] = {}
        transfers = self.journal.transfers.array
        for move in moves[moves["state"] == j.DONE]:
            key = int(move["warehouse"]), int(move["product"])
            out = move["transfer"] >= 0 and (
                transfers["kind"][move["transfer"]] == j.DELIVERY
            )
            free[key] = free.get(key, 0) + int(move["quantity"]) * (-1 if out else 1)
        waiting = sorted(self.open.values(), key=lambda lines: lines["transfer"][0])
        for lines in waiting:
            if lines["order_line"][0] >= 0:
                self.journal.leave_open(lines, lines["demand"], lines["created"])
                continue
            reserved = []
            for line in lines:
                key = int(line["warehouse"]), int(line["product"])
                reserved.append(min(int(line["demand"]), free[key]))
                free[key] -= reserved[-1]
            self.journal.leave_open(lines, np.array(reserved), when)
