"""Tail of lead-time demand: half a normal, half a gamma distribution.

The normal has too thin a tail for lumpy demand, the gamma too thick a one for
estimates from few observations; their even mixture did best on real assortments.
"""

from __future__ import annotations

from functools import lru_cache
from math import lgamma

import numpy as np

from . import normal

# Grid of the gamma tail: shape and level in standard deviations, geometric.
_SHAPES = np.geomspace(1e-3, 1e3, 181)
_LEVELS = np.geomspace(1e-6, 100.0, 481)
_FLOOR = 1e-30


def gamma_tail(x, shape) -> np.ndarray:
    """1 - regularised lower incomplete gamma function, P(G > x), scale 1.

    Series below shape + 1, Lentz's continued fraction above (Abramowitz and
    Stegun 6.5.29 and 6.5.31).

    >>> gamma_tail([0.0, 1.0, 5.0], 1.0).round(6).tolist()
    [1.0, 0.367879, 0.006738]
    """
    x, shape = np.broadcast_arrays(
        np.asarray(x, dtype=np.float64), np.asarray(shape, dtype=np.float64)
    )
    gammas = np.vectorize(lgamma, otypes=[float])(shape)
    positive = np.maximum(x, 1e-300)
    front = np.exp(np.clip(shape * np.log(positive) - positive - gammas, -700, 700))
    low = np.minimum(positive, shape + 1.0)
    term = 1.0 / shape
    total = term.copy()
    for i in range(1, 600):
        term = term * low / (shape + i)
        total += term
        if (term <= total * 1e-16).all():
            break
    high = np.maximum(positive, shape + 1.0)
    b = high + 1.0 - shape
    c, d = np.full(x.shape, 1e300), 1.0 / b
    fraction = d.copy()
    for i in range(1, 600):
        a = -i * (i - shape)
        b = b + 2.0
        d = 1.0 / (a * d + b)
        c = b + a / c
        fraction = fraction * c * d
        if (np.abs(c * d - 1.0) < 1e-15).all():
            break
    upper = np.where(x > shape + 1.0, front * fraction, 1.0 - front * total)
    return np.clip(np.where(x > 0, upper, 1.0), 0.0, 1.0)


@lru_cache(maxsize=1)
def _table() -> np.ndarray:
    """log P(G > level sd) by log shape and log level."""
    points = _LEVELS[None, :] * np.sqrt(_SHAPES)[:, None]
    values = gamma_tail(points, np.broadcast_to(_SHAPES[:, None], points.shape))
    return np.log(np.maximum(values, _FLOOR))


class DemandTail:
    """P(demand > x) for articles with given mean and deviation, arrays [n].

    The gamma part is read from a table (relative error below 0.1 % where the
    tail matters); where sigma is 0 the demand is its mean.
    """

    def __init__(self, mean, sigma):
        self.mean = np.asarray(mean, dtype=np.float64)
        sigma = np.asarray(sigma, dtype=np.float64)
        self.certain = sigma <= 0
        self.sigma = np.where(self.certain, 1.0, sigma)
        shape = (np.maximum(self.mean, 1e-12) / self.sigma) ** 2
        step = np.log(_SHAPES[1] / _SHAPES[0])
        place = np.log(np.clip(shape, _SHAPES[0], _SHAPES[-1]) / _SHAPES[0]) / step
        self._row = np.minimum(place.astype(int), len(_SHAPES) - 2)
        self._share = place - self._row

    def __call__(self, x) -> np.ndarray:
        """P(demand > x); x [n] or [k, n]."""
        x = np.asarray(x, dtype=np.float64)
        plain = normal.tail((x - self.mean) / self.sigma)
        mixed = 0.5 * (plain + self._gamma(np.maximum(x, 0.0) / self.sigma))
        mixed = np.where(x < 0, 0.5 * (plain + 1.0), mixed)
        return np.where(self.certain, (x < self.mean) * 1.0, mixed)

    def _gamma(self, level):
        table = _table()
        step = np.log(_LEVELS[1] / _LEVELS[0])
        place = np.log(np.clip(level, _LEVELS[0], _LEVELS[-1]) / _LEVELS[0]) / step
        column = np.minimum(place.astype(int), len(_LEVELS) - 2)
        part = place - column
        flat = self._row * len(_LEVELS) + column
        values = table.ravel()
        low = values[flat] * (1 - part) + values[flat + 1] * part
        flat = flat + len(_LEVELS)
        high = values[flat] * (1 - part) + values[flat + 1] * part
        return np.exp(low * (1 - self._share) + high * self._share)


# Distances from the lowest level looked at, in standard deviations.
_STEPS = np.concatenate([np.linspace(0.0, 4.0, 33), np.geomspace(4.25, 30.0, 23)])


def level_for(mean, sigma, probability, quantity=None) -> np.ndarray:
    """Largest s >= 0 with P(D > s) - P(D > s + Q) >= probability; else 0.

    Without ``quantity`` the second term is left out (one cycle). The chances
    are computed on a grid of levels, upwards from where their difference is
    largest, and interpolated in their logarithm.

    :param mean: [n] units; ``sigma``: [n] units
    :param probability: [n] or [k, n], above 0
    :param quantity: [n] order quantity
    """
    mean = np.atleast_1d(np.asarray(mean, dtype=np.float64))
    sigma = np.broadcast_to(np.asarray(sigma, dtype=np.float64), mean.shape)
    tail = DemandTail(mean, sigma)
    if quantity is None:
        start = np.maximum(mean - 4.0 * sigma, 0.0)
        levels = start + _STEPS[:, None] * sigma * (34.0 / 30.0)
        chance = tail(levels)
    else:
        quantity = np.broadcast_to(np.asarray(quantity, dtype=np.float64), mean.shape)
        start = np.maximum(mean - quantity / 2.0, 0.0)
        # The steps reach 30 deviations above the mean.
        stretch = (mean - start) / 30.0 + sigma
        levels = start + _STEPS[:, None] * stretch
        chance = tail(levels) - tail(levels + quantity)
    chance = np.minimum.accumulate(np.log(np.maximum(chance, _FLOOR)), axis=0)
    wanted = np.log(np.maximum(probability, 1e-12))
    shape = np.broadcast_shapes(wanted.shape, mean.shape)
    wanted = np.broadcast_to(wanted, shape)
    # Number of grid points whose chance is still high enough.
    reached = np.zeros(shape, dtype=np.intp)
    for row in chance:
        reached += row >= wanted
    after = np.clip(reached, 1, len(_STEPS) - 1)
    column = np.broadcast_to(np.arange(len(mean)), shape)
    high, low = chance[after - 1, column], chance[after, column]
    gap = np.where(high > low, high - low, 1.0)
    share = np.clip((high - wanted) / gap, 0.0, 1.0)
    below, above = levels[after - 1, column], levels[after, column]
    level = below + share * (above - below)
    level = np.where(reached > 0, level, 0.0)
    return np.where(tail.certain, mean * (wanted < 0), level)
