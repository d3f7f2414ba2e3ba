"""The dated projection against a day-by-day loop, hand-worked cases and simulation."""

import math
from statistics import NormalDist

import numpy as np
import pytest
from engine import projection
from engine.projection import DAYS, Articles, project


def articles(**values):
    """One article: 10 a day, 7 days of lead time, daily review, sold singly."""
    defaults = {
        "on_hand": 100.0, "per_day": 10.0, "sd": 0.0, "booked_days": 0.0,
        "lead_days": 7.0, "lead_days_sd": 0.0, "review_days": 1.0, "minimum": 101.0,
        "maximum": 200.0, "buffer": 20.0, "moq": 0.0, "multiple": 1.0,
        "unit_cost": 4.0, "unit_price": 3.0,
    }  # fmt: skip
    arrays = {
        name: np.atleast_1d(np.asarray(values.get(name, default), dtype=float))
        for name, default in defaults.items()
    }
    size = max(map(len, arrays.values()))
    return Articles(**{k: np.broadcast_to(v, size) for k, v in arrays.items()})


def flows(rows=1, **days):
    flow = np.zeros((rows, DAYS + 1))
    for name, quantity in days.items():
        flow[:, int(name[1:])] = quantity
    return flow


def one(incoming=None, booked=None, **values):
    result = project(
        articles(**values),
        flows() if incoming is None else incoming,
        flows() if booked is None else booked,
    )
    return {name: column[0] for name, column in vars(result).items()}


def test_by_hand():
    """100 pieces, 10 a day: gone on day 10; 20 are reached on day 8, a day from now
    is the last day to order. 100 < 101, so up to 200."""
    found = one()
    assert found["out_day"] == 10
    assert found["order_day"] == 1
    assert found["quantity"] == 100
    assert found["value"] == 300
    assert found["cover_days"] == 20
    assert found["status"] == projection.ORDER


def test_late_receipt_does_not_hide_a_stock_out():
    """5,000 pieces in eleven months do not help next week."""
    found = one(incoming=flows(d330=5000), on_hand=50)
    assert found["out_day"] == 5
    assert found["incoming"] == 0
    assert found["quantity"] == 150
    assert found["order_day"] == -4  # 20 left on day 3, seven days of lead time


def test_receipt_in_time_counts():
    found = one(incoming=flows(d5=100), on_hand=60)
    assert found["incoming"] == 100
    assert found["quantity"] == 0
    assert found["out_day"] == 16


def test_gap_before_a_receipt_is_seen():
    found = one(incoming=flows(d8=500), on_hand=60)
    assert found["out_day"] == 6
    assert found["status"] != projection.EXCESS


@pytest.mark.parametrize("ahead", [0.0, 5.0, 1e9])
def test_booked_demand_counts_once(ahead):
    """Customers who order just as usual change neither the dates nor the order."""
    usual = projection.usually_booked(10.0, np.array([ahead]), 8.0)
    known = projection.usually_booked(
        10.0, np.array([ahead]), np.arange(DAYS + 2, dtype=float)
    )
    booked = np.diff(known)[None]  # what they book for each day
    found = one(booked=booked, booked_days=ahead)
    plain = one()
    # booked deliveries leave on their day, other demand during it
    assert abs(found["out_day"] - plain["out_day"]) <= 1
    extra = np.sum(booked[0, :9]) - usual[0]
    assert found["quantity"] == pytest.approx(100 + math.ceil(extra - 1e-6))


def test_more_booked_than_usual_is_ordered_too():
    assert one(booked=flows(d3=70))["quantity"] == 170


def test_minimum_pack_and_rounding():
    found = one(moq=144, multiple=12)
    assert (found["quantity"], found["rounding"]) == (144, 44)
    found = one(multiple=48)
    assert (found["quantity"], found["rounding"]) == (144, 44)
    assert one(on_hand=150, moq=144)["quantity"] == 0


def test_status():
    found = project(
        articles(
            on_hand=[0, -5, 100, 180, 400, 190, 0],
            per_day=[10, 0, 10, 10, 10, 0.1, 0],
            minimum=[101, 0, 101, 101, 101, 101, 0],
            maximum=[200, 0, 200, 200, 200, 200, 0],
            buffer=[20, 0, 20, 20, 20, 20, 0],
        ),
        flows(7),
        flows(7),
    )
    assert found.status.tolist() == [
        projection.OUT,
        projection.OUT,  # owed, though nothing more is expected
        projection.ORDER,
        projection.SOON,  # 20 left on day 16, order by day 9
        projection.EXCESS,
        projection.ENOUGH,
        projection.ENOUGH,  # nothing there, nothing wanted
    ]
    assert np.isnan(found.cover_days[6])


def test_waiting_costs_what_a_simulation_says():
    """Lost by ordering a week later: demand that a simulation finds unserved."""
    rng = np.random.default_rng(7)
    on_hand, lead, review, cost = 80.0, 7, 7, 4.0
    found = one(sd=6.0, on_hand=on_hand, review_days=review)
    demand = rng.normal(10.0, 6.0, (400_000, lead + review)).cumsum(axis=1)
    owed = np.maximum(demand - on_hand, 0.0)
    expected = cost * (owed[:, lead + review - 1] - owed[:, lead - 1]).mean()
    assert found["waiting_cost"] == pytest.approx(expected, rel=0.01)


