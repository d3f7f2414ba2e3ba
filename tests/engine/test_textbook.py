"""Statistics of the weeks against Python's own; a season against another demand."""

import statistics

import numpy as np
import pytest
from engine import textbook
from hypothesis import given
from hypothesis import strategies as st

NAN = np.nan


@given(
    st.lists(
        st.one_of(st.floats(-5, 50), st.just(NAN)),
        min_size=2,
        max_size=20,
    ),
    st.integers(1, 20),
)
def test_mean_and_deviation_are_those_of_the_known_weeks(weeks, since):
    since = min(since, len(weeks))
    known = [week for week in weeks[-since:] if not np.isnan(week)]
    seen = textbook.weekly_statistics(np.array([weeks]), np.array([since]), 1)
    mean = max(statistics.fmean(known), 0.0) if known else 0.0
    assert seen.mean[0] * 7 == pytest.approx(mean, abs=1e-9)
    if len(known) > 1 and statistics.fmean(known) >= 0:
        deviation = statistics.stdev(known)
        assert seen.sd[0] * 7**0.5 == pytest.approx(deviation, abs=1e-7)
    assert seen.weeks[0] == since


def terms(**values):
    one = np.ones(1)
    plain = dict(
        unit_cost=10 * one, order_cost=20 * one, holding_rate=0.25 * one,
        lead_time=14 * one, lead_time_sd=3 * one, review=7 * one, moq=0 * one,
        multiple=0 * one, max_cover_days=180 * one,
        break_qty=np.zeros((1, 1)), break_price=8 * np.ones((1, 1)),
    )  # fmt: skip
    return textbook.Terms(**(plain | values))


def test_a_season_is_another_demand_with_the_same_lot():
    """Levels as if 1.6 times as much were always sold, ordered in the same lots."""
    mean, sd = np.array([4.0]), np.array([2.5])
    seen = textbook.plan(mean, sd, terms(), 0.95, np.array([1.6]))
    usual = textbook.plan(mean, sd, terms(), 0.95)
    assert seen.quantity == usual.quantity and seen.eoq == usual.eoq
    # a single large pack forces the same lot on the article that sells more
    pack = terms(multiple=usual.quantity, moq=usual.quantity)
    more = textbook.plan(1.6 * mean, 1.6 * sd, pack, 0.95)
    np.testing.assert_allclose(more.quantity, usual.quantity)
    np.testing.assert_allclose(seen.levels.reorder_point, more.levels.reorder_point)
    np.testing.assert_allclose(seen.levels.safety_stock, more.levels.safety_stock)
