"""Forward test: dials set on an earlier window, judged on the next.

Curves hold, for each dial of a policy, inventory, cost and all three fill rates
in both windows. ``choose`` picks what the earlier window says; ``compare`` reads
other policies' curves at the service that was realised afterwards.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np

from . import estimate, trial
from .classify import demand_pattern
from .plan import Articles, Lots, Parameters, learn, levels, lots
from .replay import Totals
from .trial import Basics, Case, Schedule

FILLS = ("line", "unit", "value", "both")
#: what is aimed at -> objective of the plan; with cost the target is what a missed
#: unit costs, and what is best costs least in all
OBJECTIVE = {
    "line": "lines", "unit": "units", "value": "value", "both": "both", "cost": "cost",
}  # fmt: skip
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
#: what total cost may be above the least and still count as about the same
FLAT = 0.01
#: epochs and curves that are worked on at the same time: numpy mostly does without
#: Python's lock
AT_ONCE = 2
#: with fewer articles a group has no method of its own
LEAST_GROUP = 50


@dataclass(frozen=True)
class Setup:
    """A case made ready: schedule, textbook figures, estimates per epoch.

    ``groups`` are the rows of articles that may have a method of their own, by label.
    """

    case: Case
    plan: Schedule
    known: Basics
    epochs: list[tuple[Lots, Articles, Parameters]]
    groups: dict[str, np.ndarray] = field(default_factory=dict)


@dataclass(frozen=True)
class Curve:
    """A policy's figures [2 windows, k dials] and how to get its levels."""

    policy: str
    dials: np.ndarray
    totals: Totals
    share: float = 0.0
    objective: str = ""
    parts: dict[str, Curve] = field(default_factory=dict)  # the same of each group

    def fill(self, name: str, window: int) -> np.ndarray:
        """[k] fill rate by line, unit or value."""
        return {
            "line": self.totals.fill_lines,
            "unit": self.totals.fill_units,
            "value": self.totals.fill_value,
        }[name][window]

    def cost(self, price: float, window: int) -> np.ndarray:
        """[k] holding, ordering, and a price for each missed unit."""
        return self.totals.cost[window] + price * self.totals.missed[window]

    def at(self, dial: float, figure: np.ndarray) -> float:
        """A figure [k] between two dials."""
        if self.policy == "ours":
            return float(np.interp(np.log(dial), np.log(self.dials), figure))
        return float(np.interp(dial, self.dials, figure))


@dataclass(frozen=True)
class Choice:
    """A policy with its dial, and what it did in both windows ([2, 1])."""

    policy: str
    dial: float
    totals: Totals
    levels: tuple[np.ndarray, np.ndarray]  # s, S [1, e, n]
    share: float = 0.0
    apart: dict[str, float] = field(default_factory=dict)  # groups: the other's dial


def prepare(case: Case, area=None) -> Setup:
    """Estimate every epoch from the periods before it.

    :param area: [n] numbers: only articles with the same one share a group
    :raises ValueError: if the history is too short for a trial
    """
    plan = trial.schedule(case)
    known = trial.basics(case, plan.epochs)
    states, ends = trial.bucket_states(case, plan)

    def known_before(epoch) -> tuple:
        size, end = epoch
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
        return lots(figures, articles), articles, shared

    with ThreadPoolExecutor(AT_ONCE) as threads:
        epochs = list(
            threads.map(known_before, zip(known.line_size, ends, strict=True))
        )
    return Setup(case, plan, known, epochs, groups_of(case, plan, area))


def groups_of(case: Case, plan: Schedule, area=None) -> dict[str, np.ndarray]:
    """Rows of each group: an area's articles of one demand pattern before the trial.

    Of too few articles a replay says nothing: they follow the whole.
    """
    demand, _offset = trial.buckets(case, plan.start)
    year = int(round(case.per_year / case.bucket))
    end = plan.start // case.bucket
    pattern = demand_pattern(demand[:, max(end - year, 0) : end])[2]
    labels = group_labels(np.zeros(len(pattern)) if area is None else area, pattern)
    names, counts = np.unique(labels[pattern >= 0], return_counts=True)
    return {
        str(name): np.flatnonzero(labels == name)
        for name in names[counts >= LEAST_GROUP]
    }


def group_labels(area, pattern) -> np.ndarray:
    """'area:pattern' of each article."""
    areas = np.asarray(area).astype(int).astype(str)
    return np.char.add(np.char.add(areas, ":"), np.asarray(pattern).astype(str))


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


def _replayed(setup: Setup, policy: str, pair):
    strict = policy in ("P0", "P2")
    return trial.run(setup.case, setup.plan, setup.known, pair, strict)


def totals_of(setup: Setup, policy: str, pair) -> Totals:
    """Figures [2 windows, k] of levels (s, S) [k, e, n]."""
    return trial.figures(setup.case, _replayed(setup, policy, pair))


def curve(setup: Setup, policy: str, dials, objective="", share=0.0) -> Curve:
    """Replay a policy at all its dials, rising."""
    pair = policy_levels(setup, policy, dials, objective, share)
    outcome, dials = _replayed(setup, policy, pair), np.asarray(dials)
    whole = Curve(policy, dials, trial.figures(setup.case, outcome), share, objective)
    parts = {
        label: replace(whole, totals=trial.figures(setup.case, outcome, rows))
        for label, rows in setup.groups.items()
    }
    return replace(whole, parts=parts)


