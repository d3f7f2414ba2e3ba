"""Lead times from receipts, shrunk to the vendor and the company by evidence.

One receipt says little about the next. Each vendor x product gets a weighted
mean of its own figures, its vendor's and the company's (Buehlmann's credibility);
orders overdue today count with what they must still take, or slow vendors would
look fast.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ._arrays import columns

# Receipts at which own evidence weighs as much as what is above it.
MEAN_EVIDENCE = 4.0
SD_EVIDENCE = 8.0


@dataclass(frozen=True)
class LeadTimes:
    """Per product x vendor pair [g]; days."""

    mean: np.ndarray
    sd: np.ndarray
    receipts: np.ndarray  # closed orders of the pair itself
    overdue: np.ndarray  # open orders older than the mean, of the pair itself


def lead_times(
    days,
    pair,
    vendor_of_pair,
    *,
    weight=1.0,
    is_open=False,
    promised=None,
    fallback: float = 7.0,
) -> LeadTimes:
    """Mean and deviation of the lead time of each pair.

    :param days: [m] from order to receipt; for open orders the age today. Below
        0 counts as 0
    :param pair: int [m] 0..g-1, the product x vendor of each order
    :param vendor_of_pair: int [g] 0..v-1
    :param weight: [m] for instance the share of the order in a partial receipt
    :param is_open: bool [m] not yet received: the lead time is at least ``days``
    :param promised: [g] the vendor's promised days; used as prior in place of
        the vendor's mean where neither the pair nor the vendor has a receipt
    :param fallback: days, where nothing at all is known
    """
    days = np.maximum(np.asarray(days, dtype=np.float64), 0.0)
    pair, vendor_of_pair = np.asarray(pair), np.asarray(vendor_of_pair)
    if days.ndim != 1 or pair.shape != days.shape:
        raise ValueError(f"days {days.shape} and pair {pair.shape} must be [orders]")
    groups = len(vendor_of_pair)
    if len(pair) and not ((pair >= 0) & (pair < groups)).all():
        raise ValueError("pair must be a row of vendor_of_pair")
    weight = np.broadcast_to(columns(weight=weight)[0], days.shape)
    is_open = np.broadcast_to(np.asarray(is_open, dtype=bool), days.shape)
    vendors = int(vendor_of_pair.max(initial=-1)) + 1
    vendor = vendor_of_pair[pair]

    closed = ~is_open & (weight > 0)
    mean, sd = _levels(days, weight, closed, pair, vendor, vendor_of_pair, fallback)
    # Leaving out what is overdue would make slow vendors look fast.
    late = is_open & (weight > 0) & (days > mean[pair])
    if late.any():
        # Counted at its age and half a deviation, about what a lead time that
        # has passed its mean by one deviation has still to go (0.52 if normal).
        rest = 0.5 * sd[pair]
        days = np.where(late, days + rest, days)
        mean, sd = _levels(
            days, weight, closed | late, pair, vendor, vendor_of_pair, fallback
        )
    receipts = np.bincount(pair[closed], minlength=groups)
    overdue = np.bincount(pair[late], minlength=groups)
    if promised is not None:
        known = np.bincount(vendor[closed | late], minlength=vendors)
        promised = np.asarray(promised, dtype=np.float64)
        unknown = (known[vendor_of_pair] == 0) & ~np.isnan(promised)
        mean = np.where(unknown, np.nan_to_num(promised), mean)
    return LeadTimes(mean, sd, receipts, overdue)


def _levels(days, weight, use, pair, vendor, vendor_of_pair, fallback):
    """Mean and deviation [g]: company, then vendor, then pair."""
    days, weight, pair, vendor = days[use], weight[use], pair[use], vendor[use]
    if len(days) == 0:
        groups = len(vendor_of_pair)
        return np.full(groups, fallback), np.zeros(groups)
    company = np.average(days, weights=weight)
    vendors = int(vendor_of_pair.max()) + 1
    vendor_mean = _shrunk(
        days, weight, vendor, np.full(vendors, company), MEAN_EVIDENCE
    )
    # What differs between vendors is not uncertainty about one of them.
    square = (days - vendor_mean[vendor]) ** 2
    company_var = np.full(vendors, np.average(square, weights=weight))
    vendor_var = _shrunk(square, weight, vendor, company_var, SD_EVIDENCE)
    mean = _shrunk(days, weight, pair, vendor_mean[vendor_of_pair], MEAN_EVIDENCE)
    var = _shrunk(
        (days - mean[pair]) ** 2, weight, pair, vendor_var[vendor_of_pair], SD_EVIDENCE
    )
    return mean, np.sqrt(var)


def _shrunk(values, weight, group, prior, evidence):
    """(sum of values + evidence x prior) / (weights + evidence) per group."""
    size = len(prior)
    total = np.bincount(group, weights=weight * values, minlength=size)
    count = np.bincount(group, weights=weight, minlength=size)
    return (total + evidence * prior) / (count + evidence)
