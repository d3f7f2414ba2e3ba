"""A stretch of the past once more, as it would have gone with other levels.

The forward test of ``forward`` on one window, with the stock and the open orders that
were there: method and dial come from the time before (``forward.choose``), levels are
computed anew at each epoch from the buckets before it, and demand is replayed by the
day. Levels are what the night run would have found (``plan.lots``, ``plan.levels``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from . import estimate
from ._arrays import round_up
from .forecast import States
from .plan import Articles, Parameters, levels, lots
from .replay import Outcome
from .replay import replay as run

DAYS_PER_YEAR = 365.0


@dataclass(frozen=True)
class Stretch:
    """What happened to n articles on t days, whatever levels they had.

    ``demand`` [n, t]; ``leads`` whole days [n], or [n, t] by the day of the order;
    ``opening`` [n] stock at the start; ``arriving`` [n, m] of earlier orders, by day;
    ``review`` [n] days between reviews; smallest order and pack [n].
    """

    demand: np.ndarray
    leads: np.ndarray
    opening: np.ndarray
    arriving: np.ndarray
    review: np.ndarray
    moq: np.ndarray
    multiple: np.ndarray
    lost_sales: bool = False

    def play(self, low, high, epochs, strict: bool = False) -> Outcome:
        """Replay levels (s, S) [k, e, n]; sums [k, n] over all days."""
        return run(
            self.demand,
            low,
            high,
            self.leads,
            epochs=epochs,
            review=self.review,
            moq=self.moq,
            multiple=self.multiple,
            lost_sales=self.lost_sales,
            strict=strict,
            opening_stock=self.opening,
            open_orders=self.arriving,
        ).window(0)


def assortment_levels(
    known: States,
    ends,
    articles: Articles,
    shared: list[Parameters],
    settings: list[tuple[np.ndarray, float]],
    objective: str,
):
    """(s, S) [k, e, n] of one target for the assortment.

    :param ends: [e] last bucket known at each epoch
    :param shared: what the assortment shared then, one for each epoch
    :param settings: [k] (lambda [n], share of value in the weight of a shortage)
    """
    shape = (len(settings), len(shared), known.shape[0])
    low, high = np.zeros(shape), np.zeros(shape)
    worth = np.stack([np.broadcast_to(each[0], known.shape[0]) for each in settings])
    share = np.array([setting[1] for setting in settings])
    for epoch, (end, parameters) in enumerate(zip(ends, shared, strict=True)):
        estimates = estimate.estimate(
            known,
            int(end),
            articles.interval,
            parameters.estimators,
            articles.lead_time_sd,
            int(round(articles.per_year)),
        )
        ready = lots(estimates, articles)
        for value in np.unique(share):
            own = replace(parameters, objective=objective, share=float(value))
            result = levels(ready, articles, own, worth[share == value])
            low[share == value, epoch] = result.reorder_point
            high[share == value, epoch] = result.order_up_to
    return low, high


def raised(low, high, least, unit):
    """Levels rounded up to whole units, with s at least ``least`` [n]."""
    rounded = round_up(low, unit)
    lift = rounded - low + np.maximum(round_up(least, unit) - rounded, 0.0)
    return low + lift, high + lift


def figures(outcome: Outcome, unit_cost, order_cost, holding_rate) -> dict:
    """Sums of each article over the days, [k, n]; money in the currency of the cost.

    ``stock_value`` is the mean value on hand at the end of a day.
    """
    days = np.maximum(outcome.periods, 1)
    value = outcome.stock / days * unit_cost
    return {
        "stock_value": value,
        "demand_value": outcome.demand * unit_cost,
        "served_value": outcome.filled * unit_cost,
        "demand_qty": outcome.demand,
        "served_qty": outcome.filled,
        "lines": outcome.lines,
        "lines_served": outcome.lines_filled,
        "article_days": outcome.periods,
        "stockout_days": outcome.stock_outs,
        "orders": outcome.orders,
        "holding_cost": value * holding_rate * days / DAYS_PER_YEAR,
        "order_cost": outcome.orders * order_cost,
    }
