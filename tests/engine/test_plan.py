"""The plan: terms add up, shards agree, the forward test is honest."""

import json
from dataclasses import replace

import numpy as np
import pytest
from engine import forecast, forward, plan, trial
from engine.hindsight import hindsight
from engine.replay import totals


def assortment(count=120, length=110, seed=17):
    rng = np.random.default_rng(seed)
    rate = np.exp(rng.normal(0.5, 1.2, count))
    demand = np.where(
        rng.random((count, length)) < 0.4,
        np.ceil(rng.gamma(1.0, rate[:, None] / 0.4, (count, length))),
        0.0,
    )
    cost = np.round(np.exp(rng.normal(1, 1.2, count)), 2)
    return demand, cost


@pytest.fixture(scope="module")
def case():
    demand, cost = assortment()
    return trial.Case(demand, cost, 5, 0.25, 3, lost_sales=True, moq=1)


@pytest.fixture(scope="module")
def setup(case):
    return forward.prepare(case)


@pytest.fixture(scope="module")
def curves(setup):
    return forward.curves(setup)


def articles(cost, **extra):
    return plan.Articles(cost, 5, 0.25, 3, line_size=4, **extra)


def test_terms_add_up():
    demand, cost = assortment()
    known = forecast.states(demand)
    items = articles(cost, lead_time_sd=0.7)
    shared = replace(plan.learn(known, 109, items), worth=0.02)
    result = plan.plan(known, 109, items, shared)
    total = (
        result.lead_time_demand
        + result.review_demand
        + result.safety_demand
        + result.safety_lead_time
        - result.uncovered
        + result.rounding
    )
    np.testing.assert_allclose(total, result.reorder_point, atol=1e-9)
    np.testing.assert_allclose(
        result.order_up_to - result.reorder_point, result.quantity
    )
    for term in (result.safety_demand, result.safety_lead_time, result.uncovered):
        assert (term >= 0).all()
    assert (result.reorder_point % 1 == 0).all()
    assert (result.uncovered > 0).any() and (result.safety_lead_time > 0).any()


def test_shards_and_json_give_the_same_plan():
    demand, cost = assortment()
    known, items = forecast.states(demand), articles(cost)
    shared = plan.learn(known, 109, items, "lines")
    stored = plan.Parameters.from_dict(json.loads(json.dumps(shared.as_dict())))
    assert stored == shared
    whole = plan.plan(known, 109, items, shared)
    part = plan.plan(forecast.states(demand[:50]), 109, articles(cost[:50]), stored)
    np.testing.assert_allclose(part.reorder_point, whole.reorder_point[:50])


def test_what_the_target_does():
    demand, cost = assortment()
    known, items = forecast.states(demand), articles(cost)
    shared = plan.learn(known, 109, items)
    levels = plan.plan(known, 109, items, shared, worth=[0.01, 0.1, 1.0, 10.0])
    assert levels.reorder_point.shape == (4, 120)
    assert (np.diff(levels.reorder_point, axis=0) >= 0).all()
    # by lines, of two equal articles the dear one gets less service than by value
    chance = {
        goal: plan.plan(
            known, 109, items, replace(shared, objective=goal, worth=0.1)
        ).shortage_probability
        for goal in ("lines", "value")
    }
    dear, cheap = cost > np.quantile(cost, 0.9), cost < np.quantile(cost, 0.1)
    assert (chance["lines"][dear] > chance["value"][dear]).all()
    assert (chance["lines"][cheap] < chance["value"][cheap]).all()
    with pytest.raises(ValueError):
        plan.learn(known, 109, items, "profit")


def test_floors_and_missing_costs():
    demand, cost = assortment()
    known = forecast.states(demand)
    cost[:10] = 0
    shared = replace(plan.learn(known, 109, articles(cost)), worth=0.02)
    free = plan.plan(known, 109, articles(cost), shared)
    assert (free.reorder_point[:10] < 40 * free.estimates.sigma[:10] + 1).all()
    floor = np.where(np.arange(120) < 60, 0.95, 0.0)
    kept = plan.plan(known, 109, articles(cost, floor=floor), shared)
    assert (kept.shortage_probability[:60] <= 0.05 + 1e-12).all()
    np.testing.assert_array_equal(kept.reorder_point[60:], free.reorder_point[60:])
    with pytest.raises(ValueError):
        articles(cost, floor=1.0)


def test_nothing_sold_nothing_stocked():
    known = forecast.states(np.zeros((4, 30)))
    items = plan.Articles(np.ones(4), 5, 0.25, 3)
    result = plan.plan(known, 29, items, plan.learn(known, 29, items))
    assert result.reorder_point.tolist() == result.order_up_to.tolist() == [0] * 4


def test_levels_do_not_see_the_future(case):
    """Changing demand after an epoch changes no level up to it."""
    changed = case.demand.copy()
    plan_of = trial.schedule(case)
    cut = int(plan_of.epochs[5])
    changed[:, cut:] = 77
    other = forward.prepare(replace(case, demand=changed))
    same = forward.prepare(case)
    for policy in ("P0", "P1", "P2", "ours"):
        a, b = (
            forward.policy_levels(s, policy, [1.0], "both", 0.5) for s in (same, other)
        )
        for x, y in zip(a, b, strict=True):
            np.testing.assert_allclose(x[:, :6], y[:, :6])
            assert not np.allclose(x[:, 6:], y[:, 6:])


