"""Filling one order up to its vendor's minimum value, or to a full load.

The articles that are due are ordered anyway. What is still missing comes from the
articles next due: first each up to its order-up-to level, in the order of the days on
which they would be ordered; then all of them to one common run-out time, the least
that is enough. No article is ordered beyond what lasts for its cover limit. A minimum
value is reached or passed; a load is never made more than full.
"""

from __future__ import annotations

import numpy as np

from ._arrays import columns, round_down, round_up

#: halvings of the common run-out time, in days: less than a second is left
_STEPS = 40


def largest_order(available, per_day, cover_days, moq, multiple) -> np.ndarray:
    """Largest quantity that, with what is available, lasts for the cover limit.

    0 where even the smallest quantity the vendor sells lasts longer, or nothing is
    wanted.

    :param available: [n] stock and receipts less booked deliveries; may be below 0
    :param per_day: [n] expected demand
    :param cover_days: [n] cover limit
    :param moq: [n] smallest order, 0 = none
    :param multiple: [n] pack, 0 = none

    >>> largest_order(20, 2, [60, 30], 24, 12).tolist()
    [96.0, 36.0]
    """
    available, per_day, cover, moq, multiple = columns(
        signed=("available",),
        available=available,
        per_day=per_day,
        cover_days=cover_days,
        moq=moq,
        multiple=multiple,
    )
    room = np.where(per_day > 0, per_day * cover - available, 0.0)
    whole = round_down(np.maximum(room, 0.0), multiple)
    return np.where(whole >= round_up(moq, multiple), whole, 0.0)


def sold(wanted, moq, multiple, largest) -> np.ndarray:
    """What the vendor sells from ``wanted`` up, at most ``largest``; 0 of nothing.

    >>> sold([5, 30, 0], 10, 12, [24, 24, 24]).tolist()
    [12.0, 24.0, 0.0]
    """
    wanted = np.asarray(wanted, dtype=float)
    whole = round_up(np.maximum(wanted, moq), multiple)
    return np.where(wanted > 0, np.minimum(whole, largest), 0.0)


def fill(target, quantity, order_day, missing, available, per_day, largest,
         moq, multiple, price):  # fmt: skip
    """Quantities of an order whose value reaches ``target`` where the limits allow.

    :param target: value of the order to reach, money
    :param quantity: [n] ordered anyway, 0 for articles that are not due
    :param order_day: [n] last day to order, from today; NaN = not in sight
    :param missing: [n] up to the order-up-to level
    :param available: [n] stock and receipts less booked deliveries, without this order
    :param per_day: [n] expected demand
    :param largest: [n] of :func:`largest_order`; ``quantity`` stays where it is above
    :param moq: [n] smallest order, 0 = none
    :param multiple: [n] pack, 0 = none
    :param price: [n] of one unit
    :returns: [n] quantities, none below ``quantity``

    >>> fill(100, [10, 0], [0, 3], [0, 4], [0, 6], [1, 1], [90, 84],
    ...      [0, 0], [1, 1], [5, 5]).tolist()
    [13.0, 7.0]
    >>> fill(60, [10, 0], [0, 3], [0, 4], [0, 6], [1, 1], [90, 84],
    ...      [0, 0], [1, 1], [5, 5]).tolist()
    [10.0, 4.0]
    """
    quantity, missing, available, per_day, largest, moq, multiple, price = columns(
        signed=("available", "missing"),
        quantity=quantity,
        missing=missing,
        available=available,
        per_day=per_day,
        largest=largest,
        moq=moq,
        multiple=multiple,
        price=price,
    )

    def least(wanted):
        return np.maximum(sold(wanted, moq, multiple, largest), quantity)

    def short(quantities):
        return target - float(np.sum(quantities * price))

    if short(quantity) <= 0:
        return quantity
    topped = least(missing)
    more = (topped - quantity) * price
    due = np.argsort(np.where(np.isnan(order_day), np.inf, order_day), kind="stable")
    before = np.cumsum(more[due]) - more[due]
    filled = quantity.copy()
    taken = due[before < short(quantity)]
    filled[taken] = topped[taken]
    if short(filled) <= 0:
        return filled

    def lasting(days):
        return np.maximum(least(per_day * days - available), filled)

    low, high = 0.0, _longest(available + np.maximum(largest, filled), per_day)
    if short(lasting(high)) > 0:
        return lasting(high)
    for _step in range(_STEPS):
        middle = (low + high) / 2
        if short(lasting(middle)) > 0:
            low = middle
        else:
            high = middle
    return lasting(high)


def _longest(stock, per_day) -> float:
    """Days until the last of n articles has run out; 0 where nothing sells."""
    lasts = np.divide(stock, per_day, out=np.zeros_like(per_day), where=per_day > 0)
    return float(np.max(lasts, initial=0.0))


def fill_load(quantity, order_day, missing, available, per_day, largest,
              moq, multiple, size, room):  # fmt: skip
    """Quantities that fill a load as far as the limits allow, and never overfill it.

    Articles without a size fill nothing, so they stay as they are.

    :param quantity: [n] ordered anyway, what is due
    :param order_day: [n] and so on, see :func:`fill`
    :param size: [k, n] of one unit in each of k measures, such as kg and m³
    :param room: [k] that is left in each measure, with ``quantity`` aboard
    :returns: [n] quantities, none below ``quantity``

    >>> fill_load([10, 0], [0, 3], [0, 4], [0, 6], [1, 1], [90, 84],
    ...           [0, 0], [1, 1], [[2, 5]], [33]).tolist()
    [12.0, 5.0]
    """
    quantity, missing, available, per_day, largest, moq, multiple = columns(
        signed=("available", "missing"),
        quantity=quantity,
        missing=missing,
        available=available,
        per_day=per_day,
        largest=largest,
        moq=moq,
        multiple=multiple,
    )
    size, room = np.asarray(size, dtype=float), np.asarray(room, dtype=float)
    helps = (size > 0).any(axis=0)
    due = np.argsort(np.where(np.isnan(order_day), np.inf, order_day), kind="stable")

    def least(wanted):
        whole = np.maximum(sold(wanted, moq, multiple, largest), quantity)
        return np.where(helps, whole, quantity)

    def left(quantities):
        return room - size @ (quantities - quantity)

    def fits(quantities):
        return (left(quantities) >= -1e-9).all()

    def one_by_one(quantities, goal):
        """The soonest due first, each as far up to its goal as there is room."""
        quantities = quantities.copy()
        for row in due[goal[due] > quantities[due]]:
            each = size[:, row]
            most = np.min(left(quantities)[each > 0] / each[each > 0])
            more = min(goal[row] - quantities[row], most + 1e-9)
            whole = round_down(max(more, 0.0), multiple[row])
            if quantities[row] + whole >= round_up(moq[row], multiple[row]):
                quantities[row] += whole
        return quantities

    filled = one_by_one(quantity, least(missing))

    def lasting(days):
        return np.maximum(least(per_day * days - available), filled)

    low, high = 0.0, _longest(available + np.maximum(largest, filled), per_day)
    if fits(lasting(high)):
        return lasting(high)
    for _step in range(_STEPS):
        middle = (low + high) / 2
        if fits(lasting(middle)):
            low, filled = middle, lasting(middle)
        else:
            high = middle
    # where there is no room for a pack of one, there may be for one of another
    return one_by_one(filled, lasting(high))
