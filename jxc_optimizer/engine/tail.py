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

    The gamma part is read from a table (relative error about 1 % where the
    tail matters); where sigma is 0 the demand is its mean.
    """

    def __init__(self, mean, sigma):
        self.mean = np.asarray(mean, dtype=np.float64)
        sigma = np.asarray(sigma, dtype=np.float64)
        self.certain = sigma <= 0
        self.sigma = np.where(self.certain, 1.0, sigma)
        shape = (np.maximum(self.mean, 1e-12) / self.sigma) ** 2
        # Of so steady a demand the gamma is a normal, and beyond the table.
        self.steady = shape > _SHAPES[-1]
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
        mixed = np.where(self.steady, plain, mixed)
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


class LevelTable:
    """Levels by accepted chance of a shortage, for articles [n].

    The chances P(D > s) - P(D > s + Q) (without a quantity P(D > s), one cycle)
    are computed on a grid of levels, upwards from where they are largest, and
    interpolated in their logarithm. Building it is the dear part: ask one table
    for all the chances.

    :param mean: [n] units; ``sigma``: [n] units
    :param quantity: [n] order quantity, or None
    """

    def __init__(self, mean, sigma, quantity=None):
        self.mean = np.atleast_1d(np.asarray(mean, dtype=np.float64))
        sigma = np.broadcast_to(np.asarray(sigma, dtype=np.float64), self.mean.shape)
        tail = DemandTail(self.mean, sigma)
        self.certain = tail.certain
        if quantity is None:
            start = np.maximum(self.mean - 4.0 * sigma, 0.0)
        else:
            quantity = np.asarray(quantity, dtype=np.float64)
            start = np.maximum(self.mean - quantity / 2.0, 0.0)
        # The steps reach 30 deviations above the mean.
        stretch = (self.mean - start) / 30.0 + sigma
        self.levels = start + _STEPS[:, None] * stretch
        chance = tail(self.levels)
        if quantity is not None:
            chance = chance - tail(self.levels + quantity)
        chance = np.log(np.maximum(chance, _FLOOR))
        self.chance = np.minimum.accumulate(chance, axis=0)

    def __call__(self, probability) -> np.ndarray:
        """Largest s >= 0 whose chance is at least ``probability``, else 0.

        :param probability: [n] or [k, n], above 0
        """
        wanted = np.log(np.maximum(probability, 2.0 * _FLOOR))
        wanted = np.broadcast_to(
            wanted, np.broadcast_shapes(wanted.shape, self.mean.shape)
        )
        # Number of grid points whose chance is still high enough, counted in bytes.
        count = np.zeros(wanted.shape, dtype=np.int8)
        enough = np.empty(wanted.shape, dtype=bool)
        for row in self.chance:
            np.greater_equal(row, wanted, out=enough)
            count += enough.view(np.int8)
        reached = count.astype(np.intp)
        after = np.clip(reached, 1, len(_STEPS) - 1)
        low_at = after * len(self.mean) + np.arange(len(self.mean))
        high_at = low_at - len(self.mean)
        high, low = self.chance.take(high_at), self.chance.take(low_at)
        gap = np.where(high > low, high - low, 1.0)
        share = np.clip((high - wanted) / gap, 0.0, 1.0)
        below, above = self.levels.take(high_at), self.levels.take(low_at)
        level = np.where(reached > 0, below + share * (above - below), 0.0)
        return np.where(self.certain, self.mean * (wanted < 0), level)
