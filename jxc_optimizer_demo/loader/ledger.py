"""A journal as Odoo sees it, ready to be written."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .copy import reserve_ids
from .journal import (
    ASSIGNED,
    CANCELLED,
    CONFIRMED,
    DELIVERY,
    DONE,
    NEVER,
    PARTIAL,
    RECEIPT,
    STATES,
    Journal,
)
from .places import Places


def to_currency(amount: np.ndarray) -> np.ndarray:
    """Rounded half up to two digits, with Odoo's tolerance for binary fractions."""
    return np.floor(amount * 100 + 0.5 + 1e-7) / 100


@dataclass
class Ledger:
    """A journal with Odoo's ids, names, places and values: columns, not yet rows."""

    journal: Journal
    places: Places

    def __post_init__(self) -> None:
        journal, places = self.journal, self.places
        self.cr = places.env.cr
        self.orders = journal.orders.array
        self.order_lines = journal.order_lines.array
        self.transfers = journal.transfers.array
        self.moves = journal.moves.array
        self.order_ids = reserve_ids(self.cr, "purchase_order", len(self.orders))
        self.order_line_ids = reserve_ids(
            self.cr, "purchase_order_line", len(self.order_lines)
        )
        self.transfer_ids = reserve_ids(self.cr, "stock_picking", len(self.transfers))
        self.move_ids = reserve_ids(self.cr, "stock_move", len(self.moves))
        self.product_ids = np.array(places.products.ids)
        self.prices = np.array(
            places.products.with_company(places.company).mapped("standard_price")
        )
        self.order_names = self._order_names()
        self.transfer_names = self._transfer_names()
        self._locate()

    def stamps(self, created: np.ndarray, written: np.ndarray | None = None) -> dict:
        uid = self.places.user.id
        return {
            "create_uid": uid,
            "write_uid": uid,
            "create_date": created,
            "write_date": created if written is None else written,
        }

    @staticmethod
    def pick(index: np.ndarray, values: np.ndarray, none) -> np.ndarray:
        """values[index], and ``none`` where the index is negative."""
        if not len(values):
            return np.full(len(index), none, values.dtype)
        return np.where(index < 0, none, values[index])

    @staticmethod
    def _take_numbers(sequence, size: int) -> list[str]:
        first = sequence.number_next_actual
        if size:
            sequence.sudo().number_next = first + size
        before, after = sequence._get_prefix_suffix()
        numbers = range(first, first + size)
        return [f"{before}{n:0{sequence.padding}d}{after}" for n in numbers]

    def _order_names(self) -> np.ndarray:
        env = self.places.env
        sequence = env["ir.sequence"].search(
            [
                ("code", "=", "purchase.order"),
                ("company_id", "in", [self.places.company.id, False]),
            ],
            order="company_id",
            limit=1,
        )
        return np.array(self._take_numbers(sequence, len(self.orders)), object)

    def _transfer_names(self) -> np.ndarray:
        """Numbers of each operation type in the order of creation."""
        names = np.full(len(self.transfers), "", object)
        incoming = self.transfers["kind"] != DELIVERY
        for number, warehouse in enumerate(self.places.warehouses):
            here = self.transfers["warehouse"] == number
            for kind, mask in (
                (warehouse.in_type_id, here & incoming),
                (warehouse.out_type_id, here & ~incoming),
            ):
                names[mask] = self._take_numbers(kind.sequence_id, mask.sum())
        return names

    def _locate(self) -> None:
        """Operation type, source and destination of transfers and of moves."""
        places = self.places
        stock = np.array(places.warehouses.lot_stock_id.ids)
        into = np.array(places.warehouses.in_type_id.ids)
        out = np.array(places.warehouses.out_type_id.ids)
        kind, warehouse = self.transfers["kind"], self.transfers["warehouse"]
        outside = np.where(
            kind == RECEIPT, places.supplier_location.id, places.customer_location.id
        )
        self.transfer_type = np.where(kind == DELIVERY, out[warehouse], into[warehouse])
        inside = stock[warehouse]
        self.transfer_from = np.where(kind == DELIVERY, inside, outside)
        self.transfer_to = np.where(kind == DELIVERY, outside, inside)
        self.transfer_partner = self._partners()

        of = self.moves["transfer"]
        inventory = places.inventory_location.id
        self.move_kind = self.pick(of, kind.astype(int), -1)
        self.move_from = self.pick(of, self.transfer_from, inventory)
        here = stock[self.moves["warehouse"]]
        self.move_to = np.where(of < 0, here, self.pick(of, self.transfer_to, 0))
        self.move_done = self.moves["state"] == DONE
        self.move_state = STATES[self.moves["state"]].astype(object)
        self.move_value = self._values()

    def _partners(self) -> np.ndarray:
        number = self.transfers["partner"]
        receipt = self.transfers["kind"] == RECEIPT
        partner = np.full(len(number), -1)
        partner[receipt] = self.places.vendors[number[receipt]]
        partner[~receipt] = self.places.customers[number[~receipt]]
        return partner

    def _values(self) -> np.ndarray:
        """Value of done moves: what was paid for receipts, else the standard price.

        A split move starts as a copy of the delivery it was split from, value
        included, and keeps that value until it is done itself.
        """
        moves = self.moves
        line_prices = self.order_lines["price"]
        standard = self.prices[moves["product"]]
        price = np.where(
            self.move_kind == RECEIPT,
            to_currency(self.pick(moves["order_line"], line_prices, 0.0)),
            standard,
        )
        value = np.where(self.move_done, to_currency(price * moves["quantity"]), 0.0)
        copied = ~self.move_done & (self.move_kind == DELIVERY)
        value[copied] = to_currency(standard * moves["split"])[copied]
        back = np.flatnonzero(moves["returned"] >= 0)
        origin = moves["returned"][back]
        value[back] = to_currency(
            value[origin] * moves["quantity"][back] / moves["quantity"][origin]
        )
        return value

    def transfer_states(self) -> np.ndarray:
        """As Odoo derives them: done or cancelled as a whole, else as ready as the
        readiest line."""
        of, state = self.moves["transfer"], self.moves["state"]
        inside = of >= 0
        of, state = of[inside], state[inside]
        size = len(self.transfers)
        ready = (state == ASSIGNED) | (state == PARTIAL)
        result = np.full(size, CONFIRMED)
        result[np.bincount(of, ready, size) > 0] = ASSIGNED
        closed = np.bincount(of, (state != DONE) & (state != CANCELLED), size) == 0
        result[closed] = CANCELLED
        result[closed & (np.bincount(of, state == DONE, size) > 0)] = DONE
        return result

    def transfer_done(self) -> np.ndarray:
        """When each transfer was validated, NaT for the others."""
        of = self.moves["transfer"]
        moved = self.move_done & (of >= 0)
        when = np.full(len(self.transfers), np.datetime64(0, "s"), "M8[s]")
        np.maximum.at(when, of[moved], self.moves["date"][moved])
        when[when == np.datetime64(0, "s")] = NEVER
        return when
