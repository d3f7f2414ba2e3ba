"""Dials read off hand-made curves, and the bound of hindsight by trying everything."""

import math
from dataclasses import fields

import numpy as np
import pytest
from engine import forward, trial
from engine.forward import Curve
from engine.hindsight import hindsight
from engine.replay import Totals, replay


def curve(policy, dials, stock, line, value=None, share=0.0):
    """A curve with the same figures in both windows."""
    value = line if value is None else value
    given = {
        "inventory": stock, "fill_lines": line, "fill_units": line, "fill_value": value,
    }  # fmt: skip
    zero = np.zeros(len(dials))
    arrays = {
        field.name: np.array([given.get(field.name, zero)] * 2, dtype=float)
        for field in fields(Totals)
    }
    objective = "both" if value is not line else "lines"
    return Curve(policy, np.array(dials, float), Totals(**arrays), share, objective)


def test_the_dial_that_just_reaches_the_target():
    textbook = curve("P1", [0, 1, 2, 3], [1, 2, 3, 4], [0.5, 0.7, 0.9, 0.95])
    dial = forward.dial_for
    assert dial(textbook, "line", {"line": 0.8}, 0) == pytest.approx(1.5)
    # even the lowest passes
    assert dial(textbook, "line", {"line": 0.4}, 0) == 0
    # out of reach: half a point below the best, not the end of the scale
    assert dial(textbook, "line", {"line": 0.99}, 0) == pytest.approx(2.9)
    # worths run over many sizes: read in logarithms
    ours = curve("ours", [1, 100, 10_000], [1, 2, 3], [0.5, 0.7, 0.9])
    assert dial(ours, "line", {"line": 0.6}, 0) == pytest.approx(10)
    assert dial(ours, "line", {"line": 0.3}, 0) == 1


def test_two_floors_hold_at_once():
    line = curve("ours", [1, 10], [1, 2], [0.5, 0.9], value=[0.7, 0.8])
    slack = forward.slack(line, "both", 0, {"line": 0.6, "value": 0.72})
    assert slack.tolist() == pytest.approx([-0.1, 0.08])
    found = forward.slack(line, "value", 1, {"value": 0.72})
    assert found.tolist() == pytest.approx([-0.02, 0.08])


def test_floors_are_what_the_textbook_reaches():
    textbook = curve("P1", [0, 1], [1, 2], [0.5, 0.9], value=[0.6, 0.8])
    goals = forward.goals_for(textbook, "both", 0.7, 0)
    assert goals == {"line": 0.7, "value": pytest.approx(0.7)}
    assert forward.goals_for(textbook, "unit", 0.7, 0) == {"unit": 0.7}
    # below what its lowest level delivers: no more value than that
    assert forward.goals_for(textbook, "both", 0.4, 0) == {"line": 0.4, "value": 0.6}
    # beyond the textbook's reach: its best
    assert forward.goals_for(textbook, "both", 0.95, 0)["value"] == 0.8


@pytest.fixture
def chosen(monkeypatch):
    """Choose among curves that no replay made."""
    asked = []
    monkeypatch.setattr(
        forward,
        "policy_levels",
        lambda setup, policy, dials, objective="", share=0.0: asked.append(
            (policy, dials, objective, share)
        ),
    )
    monkeypatch.setattr(forward, "totals_of", lambda setup, policy, pair: None)

    def choose(textbook, *ours):
        lines = {"P1": [textbook], "line": list(ours)}
        found = forward.choose(None, lines, "line", "line", 0.9)
        expected = (found.policy, found.dial, asked[-1][2], found.share)
        assert asked[-1] == expected
        return found

    return choose


FILL = [0.80, 0.84, 0.87, 0.90, 0.95]


@pytest.mark.parametrize("place", [1, 2, 3])
def test_the_share_is_judged_on_several_targets(chosen, place):
    """Ahead at the target and at another, far behind at the third: not chosen."""
    textbook = curve("P1", range(5), [50, 60, 70, 80, 90], FILL)
    stock = [9, 11, 13, 20, 28]
    stock[place] = 70
    lucky = curve("ours", range(1, 6), stock, FILL, share=0.2)
    steady = curve("ours", range(1, 6), [10, 12, 14, 22, 30], FILL, share=0.8)
    found = chosen(textbook, lucky, steady)
    assert (found.policy, found.share, found.dial) == ("ours", 0.8, pytest.approx(4))


