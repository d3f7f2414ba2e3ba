"""How near forecasts came to what was sold, and what it is measured against.

WAPE weighs every unit alike and says nothing of how hard an article is to forecast.
MASE (Hyndman and Koehler 2006) divides each error by what repeating the last period
would have missed on the same history: below 1 is better than that.
"""

from __future__ import annotations

import numpy as np

from ._arrays import columns, matrix


def naive_scale(demand) -> np.ndarray:
    """Mean absolute change [n] from one period to the next.

    :param demand: [n, t], NaN = not known; NaN with fewer than two periods in a row

    >>> naive_scale([[4, 6, 3, np.nan, 8]]).tolist()
    [2.5]
    """
    demand = matrix(demand)
    change = np.abs(np.diff(demand, axis=1))
    known = ~np.isnan(change)
    count = known.sum(axis=1)
    total = np.where(known, change, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def scaled_error(actual, forecast, scale) -> np.ndarray:
    """Absolute errors [n] in units of ``naive_scale``; NaN where that is 0 or NaN.

    >>> scaled_error([10, 10], [13, 9], [2, 0]).tolist()
    [1.5, nan]
    """
    actual, forecast, scale = (
        np.asarray(values, dtype=np.float64) for values in (actual, forecast, scale)
    )
    usable = scale > 0
    error = np.abs(actual - forecast)
    return np.where(usable, error / np.where(usable, scale, 1.0), np.nan)


def value_added(actual, forecast, extra, weight=1.0) -> tuple[float, float]:
    """Weighted absolute error without and with a part of the forecasts.

    The part added value as far as the first is above the second.

    :param actual: [n]; ``forecast``: [n] with the part; ``extra``: [n] the part
    :param weight: [n], for instance unit costs

    >>> value_added([10, 10], [12, 9], [4, -3])
    (4.0, 3.0)
    """
    weight = columns(weight=weight)[0]
    actual, forecast, extra = (
        np.asarray(values, dtype=np.float64) for values in (actual, forecast, extra)
    )
    without = np.abs(actual - (forecast - extra)) * weight
    return float(without.sum()), float((np.abs(actual - forecast) * weight).sum())
