"""Filling an order, against what must hold and a slow search day by day."""

import numpy as np
import pytest
from engine.fill_order import fill, fill_load, largest_order


def _random(rng, n=12):
    per_day = rng.choice([0.0, 0.3, 1.0, 4.0], n)
    available = rng.integers(-20, 120, n).astype(float)
    multiple = rng.choice([0.0, 1.0, 6.0, 12.0], n)
    moq = rng.choice([0.0, 10.0, 50.0], n)
    limit = rng.choice([30.0, 90.0, 180.0], n)
    largest = largest_order(available, per_day, limit, moq, multiple)
    level = per_day * rng.integers(10, 60, n)
    missing = level - available
    due = (rng.random(n) < 0.3) & (missing > 0)
    whole = np.where(multiple > 0, multiple, 1.0)
    quantity = np.where(due, np.ceil(np.maximum(missing, moq) / whole) * whole, 0.0)
    return {
        "quantity": quantity,
        "order_day": np.where(per_day > 0, rng.integers(-5, 40, n), np.nan),
        "missing": missing,
        "available": available,
        "per_day": per_day,
        "largest": largest,
        "moq": moq,
        "multiple": multiple,
        "price": rng.choice([0.5, 3.0, 20.0], n),
    }, limit


@pytest.mark.parametrize("seed", range(200))
def test_limits_and_terms_are_kept(seed):
    rng = np.random.default_rng(seed)
    a, limit = _random(rng)
    target = float(rng.choice([0.0, 50.0, 500.0, 5000.0, 1e6]))
    got = fill(target, **a)
    assert (got >= a["quantity"]).all()
    added = got > a["quantity"]
    for i in np.flatnonzero(added):
        # sold by the vendor, and never beyond the cover limit
        assert got[i] >= a["moq"][i]
        if a["multiple"][i]:
            assert got[i] % a["multiple"][i] == pytest.approx(0)
        assert a["available"][i] + got[i] <= a["per_day"][i] * limit[i] + 1e-9
    value = float(got @ a["price"])
    most = float(np.maximum(a["quantity"], a["largest"]) @ a["price"])
    if target <= most:
        assert value >= target - 1e-6
    else:
        assert value == pytest.approx(most)


def _one_by_one(target, a):
    """Slowly: one article after the other up to its level, the soonest due first."""
    filled = a["quantity"].copy()
    day = np.where(np.isnan(a["order_day"]), np.inf, a["order_day"])
    for i in sorted(range(len(day)), key=lambda i: (day[i], i)):
        if filled @ a["price"] >= target:
            break
        if a["missing"][i] > 0 and a["largest"][i] > 0:
            step = a["multiple"][i]
            wanted = max(a["missing"][i], a["moq"][i])
            wanted = np.ceil(round(wanted / step, 9)) * step if step else wanted
            filled[i] = max(filled[i], min(wanted, a["largest"][i]))
    return filled


@pytest.mark.parametrize("seed", range(100))
def test_next_due_come_first(seed):
    rng = np.random.default_rng(seed)
    value, target = 0.0, np.inf
    while value < target:  # until the levels are enough
        a, _limit = _random(rng)
        target = float(rng.choice([50.0, 200.0, 800.0]))
        expected = _one_by_one(target, a)
        value = expected @ a["price"]
    assert fill(target, **a) == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(60))
def test_common_run_out_time_is_the_least(seed):
    """Beyond the levels: no earlier common day would have been enough."""
    rng = np.random.default_rng(seed)
    least = most = 0.0
    while not least < most:  # until there is something to spread
        a, _limit = _random(rng)
        a["moq"][:], a["multiple"][:] = 0.0, 0.0
        a["largest"] = np.maximum(a["per_day"] * 180 - a["available"], 0.0)
        base = np.maximum(a["quantity"], np.minimum(a["missing"], a["largest"]))
        base = np.where(a["missing"] > 0, base, a["quantity"])
        least = base @ a["price"]
        most = np.maximum(a["quantity"], a["largest"]) @ a["price"]
    target = (least + most) / 2
    got = fill(target, **a)
    assert got @ a["price"] == pytest.approx(target, rel=1e-6)
    raised = got > base + 1e-6
    runs_out = (a["available"] + got)[raised] / a["per_day"][raised]
    assert np.ptp(runs_out) < 1e-3
    # whoever was not raised lasts at least as long, or is at the limit
    kept = ~raised & (a["per_day"] > 0) & (got < a["largest"] - 1e-6)
    lasts = (a["available"] + got)[kept] / a["per_day"][kept]
    assert (lasts >= runs_out.max(initial=0) - 1e-3).all()


def test_nothing_to_fill():
    none = np.zeros(0)
    assert fill(100.0, none, none, none, none, none, none, none, none, none).size == 0


def test_bad_values_are_named():
    with pytest.raises(ValueError, match="price"):
        fill(1, [0], [0], [1], [0], [1], [9], [0], [0], [-1])
    with pytest.raises(ValueError, match="per_day"):
        largest_order(0, np.nan, 1, 0, 0)


@pytest.mark.parametrize("seed", range(200))
def test_load_is_filled_and_never_overfilled(seed):
    rng = np.random.default_rng(seed)
    a, limit = _random(rng)
    del a["price"]
    n = len(limit)
    size = np.array([rng.choice([0.0, 0.5, 2.0, 9.0], n), rng.random(n) * 0.01])
    size[1, size[0] == 0] = 0.0
    room = np.array([rng.choice([0.0, 100.0, 1000.0, 1e5]), rng.choice([0.3, 3.0])])
    got = fill_load(**a, size=size, room=room)
    more = got - a["quantity"]
    assert (more >= 0).all()
    assert (size @ more <= room + 1e-6).all()
    for i in np.flatnonzero(more):
        assert size[:, i].any()
        assert got[i] >= a["moq"][i]
        if a["multiple"][i]:
            assert more[i] % a["multiple"][i] == pytest.approx(0)
        assert a["available"][i] + got[i] <= a["per_day"][i] * limit[i] + 1e-6
    # no article takes a unit, or a pack, that there were room and a limit for, unless
    # the others reach as far ahead with what they have
    if (room == np.array([1e5, 3.0])).all() and (size[1] @ a["largest"] < 3.0).all():
        helps = size.any(axis=0)
        expected = np.where(
            helps, np.maximum(a["quantity"], a["largest"]), a["quantity"]
        )
        assert got == pytest.approx(expected)


def test_load_takes_the_next_due_first():
    """Two articles of 10 kg, 25 kg of room: two of the one that is due sooner."""
    got = fill_load(
        quantity=[5, 0, 0],
        order_day=[0, 9, 2],
        missing=[0, 8, 8],
        available=[0, 2, 2],
        per_day=[1, 1, 1],
        largest=[60, 60, 60],
        moq=[0, 0, 0],
        multiple=[1, 1, 1],
        size=[[10, 10, 10]],
        room=[25],
    )
    assert got.tolist() == [5, 0, 2]
