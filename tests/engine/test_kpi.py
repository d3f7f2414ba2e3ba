"""Key figures against day-by-day counting and small cases."""

import math

import numpy as np
import pytest
from engine import kpi
from hypothesis import given
from hypothesis import strategies as st


def test_turns_and_days():
    assert kpi.turns([100, 100, 0], [50, 0, 0], 73)[:2].tolist() == [10, math.inf]
    assert math.isnan(kpi.turns(0, 0, 73))
    assert kpi.days_of_inventory([100, 0], [50, 50], 73).tolist() == [36.5, math.inf]
    with pytest.raises(ValueError):
        kpi.turns(1, 1, 0)


def test_average_inventory_is_weighted_by_time():
    assert kpi.average_inventory([[10, 10, 40], [5, np.nan, 7]]).tolist() == [20, 6]


def days_by_counting(stock, forecast):
    if stock <= 0:
        return 0
    for day, need in enumerate(forecast):
        if need >= stock:
            return day + stock / need
        stock -= need
    return math.inf


@given(st.integers(0, 60), st.lists(st.integers(0, 9), min_size=1, max_size=20))
def test_cover_equals_counting_day_by_day(stock, forecast):
    got = kpi.days_of_cover([stock], [forecast])[0]
    assert got == pytest.approx(days_by_counting(stock, forecast))


def test_excess_and_ladder():
    assert kpi.excess([10, 3], [5, 0], [12, 4]).tolist() == [3, 0]
    assert kpi.movement_class([89, 90, 180, 365]).tolist() == [0, 1, 2, 3]
    with pytest.raises(ValueError):
        kpi.movement_class([1], (180, 90))


def test_forecast_error():
    bias, wape = kpi.forecast_error([10, np.nan, 0], [5, 3, 5])
    assert bias == 0 and wape == 1
    assert math.isnan(kpi.forecast_error([0], [1])[0])
    with pytest.raises(ValueError):
        kpi.forecast_error([1], [1, 2])
