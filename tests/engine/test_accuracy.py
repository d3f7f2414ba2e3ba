"""Figures of forecast accuracy against plain loops."""

import math

import numpy as np
import pytest
from engine.accuracy import naive_scale, scaled_error, value_added


def slow_scale(series):
    changes = [
        abs(after - before)
        for before, after in zip(series, series[1:], strict=False)
        if not (math.isnan(before) or math.isnan(after))
    ]
    return sum(changes) / len(changes) if changes else math.nan


def test_scale_is_the_mean_change():
    rng = np.random.default_rng(5)
    demand = rng.poisson(6, (40, 30)).astype(float)
    demand[rng.random(demand.shape) < 0.3] = np.nan
    demand[0] = np.nan
    expected = [slow_scale(row) for row in demand.tolist()]
    np.testing.assert_allclose(naive_scale(demand), expected)
    assert np.isnan(naive_scale([[3.0, np.nan, 5.0]])).all()  # no two in a row


def test_error_in_units_of_the_scale():
    found = scaled_error([4, 10, 1, 1, 7], [6, 5, 1, 2, 7], [4, 2, 1, 0, np.nan])
    np.testing.assert_array_equal(found, [0.5, 2.5, 0, np.nan, np.nan])


@pytest.mark.parametrize("weight", [1.0, [2.0, 0.5, 3.0]])
def test_value_added_by_a_part(weight):
    actual, forecast, extra = [10, 4, 0], [12, 4, 1], [5, -2, 1]
    weights = [weight] * 3 if isinstance(weight, float) else weight
    without = with_it = 0.0
    for w, a, f, e in zip(weights, actual, forecast, extra, strict=True):
        without += w * abs(a - (f - e))
        with_it += w * abs(a - f)
    assert value_added(actual, forecast, extra, weight) == (without, with_it)
