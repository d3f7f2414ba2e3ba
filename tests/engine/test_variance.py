"""Pooled variances against maximum likelihood, and against simulated truth."""

import numpy as np
import pytest
from engine import estimate, forecast, variance


def test_gamma_regression_finds_its_own_coefficients():
    rng = np.random.default_rng(13)
    x = np.stack([np.ones(20_000), rng.normal(size=20_000)], axis=1)
    mean = np.exp(x @ np.array([1.5, -0.8]))
    y = rng.gamma(0.5, mean / 0.5)
    np.testing.assert_allclose(variance.gamma_regression(x, y), [1.5, -0.8], atol=0.05)


def test_gamma_regression_equals_maximum_likelihood():
    optimize = pytest.importorskip("scipy.optimize")
    rng = np.random.default_rng(14)
    x = np.stack([np.ones(300), rng.normal(size=300)], axis=1)
    y = rng.gamma(2.0, np.exp(x @ np.array([0.3, 0.5])) / 2.0)

    def deviance(b):
        linear = x @ b
        return (y * np.exp(-linear) + linear).sum()

    best = optimize.minimize(deviance, np.zeros(2), method="BFGS").x
    np.testing.assert_allclose(variance.gamma_regression(x, y), best, atol=2e-3)


def test_gamma_regression_without_anything_to_learn():
    assert variance.gamma_regression(np.ones((3, 1)), np.zeros(3)).tolist() == [0]
    assert variance.gamma_regression(np.ones((0, 2)), np.zeros(0)).tolist() == [0, 0]


def test_empirical_bayes_beats_own_and_pooled_variance():
    """2,000 articles, true variances scattered around a power law, 12 errors."""
    rng = np.random.default_rng(15)
    rate = np.exp(rng.normal(1, 1, 2000))
    true = 2.0 * rate**1.5 * np.exp(rng.normal(0, 0.6, 2000))
    squared = true * rng.chisquare(12, 2000) / 12
    weight = np.full(2000, 12.0)
    law, prior = variance.fit_power_law(rate, squared, weight)
    line = np.exp(variance.power_terms(rate) @ np.array(law))
    got = variance.shrunk(rate, squared, weight, law, prior)

    def error(estimated):
        return np.mean((np.log(estimated) - np.log(true)) ** 2)

    assert error(got) < error(line) and error(got) < error(squared)
    assert error(got) < 0.15
    # no evidence: the law; endless evidence: the article's own
    none = variance.shrunk(rate, squared, np.zeros(2000), law, prior)
    np.testing.assert_allclose(none, line)
    much = variance.shrunk(rate, squared, np.full(2000, 1e7), law, prior)
    np.testing.assert_allclose(much, np.minimum(squared, 60 * line), rtol=1e-3)


def test_too_few_articles_for_a_law():
    law, prior = variance.fit_power_law(np.ones(2), np.ones(2), np.ones(2))
    assert law == [0, 1, 0] and prior == [0, 1]


@pytest.fixture(scope="module")
def simulated():
    """Articles of known rate and dispersion: gamma sizes at Bernoulli times."""
    rng = np.random.default_rng(16)
    count, length = 1500, 124
    rate = np.exp(rng.normal(0.5, 1, count))
    chance = rng.uniform(0.2, 0.95, count)
    shape = rng.uniform(0.5, 4, count)
    size = rng.gamma(shape[:, None], (rate / chance / shape)[:, None], (count, length))
    demand = np.where(rng.random((count, length)) < chance[:, None], size, 0)
    second = (rate / chance) ** 2 * (1 + 1 / shape)
    return demand, rate, chance * second - rate**2


def test_estimates_against_known_truth(simulated):
    demand, rate, per_bucket = simulated
    known = forecast.states(demand)
    interval = np.full(len(demand), 4.0)
    shared = estimate.fit(known, 119, interval)
    got = estimate.estimate(known, 119, interval, shared)
    # nothing changes here, so the long mean is right and ours must be near it
    relative = (got.rate - rate) / np.sqrt(per_bucket / 52)
    assert abs(np.mean(relative)) < 0.2 and np.mean(relative**2) < 1.6
    ratio = np.log(got.sigma**2 / (4 * per_bucket))
    assert np.std(ratio) < 0.5
    # the deviation is that of the forecast's error, its own uncertainty included
    error = demand[:, 120:].sum(axis=1) - got.mean
    assert np.mean((error / got.sigma) ** 2) == pytest.approx(1, abs=0.25)
    np.testing.assert_allclose(got.mean, 4 * got.rate)


def test_longer_intervals_and_lead_times_that_vary(simulated):
    demand, rate, per_bucket = simulated
    known = forecast.states(demand)
    shared = estimate.fit(known, 119, np.full(len(demand), 4.0))
    still = estimate.estimate(known, 119, np.full(len(demand), 4.0), shared)
    late = estimate.estimate(known, 119, np.full(len(demand), 4.0), shared, 1.5)
    assert (late.sigma > still.sigma).all()
    extra = np.sqrt(late.sigmas**2 - still.sigmas**2)
    np.testing.assert_allclose(extra, np.tile(1.5 * still.rate, (4, 1)), rtol=1e-6)
    one, quarter = (
        estimate.estimate(known, 119, np.full(len(demand), b), shared)
        for b in (1.0, 0.25)
    )
    # below one bucket nothing is measured: deviations go with the root of time
    np.testing.assert_allclose(quarter.sigma, one.sigma / 2, rtol=1e-6)
    np.testing.assert_allclose(quarter.mean, one.mean / 4)


def test_estimators_survive_json_and_shards(simulated):
    import json

    demand = simulated[0]
    interval = np.full(len(demand), 3.0)
    known = forecast.states(demand)
    shared = estimate.fit(known, 119, interval)
    copy = estimate.Estimators.from_dict(json.loads(json.dumps(shared.as_dict())))
    whole = estimate.estimate(known, 119, interval, shared)
    for part in (slice(0, 700), slice(700, 1500)):
        piece = estimate.estimate(
            forecast.states(demand[part]), 119, interval[part], copy
        )
        np.testing.assert_allclose(piece.sigma, whole.sigma[part], rtol=1e-9)
        np.testing.assert_allclose(piece.rate, whole.rate[part], rtol=1e-9)


@pytest.mark.parametrize("buckets", [1, 2, 5])
def test_next_to_no_history(buckets):
    demand = np.array([[0.0] * buckets, [3.0] * buckets, [np.nan] * buckets])
    known = forecast.states(demand)
    shared = estimate.fit(known, buckets - 1, np.full(3, 2.0))
    got = estimate.estimate(known, buckets - 1, np.full(3, 2.0), shared)
    assert np.isfinite(got.sigma).all() and np.isfinite(got.mean).all()
    assert got.mean[0] == got.sigma[0] == got.mean[2] == got.sigma[2] == 0
    assert got.mean[1] == pytest.approx(6, rel=0.5)
