"""Booked demand against a count over single units."""

import numpy as np
import pytest
from engine.booking import booked_days, pooled_share, shares

LEADS = [1, 2, 3, 4, 5, 7, 10, 14, 21, 30]


@pytest.mark.parametrize("window", [0, 1, 4, 5, 20, 400])
def test_units_booked_some_days_ahead(window):
    """Every unit counts the days it is booked ahead, at most the window."""
    draw = np.random.default_rng(3)
    ahead = draw.choice([0, 1, 2, 3, 5], size=1000)
    share = [[(ahead >= lead).mean() for lead in range(1, 8)]]
    expected = np.minimum(ahead, window).mean()
    found = booked_days(range(1, 8), share, [window])[0]
    assert found == pytest.approx(expected, abs=1e-12)


def test_coarse_leads_are_close():
    ahead = np.random.default_rng(5).gamma(2, 6, size=20_000).astype(int)
    share = [[(ahead >= lead).mean() for lead in LEADS]]
    for window in (3, 9, 18, 30):
        expected = np.minimum(np.minimum(ahead, window), 30).mean()
        assert booked_days(LEADS, share, [window])[0] == pytest.approx(
            expected, rel=0.05
        )


def test_nothing_booked_and_everything():
    share = np.array([[0.0] * 10, [1.0] * 10])
    assert booked_days(LEADS, share, [12.5, 12.5]).tolist() == [0.0, 12.5]


def test_pool_of_a_place_without_demand():
    found = pooled_share([[0.7], [0.2], [0.4]], [0.0, 0.0, 8.0], [1, 1, 2])
    assert found.round(6).tolist() == [[0.0], [0.0], [0.4]]


@pytest.mark.parametrize("seed", range(5))
def test_shares_of_deliveries(seed):
    """Against looking at each delivery of each article with each lead."""
    rng = np.random.default_rng(seed)
    count, articles = 200, 12
    leads = [1, 3, 7, 30]
    days = rng.integers(0, 40, count)
    article = rng.integers(0, articles, count)
    quantity = rng.integers(0, 5, count).astype(float)
    quantity[article == 3] = 0.0  # nothing left
    reached = [sum(day >= lead for lead in leads) for day in days]
    share, total = shares(article, reached, quantity, len(leads))
    for one in range(articles):
        left = sum(q for q, a in zip(quantity, article, strict=True) if a == one)
        assert total[one] == left
        for number, lead in enumerate(leads):
            booked = sum(
                q
                for q, a, day in zip(quantity, article, days, strict=True)
                if a == one and day >= lead
            )
            assert share[one, number] == pytest.approx(booked / left if left else 0)


def test_shares_of_nothing():
    share, total = shares([], [], [], 3)
    assert share.shape == (0, 3) and total.shape == (0,)
