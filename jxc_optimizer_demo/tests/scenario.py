"""A few weeks of random but possible business, step by step."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

START = datetime(2025, 3, 3, 8)


@dataclass
class Step:
    """One thing done at one time; ``doc`` is the order or delivery it is about."""

    what: str
    when: datetime
    doc: int = -1
    warehouse: int = 0
    partner: int = 0
    planned: datetime | None = None
    lines: dict[int, int] = field(default_factory=dict)  # product: pieces
    prices: dict[int, float] = field(default_factory=dict)
    keep: bool = True
    origin: int = -1  # the delivery a return comes from


def steps(documents: int, products: int, warehouses: int, seed: int = 7) -> list[Step]:
    """Random but possible business: nothing leaves that is not there."""
    return _Business(documents, products, warehouses, seed).run()


class _Business:
    def __init__(self, documents, products, warehouses, seed):
        self.rng = np.random.default_rng(seed)
        self.documents, self.products, self.warehouses = documents, products, warehouses
        self.now = START
        self.steps: list[Step] = []
        self.stock = np.zeros((warehouses, products), int)
        self.receipts: dict[int, Step] = {}
        self.deliveries: dict[int, Step] = {}
        self.sent: dict[int, Step] = {}  # first shipment, less what came back
        self.doc = 0

    def run(self) -> list[Step]:
        for warehouse in range(self.warehouses):
            opening = {p: int(self.rng.integers(5, 60)) for p in range(self.products)}
            self.stock[warehouse] = list(opening.values())
            self.add("adjust", warehouse=warehouse, lines=opening)
        actions = (self.deliver, self.order, self.receive, self.ship, self.give_back)
        while self.doc < self.documents:
            action = self.rng.choice(5, p=[0.4, 0.17, 0.15, 0.13, 0.15])
            actions[action]()
        return self.steps

    def add(self, what: str, **values) -> Step:
        self.now += timedelta(minutes=int(self.rng.integers(20, 300)))
        step = Step(what, self.now, **values)
        self.steps.append(step)
        return step

    def new(self) -> int:
        self.doc += 1
        return self.doc - 1

    def some(self, low: int, high: int) -> dict[int, int]:
        count = self.rng.integers(1, 5)
        chosen = self.rng.choice(self.products, count, replace=False)
        return {int(p): int(self.rng.integers(low, high)) for p in sorted(chosen)}

    def deliver(self) -> None:
        warehouse = int(self.rng.integers(self.warehouses))
        step = self.add(
            "deliver",
            doc=self.new(),
            warehouse=warehouse,
            partner=int(self.rng.integers(3)),
            lines=self.some(1, 30),
        )
        step.planned = step.when
        fate = self.rng.random()
        if fate < 0.08:
            self.add("cancel", doc=step.doc)
            return
        self.deliveries[step.doc] = step
        if fate < 0.85:
            self.ship(step.doc)

    def ship(self, doc: int | None = None) -> None:
        if not self.deliveries:
            return
        if doc is None:
            doc = int(self.rng.choice(list(self.deliveries)))
        open_ = self.deliveries[doc]
        here = self.stock[open_.warehouse]
        moved = {p: min(int(here[p]), n) for p, n in open_.lines.items()}
        if not any(moved.values()):
            if self.rng.random() < 0.3:
                self.add("cancel", doc=doc)
                del self.deliveries[doc]
            return
        keep = bool(self.rng.random() < 0.6)
        self.add("validate", doc=doc, lines=moved, keep=keep)
        for p, n in moved.items():
            here[p] -= n
        if doc not in self.sent:
            self.sent[doc] = Step("", self.now, doc, open_.warehouse, open_.partner)
            self.sent[doc].lines = {p: n for p, n in moved.items() if n}
        self._reduce(self.deliveries, doc, moved, keep)

    @staticmethod
    def _reduce(open_: dict, doc: int, moved: dict, keep: bool) -> None:
        rest = {p: n - moved[p] for p, n in open_[doc].lines.items() if n > moved[p]}
        if rest and keep:
            values = {**open_[doc].__dict__, "lines": rest}
            open_[doc] = Step(**values)
        else:
            del open_[doc]

    def order(self) -> None:
        lines = self.some(20, 60)
        prices = {p: round(float(self.rng.uniform(0.2, 9)), 2) for p in lines}
        step = self.add(
            "order",
            doc=self.new(),
            warehouse=int(self.rng.integers(self.warehouses)),
            partner=int(self.rng.integers(3)),
            lines=lines,
            prices=prices,
        )
        step.planned = step.when + timedelta(days=int(self.rng.integers(1, 9)))
        fate = self.rng.random()
        if fate < 0.1:
            return  # stays a request for quotation
        if fate < 0.17:
            self.add("refuse", doc=step.doc)
            return
        approve = self.add("approve", doc=step.doc)
        if fate < 0.22:
            self.add("refuse", doc=step.doc)
            return
        self.receipts[step.doc] = Step(**{**step.__dict__, "when": approve.when})

    def receive(self) -> None:
        if not self.receipts:
            return
        doc = int(self.rng.choice(list(self.receipts)))
        open_ = self.receipts[doc]
        share = self.rng.choice([0, 0.5, 1], len(open_.lines), p=[0.15, 0.25, 0.6])
        moved = {
            p: int(n * s) for (p, n), s in zip(open_.lines.items(), share, strict=True)
        }
        if not any(moved.values()):
            return
        keep = bool(self.rng.random() < 0.7)
        self.add("validate", doc=doc, lines=moved, keep=keep)
        for p, n in moved.items():
            self.stock[open_.warehouse, p] += n
        self._reduce(self.receipts, doc, moved, keep)

    def give_back(self) -> None:
        if not self.sent:
            return
        doc = int(self.rng.choice(list(self.sent)))
        sent = self.sent[doc]
        p = int(self.rng.choice(list(sent.lines)))
        n = int(self.rng.integers(1, sent.lines[p] + 1))
        self.add("return", doc=self.new(), origin=doc, lines={p: n})
        self.stock[sent.warehouse, p] += n
        sent.lines[p] -= n
        sent.lines = {p: n for p, n in sent.lines.items() if n}
        if not sent.lines:
            del self.sent[doc]