def curves(setup: Setup, policies=("P0", "P1", "P2", *FILLS)) -> dict[str, list[Curve]]:
    """Curves by policy: P0, P1, P2, and ours by line, unit, value and both."""
    dials = {"P0": WEEKS, "P1": FACTORS, "P2": FACTORS}
    with ThreadPoolExecutor(AT_ONCE) as threads:

        def begun(policy, *how) -> Future:
            return threads.submit(curve, setup, policy, *how)

        started = {}
        for name in policies:
            if name in dials:
                started[name] = [begun(name, dials[name])]
            else:
                shares = SHARES if name == "both" else (0.0,)
                goal, worths = OBJECTIVE[name], WORTHS
                if name == "cost":  # in money, not in mean costs
                    worths = worths * setup.epochs[0][2].mean_cost
                started[name] = [begun("ours", worths, goal, s) for s in shares]
        return {
            name: [each.result() for each in some] for name, some in started.items()
        }


def settle(case: Case, fill: str, target: float) -> Choice:
    """Policy, dial and share for an objective, from the case's own history.

    With policy 'ours' the dial is ``Parameters.worth`` and the share
    ``Parameters.share`` of the plan; with 'P1' the textbook did better and the
    dial is its safety factor.

    :param fill: line, unit, value or both
    :param target: fill rate to reach
    :raises ValueError: if the history is too short for a trial
    """
    if fill not in OBJECTIVE:
        raise ValueError(f"fill must be one of {tuple(OBJECTIVE)}")
    setup = prepare(case)
    return choose(setup, curves(setup, ("P1", fill)), fill, fill, target)


def slack(line: Curve, fill: str, window: int, goals: dict) -> np.ndarray:
    """[k] by how much each dial passes the goals; with two the lesser one."""
    names = ("line", "value") if fill == "both" else (fill,)
    return np.min([line.fill(n, window) - goals[n] for n in names], axis=0)


def goals_for(textbook: Curve, fill: str, target: float, window: int) -> dict:
    """Fill rates to reach: the target, and for both the textbook's value fill.

    With cost the price of a missed unit, which is nothing to reach.
    """
    if fill != "both":
        return {fill: target}
    line, values = textbook.fill("line", window), textbook.fill("value", window)
    if target < line[0]:  # even its lowest level delivers more
        return {"line": target, "value": float(values[0])}
    value = trial.at_fill(line, values, target)
    if np.isnan(value):  # out of the textbook's reach: its best
        value = float(values.max())
    return {"line": target, "value": value}


def dial_for(line: Curve, fill: str, goals: dict, window: int) -> float:
    """Dial that just meets the goals, or the nearest to it.

    Out of reach, a dial close to the best is taken (half a point of fill), not
    the end of the scale, where stock grows and service does not. With cost, the dial
    that costs least is taken.
    """
    if fill == "cost":
        return needed(line, fill, goals, window)[0]
    passed = slack(line, fill, window, goals)
    best = min(0.0, float(passed.max()) - 0.005)
    if passed[0] > best:
        return float(line.dials[0])
    if line.policy == "ours":
        return float(np.exp(trial.at_fill(passed, np.log(line.dials), best)))
    return trial.at_fill(passed, line.dials, best)


def needed(line: Curve, fill: str, goals: dict, window: int) -> tuple[float, float]:
    """(dial, figure) of a curve where it meets the goals; NaN where it does not.

    The figure is inventory, with cost all that the policy costs.
    """
    if fill == "cost":
        total = line.cost(goals["cost"], window)
        # The bottom is flat: the mean of all dials about as good as the best.
        near = np.maximum(1.0 - (total / total.min() - 1.0) / FLAT, 0.0)
        near = near / near.sum()
        if line.policy == "ours":
            dial = float(np.exp((near * np.log(line.dials)).sum()))
        else:
            dial = float((near * line.dials).sum())
        return dial, line.at(dial, total)
    passed = slack(line, fill, window, goals)
    stock = trial.at_fill(passed, line.totals.inventory[window], 0.0)
    if line.policy == "ours":
        return float(np.exp(trial.at_fill(passed, np.log(line.dials), 0.0))), stock
    return trial.at_fill(passed, line.dials, 0.0), stock


def nearby(textbook: Curve, fill: str, target: float, window: int) -> list[dict]:
    """Goals to judge by: one target alone would pick by chance."""
    if fill == "cost":
        return [{"cost": target * (1.0 - d)} for d in NEARBY]
    return [goals_for(textbook, fill, target - d, window) for d in NEARBY]


def best_of(
    lines: list[Curve], textbook: Curve, fill: str, target: float, window: int = EARLIER
) -> tuple[Curve, float]:
    """The curve that needs least, and by how much more than the textbook (log)."""
    several = nearby(textbook, fill, target, window)

    def stock(line):
        figures = [needed(line, fill, goals, window)[1] for goals in several]
        return np.log(np.maximum(figures, 1e-12))

    def order(line):
        logs = stock(line)
        missed = np.isnan(logs)
        return missed.sum(), logs[~missed].mean() if not missed.all() else 0.0

    best = min(lines, key=order)
    more = stock(best) - stock(textbook)
    more = more[~np.isnan(more)]
    return best, float(more.mean()) if len(more) else 0.0


def choose(
    setup: Setup, lines: dict[str, list[Curve]], policy: str, fill: str, target: float
) -> Choice:
    """Policy and dial (and for both the share) that the earlier window says.

    A policy of ours that needed more stock than the textbook there gives way to
    the textbook.
    """
    textbook = lines["P1"][0]
    best, more = best_of(lines[policy], textbook, fill, target)
    if best.policy == "ours" and more > 0:
        best = textbook
    dial = dial_for(best, fill, goals_for(textbook, fill, target, EARLIER), EARLIER)
    pair = policy_levels(setup, best.policy, dial, best.objective, best.share)
    totals = totals_of(setup, best.policy, pair)
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
