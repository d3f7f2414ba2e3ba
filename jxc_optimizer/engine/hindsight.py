"""The bound of hindsight: what nobody can do better, knowing the last window."""

from __future__ import annotations

import numpy as np

from . import trial
from .forward import Setup
from .replay import Outcome, replay
from .trial import Case


def hindsight(setup: Setup, fill: str, steps: int = 25, prices: int = 40):
    """Bound: the best fixed s of each article, knowing the last window.

    Every article is replayed at a range of s; for each price of a shortage the
    s of least stock value plus price x shortages is taken.

    :returns: (fill [prices], inventory [prices]) by rising price
    """
    case, plan = setup.case, setup.plan
    fill = "line" if fill == "both" else fill
    start, end = plan.last
    demand = np.nan_to_num(np.maximum(case.demand, 0.0))
    annual = demand[:, start:end].mean(axis=1) * case.per_year
    lots = trial.lot(case, annual)
    summed = np.hstack([np.zeros((len(demand), 1)), np.cumsum(demand, axis=1)])
    length = np.maximum(np.round(case.lead_time + case.review).astype(int), 1)
    top = np.array(
        [np.max(row[n:] - row[:-n]) for row, n in zip(summed, length, strict=True)]
    )
    low = np.linspace(0.0, 1.0, steps)[:, None] * top
    leads = case.leads if case.leads.ndim == 1 else case.leads[:, plan.start :]
    outcome = replay(
        demand[:, plan.start :], low, low + lots, leads, review=case.review,
        moq=case.moq, multiple=case.multiple, lost_sales=case.lost_sales,
        windows=[(start - plan.start, end - plan.start)],
    ).window(0)  # fmt: skip
    return _best_mix(case, outcome, fill, prices)


def _best_mix(case: Case, outcome: Outcome, fill: str, prices: int):
    value = outcome.stock / np.maximum(outcome.periods, 1) * case.unit_cost
    asked, served = {
        "line": (outcome.lines, outcome.lines_filled),
        "unit": (outcome.demand, outcome.filled),
        "value": (outcome.demand * case.unit_cost, outcome.filled * case.unit_cost),
    }[fill]
    missed = asked - served
    total = max(float(asked[0].sum()), 1e-12)
    scale = max(float(value.max()), 1e-12) / max(float(missed.max()), 1e-12)
    columns = np.arange(value.shape[1])
    points = []
    for price in scale * np.geomspace(1e-6, 1e4, prices):
        best = np.argmin(value + price * missed, axis=0)
        points.append(
            (1 - missed[best, columns].sum() / total, value[best, columns].sum())
        )
    return tuple(np.array(points).T)
