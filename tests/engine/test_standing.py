"""A target in force, judged on the weeks a new one is set on."""

from dataclasses import replace

import numpy as np
import pytest
from engine import apart, forward, standing, trial
from engine.plan import Parameters

TARGET = 0.9


@pytest.fixture(scope="module")
def tried():
    """A setup, its curves, and the method that it chooses, by order lines."""
    rng = np.random.default_rng(4)
    count, weeks = 150, 104
    demand = np.where(
        rng.random((count, weeks)) < rng.uniform(0.2, 0.9, (count, 1)),
        rng.poisson(np.exp(rng.normal(1.5, 1.0, (count, 1))), (count, weeks)),
        0,
    )
    case = trial.Case(
        demand=demand,
        unit_cost=np.exp(rng.normal(2.0, 1.2, count)),
        order_cost=5.0,
        holding_rate=0.25,
        lead_time=2.0,
        multiple=1.0,
    )
    setup = forward.prepare(case)
    curves = forward.curves(setup, ("P1", "line"))
    method = apart.Method("ours", _dial(curves["line"][0]), "lines")
    return setup, curves["P1"][0], method


def _dial(curve):
    goals = {"line": TARGET}
    return forward.dial_for(curve, "line", goals, forward.LAST)


def _parameters(**values):
    return Parameters(None, 10.0, 4.0, objective="lines", **values)


def _stand(tried, kept, owed=(0.0, 0.0), known=None, target=TARGET, fill="line"):
    setup, textbook, method = tried
    return standing.standing(
        setup,
        textbook,
        standing.Rival(kept, known or _parameters()),
        standing.Rival(method, _parameters()),
        (fill, target),
        owed,
    )


def test_the_same_target_serves(tried):
    found = _stand(tried, tried[2])
    assert found.serves
    assert found.over == 0
    # a dial between two of a curve comes near its goal, not to it
    assert found.short < 0.03


def test_less_service_is_given_up_at_once(tried):
    """Half the worth of service: some points of fill too few."""
    method = tried[2]
    found = _stand(tried, replace(method, dial=method.dial / 2))
    fill = found.totals.fill_lines[forward.LAST, 0]
    assert fill < TARGET - 0.01
    assert found.short == pytest.approx((TARGET - fill) / (1 - TARGET), abs=0.05)
    assert not found.serves


def test_a_little_too_little_every_week_adds_up(tried):
    """Nothing stays below its goal: 0.3 points of 1 are too many the fourth time."""
    method = tried[2]
    kept = next(
        replace(method, dial=method.dial * share)
        for share in np.linspace(1.0, 0.5, 200)
        if _stand(tried, replace(method, dial=method.dial * share)).short > 0.03
    )
    weeks, owed = 0, (0.0, 0.0)
    while (found := _stand(tried, kept, owed)).serves:
        weeks, owed = weeks + 1, (found.short, found.over)
    assert 1 < weeks <= 3


def test_more_stock_is_given_up_slowly(tried):
    method = tried[2]
    dear = replace(method, dial=method.dial * 1.15)
    setup = tried[0]
    plain = forward.totals_of(setup, "ours", method.levels(setup))
    found = _stand(tried, dear)
    more = found.totals.inventory / plain.inventory - 1
    assert found.short == 0
    assert found.over == pytest.approx(more[forward.LAST, 0] - 0.02)
    assert 0.02 < more[forward.LAST, 0] < 0.08
    assert found.serves
    assert not _stand(tried, dear, (0.0, 0.06)).serves
    # what was too much is forgotten while there is none
    assert _stand(tried, method, (0.0, 0.02)).over == pytest.approx(0.0)


def test_another_method_is_judged_by_what_it_does(tried):
    """The textbook delivers as much, with the more stock it is known to need."""
    setup, textbook, method = tried
    goals = {"line": TARGET}
    dial, stock = forward.needed(textbook, "line", goals, forward.LAST)
    found = _stand(tried, apart.Method("P1", dial, "lines"))
    plain = forward.totals_of(setup, "ours", method.levels(setup))
    assert found.short < 0.03
    more = stock / plain.inventory[forward.LAST, 0] - 1
    assert more > 0.02
    assert found.over == pytest.approx(more - 0.02, abs=0.01)


def test_a_group_that_is_gone(tried):
    assert _stand(tried, replace(tried[2], apart={"7:1": 1.0})) is None


def test_goals_out_of_reach_are_not_asked_for(tried):
    """No level delivers everything: the one in force misses no more than the new."""
    found = _stand(tried, tried[2], target=0.9999)
    assert found.short == 0
    assert found.serves


def test_means_of_the_day_it_was_learned(tried):
    """By lines a shortage counts mean cost × mean line: twice that is twice λ."""
    method = tried[2]
    known = replace(_parameters(), mean_cost=20.0)
    doubled = _stand(tried, replace(method, dial=method.dial * 2))
    found = _stand(tried, method, known=known)
    np.testing.assert_allclose(found.totals.inventory, doubled.totals.inventory)


def test_a_cost_per_missed_unit(tried):
    """The bottom of the curve costs least; far from it is given up."""
    setup, textbook, _method = tried
    [curve] = forward.curves(setup, ("cost",))["cost"]
    dial = forward.needed(curve, "cost", {"cost": 5.0}, forward.LAST)[0]
    best = apart.Method("ours", dial, "cost")
    mine = setup, textbook, best
    assert _stand(mine, best, fill="cost", target=5.0).over == 0
    far = _stand(mine, replace(best, dial=dial * 30), fill="cost", target=5.0)
    assert far.short == 0
    assert not far.serves
