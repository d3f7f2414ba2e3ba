"""The assumed vendors: the data tells nothing about where the goods come from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Vendor:
    """``days`` are promised, ``late`` (mean) and ``spread`` (σ) are what happens.

    short: share of order lines of which only a part arrives at first; price: factor on
    the standard cost; order_value: what a minimum order line is worth; weight: share of
    the articles bought here.
    """

    name: str
    country: str
    city: str
    days: int
    late: float
    spread: float
    short: float
    price: float
    order_value: float
    weight: float


VENDORS = (
    Vendor("Pennine Gift Wholesale", "gb", "Leeds", 4, -1.5, 1.0, 0.01, 1.08, 15, 0.13),
    Vendor("Thames Paper & Print", "gb", "Reading", 7, -1, 1.5, 0.02, 1.03, 20, 0.11),
    Vendor("Severn Ceramics", "gb", "Stoke-on-Trent", 12, 0, 3.0, 0.05, 1.0, 30, 0.1),
    Vendor("Rheinland Kerzen", "de", "Köln", 14, -3, 2.0, 0.02, 1.02, 40, 0.09),
    Vendor("Ateliers du Midi", "fr", "Toulouse", 18, 2, 5.0, 0.08, 0.99, 35, 0.08),
    Vendor("Lombarda Vetri", "it", "Milano", 21, -2, 5.0, 0.06, 1.0, 45, 0.08),
    Vendor("Jaipur Textile House", "in", "Jaipur", 38, 3, 9.0, 0.12, 0.93, 70, 0.12),
    Vendor("Yiwu Household Goods", "cn", "Yiwu", 45, -3, 7.0, 0.08, 0.9, 90, 0.14),
    Vendor("Shenzhen Bright Lamps", "cn", "Shenzhen", 50, 6, 11.0, 0.1, 0.9, 99, 0.09),
    Vendor("Saigon Bamboo Works", "vn", "Huế", 42, 8, 14.0, 0.15, 0.92, 60, 0.06),
)
#: from this multiple of the minimum quantity on, the price falls by this share
BREAKS = ((1, 0.0), (4, 0.05), (12, 0.1))


def nice(quantity: np.ndarray) -> np.ndarray:
    """Rounded as a person would type it: 1, 2, 3, 5, 10, 12, 20, 24, 25, 30, 40 …"""
    steps = np.array([1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 24, 30, 36, 48, 60, 80])
    steps = np.concatenate([steps, 100 * np.array([1, 1.5, 2, 2.5, 3, 4, 5, 6, 8])])
    steps = np.concatenate([steps, 1000 * np.array([1, 1.5, 2, 3, 4, 5, 8, 10, 20])])
    place = np.searchsorted(steps, np.asarray(quantity, float))
    return steps[np.minimum(place, len(steps) - 1)].astype(int)


@dataclass(frozen=True)
class Offers:
    """Who sells each article: arrays over articles.

    vendor: the one that is bought from; second: another one, -1 for most articles
    cost: standard price; minimum: least order quantity (of either vendor)
    """

    vendor: np.ndarray
    second: np.ndarray
    cost: np.ndarray
    minimum: np.ndarray

    def price(self, vendor: np.ndarray, article: np.ndarray, level: int) -> np.ndarray:
        """Price per piece of a price break, at least a penny."""
        factor = np.array([v.price for v in VENDORS])[vendor] * (1 - BREAKS[level][1])
        return np.maximum(np.round(self.cost[article] * factor, 2), 0.01)

    def price_at(self, article: np.ndarray, quantity: np.ndarray) -> np.ndarray:
        """What the usual vendor asks for ``quantity`` pieces."""
        found = self.price(self.vendor[article], article, 0)
        for level, (multiple, _) in enumerate(BREAKS):
            reached = quantity >= multiple * self.minimum[article]
            found = np.where(
                reached, self.price(self.vendor[article], article, level), found
            )
        return found


def offers(prices: np.ndarray, rng: np.random.Generator, share: float = 0.6) -> Offers:
    """Assumptions on purchasing for articles sold at ``prices``.

    The cost is ``share`` of the median price: the data holds no cost.
    """
    weights = np.array([vendor.weight for vendor in VENDORS])
    vendor = rng.choice(len(VENDORS), len(prices), p=weights / weights.sum())
    other = (vendor + rng.integers(1, len(VENDORS), len(prices))) % len(VENDORS)
    second = np.where(rng.random(len(prices)) < 0.25, other, -1)
    cost = np.maximum(np.round(share * prices, 2), 0.01)
    value = np.array([v.order_value for v in VENDORS])[vendor]
    minimum = nice(np.clip(value / cost, 1, 480))
    return Offers(vendor, second, cost, minimum)
