"""The assortment target against a search over all levels."""

import itertools

import numpy as np
import pytest
from engine import target
from engine.service import normal_loss, normal_quantile


def test_weights():
    weights = target.shortage_weights([1, 10], [4, 0], mean_cost=5, mean_line=2)
    assert weights["value"].tolist() == [1, 10]
    assert weights["units"].tolist() == [5, 5]
    assert weights["lines"].tolist() == [2.5, 5]  # unknown size: the mean
    assert target.mixed_weight(weights, 1).tolist() == [1, 10]
    assert target.mixed_weight(weights, 0).tolist() == [2.5, 5]


def test_probability_limits():
    # half where holding and gain are equal; nothing sold: no cover at all
    chance = target.shortage_probability(0.25, 8, 10, [20, 0], [[1.0], [3.0]])
    assert chance.tolist() == [[0.5, 1.0], [0.25, 1.0]]
    assert target.shortage_probability(0, 8, 10, 20, 1) == target.LEAST_CHANCE


def test_one_cycle_level_is_a_quantile():
    level = target.one_cycle_level([100, 100, 1], [10, 10, 10], [0.05, 0.5, 0.9])
    assert level[0] == pytest.approx(116.449, abs=1e-3)
    assert level[1] == pytest.approx(100)
    assert level[2] == 0
    # 1e-20 is exceeded at 9.262340 deviations (tables of the normal tail)
    assert target.one_cycle_level(0, 1, 1e-20) == pytest.approx(9.262340, abs=1e-6)


def test_no_other_levels_do_better_at_the_same_stock():
    """Three articles: all combinations of safety factors, on a fine grid.

    Expected units short per year, worth their weight, at no more holding cost.
    """
    cost, demand = np.array([1.0, 20.0, 5.0]), np.array([5000.0, 200.0, 800.0])
    sigma, quantity = np.array([100.0, 15.0, 60.0]), np.array([900.0, 40.0, 150.0])
    weight = np.array([8.0, 8.0, 8.0])
    chance = target.shortage_probability(0.25, cost, quantity, demand, 2.0 * weight)
    ours = normal_quantile(1 - chance)
    assert (ours > 0).all()

    def holding(k):
        return (0.25 * cost * sigma * k).sum()

    def short(k):
        return (weight * demand / quantity * sigma * normal_loss(np.array(k))).sum()

    # Holding counts h c, a cycle's shortage the tail: p / (1 - p) against p.
    priced = target.shortage_probability(0.25, cost, quantity, demand, 2.0 * weight)
    np.testing.assert_allclose(
        priced / (1 - priced), 0.25 * cost * quantity / (2.0 * weight * demand)
    )
    grid = np.linspace(0, 3.5, 36)
    best = min(
        short(k)
        for k in itertools.product(grid, repeat=3)
        if holding(np.array(k)) <= holding(ours)
    )
    assert short(ours) <= best * 1.01
