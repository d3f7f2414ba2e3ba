"""Joint ordering: when an article is added to an order that its vendor gets anyway.

The can-order level c of a policy (s, c, S): an article at or below s is ordered;
one above s but at or below c joins when another article of the vendor is ordered.
"""

from __future__ import annotations

import numpy as np

from ._arrays import columns


def early_quantity(
    quantity, annual_demand, order_cost, line_share, holding_cost
) -> np.ndarray:
    """How far above s an article is worth adding to an order: c - s.

    Waiting until s costs the whole K once more, joining now k = ``line_share`` K, but
    what is left above s then lies longer. With steady demand, and the average cost
    g = K D / Q + h Q / 2 of the policy on its own, an order placed y above s saves as
    long as K - k >= (g y - h y² / 2) / D: the relative values of the two choices in the
    deterministic lot-size model. At the economic quantity that is
    y = Q (1 - sqrt(k / K)): half the lot where joining costs a quarter.

    :param quantity: [n] order lot Q, units
    :param annual_demand: [n] units per year
    :param order_cost: [n] K, money per order of the article alone
    :param line_share: [n] share of K that a line costs which joins, 0 to 1
    :param holding_cost: [n] h, money per unit and year
    :returns: [n] units, 0 to Q; 0 without demand or lot
    :raises ValueError: on a share above 1, negative values or NaN

    >>> early_quantity(304.0467800264368, 1300, 8, 0.25, 0.225).round(4).item()
    152.0234
    """
    lot, demand, order, share, holding = columns(
        quantity=quantity,
        annual_demand=annual_demand,
        order_cost=order_cost,
        line_share=line_share,
        holding_cost=holding_cost,
    )
    if (share > 1).any():
        raise ValueError("line_share must be at most 1")
    whole = (lot > 0) & (demand > 0) & (order > 0)
    size = np.where(whole, lot, 1.0)
    # Everything per demand D: g / D, h / D.
    pace = np.where(whole, order / size, 1.0)
    drag = np.where(whole, holding / np.where(whole, demand, 1.0), 0.0)
    average = pace + drag * size / 2.0
    saved = order * (1.0 - share)
    # The smaller root of h y² / 2 - g y + (K - k) D = 0, in the form that does not
    # cancel; g² >= 2 h K D, so it is real.
    root = np.sqrt(np.maximum(average**2 - 2.0 * drag * saved, 0.0))
    return np.where(whole, np.minimum(2.0 * saved / (average + root), lot), 0.0)
