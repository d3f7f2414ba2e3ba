"""From demand to reorder levels: one target for the whole assortment.

``learn`` fixes once per assortment what all articles share (pooled forecast and
variance models, mean cost and line size); the worth of service comes from a
replay (``forward.choose``). ``Parameters`` is small and goes through JSON, so that
``plan`` can then be called for any part of the articles, anywhere.

    parameters = learn(states(sample), now, sample_articles)
    parameters = replace(parameters, worth=..., share=...)
    result = plan(states(part), now, part_articles, parameters)

Times are in buckets (weeks, or months), as many as ``Articles.per_year`` a year.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from . import estimate, target
from ._arrays import columns, round_up
from .estimate import Estimates, Estimators
from .forecast import States
from .order_quantity import economic_lot
from .service import safety_factor_for_fill_rate
from .tail import LevelTable

# Half a year's demand is the largest lot, unless said otherwise.
LOT_COVER_DAYS = 182.5


@dataclass(frozen=True)
class Articles:
    """How articles are bought and sold; [n] or one value for all.

    Costs in money, holding rate per year, times in buckets. ``line_size`` is the
    mean quantity of an order line, 0 = unknown. ``unit`` is the piece levels are
    rounded up to, 0 = none. ``floor`` is the least probability of no shortage in
    a cycle, 0 = left to the target; ``least_fill`` the least share of the units to
    be delivered at once, 0 = the same. A lot is no more than ``max_cover_days`` and
    ``shelf_life_days`` of demand (unless a single pack or the MOQ is).
    ``break_qty`` and ``break_price`` [n, k] are the vendor's all-units price breaks.
    """

    unit_cost: np.ndarray
    order_cost: np.ndarray
    holding_rate: np.ndarray
    lead_time: np.ndarray
    lead_time_sd: np.ndarray = 0.0
    review: np.ndarray = 1.0
    moq: np.ndarray = 0.0
    multiple: np.ndarray = 1.0
    line_size: np.ndarray = 0.0
    unit: np.ndarray = 1.0
    floor: np.ndarray = 0.0
    least_fill: np.ndarray = 0.0
    max_cover_days: np.ndarray = LOT_COVER_DAYS
    shelf_life_days: np.ndarray = np.inf
    break_qty: np.ndarray | None = None
    break_price: np.ndarray | None = None
    per_year: float = 52.0

    def __post_init__(self):
        names = [
            "unit_cost", "order_cost", "holding_rate", "lead_time", "lead_time_sd",
            "review", "moq", "multiple", "line_size", "unit", "floor",
            "least_fill", "max_cover_days", "shelf_life_days",
        ]  # fmt: skip
        arrays = columns(**{name: getattr(self, name) for name in names})
        for name, array in zip(names, arrays, strict=True):
            object.__setattr__(self, name, np.atleast_1d(array))
        if (self.floor >= 1).any():
            raise ValueError("floor must be below 1")
        if (self.least_fill >= 1).any():
            raise ValueError("least_fill must be below 1")

    @property
    def interval(self) -> np.ndarray:
        """Protection interval: lead time + review period, buckets."""
        return self.lead_time + self.review


@dataclass(frozen=True)
class Parameters:
    """What an assortment shares."""

    estimators: Estimators
    mean_cost: float  # of the articles that sell
    mean_line: float  # units of an order line
    worth: float = 1.0  # lambda: what service is worth, x the mean cost
    share: float = 0.5  # of value in the weight of a shortage, rest lines
    objective: str = "both"  # lines, units, value or both

    def as_dict(self) -> dict:
        """Plain data for JSON."""
        return {**self.__dict__, "estimators": self.estimators.as_dict()}

    @classmethod
    def from_dict(cls, data: dict) -> Parameters:
        return cls(**{**data, "estimators": Estimators.from_dict(data["estimators"])})


@dataclass(frozen=True)
class Plan:
    """Levels and the terms they are the sum of; [n], or [k, n] by worth.

    reorder_point = lead_time_demand + review_demand
                    + safety_demand + safety_lead_time - uncovered + rounding
    order_up_to = reorder_point + quantity
    """

    estimates: Estimates
    annual_demand: np.ndarray
    quantity: np.ndarray
    unit_price: np.ndarray  # at that quantity
    shortage_probability: np.ndarray  # accepted per replenishment cycle
    reorder_point: np.ndarray
    order_up_to: np.ndarray
    lead_time_demand: np.ndarray
    review_demand: np.ndarray
    safety_demand: np.ndarray  # for uncertain demand, never negative
    safety_lead_time: np.ndarray  # what unreliable lead times add
    uncovered: np.ndarray  # expected demand left uncovered: cover costs too much
    rounding: np.ndarray  # up to whole units


def learn(
    known: States, now: int, articles: Articles, objective: str = "both"
) -> Parameters:
    """Learn what the articles share from their demand up to bucket ``now``.

    :param known: of all articles or a sample of some thousands
    :returns: parameters with the worth of service still to be chosen
    """
    if objective not in target.OBJECTIVES:
        raise ValueError(f"objective must be one of {target.OBJECTIVES}")
    count = known.shape[0]
    interval = np.broadcast_to(articles.interval, count)
    sells = known.levels[:, :, now].mean(axis=0) > 0
    cost = np.broadcast_to(articles.unit_cost, count)[sells]
    cost = cost[cost > 0]
    line = np.broadcast_to(articles.line_size, count)[sells]
    line = line[line > 0]
    return Parameters(
        estimators=estimate.fit(known, now, interval),
        mean_cost=float(cost.mean()) if len(cost) else 1.0,
        mean_line=float(line.mean()) if len(line) else 1.0,
        objective=objective,
    )


def weighed_cost(articles: Articles, parameters: Parameters) -> np.ndarray:
    """Unit cost, [n]; an article without one counts as an average one.

    A missing cost must neither fill the shelves nor empty them.
    """
    cost = articles.unit_cost
    return np.where(cost > 0, cost, parameters.mean_cost)


def weigh(articles: Articles, parameters: Parameters) -> np.ndarray:
    """Money a unit short counts, [n], before lambda."""
    weights = target.shortage_weights(
        weighed_cost(articles, parameters),
        articles.line_size,
        parameters.mean_cost,
        parameters.mean_line,
    )
    if parameters.objective == "both":  # two floors, lines and value
        return target.mixed_weight(weights, parameters.share)
    return weights[parameters.objective]


def plan(
    known: States,
    now: int,
    articles: Articles,
    parameters: Parameters,
    worth=None,
    season=None,
) -> Plan:
    """Levels of the articles as they stand after bucket ``now``.

    :param worth: lambda, a number, [k] or [k, n] to try several; None = the parameters'
    :param season: [n] demand of the protection interval relative to an average one
        (``season.ahead``), where ``known`` is of demand without its season
    """
    estimates = estimate.estimate(
        known,
        now,
        articles.interval,
        parameters.estimators,
        articles.lead_time_sd,
        int(round(articles.per_year)),
    )
    if season is not None:
        (season,) = columns(season=season)
        estimates = replace(
            estimates,
            mean=estimates.mean * season,
            sigma=estimates.sigma * season,
            sigmas=estimates.sigmas * season,
        )
    return levels(lots(estimates, articles), articles, parameters, worth)


@dataclass(frozen=True)
class Lots:
    """Estimates with the lots that follow, before any target."""

    estimates: Estimates
    annual_demand: np.ndarray
    quantity: np.ndarray
    unit_price: np.ndarray
    table: LevelTable


def lots(estimates: Estimates, articles: Articles) -> Lots:
    """Order quantities on the forecast demand, under the vendor's terms."""
    annual = estimates.rate * articles.per_year
    quantity, price, _ = economic_lot(
        annual,
        articles.order_cost,
        articles.holding_rate,
        articles.unit_cost,
        moq=articles.moq,
        multiple=articles.multiple,
        max_cover_days=np.minimum(articles.max_cover_days, articles.shelf_life_days),
        break_qty=articles.break_qty,
        break_price=articles.break_price,
    )
    table = LevelTable(estimates.mean, estimates.sigma, quantity)
    return Lots(estimates, annual, quantity, price, table)


