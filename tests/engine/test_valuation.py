"""Cost of stock against ledgers kept one event at a time."""

import numpy as np
import pytest
from engine.valuation import fifo_value, running_average
from hypothesis import given
from hypothesis import strategies as st


def test_average_of_two_receipts():
    """10 at 2.00, 5 sold, 5 at 4.00: (5 · 2 + 5 · 4) / 10."""
    cost = running_average([0, 0], [0, 5], [10, 5], [20, 20], [False, False])
    assert cost.tolist() == [2, 3]


def test_price_set_and_negative_stock():
    """A price that is set counts until goods come in; missing goods do not mix."""
    cost = running_average(
        [0, 0, 1, 1], [0, 4, 0, -3], [0, 4, 2, 5], [7, 36, 4, 20], [True, False] * 2
    )
    assert cost.tolist() == [7, (4 * 7 + 36) / 8, 4, 4]


events = st.lists(
    st.tuples(st.sampled_from("rrso"), st.integers(1, 20), st.integers(1, 99)),
    max_size=15,
)


@given(st.lists(events, max_size=4))
def test_average_equals_a_ledger(articles):
    rows, expected = [], []
    for article, log in enumerate(articles):
        units, cost = 0, 0.0
        for kind, quantity, value in log:
            if kind == "o":
                units -= quantity
                continue
            rows.append((article, units, quantity, value, kind == "s"))
            if kind == "s":
                cost = float(value)
            elif units <= 0:
                cost, units = value / quantity, units + quantity
            else:
                cost = (units * cost + value) / (units + quantity)
                units += quantity
            expected.append(cost)
    columns = [np.array(column) for column in zip(*rows, strict=True)] or [[]] * 5
    assert running_average(*columns) == pytest.approx(expected)


@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(0, 50)), min_size=1, max_size=9),
    st.integers(0, 60),
)
def test_fifo_equals_a_queue(receipts, sold):
    """Unit by unit: what is left of the queue, from the back."""
    queue = [value / quantity for quantity, value in receipts for _ in range(quantity)]
    left = max(len(queue) - sold, 0)
    quantity, value = zip(*receipts, strict=True)
    got = fifo_value([0], [len(receipts)], quantity, value, [left], [1.0])
    assert got[0] == pytest.approx(sum(queue[len(queue) - left :]))


def test_fifo_without_receipts_and_below_zero():
    """Unexplained and missing units at the latest price, else at the given one."""
    got = fifo_value([0, 0, 2], [2, 2, 2], [4, 2], [8, 6], [7, -1, 5], [9, 9, 9])
    assert got.tolist() == [14 + 3, -3, 45]
    with pytest.raises(ValueError):
        fifo_value([0], [1], [0], [1], [1], [1])


def test_nothing_received_keeps_the_average():
    """Ten for 20, then a receipt of nothing: still 2 each."""
    cost = running_average([0, 0], [0, 0], [10, 0], [20, 0], [False, False])
    assert cost.tolist() == [2.0, 2.0]


def test_stock_of_unknown_cost_counts_nothing():
    """Five that nobody paid for, and five for 20: ten for 20."""
    assert running_average([0], [5], [5], [20], [False]).tolist() == [2.0]
