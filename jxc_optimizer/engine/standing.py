"""Whether a target that was set some weeks ago still serves.

A target set anew every week would change all articles with it, and mostly follow what
chance put into the window it is set on. So the one in force stays as long as it does
about as well on the latest window. Misses add up from week to week (a cumulative sum,
Page 1954): a target cannot stay below its goal, however little it is below.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from . import forward
from .apart import Method
from .forward import LAST, Curve, Setup
from .plan import Parameters
from .replay import Totals

#: share of the shortage a goal accepts that may be missed, in one week or in several
#: together: half a point of fill at 95 %. Customers miss it, so that is soon corrected.
SHORT = 0.1
#: stock above that of a new target which is about the same, and what beyond it, in one
#: week or in several together, is too much. Downwards a correction waits for some
#: weeks: the next window often takes it back.
OVER = 0.02
MOST_OVER = 0.06


class Rival(NamedTuple):
    """A target with what was learned when it was set."""

    method: Method
    parameters: Parameters


@dataclass(frozen=True)
class Standing:
    """How a target in force does, on the weeks a new one was set on.

    ``short``: by what its fill rates missed the goals, share of the shortage they
    accept, ``over``: stock above the new one's (with a cost per missed unit all it
    costs), share; both added up over the weeks.
    """

    totals: Totals
    short: float
    over: float

    @property
    def serves(self) -> bool:
        return self.short <= SHORT and self.over <= MOST_OVER


def standing(
    setup: Setup,
    textbook: Curve,
    kept: Rival,
    new: Rival,
    ask: tuple[str, float],
    owed: tuple[float, float] = (0.0, 0.0),
) -> Standing | None:
    """How ``kept`` does beside ``new``, whatever their methods.

    Of two methods that do about as well, now the one and now the other is chosen.

    :param textbook: its curve in the setup; ``ask``: fill and target, as for
        ``apart.method``
    :param owed: short and over of the week before
    :returns: None where a group with a method of its own is too small by now
    """
    if set(kept.method.apart) - set(setup.groups):
        return None
    fill, target = ask
    mine = _totals(_as_known(setup, kept.parameters, new.parameters), kept.method)
    other = _totals(setup, new.method)
    if fill == "cost":
        missed = 0.0
        needs = [
            float(t.cost[LAST, 0] + target * t.missed[LAST, 0]) for t in (mine, other)
        ]
    else:
        goals = forward.goals_for(textbook, fill, target, LAST)
        rates, reached = forward.realised(mine), forward.realised(other)
        # Of a goal that the new one does not reach, no more is asked.
        missed = max(min(goals[n], reached[n]) - rates[n] for n in goals)
        missed /= 1.0 - target
        needs = [float(t.inventory[LAST, 0]) for t in (mine, other)]
    more = needs[0] / needs[1] - 1.0 if needs[1] > 0 else 0.0
    return Standing(
        mine,
        short=max(owed[0] + missed, 0.0),
        over=max(owed[1] + more - OVER, 0.0),
    )


def _as_known(setup: Setup, kept: Parameters, new: Parameters) -> Setup:
    """The setup with costs and lines as large as they were when ``kept`` was learned.

    What a shortage counts is relative to the means of the assortment, which a target in
    force took from its own day.
    """
    cost, line = kept.mean_cost / new.mean_cost, kept.mean_line / new.mean_line

    def scaled(shared: Parameters) -> Parameters:
        return replace(
            shared,
            mean_cost=shared.mean_cost * cost,
            mean_line=shared.mean_line * line,
        )

    epochs = [(ready, its, scaled(shared)) for ready, its, shared in setup.epochs]
    return replace(setup, epochs=epochs)


def _totals(setup: Setup, method: Method) -> Totals:
    return forward.totals_of(setup, method.policy, method.levels(setup))
