"""Safety stock, reorder point and order-up-to level, and Odoo's min and max."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ._arrays import columns, round_up


@dataclass(frozen=True)
class Levels:
    """Levels of a reorder policy and the terms they are the sum of.

    All arrays [n] in the article's unit, days apart.
    reorder_point = protection_demand + safety_stock
    safety_stock = safety_stock_demand + safety_stock_lead_time
    order_up_to = reorder_point + order quantity
    """

    protection_days: np.ndarray  # mean lead time + review period
    protection_demand: np.ndarray  # expected demand in that time
    sigma: np.ndarray  # standard deviation of that demand
    safety_stock: np.ndarray
    safety_stock_demand: np.ndarray  # if lead times were always the mean
    safety_stock_lead_time: np.ndarray  # what unreliable lead times add
    reorder_point: np.ndarray
    order_up_to: np.ndarray
    clipped: np.ndarray  # bool: a negative safety stock was raised to 0


@dataclass(frozen=True)
class OdooLevels:
    """Min and max of a reordering rule and the rounding in them, decimal-exact.

    minimum = round(reorder_point, digits) + minimum_rounding + strict_unit
    maximum = minimum - strict_unit + lot
    lot = round(order_up_to - reorder_point, digits) + lot_rounding
    (where there is a lot; without one strict_unit and lot are 0 and both levels
    equal the rounded reorder point plus its rounding)
    """

    minimum: np.ndarray
    maximum: np.ndarray
    minimum_rounding: np.ndarray  # up to the product's rounding
    strict_unit: np.ndarray  # Odoo orders strictly below min
    lot: np.ndarray  # smallest quantity an order will have
    lot_rounding: np.ndarray  # up to the multiple


def lead_time_demand_sd(demand, demand_sd, lead_time, lead_time_sd) -> np.ndarray:
    """Standard deviation of demand over a random lead time.

    sqrt(L sd_d^2 + d^2 sd_L^2) (Silver, Pyke and Thomas, 6.10); everything per
    day and in days, or everything in another common unit of time.

    >>> lead_time_demand_sd(20, 6, 9, 2).round(4).item()
    43.8634
    """
    demand, demand_sd, lead_time, lead_time_sd = columns(
        demand=demand,
        demand_sd=demand_sd,
        lead_time=lead_time,
        lead_time_sd=lead_time_sd,
    )
    return np.sqrt(lead_time * demand_sd**2 + (demand * lead_time_sd) ** 2)


def safety_stock(
    demand, demand_sd, lead_time, lead_time_sd, safety_factor, review=0.0
) -> np.ndarray:
    """Safety stock over lead time + review period, never below 0.

    >>> safety_stock(20, 6, 9, 2, 1.6448536).round(3).item()
    72.149
    >>> safety_stock(20, 6, 9, 2, 1.6448536, review=7).round(3).item()
    76.728
    """
    *_, review = columns(lead_time=lead_time, review=review)
    factor = columns(signed=("safety_factor",), safety_factor=safety_factor)[0]
    interval = np.asarray(lead_time, dtype=np.float64) + review
    sigma = lead_time_demand_sd(demand, demand_sd, interval, lead_time_sd)
    return np.maximum(_times(factor, sigma), 0.0)


def levels(
    demand,
    demand_sd,
    lead_time,
    lead_time_sd,
    review=1.0,
    quantity=0.0,
    safety_factor=0.0,
) -> Levels:
    """Levels that protect the lead time and the review period.

    Stock is looked at every ``review`` days; what is sold until the next look
    must be covered too, so the protection interval is lead time + review
    (Silver, Pyke and Thomas, 6.9). ``quantity`` 0 gives the plain periodic
    policy, where the reorder point is the order-up-to level.

    :param demand: [n] mean per day
    :param demand_sd: [n] standard deviation of the daily forecast error
    :param lead_time: [n] mean days
    :param lead_time_sd: [n] standard deviation, days
    :param review: [n] days between two looks
    :param quantity: [n] order quantity
    :param safety_factor: [n] standard deviations to keep; below 0 counts as 0

    >>> result = levels(20, 6, 9, 2, 7, 0, 1.6448536)
    >>> result.order_up_to.round(3).item()
    396.728
    """
    demand, demand_sd, lead_time, lead_time_sd, review, quantity, factor = columns(
        signed=("safety_factor",),
        demand=demand,
        demand_sd=demand_sd,
        lead_time=lead_time,
        lead_time_sd=lead_time_sd,
        review=review,
        quantity=quantity,
        safety_factor=safety_factor,
    )
    interval = lead_time + review
    sigma = lead_time_demand_sd(demand, demand_sd, interval, lead_time_sd)
    kept = np.maximum(factor, 0.0)
    stock = _times(kept, sigma)
    from_demand = _times(kept, lead_time_demand_sd(demand, demand_sd, interval, 0))
    expected = demand * interval
    return Levels(
        protection_days=interval,
        protection_demand=expected,
        sigma=sigma,
        safety_stock=stock,
        safety_stock_demand=from_demand,
        safety_stock_lead_time=stock - from_demand,
        reorder_point=expected + stock,
        order_up_to=expected + stock + quantity,
        clipped=(factor < 0) & (sigma > 0),
    )


def _times(factor, sigma):
    """factor x sigma, where an endless factor on no uncertainty is nothing."""
    return np.where(sigma > 0, factor * np.where(sigma > 0, sigma, 1.0), 0.0)


def odoo_min_max(
    reorder_point, order_up_to, rounding=1.0, multiple=0.0, digits: int = 4
) -> OdooLevels:
    """Translate (s, S) into the min and max of an Odoo reordering rule.

    Odoo orders when the forecast is strictly below min, and then max - forecast
    rounded up to the multiple. So min is s, rounded up to the unit, plus one
    unit: an order is placed when the forecast is at s. And max lies one lot
    above the rounded s: an order placed exactly there has the size of the lot,
    not of the lot plus one unit rounded up to another multiple. A policy
    without demand (s = S = 0) gives 0 and 0, not an order for one piece.

    :param reorder_point: [n] s, at least 0
    :param order_up_to: [n] S, not below s
    :param rounding: [n] rounding of the product's unit, above 0
    :param multiple: [n] pack the order is rounded to; 0 = none
    :param digits: decimals in which the terms of the result add up exactly

    >>> result = odoo_min_max(17.3, 40, 1, 6)
    >>> result.minimum.item(), result.maximum.item(), result.lot.item()
    (19.0, 42.0, 24.0)
    """
    low, high, unit, multiple = columns(
        reorder_point=reorder_point,
        order_up_to=order_up_to,
        rounding=rounding,
        multiple=multiple,
    )
    if (unit == 0).any():
        raise ValueError("rounding must be above 0")
    if (high < low - 1e-9).any():
        raise ValueError("order_up_to must not be below reorder_point")
    if np.isinf(high).any():
        raise ValueError("levels must be finite")
    gap = np.round(np.maximum(high - low, 0.0), digits)
    low = np.round(low, digits)
    trigger = round_up(low, unit)
    lot = round_up(round_up(gap, multiple), unit)
    # Nothing to order: no strict unit either, or Odoo would order one piece.
    strict = np.where(lot > 0, unit, 0.0)
    minimum = np.round(trigger + strict, digits)
    return OdooLevels(
        minimum=minimum,
        maximum=np.round(trigger + lot, digits),
        minimum_rounding=np.round(trigger - low, digits),
        strict_unit=strict,
        lot=np.round(lot, digits),
        lot_rounding=np.round(lot - gap, digits),
    )
