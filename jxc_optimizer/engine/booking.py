"""Demand that is ordered ahead: how much of it a forecast of stock knows already.

Odoo subtracts booked deliveries of lead time + horizon from the forecast it compares
with min. What is usually booked by then must not stand in min a second time.
"""

from __future__ import annotations

from dataclasses import dataclass

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


def shares(article, reached, quantity, leads: int) -> tuple[np.ndarray, np.ndarray]:
    """How much of each article's quantity was booked at least so long before it left.

    :param article: [m] number of the article of each delivery
    :param reached: [m] how many of the leads it was booked before, the shortest first
    :param quantity: [m]
    :param leads: k, the number of leads
    :returns: share [n, k], 0 where nothing left; quantity [n]

    Of 10 that left, 4 were booked two leads before, 3 one:

    >>> share, quantity = shares([0, 0, 0], [2, 1, 0], [4.0, 3.0, 3.0], 2)
    >>> share.tolist(), quantity.tolist()
    ([[0.7, 0.4]], [10.0])
    """
    article = np.asarray(article, dtype=int)
    steps = leads + 1
    table = np.bincount(
        article * steps + np.asarray(reached, dtype=int),
        quantity,
        minlength=(article.max(initial=-1) + 1) * steps,
    ).reshape(-1, steps)
    booked = table[:, ::-1].cumsum(axis=1)[:, ::-1].astype(float)
    total = booked[:, :1]
    share = np.divide(
        booked[:, 1:], total, out=np.zeros_like(booked[:, 1:]), where=total > 0
    )
    return share, total[:, 0]


@dataclass(frozen=True)
class Pool:
    """What is usual in each of g groups of articles."""

    group: np.ndarray  # [g] ascending
    share: np.ndarray  # [g, k] of all that left, 0 where nothing did
    typical: np.ndarray  # [g] what left of an average article; 0 = nothing at all


def pool(share, quantity, group) -> Pool:
    """The groups' shares, every article by its quantity.

    :param share: [n, k]; rows without demand may hold anything
    :param quantity: [n] what left of each, 0 where nothing did
    :param group: [n] for example the place

    >>> usual = pool([[1.0], [0.0]], [30.0, 10.0], [1, 1])
    >>> usual.share.tolist(), usual.typical.tolist()
    ([[0.75]], [20.0])
    """
    share = np.asarray(share, dtype=float)
    quantity = np.asarray(quantity, dtype=float)
    weighted = np.where(quantity[:, None] > 0, share, 0.0) * quantity[:, None]
    groups, index = np.unique(np.asarray(group), return_inverse=True)
    # of nothing, bincount counts in integers
    count = np.bincount(index, quantity > 0).astype(float)
    total = np.bincount(index, quantity).astype(float)
    sums = np.array([np.bincount(index, column) for column in weighted.T], float).T
    usual = np.divide(
        sums, total[:, None], out=np.zeros_like(sums), where=total[:, None] > 0
    )
    typical = np.divide(total, count, out=np.zeros_like(total), where=count > 0)
    return Pool(groups, usual, typical)


def drawn(share, quantity, group, usual: Pool) -> np.ndarray:
    """Shares of n articles, those with little demand drawn to their group's [n, k].

    An article of average quantity counts half by itself and half as the group. In a
    group that is not known nothing is booked.

    >>> usual = pool([[1.0], [0.0]], [30.0, 10.0], [1, 1])
    >>> drawn([[1.0], [0.0]], [30.0, 10.0], [1, 1], usual).round(3).tolist()
    [[0.9], [0.5]]
    """
    share, group = np.asarray(share, dtype=float), np.asarray(group)
    quantity = np.asarray(quantity, dtype=float)
    if not len(usual.group):
        return np.zeros_like(share)
    row = np.minimum(np.searchsorted(usual.group, group), len(usual.group) - 1)
    typical = np.where(usual.group[row] == group, usual.typical[row], 0.0)[:, None]
    own = np.where(quantity[:, None] > 0, share, 0.0) * quantity[:, None]
    both = own + typical * usual.share[row]
    return np.divide(
        both, quantity[:, None] + typical, out=np.zeros_like(both), where=typical > 0
    )


def pooled_share(share, quantity, group) -> np.ndarray:
    """``drawn`` to the ``pool`` of the same articles.

    >>> pooled_share([[1.0], [0.0]], [30.0, 10.0], [1, 1]).round(3).tolist()
    [[0.9], [0.5]]
    """
    return drawn(share, quantity, group, pool(share, quantity, group))
