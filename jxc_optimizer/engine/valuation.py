"""What stock is worth: the running average cost, and first in, first out."""

from __future__ import annotations

import numpy as np


def running_average(article, before, quantity, value, is_price) -> np.ndarray:
    """Unit cost [events] after each event; 0 before the first of an article.

    A receipt mixes its price with that of the stock found, in proportion to the
    quantities; where nothing (or less) was there its own price counts. An event that
    sets the price replaces it. Goods that leave do not change the average.

    :param article: [events] sorted index of the article, its events in order of time
    :param before: [events] units on hand before; ``quantity``: units received
    :param value: [events] value of the units received, or the unit price set
    :param is_price: [events] whether the event sets the price

    >>> running_average([0, 0], [0, 5], [10, 5], [20, 20], [False, False]).tolist()
    [2.0, 3.0]
    """
    article = np.asarray(article, dtype=np.int64)
    before, quantity, value = (
        np.asarray(column, dtype=np.float64) for column in (before, quantity, value)
    )
    is_price = np.asarray(is_price, dtype=bool)
    mixes = ~is_price & (before > 0)
    after = np.where(mixes, before + quantity, np.where(is_price, 1.0, quantity))
    known = after > 0
    divisor = np.where(known, after, 1.0)
    # cost after the event = keep · cost before it + gain
    keep = np.where(known, np.where(mixes, before / divisor, 0.0), 1.0)
    gain = np.where(known, value / divisor, 0.0)
    cost = np.zeros(len(article))
    first = np.r_[True, article[1:] != article[:-1]] if len(article) else article > 0
    start = np.maximum.accumulate(np.where(first, np.arange(len(article)), 0))
    rank = np.arange(len(article)) - start
    # all articles at once: their first events, their second ones, ...
    order = np.argsort(rank, kind="stable")
    for events in np.split(order, np.flatnonzero(np.diff(rank[order])) + 1):
        previous = np.where(first[events], 0.0, cost[events - 1])
        cost[events] = keep[events] * previous + gain[events]
    return cost


def fifo_value(start, end, quantity, value, on_hand, price) -> np.ndarray:
    """Value [n] of the units on hand when the oldest receipts leave first.

    The latest receipts that make up the stock. Units that no receipt explains, and
    missing ones, count at the price of the latest receipt, or else at ``price``.

    :param start: [n] index of the article's first receipt; ``end``: index after its
        latest one at that time
    :param quantity: [receipts] units, above 0; ``value``: [receipts] of all of them
    :param on_hand: [n] units; ``price``: [n] unit cost where nothing was received

    >>> fifo_value([0, 0], [2, 1], [10, 10], [20, 30], [15, 4], [9, 9]).tolist()
    [40.0, 8.0]
    """
    start, end = np.asarray(start, dtype=np.int64), np.asarray(end, dtype=np.int64)
    quantity, value = np.asarray(quantity, float), np.asarray(value, float)
    on_hand, price = np.asarray(on_hand, float), np.asarray(price, float)
    if (quantity <= 0).any():
        raise ValueError("quantity must be above 0")
    units, money = np.r_[0.0, np.cumsum(quantity)], np.r_[0.0, np.cumsum(value)]
    received = units[end] - units[start]
    explained = np.clip(on_hand, 0.0, received)
    latest = price.copy()
    some = end > start
    latest[some] = value[end[some] - 1] / quantity[end[some] - 1]
    layers = money[end] - np.interp(units[end] - explained, units, money)
    return np.where(some, layers, 0.0) + (on_hand - explained) * latest
