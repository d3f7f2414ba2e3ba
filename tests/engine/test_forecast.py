"""Vectorised forecasts against loops over single series and stored references."""

import json
from pathlib import Path

import numpy as np
import pytest
from engine import forecast
from hypothesis import given
from hypothesis import strategies as st

SERIES = [0, 0, 5, 0, 0, 0, 3, 0, 4, 0, 0, 6]


def test_vector():
    assert forecast.croston([SERIES])[0] == pytest.approx(1.62086, abs=5e-6)
    assert forecast.croston([SERIES], correct=True)[0] == pytest.approx(
        1.53982, abs=5e-6
    )
    assert forecast.tsb([SERIES])[0] == pytest.approx(1.75056, abs=5e-6)


def loop_croston(series, alpha):
    size = gap = None
    since = 0
    for x in series:
        since += 1
        if x > 0:
            size = x if size is None else alpha * x + (1 - alpha) * size
            gap = since if gap is None else alpha * since + (1 - alpha) * gap
            since = 0
    return 0 if size is None else size / gap


def loop_tsb(series, alpha, beta):
    size = chance = None
    for t, x in enumerate(series, 1):
        if size is None:
            if x > 0:
                size, chance = x, 1 / t
        elif x > 0:
            size = alpha * x + (1 - alpha) * size
            chance = beta + (1 - beta) * chance
        else:
            chance = (1 - beta) * chance
    return 0 if size is None else size * chance


def loop_smooth(series, alpha):
    """Weighted average of the past, weights written out."""
    result = []
    for t in range(len(series)):
        pairs = [
            (x, (1 - alpha) ** i)
            for i, x in enumerate(
                [y for y in reversed(series[: t + 1]) if not np.isnan(y)]
            )
        ]
        weight = sum(w for _, w in pairs)
        result.append(sum(x * w for x, w in pairs) / weight if pairs else 0)
    return result


demands = st.lists(
    st.lists(st.sampled_from([0, 0, 0, 1, 2, 7, 40]), min_size=12, max_size=12),
    min_size=1,
    max_size=6,
)


@given(demands, st.floats(0.02, 0.9), st.floats(0.02, 0.9))
def test_equal_naive_loops(demand, alpha, beta):
    got = forecast.croston(demand, alpha)
    assert got == pytest.approx([loop_croston(s, alpha) for s in demand], rel=1e-9)
    got = forecast.tsb(demand, alpha, beta)
    assert got == pytest.approx([loop_tsb(s, alpha, beta) for s in demand], rel=1e-9)
    got = forecast.smooth(demand, alpha)
    expected = [loop_smooth(s, alpha) for s in demand]
    np.testing.assert_allclose(got, expected, rtol=1e-9)


def test_smooth_skips_the_unknown():
    series = [np.nan, 4, np.nan, 2]
    np.testing.assert_allclose(
        forecast.smooth([series], 0.3)[0], loop_smooth(series, 0.3)
    )
    with pytest.raises(ValueError):
        forecast.smooth([series], 0)


def test_equal_statsforecast():
    """Values stored by statsforecast_reference.py beside this file."""
    path = Path(__file__).with_name("statsforecast_reference.json")
    stored = json.loads(path.read_text())
    for case in stored["cases"]:
        series = [case["series"]]
        assert forecast.ses(series, 0.1)[0, -1] == pytest.approx(case["ses"], rel=1e-9)
        assert forecast.croston(series)[0] == pytest.approx(case["croston"], rel=1e-9)
        assert forecast.croston(series, correct=True)[0] == pytest.approx(
            case["sba"], rel=1e-9
        )


def test_states_use_the_past_only():
    rng = np.random.default_rng(10)
    demand = rng.poisson(1.0, (6, 40)).astype(float)
    demand[0, :5] = np.nan
    whole, part = forecast.states(demand), forecast.states(demand[:, :25])
    np.testing.assert_allclose(whole.levels[:, :, :25], part.levels)
    for name in ("age", "times", "silence"):
        np.testing.assert_array_equal(getattr(whole, name)[:, :25], getattr(part, name))


def test_counts_of_a_series_by_hand():
    known = forecast.states([[np.nan, 0, 3, 0, 0, 2]])
    assert known.age[0].tolist() == [0, 1, 2, 3, 4, 5]
    assert known.times[0].tolist() == [0, 0, 1, 1, 1, 2]
    assert known.silence[0].tolist() == [0, 1, 0, 1, 2, 0]
    assert known.levels[-1, 0].tolist() == [0, 0, 1.5, 1, 0.75, 1]
    windows = known.window([0, 2, 4], np.array([2]))[0]
    assert windows[:2].tolist() == [3, 0] and np.isnan(windows[2])
    mean, sd = known.trailing(5, 3)
    assert mean[0] == pytest.approx(2 / 3)
    assert sd[0] == pytest.approx(np.std([0, 0, 2], ddof=1))


def test_pooled_correction_finds_what_articles_share():
    """Demand that dies out after a silence: the third forecast must learn it."""
    rng = np.random.default_rng(11)
    demand = rng.poisson(3.0, (400, 80)).astype(float)
    stop = rng.integers(20, 75, 400)
    demand[np.arange(80)[None, :] >= stop[:, None]] = 0
    known = forecast.states(demand)
    length = np.full(400, 3)
    origins = np.arange(8, 60, 2)
    model = forecast.fit(known, 60, length, origins)
    rates = forecast.predict(known, model, np.array([70]))
    actual = demand[:, 71:74].mean(axis=1)
    errors = [np.mean((rate[:, 0] - actual) ** 2) for rate in rates]
    assert errors[2] < errors[1] < errors[0]
    assert errors[2] < 0.6 * errors[0]


def test_correction_does_not_see_the_future():
    rng = np.random.default_rng(12)
    demand = rng.poisson(2.0, (50, 60)).astype(float)
    changed = demand.copy()
    changed[:, 41:] = 99
    origins, length = np.arange(8, 41, 2), np.full(50, 4)
    models = [
        forecast.fit(forecast.states(d), 40, length, origins) for d in (demand, changed)
    ]
    assert models[0] == models[1]
