"""Transfers, stock moves and stock move lines."""

from __future__ import annotations

import numpy as np

from .copy import copy, reserve_ids
from .journal import DELIVERY, NEVER, RECEIPT, RETURN, STATES
from .ledger import Ledger, to_currency


def write_transfers(ledger: Ledger) -> None:
    places, transfers, size = ledger.places, ledger.transfers, len(ledger.transfers)
    receipt = transfers["kind"] == RECEIPT
    delivery = transfers["kind"] == DELIVERY
    back = transfers["kind"] == RETURN
    done = ledger.transfer_done()
    parents = ledger.pick(transfers["parent"], ledger.transfer_ids, -1)
    origin = transfers["origin"].astype(object)
    origin[receipt] = ledger.order_names[transfers["order"][receipt]]
    for i in np.flatnonzero(back):
        origin[i] = f"Return of {ledger.transfer_names[transfers['parent'][i]]}"
    first = delivery & (transfers["parent"] < 0)
    copy(
        ledger.cr,
        "stock_picking",
        size,
        {
            "id": ledger.transfer_ids,
            "name": ledger.transfer_names,
            "origin": origin,
            "backorder_id": np.where(back, -1, parents),
            "return_id": np.where(back, parents, -1),
            "location_id": ledger.transfer_from,
            "location_dest_id": ledger.transfer_to,
            "picking_type_id": ledger.transfer_type,
            "partner_id": ledger.transfer_partner,
            "user_id": np.where(first, places.user.id, -1),
            "state": STATES[ledger.transfer_states()].astype(object),
            "scheduled_date": transfers["scheduled"],
            "date_deadline": np.where(receipt, transfers["scheduled"], NEVER),
            "date_done": done,
            "company_id": places.company.id,
            "move_type": "direct",
            "priority": "0",
            "shipping_weight": 0,
            "has_deadline_issue": False,
            "is_locked": True,
            **ledger.stamps(transfers["created"], np.fmax(transfers["created"], done)),
        },
    )
    ordered = np.flatnonzero(receipt)
    copy(
        ledger.cr,
        "purchase_order_stock_picking_rel",
        len(ordered),
        {
            "purchase_order_id": ledger.order_ids[transfers["order"][ordered]],
            "stock_picking_id": ledger.transfer_ids[ordered],
        },
    )


def write_moves(ledger: Ledger) -> None:
    places, moves, size = ledger.places, ledger.moves, len(ledger.moves)
    of, kind = moves["transfer"], ledger.move_kind
    receipt, delivery = kind == RECEIPT, kind == DELIVERY
    parent = ledger.pick(of, ledger.transfers["parent"], -1)
    partner = ledger.pick(of, ledger.transfer_partner, -1)
    warehouse_ids = np.array(places.warehouses.ids)[moves["warehouse"]]
    line = moves["order_line"]
    line_order = ledger.pick(line, ledger.order_lines["order"], -1)
    updated = np.full(size, f"Product Quantity Updated ({places.user.name})", object)
    prices = to_currency(ledger.pick(line, ledger.order_lines["price"], 0.0))
    copy(
        ledger.cr,
        "stock_move",
        size,
        {
            "id": ledger.move_ids,
            "sequence": moves["sequence"],
            "product_id": ledger.product_ids[moves["product"]],
            "location_id": ledger.move_from,
            "location_dest_id": ledger.move_to,
            "location_final_id": np.where(receipt, ledger.move_to, -1),
            # a receipt's first moves are made for the (empty) drop-ship address
            "partner_id": np.where(receipt & (parent < 0), -1, partner),
            "picking_id": ledger.pick(of, ledger.transfer_ids, -1),
            "picking_type_id": ledger.pick(of, ledger.transfer_type, -1),
            "warehouse_id": np.where(receipt | (kind == RETURN), warehouse_ids, -1),
            "purchase_line_id": ledger.pick(line, ledger.order_line_ids, -1),
            "origin_returned_move_id": ledger.pick(
                moves["returned"], ledger.move_ids, -1
            ),
            "state": ledger.move_state,
            "origin": ledger.pick(line_order, ledger.order_names, None),
            "reference": ledger.pick(of, ledger.transfer_names, updated),
            "product_qty": moves["demand"],
            "product_uom_qty": moves["demand"],
            "packaging_uom_qty": moves["demand"],
            "quantity": moves["quantity"],
            "picked": ledger.move_done,
            "is_inventory": of < 0,
            "date": moves["date"],
            "date_deadline": np.where(receipt, moves["planned"], NEVER),
            "reservation_date": np.where(of < 0, NEVER, moves["created"]),
            "price_unit": prices,
            "value": ledger.move_value,
            "is_in": ledger.move_done & ~delivery,
            "is_out": ledger.move_done & delivery,
            "is_dropship": False,
            "company_id": places.company.id,
            "product_uom": places.products[:1].uom_id.id,
            "packaging_uom_id": places.products[:1].uom_id.id,
            "priority": "0",
            "procure_method": "make_to_stock",
            "propagate_cancel": True,
            "additional": False,
            "to_refund": True,
            **ledger.stamps(moves["created"], moves["touched"]),
        },
    )
    back = np.flatnonzero(moves["returned"] >= 0)
    copy(
        ledger.cr,
        "stock_move_move_rel",
        len(back),
        {
            "move_orig_id": ledger.move_ids[moves["returned"][back]],
            "move_dest_id": ledger.move_ids[back],
        },
    )


def write_move_lines(ledger: Ledger) -> None:
    places = ledger.places
    some = np.flatnonzero(ledger.moves["quantity"] > 0)
    moves = ledger.moves[some]
    ids = reserve_ids(ledger.cr, "stock_move_line", len(some))
    copy(
        ledger.cr,
        "stock_move_line",
        len(some),
        {
            "id": ids,
            "move_id": ledger.move_ids[some],
            "picking_id": ledger.pick(moves["transfer"], ledger.transfer_ids, -1),
            "product_id": ledger.product_ids[moves["product"]],
            "location_id": ledger.move_from[some],
            "location_dest_id": ledger.move_to[some],
            "state": ledger.move_state[some],
            "quantity": moves["quantity"],
            "quantity_product_uom": moves["quantity"],
            "picked": ledger.move_done[some],
            "date": moves["touched"],
            "company_id": places.company.id,
            "product_uom_id": places.products[:1].uom_id.id,
            **ledger.stamps(moves["created"], moves["touched"]),
        },
    )
