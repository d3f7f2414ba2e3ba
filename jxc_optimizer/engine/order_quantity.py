"""Economic order quantities: Harris' lot, price breaks, minimum, multiples."""

from __future__ import annotations

import numpy as np

from ._arrays import columns, matrix, round_down, round_up

DAYS_PER_YEAR = 365.0


def eoq(annual_demand, order_cost, holding_cost, cap=np.inf) -> np.ndarray:
    """Economic order quantity of Harris (1913): sqrt(2 D K / h).

    :param annual_demand: D, units per year
    :param order_cost: K, money per order
    :param holding_cost: h, money per unit and year; 0 gives ``cap``
    :param cap: largest quantity, for instance that of half a year
    :returns: units; 0 without demand

    >>> eoq(1300, 8, 0.225).round(4).item()
    304.0468
    """
    demand, order, holding, cap = columns(
        annual_demand=annual_demand,
        order_cost=order_cost,
        holding_cost=holding_cost,
        cap=cap,
    )
    numerator = 2.0 * demand * order
    free = (holding == 0) & (numerator > 0)
    lot = np.sqrt(numerator / np.where(holding > 0, holding, 1.0))
    return np.minimum(np.where(free, np.inf, lot), cap)


def annual_cost(annual_demand, order_cost, holding_rate, price, quantity):
    """Purchase + ordering + holding cost per year of lots of ``quantity``.

    D c + K D / Q + i c Q / 2; without demand 0.
    """
    demand, order, rate, price, quantity = columns(
        annual_demand=annual_demand,
        order_cost=order_cost,
        holding_rate=holding_rate,
        price=price,
        quantity=quantity,
    )
    orders = np.divide(demand, quantity, out=np.zeros_like(demand), where=quantity > 0)
    # An infinite lot of free stock costs nothing to hold.
    holding = rate * price * np.where(rate * price > 0, quantity, 0.0)
    return np.where(demand > 0, demand * price + order * orders + holding / 2, 0.0)


def economic_lot(
    annual_demand,
    order_cost,
    holding_rate,
    unit_cost,
    *,
    moq=0,
    multiple=1,
    max_cover_days=180,
    break_qty=None,
    break_price=None,
):
    """Order quantity of least yearly cost under a vendor's terms.

    In each price tier the economic quantity is brought into the tier, rounded to
    the multiple by comparing the yearly cost at the multiple below and above,
    and the cheapest tier wins (all-units discount: the price of a tier holds for
    the whole order). A tier that would exceed the largest cover is left out.
    With equal cost the smaller quantity is kept.

    :param annual_demand: [n] units per year
    :param order_cost: [n] money per order
    :param holding_rate: [n] share of the price per year
    :param unit_cost: [n] price below the first break
    :param moq: [n] smallest order
    :param multiple: [n] pack size; 0 = any quantity
    :param max_cover_days: [n] largest order in days of demand, but never below
        the smallest order rounded up to a multiple
    :param break_qty: [n, k] quantity from which a tier's price holds, NaN where
        there is none, in any order
    :param break_price: [n, k] price per unit of the tiers
    :returns: (quantity, unit price, cost per year); 0, unit cost, 0 without
        demand

    >>> economic_lot(1200, 80, .25, 10, max_cover_days=365,
    ...     break_qty=[[150, 500]], break_price=[[9.5, 9.2]])
    (array([500.]), array([9.2]), array([11807.]))
    """
    demand, order, rate, cost, moq, multiple, cover = np.atleast_1d(
        *columns(
            annual_demand=annual_demand,
            order_cost=order_cost,
            holding_rate=holding_rate,
            unit_cost=unit_cost,
            moq=moq,
            multiple=multiple,
            max_cover_days=max_cover_days,
        )
    )
    start, price = _tiers(cost, break_qty, break_price)
    tiers = start.shape[1]
    demand, order, rate, moq, multiple, cover = (
        np.broadcast_to(a, len(start))
        for a in (demand, order, rate, moq, multiple, cover)
    )
    smallest = round_up(moq, multiple)
    # An order is at least one pack, or with no pack anything above nothing.
    smallest = np.maximum(smallest, multiple)
    covered = np.where(demand > 0, demand, 1.0) * cover / DAYS_PER_YEAR
    largest = np.maximum(round_down(covered, multiple), smallest)

    best = np.full(len(start), np.inf)
    quantity = smallest.copy()
    paid = price[:, 0].copy()
    for tier in range(tiers):
        valid = np.isfinite(start[:, tier])
        tier_price = np.where(valid, price[:, tier], 0.0)
        tier_start = np.where(valid, start[:, tier], 0.0)
        low = np.maximum(round_up(tier_start, multiple), smallest)
        if tier + 1 < tiers:
            high = np.minimum(_below(start[:, tier + 1], multiple), largest)
        else:
            high = largest
        ideal = eoq(demand, order, rate * tier_price)
        for rounding in (round_down, round_up):
            # a tier that starts at 0 leaves nothing below it: low above high
            candidate = rounding(np.clip(ideal, low, np.maximum(high, low)), multiple)
            yearly = annual_cost(demand, order, rate, tier_price, candidate)
            better = valid & (low <= high) & (yearly * (1 + 1e-9) < best)
            best = np.where(better, yearly, best)
            quantity = np.where(better, candidate, quantity)
            paid = np.where(better, tier_price, paid)
    none = demand == 0
    quantity = np.where(none, 0.0, quantity)
    paid = np.where(none, price[:, 0], paid)
    return quantity, paid, np.where(none, 0.0, best)


def _tiers(cost, break_qty, break_price):
    """Start quantity and price of the tiers, sorted, the base price first."""
    if (break_qty is None) != (break_price is None):
        raise ValueError("break_qty and break_price belong together")
    if break_qty is None:
        return np.zeros((len(cost), 1)), cost[:, None]
    start, price = matrix(break_qty, "break_qty"), matrix(break_price, "break_price")
    if start.shape != price.shape:
        raise ValueError(f"break shapes differ: {start.shape} and {price.shape}")
    if len(cost) not in (1, len(start)) and len(start) != 1:
        raise ValueError(f"{len(start)} rows of breaks for {len(cost)} articles")
    if (start < 0).any() or (price < 0).any():
        raise ValueError("breaks must not be negative")
    rows = max(len(cost), len(start))
    start = np.broadcast_to(start, (rows, start.shape[1]))
    price = np.broadcast_to(price, start.shape)
    start = np.where(np.isnan(price) | np.isnan(start), np.inf, start)
    order = np.argsort(start, axis=1, kind="stable")
    start = np.take_along_axis(start, order, axis=1)
    price = np.take_along_axis(price, order, axis=1)
    base = np.broadcast_to(cost, rows)[:, None]
    return (
        np.hstack([np.zeros((rows, 1)), start]),
        np.hstack([base, np.where(np.isfinite(start), price, base)]),
    )


def _below(start, multiple):
    """Largest allowed quantity below ``start``."""
    stepped = round_up(start, multiple) - multiple
    return np.where(multiple > 0, stepped, np.nextafter(start, -np.inf))
