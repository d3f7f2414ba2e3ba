"""Trials on recorded demand: windows, textbook figures and opening stock by hand."""

import math
from dataclasses import replace

import numpy as np
import pytest
from engine import trial
from engine.replay import replay


def case_of(demand, period="week", **values):
    settings = {
        "unit_cost": 4.0,
        "order_cost": 5.0,
        "holding_rate": 0.25,
        "lead_time": 3.0,
        "period": period,
        **values,
    }
    return trial.Case(demand, **settings)


@pytest.mark.parametrize(
    ("length", "period", "lead", "expected"),
    [
        # three tenths of the history twice, twice the lead time and two to warm up
        (110, "week", 3, (36, 4, (44, 77), (77, 110))),
        # a year at most
        (400, "week", 3, (288, 4, (296, 348), (348, 400))),
        # at most 12 % of the history to warm up
        (100, "week", 30, (28, 4, (40, 70), (70, 100))),
        (730, "day", 10, (270, 28, (292, 511), (511, 730))),
        (36, "month", 1, (12, 1, (16, 26), (26, 36))),
        # the shortest ones
        (9, "week", 0, (4, 4, (5, 7), (7, 9))),
        (8, "month", 3, (4, 1, (4, 6), (6, 8))),
    ],
)
def test_windows(length, period, lead, expected):
    plan = trial.schedule(case_of(np.ones((2, length)), period, lead_time=lead))
    start, step, earlier, last = expected
    assert (plan.start, plan.earlier, plan.last) == (start, earlier, last)
    assert plan.epochs.tolist() == list(range(start, length, step))


@pytest.mark.parametrize(("length", "period"), [(7, "week"), (60, "day"), (6, "month")])
def test_too_short(length, period):
    with pytest.raises(ValueError, match="too few"):
        trial.schedule(case_of(np.ones((2, length)), period, lead_time=0))


