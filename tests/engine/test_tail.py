"""The mixed tail against scipy, and the levels against its root finder."""

import numpy as np
import pytest
from engine.tail import DemandTail, LevelTable, gamma_tail

stats = pytest.importorskip("scipy.stats")
optimize = pytest.importorskip("scipy.optimize")


def test_gamma_tail_equals_scipy():
    rng = np.random.default_rng(8)
    shape = 10 ** rng.uniform(-2.5, 2.8, 5000)
    x = shape * 10 ** rng.uniform(-2, 1, 5000)
    np.testing.assert_allclose(
        gamma_tail(x, shape), stats.gamma.sf(x, shape), atol=1e-11
    )
    assert gamma_tail([0.0, -1.0], [2.0, 2.0]).tolist() == [1, 1]


def test_gamma_tail_at_the_ends_of_the_table():
    for shape in (1e-3, 0.02, 1.0, 400.0, 1e3):
        x = np.geomspace(1e-6, 100.0, 50) * np.sqrt(shape)
        np.testing.assert_allclose(
            gamma_tail(x, shape), stats.gamma.sf(x, shape), atol=1e-10
        )


def test_beyond_the_table():
    """Hardly any variation, hardly any demand, levels far out."""
    steady = DemandTail([500.0], [10.0])
    x = np.array([[480.0], [500.0], [515.0], [540.0]])
    np.testing.assert_allclose(
        steady(x)[:, 0], exact_tail(x[:, 0], 500.0, 10.0), atol=0.02
    )
    rare = DemandTail([0.001], [1.0])
    assert 0 < rare(np.array([3.0]))[0] < 0.003
    assert DemandTail([4.0], [2.0])(np.array([900.0]))[0] == pytest.approx(0, abs=1e-25)
    below = DemandTail([4.0], [2.0])(np.array([-2.0]))[0]
    assert below == pytest.approx(0.5 * (stats.norm.sf(-2, 4, 2) + 1))
    certain = DemandTail([4.0, 4.0], [0.0, 0.0])(np.array([3.9, 4.0]))
    assert certain.tolist() == [1.0, 0.0]


def exact_tail(x, mean, sigma):
    shape, scale = (mean / sigma) ** 2, sigma**2 / mean
    return 0.5 * (stats.norm.sf(x, mean, sigma) + stats.gamma.sf(x, shape, scale=scale))


def test_table_is_close_to_the_formula():
    rng = np.random.default_rng(9)
    mean = 10 ** rng.uniform(-1, 3, 3000)
    sigma = mean * 10 ** rng.uniform(-1, 1, 3000)
    x = np.maximum(mean + sigma * rng.uniform(-2, 6, 3000), 1e-3 * sigma)
    got = DemandTail(mean, sigma)(x)
    np.testing.assert_allclose(got, exact_tail(x, mean, sigma), rtol=0.02, atol=1e-4)


@pytest.mark.parametrize("quantity", [None, 30.0, 400.0])
@pytest.mark.parametrize(("mean", "sigma"), [(100, 20), (100, 80), (10, 25), (3, 4)])
def test_levels_solve_the_equation(mean, sigma, quantity):
    """P(D > s) - P(D > s + Q) = p, the root above the mode, by brentq."""
    wanted = np.array([0.01, 0.05, 0.2])

    def miss(s, p):
        second = 0 if quantity is None else exact_tail(s + quantity, mean, sigma)
        return exact_tail(s, mean, sigma) - second - p

    low = max(mean - (quantity or 2 * mean) / 2, 1e-9)
    expected = [
        optimize.brentq(miss, low, mean + 29 * sigma, args=(p,))
        if miss(low, p) > 0
        else 0.0
        for p in wanted
    ]
    got = LevelTable([mean], [sigma], quantity)(wanted[:, None])[:, 0]
    np.testing.assert_allclose(got, expected, atol=0.03 * sigma + 0.01 * mean)


def test_certain_demand_and_dear_articles():
    table = LevelTable([5.0, 5.0, 0.0], [0.0, 3.0, 0.0], [4.0, 4.0, 1.0])
    assert table(np.full(3, 0.1)).tolist()[0] == 5
    assert table(np.array([1.0, 1.0, 1.0])).tolist() == [0, 0, 0]
    rising = table(np.geomspace(1e-6, 0.9, 40)[:, None])
    assert (np.diff(rising, axis=0) <= 0).all()
