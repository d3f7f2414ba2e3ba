"""Cleaning of demand by small cases worked out by hand."""

import numpy as np
import pytest
from engine.demand import (
    clean,
    first_sale,
    inherit,
    propose_outliers,
    to_buckets,
    uncensored,
)
from engine.textbook import weekly_statistics
from hypothesis import given
from hypothesis import strategies as st

NAN = np.nan


def test_a_series_starts_at_its_first_sale():
    result = clean([[0, 0, 4, 0, 2], [0, 0, 0, 0, 0]])
    np.testing.assert_array_equal(result.demand[0], [NAN, NAN, 4, 0, 2])
    assert np.isnan(result.demand[1]).all()
    assert result.start.tolist() == [2, 5]
    known = clean([[0, 0, 4, 0, 2]], first_period=[1])
    np.testing.assert_array_equal(known.demand[0], [NAN, 0, 4, 0, 2])


def test_returns_do_not_make_negative_demand():
    np.testing.assert_array_equal(clean([[3, -2, 1]]).demand[0], [3, 0, 1])


def test_stock_outs_are_masked_or_lifted():
    """Half a week without stock doubles; more is unknown; the cap holds."""
    result = clean(
        [[10, 10, 10, 10]],
        stocked_out=[[0, 0.5, 0.6, 0.2]],
        max_share=0.55,
        max_uplift=1.5,
    )
    np.testing.assert_allclose(result.demand[0], [10, 15, NAN, 12.5])
    np.testing.assert_allclose(result.uplift[0], [0, 5, 0, 2.5])
    assert result.masked[0].tolist() == [False, False, True, False]
    assert result.censored_share[0] == pytest.approx(1.3 / 4)


def test_contradictory_stock_masks_nothing():
    result = clean([[10, 10]], stocked_out=[[1, 1]], consistent=[False])
    assert result.demand.tolist() == [[10, 10]]
    assert result.censored_share.tolist() == [0]


def test_time_out_of_stock_before_the_start_does_not_count():
    result = clean([[0, 5, 5]], stocked_out=[[1, 0, 0]])
    assert result.censored_share.tolist() == [0] and not result.masked.any()


def test_returns_stay_and_the_earliest_of_too_many_stock_outs_count():
    result, share = uncensored(
        [[9, 0, 0, 0, -2, 6, 0, 4]], [[1, 1, 1, 1, 0.5, 0.25, 1, 0]], [1]
    )
    # of seven weeks at most half may be unknown: three, the latest ones
    np.testing.assert_allclose(result, [[9, 0, NAN, NAN, -2, 8, NAN, 4]])
    assert share[0] == pytest.approx(4.75 / 7)


def naive_uncensored(row, share, start):
    """What a planner with a pencil would do."""
    most = (len(row) - start) / 2
    result = list(row)
    for period in reversed(range(start, len(row))):
        if share[period] > 0.5:
            if most >= 1:
                result[period], most = NAN, most - 1
        elif row[period] > 0:
            result[period] = row[period] / (1 - share[period])
    return result


@given(
    st.lists(
        st.tuples(
            st.sampled_from([-1.0, 0.0, 1.0, 7.0]),
            st.sampled_from([0, 1 / 7, 3 / 7, 4 / 7, 1]),
        ),
        min_size=1,
        max_size=12,
    ),
    st.integers(0, 11),
)
def test_uncensored_as_by_hand(cells, start):
    row, share = map(list, zip(*cells, strict=True))
    start = min(start, len(row))
    expected = naive_uncensored(row, share, start)
    np.testing.assert_allclose(uncensored([row], [share], [start])[0][0], expected)


def test_statistics_without_stock_outs_are_those_of_full_shelves():
    """Drawn demand that nobody can buy on days without stock."""
    rng = np.random.default_rng(5)
    days = rng.poisson(4.0, (400, 104, 7)).astype(float)
    # out of stock every now and then for one to three weeks
    begins = rng.random((400, 728)) < 0.008
    length = rng.integers(7, 22, (400, 728))
    out = np.zeros((400, 728), bool)
    for row, day in zip(*np.nonzero(begins), strict=True):
        out[row, day : day + length[row, day]] = True
    out = out.reshape(days.shape)
    sold = np.where(out, 0.0, days).sum(axis=2)
    weeks = np.full(400, 104)
    seen = weekly_statistics(uncensored(sold, out.mean(axis=2), weeks * 0)[0], weeks)
    blind = weekly_statistics(sold, weeks)
    assert out.mean() > 0.08 and blind.mean.mean() < 3.7
    assert seen.mean.mean() == pytest.approx(4.0, rel=0.01)
    # scaled weeks are less certain than whole ones: a little above the root of 4
    assert 2.0 < seen.sd.mean() < 2.2 < blind.sd.mean()


def test_confirmed_one_offs_leave():
    assert clean([[5, 100, 5]], excluded=[[0, 95, 0]]).demand.tolist() == [[5, 5, 5]]
    with pytest.raises(ValueError):
        clean([[5, 1]], stocked_out=[[0, 2]])


def test_outliers_are_proposed_with_the_part_above_the_limit():
    usual = [5, 0, 6, 5, 4, 5, 0, 6, 5]
    # median 5.0 (8 sizes with 90: 5), robust deviation below half the median
    over = propose_outliers([usual + [90], usual + [7], [1, 90] + [0] * 8])
    assert over[0, -1] == 90 - (5 + 6 * 2.5)
    assert over[0, :-1].sum() == over[1:].sum() == 0


@given(st.lists(st.floats(1, 1e6), min_size=8, max_size=30), st.floats(0.01, 100))
def test_proposals_scale_with_the_unit(sizes, factor):
    one = propose_outliers([sizes])
    other = propose_outliers([[s * factor for s in sizes]])
    np.testing.assert_allclose(other, one * factor, rtol=1e-6, atol=1e-6 * factor)


def test_buckets_end_with_the_last_period():
    assert to_buckets([[9, 1, 2, 3, 4]], 2).tolist() == [[3, 7]]
    np.testing.assert_allclose(to_buckets([[NAN, NAN, 3, NAN]], 2), [[NAN, 6]])
    assert to_buckets(np.zeros((2, 3)), 7).shape == (2, 0)
    with pytest.raises(ValueError):
        to_buckets([[1]], 0)


def test_a_successor_inherits_through_the_chain():
    demand = [[5, 0, NAN], [NAN, 3, 0], [NAN, NAN, 2]]
    result = inherit(demand, [-1, 0, 1])
    np.testing.assert_array_equal(result[1], [5, 3, 0])
    np.testing.assert_array_equal(result[2], [5, 3, 2])
    with pytest.raises(ValueError):
        inherit(demand, [1, 0, -1])
    assert first_sale(result).tolist() == [0, 0, 0]
