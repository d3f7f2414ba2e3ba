"""Values at the edges, worked out by hand: what a fault put into the engine changed
without any other test noticing."""

import numpy as np
import pytest
from engine.accuracy import naive_scale
from engine.booking import pooled_share
from engine.classify import xyz_classes
from engine.demand import uncensored
from engine.horizon import horizon
from engine.kpi import days_of_cover
from engine.lead_time import lead_times
from engine.order_quantity import annual_cost, economic_lot
from engine.policy import levels, odoo_min_max
from engine.service import inverse_loss, normal_loss, safety_factor_for_fill_rate


def test_a_single_change_is_its_own_mean():
    assert naive_scale([[3.0, 5.0]]).tolist() == [2.0]


def test_nothing_booked_where_nothing_is_sold():
    assert pooled_share([[0.5], [0.5]], [0.0, 0.0], [1, 1]).tolist() == [[0.0], [0.0]]


def test_one_negative_error_among_many_is_refused():
    with pytest.raises(ValueError, match="negative"):
        xyz_classes([0.2, -0.1])


def test_equal_limits_leave_no_class_between():
    assert xyz_classes([0.4, 0.6], (0.5, 0.5)).tolist() == [0, 2]


def test_one_wrong_row_among_right_ones_is_refused():
    with pytest.raises(ValueError, match="pair"):
        lead_times([1.0, 2.0], [0, 5], [0])


def test_half_a_deviation_is_added_to_what_is_overdue():
    """Two receipts of 8 and 12 days a thousand times, one order waiting for 30 days.

    The mean moves by (30 + 1/2 x 2 - 10) / 2001.
    """
    days = [*np.tile([8.0, 12.0], 1000), 30.0]
    result = lead_times(days, np.zeros(2001, int), [0], is_open=np.arange(2001) == 2000)
    assert result.mean[0] == pytest.approx(10 + 21 / 2001, abs=1e-6)


def test_holding_costs_rate_times_price():
    """100 a year at 4, lots of 20, 5 an order, 25 %: 400 + 25 + 10."""
    assert annual_cost(100, 5, 0.25, 4, 20) == pytest.approx(435)


def test_no_uncertainty_no_safety_stock_and_nothing_clipped():
    found = levels(5.0, 0.0, 3.0, 0.0, safety_factor=np.inf)
    assert np.ravel(found.safety_stock).tolist() == [0.0]
    found = levels(5.0, 0.0, 3.0, 0.0, safety_factor=-1.0)
    assert not np.any(found.clipped)


def test_one_maximum_below_its_minimum_is_refused():
    with pytest.raises(ValueError, match="below reorder_point"):
        odoo_min_max([5.0, 5.0], [9.0, 4.0])


@pytest.mark.parametrize("loss", [0.5, 1e-5, 0.9e-5, 1e-30, 3.0])
def test_the_inverse_of_the_loss(loss):
    assert normal_loss(inverse_loss([loss]))[0] == pytest.approx(loss, rel=1e-9)


def test_full_service_is_refused_and_certain_demand_needs_none():
    with pytest.raises(ValueError, match="fill"):
        safety_factor_for_fill_rate(1.0, 2.0, 5.0)
    assert safety_factor_for_fill_rate(0.9, 0.0, 5.0) == 0.0
    with pytest.raises(ValueError, match="quantity"):
        safety_factor_for_fill_rate(0.9, 2.0, 0.0)


def test_half_of_the_only_week_without_stock():
    assert uncensored([[4.0]], [[0.5]], [0])[1].tolist() == [0.5]


def test_one_bucket_ahead():
    assert horizon([2.0], [0.0], 1).mean.tolist() == [[2.0]]


def test_stock_that_ends_on_the_first_day_and_on_the_second():
    assert days_of_cover([1, 3], [[2, 2, 2]] * 2).tolist() == [0.5, 1.5]


def test_orders_weigh_one_unless_said_and_nothing_at_zero():
    days, pair = [5.0, 9.0, 40.0], [0, 1, 1]
    plain = lead_times(days, pair, [0, 0])
    ones = lead_times(days, pair, [0, 0], weight=[1.0, 1.0, 1.0])
    assert plain.mean.tolist() == ones.mean.tolist()
    assert plain.sd.tolist() == ones.sd.tolist()
    without = lead_times(days, pair, [0, 0], weight=[1.0, 1.0, 0.0])
    alone = lead_times(days[:2], pair[:2], [0, 0])
    assert without.mean.tolist() == alone.mean.tolist()
    assert without.receipts.tolist() == [1, 1]


def test_a_price_that_rises_with_the_quantity_is_no_bargain():
    """From 100 on 20 instead of 10; the lot at 10 alone would be 200."""
    found = economic_lot(
        1000, 50, 0.25, 10, multiple=1, break_qty=[[100.0]], break_price=[[20.0]]
    )
    assert found[0].tolist() == [99] and found[1].tolist() == [10]


def test_safety_stock_of_what_hardly_varies():
    """The deviation of four days, in kilograms and in tonnes."""
    pieces = levels(5000.0, 500.0, 4.0, 0.0, 0.0, safety_factor=1.5)
    thousands = levels(5.0, 0.5, 4.0, 0.0, 0.0, safety_factor=1.5)
    assert np.ravel(pieces.safety_stock) == pytest.approx([1.5 * 500 * 2])
    assert np.ravel(thousands.safety_stock) == pytest.approx([1.5 * 0.5 * 2])
