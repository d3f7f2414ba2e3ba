"""Seasonal indices, pooled over the articles of a group.

One article's own season is mostly noise. Articles of a category share theirs: its
total by bucket without its growth from year to year, relative to the mean of the year,
averaged over the years and drawn towards 1 by how little the years agree. A group uses
its index, or that of all articles, only if made of the other years it comes clearly
closer to each year held back than no season does.
"""

from __future__ import annotations

import numpy as np

from ._arrays import matrix

# Agreement supposed of years while there is only one to look at.
ONE_YEAR = 0.5
LEAST_INDEX = 0.1
# A year's growth beyond these is no trend but a beginning or an end.
LARGEST_GROWTH = 4.0
# A nearer index must lower the error to this share to be taken.
CLEARLY = 0.95
# Sales a bucket of the year needs on average before a group may have its own index.
LEAST_SALES = 5.0


def indices(demand, group, cycle: int = 52, before=None) -> np.ndarray:
    """Index of each group and bucket of the year, mean 1 over the year.

    :param demand: [n, t] per bucket, NaN = not known, counts as the article's mean;
        the last bucket is the last of the cycle, older buckets that make no whole year
        are left out
    :param group: [n] number of each article's group, 0 and up
    :param cycle: buckets of a year, 52 weeks or 12 months
    :param before: [groups, cycle] indices in force, 1 = none: they stay unless another
        comes clearly closer
    :returns: [groups, cycle]; 1 with less than two years, or where the season
        did not prove itself on years held back
    """
    demand = _filled(matrix(demand))
    group = np.asarray(group, dtype=np.intp)
    if group.shape != (len(demand),):
        raise ValueError(f"group must be [{len(demand)}], got {group.shape}")
    if cycle < 2:
        raise ValueError(f"cycle must be at least 2, got {cycle}")
    count = int(group.max()) + 1 if len(group) else 0
    years = demand.shape[1] // cycle
    result = np.ones((count, cycle))
    if years < 2:
        return result
    recent = demand[:, demand.shape[1] - years * cycle :]
    total = np.zeros((count, years * cycle))
    np.add.at(total, group, recent)
    own = _relative(total.reshape(count, years, cycle))
    whole = _relative(total.sum(axis=0).reshape(1, years, cycle))
    whole = np.broadcast_to(whole, own.shape)
    # Every year is held back in turn: one alone would decide by chance.
    best = _missed_by(own, result[:, None])
    sold = np.zeros(count)
    np.add.at(sold, group, (recent > 0).sum(axis=1))
    enough = sold >= LEAST_SALES * cycle
    for ratios, allowed in ((whole, True), (own, enough)):
        error = _missed(own, ratios)
        better = allowed & (error < best * CLEARLY)
        result = np.where(better[:, None], _average(ratios), result)
        best = np.where(better, error, best)
    if before is None:
        return result
    before = matrix(before, "before")
    closer = best < _missed_by(own, before[:, None]) * CLEARLY
    return np.where(closer[:, None], result, before)


def remove(demand, index, first: int = 0) -> np.ndarray:
    """Demand without its season, [n, t].

    :param index: [n, cycle] index of each article's group
    :param first: bucket of the cycle in which the demand starts
    """
    demand, index = matrix(demand), matrix(index, "index")
    place = (first + np.arange(demand.shape[1])) % index.shape[1]
    return demand / index[:, place]


def ahead(index, first: int, length) -> np.ndarray:
    """Demand of the next buckets relative to average ones, [n].

    :param index: [n, cycle]
    :param first: bucket of the cycle that comes next
    :param length: [n] buckets, at least one; parts of one count in part

    >>> ahead([[0.5, 1.5]], 1, [1.5]).round(4).tolist()
    [1.1667]
    """
    index = matrix(index, "index")
    length = np.broadcast_to(np.asarray(length, dtype=np.float64), len(index))
    if (length < 1).any():
        raise ValueError("length must be at least 1")
    count = int(np.ceil(length.max(initial=1)))
    coming = index[:, (first + np.arange(count)) % index.shape[1]]
    share = np.clip(length[:, None] - np.arange(count), 0.0, 1.0)
    return (coming * share).sum(axis=1) / length


def _filled(demand) -> np.ndarray:
    """Demand with the article's mean where it is not known."""
    known = ~np.isnan(demand)
    value = np.where(known, np.maximum(demand, 0.0), 0.0)
    mean = value.sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return np.where(known, value, mean[:, None])


def _relative(total) -> np.ndarray:
    """Buckets relative to their year's mean, growth taken out.

    Demand that only grows is low at the beginning of each year and high at its end:
    that is no season. 1 in a year without demand.

    :param total: [groups, years, cycle]
    """
    years, cycle = total.shape[1:]
    year = total.sum(axis=2)
    some = (year[:, 0] > 0) & (year[:, -1] > 0)
    growth = np.where(some, year[:, -1], 1.0) / np.where(some, year[:, 0], 1.0)
    growth = np.clip(growth ** (1 / (years - 1)), 1 / LARGEST_GROWTH, LARGEST_GROWTH)
    passed = np.arange(years * cycle).reshape(years, cycle) / cycle
    total = total / growth[:, None, None] ** passed
    mean = total.mean(axis=2, keepdims=True)
    return np.where(mean > 0, total / np.where(mean > 0, mean, 1.0), 1.0)


def _missed(own, ratios) -> np.ndarray:
    """Squared error of each year of ``own`` by an index of the other years."""
    error = np.zeros(len(own))
    for year in range(own.shape[1]):
        index = _average(np.delete(ratios, year, axis=1))
        error += np.square(own[:, year] - index).sum(axis=1)
    return error


def _missed_by(own, index) -> np.ndarray:
    """Squared error of all years by an index."""
    return np.square(own - index).sum(axis=(1, 2))


def _average(ratios) -> np.ndarray:
    """Mean over the years, drawn towards 1 by their agreement, mean 1.

    The agreement of single years is their mean covariance over their mean
    variance; that of a mean of m years follows Spearman (1910) and Brown (1910).
    """
    years = ratios.shape[1]
    off = ratios - 1.0
    if years > 1:
        variance = np.square(off).mean(axis=(1, 2))
        of_mean = np.square(off.mean(axis=1)).mean(axis=1)
        shared = (years * of_mean - variance) / (years - 1)
        single = shared / np.where(variance > 0, variance, 1.0)
        single = np.clip(single, 0.0, 1.0)
        weight = years * single / (1.0 + (years - 1) * single)
    else:
        weight = np.full(len(ratios), ONE_YEAR)
    index = np.maximum(1.0 + weight[:, None] * off.mean(axis=1), LEAST_INDEX)
    return index / index.mean(axis=1, keepdims=True)
