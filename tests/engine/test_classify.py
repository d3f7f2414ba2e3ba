"""ABC, XYZ and patterns against a plain loop, a table and published cut-offs."""

import numpy as np
import pytest
from engine.classify import (
    abc_band,
    abc_classes,
    abc_matrix,
    demand_pattern,
    hysteresis,
    xyz_band,
    xyz_classes,
)
from hypothesis import given
from hypothesis import strategies as st


def loop_abc(values, limits):
    """The definition, article by article, in whole numbers."""
    total = sum(v for v in values if v > 0)
    result = [2] * len(values)
    reached = 0
    for i in sorted(range(len(values)), key=lambda i: (-values[i], i)):
        if values[i] <= 0:
            continue
        if reached * 100 < limits[0] * total:
            result[i] = 0
        elif reached * 100 < limits[1] * total:
            result[i] = 1
        reached += values[i]
    return result


@given(
    st.lists(st.integers(-3, 1000), max_size=60),
    st.tuples(st.integers(0, 100), st.integers(0, 100)).map(sorted),
)
def test_abc_equals_loop(values, limits):
    got = abc_classes(values, (limits[0] / 100, limits[1] / 100))
    assert got.dtype == np.int8
    assert got.tolist() == loop_abc(values, limits)


@pytest.mark.parametrize(
    ("values", "classes"),
    [
        ([], []),
        ([0, 0], [2, 2]),
        ([100], [0]),
        ([98, 1, 1], [0, 2, 2]),  # the dominating article crosses both limits
        ([80, 15, 5], [0, 1, 2]),  # a limit reached exactly ends the class
        ([79, 15, 6], [0, 0, 1]),  # the crossing article is still in the better
        ([50, 50], [0, 0]),
        ([10, -5], [0, 2]),
        ([0.8, 0.15, 0.05], [0, 1, 2]),  # sums of binary fractions
    ],
)
def test_abc_table(values, classes):
    assert abc_classes(values).tolist() == classes


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=40), st.integers(1, 999))
def test_abc_does_not_depend_on_the_currency(values, factor):
    values = np.array(values, dtype=float)
    assert (abc_classes(values) == abc_classes(values * factor)).all()


@pytest.mark.parametrize(
    "bad",
    [
        lambda: abc_classes([[1, 2]]),
        lambda: abc_classes([1, np.nan]),
        lambda: abc_classes([1], (0.9, 0.8)),
        lambda: abc_classes([1], (0.9, 1.1)),
        lambda: abc_classes([1], (-0.1, 0.8)),
        lambda: abc_matrix([0, 1], [0]),
        lambda: abc_matrix([3], [0]),
        lambda: abc_matrix([0], [-1]),
        lambda: xyz_classes([-0.1]),
        lambda: xyz_classes([1], (1, 0.5)),
        lambda: demand_pattern([1, 2]),
        lambda: demand_pattern([[1]], [0, 0]),
        lambda: demand_pattern([[np.inf]]),
    ],
)
def test_bad_input_is_refused(bad):
    with pytest.raises(ValueError):
        bad()


def test_joint_class_of_flores_and_whybark():
    table = {
        "AA": "A",
        "AB": "A",
        "BA": "A",
        "AC": "B",
        "BB": "B",
        "CA": "B",
        "BC": "C",
        "CB": "C",
        "CC": "C",
    }
    first = ["ABC".index(pair[0]) for pair in table]
    second = ["ABC".index(pair[1]) for pair in table]
    got = ["ABC"[c] for c in abc_matrix(first, second)]
    assert got == list(table.values())


def test_xyz_limits():
    error = [0, 0.49, 0.5, 0.99, 1.0, 50, np.inf, np.nan]
    assert xyz_classes(error).tolist() == [0, 0, 1, 1, 2, 2, 2, -1]
    assert xyz_classes([0.3, 0.3], (0.2, 0.25)).tolist() == [2, 2]


