"""ABC, XYZ and demand-pattern classes."""

from __future__ import annotations

import numpy as np

from ._arrays import matrix

A, B, C = 0, 1, 2
X, Y, Z, UNKNOWN = 0, 1, 2, -1
SMOOTH, ERRATIC, INTERMITTENT, LUMPY = 0, 1, 2, 3

ADI_CUT, CV2_CUT = 1.32, 0.49


def abc_classes(value, limits: tuple[float, float] = (0.80, 0.95)) -> np.ndarray:
    """Pareto classes of articles by their value (usually annual cost).

    Articles are ranked by falling value, equal ones in the order given. The
    article with which the cumulated share reaches the first limit is the last A,
    the second limit's the last B. No or negative value is C.

    :param value: [n] yearly consumption, any one unit
    :param limits: shares of the total that end A and B
    :returns: int8 [n], 0 = A, 1 = B, 2 = C

    >>> abc_classes([5, 80, 15]).tolist()
    [2, 0, 1]
    """
    value = np.asarray(value, dtype=np.float64)
    if value.ndim != 1:
        raise ValueError(f"value must be one-dimensional, got {value.shape}")
    if not np.isfinite(value).all():
        raise ValueError("value must be finite")
    first, second = limits
    if not 0 <= first <= second <= 1:
        raise ValueError(f"limits must rise within 0..1, got {limits}")
    order = np.argsort(-value, kind="stable")
    ranked = np.maximum(value[order], 0.0)
    reached = np.cumsum(ranked)
    total = reached[-1] if len(reached) else 0.0
    before = np.concatenate([[0.0], reached[:-1]]) if len(reached) else reached
    # The tolerance keeps sums of decimals on their side of the limit.
    classes = np.full(len(value), C, dtype=np.int8)
    classes[before < second * total * (1 - 1e-12)] = B
    classes[before < first * total * (1 - 1e-12)] = A
    classes[ranked <= 0] = C
    result = np.empty(len(value), dtype=np.int8)
    result[order] = classes
    return result


def abc_band(value, classes, margin: float = 0.05) -> tuple[np.ndarray, np.ndarray]:
    """The classes of values that are a margin larger, and a margin smaller.

    The limits stay where ``classes`` has them: at the smallest value of each.

    :param value: [n] as classified; ``classes``: [n] the result of abc_classes
    :returns: (better, worse): int8 [n] each, better <= classes <= worse

    >>> better, worse = abc_band([100, 98, 50, 49, 10], [0, 1, 1, 2, 2])
    >>> better.tolist(), worse.tolist()
    ([0, 0, 1, 1, 2], [1, 1, 2, 2, 2])
    """
    value, classes = np.asarray(value, dtype=np.float64), np.asarray(classes)
    if value.shape != classes.shape:
        raise ValueError(f"shapes differ: {value.shape} and {classes.shape}")
    if margin < 0:
        raise ValueError(f"margin must not be negative, got {margin}")
    first, second = (value[classes <= last].min(initial=np.inf) for last in (A, B))

    def of(values):
        found = np.where(values >= first, A, np.where(values >= second, B, C))
        return np.where(values > 0, found, C).astype(np.int8)

    larger, smaller = value * (1 + margin), value / (1 + margin)
    return np.minimum(of(larger), classes), np.maximum(of(smaller), classes)


def abc_matrix(first, second) -> np.ndarray:
    """Joint class of two ABC classes, after Flores and Whybark (1987).

    AA, AB, BA are A; AC, BB, CA are B; the others C.

    >>> abc_matrix([0, 0, 1, 2], [1, 2, 2, 0]).tolist()
    [0, 1, 2, 1]
    """
    first, second = np.asarray(first), np.asarray(second)
    if first.shape != second.shape:
        raise ValueError(f"shapes differ: {first.shape} and {second.shape}")
    for classes in (first, second):
        if ((classes < A) | (classes > C)).any():
            raise ValueError("classes must be 0 (A), 1 (B) or 2 (C)")
    total = first.astype(np.int8) + second.astype(np.int8)
    return np.where(total <= 1, A, np.where(total == 2, B, C)).astype(np.int8)


