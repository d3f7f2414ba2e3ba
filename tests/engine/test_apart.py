"""Groups with a method of their own: where the earlier window says so, only there."""

from dataclasses import fields

import numpy as np
import pytest
from engine import apart, forward, trial
from engine.forward import Choice, Curve, Setup
from engine.replay import Totals

FILL = [0.80, 0.85, 0.90, 0.95]


def curve(policy, stock, fill=FILL, *, later=None, cost=None, missed=None, parts=None):
    """Four dials 1, 2, 4, 8; ``later`` is the fill in the last window."""
    dials = np.array([1.0, 2.0, 4.0, 8.0])
    given = {"inventory": stock, "holding_cost": cost, "missed": missed}
    arrays = {}
    for each in fields(Totals):
        values = given.get(each.name)
        both = [values, values] if values is not None else np.zeros((2, 4))
        if each.name.startswith("fill"):
            both = [fill, fill if later is None else later]
        arrays[each.name] = np.array(both, dtype=float)
    return Curve(policy, dials, Totals(**arrays), 0.0, "lines", parts or {})


def setup_of(*labels):
    rows = {label: np.arange(3) + 3 * k for k, label in enumerate(labels)}
    return Setup(None, None, None, [], rows)


def settled(ours, textbook, policy="ours", fill="line", target=0.9, **more):
    lines = {"P1": [textbook], fill: [ours]}
    choice = Choice(policy, 4.0, None, None)
    setup = setup_of(*ours.parts)
    return apart.method(setup, lines, choice, fill, fill, target, **more)


def test_the_group_where_the_textbook_needs_less_gets_it():
    """At 0.9, 0.87 and 0.84: of a, ours needs 30 and the textbook 20."""
    ours = curve(
        "ours", [10, 20, 30, 40],
        parts={"a": curve("ours", [10, 20, 30, 40]), "b": curve("ours", [5, 6, 7, 8])},
    )  # fmt: skip
    textbook = curve(
        "P1", [30, 40, 50, 60],
        parts={"a": curve("P1", [5, 10, 20, 30]), "b": curve("P1", [10, 20, 30, 40])},
    )  # fmt: skip
    found = settled(ours, textbook)
    assert (found.policy, found.dial) == ("ours", pytest.approx(4))
    assert found.apart == {"a": pytest.approx(4)}
    # and the other way round where the textbook was chosen for all
    found = settled(ours, textbook, policy="P1")
    assert (found.policy, found.dial) == ("P1", pytest.approx(4))
    assert found.apart == {"b": pytest.approx(4)}


def test_now_less_and_now_more_says_nothing():
    """Less at the target, more at 6 points below it."""
    mixed = [45, 28, 20, 30]
    ours = curve("ours", [10, 20, 30, 40], parts={"a": curve("ours", [9, 20, 30, 40])})
    textbook = curve("P1", [30, 40, 50, 60], parts={"a": curve("P1", mixed)})
    assert settled(ours, textbook).apart == {}


def test_a_group_the_other_method_cannot_serve_stays():
    short = curve("P1", [1, 2, 3, 4], [0.1, 0.2, 0.3, 0.4])
    ours = curve("ours", [10, 20, 30, 40], parts={"a": curve("ours", [9, 20, 30, 40])})
    textbook = curve("P1", [30, 40, 50, 60], parts={"a": short})
    assert settled(ours, textbook).apart == {}


def test_the_dial_of_a_group_keeps_its_service_in_the_window_asked_for():
    """Later the textbook's dial 2 serves group a as ours does at 4."""
    ours = curve("ours", [10, 20, 30, 40], parts={"a": curve("ours", [10, 20, 30, 40])})
    part = curve("P1", [5, 10, 20, 30], later=[0.8, 0.9, 0.95, 0.99])
    textbook = curve("P1", [30, 40, 50, 60], parts={"a": part})
    assert settled(ours, textbook).apart == {"a": pytest.approx(4)}
    later = settled(ours, textbook, window=forward.LAST)
    assert later.apart == {"a": pytest.approx(2)}


def test_what_loses_in_the_other_window_gives_way():
    """0.9 takes us 80 then, the textbook 50; or we never get there."""
    textbook = curve("P1", [30, 40, 50, 60])
    for fill in ([0.2, 0.3, 0.4, 0.95], [0.2, 0.3, 0.4, 0.5]):
        ours = curve("ours", [10, 20, 30, 80], later=fill)
        assert settled(ours, textbook).policy == "ours"
        found = settled(ours, textbook, window=forward.LAST)
        assert (found.policy, found.dial) == ("P1", pytest.approx(4))


def test_what_loses_in_the_other_window_is_not_given_to_a_group():
    ours = curve("ours", [10, 20, 30, 40], parts={"a": curve("ours", [10, 20, 30, 40])})
    part = curve("P1", [5, 10, 20, 35], later=[0.1, 0.2, 0.3, 0.95])
    textbook = curve("P1", [30, 40, 50, 60], parts={"a": part})
    assert settled(ours, textbook).apart == {"a": pytest.approx(4)}
    # there 33 of the textbook for the service of our 30
    assert settled(ours, textbook, window=forward.LAST).apart == {}


