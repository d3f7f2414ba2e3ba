"""Levels as they would have been: epoch by epoch the same as a plan of its day."""

from dataclasses import replace

import numpy as np
import pytest
from engine import forecast, plan, rerun
from engine.replay import replay


def test_one_target_at_each_epoch_as_a_plan_of_that_day():
    rng = np.random.default_rng(5)
    demand = rng.poisson(rng.uniform(0.2, 6, 60)[:, None], (60, 100)).astype(float)
    cost = rng.uniform(0.5, 40, 60).round(2)
    items = plan.Articles(cost, 5, 0.25, 3, 0.5, line_size=2)
    known = forecast.states(demand)
    ends = [70, 80, 99]
    shared = [plan.learn(known, end, items) for end in ends]
    settings = [(0.01, 0.2), (0.3, 0.6), (2.0, 0.2)]
    low, high = rerun.assortment_levels(known, ends, items, shared, settings, "both")
    assert low.shape == high.shape == (3, 3, 60)
    for k, (worth, share) in enumerate(settings):
        for e, end in enumerate(ends):
            # nothing after the epoch is there at all
            past = forecast.states(demand[:, : end + 1])
            own = replace(shared[e], worth=worth, share=share, objective="both")
            expected = plan.plan(past, end, items, own)
            np.testing.assert_allclose(low[k, e], expected.reorder_point, rtol=1e-6)
            np.testing.assert_allclose(high[k, e], expected.order_up_to, rtol=1e-6)


def test_levels_raised_to_what_is_least():
    """Rounded up first; the distance to S stays."""
    low, high = rerun.raised(
        np.array([2.3, 2.3, 7.0]), np.array([12.3, 12.3, 9.0]), [0.0, 4.5, 5.0], 1.0
    )
    assert low.tolist() == pytest.approx([3, 5, 7])
    assert high.tolist() == pytest.approx([13, 15, 9])


def test_figures_of_a_replay_by_hand():
    """Ten days of 2 a day from 12 on hand, s = 3, S = 9, four days of lead time."""
    out = replay(np.full((1, 10), 2.0), [3.0], [9.0], 4, opening_stock=[12.0])
    found = rerun.figures(out, 5.0, 7.0, 0.2)
    stock, on_hand, due, orders, served = [], 12.0, {}, 0, 0.0
    full = outs = 0
    for day in range(10):
        on_hand += due.pop(day, 0.0)
        given = min(max(on_hand, 0.0), 2.0)
        served, full = served + given, full + (given == 2)
        on_hand -= 2.0
        if on_hand + sum(due.values()) <= 3:
            due[day + 5] = 9 - on_hand - sum(due.values())
            orders += 1
        stock.append(max(on_hand, 0.0))
        outs += on_hand <= 0
    value = sum(stock) / 10 * 5
    expected = {
        "stock_value": value, "demand_value": 100, "served_value": served * 5,
        "demand_qty": 20, "served_qty": served, "lines": 10, "lines_served": full,
        "article_days": 10, "stockout_days": outs, "orders": orders,
        "holding_cost": value * 0.2 * 10 / 365, "order_cost": orders * 7,
    }  # fmt: skip
    assert {name: float(np.ravel(v)[0]) for name, v in found.items()} == pytest.approx(
        expected
    )
    assert 0 < served < 20 and orders > 1
