"""Rounding to packs against exact decimal arithmetic, and the shared checks."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import numpy as np
import pytest
from engine._arrays import columns, matrix, round_down, round_up
from hypothesis import given
from hypothesis import strategies as st

decimals = st.decimals(0, 1_000_000, places=3)
steps = st.sampled_from([Decimal(s) for s in ("0.001", "0.1", "0.25", "1", "6", "12")])


@given(decimals, steps)
def test_as_in_decimal_arithmetic(quantity, step):
    """What was typed as 0.3 is three times what was typed as 0.1."""
    for rounding, mode in ((round_up, ROUND_CEILING), (round_down, ROUND_FLOOR)):
        expected = (quantity / step).to_integral_value(mode) * step
        found = rounding(float(quantity), float(step))
        assert found == pytest.approx(float(expected), abs=1e-9)


def test_no_step_and_no_number():
    assert round_up([1.25, np.inf], [0, 6]).tolist() == [1.25, np.inf]
    assert round_down(7.9, 0) == 7.9
    assert np.isnan(round_up(np.nan, 6))


def test_checks_name_what_is_wrong():
    first, second = columns(first=[1, 2], second=3)
    assert first.tolist() == [1, 2] and second.tolist() == [3, 3]
    assert columns(signed=("back",), back=-1)[0] == -1
    for message, values in (
        ("cost must not be NaN", {"cost": [np.nan]}),
        ("cost must not be negative", {"cost": [-1]}),
        (r"a \(2,\), b \(3,\)", {"a": [1, 2], "b": [1, 2, 3]}),
    ):
        with pytest.raises(ValueError, match=message):
            columns(**values)
    with pytest.raises(ValueError, match=r"\[articles, periods\]"):
        matrix([1, 2])
    with pytest.raises(ValueError, match="stock must be finite"):
        matrix([[np.inf]], "stock")
