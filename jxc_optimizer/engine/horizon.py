"""Forecast per bucket ahead with an interval, for charts and projections."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ._arrays import columns, matrix
from .tail import LevelTable


@dataclass(frozen=True)
class Horizon:
    """Demand expected and its interval, units, [n, h]."""

    mean: np.ndarray  # of each bucket ahead
    low: np.ndarray
    high: np.ndarray
    total: np.ndarray  # of all buckets up to it
    total_low: np.ndarray
    total_high: np.ndarray


def horizon(rate, sd, buckets: int, coverage: float = 0.8, season=None) -> Horizon:
    """Expected demand of the next buckets with its central interval.

    Demand is taken as half normal, half gamma distributed, as the levels take it
    (``tail``). The deviation of a sum grows with the root of the buckets; a season
    stretches mean and deviation alike.

    :param rate: [n] expected demand per average bucket
    :param sd: [n] standard deviation of the error in one bucket: that of
        ``Estimates`` without the part of the lead time, over the root of the
        interval
    :param buckets: how many ahead, at least 1
    :param coverage: probability that demand lies within, above 0 and below 1
    :param season: [n, buckets] demand relative to an average bucket, None = 1
    """
    if not 0 < coverage < 1:
        raise ValueError(f"coverage must be within 0..1, got {coverage}")
    if buckets < 1:
        raise ValueError(f"buckets must be at least 1, got {buckets}")
    rate, sd = np.atleast_1d(*columns(rate=rate, sd=sd))
    shape = (len(rate), buckets)
    season = np.ones(shape) if season is None else matrix(season, "season")
    if season.shape != shape or not (season >= 0).all():
        raise ValueError(f"season must be {list(shape)} and not negative")
    mean, variance = rate[:, None] * season, (sd[:, None] * season) ** 2
    total, wide = np.cumsum(mean, axis=1), np.cumsum(variance, axis=1)
    return Horizon(
        mean,
        *_interval(mean, np.sqrt(variance), coverage),
        total,
        *_interval(total, np.sqrt(wide), coverage),
    )


def _interval(mean, sigma, coverage):
    table = LevelTable(mean.ravel(), sigma.ravel())
    certain = sigma <= 0
    for above in ((1.0 + coverage) / 2.0, (1.0 - coverage) / 2.0):
        level = table(np.full(mean.size, above)).reshape(mean.shape)
        yield np.where(certain, mean, level)
