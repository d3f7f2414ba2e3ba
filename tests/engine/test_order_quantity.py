"""Lots against the textbook, stockpyl and exhaustive search."""

import numpy as np
import pytest
from engine.order_quantity import annual_cost, economic_lot, eoq
from hypothesis import given
from hypothesis import strategies as st

stockpyl_eoq = pytest.importorskip("stockpyl.eoq")


def test_eoq_vector():
    assert eoq(1300, 8, 0.225) == pytest.approx(304.0467800264368, rel=1e-14)
    cost = annual_cost(1300, 8, 1, 0.225, eoq(1300, 8, 0.225)) - 1300 * 0.225
    assert cost == pytest.approx(68.41052550594829, rel=1e-12)


def test_eoq_equals_stockpyl_on_1000_cases():
    rng = np.random.default_rng(1)
    demand, order, holding = 10 ** rng.uniform(-1, 5, (3, 1000))
    expected = [
        stockpyl_eoq.economic_order_quantity(k, h, d)[0]
        for d, k, h in zip(demand, order, holding, strict=True)
    ]
    np.testing.assert_allclose(eoq(demand, order, holding), expected, rtol=1e-12)


def test_all_units_discounts_equal_stockpyl():
    rng = np.random.default_rng(2)
    for _ in range(200):
        demand, order = 10 ** rng.uniform(1, 4), 10 ** rng.uniform(0, 2)
        rate = rng.uniform(0.1, 0.4)
        breaks = [0, *np.sort(10 ** rng.uniform(1, 4, 2)).round()]
        prices = (np.array([1, 0.95, 0.9]) * rng.uniform(1, 50)).tolist()
        if breaks[1] == breaks[2]:
            continue
        expected, _, cost = (
            stockpyl_eoq.economic_order_quantity_with_all_units_discounts(
                fixed_cost=order,
                holding_cost_rate=rate,
                demand_rate=demand,
                breakpoints=breaks,
                unit_costs=prices,
            )
        )
        quantity, _, yearly = economic_lot(
            demand,
            order,
            rate,
            prices[0],
            multiple=0,
            max_cover_days=1e9,
            break_qty=[breaks[1:]],
            break_price=[prices[1:]],
        )
        assert yearly[0] == pytest.approx(cost, rel=1e-9)
        assert quantity[0] == pytest.approx(expected, rel=1e-6)


def test_price_break_vector():
    """Tiers 1 at 10, 150 at 9.5, 500 at 9.2; the costs of the three candidates."""
    terms = dict(order_cost=80, holding_rate=0.25)
    costs = annual_cost(
        1200, price=[10, 9.5, 9.2], quantity=[149, 284.33, 500], **terms
    )
    assert costs == pytest.approx([12830.55, 12075.28, 11807.00], abs=0.01)
    quantity, price, cost = economic_lot(
        1200,
        80,
        0.25,
        10,
        max_cover_days=365,
        break_qty=[[1, 150, 500]],
        break_price=[[10, 9.5, 9.2]],
    )
    assert (quantity[0], price[0]) == (500, 9.2)
    assert cost[0] == pytest.approx(11807.00)


def brute_force(demand, order, rate, cost, moq, multiple, cover, breaks):
    """Cheapest of all allowed multiples, one by one."""
    best = None
    top = max(demand * cover / 365, -(-moq // multiple) * multiple, multiple)
    for packs in range(1, int(top // multiple) + 1):
        quantity = packs * multiple
        if quantity < moq:
            continue
        price = cost
        for start, tier_price in sorted(breaks):
            if quantity >= start:
                price = tier_price
        yearly = (
            demand * price + order * demand / quantity + rate * price * quantity / 2
        )
        if best is None or yearly < best[1] - 1e-7:
            best = (quantity, yearly, price)
    return best


@given(
    demand=st.integers(1, 2000),
    order=st.integers(0, 100),
    rate=st.sampled_from([0.1, 0.25, 0.5]),
    cost=st.integers(1, 50),
    moq=st.integers(0, 300),
    multiple=st.sampled_from([1, 2, 6, 25]),
    cover=st.integers(1, 365),
    breaks=st.lists(
        st.tuples(st.integers(1, 800), st.integers(1, 50)),
        max_size=3,
        unique_by=lambda b: b[0],
    ),
)
def test_lot_is_the_cheapest_of_all(
    demand, order, rate, cost, moq, multiple, cover, breaks
):
    rows = [b + (np.nan, np.nan)[:0] for b in breaks] or [(np.nan, np.nan)]
    quantity, price, yearly = economic_lot(
        demand,
        order,
        rate,
        cost,
        moq=moq,
        multiple=multiple,
        max_cover_days=cover,
        break_qty=[[r[0] for r in rows]],
        break_price=[[r[1] for r in rows]],
    )
    _, expected, _ = brute_force(
        demand, order, rate, cost, moq, multiple, cover, breaks
    )
    assert yearly[0] == pytest.approx(expected, rel=1e-9)
    assert quantity[0] >= moq and quantity[0] % multiple == 0
    tiers = [cost] + [p for s, p in sorted(breaks) if s <= quantity[0]]
    assert price[0] == tiers[-1]


def test_limits_of_the_lot():
    quantity, price, cost = economic_lot(
        [0, 365, 365, 10],
        50,
        [0.25, 0, 0.25, 0.25],
        [5, 5, 0, 5],
        moq=[7, 0, 0, 400],
        multiple=[5, 10, 1, 6],
    )
    # nothing sold: nothing ordered; free to hold: the largest cover; MOQ wins
    assert quantity.tolist() == [0, 180, 180, 402]
    assert price.tolist() == [5, 5, 0, 5]
    assert cost[0] == 0
    assert eoq([0, 5, 5], [1, 1, 0], 0, cap=90).tolist() == [0, 90, 0]
    assert eoq(5, 1, 0) == np.inf
    assert economic_lot(1, 1, 0, 1, max_cover_days=np.inf)[0].tolist() == [np.inf]


def test_shapes_and_signs_are_checked():
    for bad in (
        dict(annual_demand=-1),
        dict(multiple=-1),
        dict(moq=[1, 2, 3]),
        dict(break_qty=[[1]]),
        dict(break_qty=[[1, 2]], break_price=[[1]]),
        dict(break_qty=[[1]] * 3, break_price=[[1]] * 3),
        dict(unit_cost=np.nan),
        dict(break_qty=[[-1]], break_price=[[1]]),
        dict(break_qty=[[1]], break_price=[[-1]]),
    ):
        terms = dict(annual_demand=[5, 6], order_cost=1, holding_rate=0.1, unit_cost=1)
        with pytest.raises(ValueError):
            economic_lot(**(terms | bad))
