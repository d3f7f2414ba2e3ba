"""Policies tried on recorded demand, everything computed from the past only.

A ``Case`` is a set of articles with their demand. Levels are recomputed at
epochs (every four weeks or every month) from the periods before; the replay runs
through a warm-up, an earlier window in which methods and dials are chosen, and a
last window in which they are judged.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from . import forecast
from ._arrays import columns, matrix
from .order_quantity import economic_lot
from .plan import LOT_COVER_DAYS, Articles
from .replay import Outcome, Totals, replay, totals

PERIODS_PER_YEAR = {"day": 365.0, "week": 52.0, "month": 12.0}
PERIODS_PER_BUCKET = {"day": 7, "week": 1, "month": 1}
PERIODS_PER_EPOCH = {"day": 28, "week": 4, "month": 1}


@dataclass(frozen=True)
class Case:
    """Articles, demand per period and how they are supplied.

    ``demand`` [n, t], NaN = not on sale; the others [n] or one for all: money
    per unit and per order, holding rate per year, mean and standard deviation
    of the lead time in periods, periods between reviews, smallest order, pack
    (0 = any quantity).
    """

    demand: np.ndarray
    unit_cost: np.ndarray
    order_cost: np.ndarray
    holding_rate: np.ndarray
    lead_time: np.ndarray
    lead_time_sd: np.ndarray = 0.0
    review: np.ndarray = 1
    moq: np.ndarray = 0.0
    multiple: np.ndarray = 1.0
    lost_sales: bool = False
    period: str = "week"
    leads: np.ndarray = field(init=False, repr=False)

    def __post_init__(self):
        if self.period not in PERIODS_PER_YEAR:
            raise ValueError(f"period must be day, week or month, not {self.period}")
        demand = matrix(self.demand)
        names = (
            "unit_cost", "order_cost", "holding_rate", "lead_time", "lead_time_sd",
            "review", "moq", "multiple",
        )  # fmt: skip
        named = {name: getattr(self, name) for name in names}
        for name, array in zip(names, columns(**named), strict=True):
            whole = np.array(np.broadcast_to(array, len(demand)))
            object.__setattr__(self, name, whole)
        object.__setattr__(self, "demand", demand)
        object.__setattr__(self, "leads", _draw_lead_times(self))

    @property
    def per_year(self) -> float:
        return PERIODS_PER_YEAR[self.period]

    @property
    def bucket(self) -> int:
        return PERIODS_PER_BUCKET[self.period]

    def articles(self, line_size) -> Articles:
        """The same articles as the plan wants them, times in buckets."""
        pieces = (np.nan_to_num(self.demand) % 1 == 0).all(axis=1)
        return Articles(
            unit_cost=self.unit_cost,
            order_cost=self.order_cost,
            holding_rate=self.holding_rate,
            lead_time=self.lead_time / self.bucket,
            lead_time_sd=self.lead_time_sd / self.bucket,
            review=self.review / self.bucket,
            moq=self.moq,
            multiple=self.multiple,
            line_size=line_size,
            unit=pieces.astype(float),
            per_year=self.per_year / self.bucket,
        )


def _draw_lead_times(case: Case) -> np.ndarray:
    """Lead times the replay uses [n] or [n, t]: the same for every policy."""
    mean = case.lead_time
    if not case.lead_time_sd.any():
        return np.round(mean).astype(int)
    rng = np.random.default_rng(0)
    sd = np.maximum(case.lead_time_sd, 1e-9)[:, None]
    shape = (np.maximum(mean, 1e-9)[:, None] / sd) ** 2
    drawn = rng.gamma(np.minimum(shape, 1e9), size=case.demand.shape)
    drawn = drawn / shape * mean[:, None]
    return np.round(np.where(case.lead_time_sd[:, None] > 0, drawn, mean[:, None]))


@dataclass(frozen=True)
class Schedule:
    """Periods of a trial: start, epochs, the two windows."""

    start: int
    epochs: np.ndarray
    earlier: tuple[int, int]
    last: tuple[int, int]


def schedule(case: Case) -> Schedule:
    """Two equal windows at the end, up to a year each, history before them.

    :raises ValueError: if the history is too short for any trial
    """
    length = case.demand.shape[1]
    window = int(min(case.per_year, 0.3 * length))
    warm = int(min(np.max(case.leads, initial=0) * 2 + 2, 0.12 * length))
    start = length - 2 * window - warm
    step = PERIODS_PER_EPOCH[case.period]
    if window < 2 or start < 4 * case.bucket:
        raise ValueError(f"{length} periods are too few for a trial")
    return Schedule(
        start,
        np.arange(start, length, step),
        (length - 2 * window, length - window),
        (length - window, length),
    )


@dataclass(frozen=True)
class Basics:
    """Trailing-year figures at each epoch, [e, n] per period."""

    mean: np.ndarray
    sd: np.ndarray
    recent: np.ndarray  # mean of the trailing 13 weeks
    line_size: np.ndarray  # mean demand of a period with demand, whole past
    on_sale: np.ndarray  # bool: in the last period, or before and after it
    lot: np.ndarray  # economic lot on the mean


def basics(case: Case, epochs) -> Basics:
    """What textbook policies are computed from."""
    demand = np.maximum(case.demand, 0.0)
    known = ~np.isnan(demand)
    value = np.where(known, demand, 0.0)
    zero = np.zeros((len(demand), 1))
    count, total, square, times = (
        np.hstack([zero, np.cumsum(a, axis=1)])
        for a in (known, value, value * value, value > 0)
    )
    year, quarter = int(round(case.per_year)), int(round(case.per_year / 4))
    epochs = np.asarray(epochs)

    def trailing(sums, periods):
        return (sums[:, epochs] - sums[:, np.maximum(epochs - periods, 0)]).T

    seen = np.maximum(trailing(count, year), 1)
    mean = trailing(total, year) / seen
    spread = trailing(square, year) / seen - mean**2
    sd = np.sqrt(np.maximum(spread, 0) * seen / np.maximum(seen - 1, 1))
    recent = trailing(total, quarter) / np.maximum(trailing(count, quarter), 1)
    size = total[:, epochs].T / np.maximum(times[:, epochs].T, 1)
    lots = np.stack([lot(case, m * case.per_year) for m in mean])
    # Unknown between two periods on sale: out of stock, but on sale.
    before = np.maximum.accumulate(known, axis=1)
    after = np.maximum.accumulate(known[:, ::-1], axis=1)[:, ::-1]
    on_sale = (before & after)[:, epochs - 1].T
    return Basics(mean, sd, recent, size, on_sale, lots)


def lot(case: Case, annual_demand) -> np.ndarray:
    """Economic lot of the case, at most half a year's demand."""
    return economic_lot(
        annual_demand,
        case.order_cost,
        case.holding_rate,
        case.unit_cost,
        moq=case.moq,
        multiple=case.multiple,
        max_cover_days=LOT_COVER_DAYS,
    )[0]


