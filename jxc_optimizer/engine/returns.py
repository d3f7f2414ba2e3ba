"""What came back of what had left: returns, and returns of returns.

Returns count with the move at the head of their chain, whose goods they take back; a
return of a return gives them back again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: returns of returns of ...: anything deeper is a circle
MAX_CHAIN = 20
#: so many times as many ids as moves are few
SPARSE = 20


@dataclass(frozen=True)
class Returns:
    """m moves that return another or are returned; a last one stands for all others."""

    move: np.ndarray  # [m] ids, ascending
    back: np.ndarray  # [m + 1] bool: it returns another
    part: np.ndarray  # [r] place in ``move`` of a return that counts
    head: np.ndarray  # [r] and of the head of its chain
    sign: np.ndarray  # [r] 1: it takes back from there; -1: it gives back

    def find(self, move: np.ndarray) -> np.ndarray:
        """Place of each of some moves, m where it is none of these."""
        if not len(self.move) or not len(move):
            return np.full(len(move), len(self.move), dtype=np.int32)
        first, last = move.min(), move.max()
        if last - first > SPARSE * len(move):
            place = np.searchsorted(self.move, move)
            place[place == len(self.move)] = 0
            place[self.move[place] != move] = len(self.move)
            return place.astype(np.int32)
        # what is read together is near each other: a list of all between is faster
        known = slice(*np.searchsorted(self.move, [first, last + 1]))
        places = np.full(last - first + 1, len(self.move), dtype=np.int32)
        places[self.move[known] - first] = np.arange(known.start, known.stop)
        return places[move - first]

    def shares(self, quantity: np.ndarray) -> np.ndarray:
        """What came back of each move, 1 for all [m + 1].

        :param quantity: what each move moved [m + 1]
        """
        back = np.bincount(
            self.head, self.sign * quantity[self.part], minlength=len(quantity)
        )
        known = quantity != 0
        known[-1] = False
        return np.divide(back, quantity, out=np.zeros(len(quantity)), where=known)


def chains(move: np.ndarray, origin: np.ndarray) -> Returns:
    """Follow returns to the heads of their chains; circles have none.

    >>> returns = chains(np.array([5, 6]), np.array([3, 5]))  # 6 returns 5 returns 3
    >>> returns.shares(np.array([8.0, 4.0, 1.0, 0.0])).tolist()
    [0.375, 0.0, 0.0, 0.0]
    """
    known = np.union1d(move, origin)
    part = np.searchsorted(known, move)
    returned = np.full(len(known), -1)
    returned[part] = head = np.searchsorted(known, origin)
    sign = np.ones(len(part))
    for _link in range(MAX_CHAIN - 1):
        further = returned[head]
        goes_on = further >= 0
        if not goes_on.any():
            break
        head = np.where(goes_on, further, head)
        sign = np.where(goes_on, -sign, sign)
    ends = returned[head] < 0
    return Returns(
        move=known,
        back=np.append(returned >= 0, False),
        part=part[ends],
        head=head[ends],
        sign=sign[ends],
    )
