"""Days on which nobody works, counted out of lead times and into them.

A vendor who takes ten working days takes ten days of his own; over the Spring Festival
they last longer. So past lead times are measured without the days on which he was
closed, and the coming one is lengthened by those it will meet.
"""

from __future__ import annotations

import numpy as np

from ._arrays import columns


def open_days(days, closed, group, start, end) -> np.ndarray:
    """Days from start to end without closed ones, at least 0, [m].

    :param days: [m] from start to end, may be fractional
    :param closed: bool [g, h] closed days of each group, day 0 first
    :param group: int [m] row of ``closed``, -1 = never closed
    :param start, end: int [m] days; the first does not count, the last one does

    >>> open_days([4.5, 4.5], [[0, 0, 1, 1, 0, 0]], [0, -1], 0, 4).tolist()
    [2.5, 4.5]
    """
    days = columns(days=days, signed=("days",))[0]
    before = _closed_before(closed)
    group, start, end = np.broadcast_arrays(group, start, end)
    some = np.asarray(group) >= 0
    result = days.copy()
    met = _at(before, group[some], end[some] + 1) - _at(
        before, group[some], start[some] + 1
    )
    result[some] = np.maximum(days[some] - np.maximum(met, 0), 0.0)
    return result


def closed_days(lead_time, closed, group, start=0) -> np.ndarray:
    """Closed days that a lead time meets: what it is lengthened by, int [n].

    :param lead_time: [n] days of work; a part of a day needs the whole day
    :param closed: bool [g, h] closed days of each group from day 0 on; open afterwards
    :param group: int [n] row of ``closed``, -1 = never closed
    :param start: int [n] day of the order; work begins on the next

    >>> closed_days([3, 3, 3, 2], [[0, 0, 1, 1, 0, 0]], [0, -1, 0, 0], [0, 0, 4, 1])
    array([2, 0, 0, 2])
    """
    lead = np.ceil(columns(lead_time=lead_time)[0] - 1e-9).astype(int)
    closed = np.asarray(closed, dtype=bool)
    group, start = (np.broadcast_to(array, lead.shape) for array in (group, start))
    result = np.zeros(lead.shape, dtype=int)
    some = np.flatnonzero((group >= 0) & (lead > 0))
    if not len(some) or not closed.size:
        return result
    count, horizon = closed.shape
    first, work, row = start[some] + 1, lead[some], group[some]
    # Open days so far, made to rise over all groups: one search for all of them.
    worked = np.cumsum(~closed, axis=1)
    top = horizon + int((first + work).max()) + 1
    rising = (worked + np.arange(count)[:, None] * top).ravel()
    before = np.where(first > 0, _at(worked, row, first - 1), 0)
    wanted = np.minimum(before + work, worked[row, -1] + 1)
    day = np.searchsorted(rising, wanted + row * top) - row * horizon
    # Beyond the last known day all are open.
    beyond = before + work - worked[row, -1]
    day = np.where(beyond > 0, horizon - 1 + beyond, day)
    result[some] = day - (first + work - 1)
    return np.maximum(result, 0)


def _closed_before(closed) -> np.ndarray:
    """Closed days before each day [g, h + 1]."""
    closed = np.asarray(closed, dtype=bool)
    return np.hstack([np.zeros((len(closed), 1), int), np.cumsum(closed, axis=1)])


def _at(sums, group, day) -> np.ndarray:
    """Sums at a day; before the first and after the last they do not change."""
    return sums[group, np.clip(day, 0, sums.shape[1] - 1)]