@pytest.mark.parametrize(
    ("period", "year"), [("day", 365), ("week", 52), ("month", 12)]
)
def test_figures_of_the_trailing_year(period, year):
    rng = np.random.default_rng(year)
    length = 2 * year
    demand = np.where(
        rng.random((12, length)) < 0.3, rng.integers(-2, 9, (12, length)), 0.0
    )
    demand[rng.random(demand.shape) < 0.1] = np.nan
    demand[0] = np.nan
    epochs = np.array([1, 3, year // 2, year + 1, length - 1])
    known = trial.basics(case_of(demand, period), epochs)
    quarter = round(year / 4)
    for e, epoch in enumerate(epochs):
        for i, row in enumerate(demand):
            past = [max(x, 0) for x in row[:epoch] if not math.isnan(x)]
            last = [max(x, 0) for x in row[max(epoch - year, 0) : epoch]]
            last = [x for x in last if not math.isnan(x)]
            recent = [max(x, 0) for x in row[max(epoch - quarter, 0) : epoch]]
            recent = [x for x in recent if not math.isnan(x)]
            sold = [x for x in past if x > 0]
            mean = np.mean(last) if last else 0.0
            assert known.mean[e, i] == pytest.approx(mean)
            sd = np.std(last, ddof=1) if len(last) > 1 else 0.0
            assert known.sd[e, i] == pytest.approx(sd, abs=1e-6)
            assert known.recent[e, i] == pytest.approx(
                np.mean(recent) if recent else 0.0
            )
            assert known.line_size[e, i] == pytest.approx(np.mean(sold) if sold else 0)
            annual = mean * {"day": 365, "week": 52, "month": 12}[period]
            lot = min(math.sqrt(2 * annual * 5 / (0.25 * 4)), max(annual / 2, 1))
            assert known.lot[e, i] == pytest.approx(lot, abs=1)
            before = any(not math.isnan(x) for x in row[:epoch])
            after = any(not math.isnan(x) for x in row[epoch - 1 :])
            assert known.on_sale[e, i] == (before and after)


def test_levels_by_the_day():
    """Weeks are seven days and a bit: a year has 365 days and 52 weeks."""
    case = case_of(np.full((1, 400), 2.0), "day", lead_time=10)
    known = trial.basics(case, [400])
    low, high = trial.naive_levels(case, known, [3])
    week = 365 / 52
    assert low.item() == pytest.approx(2 * (10 + 3 * week))
    assert high.item() - low.item() == pytest.approx(8 * week)
    low, high = trial.textbook_levels(case, replace(known, sd=np.array([[4.0]])), [1.5])
    assert low.item() == pytest.approx(20 + 6 * math.sqrt(10))
    whole = trial.peer_levels(case, replace(known, sd=np.array([[4.0]])), [1.5])
    assert whole[0].item() == 39 and whole[1].item() == math.ceil(high.item())
    # a negative dial asks for less than nothing
    assert trial.naive_levels(case, known, [-9])[0].item() == 0.0
    assert trial.textbook_levels(case, known, [-99])[0].item() >= 0.0


def test_weeks_out_of_days():
    rng = np.random.default_rng(5)
    demand = rng.integers(-1, 5, (4, 40)).astype(float)
    demand[1, 17] = np.nan
    found, offset = trial.buckets(case_of(demand, "day"), 24)
    assert offset == 3 and found.shape == (4, 5)
    for i, row in enumerate(demand):
        for bucket in range(5):
            days = row[3 + 7 * bucket : 10 + 7 * bucket]
            expected = sum(max(x, 0) for x in days)
            if any(map(math.isnan, days)):
                assert math.isnan(found[i, bucket])
            else:
                assert found[i, bucket] == expected
    # of the days before an epoch only whole weeks are known
    case = case_of(np.ones((2, 400)), "day", lead_time=3)
    plan = trial.schedule(case)
    states, ends = trial.bucket_states(case, plan)
    offset = plan.start % 7
    for epoch, end in zip(plan.epochs, ends, strict=True):
        assert offset + 7 * (end + 1) <= epoch < offset + 7 * (end + 2)
    assert states.shape == (2, (400 - offset) // 7)


def test_opening_stock_lies_between_the_levels():
    """Whole packs between s and S, and none of what is not on sale."""
    rng = np.random.default_rng(6)
    demand = rng.poisson(4.0, (30, 110)).astype(float)
    demand[3, 30:] = np.nan
    demand[13] = np.arange(110) % 50 == 0  # so slow that it may begin with nothing
    packs = np.where(np.arange(30) % 3, 6.0, 0.0)
    case = case_of(demand, multiple=packs)
    plan = trial.schedule(case)
    known = trial.basics(case, plan.epochs)
    low, high = trial.textbook_levels(case, known, [0.5, 2.0])
    found = trial.run(case, plan, known, (low, high))
    golden = (math.sqrt(5) - 1) / 2
    opening = np.zeros((2, 30))
    for k in range(2):
        for i in range(30):
            if i == 3 or high[k, 0, i] <= 0:
                continue
            stock = low[k, 0, i] + (high - low)[k, 0, i] * math.fmod(i * golden, 1)
            pack = packs[i] or 1e-9
            opening[k, i] = round(stock / pack) * pack
    assert opening[0, 13] == 0
    gone = np.arange(30) == 3
    expected = replay(
        demand[:, plan.start :],
        np.where(gone, -np.inf, low),
        np.where(gone, 0.0, high),
        3,
        epochs=plan.epochs - plan.start,
        review=1,
        moq=0.0,
        multiple=packs,
        opening_stock=opening,
        windows=[(plan.earlier[0] - plan.start, plan.earlier[1] - plan.start),
                 (plan.last[0] - plan.start, plan.last[1] - plan.start)],
    )  # fmt: skip
    np.testing.assert_allclose(found.stock, expected.stock, atol=1e-6)
    np.testing.assert_allclose(found.filled, expected.filled, atol=1e-6)
    np.testing.assert_allclose(found.orders, expected.orders)


def test_lead_times_that_never_vary_beside_some_that_do():
    case = case_of(
        np.ones((3, 300)),
        lead_time=[4.0, 9.0, 6.0],
        lead_time_sd=np.array([0.0, 2.0, 0.9]),
    )
    assert (case.leads[0] == 4).all()
    # and rounding to whole periods adds a twelfth to the variance
    assert case.leads[2].std() == pytest.approx((0.9**2 + 1 / 12) ** 0.5, abs=0.15)
    assert case.leads[1].std() == pytest.approx(2.0, abs=0.3)
    assert case.leads[1].mean() == pytest.approx(9.0, abs=0.4)
    assert case_of(np.ones((2, 30)), lead_time=2.6).leads.tolist() == [3, 3]


def test_articles_in_weeks():
    """What the plan is told of a case by the day: times in weeks, pieces or not."""
    demand = np.full((2, 100), 3.0)
    demand[1, 4] = 2.5
    case = case_of(
        demand, "day", lead_time=14, lead_time_sd=7, review=[7, 14], moq=5, multiple=2
    )
    found = case.articles(np.array([3.0, 4.0]))
    assert found.lead_time.tolist() == [2, 2] and found.lead_time_sd.tolist() == [1, 1]
    assert found.review.tolist() == [1, 2] and found.unit.tolist() == [1, 0]
    assert found.moq.tolist() == [5, 5] and found.multiple.tolist() == [2, 2]
    assert found.line_size.tolist() == [3, 4]
    assert found.per_year == pytest.approx(365 / 7)
