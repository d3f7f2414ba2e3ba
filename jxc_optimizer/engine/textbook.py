"""The textbook policy: trailing mean and deviation, EOQ, one fill rate for all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .order_quantity import economic_lot, eoq
from .policy import Levels, levels
from .service import safety_factor_for_fill_rate

DAYS_PER_WEEK = 7.0
DAYS_PER_YEAR = 365.0


@dataclass(frozen=True)
class WeeklyStatistics:
    """What the history of n articles says; per day, in the article's unit."""

    mean: np.ndarray  # demand per day since the first sale, never below 0
    sd: np.ndarray  # standard deviation of a day's demand
    weeks: np.ndarray  # length of the history since the first sale
    relative_error: np.ndarray  # weekly deviation / mean; NaN below min_weeks


@dataclass(frozen=True)
class Terms:
    """What n articles cost and how they are bought; money in one currency."""

    unit_cost: np.ndarray
    order_cost: np.ndarray  # per order
    holding_rate: np.ndarray  # share of the cost per year
    lead_time: np.ndarray  # days
    lead_time_sd: np.ndarray  # days
    review: np.ndarray  # days between two chances to order
    moq: np.ndarray
    multiple: np.ndarray  # 0 = none
    max_cover_days: np.ndarray
    break_qty: np.ndarray  # [n, k], NaN where there is no tier
    break_price: np.ndarray  # [n, k]


@dataclass(frozen=True)
class Plan:
    """A policy for n articles with what it was derived from."""

    eoq: np.ndarray  # Harris' lot at the unit cost, before the vendor's terms
    quantity: np.ndarray  # lot after price breaks, MOQ, multiple and cover limit
    price: np.ndarray  # price paid for that lot
    safety_factor: np.ndarray
    levels: Levels


def weekly_statistics(
    demand: np.ndarray, weeks: np.ndarray, min_weeks: int = 8
) -> WeeklyStatistics:
    """Mean and deviation since the first sale.

    :param demand: [n, t] quantity per week, the last column is the newest week; NaN =
        not known, for instance out of stock
    :param weeks: [n] weeks since the first sale, at least 1, at most t
    :param min_weeks: shorter histories get no relative error

    >>> result = weekly_statistics(np.array([[0., 0., 14., 0., 14.]]), np.array([3]))
    >>> result.mean.round(3).tolist(), result.sd.round(3).tolist()
    ([1.333], [3.055])
    """
    total = demand.shape[1]
    weeks = np.clip(weeks, 1, max(total, 1))
    known = np.arange(total) >= (total - weeks)[:, None]
    known &= ~np.isnan(demand)
    seen = known.sum(axis=1)
    kept = np.where(known, demand, 0.0)
    mean = np.maximum(kept.sum(axis=1) / np.maximum(seen, 1), 0.0)
    deviation = np.where(known, demand - mean[:, None], 0.0)
    variance = (deviation**2).sum(axis=1) / np.maximum(seen - 1, 1)
    sd = np.sqrt(variance)
    relative = np.divide(sd, mean, out=np.full(len(sd), np.nan), where=mean > 0)
    return WeeklyStatistics(
        mean=mean / DAYS_PER_WEEK,
        sd=sd / np.sqrt(DAYS_PER_WEEK),
        weeks=weeks,
        relative_error=np.where(weeks >= min_weeks, relative, np.nan),
    )


def plan(mean: np.ndarray, sd: np.ndarray, terms: Terms, fill_rate, season=1.0) -> Plan:
    """Lot, safety stock and levels of each article for the same fill rate.

    :param mean: [n] demand per day
    :param sd: [n] standard deviation of a day's demand
    :param fill_rate: share of the demand delivered from stock, 0 to below 1
    :param season: [n] demand of the protection interval relative to an average one; the
        lot is for the whole year
    """
    annual = mean * DAYS_PER_YEAR
    holding = terms.unit_cost * terms.holding_rate
    cap = mean * terms.max_cover_days
    economic = eoq(annual, terms.order_cost, holding, cap)
    quantity, price, _cost = economic_lot(
        annual,
        terms.order_cost,
        terms.holding_rate,
        terms.unit_cost,
        moq=terms.moq,
        multiple=terms.multiple,
        max_cover_days=terms.max_cover_days,
        break_qty=terms.break_qty,
        break_price=terms.break_price,
    )
    mean, sd = mean * season, sd * season
    interval = terms.lead_time + terms.review
    sigma = np.sqrt(interval * sd**2 + (mean * terms.lead_time_sd) ** 2)
    active = (sigma > 0) & (quantity > 0)
    factor = np.zeros_like(mean)
    if active.any():
        fill = np.broadcast_to(np.asarray(fill_rate, dtype=float), mean.shape)
        factor[active] = safety_factor_for_fill_rate(
            fill[active], sigma[active], quantity[active]
        )
    return Plan(
        eoq=economic,
        quantity=quantity,
        price=price,
        safety_factor=factor,
        levels=levels(
            mean,
            sd,
            terms.lead_time,
            terms.lead_time_sd,
            terms.review,
            quantity,
            factor,
        ),
    )
