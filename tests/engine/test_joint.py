"""The can-order level against costs counted day by day, and against a simulation."""

import numpy as np
import pytest
from engine.joint import early_quantity
from engine.order_quantity import eoq

# A lot of its own, at, below and above the economic one.
CASES = [
    (lot, demand, 40.0, share, 2.5)
    for lot, demand in ((200.0, 1000.0), (90.0, 1000.0), (500.0, 1000.0), (30.0, 40.0))
    for share in (0.0, 0.25, 0.6, 1.0)
]


def _cost(paid, opening, lot, demand, holding, order):
    """Money spent by the 6th cycle, on the average of the moments of that cycle.

    :param paid: for a lot that is added at once; None = the next comes at 0
    """
    ticks = 1000  # of a cycle, at the end of one of which stock is at 0
    step = lot / ticks
    stock, spent, course = max(round(opening / step), 1) * step, 0.0, []
    if paid is not None:
        spent, stock = paid, lot
    for _tick in range(7 * ticks):
        stock -= step
        spent += holding * (stock + step / 2) * step / demand
        if stock <= step / 2:
            stock += lot
            spent += order
        course.append(spent)
    return np.mean(course[-ticks:])


@pytest.mark.parametrize(("lot", "demand", "order", "share", "holding"), CASES)
def test_joining_pays_up_to_the_level(lot, demand, order, share, holding):
    """Both choices lived through, tick by tick."""
    early = early_quantity(lot, demand, order, share, holding).item()

    def gain(rest):
        """What joining at ``rest`` above s saves."""
        waits = _cost(None, rest, lot, demand, holding, order)
        return waits - _cost(share * order, rest, lot, demand, holding, order)

    slack = 0.01 * order
    assert 0 <= early <= lot
    if early < lot:
        assert gain(early) == pytest.approx(0.0, abs=slack)
        assert gain(min(early + 0.1 * lot, lot)) < slack
    for part in (0.3, 0.8):
        assert gain(part * early) > -slack


def test_at_the_economic_lot_it_is_one_less_the_root_of_the_share():
    demand, order, holding = 1300.0, 8.0, 0.225
    lot = eoq(demand, order, holding)
    for share in (0.0, 0.09, 0.25, 0.64, 1.0):
        expected = lot * (1 - share**0.5)
        found = early_quantity(lot, demand, order, share, holding)
        assert found == pytest.approx(expected, rel=1e-9)


def test_nothing_to_join():
    assert early_quantity(0.0, 100, 20, 0.25, 1).item() == 0
    assert early_quantity(50, 0.0, 20, 0.25, 1).item() == 0
    assert early_quantity(50, 100, 0.0, 0.25, 1).item() == 0
    # Kept for nothing, a lot may come as early as the saving lasts.
    assert early_quantity(50, 100, 20, 0.25, 0.0).item() == pytest.approx(37.5)


def test_bad_input():
    with pytest.raises(ValueError, match="line_share"):
        early_quantity(50, 100, 20, 1.5, 1)
    with pytest.raises(ValueError, match="quantity"):
        early_quantity(-1, 100, 20, 0.5, 1)


def _simulate(early, rate, lot, order, line, holding, days, seed):
    """Yearly cost of a vendor's articles with Poisson demand, delivered at once.

    A day's first article pays ``order``, each further one ``line``.
    """
    draw = np.random.default_rng(seed)
    stock, spent = lot * draw.random(len(rate)), 0.0
    for _day in range(days):
        stock = stock - draw.poisson(rate)
        if (stock <= 0).any():
            joins = stock <= early
            spent += order + line * (joins.sum() - 1)
            stock = np.where(joins, lot, stock)
        spent += (holding * np.maximum(stock, 0.0)).sum() / 365
    return spent * 365 / days


def test_a_vendors_articles_cost_less_together():
    """Against ordering each alone, and against joining too early or too late."""
    draw = np.random.default_rng(11)
    rate = draw.uniform(0.3, 4.0, 12)
    holding = draw.uniform(0.5, 6.0, 12)
    order, line = 30.0, 7.5
    lot = np.ceil(eoq(rate * 365, order, holding))
    early = early_quantity(lot, rate * 365, order, line / order, holding)

    def cost(level):
        runs = [
            _simulate(level, rate, lot, order, line, holding, 3000, seed)
            for seed in range(3)
        ]
        return np.mean(runs)

    together = cost(early)
    assert together < 0.9 * cost(np.zeros(12))
    assert together < cost(0.95 * lot)
    # No other share of the lot for all of them does much better.
    best = min(cost(share * lot) for share in np.linspace(0, 1, 11))
    assert together < 1.05 * best
