"""The vectorised replay against an event loop of single articles."""

import math

import numpy as np
import pytest
from engine.replay import Outcome, replay, totals

MEASURES = [
    "stock", "demand", "filled", "lines", "lines_filled", "stock_outs", "orders",
    "ordered",
]  # fmt: skip


def event_loop(
    demand, levels, lead, *, review, moq, multiple, lost, strict, opening, coming, span
):
    """One article, one setting, written for reading: a calendar of receipts.

    ``levels`` is a list of (from period, s, S).
    """
    calendar = {}
    for period, quantity in enumerate(coming):
        calendar[period] = calendar.get(period, 0) + quantity
    shelf, waiting = opening, 0.0
    result = dict.fromkeys(MEASURES, 0)
    for period, wanted in enumerate(demand):
        counts = span[0] <= period < span[1]
        shelf += calendar.pop(period, 0)
        paid_back = min(shelf, waiting)
        shelf, waiting = shelf - paid_back, waiting - paid_back
        on_sale = not math.isnan(wanted)
        wanted = wanted if on_sale and wanted > 0 else 0
        given = min(shelf, wanted)
        shelf -= given
        if not lost:
            waiting += wanted - given
        if counts:
            result["stock"] += shelf
            result["demand"] += wanted
            result["filled"] += given
            result["lines"] += wanted > 0
            result["lines_filled"] += wanted > 0 and given == wanted
            result["stock_outs"] += on_sale and shelf == 0
        if (period + 1) % review:
            continue
        s, top = next(
            (s, S) for a, s, S in reversed(levels) if a <= period or a == levels[0][0]
        )
        position = shelf - waiting + sum(calendar.values())
        if position < s or (position == s and not strict):
            order = max(top - position, moq)
            if multiple:
                order = -(-order // multiple) * multiple
            if order > 0:
                arrival = period + 1 + lead[period]
                calendar[arrival] = calendar.get(arrival, 0) + order
                if counts:
                    result["orders"] += 1
                    result["ordered"] += order
    return result


def test_equals_event_loop_on_10000_random_cases():
    """Whole quantities, so that both sides are exact."""
    rng = np.random.default_rng(5)
    cases = 0
    for _ in range(100):
        count, settings, length, eras = 20, 5, int(rng.integers(1, 40)), 2
        demand = rng.integers(-1, 9, (count, length)) * (
            rng.random((count, length)) < 0.5
        )
        demand = np.where(rng.random(demand.shape) < 0.05, np.nan, demand)
        low = rng.integers(-3, 25, (settings, eras, count)).astype(float)
        high = low + rng.integers(0, 15, low.shape)
        random_lead = rng.random() < 0.5
        lead = rng.integers(0, 8, (count, length) if random_lead else count)
        review = (
            rng.integers(1, 5, count) if rng.random() < 0.5 else np.ones(count, int)
        )
        moq, multiple = rng.integers(0, 10, count), rng.integers(0, 5, count)
        lost, strict = bool(rng.random() < 0.5), bool(rng.random() < 0.5)
        opening = rng.integers(0, 30, (settings, count))
        coming = rng.integers(0, 6, (count, int(rng.integers(0, 12))))
        span = tuple(sorted(rng.integers(0, length + 1, 2)))
        switch = int(rng.integers(1, 20))
        got = replay(
            demand, low, high, lead, epochs=[0, switch], review=review, moq=moq,
            multiple=multiple, lost_sales=lost, strict=strict, opening_stock=opening,
            open_orders=coming, windows=[span],
        )  # fmt: skip
        for k in range(settings):
            for i in range(count):
                expected = event_loop(
                    demand[i].tolist(),
                    [
                        (0, low[k, 0, i], high[k, 0, i]),
                        (switch, low[k, 1, i], high[k, 1, i]),
                    ],
                    lead[i].tolist() if random_lead else [int(lead[i])] * length,
                    review=int(review[i]),
                    moq=float(moq[i]), multiple=float(multiple[i]),
                    lost=lost, strict=strict, opening=float(opening[k, i]),
                    coming=coming[i].tolist(), span=span,
                )  # fmt: skip
                for name in MEASURES:
                    assert getattr(got, name)[0, k, i] == expected[name], name
                cases += 1
    assert cases == 10_000


def test_blocks_do_not_change_the_result(monkeypatch):
    rng = np.random.default_rng(6)
    demand = rng.integers(0, 5, (50, 30))
    low = rng.integers(0, 9, (3, 50))
    whole = replay(demand, low, low + 6, 2)
    monkeypatch.setattr("engine.replay._BLOCK", 7)
    parts = replay(demand, low, low + 6, 2)
    for name in MEASURES:
        np.testing.assert_array_equal(getattr(whole, name), getattr(parts, name))


def test_totals_by_hand():
    """Two articles, costs 1 and 10; 8 of 10 and 1 of 2 pieces served."""
    outcome = Outcome(
        periods=np.array([[4.0, 4.0]]), stock=np.array([[20.0, 8.0]]),
        demand=np.array([[10.0, 2.0]]), filled=np.array([[8.0, 1.0]]),
        lines=np.array([[5.0, 2.0]]), lines_filled=np.array([[3.0, 1.0]]),
        stock_outs=np.array([[1.0, 2.0]]), orders=np.array([[2.0, 1.0]]),
        ordered=np.array([[9.0, 2.0]]),
    )  # fmt: skip
    result = totals(
        outcome, [1, 10], order_cost=[3, 5], holding_rate=0.52, shortage_cost=[2, 7],
        periods_per_year=52,
    )  # fmt: skip
    assert result.inventory.tolist() == [25]
    assert result.fill_units.tolist() == [9 / 12]
    assert result.fill_value.tolist() == [18 / 30]
    assert result.fill_lines.tolist() == [4 / 7]
    assert result.holding_cost.tolist() == [pytest.approx((20 + 80) * 0.01)]
    assert result.order_cost.tolist() == [11]
    assert result.shortage_cost.tolist() == [2 * 2 + 1 * 7]
    assert result.cost.tolist() == [pytest.approx(12)]


def test_periodic_policy_has_the_textbook_fill_rate():
    """Order up to S every 7 periods, L=9: shortage per cycle is sigma G(z).

    Silver, Pyke and Thomas: sigma over L+R, G(1) = 0.08332 from the tables.
    """
    rng = np.random.default_rng(7)
    demand = np.maximum(rng.normal(100, 20, (3000, 400)), 0)
    sigma = 20 * np.sqrt(16)
    top = np.full(3000, 1600 + 1.0 * sigma)
    out = replay(demand, top, top, 9, review=7, windows=[(36, 400)])
    fill = totals(out, 1.0).fill_units[0, 0]
    assert fill == pytest.approx(1 - sigma * 0.08332 / 700, abs=3e-4)


def test_bad_input_is_refused():
    good = dict(demand=[[1.0, 2.0]], reorder_point=[1], order_up_to=[2], lead_time=1)
    for bad in (
        dict(demand=[1, 2]), dict(reorder_point=[1, 2]), dict(lead_time=0.5),
        dict(lead_time=-1), dict(review=0), dict(moq=-1), dict(epochs=[0, 1]),
        dict(reorder_point=[np.nan]), dict(reorder_point=np.ones((1, 2, 1))),
        dict(reorder_point=np.ones((2, 1)), order_up_to=np.ones((3, 1))),
    ):  # fmt: skip
        with pytest.raises(ValueError):
            replay(**(good | bad))
    empty = replay(np.zeros((0, 4)), np.zeros(0), np.zeros(0), 1)
    assert totals(empty, np.zeros(0)).fill_units.tolist() == [[1.0]]


def test_what_is_never_ordered_opens_empty():
    out = replay([[2.0, 2.0]], [-np.inf], [-np.inf], 1)
    assert out.filled.item() == 0 and out.orders.item() == 0


def test_levels_of_different_settings_do_not_fit():
    with pytest.raises(ValueError, match="do not fit"):
        replay([[1, 1]], [[1], [2]], [[1], [2], [3]], 1)


def test_epochs_rise():
    levels = [[[1], [2]]]
    with pytest.raises(ValueError, match="rising"):
        replay([[1, 1, 1]], levels, levels, 1, epochs=[1, 1])


def test_one_of_the_lead_times_is_negative():
    with pytest.raises(ValueError, match="whole periods"):
        replay([[1, 1], [1, 1]], [1, 1], [2, 2], [1, -1])


@pytest.mark.parametrize("strict", [False, True])
def test_an_order_at_the_reorder_point(strict):
    """Of 5 in stock 1 is sold: 4, the reorder point, is low enough unless strict."""
    out = replay([[1.0]], [4], [9], 1, strict=strict, opening_stock=[5])
    assert out.orders[0, 0].tolist() == [0.0 if strict else 1.0]
