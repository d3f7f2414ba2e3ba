"""Forward test: dials set on an earlier window, judged on the next.

Curves hold, for each dial of a policy, inventory, cost and all three fill rates
in both windows. ``choose`` picks what the earlier window says; ``compare`` reads
other policies' curves at the service that was realised afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from . import estimate, trial
from .plan import Articles, Lots, Parameters, learn, levels, lots
from .replay import Outcome, Totals, replay
from .trial import Basics, Case, Schedule

FILLS = ("line", "unit", "value", "both")
OBJECTIVE = {"line": "lines", "unit": "units", "value": "value", "both": "both"}
FACTORS = np.concatenate(
    [np.linspace(-1.5, 4.0, 23), [4.5, 5, 6, 7, 9, 12, 16, 22, 30, 45, 70]]
)
WEEKS = np.concatenate(
    [[-16, -8, -4, -2, -1], np.arange(13), [14, 17, 20, 25, 30, 40, 60, 90, 150, 300]]
)
WORTHS = np.concatenate([np.geomspace(1e-3, 1e4, 36), [1e6, 1e9, 1e13, 1e18, 1e24]])
SHARES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
# Below the target, where else methods are compared.
NEARBY = (0.0, 0.03, 0.06)
EARLIER, LAST = 0, 1


@dataclass(frozen=True)
class Setup:
    """A case made ready: schedule, textbook figures, estimates per epoch."""

    case: Case
    plan: Schedule
    known: Basics
    epochs: list[tuple[Lots, Articles, Parameters]]


@dataclass(frozen=True)
class Curve:
    """A policy's figures [2 windows, k dials] and how to get its levels."""

    policy: str
    dials: np.ndarray
    totals: Totals
    share: float = 0.0
    objective: str = ""

    def fill(self, name: str, window: int) -> np.ndarray:
        """[k] fill rate by line, unit or value."""
        return {
            "line": self.totals.fill_lines,
            "unit": self.totals.fill_units,
            "value": self.totals.fill_value,
        }[name][window]


@dataclass(frozen=True)
class Choice:
    """A policy with its dial, and what it did in both windows ([2, 1])."""

    policy: str
    dial: float
    totals: Totals
    levels: tuple[np.ndarray, np.ndarray]  # s, S [1, e, n]
    share: float = 0.0


def prepare(case: Case) -> Setup:
    """Estimate every epoch from the periods before it.

    :raises ValueError: if the history is too short for a trial
    """
    plan = trial.schedule(case)
    known = trial.basics(case, plan.epochs)
    states, ends = trial.bucket_states(case, plan)
    epochs = []
    for size, end in zip(known.line_size, ends, strict=True):
        articles = case.articles(size)
        shared = learn(states, end, articles)
        figures = estimate.estimate(
            states,
            end,
            articles.interval,
            shared.estimators,
            articles.lead_time_sd,
            int(round(articles.per_year)),
        )
        epochs.append((lots(figures, articles), articles, shared))
    return Setup(case, plan, known, epochs)


def policy_levels(setup: Setup, policy: str, dials, objective="", share=0.0):
    """(s, S) [k, e, n] of a policy at the dials."""
    case, known = setup.case, setup.known
    dials = np.atleast_1d(np.asarray(dials, dtype=np.float64))
    if policy == "P0":
        return trial.naive_levels(case, known, dials)
    if policy == "P1":
        return trial.textbook_levels(case, known, dials)
    if policy == "P2":
        return trial.peer_levels(case, known, dials)
    low, high = [], []
    for ready, articles, shared in setup.epochs:
        own = replace(shared, objective=objective, share=share)
        result = levels(ready, articles, own, dials)
        low.append(result.reorder_point)
        high.append(result.order_up_to)
    return np.stack(low, axis=1), np.stack(high, axis=1)


def _totals(setup: Setup, policy: str, pair) -> Totals:
    strict = policy in ("P0", "P2")
    outcome = trial.run(setup.case, setup.plan, setup.known, pair, strict)
    return trial.figures(setup.case, outcome)


def curve(setup: Setup, policy: str, dials, objective="", share=0.0) -> Curve:
    """Replay a policy at all its dials, rising."""
    pair = policy_levels(setup, policy, dials, objective, share)
    return Curve(
        policy, np.asarray(dials), _totals(setup, policy, pair), share, objective
    )