def test_with_a_cost_per_missed_unit_the_cheapest_in_all_counts():
    """10 a unit: ours 100 + 10 x 20 at its best, the textbook 100 + 10 x 5 of a."""
    cost, missed = [50, 100, 300, 500], [40, 20, 10, 5]
    part = curve("ours", FILL, cost=cost, missed=missed)
    ours = curve("ours", FILL, cost=cost, missed=missed, parts={"a": part})
    textbook = curve(
        "P1", FILL, cost=[90, 200, 300, 500], missed=[90, 40, 30, 20],
        parts={"a": curve("P1", FILL, cost=[50, 100, 300, 500], missed=[40, 5, 4, 3])},
    )  # fmt: skip
    found = settled(ours, textbook, fill="cost", target=10.0)
    assert found.dial == pytest.approx(2)
    assert found.apart == {"a": pytest.approx(2)}
    # a flat bottom: between two dials that cost the same
    flat = curve("ours", FILL, cost=[50, 100, 300, 500], missed=[40, 40, 20, 20])
    dial, figure = forward.needed(flat, "cost", {"cost": 10.0}, 0)
    assert (dial, figure) == (pytest.approx(1), pytest.approx(450))
    level = curve("ours", FILL, cost=[50, 100, 300, 500], missed=[45, 40, 20, 20])
    # 500, 500, 500, 700: the mean of 1, 2 and 4 in logarithms
    assert forward.needed(level, "cost", {"cost": 10.0}, 0)[0] == pytest.approx(2)


def test_every_article_gets_the_dial_of_its_group():
    method = apart.Method("ours", 3.0, "both", 0.4, {"7:2": 1.5})
    worth, factor = method.spread([7, 7, 8, 7], np.array([2, 1, 2, -1], np.int8))
    np.testing.assert_array_equal(worth, [np.nan, 3, 3, 3])
    np.testing.assert_array_equal(factor, [1.5, np.nan, np.nan, np.nan])
    method = apart.Method("P1", 1.0, "both", 0.4, {"7:2": 9.0})
    worth, factor = method.spread([7, 8], np.array([2, 2]))
    np.testing.assert_array_equal(worth, [9, np.nan])
    np.testing.assert_array_equal(factor, [np.nan, 1])


@pytest.fixture(scope="module")
def case():
    """120 articles that sell every week, 60 that sell now and then."""
    rng = np.random.default_rng(3)
    demand = rng.poisson(9.0, (180, 110)).astype(float)
    demand[120:] *= rng.random((60, 110)) < 0.3
    cost = rng.uniform(1, 40, 180)
    return trial.Case(demand, cost, 5.0, 0.25, 2)


def test_groups_are_areas_by_pattern_and_parts_sum_up(case):
    area = np.arange(180) % 2
    setup = forward.prepare(case, area)
    # 60 smooth ones in each area; of 30 a replay says nothing
    assert sorted(setup.groups) == ["0:0", "1:0"]
    for label, rows in setup.groups.items():
        assert len(rows) == 60
        assert set(area[rows]) == {int(label[0])}
    one = forward.prepare(case)
    assert {label: len(rows) for label, rows in one.groups.items()} == {
        "0:0": 120, "0:2": 60,
    }  # fmt: skip
    line = forward.curve(one, "P1", [0.5, 1.5])
    whole = sum(part.totals.inventory for part in line.parts.values())
    np.testing.assert_allclose(whole, line.totals.inventory)
    missed = sum(part.totals.missed for part in line.parts.values())
    np.testing.assert_allclose(missed, line.totals.missed)


def test_levels_are_those_of_each_groups_method(case):
    setup = forward.prepare(case)
    method = apart.Method("ours", 2.0, "lines", 0.0, {"0:2": 1.0})
    low, high = method.levels(setup)
    ours = forward.policy_levels(setup, "ours", 2.0, "lines")
    textbook = forward.policy_levels(setup, "P1", 1.0)
    rows = setup.groups["0:2"]
    rest = np.setdiff1d(np.arange(180), rows)
    np.testing.assert_array_equal(low[..., rows], textbook[0][..., rows])
    np.testing.assert_array_equal(high[..., rows], textbook[1][..., rows])
    np.testing.assert_array_equal(low[..., rest], ours[0][..., rest])
    np.testing.assert_array_equal(high[..., rest], ours[1][..., rest])


def test_groups_know_nothing_of_the_windows(case):
    """Demand of the windows, or of the warm-up before, moves no article elsewhere."""
    plan = trial.schedule(case)
    changed = case.demand.copy()
    changed[:, plan.start :] = np.where(np.arange(180)[:, None] % 3, 0, 50)
    other = trial.Case(changed, case.unit_cost, 5.0, 0.25, 2)
    before, after = forward.groups_of(case, plan), forward.groups_of(other, plan)
    assert before.keys() == after.keys()
    for label, rows in before.items():
        np.testing.assert_array_equal(rows, after[label])


def test_a_dearer_missed_unit_means_more_stock_and_fewer_missed(case):
    setup = forward.prepare(case)
    lines = forward.curves(setup, ("P1", "cost"))
    stock, missed = [], []
    for price in (0.5, 5.0, 50.0):
        found = apart.choose(setup, lines, "cost", "cost", price)
        stock.append(float(found.totals.inventory[0, 0]))
        missed.append(float(found.totals.missed[0, 0]))
    assert stock[0] < stock[1] < stock[2]
    assert missed[0] > missed[1] > missed[2]


def test_no_textbook_dial_costs_less_in_the_earlier_window(case):
    """Holding, ordering and missed units together, at three prices."""
    setup = forward.prepare(case)
    lines = forward.curves(setup, ("P1", "cost"))
    for price in (0.5, 5.0, 50.0):
        found = apart.choose(setup, lines, "cost", "cost", price).totals
        mine = found.cost[0, 0] + price * found.missed[0, 0]
        best = lines["P1"][0].cost(price, 0).min()
        # both dials are means over a flat bottom
        assert mine <= best * (1 + 2 * forward.FLAT)
