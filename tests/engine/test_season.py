"""Seasonal indices: found where they are, not invented where they are not."""

import naive_season
import numpy as np
import pytest
from engine import season

WAVE = np.array([0.4, 0.6, 0.9, 1.2, 1.5, 1.8, 1.6, 1.3, 1.0, 0.8, 0.5, 0.4])


def test_the_same_wave_every_year_is_found_exactly():
    level = np.array([[10.0], [2.0]])
    growth = 1.5 ** (np.arange(36) / 12)
    demand = level * np.tile(WAVE, 3) * growth
    np.testing.assert_allclose(season.indices(demand, [0, 0], 12), [WAVE], atol=1e-12)


def test_growth_is_no_season():
    """Half as much again every year, or half of it: each year rises or falls."""
    for growth in (1.5, 0.5, 1.0):
        demand = 20.0 * growth ** (np.arange(104) / 52)[None]
        np.testing.assert_allclose(season.indices(demand, [0]), 1.0, atol=1e-9)


def test_unknown_weeks_are_no_dip():
    """An article out of stock in the same weeks of both years."""
    demand = np.full((3, 104), 6.0)
    demand[0, 10:20] = demand[0, 62:72] = np.nan
    assert season.indices(demand, [0, 0, 0]).tolist() == [[1.0] * 52]
    assert season.indices(np.nan_to_num(demand), [0, 0, 0]).min() < 0.8


def test_classical_decomposition_agrees():
    """A season with growth, against the centred moving average of the textbooks."""
    weeks = np.arange(4 * 52)
    wave = 1 + 0.5 * np.sin(2 * np.pi * weeks / 52)
    demand = 30.0 * 1.2 ** (weeks / 52) * wave
    window = np.ones(53)
    window[[0, -1]] = 0.5
    trend = np.convolve(demand, window / 52, mode="valid")
    ratio = (demand[26:-26] / trend).reshape(3, 52).mean(axis=0)
    classical = np.roll(ratio / ratio.mean(), 26)
    index = season.indices(demand[None], [0])[0]
    np.testing.assert_allclose(index, classical, atol=0.02)


def test_no_season_from_noise():
    rng = np.random.default_rng(3)
    demand = rng.poisson(5.0, (40, 156)).astype(float)
    index = season.indices(demand, np.arange(40) % 8)
    # fitted to one's own noise, indices of five articles would spread by 0.2
    assert index.std() < 0.05
    np.testing.assert_allclose(index.mean(axis=1), 1.0)


def test_groups_differ_and_a_small_one_borrows_from_all():
    rng = np.random.default_rng(4)
    rate = np.array([40.0] * 30 + [40.0] * 30)[:, None]
    wave = np.tile(WAVE, 3)
    flat = np.ones(36)
    shape = np.vstack([np.tile(wave, (30, 1)), np.tile(flat, (30, 1))])
    demand = rng.poisson(rate * shape).astype(float)
    index = season.indices(demand, [0] * 30 + [1] * 30, 12)
    np.testing.assert_allclose(index[0], WAVE, atol=0.06)
    np.testing.assert_allclose(index[1], 1.0, atol=0.06)
    # one rare article that follows the others: its own history is no help
    rare = rng.poisson(0.3 * wave)[None].astype(float)
    index = season.indices(np.vstack([demand[:30], rare]), [0] * 30 + [1], 12)
    assert np.abs(index[1] - WAVE).mean() < np.abs(1 - WAVE).mean()


def test_a_wave_that_did_not_return_is_dropped():
    demand = np.vstack([np.concatenate([WAVE, WAVE, WAVE[::-1].copy(), 2 - WAVE])])
    assert season.indices(demand, [0], 12).tolist() == [[1.0] * 12]


@pytest.mark.parametrize(("cycle", "years"), [(12, 2), (12, 3), (12, 5), (52, 2)])
def test_equals_plain_loops(cycle, years):
    rng = np.random.default_rng(cycle * years)
    groups = rng.integers(0, 6, 40)
    wave = 1 + rng.uniform(0, 0.9, 6)[:, None] * np.sin(
        2 * np.pi * (np.arange(cycle) / cycle + rng.random(6)[:, None])
    )
    rate = np.exp(rng.normal(0.5, 1.2, 40))[:, None] * (groups != 3)[:, None]
    growth = rng.uniform(0.3, 2.5, 40)[:, None] ** np.arange(years * cycle + 5)
    growth = growth ** (1 / cycle)
    length = years * cycle + 5
    shape = np.resize(np.roll(wave, -5, axis=1), (6, cycle))
    demand = rng.poisson(
        rate * growth * np.tile(shape, years + 1)[groups][:, :length]
    ).astype(float)
    demand[groups == 4] *= rng.random((int((groups == 4).sum()), length)) < 0.05
    demand[rng.random(demand.shape) < 0.03] = np.nan
    demand[5] = np.nan
    demand[6, 3] = -4.0
    demand[groups == 2, : cycle + 5] = 0.0  # begins in the second year
    found = season.indices(demand, groups, cycle)
    np.testing.assert_allclose(
        found,
        naive_season.indices(demand.tolist(), groups.tolist(), cycle),
        atol=1e-9,
    )
    # in tonnes as in kilograms
    np.testing.assert_allclose(season.indices(demand / 1000, groups, cycle), found)


def test_too_little_history_has_no_season():
    demand = np.tile(WAVE, 2)[None, 1:]
    assert season.indices(demand, [0], 12).tolist() == [[1.0] * 12]
    assert season.indices(np.zeros((1, 36)), [0], 12).tolist() == [[1.0] * 12]
    assert season.indices(np.zeros((0, 36)), [], 12).shape == (0, 12)


def test_remove_and_ahead_by_hand():
    index = np.array([[0.5, 1.0, 1.5]])
    assert season.remove([[3, 3, 1, 2]], index, first=2).tolist() == [[2, 6, 1, 4 / 3]]
    # 1.0, 1.5, 0.5 and half of 1.0 in three and a half buckets
    assert season.ahead(index, 1, [3.5])[0] == pytest.approx(3.5 / 3.5)
    assert season.ahead(index, 2, [2.0])[0] == pytest.approx(1.0)
    assert season.ahead(index, 2, [1.0])[0] == pytest.approx(1.5)


def test_bad_input_is_named():
    for call in (
        lambda: season.indices(np.ones((2, 4)), [0], 2),
        lambda: season.indices(np.ones((1, 4)), [0], 1),
        lambda: season.ahead([[1.0, 1.0]], 0, [0.5]),
    ):
        with pytest.raises(ValueError):
            call()


def test_an_index_in_force_stays_until_another_is_clearly_closer():
    """A wave that would be found a little different stays; one that moved does not."""
    cycle = 52
    wave = 1.0 + 0.5 * np.sin(2 * np.pi * np.arange(cycle) / cycle)
    rng = np.random.default_rng(8)
    demand = rng.poisson(40.0 * np.tile(wave, 3), (30, 3 * cycle)).astype(float)
    group = np.arange(30) % 2
    found = season.indices(demand, group, cycle)
    other = np.stack([wave, np.roll(wave, 10)])
    stayed = season.indices(demand, group, cycle, other)
    np.testing.assert_array_equal(stayed, [other[0], found[1]])
    # to have had none is nothing to stay at
    none = np.ones((2, cycle))
    np.testing.assert_array_equal(season.indices(demand, group, cycle, none), found)
    # and where there is none any longer, what was found once ends
    flat = rng.poisson(40.0, demand.shape).astype(float)
    np.testing.assert_array_equal(season.indices(flat, group, cycle, other), none)