def test_textbook_levels_by_hand(case, setup):
    epoch = setup.plan.epochs[-1]
    year = case.demand[:, epoch - 52 : epoch]
    low, high = trial.textbook_levels(case, setup.known, [1.5])
    expected = year.mean(axis=1) * 3 + 1.5 * year.std(axis=1, ddof=1) * np.sqrt(3)
    np.testing.assert_allclose(low[0, -1], expected)
    annual = year.mean(axis=1) * 52
    lot = np.sqrt(2 * annual * 5 / (0.25 * case.unit_cost))
    lot = np.minimum(lot, np.maximum(annual / 2, 1))
    assert (np.abs(high[0, -1] - low[0, -1] - lot) <= 1).all()
    quarter = case.demand[:, epoch - 13 : epoch].mean(axis=1)
    low, high = trial.naive_levels(case, setup.known, [2])
    np.testing.assert_allclose(low[0, -1], quarter * 5)
    np.testing.assert_allclose(high[0, -1] - low[0, -1], quarter * 4)


def test_choice_reaches_its_target_where_it_was_set(setup, curves):
    for fill in ("line", "unit", "value"):
        chosen = forward.choose(setup, curves, fill, fill, 0.9)
        assert forward.realised(chosen.totals, 0)[fill] == pytest.approx(0.9, abs=0.01)
    both = forward.choose(setup, curves, "both", "both", 0.9)
    goals = forward.goals_for(curves["P1"][0], "both", 0.9, 0)
    reached = forward.realised(both.totals, 0)
    assert reached["line"] > 0.88 and reached["value"] > goals["value"] - 0.03


def test_settled_alone_as_among_all(case, setup, curves):
    """What the night run asks for is what the benchmark measures."""
    alone = forward.settle(case, "line", 0.9)
    among = forward.choose(setup, curves, "line", "line", 0.9)
    assert (alone.policy, alone.dial) == (among.policy, among.dial)
    with pytest.raises(ValueError):
        forward.settle(case, "lines", 0.9)


def test_own_curve_compared_with_itself_saves_nothing(setup, curves):
    textbook = curves["P1"][0]
    for fill in forward.FILLS:
        chosen = forward.choose(setup, curves, "P1", fill, 0.9)
        same = forward.same_service(
            textbook,
            fill,
            forward.realised(chosen.totals),
            textbook.totals.inventory[1],
        )
        assert chosen.totals.inventory[1, 0] == pytest.approx(same, rel=0.06)


def test_a_method_that_lost_gives_way(setup, curves):
    """Ours with all its stock doubled must lose to the textbook."""
    worse = curves["line"][0]
    heavy = replace(worse.totals, inventory=worse.totals.inventory * 5)
    lines = {**curves, "line": [replace(worse, totals=heavy)]}
    assert forward.choose(setup, lines, "line", "line", 0.9).policy == "P1"
    assert forward.choose(setup, curves, "line", "line", 0.9).policy == "ours"


def test_bound_is_below_everything(setup, curves):
    fill, inventory = hindsight(setup, "line")
    assert (np.diff(inventory) >= -1e-9).all()
    for name in ("P0", "P1", "line"):
        line = curves[name][0]
        own = trial.at_fill(line.fill("line", 1), line.totals.inventory[1], 0.9)
        assert trial.at_fill(fill, inventory, 0.9) < own


def test_reading_curves():
    assert trial.at_fill([0.5, 0.8, 0.9], [1, 2, 6], 0.85) == pytest.approx(4)
    assert trial.at_fill([0.5, 0.8, 0.9], [1, 2, 6], 0.5) == 1
    assert np.isnan(trial.at_fill([0.5, 0.8], [1, 2], 0.9))
    assert np.isnan(trial.at_fill([0.5, 0.8], [1, 2], 0.4))


def test_random_lead_times_have_their_moments():
    case = trial.Case(np.ones((50, 400)), 1, 5, 0.25, 10, lead_time_sd=3)
    assert case.leads.mean() == pytest.approx(10, abs=0.15)
    assert case.leads.std() == pytest.approx(3, abs=0.15)
    assert (case.leads >= 0).all()


def test_history_too_short_and_bad_input():
    with pytest.raises(ValueError, match="too few"):
        trial.schedule(trial.Case(np.ones((3, 6)), 1, 5, 0.25, 1))
    with pytest.raises(ValueError, match="period"):
        trial.Case(np.ones((3, 6)), 1, 5, 0.25, 1, period="hour")
    with pytest.raises(ValueError, match="unit_cost"):
        trial.Case(np.ones((3, 6)), -1, 5, 0.25, 1)


def test_articles_off_sale_are_not_ordered():
    demand = np.full((2, 60), 3.0)
    demand[1, 30:] = np.nan
    case = trial.Case(demand, 1, 5, 0.25, 1)
    plan_of = trial.schedule(case)
    known = trial.basics(case, plan_of.epochs)
    levels = trial.textbook_levels(case, known, [1.0])
    outcome = trial.run(case, plan_of, known, levels)
    assert outcome.orders[1, 0, 0] > 0 and outcome.orders[1, 0, 1] == 0
    assert totals(outcome, 1.0).fill_units[1, 0] == 1


def test_out_of_stock_is_still_on_sale():
    """Unknown weeks between sales: ordered again; before and after them: not."""
    demand = np.full((3, 60), 2.0)
    demand[0, 20:30] = np.nan
    demand[1, :30] = np.nan
    demand[2, 20:] = np.nan
    case = trial.Case(demand, 1, 5, 0.25, 1)
    known = trial.basics(case, np.array([18, 25, 45]))
    assert known.on_sale.T.tolist() == [
        [True] * 3,
        [False, False, True],
        [True] + [False] * 2,
    ]
    # what is not known counts neither as demand nor as none
    np.testing.assert_allclose(known.mean[:, 0], 2.0)