def test_pattern_vector():
    """Series of the formula collection: ADI 3, CV2 .0823 sample, .0617 population."""
    series = [[0, 0, 5, 0, 0, 0, 3, 0, 4, 0, 0, 6]]
    adi, cv2, pattern = demand_pattern(series)
    assert adi[0] == 3
    assert cv2[0] == pytest.approx(0.0823, abs=5e-5)
    assert pattern[0] == 2
    assert demand_pattern(series, ddof=0)[1][0] == pytest.approx(0.0617, abs=5e-5)


def test_patterns_of_four_plain_series():
    demand = np.zeros((5, 24))
    demand[0] = 10
    demand[1] = np.tile([1, 30], 12)
    demand[2, ::3] = 10
    demand[3, ::6], demand[3, 3::6] = 1, 30
    assert demand_pattern(demand)[2].tolist() == [0, 1, 2, 3, -1]


def test_pattern_counts_only_the_time_on_sale():
    empty = np.nan
    demand = [[empty, empty, 4, 4], [0, 0, 4, 4], [-3, 4, -1, 4]]
    adi, cv2, pattern = demand_pattern(demand)
    assert adi.tolist() == [1, 2, 2]
    assert pattern.tolist() == [0, 2, 2]
    assert demand_pattern(demand, [2, 2, 2])[0].tolist() == [1, 1, 2]


def test_pattern_without_demand():
    adi, cv2, pattern = demand_pattern([[0, 0], [0, 5]])
    assert np.isinf(adi[0]) and np.isnan(cv2[0])
    assert cv2[1] == 0
    assert pattern.tolist() == [-1, 2]


def loop_class(value, values, classes):
    """The class a value would have among the others: that of the nearest below."""
    if value <= 0:
        return 2
    for letter in (0, 1):
        inside = [v for v, c in zip(values, classes, strict=True) if c <= letter]
        if inside and value >= min(inside):
            return letter
    return 2


@given(st.lists(st.integers(0, 1000), max_size=40), st.sampled_from([0, 0.05, 0.5]))
def test_abc_band_equals_loop(values, margin):
    classes = abc_classes(values)
    better, worse = abc_band(values, classes, margin)
    for i, value in enumerate(values):
        larger = loop_class(value * (1 + margin), values, classes)
        smaller = loop_class(value / (1 + margin), values, classes)
        assert better[i] == min(larger, classes[i])
        assert worse[i] == max(smaller, classes[i])
    assert (better <= classes).all()
    assert (classes <= worse).all()


def test_xyz_band():
    better, worse = xyz_band([0.47, 0.49, 0.52, 0.53, 1.04, float("nan")])
    assert better.tolist() == [0, 0, 0, 1, 1, -1]
    assert worse.tolist() == [0, 1, 1, 1, 2, -1]


@pytest.mark.parametrize(
    ("found", "better", "worse", "before", "confirmed", "settled"),
    [
        (0, 0, 1, 1, False, 1),  # within the margin: as it was
        (0, 0, 1, 1, True, 0),  # found again later
        (0, 0, 0, 1, False, 0),  # beyond the margin
        (2, 1, 2, 0, False, 1),  # from A to C: the nearer one first
        (1, 0, 2, -1, False, 1),  # new
        (-1, -1, -1, 1, False, -1),  # too little history
    ],
)
def test_hysteresis_table(found, better, worse, before, confirmed, settled):
    got = hysteresis([found], [better], [worse], [before], [confirmed])
    assert got.dtype == np.int8
    assert got.tolist() == [settled]


def test_a_value_at_the_limit_does_not_swing():
    """Week after week a little above and a little below: one class."""
    others = [100.0] * 8 + [50.0]
    before, seen = np.full(10, -1), set()
    for step in range(20):
        values = np.array([*others, 50.0 + (-1) ** step])
        classes = abc_classes(values, (0.88, 0.95))
        band = abc_band(values, classes)
        before = hysteresis(classes, *band, before, np.zeros(10, dtype=bool))
        seen.add(int(before[-1]))
    assert len({int(c) for c in seen}) == 1


def test_a_band_has_no_negative_margin():
    with pytest.raises(ValueError, match="margin"):
        abc_band([3.0, 2.0, 1.0], [0, 1, 2], -0.1)