def test_against_a_loop():
    """Random articles, day by day in plain Python."""
    rng = np.random.default_rng(3)
    n = 300
    values = {
        "on_hand": rng.integers(-10, 200, n).astype(float),
        "per_day": np.where(rng.random(n) < 0.2, 0.0, rng.random(n) * 5),
        "lead_days": rng.integers(0, 40, n).astype(float),
        "review_days": rng.integers(0, 14, n).astype(float),
        "minimum": rng.integers(0, 100, n).astype(float),
        "buffer": rng.integers(-5, 30, n).astype(float),
        "moq": rng.integers(0, 3, n) * 25.0,
        "multiple": rng.choice([0.0, 1.0, 6.0], n),
        "booked_days": rng.choice([0.0, 3.0, 40.0], n),
        "sd": rng.choice([0.0, 0.2, 4.0], n),
        "lead_days_sd": rng.choice([0.0, 3.0], n),
    }
    values["maximum"] = values["minimum"] + rng.integers(0, 100, n)
    incoming = np.where(rng.random((n, DAYS + 1)) < 0.01, 40.0, 0.0)
    booked = np.where(rng.random((n, DAYS + 1)) < 0.02, 15.0, 0.0)
    found = project(articles(**values), incoming, booked)
    for i in range(n):
        row = {name: column[i] for name, column in values.items()}
        expected = _loop(row, incoming[i], booked[i])
        for name, value in expected.items():
            assert getattr(found, name)[i] == pytest.approx(
                value, nan_ok=True, abs=1e-9
            ), name


def _loop(row, incoming, booked):
    def usual(days):
        ahead = row["booked_days"]
        known = ahead * (1 - math.exp(-days / ahead)) if ahead else 0.0
        return row["per_day"] * known

    out_day = short_day = math.nan
    stock = row["on_hand"]
    for day in range(DAYS + 1):
        stock += incoming[day] - booked[day]
        left = stock - (row["per_day"] * day - usual(day))
        slack = 1e-6 if row["per_day"] else -1e-6
        if math.isnan(out_day) and left <= slack:
            out_day = day
        if math.isnan(short_day) and left <= row["buffer"] + slack:
            short_day = day
    interval = row["lead_days"] + row["review_days"]
    position = (
        row["on_hand"]
        + sum(incoming[: int(interval) + 1])
        - sum(booked[: int(interval) + 1])
    )
    quantity = 0.0
    if position < row["minimum"] - usual(interval) - 1e-6:
        quantity = row["maximum"] - usual(interval) - position
        if quantity > 0:
            quantity = max(quantity, row["moq"])
        if row["multiple"] and quantity > 0:
            packs = math.ceil(round(quantity / row["multiple"], 6))
            quantity = packs * row["multiple"]
    quantity = max(quantity, 0.0)

    def owed(day):
        day = int(min(day, DAYS))
        mean = row["on_hand"] + sum(incoming[: day + 1]) - sum(booked[: day + 1])
        mean -= row["per_day"] * day - usual(day)
        sigma = math.hypot(
            row["sd"] * math.sqrt(day), row["per_day"] * row["lead_days_sd"]
        )
        if not sigma:
            return max(-mean, 0.0)
        normal, k = NormalDist(), mean / sigma
        return sigma * (normal.pdf(k) - k * normal.cdf(-k))

    later = owed(row["lead_days"] + max(row["review_days"], 1))
    order_day = short_day - row["lead_days"]
    missing = 0.0
    if position < row["minimum"] - usual(interval) - 1e-6:
        missing = row["maximum"] - usual(interval) - position
    if out_day == 0:
        status = projection.OUT
    elif quantity:
        status = projection.ORDER
    elif order_day <= 14:
        status = projection.SOON
    elif row["on_hand"] > max(row["maximum"], row["minimum"]):
        status = projection.EXCESS
    else:
        status = projection.ENOUGH
    return {
        "out_day": out_day,
        "order_day": order_day,
        "quantity": quantity,
        "incoming": sum(incoming[: int(interval) + 1]),
        "booked": sum(booked[: int(interval) + 1]),
        "usually_booked": usual(interval),
        "rounding": quantity - missing,
        "value": quantity * 3.0,
        "cover_days": max(position + quantity, 0.0) / row["per_day"]
        if row["per_day"]
        else math.nan,
        "waiting_cost": 4.0 * max(later - owed(row["lead_days"]), 0.0),
        "status": status,
    }


def test_events_day_by_day():
    """A loop that takes each day's demand off; half as much again, then a closure."""
    rng = np.random.default_rng(5)
    count = 200
    per_day = rng.uniform(0.5, 20, count)
    on_hand = rng.uniform(0, 900, count)
    events = np.zeros((count, DAYS + 1))
    for row in range(count):
        for _span in range(rng.integers(0, 4)):
            begin = rng.integers(0, 60)
            events[row, begin : begin + rng.integers(1, 20)] += rng.uniform(-0.5, 3)
    events = np.maximum(events, -1)
    result = project(
        articles(on_hand=on_hand, per_day=per_day), flows(count), flows(count), events
    )
    for row in range(count):
        stock, day = on_hand[row], 0
        while stock > 1e-6 and day < DAYS:
            stock -= per_day[row] * (1 + events[row, day])
            day += 1
        expected = day if stock <= 1e-6 else np.nan
        np.testing.assert_equal(result.out_day[row], expected)


def test_no_events_change_nothing():
    plain, with_none = (
        one(),
        project(articles(), flows(), flows(), np.zeros((1, DAYS + 1))),
    )
    for name, value in plain.items():
        np.testing.assert_equal(getattr(with_none, name)[0], value)