def xyz_classes(relative_error, limits: tuple[float, float] = (0.5, 1.0)):
    """Classes by forecast error relative to mean demand.

    :param relative_error: [n] root mean square error / mean; NaN where the
        history is too short to tell
    :returns: int8 [n], 0 = X (below the first limit), 1 = Y, 2 = Z, -1 = unknown

    >>> xyz_classes([0.2, 0.5, 1.0, float("nan")]).tolist()
    [0, 1, 2, -1]
    """
    error = np.asarray(relative_error, dtype=np.float64)
    if (error < 0).any():
        raise ValueError("relative_error must not be negative")
    first, second = limits
    if not 0 <= first <= second:
        raise ValueError(f"limits must rise from 0, got {limits}")
    classes = np.where(error < first, X, np.where(error < second, Y, Z))
    return np.where(np.isnan(error), UNKNOWN, classes).astype(np.int8)


def xyz_band(
    relative_error, limits: tuple[float, float] = (0.5, 1.0), margin: float = 0.05
) -> tuple[np.ndarray, np.ndarray]:
    """The classes of errors that are a margin smaller, and a margin larger.

    >>> better, worse = xyz_band([0.51, 0.99, 0.2])
    >>> better.tolist(), worse.tolist()
    ([0, 1, 0], [1, 2, 0])
    """
    error = np.asarray(relative_error, dtype=np.float64)
    if margin < 0:
        raise ValueError(f"margin must not be negative, got {margin}")
    return (
        xyz_classes(error / (1 + margin), limits),
        xyz_classes(error * (1 + margin), limits),
    )


def hysteresis(found, better, worse, before, confirmed) -> np.ndarray:
    """Classes that do not swing at their limits.

    An article keeps the class it had as long as that lies between those of a value
    somewhat larger and somewhat smaller; further away it gets the nearer of the two.
    What was found once more, later, counts as it is.

    :param found: [n] classes now, -1 = unknown; ``better``, ``worse``: [n] around it
    :param before: [n] classes so far, -1 = none; ``confirmed``: bool [n]
    :returns: int8 [n]

    >>> hysteresis([1, 1, 1], [0, 1, 0], [1, 1, 1], [0, 0, 0], [0, 0, 1]).tolist()
    [0, 1, 1]
    """
    found, before = np.asarray(found), np.asarray(before)
    kept = np.clip(before, np.asarray(better), np.asarray(worse))
    new = (found < 0) | (before < 0) | np.asarray(confirmed, dtype=bool)
    return np.where(new, found, kept).astype(np.int8)


def demand_pattern(demand, start=None, ddof: int = 1):
    """Demand patterns of Syntetos, Boylan and Croston (2005).

    The result depends on the length of the periods: a weekly smooth article may
    be intermittent by day.

    :param demand: [n, t] quantities; NaN = not on sale; demand at or below zero
        (a day of returns) counts as none
    :param start: [n] first period that counts; None = the first
    :param ddof: 1 for the sample variance of the sizes, 0 for the population's
    :returns: (adi, cv2, pattern): average demand interval = periods / periods
        with demand (inf without any), squared coefficient of variation of the
        sizes (0 with a single one, NaN without any), int8 pattern: 0 smooth,
        1 erratic, 2 intermittent, 3 lumpy, -1 none

    >>> series = [[0, 0, 5, 0, 0, 0, 3, 0, 4, 0, 0, 6]]
    >>> adi, cv2, pattern = demand_pattern(series)
    >>> adi.tolist(), cv2.round(4).tolist(), pattern.tolist()
    ([3.0], [0.0823], [2])
    """
    demand = matrix(demand)
    counted = ~np.isnan(demand)
    if start is not None:
        start = np.asarray(start)
        if start.shape != demand.shape[:1]:
            raise ValueError(f"start must be [{len(demand)}], got {start.shape}")
        counted &= np.arange(demand.shape[1]) >= start[:, None]
    sizes = np.where(counted & (demand > 0), demand, 0.0)
    periods = counted.sum(axis=1)
    times = (sizes > 0).sum(axis=1)
    some = times > 0
    adi = np.where(some, periods / np.maximum(times, 1), np.inf)
    mean = sizes.sum(axis=1) / np.maximum(times, 1)
    deviation = np.where(sizes > 0, sizes - mean[:, None], 0.0)
    variance = (deviation**2).sum(axis=1) / np.maximum(times - ddof, 1)
    cv2 = np.divide(variance, mean**2, out=np.full(len(mean), np.nan), where=some)
    rare, varied = adi > ADI_CUT, np.nan_to_num(cv2) > CV2_CUT
    pattern = np.where(some, 2 * rare + varied, -1).astype(np.int8)
    return adi, cv2, pattern