def curves(setup: Setup, policies=("P0", "P1", "P2", *FILLS)) -> dict[str, list[Curve]]:
    """Curves by policy: P0, P1, P2, and ours by line, unit, value and both."""
    dials = {"P0": WEEKS, "P1": FACTORS, "P2": FACTORS}
    result = {}
    for name in policies:
        if name in dials:
            result[name] = [curve(setup, name, dials[name])]
        else:
            shares = SHARES if name == "both" else (0.0,)
            goal = OBJECTIVE[name]
            result[name] = [curve(setup, "ours", WORTHS, goal, s) for s in shares]
    return result


def settle(case: Case, fill: str, target: float) -> Choice:
    """Policy, dial and share for an objective, from the case's own history.

    With policy 'ours' the dial is ``Parameters.worth`` and the share
    ``Parameters.share`` of the plan; with 'P1' the textbook did better and the
    dial is its safety factor.

    :param fill: line, unit, value or both
    :param target: fill rate to reach
    :raises ValueError: if the history is too short for a trial
    """
    if fill not in FILLS:
        raise ValueError(f"fill must be one of {FILLS}")
    setup = prepare(case)
    return choose(setup, curves(setup, ("P1", fill)), fill, fill, target)


def slack(line: Curve, fill: str, window: int, goals: dict) -> np.ndarray:
    """[k] by how much each dial passes the goals; with two the lesser one."""
    names = ("line", "value") if fill == "both" else (fill,)
    return np.min([line.fill(n, window) - goals[n] for n in names], axis=0)


def goals_for(textbook: Curve, fill: str, target: float, window: int) -> dict:
    """Fill rates to reach: the target, and for both the textbook's value fill."""
    if fill != "both":
        return {fill: target}
    line = textbook.fill("line", window)
    value = trial.at_fill(line, textbook.fill("value", window), target)
    if np.isnan(value):  # out of the textbook's reach: its best
        value = float(textbook.fill("value", window).max())
    return {"line": target, "value": value}


def dial_for(line: Curve, fill: str, goals: dict, window: int) -> float:
    """Dial that just meets the goals, or the nearest to it.

    Out of reach, a dial close to the best is taken (half a point of fill), not
    the end of the scale, where stock grows and service does not.
    """
    passed = slack(line, fill, window, goals)
    best = min(0.0, float(passed.max()) - 0.005)
    if passed[0] > best:
        return float(line.dials[0])
    if line.policy == "ours":
        return float(np.exp(trial.at_fill(passed, np.log(line.dials), best)))
    return trial.at_fill(passed, line.dials, best)


def choose(
    setup: Setup, lines: dict[str, list[Curve]], policy: str, fill: str, target: float
) -> Choice:
    """Policy and dial (and for both the share) that the earlier window says.

    A policy of ours that needed more stock than the textbook there gives way to
    the textbook.
    """
    textbook = lines["P1"][0]
    # One target alone would pick a share by chance: judge it on several.
    nearby = [goals_for(textbook, fill, target - d, EARLIER) for d in NEARBY]

    def stock(line):
        needed = [
            trial.at_fill(
                slack(line, fill, EARLIER, goals), line.totals.inventory[EARLIER], 0.0
            )
            for goals in nearby
        ]
        return np.log(np.maximum(needed, 1e-12))

    def order(line):
        logs = stock(line)
        missed = np.isnan(logs)
        return missed.sum(), logs[~missed].mean() if not missed.all() else 0.0

    best = min(lines[policy], key=order)
    if best.policy == "ours":
        worse = stock(best) - stock(textbook)
        worse = worse[~np.isnan(worse)]
        if len(worse) and worse.mean() > 0:
            best = textbook
    dial = dial_for(best, fill, nearby[0], EARLIER)
    pair = policy_levels(setup, best.policy, dial, best.objective, best.share)
    totals = _totals(setup, best.policy, pair)
    return Choice(best.policy, dial, totals, pair, best.share)


def same_service(line: Curve, fill: str, realised: dict, figure: np.ndarray) -> float:
    """Figure [k] of a policy where its service equals the realised one.

    With both, where the policy first reaches one of the two fills: what it
    would need for the other as well is not held against it.
    """
    names = ("line", "value") if fill == "both" else (fill,)
    passed = np.max([line.fill(n, LAST) - realised[n] for n in names], axis=0)
    return trial.at_fill(passed, figure, 0.0)


def realised(totals: Totals, window: int = LAST) -> dict:
    """The three fill rates of a choice."""
    return {
        "line": float(totals.fill_lines[window, 0]),
        "unit": float(totals.fill_units[window, 0]),
        "value": float(totals.fill_value[window, 0]),
    }


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
