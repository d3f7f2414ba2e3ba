"""Lead times by hand and by simulation with known truth."""

import numpy as np
import pytest
from engine.lead_time import lead_times


def test_much_evidence_speaks_for_itself():
    days = np.tile([8.0, 12.0], 500)
    result = lead_times(days, np.zeros(1000, int), [0])
    assert result.mean[0] == pytest.approx(10) and result.sd[0] == pytest.approx(2)
    assert result.receipts.tolist() == [1000]


def test_without_receipts_promise_then_vendor_then_fallback():
    # vendor 0 has receipts of pair 0 only; vendor 1 has none
    result = lead_times(
        [20.0] * 50, [0] * 50, [0, 0, 1], promised=[5, 5, 9], fallback=3
    )
    assert result.mean[1] == pytest.approx(20)
    assert result.mean[2] == 9
    nothing = lead_times([], np.zeros(0, int), [0, 0], promised=[np.nan, 4], fallback=3)
    assert nothing.mean.tolist() == [3, 4] and nothing.sd.tolist() == [0, 0]


def test_shrinking_beats_own_means_and_one_mean_for_all():
    rng = np.random.default_rng(18)
    vendor_of_pair = np.repeat(np.arange(40), 10)
    truth = rng.gamma(6, 3, 40)[vendor_of_pair] + rng.normal(0, 1, 400)
    pair = rng.integers(0, 400, 1600)
    days = np.maximum(truth[pair] + rng.normal(0, 4, 1600), 0)
    result = lead_times(days, pair, vendor_of_pair)
    seen = result.receipts > 0
    own = np.bincount(pair, days, 400)[seen] / result.receipts[seen]

    def error(estimate):
        return np.mean((estimate - truth[seen]) ** 2)

    assert error(result.mean[seen]) < 0.6 * error(own)
    assert error(result.mean[seen]) < 0.6 * error(np.full(seen.sum(), days.mean()))
    assert np.median(result.sd) == pytest.approx(4, rel=0.15)


def test_overdue_orders_count_and_young_ones_do_not():
    closed = np.full(40, 10.0)
    pair = np.zeros(42, int)
    flags = np.arange(42) >= 40
    young = lead_times([*closed, 2, 3], pair, [0], is_open=flags)
    assert young.mean[0] == pytest.approx(10) and young.overdue.tolist() == [0]
    late = lead_times([*closed, 60, 70], pair, [0], is_open=flags)
    assert late.mean[0] == pytest.approx((400 + 130) / 42, rel=0.02)
    assert late.overdue.tolist() == [2] and late.receipts.tolist() == [40]
    assert late.sd[0] > 5


def test_partial_receipts_are_weighted():
    """Nine tenths after 10 days, one tenth after 30: 12 days on average."""
    days, weight = np.tile([10.0, 30.0], 400), np.tile([0.9, 0.1], 400)
    result = lead_times(days, np.zeros(800, int), [0], weight=weight)
    assert result.mean[0] == pytest.approx(12)
    assert result.sd[0] == pytest.approx(6)


def test_bad_input():
    assert lead_times([-5.0] * 9, [0] * 9, [0]).mean[0] == 0
    for days, pair in (([1.0], [1]), ([1.0], [-1]), ([1.0, 2.0], [0])):
        with pytest.raises(ValueError):
            lead_times(days, pair, [0])
