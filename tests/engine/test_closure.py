"""Closed days against a calendar on the wall, day by day."""

import numpy as np
import pytest
from engine.closure import closed_days, open_days
from hypothesis import given
from hypothesis import strategies as st


def work_through(lead, closed, start):
    """Tear off a day after the other until the work is done."""
    day, done, met = start, 0.0, 0
    while done < lead - 1e-9:
        day += 1
        if 0 <= day < len(closed) and closed[day]:
            met += 1
        else:
            done += 1
    return met


@given(
    st.lists(st.lists(st.booleans(), min_size=9, max_size=9), min_size=1, max_size=3),
    st.lists(
        st.tuples(st.floats(0, 12), st.integers(-1, 2), st.integers(0, 14)),
        min_size=1,
        max_size=5,
    ),
)
def test_as_on_the_wall(closed, orders):
    lead, group, start = map(np.array, zip(*orders, strict=True))
    group = np.minimum(group, len(closed) - 1)
    expected = [
        work_through(days, closed[row] if row >= 0 else [], day)
        for days, row, day in zip(lead, group.tolist(), start.tolist(), strict=True)
    ]
    found = closed_days(lead, closed, group, start)
    assert found.tolist() == expected
    # measured afterwards, what was worked comes out again
    whole = np.ceil(lead - 1e-9)
    taken = (whole + found).astype(int)
    again = open_days(taken, closed, group, start, start + taken)
    np.testing.assert_allclose(again, whole)


def test_many_calendars_at_once():
    rng = np.random.default_rng(4)
    closed = rng.random((5, 11)) < 0.5
    closed[3] = True
    lead = rng.integers(0, 25, 400) / 2
    group, start = rng.integers(-1, 5, 400), rng.integers(0, 14, 400)
    expected = [
        work_through(days, closed[row] if row >= 0 else [], day)
        for days, row, day in zip(lead, group, start, strict=True)
    ]
    assert closed_days(lead, closed, group, start).tolist() == expected


def test_the_spring_festival_by_hand():
    """Ordered three days before 15 closed days, with a week of work."""
    closed = np.zeros((1, 60), bool)
    closed[0, 4:19] = True
    assert closed_days([7.0, 3.0, 3.5, 7.0], closed, [0, 0, 0, -1]).tolist() == [
        15, 0, 15, 0,
    ]  # fmt: skip
    assert closed_days([7], closed, [0], [10]).tolist() == [8]


def test_nothing_and_bad_input():
    assert closed_days([2.0], np.zeros((0, 0)), [-1]).tolist() == [0]
    assert closed_days([0.0], [[True]], [0]).tolist() == [0]
    with pytest.raises(ValueError):
        closed_days([-1.0], [[True]], [0])
