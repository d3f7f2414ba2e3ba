"""Finds the known text that is most like another one, to be proposed to a person."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from .names import plain

LEAST = 0.6
"""What is less alike than this is not proposed."""
COMMON = 0.2
"""Pairs of letters in more than this share of the texts say nothing."""


class Similar:
    """An index of known texts by their pairs of neighbouring letters.

    The measure is Dice's coefficient of the pairs: twice the common ones over all.

    >>> index = Similar(["Ball pen blue", "Ball pen red", "Stapler"])
    >>> index.best("Ballpen, blue")
    (0, 1.0)
    >>> index.best("Umbrella") is None
    True
    """

    def __init__(self, texts: Sequence[str]):
        self._sizes: list[int] = []
        self._where: dict[str, list[int]] = defaultdict(list)
        for place, text in enumerate(texts):
            pairs = _pairs(text)
            self._sizes.append(len(pairs))
            for pair in pairs:
                self._where[pair].append(place)
        self._most = max(50, int(len(texts) * COMMON))

    def best(self, text: str) -> tuple[int, float] | None:
        """Place and likeness of the best text; None if nothing is alike enough."""
        pairs = _pairs(text)
        if not pairs:
            return None
        hits: Counter[int] = Counter()
        for pair in pairs:
            places = self._where.get(pair, ())
            if len(places) <= self._most:
                hits.update(places)
        # What common pairs add is only counted for those few that may win.
        best, likeness = None, LEAST
        for place, _count in hits.most_common(20):
            common = sum(
                place in self._places(pair) for pair in pairs if pair in self._where
            )
            found = 2 * common / (len(pairs) + self._sizes[place])
            if found > likeness or (found == likeness and best is None):
                best, likeness = place, found
        return None if best is None else (best, round(likeness, 2))

    def _places(self, pair: str) -> set[int] | list[int]:
        places = self._where[pair]
        if len(places) > 20 and not isinstance(places, set):
            places = self._where[pair] = set(places)
        return places


def alike(one: str, other: str) -> float:
    """Dice's coefficient of two texts: 0 for nothing in common, 1 for the same.

    >>> alike("Ball pen", "ballpen"), alike("Ball pen", "可乐")
    (1.0, 0.0)
    """
    first, second = _pairs(one), _pairs(other)
    return 2 * len(first & second) / (len(first) + len(second) or 1)


def _pairs(text: str) -> set[str]:
    text = plain(text)
    return {text[i : i + 2] for i in range(len(text) - 1)} or (
        {text} if text else set()
    )
