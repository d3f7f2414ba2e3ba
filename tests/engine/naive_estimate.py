"""The estimation of demand once more, article by article in plain loops.

Written from the description in docs/theory.md, for comparison only. Shared with the
engine is nothing but ``gamma_regression``, which has tests of its own.
"""

import math

import numpy as np
from engine.variance import gamma_regression

ALPHAS = (0.03, 0.08, 0.2, 0.4)


def clip(value, low, high):
    return min(max(value, low), high)


class Moment:
    """An article after one bucket: its levels, and what sold how often."""

    def __init__(self, past):
        known = [x for x in past if not math.isnan(x)]
        self.age, self.times = len(known), sum(x > 0 for x in known)
        sold = [i for i, x in enumerate(known) if x > 0]
        self.silence = len(known) - 1 - sold[-1] if sold else len(known)
        self.levels = [self._smoothed(known, a) for a in ALPHAS]
        self.long_mean = sum(known) / len(known) if known else 0.0
        self.base = (sum(self.levels) + self.long_mean) / 5
        # In single precision, as states are kept: 3 of 20 lies just above 0.15.
        share = float(np.float32(self.times) / np.float32(max(self.age, 1)))
        self.pool = sum(share > limit for limit in (0.15, 0.4, 0.75))

    @staticmethod
    def _smoothed(known, alpha):
        weights = [(1 - alpha) ** i for i in range(len(known))][::-1]
        return sum(w * x for w, x in zip(weights, known, strict=True)) / (
            sum(weights) or 1
        )

    def regressors(self):
        base = self.base
        quiet = self.silence / max(self.age / max(self.times, 1), 1)
        second = [base, base / max(self.age, 1)]
        second += [level - self.long_mean for level in self.levels]
        third = [
            base * min(quiet, 1),
            base * clip(quiet - 1, 0, 3),
            base * clip(quiet - 4, 0, 8),
        ]
        return second, second + third

    def rates(self, model):
        """The three forecasts, per bucket."""
        found = [self.base]
        for terms, weights in zip(
            self.regressors(), (model.second, model.third), strict=True
        ):
            rate = self.base + float(np.dot(terms, weights[self.pool]))
            found.append(clip(rate, 0.1 * self.base, 4 * self.base))
        return found


def origins_of(now):
    step = max(1, math.ceil((now + 1) / 40))
    found = sorted(range(now, -1, -step))
    return [o for o in found if o >= 4 or o == now]


def coming(row, origin, length, now):
    """Demand of the window after an origin; None if not over or not known."""
    part = row[origin + 1 : origin + 1 + length]
    if origin + length > now or len(part) < length or any(map(math.isnan, part)):
        return None
    return sum(part)


def fit_forecast(rows, now, lengths):
    """Coefficients [pool] of the second and the third forecast."""
    kept = []
    for row, length in zip(rows, lengths, strict=True):
        for origin in origins_of(now):
            moment = Moment(row[: origin + 1])
            demand = coming(row, origin, length, now)
            if demand is not None and moment.base > 0:
                kept.append((moment, demand / length))
    scales = [m.base**0.75 for m, _demand in kept]
    misses = [(d - m.base) / s for (m, d), s in zip(kept, scales, strict=True)]
    misses = np.minimum(misses, np.quantile(misses, 0.999))
    pools = np.array([m.pool for m, _demand in kept])
    result = []
    for which in (0, 1):
        terms = np.array(
            [
                np.array(m.regressors()[which]) / s
                for (m, _d), s in zip(kept, scales, strict=True)
            ]
        )
        typical = (terms**2).mean(axis=0) + 1e-12
        whole = ridge(terms, misses, 50 * typical)
        rest = misses - terms @ whole
        result.append(
            [
                whole + ridge(terms[pools == p], rest[pools == p], 2000 * typical)
                for p in range(4)
            ]
        )
    return result


def ridge(terms, target, penalty):
    """Least squares with a row of its own for each penalty."""
    terms = np.vstack([terms, np.diag(np.sqrt(penalty))])
    target = np.concatenate([target, np.zeros(len(penalty))])
    return np.linalg.lstsq(terms, target, rcond=None)[0]


