"""A journal written into Odoo's tables by COPY, column for column as the ORM would.

tests/test_writer.py posts the same journal through the ORM and compares. Not written:
messages in the chatter. Values follow stock_account for the cost method "standard".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .copy import checked_later, copy, reserve_ids
from .journal import (
    APPROVED,
    ASSIGNED,
    CANCELLED,
    CONFIRMED,
    DELIVERY,
    DONE,
    NEVER,
    RECEIPT,
    REFUSED,
    RETURN,
    STATES,
    Journal,
)
from .places import Places

ORDER_STATES = np.array(["draft", "purchase", "cancel"], object)
NOTHING = np.array([None], object)


def write(journal: Journal, places: Places) -> None:
    """Insert everything; the caller invalidates the ORM's cache afterwards."""
    places.env.flush_all()
    _Writer(journal, places).write()
    places.env.invalidate_all()


def to_currency(amount: np.ndarray) -> np.ndarray:
    """Rounded half up to two digits, with Odoo's tolerance for binary fractions."""
    return np.floor(amount * 100 + 0.5 + 1e-7) / 100


@dataclass
class _Writer:
    journal: Journal
    places: Places

    def write(self) -> None:
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
        self._write_orders()
        self._write_order_lines()
        self._write_transfers()
        with checked_later(self.cr, "stock_move", "stock_move_line"):
            self._write_moves()
            self._write_move_lines()
        self._write_quants()
        self._write_references()

    # ----------------------------------------------------------------- helpers
    def _stamps(self, created: np.ndarray, written: np.ndarray | None = None) -> dict:
        uid = self.places.user.id
        return {
            "create_uid": uid,
            "write_uid": uid,
            "create_date": created,
            "write_date": created if written is None else written,
        }

    @staticmethod
    def _pick(index: np.ndarray, values: np.ndarray, none) -> np.ndarray:
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
        self.move_kind = self._pick(of, kind.astype(int), -1)
        self.move_from = self._pick(of, self.transfer_from, inventory)
        here = stock[self.moves["warehouse"]]
        self.move_to = np.where(of < 0, here, self._pick(of, self.transfer_to, 0))
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
            to_currency(self._pick(moves["order_line"], line_prices, 0.0)),
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

    # ------------------------------------------------------------------ orders
    def _received(self) -> np.ndarray:
        """Pieces received per order line."""
        arrived = self.move_done & (self.moves["order_line"] >= 0)
        return np.bincount(
            self.moves["order_line"][arrived],
            self.moves["quantity"][arrived],
            len(self.order_lines),
        )

    def _write_orders(self) -> None:
        places, orders, size = self.places, self.orders, len(self.orders)
        amount = to_currency(self.order_lines["price"] * self.order_lines["quantity"])
        total = to_currency(np.bincount(self.order_lines["order"], amount, size))
        received = np.bincount(self.order_lines["order"], self._received(), size)
        status, effective = self._receipts()
        approved = orders["state"] == APPROVED
        copy(
            self.cr,
            "purchase_order",
            size,
            {
                "id": self.order_ids,
                "name": self.order_names,
                "partner_id": places.vendors[orders["vendor"]],
                "state": ORDER_STATES[orders["state"]],
                "date_order": orders["ordered"],
                "date_approve": orders["approved"],
                "date_calendar_start": np.where(
                    approved, orders["approved"], orders["ordered"]
                ),
                "date_planned": orders["planned"],
                "effective_date": effective,
                "receipt_status": status,
                "acknowledged": received > 0,
                "invoice_status": np.where(
                    approved & (received > 0), "to invoice", "no"
                ),
                "amount_untaxed": total,
                "amount_total": total,
                "amount_total_cc": total,
                "amount_tax": 0,
                "picking_type_id": np.array(places.warehouses.in_type_id.ids)[
                    orders["warehouse"]
                ],
                "currency_id": places.company.currency_id.id,
                "currency_rate": 1,
                "company_id": places.company.id,
                "user_id": places.user.id,
                "priority": "0",
                "invoice_count": 0,
                "locked": False,
                "receipt_reminder_email": False,
                "reminder_date_before_receipt": 1,
                **self._stamps(orders["ordered"]),
            },
        )

    def _receipts(self) -> tuple[np.ndarray, np.ndarray]:
        """Receipt status and first arrival of each order."""
        size = len(self.orders)
        receipt = self.transfers["order"] >= 0
        order = self.transfers["order"][receipt]
        state = self.transfer_states()[receipt]
        done = np.bincount(order, state == DONE, size)
        live = np.bincount(order, state != CANCELLED, size)
        open_ = np.bincount(order, (state != DONE) & (state != CANCELLED), size)
        status = np.full(size, None, object)
        status[live > 0] = "pending"
        status[(done > 0) & (open_ > 0)] = "partial"
        status[(done > 0) & (open_ == 0)] = "full"
        first = np.full(size, np.datetime64("9999-01-01"), "M8[s]")
        when = self.transfer_done()[receipt]
        arrived = ~np.isnat(when)
        np.minimum.at(first, order[arrived], when[arrived])
        first[done == 0] = NEVER
        return status, first

    def _write_order_lines(self) -> None:
        places, lines = self.places, self.order_lines
        orders = self.orders[lines["order"]]
        received = self._received()
        subtotal = to_currency(lines["price"] * lines["quantity"])
        names = np.array(places.products.mapped("display_name"), object)
        unit = places.products[:1].uom_id.id
        copy(
            self.cr,
            "purchase_order_line",
            len(lines),
            {
                "id": self.order_line_ids,
                "order_id": self.order_ids[lines["order"]],
                "product_id": self.product_ids[lines["product"]],
                "name": names[lines["product"]],
                "partner_id": places.vendors[orders["vendor"]],
                "product_qty": lines["quantity"],
                "product_uom_qty": lines["quantity"],
                "price_unit": lines["price"],
                "technical_price_unit": lines["price"],
                "price_subtotal": subtotal,
                "price_total": subtotal,
                "qty_received": received,
                "qty_to_invoice": np.where(orders["state"] == APPROVED, received, 0.0),
                "date_planned": orders["planned"],
                "sequence": 10,
                "product_uom_id": unit,
                "company_id": places.company.id,
                "qty_received_method": "stock_moves",
                "discount": 0,
                "qty_invoiced": 0,
                "price_tax": 0,
                "is_downpayment": False,
                "propagate_cancel": True,
                **self._stamps(orders["ordered"]),
            },
        )

    # --------------------------------------------------------------- transfers
    def transfer_states(self) -> np.ndarray:
        """As Odoo derives them: done or cancelled as a whole, else as ready as the
        readiest line."""
        of, state = self.moves["transfer"], self.moves["state"]
        inside = of >= 0
        of, state = of[inside], state[inside]
        size = len(self.transfers)
        ready = (state == ASSIGNED) | (state == STATES.tolist().index(STATES[1]))
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

    def _write_transfers(self) -> None:
        places, transfers, size = self.places, self.transfers, len(self.transfers)
        receipt = transfers["kind"] == RECEIPT
        delivery = transfers["kind"] == DELIVERY
        back = transfers["kind"] == RETURN
        done = self.transfer_done()
        parents = self._pick(transfers["parent"], self.transfer_ids, -1)
        origin = transfers["origin"].astype(object)
        origin[receipt] = self.order_names[transfers["order"][receipt]]
        for i in np.flatnonzero(back):
            origin[i] = f"Return of {self.transfer_names[transfers['parent'][i]]}"
        first = delivery & (transfers["parent"] < 0)
        copy(
            self.cr,
            "stock_picking",
            size,
            {
                "id": self.transfer_ids,
                "name": self.transfer_names,
                "origin": origin,
                "backorder_id": np.where(back, -1, parents),
                "return_id": np.where(back, parents, -1),
                "location_id": self.transfer_from,
                "location_dest_id": self.transfer_to,
                "picking_type_id": self.transfer_type,
                "partner_id": self.transfer_partner,
                "user_id": np.where(first, places.user.id, -1),
                "state": STATES[self.transfer_states()].astype(object),
                "scheduled_date": transfers["scheduled"],
                "date_deadline": np.where(receipt, transfers["scheduled"], NEVER),
                "date_done": done,
                "company_id": places.company.id,
                "move_type": "direct",
                "priority": "0",
                "shipping_weight": 0,
                "has_deadline_issue": False,
                "is_locked": True,
                **self._stamps(
                    transfers["created"], np.fmax(transfers["created"], done)
                ),
            },
        )
        ordered = np.flatnonzero(receipt)
        copy(
            self.cr,
            "purchase_order_stock_picking_rel",
            len(ordered),
            {
                "purchase_order_id": self.order_ids[transfers["order"][ordered]],
                "stock_picking_id": self.transfer_ids[ordered],
            },
        )

    # ------------------------------------------------------------------- moves
    def _write_moves(self) -> None:
        places, moves, size = self.places, self.moves, len(self.moves)
        of, kind = moves["transfer"], self.move_kind
        receipt, delivery = kind == RECEIPT, kind == DELIVERY
        parent = self._pick(of, self.transfers["parent"], -1)
        partner = self._pick(of, self.transfer_partner, -1)
        warehouse_ids = np.array(places.warehouses.ids)[moves["warehouse"]]
        line = moves["order_line"]
        line_order = self._pick(line, self.order_lines["order"], -1)
        updated = np.full(
            size, f"Product Quantity Updated ({places.user.name})", object
        )
        prices = to_currency(self._pick(line, self.order_lines["price"], 0.0))
        copy(
            self.cr,
            "stock_move",
            size,
            {
                "id": self.move_ids,
                "sequence": moves["sequence"],
                "product_id": self.product_ids[moves["product"]],
                "location_id": self.move_from,
                "location_dest_id": self.move_to,
                "location_final_id": np.where(receipt, self.move_to, -1),
                # a receipt's first moves are made for the (empty) drop-ship address
                "partner_id": np.where(receipt & (parent < 0), -1, partner),
                "picking_id": self._pick(of, self.transfer_ids, -1),
                "picking_type_id": self._pick(of, self.transfer_type, -1),
                "warehouse_id": np.where(receipt | (kind == RETURN), warehouse_ids, -1),
                "purchase_line_id": self._pick(line, self.order_line_ids, -1),
                "origin_returned_move_id": self._pick(
                    moves["returned"], self.move_ids, -1
                ),
                "state": self.move_state,
                "origin": self._pick(line_order, self.order_names, None),
                "reference": self._pick(of, self.transfer_names, updated),
                "product_qty": moves["demand"],
                "product_uom_qty": moves["demand"],
                "packaging_uom_qty": moves["demand"],
                "quantity": moves["quantity"],
                "picked": self.move_done,
                "is_inventory": of < 0,
                "date": moves["date"],
                "date_deadline": np.where(receipt, moves["planned"], NEVER),
                "reservation_date": np.where(of < 0, NEVER, moves["created"]),
                "price_unit": prices,
                "value": self.move_value,
                "is_in": self.move_done & ~delivery,
                "is_out": self.move_done & delivery,
                "is_dropship": False,
                "company_id": places.company.id,
                "product_uom": places.products[:1].uom_id.id,
                "packaging_uom_id": places.products[:1].uom_id.id,
                "priority": "0",
                "procure_method": "make_to_stock",
                "propagate_cancel": True,
                "additional": False,
                "to_refund": True,
                **self._stamps(moves["created"], moves["touched"]),
            },
        )
        back = np.flatnonzero(moves["returned"] >= 0)
        copy(
            self.cr,
            "stock_move_move_rel",
            len(back),
            {
                "move_orig_id": self.move_ids[moves["returned"][back]],
                "move_dest_id": self.move_ids[back],
            },
        )

    def _write_move_lines(self) -> None:
        places = self.places
        some = np.flatnonzero(self.moves["quantity"] > 0)
        moves = self.moves[some]
        ids = reserve_ids(self.cr, "stock_move_line", len(some))
        copy(
            self.cr,
            "stock_move_line",
            len(some),
            {
                "id": ids,
                "move_id": self.move_ids[some],
                "picking_id": self._pick(moves["transfer"], self.transfer_ids, -1),
                "product_id": self.product_ids[moves["product"]],
                "location_id": self.move_from[some],
                "location_dest_id": self.move_to[some],
                "state": self.move_state[some],
                "quantity": moves["quantity"],
                "quantity_product_uom": moves["quantity"],
                "picked": self.move_done[some],
                "date": moves["touched"],
                "company_id": places.company.id,
                "product_uom_id": places.products[:1].uom_id.id,
                **self._stamps(moves["created"], moves["touched"]),
            },
        )

    # ------------------------------------------------------------------ quants
    def _write_quants(self) -> None:
        """One quant per product and location that goods went through."""
        places = self.places
        done = np.flatnonzero(self.move_done)
        done = done[np.argsort(self.moves["date"][done], kind="stable")]
        moves = self.moves[done]
        stock_in, since = self._stock_dates(done)
        # two entries per move: out of its source, into its destination
        where = np.stack([self.move_from[done], self.move_to[done]], 1).ravel()
        product = np.repeat(moves["product"], 2)
        amount = np.stack([-moves["quantity"], moves["quantity"]], 1).ravel()
        outside = np.where(self.move_kind[done] == DELIVERY, since, moves["date"])
        dates = np.where(
            self.move_kind[done] == DELIVERY,
            np.stack([since, outside]),
            np.stack([outside, since]),
        ).T.ravel()
        size = len(self.product_ids)
        key, first, of = np.unique(
            where * size + product, return_index=True, return_inverse=True
        )
        # the last entry of a place tells its date
        last = np.zeros(len(key), int)
        np.maximum.at(last, of, np.arange(len(of)))
        location, item = np.divmod(key, size)
        reserved = self._reserved(location, item)
        locations = places.env["stock.location"].browse(np.unique(location).tolist())
        company = {place.id: place.company_id.id or -1 for place in locations}
        counted = {
            place.id: np.datetime64(place._get_next_inventory_date() or "NaT", "s")
            for place in locations
        }
        internal = set(places.warehouses.lot_stock_id.ids)
        in_stock = np.array([place in internal for place in location.tolist()], bool)
        next_count = np.array([counted[place] for place in location.tolist()], "M8[s]")
        next_count[~in_stock] = NEVER
        copy(
            self.cr,
            "stock_quant",
            len(key),
            {
                "id": reserve_ids(self.cr, "stock_quant", len(key)),
                "product_id": self.product_ids[item],
                "location_id": location,
                "company_id": np.array([company[p] for p in location.tolist()], int),
                "quantity": np.bincount(of, amount, len(key)),
                "reserved_quantity": reserved,
                "inventory_date": next_count,
                "in_date": dates[last],
                "inventory_quantity": 0,
                "inventory_diff_quantity": 0,
                "inventory_quantity_set": False,
                **self._stamps(moves["date"][first // 2], dates[last]),
            },
        )

    def _stock_dates(self, done: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Per done move: its sign in the warehouse, and since when goods lie there.

        Goods that arrive where none are start a new date, others join the old one.
        """
        moves = self.moves[done]
        sign = np.where(self.move_kind[done] == DELIVERY, -1, 1)
        place = moves["warehouse"] * len(self.product_ids) + moves["product"]
        order = np.argsort(place, kind="stable")
        place, change = place[order], (sign * moves["quantity"])[order]
        running = np.cumsum(change)
        start = np.concatenate([[True], place[1:] != place[:-1]])
        begin = np.maximum.accumulate(np.where(start, np.arange(len(place)), 0))
        before = running - change - (running - change)[begin]
        # going out of nothing dates the goods as well: Odoo takes the present time
        fresh = before <= 0
        latest = np.maximum.accumulate(np.where(fresh, np.arange(len(place)), 0))
        since = np.empty(len(done), "M8[s]")
        since[order] = moves["date"][order][latest]
        return sign, since

    def _reserved(self, location: np.ndarray, item: np.ndarray) -> np.ndarray:
        size = len(self.product_ids)
        held = ~self.move_done & (self.move_kind == DELIVERY)
        held = np.flatnonzero(held & (self.moves["quantity"] > 0))
        key = self.move_from[held] * size + self.moves["product"][held]
        total: dict[int, float] = {}
        for place, quantity in zip(key.tolist(), self.moves["quantity"][held].tolist()):
            total[place] = total.get(place, 0) + quantity
        return np.array([total.get(k, 0) for k in (location * size + item).tolist()])

    # -------------------------------------------------------------- references
    def _write_references(self) -> None:
        """What ties receipts and their moves to the order they come from."""
        confirmed = np.flatnonzero(~np.isnat(self.orders["approved"]))
        ids = np.full(len(self.orders), -1)
        ids[confirmed] = reserve_ids(self.cr, "stock_reference", len(confirmed))
        copy(
            self.cr,
            "stock_reference",
            len(confirmed),
            {
                "id": ids[confirmed],
                "name": self.order_names[confirmed],
                **self._stamps(self.orders["ordered"][confirmed]),
            },
        )
        kept = confirmed[self.orders["state"][confirmed] != REFUSED]
        copy(
            self.cr,
            "stock_reference_purchase_rel",
            len(kept),
            {"purchase_id": self.order_ids[kept], "reference_id": ids[kept]},
        )
        bought = np.flatnonzero(self.moves["order_line"] >= 0)
        order = self.order_lines["order"][self.moves["order_line"][bought]]
        copy(
            self.cr,
            "stock_reference_move_rel",
            len(bought),
            {"move_id": self.move_ids[bought], "reference_id": ids[order]},
        )
