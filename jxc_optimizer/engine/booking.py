"""Demand that is ordered ahead: how much of it a forecast of stock knows already.

Odoo subtracts booked deliveries of lead time + horizon from the forecast it compares
with min. What is usually booked by then must not stand in min a second time.
"""

from __future__ import annotations

import numpy as np


def booked_days(leads, share, window) -> np.ndarray:
    """Days of demand that are booked within ``window`` days, on average [n].

    With B the days a unit is booked before it leaves, that is E[min(B, window)], the
    integral of P(B ≥ u) over u from 0 to the window (u in whole days where ``leads``
    are neighbours, else linear between them; nothing is booked beyond the last one).

    :param leads: [k] days before leaving, ascending, the first one 1
    :param share: [n, k] share of the demand booked at least so long before
    :param window: [n] days

    Booked a week ahead, a window of 3 days knows 3 days of demand, one of 30 knows 7:

    >>> leads = [1, 2, 3, 4, 5, 6, 7, 8]
    >>> booked_days(leads, [[1, 1, 1, 1, 1, 1, 1, 0]] * 2, [3, 30]).tolist()
    [3.0, 7.0]
    """
    leads = np.asarray(leads, dtype=float)
    share = np.clip(np.asarray(share, dtype=float), 0.0, 1.0).reshape(-1, len(leads))
    window = np.asarray(window, dtype=float)
    width = np.diff(leads, prepend=0.0)
    before = np.hstack([share[:, :1], share[:, :-1]])
    # the mean of P(B ≥ u) over the whole days u of a step, linear between its ends
    mean = before + (share - before) * (width + 1) / (2 * width)
    total = np.hstack([np.zeros((len(share), 1)), np.cumsum(mean * width, axis=1)])
    ends = np.concatenate([[0.0], leads])
    inside = np.clip(window, 0.0, leads[-1])
    last = np.clip(np.searchsorted(ends, inside, side="right") - 1, 0, len(leads) - 1)
    rows = np.arange(len(share))
    fraction = (inside - ends[last]) / width[last]
    step = total[rows, last + 1] - total[rows, last]
    return total[rows, last] + fraction * step


def pooled_share(share, quantity, group) -> np.ndarray:
    """Shares of n articles, those with little demand drawn to their group's [n, k].

    An article of average quantity counts half by itself and half as the group.

    :param share: [n, k]; rows without demand may hold anything
    :param quantity: [n] what left of each, 0 where nothing did
    :param group: [n] for example the place

    >>> pooled_share([[1.0], [0.0]], [30.0, 10.0], [1, 1]).round(3).tolist()
    [[0.9], [0.5]]
    """
    share = np.asarray(share, dtype=float)
    quantity = np.asarray(quantity, dtype=float)
    weighted = np.where(quantity[:, None] > 0, share, 0.0) * quantity[:, None]
    _groups, index = np.unique(np.asarray(group), return_inverse=True)
    # of nothing, bincount counts in integers
    count = np.bincount(index, quantity > 0).astype(float)
    total = np.bincount(index, quantity).astype(float)
    sums = np.array([np.bincount(index, column) for column in weighted.T], float).T
    pool = np.divide(
        sums, total[:, None], out=np.zeros_like(sums), where=total[:, None] > 0
    )
    typical = np.divide(total, count, out=np.ones_like(total), where=count > 0)[index]
    known = (weighted + typical[:, None] * pool[index]) / (quantity + typical)[:, None]
    return np.where(total[index][:, None] > 0, known, 0.0)