class Article:
    """Forecasts of one article at past origins, and their squared errors."""

    def __init__(self, row, now, length, model):
        origins = origins_of(now)
        step = origins[-1] - origins[-2] if len(origins) > 1 else 1
        self.length, self.lag = length, math.ceil(length / step)
        self.moments = [Moment(row[: o + 1]) for o in origins]
        self.rates = [m.rates(model) for m in self.moments]
        self.errors = []  # per origin: three squared errors, or None
        for origin, rates in zip(origins, self.rates, strict=True):
            demand = coming(row, origin, length, now)
            usable = demand is not None and rates[0] > 0
            self.errors.append(
                [(demand - r * length) ** 2 for r in rates] if usable else None
            )
        self.overlap = min(1.0, step / length)
        self.weight = sum(e is not None for e in self.errors) * self.overlap
        self.now = [max(rate, 1e-6) for rate in self.rates[-1]]
        recent = [x for x in row[max(now - 51, 0) : now + 1] if not math.isnan(x)]
        self.year_mean = float(np.mean(recent)) if recent else 0.0
        self.year_sd = float(np.std(recent, ddof=1)) if len(recent) > 1 else 0.0

    def squared(self, which, last=None):
        """(mean squared error, how many) of the origins up to ``last``."""
        known = [e[which] for e in self.errors[:last] if e is not None]
        return (sum(known) / len(known) if known else 0.0), len(known)

    def gamma_terms(self, place, law):
        """Regressors of the third variance at one origin."""
        moment, rates = self.moments[place], self.rates[place]
        log = math.log(max(rates[2], 1e-6))
        share = max(moment.times, 1) / max(moment.age, 1)
        mean = (sum(moment.levels) + moment.long_mean) / 5
        change = abs(moment.levels[-1] - moment.levels[0]) / max(mean, 1e-6)
        seen = max(place - self.lag + 1, 0)
        own, count = self.squared(1, seen)
        weight = count * self.overlap
        expected = power(law, max(rates[1], 1e-6))
        ratio = min(own / expected, 60)
        return [
            1.0,
            log,
            log * log,
            share,
            min(moment.silence * share, 5),
            min(change, 3),
            math.log(self.length),
            math.log((ratio * weight + 4) / (weight + 4)),
        ]


def power(law, rate):
    log = math.log(rate)
    return math.exp(clip(law[0] + law[1] * log + law[2] * log * log, -60, 60))


def drawn(ratio, weight):
    """Log of own variance / law, one observation of the law added."""
    return math.log((min(ratio, 60) * weight + 1) / (weight + 1))


def fit_variance(articles):
    """(laws, priors, third): what the articles share about their errors."""
    laws, priors = [], []
    for which in (0, 1):
        used = [a for a in articles if a.weight > 0]
        logs = np.log([a.now[which] for a in used])
        terms = np.stack([np.ones(len(used)), logs, logs**2], axis=1)
        squared = np.array([a.squared(which)[0] for a in used])
        weights = np.array([a.weight for a in used])
        law = gamma_regression(terms, squared, weights)
        ratios = [
            drawn(s / power(law, a.now[which]), a.weight)
            for s, a in zip(squared, used, strict=True)
        ]
        ratios = ratios - np.average(ratios, weights=weights)
        noise, spread = np.polyfit(
            1 / (weights + 1), np.minimum(np.square(ratios), 9), 1
        )
        laws.append(law)
        priors.append((max(spread, 0.02), max(noise, 1.0)))
    rows, target = [], []
    for article in articles:
        for place, error in enumerate(article.errors):
            if error is not None:
                rows.append(article.gamma_terms(place, laws[1]))
                target.append(error[2])
    return laws, priors, gamma_regression(rows, target)


def estimates(rows, now, intervals, model, shared, lead_time_sd):
    """(mean over the interval, its deviation) of each article."""
    laws, priors, third = shared
    found = []
    for row, interval, late in zip(rows, intervals, lead_time_sd, strict=True):
        length = max(round(interval), 1)
        article = Article(row, now, length, model)
        rates = [*article.rates[-1], article.year_mean]
        if article.rates[-1][0] <= 0:
            found.append((0.0, 0.0))
            continue
        rate = sum(rates) / 4
        variances = []
        for which in (0, 1):
            line = power(laws[which], article.now[which])
            spread, noise = priors[which]
            weight = article.weight
            share = spread / (spread + noise / (weight + 1))
            own = drawn(article.squared(which)[0] / line, weight)
            variances.append(line * math.exp(share * own if weight > 0 else 0))
        last = len(article.moments) - 1
        terms = article.gamma_terms(last, laws[1])
        variances.append(math.exp(clip(float(np.dot(terms, third)), -60, 60)))
        variances = [v * interval / length for v in variances]
        plain = max(article.year_sd**2 * interval, 0.04 * min(variances))
        variances = [v + (rate * late) ** 2 for v in [*variances, plain]]
        found.append((rate * interval, math.prod(variances) ** (1 / 8)))
    return found