def levels(ready: Lots, articles: Articles, parameters: Parameters, worth=None) -> Plan:
    """Accepted shortage and reorder point by the target.

    :param worth: as for ``plan``
    """
    estimates, annual, quantity = ready.estimates, ready.annual_demand, ready.quantity
    worth = parameters.worth if worth is None else worth
    worth = np.asarray(worth, dtype=np.float64)
    if worth.ndim == 1:
        worth = worth[:, None]
    chance = target.shortage_probability(
        articles.holding_rate,
        weighed_cost(articles, parameters),
        quantity,
        annual,
        worth * weigh(articles, parameters),
    )
    chance = np.minimum(chance, 1.0 - articles.floor)
    # The one-cycle level looks at the cycle alone, the other at all the time
    # between; each fails where the other is right, and their mean does best.
    level = 0.5 * (
        target.one_cycle_level(estimates.mean, estimates.sigma, chance)
        + ready.table(chance)
    )
    level = np.maximum(level, _least_level(ready, articles))
    level = np.where(annual > 0, level, 0.0)
    reorder = round_up(level, articles.unit)
    # Per bucket of the interval, which may lie in a season.
    interval = articles.interval
    pace = np.where(
        interval > 0,
        estimates.mean / np.where(interval > 0, interval, 1.0),
        estimates.rate,
    )
    lead_demand = pace * articles.lead_time
    review_demand = pace * articles.review
    safety = np.maximum(level - estimates.mean, 0.0)
    # Share of the safety that would be needed if lead times never varied.
    late = (pace * articles.lead_time_sd) ** 2
    variance = np.where(estimates.sigma > 0, estimates.sigma**2, 1.0)
    steady = np.sqrt(np.clip(1.0 - late / variance, 0.0, 1.0))
    return Plan(
        estimates=estimates,
        annual_demand=annual,
        quantity=quantity,
        unit_price=ready.unit_price,
        shortage_probability=chance,
        reorder_point=reorder,
        order_up_to=reorder + quantity,
        lead_time_demand=lead_demand,
        review_demand=review_demand,
        safety_demand=safety * steady,
        safety_lead_time=safety * (1.0 - steady),
        uncovered=np.maximum(estimates.mean - level, 0.0),
        rounding=reorder - level,
    )


def _least_level(ready: Lots, articles: Articles) -> np.ndarray:
    """Level [n] that delivers ``least_fill`` of normal demand at once; 0 = none."""
    sigma = ready.estimates.sigma
    asked = (articles.least_fill > 0) & (ready.quantity > 0)
    if not asked.any():
        return np.zeros_like(sigma)
    factor = safety_factor_for_fill_rate(
        np.where(asked, articles.least_fill, 0.0),
        sigma,
        np.where(asked, ready.quantity, 1.0),
    )
    return np.where(asked, np.maximum(ready.estimates.mean + factor * sigma, 0.0), 0.0)
