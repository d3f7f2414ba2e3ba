"""Demand by day out of single movements of goods, and the days without stock.

Counting follows one order of all movements: by series, then day. A *series* is any
whole number that stands for an article in a place; days are whole numbers, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

#: sums of the same figures in another order agree to far more than this
DECIMALS = 1e6
#: stock below this is none; sums of rounded figures are off by less
NOTHING = 1e-4
#: a day that never comes
NEVER = 2**31 - 1
#: bits of the key that all movements are sorted by: series, day, then what they are
DAY_BITS, KIND_BITS = 22, 3
WANTED, BLIND, COMES = 1, 2, 4


@dataclass
class Movements:
    """n movements across the border of a place; all [n]."""

    key: np.ndarray  # int64, see ``keys``
    quantity: np.ndarray  # units
    share: np.ndarray  # of it that came back later, 1 for all
    move: np.ndarray  # movements of one and the same order line; 0 = none


@dataclass(frozen=True)
class Days:
    """d days of series, ordered by series and day; all [d]."""

    series: np.ndarray
    day: np.ndarray
    quantity: np.ndarray  # demand, net of what came back
    lines: np.ndarray  # order lines
    largest: np.ndarray  # units of the largest of them
    returned: np.ndarray  # units that came back
    moved: np.ndarray  # units that came (+) or left without being demand
    wanted: np.ndarray  # bool: belongs to the demand, not only to the stock

    def __getitem__(self, which) -> Days:
        return Days(*(getattr(self, field.name)[which] for field in fields(self)))

    def only(self, which: np.ndarray) -> Days:
        """Those that are marked."""
        return self if which.all() else self[np.flatnonzero(which)]

    def that_count(self) -> Days:
        """Those on which something was wanted or moved."""
        return self.only(self.wanted | (self.moved != 0))


def keys(series, day, wanted, blind, comes) -> np.ndarray:
    """Sort keys of movements.

    :param wanted: they are demand
    :param blind: they come back from a customer, without reference to what they return
    :param comes: they come in, else they leave
    """
    day = np.asarray(day, dtype=np.int64) + (1 << DAY_BITS - 1)
    key = np.asarray(series, dtype=np.int64) << DAY_BITS | day
    kind = np.where(wanted, WANTED, 0) | np.where(blind, BLIND, 0)
    return key << KIND_BITS | kind | np.where(comes, COMES, 0)


def key_step(series, day) -> np.ndarray:
    """What to add to keys for so many further series and days.

    >>> same = keys([7], [3], True, False, False) + key_step(1, 2)
    >>> bool(same == keys([8], [5], True, False, False))
    True
    """
    return ((series << DAY_BITS) + day) << KIND_BITS


def first_key(key: np.ndarray) -> np.ndarray:
    """The least key that the same series can have.

    >>> first_key(keys([7], [3], False, False, True)) >> DAY_BITS + KIND_BITS
    array([7])
    """
    return key >> DAY_BITS + KIND_BITS << DAY_BITS + KIND_BITS


def order(key: np.ndarray) -> np.ndarray:
    """Places of some keys in their order, equal ones as they stand.

    >>> order(np.array([5, 3, 5, 1])).tolist()
    [3, 1, 0, 2]
    """
    if not len(key):
        return np.zeros(0, dtype=np.int64)
    least, bits = key.min(), len(key).bit_length()
    if int(key.max() - least).bit_length() + bits > 63:
        return np.argsort(key, kind="stable")
    # numbers that carry their place: to sort them takes a third of the time
    carrying = (key - least) << bits | np.arange(len(key))
    carrying.sort()
    return carrying & (1 << bits) - 1


def by_day(movements: Movements) -> Days:
    """Figures per series and day.

    >>> leaves = keys([7, 7, 7], [1, 1, 2], True, False, False)
    >>> amounts = np.array([2.0, 3.0, 4.0])
    >>> days = by_day(Movements(leaves, amounts, np.zeros(3), np.array([5, 5, 6])))
    >>> days.day.tolist(), days.quantity.tolist(), days.lines.tolist()
    ([1, 2], [5.0, 4.0], [1, 1])
    """
    # of a few parts, each in order, as a rule
    ordered = np.argsort(movements.key, kind="stable")
    key, quantity = movements.key[ordered], movements.quantity[ordered]
    share, move = movements.share[ordered], movements.move[ordered]
    del ordered
    keep = _one_per_line(key, quantity, move)
    if keep is not None:
        key, quantity, share = key[keep], quantity[keep], share[keep]
    kind = key.astype(np.uint8)  # its lowest bits
    wanted, blind, comes = (kind & bit > 0 for bit in (WANTED, BLIND, COMES))
    back = np.where(wanted, share, blind)
    some = np.flatnonzero(back)
    back[some] *= quantity[some]
    gross = np.where(wanted, quantity, 0.0)
    place = key >> KIND_BITS
    days = _Runs(place)

    def total(values) -> np.ndarray:
        return np.round(days.each(np.add, values) * DECIMALS) / DECIMALS

    lines = days.each(np.add, wanted.astype(np.int32))
    largest = days.each(np.maximum, np.where(wanted, quantity, -np.inf))
    place = place[days.starts]
    return Days(
        series=place >> DAY_BITS,
        day=(place & (1 << DAY_BITS) - 1) - (1 << DAY_BITS - 1),
        quantity=total(gross - back),
        lines=lines,
        largest=np.where(lines > 0, largest, 0.0),
        returned=total(back),
        moved=total(np.where(wanted, 0.0, np.where(comes, quantity, -quantity))),
        wanted=days.each(np.logical_or, wanted | blind),
    )


class _Runs:
    """Runs of equal values, most of them of a single one."""

    def __init__(self, values: np.ndarray):
        self.starts = run_starts(values)
        size = np.diff(self.starts, append=len(values))
        self._several = np.flatnonzero(size > 1)
        size = size[self._several]
        #: the members of those with several, and where each of these begins
        self._begin = np.cumsum(size) - size
        self._members = np.repeat(self.starts[self._several] - self._begin, size)
        self._members += np.arange(len(self._members))

    def each(self, what: np.ufunc, values: np.ndarray) -> np.ndarray:
        """``what.reduce`` of each run; a call for every single value would be slow."""
        found = values[self.starts]
        if len(self._several):
            found[self._several] = what.reduceat(values[self._members], self._begin)
        return found


def joined(*parts: Days) -> Days:
    """Figures of several parts by series and day; what is of one day is added up.

    >>> none, day = np.zeros(1), np.array([3])
    >>> sold = Days(day, day, none + 2, none + 1, none + 2, none, none, day > 0)
    >>> came = Days(day, day, none, none, none, none, none + 5, day < 0)
    >>> both = joined(came, sold)
    >>> both.quantity.tolist(), both.moved.tolist(), both.wanted.tolist()
    ([2.0], [5.0], [True])
    """
    every = Days(
        *(
            np.concatenate([getattr(part, field.name) for part in parts])
            for field in fields(Days)
        )
    )
    order = np.lexsort((every.day, every.series))
    every = every[order]
    starts = np.flatnonzero(
        (np.diff(every.series, prepend=-1) != 0) | (np.diff(every.day, prepend=-1) != 0)
    )
    if len(starts) == len(order):
        return every

    def total(values) -> np.ndarray:
        return np.add.reduceat(values, starts)

    return Days(
        series=every.series[starts],
        day=every.day[starts],
        quantity=total(every.quantity),
        lines=total(every.lines),
        largest=np.maximum.reduceat(every.largest, starts),
        returned=total(every.returned),
        moved=total(every.moved),
        wanted=np.logical_or.reduceat(every.wanted, starts),
    )


def run_starts(values: np.ndarray) -> np.ndarray:
    """Where each run of equal values begins."""
    new = np.ones(len(values), dtype=bool)
    np.not_equal(values[1:], values[:-1], out=new[1:])
    return np.flatnonzero(new)


def _one_per_line(key, quantity, move):
    """Add up the movements of an order line in the first of them.

    :returns: which movements are left; None: all
    """
    ordered = np.sort(move)
    twice = ordered[1:][(ordered[1:] == ordered[:-1]) & (ordered[1:] != 0)]
    if not len(twice):
        return None
    several = np.isin(move, twice)
    some = np.flatnonzero(several)
    some = some[np.lexsort((move[some], key[some]))]
    starts = np.flatnonzero(
        np.diff(key[some], prepend=-1) | np.diff(move[some], prepend=-1)
    )
    quantity[some[starts]] = np.add.reduceat(quantity[some], starts)
    keep = ~several
    keep[some[starts]] = True
    return keep


def differing(before: Days, after: Days, names: Sequence[str]) -> np.ndarray:
    """The series of which a day came, went or has another of the named figures.

    >>> none, day = np.zeros(2), np.array([3, 4])
    >>> was = Days(day, day, none, none, none, none, none + 5, day < 0)
    >>> differing(was, was, ["moved"]), differing(was, was[:1], ["moved"])
    (array([], dtype=int64), array([4]))
    """
    mine, theirs = (
        days.series.astype(np.int64) << DAY_BITS | days.day + (1 << DAY_BITS - 1)
        for days in (after, before)
    )
    place = np.searchsorted(theirs, mine)
    known = np.flatnonzero(np.isin(mine, theirs, assume_unique=True))
    place = place[known]
    same = np.ones(len(known), dtype=bool)
    for name in names:
        same &= getattr(after, name)[known] == getattr(before, name)[place]
    other, gone = np.ones(len(mine), dtype=bool), np.ones(len(theirs), dtype=bool)
    other[known[same]] = gone[place[same]] = False
    return np.union1d(after.series[other], before.series[gone])


@dataclass(frozen=True)
class StockOuts:
    """Times without stock, ordered by series and day, and where stock is impossible."""

    series: np.ndarray  # [k]
    first: np.ndarray  # [k] first day of a time without stock
    last: np.ndarray  # [k] its last day; NEVER: still
    negative: np.ndarray  # [m] series that would have had less than nothing
    negative_until: np.ndarray  # [m] until that day


def levels(days: Days) -> tuple[np.ndarray, np.ndarray]:
    """The series and what each has got after its last day, in millionths.

    >>> none, day = np.zeros(2), np.array([3, 4])
    >>> sold = Days(none, day, none + 2, none, none, none + 1, none + 5, day > 0)
    >>> levels(sold)
    (array([0.]), array([4000000]))
    """
    starts = run_starts(days.series)
    change = _change(days)
    return days.series[starts], np.add.reduceat(change, starts) if len(
        starts
    ) else change


def _change(days: Days) -> np.ndarray:
    """What the stock grows by on each day, in millionths, which add up exactly."""
    left = np.where(days.wanted, days.quantity + days.returned, 0.0)
    return np.round((days.moved - left) * DECIMALS).astype(np.int64)


def stock_outs(days: Days) -> StockOuts:
    """When there was nothing left, of series with demand.

    The stock at the end of a day is all that came in or went out until then. A time
    without stock begins on the day after the last piece left and ends on the day before
    something came in. Of a series that goes on, the first day may stand for all before.

    >>> none, wanted = np.zeros(3), np.array([False, True, False])
    >>> sold, moved = np.array([0.0, 2.0, 0.0]), np.array([2.0, 0.0, 3.0])
    >>> day = np.array([1, 5, 9])
    >>> days = Days(np.ones(3), day, sold, none, none, none, moved, wanted)
    >>> found = stock_outs(days)
    >>> found.first.tolist(), found.last.tolist()
    ([6], [8])
    """
    days = days.that_count()
    starts = run_starts(days.series)
    if not len(starts):
        none = np.zeros(0, dtype=int)
        return StockOuts(none, none, none, none, none)
    level = np.cumsum(_change(days))
    sizes = np.diff(starts, append=len(level))
    level -= np.repeat(np.where(starts > 0, level[starts - 1], 0), sizes)
    ends = np.append(days.day[1:], NEVER)
    ends[starts[1:] - 1] = NEVER
    ends = np.where(ends == NEVER, NEVER, ends - 1)
    asked = np.repeat(np.logical_or.reduceat(days.wanted, starts), sizes)
    nothing = NOTHING * DECIMALS
    out = asked & (np.abs(level) < nothing) & (ends > days.day)
    below = np.where(asked & (level <= -nothing), ends, -NEVER)
    latest = np.maximum.reduceat(below, starts)
    negative = latest > -NEVER
    return StockOuts(
        series=days.series[out],
        first=days.day[out] + 1,
        last=ends[out],
        negative=days.series[starts][negative],
        negative_until=latest[negative],
    )