def test_a_policy_that_reaches_the_target_and_needs_less_is_taken(chosen):
    textbook = curve("P1", range(5), [50, 60, 70, 80, 90], FILL)
    steady = curve("ours", range(1, 6), [10, 12, 14, 22, 30], FILL, share=0.8)
    short = curve("ours", [1, 2], [1, 2], [0.5, 0.85], share=0.4)
    assert chosen(textbook, short, steady).share == 0.8
    dear = curve("ours", range(1, 6), [55, 65, 75, 85, 95], FILL)
    assert chosen(textbook, dear).policy == "P1"
    cheap = curve("ours", range(1, 6), [45, 55, 65, 75, 85], FILL)
    assert chosen(textbook, cheap).policy == "ours"
    # out of reach of both: not the textbook's merit
    none = curve("P1", [0, 1], [1, 2], [0.1, 0.2])
    assert chosen(none, curve("ours", [1, 2], [3, 4], [0.1, 0.2])).policy == "ours"


def test_compared_where_the_first_of_two_fills_is_reached():
    other = curve("P1", [0, 1], [10, 20], [0.5, 0.9], value=[0.6, 0.8])
    both = {"line": 0.7, "value": 0.78, "unit": 0.5}
    figure = other.totals.inventory[1]
    # -0.18 of the value and +0.2 of the lines are missing and left at the two ends
    first = 10 + 10 * 0.18 / 0.38
    assert forward.same_service(other, "both", both, figure) == pytest.approx(first)
    assert forward.same_service(other, "value", both, figure) == pytest.approx(19)


def test_scales_reach_both_ends():
    """Dials cover stock for nothing and stock for everything."""
    rng = np.random.default_rng(1)
    demand = rng.poisson(3.0, (20, 110)).astype(float)
    demand *= rng.random((20, 110)) < 0.3
    case = trial.Case(demand, 4.0, 5.0, 0.25, 2, lost_sales=True)
    setup = forward.prepare(case)
    for name, lines in forward.curves(setup).items():
        for line in lines:
            assert (np.diff(line.dials) > 0).all()
            fill = line.fill("line", 1)
            assert fill[0] < 0.9 and fill[-1] > 0.999, name
            assert len(line.dials) >= 25
    assert [line.share for line in forward.curves(setup, ("P1", "both"))["both"]] == (
        pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1])
    )


@pytest.mark.parametrize("fill", ["line", "unit", "value", "both"])
def test_hindsight_by_trying_everything(fill):
    rng = np.random.default_rng(8)
    demand = rng.poisson(2.0, (8, 80)).astype(float)
    demand *= rng.random((8, 80)) < 0.4
    cost = rng.uniform(1, 9, 8).round(2)
    case = trial.Case(demand, cost, 5.0, 0.25, 2, review=1, multiple=1)
    setup = forward.prepare(case)
    start, end = setup.plan.last
    got_fill, got_stock = hindsight(setup, fill, steps=7, prices=9)
    assert len(got_fill) == 9
    options = []  # per article: (average value, what was missed) by level
    asked = 0.0
    for i in range(8):
        row = demand[i]
        weight = cost[i] if fill == "value" else 1.0
        annual = row[start:end].mean() * 52
        lot = trial.lot(
            trial.Case(row[None], cost[i], 5.0, 0.25, 2, multiple=1), [annual]
        )
        most = max(row[t : t + 3].sum() for t in range(len(row) - 2))
        mine = []
        for level in np.linspace(0, most, 7):
            out = replay(
                row[None, setup.plan.start :], [level], [level + lot[0]], 2, multiple=1,
                windows=[(start - setup.plan.start, end - setup.plan.start)],
            )  # fmt: skip
            of = {name: float(getattr(out, name)[0, 0, 0]) for name in vars(out)}
            if fill in ("line", "both"):
                missed = of["lines"] - of["lines_filled"]
            else:
                missed = (of["demand"] - of["filled"]) * weight
            mine.append((of["stock"] / (end - start) * cost[i], missed))
        lines = np.count_nonzero(row[start:end])
        asked += lines if fill in ("line", "both") else row[start:end].sum() * weight
        options.append(mine)
    values = [value for mine in options for value, _missed in mine]
    misses = [missed for mine in options for _value, missed in mine]
    scale = max(values) / max(misses)
    for k, price in enumerate(np.logspace(-6, 4, 9)):
        best = [
            min(mine, key=lambda o: o[0] + scale * price * o[1]) for mine in options
        ]
        stock = math.fsum(value for value, _missed in best)
        missed = math.fsum(missed for _value, missed in best)
        assert got_stock[k] == pytest.approx(stock)
        assert got_fill[k] == pytest.approx(1 - missed / asked)
