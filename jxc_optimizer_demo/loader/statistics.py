"""What the loaded company looks like, for the log."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from . import journal as j


def lines(env, year, places) -> Iterator[str]:
    moves, transfers = year.journal.moves.array, year.journal.transfers.array
    size = len(places.products)
    inside = moves["transfer"] >= 0
    kind = np.where(inside, transfers["kind"][moves["transfer"]], 255)
    done, out = moves["state"] == j.DONE, kind == j.DELIVERY
    item = moves["warehouse"] * size + moves["product"]
    pieces = np.where(out, -moves["quantity"], moves["quantity"])
    on_hand = np.bincount(item[done], pieces[done], len(year.minimum))
    cost = np.array(places.products.mapped("standard_price"))
    value = on_hand * np.tile(cost, len(places.warehouses))
    excess = np.maximum(on_hand - year.maximum, 0) * np.tile(cost, 2) * year.ruled
    open_ = ~done & (moves["state"] != j.CANCELLED)
    receipts = np.unique(moves["transfer"][open_ & (kind == j.RECEIPT)])
    deliveries = np.unique(moves["transfer"][done & out])
    due = env["stock.warehouse.orderpoint"].search_count(
        [
            ("company_id", "=", places.company.id),
            ("qty_to_order_computed", ">", 0),
        ]
    )
    yield f"{size} articles, {year.ruled.sum()} reordering rules, {due} to reorder"
    yield (
        f"{len(deliveries)} deliveries with {(done & out).sum()} lines, "
        f"{((transfers['kind'] == j.RETURN).sum())} returns, "
        f"{((transfers['kind'] == j.DELIVERY) & (transfers['parent'] >= 0)).sum()} "
        f"backorders, {len(np.unique(moves['transfer'][open_ & out]))} deliveries open"
    )
    yield f"{year.short} order lines found too little stock"
    yield (
        f"{year.journal.orders.size} purchase orders with "
        f"{year.journal.order_lines.size} lines, "
        f"{len(receipts)} receipts open"
    )
    yield (
        f"stock worth {value.sum():,.0f} {places.company.currency_id.name}, "
        f"{excess.sum():,.0f} of it above the maximum; "
        f"{(on_hand[year.ruled] <= 0).sum()} rules with nothing on hand"
    )
