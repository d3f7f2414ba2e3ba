"""One service target for the whole assortment.

Instead of one service level for all articles, each gets the shortage
probability at which another unit of stock is worth what it costs:
P(short) = h c Q / (h c Q + lambda w D). The weight w says what a shortage counts,
lambda what service is worth.
"""

from __future__ import annotations

import numpy as np

from . import normal
from ._arrays import columns

LEAST_CHANCE = 1e-30
OBJECTIVES = ("lines", "units", "value", "both", "cost")


def shortage_weights(unit_cost, line_size, mean_cost, mean_line) -> dict:
    """Weight of one unit short, [n], by what the target counts.

    :param unit_cost: [n] money; ``line_size``: [n] mean units of an order line
    :param mean_cost: of the assortment; ``mean_line``: of the assortment
    :returns: 'value': the unit's cost; 'units': the mean cost for every unit;
        'lines': a unit of a small line counts more; 'cost': every unit the same,
        and lambda is what a missed one costs
    """
    cost, size = columns(unit_cost=unit_cost, line_size=line_size)
    size = np.where(size > 0, size, mean_line if mean_line > 0 else 1.0)
    return {
        "value": cost,
        "units": np.full_like(cost, mean_cost),
        "lines": mean_cost * mean_line / size,
        "cost": np.ones_like(cost),
    }


def mixed_weight(weights: dict, share: float) -> np.ndarray:
    """share x value + (1 - share) x lines: both fills at once."""
    return share * weights["value"] + (1.0 - share) * weights["lines"]


def shortage_probability(holding_rate, unit_cost, quantity, annual_demand, worth):
    """P(short) = h c Q / (h c Q + worth D), 0 < P <= 1.

    :param worth: lambda x weight, money per unit short; broadcasts, so that
        [k, 1] worths give [k, n] probabilities
    :returns: 1 where nothing sells or a shortage is worth nothing; an article
        that costs nothing to hold gets the least chance
    """
    held = np.asarray(holding_rate) * np.asarray(unit_cost) * np.asarray(quantity)
    gain = np.asarray(worth) * np.asarray(annual_demand)
    whole = held + gain
    chance = np.where(gain > 0, held / np.where(whole > 0, whole, 1.0), 1.0)
    return np.maximum(chance, LEAST_CHANCE)


def one_cycle_level(mean, sigma, probability) -> np.ndarray:
    """Level exceeded with ``probability`` by normal demand, at least 0."""
    # Of the small tail itself: 1 - probability would end at 8 deviations.
    factor = -normal.quantile(np.clip(probability, LEAST_CHANCE, 1.0 - 1e-9))
    return np.maximum(np.asarray(mean) + factor * np.asarray(sigma), 0.0)
