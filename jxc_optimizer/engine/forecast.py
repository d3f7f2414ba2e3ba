"""Demand rates: smoothed levels combined, and corrected by what all share.

Three forecasts are made here: the mean of four exponentially smoothed levels and
the mean of the history; the same plus a ridge regression, pooled over articles,
on the differences of the levels; and that with the time since the last sale as
a further regressor. ``estimate`` averages them with the mean of the last year.
All are means per bucket (week or month).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ._arrays import matrix

ALPHAS = (0.03, 0.08, 0.2, 0.4)
# Share of buckets with demand that separates the pools.
POOLS = (0.15, 0.4, 0.75)
# Demand of real assortments varies about as mean ** 1.5 (Taylor's law), so
# regressions divide by mean ** 0.75.
SPREAD = 0.75
# Rows of evidence at which a pool counts as much as the whole.
POOL_EVIDENCE = 2000.0
RIDGE = 50.0
MAX_ROWS = 300_000
SECOND = 6  # regressors of the second forecast, of which the third has more


@dataclass(frozen=True)
class States:
    """What is known after each bucket, from that bucket and earlier ones only.

    ``levels`` [a + 1, n, t]: smoothed levels, last the mean of the history.
    ``age``, ``times``, ``silence`` [n, t]: buckets on sale, buckets with
    demand, buckets since the last demand. ``total``, ``seen``, ``square``
    [n, t + 1]: demand, buckets on sale, squared demand before bucket t.
    """

    levels: np.ndarray
    age: np.ndarray
    times: np.ndarray
    silence: np.ndarray
    total: np.ndarray
    seen: np.ndarray
    square: np.ndarray

    @property
    def shape(self) -> tuple[int, int]:
        return self.age.shape

    def window(self, origins, length):
        """Demand of the ``length`` [n] buckets after each origin [m], [n, m].

        NaN where the window leaves the data or has a bucket not on sale.
        """
        count, buckets = self.shape
        end = np.asarray(origins)[None, :] + 1 + np.asarray(length)[:, None]
        rows, inside = np.arange(count)[:, None], end <= buckets
        end = np.minimum(end, buckets)
        first = np.asarray(origins)[None, :] + 1
        demand = self.total[rows, end] - self.total[rows, first]
        whole = self.seen[rows, end] - self.seen[rows, first]
        complete = inside & (whole == np.asarray(length)[:, None])
        return np.where(complete, demand, np.nan)

    def trailing(self, now: int, length: int):
        """Mean and sample deviation [n] of the last ``length`` buckets on sale."""
        first = max(now + 1 - length, 0)
        seen = np.maximum(self.seen[:, now + 1] - self.seen[:, first], 1.0)
        mean = (self.total[:, now + 1] - self.total[:, first]) / seen
        square = (self.square[:, now + 1] - self.square[:, first]) / seen
        spread = np.maximum(square - mean**2, 0.0) * seen / np.maximum(seen - 1, 1)
        return mean, np.sqrt(spread)


@dataclass(frozen=True)
class ForecastModel:
    """Pooled coefficients [pools, regressors]; plain lists for storage."""

    second: list
    third: list


def smooth(demand, alpha: float) -> np.ndarray:
    """Simple exponential smoothing, weights normalised from the first value.

    The level after period t is the average of x_0..x_t with weights falling by
    1 - alpha per period, so that no starting value has to be invented. NaN
    leaves the level as it is; before the first value it is 0.

    >>> smooth([[4.0, 0.0]], 0.5).round(4).tolist()
    [[4.0, 1.3333]]
    """
    demand = matrix(demand)
    if not 0 < alpha <= 1:
        raise ValueError(f"alpha must be within 0..1, got {alpha}")
    known = np.ascontiguousarray(~np.isnan(demand).T)
    value = np.where(known, demand.T, 0.0)
    return _smooth(value, known, alpha).T


def _smooth(value, known, alpha: float) -> np.ndarray:
    """``smooth`` of periods in rows, [t, n]: each step reads and writes one run."""
    result = np.empty(value.shape)
    top, weight = np.zeros(value.shape[1]), np.zeros(value.shape[1])
    for now, amount, level in zip(known, value, result, strict=True):
        np.copyto(top, (1 - alpha) * top + alpha * amount, where=now)
        np.copyto(weight, (1 - alpha) * weight + alpha, where=now)
        np.divide(top, np.where(weight > 0, weight, 1.0), out=level)
    return result


def ses(demand, alpha: float) -> np.ndarray:
    """Simple exponential smoothing that starts at the first value.

    The level after each period [n, t], the textbook's recursion.

    >>> ses([[4.0, 0.0]], 0.5).tolist()
    [[4.0, 2.0]]
    """
    demand = matrix(demand)
    result = np.empty(demand.shape)
    for t in range(demand.shape[1]):
        before = result[:, t - 1] if t else demand[:, 0]
        result[:, t] = alpha * demand[:, t] + (1 - alpha) * before
    return result


def croston(demand, alpha: float = 0.1, correct: bool = False) -> np.ndarray:
    """Croston's rate after the last period; ``correct`` gives SBA.

    Size and interval are smoothed at demands, from the first size and its
    position (Croston 1972); Syntetos and Boylan (2005) multiply by
    1 - alpha / 2. 0 without demand.

    >>> series = [[0, 0, 5, 0, 0, 0, 3, 0, 4, 0, 0, 6]]
    >>> croston(series).round(5).item(), croston(series, correct=True).round(5).item()
    (1.62086, 1.53982)
    """
    demand = matrix(demand)
    size, gap = np.zeros(len(demand)), np.ones(len(demand))
    since = np.zeros(len(demand))
    started = np.zeros(len(demand), dtype=bool)
    for value in demand.T:
        since += 1
        hit = value > 0
        first, later = hit & ~started, hit & started
        size = np.where(
            first, value, np.where(later, size + alpha * (value - size), size)
        )
        gap = np.where(first, since, np.where(later, gap + alpha * (since - gap), gap))
        started |= hit
        since = np.where(hit, 0.0, since)
    rate = np.where(started, size / gap, 0.0)
    return rate * (1 - alpha / 2) if correct else rate


def tsb(demand, alpha: float = 0.1, beta: float = 0.1) -> np.ndarray:
    """Rate of Teunter, Syntetos and Babai (2011) after the last period.

    The probability of demand is updated every period and so falls when nothing
    sells; it starts at 1 / position of the first demand.

    >>> tsb([[0, 0, 5, 0, 0, 0, 3, 0, 4, 0, 0, 6]]).round(5).item()
    1.75056
    """
    demand = matrix(demand)
    size, chance = np.zeros(len(demand)), np.zeros(len(demand))
    started = np.zeros(len(demand), dtype=bool)
    for t, value in enumerate(demand.T):
        hit = value > 0
        first, later = hit & ~started, hit & started
        size = np.where(
            first, value, np.where(later, size + alpha * (value - size), size)
        )
        moved = chance + beta * (hit - chance)
        chance = np.where(first, 1.0 / (t + 1), np.where(started, moved, chance))
        started |= hit
    return chance * size


def states(demand) -> States:
    """Levels and counts after each bucket.

    :param demand: [n, t] per bucket, NaN = not on sale or not known; below 0
        counts as 0
    """
    demand = matrix(demand)
    demand = np.where(demand < 0, 0.0, demand)
    count, buckets = demand.shape
    known = ~np.isnan(demand)
    value = np.where(known, demand, 0.0)
    age = np.cumsum(known, axis=1)
    times = np.cumsum(value > 0, axis=1)
    levels = np.empty((len(ALPHAS) + 1, count, buckets), dtype=np.float32)
    by_period = np.ascontiguousarray(value.T), np.ascontiguousarray(known.T)
    for i, alpha in enumerate(ALPHAS):
        levels[i] = _smooth(*by_period, alpha).T
    levels[-1] = np.cumsum(value, axis=1) / np.maximum(age, 1)
    # age at the latest demand, carried forward
    sold_at = np.maximum.accumulate(np.where(value > 0, age, 0), axis=1)

    def before(values) -> np.ndarray:
        total = np.zeros((count, buckets + 1))
        np.cumsum(values, axis=1, out=total[:, 1:])
        return total

    return States(
        levels=levels,
        age=age.astype(np.float32),
        times=times.astype(np.float32),
        silence=(age - sold_at).astype(np.float32),
        total=before(value),
        seen=before(known),
        square=before(value * value),
    )


def fit(known: States, now: int, length, origins) -> ForecastModel:
    """Pooled corrections from the windows that ended by bucket ``now``.

    :param now: last bucket that may be looked at
    :param length: [n] whole buckets of the protection interval
    :param origins: [m] buckets at which past forecasts are made
    """
    base, second, third, pool = design(known, origins)
    length = np.asarray(length)
    actual = known.window(origins, length) / length[:, None]
    open_ = np.asarray(origins)[None, :] + length[:, None] > now
    use = ~open_ & ~np.isnan(actual) & (base > 0)
    rows = np.flatnonzero(use)
    rows = rows[:: max(1, -(-len(rows) // MAX_ROWS))]
    scale = base.ravel()[rows] ** SPREAD
    miss = (actual - base).ravel()[rows] / scale
    if len(rows):  # a single enormous order must not steer the whole
        miss = np.minimum(miss, np.quantile(miss, 0.999))
    pools = pool.ravel()[rows]
    return ForecastModel(
        second=_pooled_ridge(_rows(second, rows) / scale[:, None], miss, pools),
        third=_pooled_ridge(_rows(third, rows) / scale[:, None], miss, pools),
    )


def predict(known: States, model: ForecastModel, origins) -> list[np.ndarray]:
    """The three rates per bucket at each origin, each [n, m], not below 0."""
    base, second, third, pool = design(known, origins)
    rates = [base]
    for regressors, weights in ((second, model.second), (third, model.third)):
        weights = np.asarray(weights)[pool]
        rate = base + np.einsum("nmp,nmp->nm", regressors, weights)
        rates.append(np.clip(rate, 0.1 * base, 4.0 * base))
    return rates


def design(known: States, origins):
    """Base rate [n, m], regressors [n, m, p] of both corrections, pool [n, m]."""
    levels = known.levels[:, :, origins].astype(np.float64)
    age, times = known.age[:, origins], known.times[:, origins]
    base = levels.mean(axis=0)
    interval = age / np.maximum(times, 1)
    quiet = known.silence[:, origins] / np.maximum(interval, 1)
    second = [base, base / np.maximum(age, 1), *(levels[:-1] - levels[-1])]
    third = [
        *second,
        base * np.minimum(quiet, 1.0),
        base * np.clip(quiet - 1.0, 0.0, 3.0),
        base * np.clip(quiet - 4.0, 0.0, 8.0),
    ]
    pool = np.searchsorted(POOLS, times / np.maximum(age, 1))
    return base, np.stack(second, axis=-1), np.stack(third, axis=-1), pool


def _rows(regressors, rows):
    return regressors.reshape(-1, regressors.shape[-1])[rows]


def _pooled_ridge(regressors, target, pools) -> list:
    """Coefficients per pool, shrunk to those of all rows."""
    width = regressors.shape[1]
    if len(regressors) == 0:
        return np.zeros((len(POOLS) + 1, width)).tolist()
    gram = regressors.T @ regressors
    typical = np.diag(gram) / len(regressors) + 1e-12
    whole = np.linalg.solve(gram + np.diag(RIDGE * typical), regressors.T @ target)
    rest = target - regressors @ whole
    result = []
    for pool in range(len(POOLS) + 1):
        mine = regressors[pools == pool]
        own = np.linalg.solve(
            mine.T @ mine + np.diag(POOL_EVIDENCE * typical),
            mine.T @ rest[pools == pool],
        )
        result.append((whole + own).tolist())
    return result
