"""A few weeks of business, once as a journal and once through Odoo's own methods."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
from freezegun import freeze_time

from odoo import Command

from ..loader import journal as j

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


class Poster:
    """The steps through the ORM, as a user would do them."""

    def __init__(self, places):
        self.places, self.env = places, places.env
        self.documents: dict[int, object] = {}
        self.first: dict[int, object] = {}

    def post(self, steps: list[Step]) -> None:
        with freeze_time(START) as clock:
            for step in steps:
                clock.move_to(step.when)
                getattr(self, "_" + step.what)(step)
            self._reserve()
            self.env.flush_all()

    def _adjust(self, step: Step) -> None:
        location = self.places.warehouses[step.warehouse].lot_stock_id
        quants = self.env["stock.quant"].with_context(inventory_mode=True)
        quants.create(
            [
                {
                    "product_id": self.places.products[p].id,
                    "location_id": location.id,
                    "inventory_quantity": n,
                }
                for p, n in step.lines.items()
            ]
        ).action_apply_inventory()

    def _deliver(self, step: Step) -> None:
        kind = self.places.warehouses[step.warehouse].out_type_id
        ends = {
            "location_id": kind.default_location_src_id.id,
            "location_dest_id": self.places.customer_location.id,
        }
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": kind.id,
                "partner_id": int(self.places.customers[step.partner]),
                "origin": f"S{step.doc}",
                "scheduled_date": step.when,
                **ends,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.places.products[p].id,
                            "product_uom_qty": n,
                            "date": step.when,
                            **ends,
                        }
                    )
                    for p, n in step.lines.items()
                ],
            }
        )
        picking.action_confirm()
        self.documents[step.doc] = picking

    def _order(self, step: Step) -> None:
        self.documents[step.doc] = self.env["purchase.order"].create(
            {
                "partner_id": int(self.places.vendors[step.partner]),
                "picking_type_id": self.places.warehouses[step.warehouse].in_type_id.id,
                "company_id": self.places.company.id,
                "date_order": step.when,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.places.products[p].id,
                            "product_qty": n,
                            "price_unit": step.prices[p],
                            "date_planned": step.planned,
                        }
                    )
                    for p, n in step.lines.items()
                ],
            }
        )

    def _approve(self, step: Step) -> None:
        self.documents[step.doc].button_confirm()

    def _refuse(self, step: Step) -> None:
        self.documents[step.doc].button_cancel()

    def _open(self, doc: int):
        document = self.documents[doc]
        if document._name == "purchase.order":
            document = document.picking_ids
        else:
            document |= document.backorder_ids | document.backorder_ids.backorder_ids
            while document.backorder_ids - document:
                document |= document.backorder_ids
        return document.filtered(lambda p: p.state not in ("done", "cancel"))

    def _cancel(self, step: Step) -> None:
        self._open(step.doc).action_cancel()

    def _validate(self, step: Step) -> None:
        picking = self._open(step.doc)
        # open deliveries share what is there; the shipping clerk decides who gets it
        self._waiting().do_unreserve()
        for move in picking.move_ids:
            if move.state != "cancel":
                product = self.places.products.ids.index(move.product_id.id)
                move.quantity = step.lines[product]
                move.picked = bool(step.lines[product])
        drop = [] if step.keep else picking.ids
        picking.with_context(
            skip_backorder=True, picking_ids_not_to_backorder=drop
        ).button_validate()
        assert picking.state == "done", (step, picking.state)

    def _return(self, step: Step) -> None:
        picking = self.documents[step.origin]
        wizard = self.env["stock.return.picking"].with_context(
            active_id=picking.id, active_ids=picking.ids, active_model="stock.picking"
        )
        wizard = wizard.create({})
        by_id = {self.places.products[p].id: n for p, n in step.lines.items()}
        for line in wizard.product_return_moves:
            line.quantity = by_id.get(line.product_id.id, 0)
        back = wizard._create_return()
        back.move_ids.picked = True
        back.with_context(skip_backorder=True).button_validate()
        assert back.state == "done"

    def _waiting(self):
        return self.env["stock.picking"].search(
            [
                ("company_id", "=", self.places.company.id),
                ("picking_type_code", "=", "outgoing"),
                ("state", "not in", ("done", "cancel")),
            ],
            order="id",
        )

    def _reserve(self) -> None:
        open_ = self._waiting()
        open_.do_unreserve()
        for picking in open_:
            picking.action_assign()
