"""Mean and deviation of demand over the protection interval, for all articles.

``fit`` learns what is shared from a sample of articles (or all of them) and gives
a small object that can be stored as JSON; ``estimate`` applies it to any articles.
Time is counted in buckets (weeks, or months), bucket ``now`` is the last known.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from . import forecast, variance
from .forecast import ForecastModel, States
from .variance import VarianceModel

MAX_ORIGINS = 40
FIRST_ORIGIN = 4


@dataclass(frozen=True)
class Estimators:
    """Everything the articles share; ``as_dict`` is plain JSON data."""

    forecast: ForecastModel
    variance: VarianceModel

    def as_dict(self) -> dict:
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict) -> Estimators:
        return cls(ForecastModel(**data["forecast"]), VarianceModel(**data["variance"]))


@dataclass(frozen=True)
class Estimates:
    """Per article [n]: rates per bucket, and demand over the interval."""

    rate: np.ndarray  # mean of the four forecasts
    rates: np.ndarray  # [4, n] the forecasts it is the mean of, last the year's
    mean: np.ndarray  # over lead time + review, units
    sigma: np.ndarray  # standard deviation of the error of that mean
    sigmas: np.ndarray  # [4, n] the estimates it is the geometric mean of
    evidence: np.ndarray  # independent past forecasts behind the article's own


def whole_length(interval) -> np.ndarray:
    """Interval in whole buckets, at least one, to measure past errors over."""
    return np.maximum(np.round(np.asarray(interval, dtype=np.float64)), 1).astype(int)


def fit(known: States, now: int, interval) -> Estimators:
    """Learn pooled forecast corrections and variances from the past up to ``now``.

    :param interval: [n] lead time + review, in buckets
    """
    length = whole_length(interval)
    origins = _origins(now)
    model = forecast.fit(known, now, length, origins)
    past = _Past(known, now, length, model)
    laws = [
        variance.fit_power_law(past.rate_now[j], past.squared[j], past.weight)
        for j in (0, 1)
    ]
    third = past.fit_gamma(laws[1][0])
    return Estimators(
        model,
        VarianceModel(laws[0][0], laws[1][0], laws[0][1], laws[1][1], third),
    )


def estimate(
    known: States,
    now: int,
    interval,
    estimators: Estimators,
    lead_time_sd=0.0,
    year: int = 52,
) -> Estimates:
    """Apply ``estimators`` to the articles as they stand after bucket ``now``.

    To the three forecasts and variances of their errors come the plain mean and
    deviation of the last year: they know less, but their errors are others.

    :param interval: [n] lead time + review, in buckets
    :param lead_time_sd: [n] standard deviation of the lead time, in buckets
    :param year: buckets of a year
    """
    interval = np.broadcast_to(np.asarray(interval, dtype=np.float64), known.shape[0])
    length = whole_length(interval)
    model = estimators.variance
    past = _Past(known, now, length, estimators.forecast)
    variances = np.stack(
        [
            variance.shrunk(
                past.rate_now[0], past.squared[0], past.weight,
                model.first, model.first_prior,
            ),
            variance.shrunk(
                past.rate_now[1], past.squared[1], past.weight,
                model.second, model.second_prior,
            ),
            past.gamma_now(model.second, model.third),
        ]
    )  # fmt: skip
    sells = past.rates[0][:, -1] > 0
    plain_mean, plain_sd = known.trailing(now, year)
    rates = np.stack([*(r[:, -1] for r in past.rates), plain_mean])
    rates = np.where(sells, rates, 0.0)
    rate = rates.mean(axis=0)
    # Measured over whole buckets; errors grow with the root of the interval.
    variances = variances * (interval / length)
    # A year with a single sale, or none, has no deviation of its own.
    plain = np.maximum(plain_sd**2 * interval, 0.04 * variances.min(axis=0))
    variances = np.vstack([variances, plain])
    variances = variances + (rate * np.asarray(lead_time_sd)) ** 2
    variances = np.where(sells, variances, 0.0)
    return Estimates(
        rate=rate,
        rates=rates,
        mean=rate * interval,
        sigma=np.exp(np.log(np.maximum(variances, 1e-300)).mean(axis=0) / 2) * sells,
        sigmas=np.sqrt(variances),
        evidence=past.weight,
    )


def _origins(now: int) -> np.ndarray:
    """Buckets of past forecasts, evenly back from ``now``, rising."""
    step = max(1, -(-(now + 1) // MAX_ORIGINS))
    origins = np.arange(now, -1, -step)[::-1]
    return origins[(origins >= FIRST_ORIGIN) | (origins == now)]


class _Past:
    """Forecasts at past origins and their errors over the interval."""

    def __init__(self, known: States, now: int, length, model: ForecastModel):
        self.length = length
        origins = _origins(now)
        step = origins[-1] - origins[-2] if len(origins) > 1 else 1
        self.rates = forecast.predict(known, model, origins)
        ended = origins[None, :] + length[:, None] <= now
        actual = known.window(origins, length)
        self.use = ended & ~np.isnan(actual) & (self.rates[0] > 0)
        error = [
            np.where(self.use, actual - rate * length[:, None], 0.0)
            for rate in self.rates
        ]
        self.error2 = [e * e for e in error]
        # Overlapping windows are not independent.
        self.overlap = np.minimum(1.0, step / length)
        counted = self.use.sum(axis=1)
        self.weight = counted * self.overlap
        self.squared = [e.sum(axis=1) / np.maximum(counted, 1) for e in self.error2]
        self.rate_now = [np.maximum(rate[:, -1], 1e-6) for rate in self.rates]
        self.known, self.origins, self.lag = known, origins, -(-length // step)

    def _regressors(self, law, part=slice(None)):
        """Regressors of the gamma regression at some of the origins."""
        known, origins = self.known, self.origins[part]
        rate = np.maximum(self.rates[2][:, part], 1e-6)
        age = np.maximum(known.age[:, origins], 1)
        times = np.maximum(known.times[:, origins], 1)
        levels = known.levels[:, :, origins]
        change = np.abs(levels[-2] - levels[0]) / np.maximum(levels.mean(axis=0), 1e-6)
        columns = [
            *np.moveaxis(variance.power_terms(rate), -1, 0),
            times / age,
            np.minimum(known.silence[:, origins] * times / age, 5.0),
            np.minimum(change, 3.0),
            np.log(np.broadcast_to(self.length[:, None], rate.shape)),
        ]
        # Own errors known at each origin: windows that had ended by then.
        count = np.cumsum(self.use, axis=1)
        total = np.cumsum(self.error2[1], axis=1)
        column = np.arange(len(self.origins))[part] - self.lag[:, None]
        rows = np.arange(len(rate))[:, None]
        past = np.maximum(column, 0)
        known_count = np.where(column >= 0, count[rows, past], 0)
        known_total = np.where(column >= 0, total[rows, past], 0.0)
        weight = known_count * self.overlap[:, None]
        squared = known_total / np.maximum(known_count, 1)
        terms = variance.power_terms(np.maximum(self.rates[1], 1e-6))
        # of all origins: of a part of them the product could round another way
        line = np.exp(np.clip((terms @ np.asarray(law))[:, part], -60, 60))
        ratio = np.minimum(squared / line, variance.LARGEST_RATIO)
        # Four observations of the law keep young articles near it.
        own = np.log((ratio * weight + 4.0) / (weight + 4.0))
        return np.stack([*columns, own], axis=-1)

    def fit_gamma(self, law) -> list:
        """Coefficients of squared errors of the third forecast."""
        regressors = self._regressors(law)
        rows = variance.thin(np.flatnonzero(self.use))
        return variance.gamma_regression(
            regressors.reshape(-1, regressors.shape[-1])[rows],
            self.error2[2].ravel()[rows],
        ).tolist()

    def gamma_now(self, law, coefficients) -> np.ndarray:
        """[n] expected squared error of the forecast at the last origin."""
        last = self._regressors(law, slice(-1, None))[:, -1]
        return np.exp(np.clip(last @ np.asarray(coefficients), -60, 60))
