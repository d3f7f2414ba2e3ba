"""Methods of their own for groups of articles, where the earlier window says so.

All articles share one method and dial (``forward.choose``). A group (an area's
articles of one demand pattern, ``forward.groups_of``) gets the other method where that
would have needed less stock in the earlier window for the service the group had, at
the target and below it. So no group is planned by a method that lost there throughout,
and the whole keeps its target.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from . import forward
from .forward import EARLIER, Choice, Curve, Setup


@dataclass(frozen=True)
class Method:
    """Method and dial of all articles, and the dial of the other one by group.

    ``policy`` is ours, the dial lambda, or P1, the dial its safety factor.
    """

    policy: str
    dial: float
    objective: str
    share: float = 0.0  # of value, wherever ours is used
    apart: dict[str, float] = field(default_factory=dict)

    def spread(self, area, pattern) -> tuple[np.ndarray, np.ndarray]:
        """(lambda [n] where ours is used, safety factor [n] of the textbook).

        NaN where it is the other one's.
        """
        labels = forward.group_labels(area, pattern)
        other = np.full(len(labels), np.nan)
        for label, dial in self.apart.items():
            other[labels == label] = dial
        mine = np.where(np.isnan(other), self.dial, np.nan)
        return (mine, other) if self.policy == "ours" else (other, mine)

    def levels(self, setup: Setup):
        """(s, S) [1, e, n] in a trial."""
        share = self.share if self.policy == "ours" else 0.0
        low, high = forward.policy_levels(
            setup, self.policy, self.dial, self.objective, share
        )
        policy = _other(self.policy)
        for label, dial in self.apart.items():
            rows = setup.groups[label]
            found = forward.policy_levels(
                setup, policy, dial, self.objective, self.share
            )
            low[..., rows], high[..., rows] = (part[..., rows] for part in found)
        return low, high


def _other(policy: str) -> str:
    return "P1" if policy == "ours" else "ours"


def method(
    setup: Setup,
    lines: dict[str, list[Curve]],
    choice: Choice,
    policy: str,
    fill: str,
    target: float,
    window: int = EARLIER,
) -> Method:
    """What was chosen on the earlier window, with dials set on another.

    A policy of ours that loses to the textbook in that other one gives way after all,
    and so does what a group would get: two windows say more than one.

    :param choice: of ``forward.choose``; ``policy``, ``fill``, ``target``: as there
    """
    textbook = lines["P1"][0]
    if choice.policy == "P1":
        ours = forward.best_of(lines[policy], textbook, fill, target)[0]
    else:
        ours = next(line for line in lines[policy] if line.share == choice.share)
    mine, other = (textbook, ours) if choice.policy == "P1" else (ours, textbook)
    if mine is ours and _loses(ours, textbook, fill, target, window):
        mine, other = textbook, ours
    goals = forward.goals_for(textbook, fill, target, window)
    dial = forward.dial_for(mine, fill, goals, window)
    apart = {}
    for label in setup.groups:
        if _lost(mine, other, label, textbook, fill, target):
            found, figure = _instead(mine, dial, other, label, fill, goals, window)
            if figure < _figure(mine.parts[label], dial, fill, goals, window):
                apart[label] = found
    return Method(mine.policy, dial, ours.objective, ours.share, apart)


def choose(
    setup: Setup, lines: dict[str, list[Curve]], policy: str, fill: str, target: float
) -> Choice:
    """``forward.choose``, and by group where another method did better."""
    choice = forward.choose(setup, lines, policy, fill, target)
    found = method(setup, lines, choice, policy, fill, target)
    if not found.apart:
        return choice
    pair = found.levels(setup)
    totals = forward.totals_of(setup, found.policy, pair)
    return Choice(found.policy, found.dial, totals, pair, choice.share, found.apart)


def _loses(ours: Curve, textbook: Curve, fill: str, target: float, window: int) -> bool:
    """Whether we need more than the textbook there, or do not get there at all."""
    more = []
    for goals in forward.nearby(textbook, fill, target, window):
        mine, other = (
            forward.needed(line, fill, goals, window)[1] for line in (ours, textbook)
        )
        if not np.isnan(other):
            more.append(np.inf if np.isnan(mine) else np.log(mine / other))
    return bool(more) and float(np.mean(more)) > 0


def _lost(mine: Curve, other: Curve, label, textbook, fill, target) -> bool:
    """Whether the other method needed less in the earlier window, at every goal.

    Now less and now more says nothing: taking the better one by the mean did worse in
    the window that followed.
    """
    for goals in forward.nearby(textbook, fill, target, EARLIER):
        dial = forward.dial_for(mine, fill, goals, EARLIER)
        figure = _instead(mine, dial, other, label, fill, goals, EARLIER)[1]
        # NaN, where the other one does not get there, is not less
        if not figure < _figure(mine.parts[label], dial, fill, goals, EARLIER):
            return False
    return True


def _figure(part: Curve, dial: float, fill: str, goals: dict, window: int) -> float:
    """What a group needs at a dial: inventory, with cost all it costs."""
    if fill == "cost":  # as the other one: at the dial that is best for the group
        return forward.needed(part, fill, goals, window)[1]
    return part.at(dial, part.totals.inventory[window])


def _instead(mine, dial, other, label, fill, goals, window) -> tuple[float, float]:
    """(dial, figure) of the other method for the service a group has at our dial."""
    if fill != "cost":
        names = ("line", "value") if fill == "both" else (fill,)
        part = mine.parts[label]
        goals = {name: part.at(dial, part.fill(name, window)) for name in names}
    return forward.needed(other.parts[label], fill, goals, window)
