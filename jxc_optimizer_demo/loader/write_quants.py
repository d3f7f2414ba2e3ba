"""What lies where at the end."""

from __future__ import annotations

import numpy as np

from .copy import copy, reserve_ids
from .journal import DELIVERY, NEVER
from .ledger import Ledger


def write_quants(ledger: Ledger) -> None:
    """One quant per product and location that goods went through."""
    places = ledger.places
    done = np.flatnonzero(ledger.move_done)
    done = done[np.argsort(ledger.moves["date"][done], kind="stable")]
    moves = ledger.moves[done]
    since = stock_dates(ledger, done)
    # two entries per move: out of its source, into its destination
    where = np.stack([ledger.move_from[done], ledger.move_to[done]], 1).ravel()
    product = np.repeat(moves["product"], 2)
    amount = np.stack([-moves["quantity"], moves["quantity"]], 1).ravel()
    outside = np.where(ledger.move_kind[done] == DELIVERY, since, moves["date"])
    dates = np.where(
        ledger.move_kind[done] == DELIVERY,
        np.stack([since, outside]),
        np.stack([outside, since]),
    ).T.ravel()
    size = len(ledger.product_ids)
    key, first, of = np.unique(
        where * size + product, return_index=True, return_inverse=True
    )
    # the last entry of a place tells its date
    last = np.zeros(len(key), int)
    np.maximum.at(last, of, np.arange(len(of)))
    location, item = np.divmod(key, size)
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
        ledger.cr,
        "stock_quant",
        len(key),
        {
            "id": reserve_ids(ledger.cr, "stock_quant", len(key)),
            "product_id": ledger.product_ids[item],
            "location_id": location,
            "company_id": np.array([company[p] for p in location.tolist()], int),
            "quantity": np.bincount(of, amount, len(key)),
            "reserved_quantity": reserved(ledger, location, item),
            "inventory_date": next_count,
            "in_date": dates[last],
            "inventory_quantity": 0,
            "inventory_diff_quantity": 0,
            "inventory_quantity_set": False,
            **ledger.stamps(moves["date"][first // 2], dates[last]),
        },
    )


def stock_dates(ledger: Ledger, done: np.ndarray) -> np.ndarray:
    """Per done move: since when goods lie in its warehouse.

    Goods that arrive where none are start a new date, others join the old one.
    """
    moves = ledger.moves[done]
    sign = np.where(ledger.move_kind[done] == DELIVERY, -1, 1)
    place = moves["warehouse"] * len(ledger.product_ids) + moves["product"]
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
    return since


def reserved(ledger: Ledger, location: np.ndarray, item: np.ndarray) -> np.ndarray:
    size = len(ledger.product_ids)
    held = ~ledger.move_done & (ledger.move_kind == DELIVERY)
    held = np.flatnonzero(held & (ledger.moves["quantity"] > 0))
    key = ledger.move_from[held] * size + ledger.moves["product"][held]
    total: dict[int, float] = {}
    for place, quantity in zip(
        key.tolist(), ledger.moves["quantity"][held].tolist(), strict=True
    ):
        total[place] = total.get(place, 0) + quantity
    return np.array([total.get(k, 0) for k in (location * size + item).tolist()])
