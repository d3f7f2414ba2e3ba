"""Floors, shelf life and season in the plan."""

from dataclasses import replace

import numpy as np
import pytest
from engine import forecast, plan
from engine.estimate import Estimates
from engine.tail import LevelTable


def ready(mean, sigma, quantity):
    mean, sigma, quantity = (
        np.atleast_1d(x).astype(float) for x in (mean, sigma, quantity)
    )
    rate = mean / 4.0
    figures = Estimates(
        rate, np.tile(rate, (4, 1)), mean, sigma, np.tile(sigma, (4, 1)), rate
    )
    table = LevelTable(mean, sigma, quantity)
    return plan.Lots(figures, rate * 52, quantity, np.ones_like(mean), table)


def shared(**extra):
    return plan.Parameters(None, 1.0, 1.0, objective="units", **extra)


def test_least_fill_gives_the_textbook_safety_stock():
    # Silver, Pyke and Thomas 7.3 at fill .98: safety stock 56.99, 41.76, 3.08
    lots = ready([200] * 3, [43.8634] * 3, [100, 200, 800])
    items = plan.Articles([1] * 3, 5, 0.25, 3, least_fill=0.98, unit=0)
    result = plan.levels(lots, items, shared(), worth=1e-9)
    np.testing.assert_allclose(
        result.reorder_point, [256.99, 241.76, 203.08], atol=0.01
    )
    np.testing.assert_allclose(result.safety_demand, [56.99, 41.76, 3.08], atol=0.01)


def test_least_fill_raises_and_never_lowers_and_only_where_asked():
    lots = ready([200] * 3, [40] * 3, [100] * 3)
    free = plan.Articles([1] * 3, 5, 0.25, 3, unit=0)
    floored = replace(free, least_fill=np.array([0.0, 0.95, 0.95]))
    low, high = shared(worth=1e-6), shared(worth=1e6)
    without = plan.levels(lots, free, low).reorder_point
    lifted = plan.levels(lots, floored, low).reorder_point
    assert lifted[0] == without[0] < 200 < lifted[1] == lifted[2]
    np.testing.assert_array_equal(
        plan.levels(lots, floored, high).reorder_point,
        plan.levels(lots, free, high).reorder_point,
    )
    with pytest.raises(ValueError, match="least_fill"):
        plan.Articles(1, 5, 0.25, 3, least_fill=1.0)


def test_a_slow_article_is_not_raised_by_what_others_are_asked_for():
    lots = ready([0.2, 200.0], [0.3, 40.0], [1.0, 100.0])
    free = plan.Articles([1.0] * 2, 5, 0.25, 3, unit=0)
    asked = replace(free, least_fill=np.array([0.0, 0.95]))
    found = [plan.levels(lots, a, shared(worth=0.01)) for a in (free, asked)]
    assert found[0].reorder_point[0] == found[1].reorder_point[0] < 1
    assert found[0].reorder_point[1] < found[1].reorder_point[1]


def weekly():
    # 10 a week: 520 a year, cheap, so that the lot is as large as allowed
    demand = np.full((3, 60), 10.0)
    return forecast.states(demand)


def test_a_lot_does_not_outlive_its_shelf():
    items = plan.Articles(
        [0.01] * 3, 50, 0.25, 3,
        shelf_life_days=[np.inf, 35, 35], multiple=[1, 1, 64],
    )  # fmt: skip
    known = weekly()
    result = plan.plan(known, 59, items, plan.learn(known, 59, items))
    # half a year 260 (182.5 days), five weeks 49.86 rounded down, one pack
    assert result.quantity.tolist() == [260, 49, 64]


def test_season_moves_the_level_and_not_the_lot():
    items = plan.Articles([5] * 3, 5, 0.25, 3, unit=0)
    known = weekly()
    terms = replace(plan.learn(known, 59, items), worth=1.0)
    plain = plan.plan(known, 59, items, terms)
    coming = plan.plan(known, 59, items, terms, season=[1.0, 0.5, 2.0])
    assert plain.quantity.tolist() == coming.quantity.tolist()
    # 4 weeks of 10: 30 in the lead time and 10 in the review, times the season
    np.testing.assert_allclose(coming.lead_time_demand, [30, 15, 60])
    np.testing.assert_allclose(coming.review_demand, [10, 5, 20])
    total = (
        coming.lead_time_demand
        + coming.review_demand
        + coming.safety_demand
        + coming.safety_lead_time
        - coming.uncovered
        + coming.rounding
    )
    np.testing.assert_allclose(total, coming.reorder_point, atol=1e-9)
    assert coming.reorder_point[1] < plain.reorder_point[0] < coming.reorder_point[2]


def test_the_unit_of_measure_does_not_matter():
    """The same in tonnes as in kilograms, though next to nothing sells in tonnes."""

    def level(scale):
        lots = ready(
            np.array([20, 5]) * scale, np.array([12, 9]) * scale, np.full(2, 8) * scale
        )
        items = plan.Articles(
            [3.0 / scale] * 2, 5, 0.25, 3, 1.0, line_size=2 * scale, unit=0,
            least_fill=[0.0, 0.6],
        )  # fmt: skip
        terms = plan.Parameters(None, 3.0 / scale, 2 * scale, 0.05, 0.5)
        return plan.levels(lots, items, terms)

    pieces, thousands = level(1.0), level(1e-3)
    for name in (
        "reorder_point", "order_up_to", "lead_time_demand", "review_demand",
        "safety_demand", "safety_lead_time", "uncovered",
    ):  # fmt: skip
        np.testing.assert_allclose(
            getattr(thousands, name), getattr(pieces, name) / 1000, rtol=1e-9, atol=1e-9
        )
    np.testing.assert_allclose(
        thousands.shortage_probability, pieces.shortage_probability
    )
    assert pieces.safety_lead_time[0] > 0


def test_an_article_without_a_cost_counts_as_an_average_one():
    items = plan.Articles([0.0, 7.0], 5, 0.25, 3)
    assert plan.weighed_cost(items, shared()).tolist() == [1.0, 7.0]


def test_late_deliveries_have_their_share_of_the_safety():
    """Steady demand of 5 a week, lead time off by 2 weeks: all of it is lateness."""
    lots = ready([20.0, 20.0], [10.0, 12.5], [30.0, 30.0])
    items = plan.Articles([1.0] * 2, 5, 0.25, 3, lead_time_sd=[2.0, 1.5], unit=0)
    result = plan.levels(lots, items, shared(), worth=100.0)
    safety = result.reorder_point - 20.0
    assert (safety > 0).all()
    # the second: 5 x 1.5 = 7.5 of 12.5, so that sqrt(1 - 0.6²) = 0.8 would be needed
    np.testing.assert_allclose(result.safety_demand, safety * [0.0, 0.8], atol=1e-9)
    np.testing.assert_allclose(result.safety_lead_time, safety * [1.0, 0.2], atol=1e-9)
