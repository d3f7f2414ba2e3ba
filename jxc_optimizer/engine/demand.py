"""Demand series as they should be forecast: started, unmasked, without one-offs.

Days without stock are no days without demand, a new product is not a slow one,
and a project order is not tomorrow's demand. Unknown stays unknown: masked cells
become NaN, which all forecasts skip, instead of an invented number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ._arrays import columns, matrix

# Median absolute deviation to standard deviation of a normal distribution.
MAD_TO_SD = 1.4826


@dataclass(frozen=True)
class CleanDemand:
    """A cleaned series and what was done to it."""

    demand: np.ndarray  # [n, t], NaN before the start and where masked
    start: np.ndarray  # [n] first period that counts, t where there is none
    censored_share: np.ndarray  # [n] share of the time since start out of stock
    uplift: np.ndarray  # [n, t] units added for stock-outs of part of a period
    masked: np.ndarray  # bool [n, t] periods left out for stock-outs


def clean(
    demand,
    *,
    stocked_out=None,
    consistent=None,
    excluded=None,
    first_period=None,
    max_share: float = 0.5,
    max_uplift: float = 2.0,
) -> CleanDemand:
    """Demand from what was delivered.

    Periods out of stock are scaled up or left out (NaN), see ``uncensored``, but only
    where the stock could be rebuilt without contradiction.

    :param demand: [n, t] units delivered per period, returns already netted
    :param stocked_out: [n, t] share of the period's days without stock, 0..1
    :param consistent: bool [n], False where rebuilt stock was ever negative
    :param excluded: [n, t] units of confirmed one-off orders
    :param first_period: [n] known start of sale; None = the first demand
    """
    raw = matrix(demand)
    net = np.where(np.isnan(raw), np.nan, np.maximum(raw, 0.0))
    if excluded is not None:
        net = np.maximum(net - columns(excluded=excluded)[0], 0.0)
    count, length = net.shape
    first = first_sale(net)
    if first_period is not None:
        first = np.minimum(first, np.asarray(first_period))
    running = np.arange(length) >= first[:, None]
    share = np.zeros(net.shape)
    if stocked_out is not None:
        share = columns(stocked_out=stocked_out)[0]
        if consistent is not None:
            share = np.where(np.asarray(consistent)[:, None], share, 0.0)
    lifted, censored = uncensored(
        net, share, first, max_share=max_share, max_uplift=max_uplift
    )
    return CleanDemand(
        demand=np.where(running, lifted, np.nan),
        start=np.minimum(first, length),
        censored_share=censored,
        uplift=np.where(running, np.nan_to_num(lifted - net), 0.0),
        masked=np.isnan(lifted) & ~np.isnan(net),
    )


def uncensored(
    demand, stocked_out, start, *, max_share: float = 0.5, max_uplift: float = 2.0
) -> tuple[np.ndarray, np.ndarray]:
    """Demand as it would have been without stock-outs, and the share of time out.

    A period out of stock for at most ``max_share`` of its days is scaled up to the
    whole, at most ``max_uplift`` times; one that was for longer is unknown. Leaving
    periods out scales the others up, too, and by no more than that: of an article that
    was hardly ever in stock the earliest periods stay as they were.

    :param demand: [n, t] units delivered; below 0 (returns) stays as it is
    :param stocked_out: [n, t] share of the period's days without stock, 0..1
    :param start: [n] first period that counts; earlier ones stay as they are
    :returns: ([n, t] NaN where unknown, [n] share of the time since the start)

    >>> uncensored([[8.0, 0.0, 6.0, 4.0]], [[0, 1, 0.25, 0]], [0])[0].tolist()
    [[8.0, nan, 8.0, 4.0]]
    """
    demand = matrix(demand)
    share = columns(stocked_out=stocked_out)[0]
    if share.shape != demand.shape or (share > 1).any():
        raise ValueError("stocked_out must be [articles, periods] within 0..1")
    counted = np.arange(demand.shape[1]) >= np.asarray(start)[:, None]
    counted &= ~np.isnan(demand)
    share = np.where(counted, share, 0.0)
    time = counted.sum(axis=1)
    masked = share > max_share
    # How many of them, itself included, there are from each one on.
    later = np.cumsum(masked[:, ::-1], axis=1)[:, ::-1]
    masked &= later <= (time * (1.0 - 1.0 / max_uplift))[:, None]
    factor = np.minimum(1.0 / np.maximum(1.0 - share, 1e-9), max_uplift)
    factor = np.where(share > max_share, 1.0, factor)
    lifted = np.where(demand > 0, demand * factor, demand)
    censored = share.sum(axis=1) / np.maximum(time, 1)
    return np.where(masked, np.nan, lifted), censored


def first_sale(demand) -> np.ndarray:
    """First period with demand [n]; the number of periods where there is none.

    >>> first_sale([[0, 0, 2], [0, 0, 0]]).tolist()
    [2, 3]
    """
    sold = np.nan_to_num(matrix(demand)) > 0
    return np.where(sold.any(axis=1), sold.argmax(axis=1), sold.shape[1])


def propose_outliers(demand, factor: float = 6.0, least: int = 8) -> np.ndarray:
    """Quantities to propose as one-offs, for a user to confirm.

    A demand above the median of the article's demands + ``factor`` robust
    deviations (1.4826 x median absolute deviation, but at least half the median)
    is proposed, with the part above that limit.

    :param demand: [n, t]; periods without demand do not count
    :param least: demands an article must have before anything is proposed
    :returns: [n, t] units above the limit, 0 elsewhere

    >>> propose_outliers([[5, 6, 5, 4, 5, 6, 5, 90]])[0, -1].item()
    70.0
    """
    demand = matrix(demand)
    sizes = np.where(np.nan_to_num(demand) > 0, demand, np.nan)
    enough = (~np.isnan(sizes)).sum(axis=1) >= least
    known = np.where(enough[:, None], sizes, 0.0)
    middle = np.nanmedian(known, axis=1, keepdims=True)
    spread = np.nanmedian(np.abs(known - middle), axis=1, keepdims=True)
    limit = middle + factor * np.maximum(MAD_TO_SD * spread, 0.5 * middle)
    over = np.where(enough[:, None], np.nan_to_num(sizes) - limit, 0.0)
    return np.maximum(over, 0.0)


def to_buckets(demand, width: int) -> np.ndarray:
    """Sums over ``width`` periods, the last bucket ending with the last period.

    Earliest periods that fill no bucket are dropped. A bucket is unknown (NaN)
    only if all of its periods are; else the known ones are scaled to the whole.

    >>> to_buckets([[9, 1, 1, 2, 2]], 2).tolist()
    [[2.0, 4.0]]
    """
    demand = matrix(demand)
    if width < 1:
        raise ValueError("width must be at least 1")
    whole = demand.shape[1] // width
    cut = demand[:, demand.shape[1] - whole * width :].reshape(
        len(demand), whole, width
    )
    seen = (~np.isnan(cut)).sum(axis=2)
    total = np.nan_to_num(cut).sum(axis=2)
    return np.where(seen > 0, total * width / np.maximum(seen, 1), np.nan)


def inherit(demand, predecessor) -> np.ndarray:
    """Add to each article the history of the one it replaces.

    :param demand: [n, t]; ``predecessor``: int [n], row of the replaced article
        or -1. Chains are followed; a circle is a ValueError.
    """
    demand = matrix(demand)
    successor_of = np.asarray(predecessor)
    result, current = demand.copy(), successor_of.copy()
    for _ in range(len(demand)):
        has = current >= 0
        if not has.any():
            return result
        old = demand[current[has]]
        mine = result[has]
        both = np.isnan(mine) & np.isnan(old)
        total = np.nan_to_num(mine) + np.nan_to_num(old)
        result[has] = np.where(both, np.nan, total)
        current[has] = successor_of[current[has]]
    if (current >= 0).any():
        raise ValueError("articles replace each other in a circle")
    return result
