"""Purchase orders, their lines and what ties receipts to them."""

from __future__ import annotations

import numpy as np

from .copy import copy, reserve_ids
from .journal import APPROVED, CANCELLED, DONE, NEVER, REFUSED
from .ledger import Ledger, to_currency

ORDER_STATES = np.array(["draft", "purchase", "cancel"], object)


def received(ledger: Ledger) -> np.ndarray:
    """Pieces received per order line."""
    arrived = ledger.move_done & (ledger.moves["order_line"] >= 0)
    return np.bincount(
        ledger.moves["order_line"][arrived],
        ledger.moves["quantity"][arrived],
        len(ledger.order_lines),
    )


def write_orders(ledger: Ledger) -> None:
    places, orders, size = ledger.places, ledger.orders, len(ledger.orders)
    amount = to_currency(ledger.order_lines["price"] * ledger.order_lines["quantity"])
    total = to_currency(np.bincount(ledger.order_lines["order"], amount, size))
    arrived = np.bincount(ledger.order_lines["order"], received(ledger), size)
    status, effective = receipts(ledger)
    approved = orders["state"] == APPROVED
    copy(
        ledger.cr,
        "purchase_order",
        size,
        {
            "id": ledger.order_ids,
            "name": ledger.order_names,
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
            "acknowledged": arrived > 0,
            "invoice_status": np.where(approved & (arrived > 0), "to invoice", "no"),
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
            **ledger.stamps(orders["ordered"]),
        },
    )


def receipts(ledger: Ledger) -> tuple[np.ndarray, np.ndarray]:
    """Receipt status and first arrival of each order."""
    size = len(ledger.orders)
    receipt = ledger.transfers["order"] >= 0
    order = ledger.transfers["order"][receipt]
    state = ledger.transfer_states()[receipt]
    done = np.bincount(order, state == DONE, size)
    live = np.bincount(order, state != CANCELLED, size)
    open_ = np.bincount(order, (state != DONE) & (state != CANCELLED), size)
    status = np.full(size, None, object)
    status[live > 0] = "pending"
    status[(done > 0) & (open_ > 0)] = "partial"
    status[(done > 0) & (open_ == 0)] = "full"
    first = np.full(size, np.datetime64("9999-01-01"), "M8[s]")
    when = ledger.transfer_done()[receipt]
    arrived = ~np.isnat(when)
    np.minimum.at(first, order[arrived], when[arrived])
    first[done == 0] = NEVER
    return status, first


def write_order_lines(ledger: Ledger) -> None:
    places, lines = ledger.places, ledger.order_lines
    orders = ledger.orders[lines["order"]]
    arrived = received(ledger)
    subtotal = to_currency(lines["price"] * lines["quantity"])
    names = np.array(places.products.mapped("display_name"), object)
    unit = places.products[:1].uom_id.id
    copy(
        ledger.cr,
        "purchase_order_line",
        len(lines),
        {
            "id": ledger.order_line_ids,
            "order_id": ledger.order_ids[lines["order"]],
            "product_id": ledger.product_ids[lines["product"]],
            "name": names[lines["product"]],
            "partner_id": places.vendors[orders["vendor"]],
            "product_qty": lines["quantity"],
            "product_uom_qty": lines["quantity"],
            "price_unit": lines["price"],
            "technical_price_unit": lines["price"],
            "price_subtotal": subtotal,
            "price_total": subtotal,
            "qty_received": arrived,
            "qty_to_invoice": np.where(orders["state"] == APPROVED, arrived, 0.0),
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
            **ledger.stamps(orders["ordered"]),
        },
    )


def write_references(ledger: Ledger) -> None:
    """What ties receipts and their moves to the order they come from."""
    confirmed = np.flatnonzero(~np.isnat(ledger.orders["approved"]))
    ids = np.full(len(ledger.orders), -1)
    ids[confirmed] = reserve_ids(ledger.cr, "stock_reference", len(confirmed))
    copy(
        ledger.cr,
        "stock_reference",
        len(confirmed),
        {
            "id": ids[confirmed],
            "name": ledger.order_names[confirmed],
            **ledger.stamps(ledger.orders["ordered"][confirmed]),
        },
    )
    kept = confirmed[ledger.orders["state"][confirmed] != REFUSED]
    copy(
        ledger.cr,
        "stock_reference_purchase_rel",
        len(kept),
        {"purchase_id": ledger.order_ids[kept], "reference_id": ids[kept]},
    )
    bought = np.flatnonzero(ledger.moves["order_line"] >= 0)
    order = ledger.order_lines["order"][ledger.moves["order_line"][bought]]
    copy(
        ledger.cr,
        "stock_reference_move_rel",
        len(bought),
        {"move_id": ledger.move_ids[bought], "reference_id": ids[order]},
    )