def naive_levels(case: Case, known: Basics, weeks):
    """P0: min = lead-time demand + weeks x weekly demand, max = min + 4 weeks."""
    weeks = np.asarray(weeks, dtype=np.float64)[:, None, None]
    week = case.per_year / 52.0
    low = np.maximum(known.recent * (case.lead_time + weeks * week), 0.0)
    return low, low + 4.0 * week * known.recent


def textbook_levels(case: Case, known: Basics, factors):
    """P1: s = mean L + z sd sqrt(L), S = s + economic lot."""
    factors = np.asarray(factors, dtype=np.float64)[:, None, None]
    lead = case.lead_time
    low = known.mean * lead + factors * known.sd * np.sqrt(lead)
    low = np.maximum(low, 0.0)
    return low, low + known.lot


def peer_levels(case: Case, known: Basics, factors):
    """P2: the textbook's min and max rounded up to whole units."""
    low, high = textbook_levels(case, known, factors)
    return np.ceil(low - 1e-9), np.ceil(high - 1e-9)


def buckets(case: Case, start: int):
    """(demand per bucket [n, b], period at which the first bucket begins).

    A bucket with a period not on sale is not on sale.
    """
    width = case.bucket
    offset = start % width
    whole = (case.demand.shape[1] - offset) // width
    cut = case.demand[:, offset : offset + whole * width]
    return np.maximum(cut, 0).reshape(len(cut), whole, width).sum(axis=2), offset


def bucket_states(case: Case, plan: Schedule):
    """(states per bucket, index of the last bucket known at each epoch)."""
    demand, offset = buckets(case, plan.start)
    return forecast.states(demand), (plan.epochs - offset) // case.bucket - 1


def run(case: Case, plan: Schedule, known: Basics, levels, strict=False) -> Outcome:
    """Replay levels (s, S) [k, e, n] from the warm-up on, over both windows.

    Articles not on sale at an epoch are not ordered until the next. The opening
    stock lies somewhere between s and S, evenly over the articles.
    """
    low, high = (np.asarray(a, dtype=np.float64) for a in levels)
    phase = (np.arange(len(case.demand)) * 0.6180339887498949) % 1.0
    opening = low[:, 0] + (high[:, 0] - low[:, 0]) * phase
    never = ~known.on_sale | (high <= 0)
    opening = np.where(never[..., 0, :], 0.0, opening)
    step = np.where(case.multiple > 0, case.multiple, 1e-9)
    opening = np.maximum(np.round(opening / step) * step, 0.0)
    leads = case.leads if case.leads.ndim == 1 else case.leads[:, plan.start :]
    windows = [(a - plan.start, b - plan.start) for a, b in (plan.earlier, plan.last)]
    return replay(
        case.demand[:, plan.start :],
        np.where(never, -np.inf, low),
        np.where(never, 0.0, high),
        leads,
        epochs=plan.epochs - plan.start,
        review=case.review,
        moq=case.moq,
        multiple=case.multiple,
        lost_sales=case.lost_sales,
        strict=strict,
        opening_stock=opening,
        windows=windows,
    )


def figures(case: Case, outcome: Outcome, rows=slice(None)) -> Totals:
    """Assortment figures [w, k] of an outcome, or of some articles of it."""
    return totals(
        outcome.rows(rows),
        case.unit_cost[rows],
        order_cost=case.order_cost[rows],
        holding_rate=case.holding_rate[rows],
        periods_per_year=case.per_year,
    )


def at_fill(fill, figure, target):
    """Figure at a fill rate, linear along the curve; NaN where not reached.

    :param fill: [k] by rising dial; ``figure``: [k]; ``target``: number
    """
    fill, figure = np.asarray(fill), np.asarray(figure)
    reached = np.maximum.accumulate(fill)
    if not reached[0] <= target <= reached[-1]:
        return float("nan")
    after = int(np.argmax(reached >= target))
    if after == 0:
        return float(figure[0])
    gap = reached[after] - reached[after - 1]
    share = (target - reached[after - 1]) / gap
    return float(figure[after - 1] + share * (figure[after] - figure[after - 1]))
