"""Key figures of an inventory: turnover, days, cover, excess, dead stock."""

from __future__ import annotations

import numpy as np

from ._arrays import columns, matrix

DAYS_PER_YEAR = 365.0


def average_inventory(value) -> np.ndarray:
    """Time-weighted mean [n] of daily stock values [n, days].

    Two points, as balance sheets have them, miss what happens between; NaN days
    are left out.
    """
    value = matrix(value, "value")
    known = ~np.isnan(value)
    return np.nan_to_num(value).sum(axis=1) / np.maximum(known.sum(axis=1), 1)


def turns(cost_of_goods, inventory, days) -> np.ndarray:
    """Stock turns per year: yearly cost of goods / average inventory value.

    :param cost_of_goods: [n] in the ``days``; ``inventory``: [n] average value
    :returns: inf where goods were sold without stock, NaN where neither was

    >>> turns([730, 0], [100, 50], 365).tolist()
    [7.3, 0.0]
    """
    goods, stock, days = columns(
        cost_of_goods=cost_of_goods, inventory=inventory, days=days
    )
    if (days == 0).any():
        raise ValueError("days must be above 0")
    yearly = goods * DAYS_PER_YEAR / days
    nothing = np.where(yearly > 0, np.inf, np.nan)
    return np.where(stock > 0, yearly / np.where(stock > 0, stock, 1.0), nothing)


def days_of_inventory(cost_of_goods, inventory, days) -> np.ndarray:
    """365 / turns: how long the average stock lasts at the past rate."""
    rate = turns(cost_of_goods, inventory, days)
    return np.where(rate > 0, DAYS_PER_YEAR / np.where(rate > 0, rate, 1.0), np.inf)


def days_of_cover(on_hand, forecast) -> np.ndarray:
    """Days until stock is used up by the forecast [n, days], [n].

    A projection, not a ratio to the mean: within the day it runs out the share of
    the day counts. inf where the forecast does not use it up.

    >>> days_of_cover([5, 2], [[2, 2, 2], [0, 0, 0]]).tolist()
    [2.5, inf]
    """
    forecast = matrix(forecast, "forecast")
    stock = columns(on_hand=on_hand)[0]
    if stock.shape != forecast.shape[:1]:
        raise ValueError(f"on_hand {stock.shape} and forecast {forecast.shape}")
    used = np.cumsum(np.maximum(np.nan_to_num(forecast), 0.0), axis=1)
    # used >= stock and something was left before
    over = (used >= stock[:, None]) & (stock[:, None] > 0)
    day = over.argmax(axis=1)
    rows = np.arange(len(stock))
    before = np.where(day > 0, used[rows, np.maximum(day - 1, 0)], 0.0)
    on_day = np.maximum(used[rows, day] - before, 1e-300)
    cover = day + (stock - before) / on_day
    return np.where(over.any(axis=1), cover, np.where(stock > 0, np.inf, 0.0))


def excess(on_hand, on_order, order_up_to) -> np.ndarray:
    """Units of stock and orders above the order-up-to level, at least 0."""
    stock, coming, top = columns(
        on_hand=on_hand, on_order=on_order, order_up_to=order_up_to
    )
    return np.maximum(stock + coming - top, 0.0)


def movement_class(days_since_movement, limits=(90, 180, 365)) -> np.ndarray:
    """Ladder of age, int8: 0 moving, 1 slow, 2 excess, 3 dead.

    >>> movement_class([10, 90, 200, 400]).tolist()
    [0, 1, 2, 3]
    """
    days = columns(days_since_movement=days_since_movement)[0]
    if list(limits) != sorted(limits):
        raise ValueError(f"limits must rise, got {limits}")
    return np.searchsorted(limits, days, side="right").astype(np.int8)


def forecast_error(actual, forecast) -> tuple[float, float]:
    """(bias, WAPE) of forecasts: sums of error and of its size / sum of demand.

    Positive bias is a forecast too high; NaN cells are left out.

    >>> forecast_error([10, 10], [12, 9])
    (0.05, 0.15)
    """
    actual = np.asarray(actual, dtype=np.float64)
    forecast = np.asarray(forecast, dtype=np.float64)
    if actual.shape != forecast.shape:
        raise ValueError(f"shapes differ: {actual.shape} and {forecast.shape}")
    known = ~np.isnan(actual) & ~np.isnan(forecast)
    error, total = (forecast - actual)[known], actual[known].sum()
    if total <= 0:
        return float("nan"), float("nan")
    return float(error.sum() / total), float(np.abs(error).sum() / total)
