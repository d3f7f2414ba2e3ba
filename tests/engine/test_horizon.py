"""The forecast ahead against drawn demand."""

import numpy as np
import pytest
from engine.horizon import horizon


def test_covers_the_share_it_promises():
    # Close to normal and to gamma alike: both halves of the tail agree.
    rng = np.random.default_rng(8)
    draws = rng.gamma(100.0, 0.5, (200_000, 4))  # mean 50, deviation 5
    seen = horizon([50.0], [5.0], 4, coverage=0.8)
    inside = (draws >= seen.low[0]) & (draws <= seen.high[0])
    np.testing.assert_allclose(inside.mean(axis=0), 0.8, atol=0.01)
    summed = np.cumsum(draws, axis=1)
    inside = (summed >= seen.total_low[0]) & (summed <= seen.total_high[0])
    np.testing.assert_allclose(inside.mean(axis=0), 0.8, atol=0.01)
    np.testing.assert_allclose(seen.total[0], [50, 100, 150, 200])


def test_season_stretches_and_certain_demand_has_no_interval():
    season = [[0.5, 2.0], [0.5, 2.0]]
    seen = horizon([10.0, 10.0], [1.0, 0.0], 2, season=season)
    assert seen.mean.tolist() == [[5, 20], [5, 20]]
    assert seen.low[1].tolist() == seen.high[1].tolist() == [5, 20]
    # z of 90 % is 1.2816; at a tenth of the mean gamma and normal nearly agree
    np.testing.assert_allclose(seen.high[0], [5.6408, 22.5631], rtol=0.01)


def test_rare_demand_starts_at_nothing():
    seen = horizon([0.1, 0.0], [0.5, 0.0], 3)
    assert (seen.low == 0).all() and seen.high[1].tolist() == [0, 0, 0]
    assert (seen.high >= seen.low).all()


def test_bad_input_is_named():
    for bad in (
        dict(coverage=1.0),
        dict(buckets=0),
        dict(rate=[-1.0]),
        dict(season=[[1.0]]),
        dict(season=[[-1.0, 1.0]]),
    ):
        with pytest.raises(ValueError):
            horizon(**(dict(rate=[1.0], sd=[1.0], buckets=2) | bad))
