"""The estimation of demand against plain loops over articles and weeks."""

import math

import naive_estimate as naive
import numpy as np
import pytest
from engine import estimate, forecast


def assortment(count, length, seed):
    """Articles of all kinds: steady and rare, new, fading, off sale, returned."""
    rng = np.random.default_rng(seed)
    rate = np.exp(rng.normal(0.5, 1.3, count))
    chance = rng.uniform(0.03, 1.0, count)[:, None]
    size = rng.gamma(1.5, rate[:, None], (count, length))
    demand = np.where(rng.random((count, length)) < chance, np.ceil(size), 0.0)
    demand[rng.random((count, length)) < 0.02] = np.nan
    demand[0] = 0.0
    demand[1, : length - 3] = np.nan
    demand[2, length // 2 :] = 0.0
    demand[3] *= np.linspace(0.2, 4.0, length)
    demand[4, : length - 1] = 0.0
    demand[5, -4:] = np.nan
    demand[6, length // 3] = 500.0
    demand[7, 3:9] = -2.0  # returned: no demand
    return demand


@pytest.mark.parametrize(("length", "seed"), [(60, 1), (104, 2), (23, 3)])
def test_equals_plain_loops(length, seed):
    rng = np.random.default_rng(seed)
    demand = assortment(70, length, seed)
    now = length - 2
    interval = rng.uniform(0.3, 6.0, len(demand)).round(1)
    late = np.where(rng.random(len(demand)) < 0.5, rng.uniform(0, 1.5, len(demand)), 0)
    rows, lengths = (
        np.maximum(demand, 0.0).tolist(),
        [max(round(i), 1) for i in interval],
    )

    known = forecast.states(demand)
    shared = estimate.fit(known, now, interval)
    got = estimate.estimate(known, now, interval, shared, late)

    second, third = naive.fit_forecast(rows, now, lengths)
    for mine, theirs in (
        (shared.forecast.second, second),
        (shared.forecast.third, third),
    ):
        np.testing.assert_allclose(mine, theirs, rtol=2e-3, atol=2e-5)
    articles = [
        naive.Article(row, now, size, shared.forecast)
        for row, size in zip(rows, lengths, strict=True)
    ]
    laws, priors, gamma = naive.fit_variance(articles)
    model = shared.variance
    np.testing.assert_allclose([model.first, model.second], laws, rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(
        [model.first_prior, model.second_prior], priors, rtol=1e-3
    )
    np.testing.assert_allclose(model.third, gamma, rtol=5e-3, atol=5e-4)
    expected = naive.estimates(
        rows, now, interval, shared.forecast, (laws, priors, gamma), late
    )
    mean, sigma = zip(*expected, strict=True)
    np.testing.assert_allclose(got.mean, mean, rtol=1e-4, atol=1e-9)
    np.testing.assert_allclose(got.sigma, sigma, rtol=3e-3, atol=1e-9)
    np.testing.assert_allclose(got.evidence, [a.weight for a in articles], rtol=1e-9)


def test_a_week_off_sale_is_neither_demand_nor_none():
    demand = np.array([[4.0, math.nan, 4.0, 4.0, math.nan, 4.0]])
    states = forecast.states(demand)
    assert states.age[0].tolist() == [1, 1, 2, 3, 3, 4]
    assert states.levels[:, 0, -1].tolist() == pytest.approx([4.0] * 5)


def test_nothing_to_learn_from():
    shared = estimate.fit(forecast.states(np.zeros((3, 8))), 7, [1, 2, 3])
    assert np.shape(shared.forecast.second) == (4, 6)
    assert np.shape(shared.forecast.third) == (4, 9)
    assert not np.any(shared.forecast.second) and not np.any(shared.forecast.third)
