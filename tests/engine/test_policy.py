"""Levels against the vectors, stockpyl and simulation; Odoo's arithmetic."""

from decimal import Decimal
from math import ceil

import numpy as np
import pytest
from engine.policy import lead_time_demand_sd, levels, odoo_min_max, safety_stock
from engine.service import normal_quantile
from hypothesis import given
from hypothesis import strategies as st

Z95 = 1.6448536


def test_vector():
    """d=20, sd 6, L=9, sd of L 2, CSL .95."""
    result = levels(20, 6, 9, 2, review=0, safety_factor=normal_quantile(0.95))
    assert result.sigma == pytest.approx(43.8634, abs=5e-5)
    assert result.safety_stock == pytest.approx(72.149, abs=5e-4)
    assert result.reorder_point == pytest.approx(252.149, abs=5e-4)
    # without the deviation of the lead time it would be 29.607
    assert result.safety_stock_demand == pytest.approx(29.607, abs=5e-4)
    assert lead_time_demand_sd(20, 6, 9, 2) == pytest.approx(43.8634, abs=5e-5)
    assert safety_stock(20, 6, 9, 2, Z95) == pytest.approx(72.149, abs=5e-4)


def test_vector_with_review():
    result = levels(20, 6, 9, 2, review=7, safety_factor=normal_quantile(0.95))
    assert result.sigma == pytest.approx(46.6476, abs=5e-5)
    assert result.safety_stock == pytest.approx(76.728, abs=5e-4)
    assert result.order_up_to == pytest.approx(396.728, abs=5e-4)
    assert result.protection_days == 16


def test_safety_stock_equals_stockpyl_on_1000_cases():
    stockpyl_ss = pytest.importorskip("stockpyl.newsvendor")
    rng = np.random.default_rng(3)
    mean, sd = rng.uniform(50, 100, 1000), rng.uniform(1, 10, 1000)
    lead = rng.integers(1, 30, 1000)
    holding, shortage = rng.uniform(0.1, 1, 1000), rng.uniform(1, 20, 1000)
    ratio = shortage / (shortage + holding)
    ours = levels(mean, sd, lead, 0, 1, 0, normal_quantile(ratio)).order_up_to
    # stockpyl's base-stock level adds the review period to the lead time itself
    expected = [
        stockpyl_ss.newsvendor_normal(
            h, p, m, s, lead_time=int(days), base_stock_level=None
        )[0]
        for h, p, m, s, days in zip(holding, shortage, mean, sd, lead, strict=True)
    ]
    np.testing.assert_allclose(ours, expected, rtol=1e-9)


def test_periodic_policy_reaches_its_service_level():
    """Order up to S every 7 days, gamma demand 20 +- 12, L=9: target .95."""
    rng = np.random.default_rng(4)
    stock = levels(20, 12, 9, 0, 7, 0, normal_quantile(0.95)).order_up_to
    demand = rng.gamma((20 / 12) ** 2, 144 / 20, (200_000, 16)).sum(axis=1)
    assert (demand <= stock).mean() == pytest.approx(0.95, abs=0.01)


def test_terms_add_up_and_clip():
    result = levels([20, 20, 0], [6, 6, 0], 9, 2, 1, 30, [1.5, -1.5, 2])
    np.testing.assert_array_equal(
        result.safety_stock,
        result.safety_stock_demand + result.safety_stock_lead_time,
    )
    np.testing.assert_allclose(
        result.reorder_point, result.protection_demand + result.safety_stock
    )
    np.testing.assert_allclose(result.order_up_to - result.reorder_point, 30)
    assert result.clipped.tolist() == [False, True, False]
    assert result.safety_stock[1:].tolist() == [0, 0]
    assert levels(0, 0, 1, 0, safety_factor=np.inf).reorder_point == 0


@pytest.mark.parametrize("name", ["demand", "demand_sd", "lead_time", "review"])
def test_negative_input_is_named(name):
    arguments = dict(demand=1, demand_sd=1, lead_time=1, lead_time_sd=1, review=1)
    with pytest.raises(ValueError, match=name):
        levels(**(arguments | {name: -1}))


ROUNDINGS = [
    Decimal("1"),
    Decimal("0.1"),
    Decimal("0.01"),
    Decimal("0.001"),
    Decimal("0.5"),
    Decimal("12"),
]


def exact(number) -> Decimal:
    return Decimal(repr(float(number)))


@given(
    low=st.floats(0, 1e6),
    gap=st.floats(0, 1e6),
    unit=st.sampled_from(ROUNDINGS),
    packs=st.integers(0, 24),
)
def test_min_max_by_odoos_own_rule(low, gap, unit, packs):
    multiple = unit * packs
    result = odoo_min_max(low, low + gap, float(unit), float(multiple))
    minimum, maximum = exact(result.minimum), exact(result.maximum)
    assert minimum % unit == 0 and maximum % unit == 0
    assert maximum >= minimum
    # Every term is a decimal number, and they add up to the last digit.
    low_shown = exact(np.round(low, 4))
    gap_shown = exact(np.round((low + gap) - low, 4))
    assert minimum == (
        low_shown + exact(result.minimum_rounding) + exact(result.strict_unit)
    )
    assert exact(result.lot) == gap_shown + exact(result.lot_rounding)
    assert maximum == minimum - exact(result.strict_unit) + exact(result.lot)
    # Odoo orders strictly below min: at s, but not one unit above s.
    at_s = ceil(low_shown / unit) * unit
    if gap_shown > 0:
        assert at_s < minimum and not at_s + unit < minimum
        order = maximum - at_s
        if multiple:
            order = ceil(order / multiple) * multiple
        # the order placed at s is the lot, in whole packs, and covers S - s
        assert order == exact(result.lot) >= gap_shown
    else:
        assert minimum == maximum == at_s


def test_min_max_checks():
    for bad in ((2, 1, 1, 0), (1, 2, 0, 0), (-1, 2, 1, 0), (1, np.inf, 1, 0)):
        with pytest.raises(ValueError):
            odoo_min_max(*bad)
    assert odoo_min_max(0, 0).minimum == odoo_min_max(0, 0).maximum == 0
    assert odoo_min_max(0, 5).minimum == 1
