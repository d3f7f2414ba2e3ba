"""Minimum and maximum as people set them: weeks of cover, guessed, seldom revised."""

from __future__ import annotations

import numpy as np

from .vendors import VENDORS, nice

#: share of the rules somebody looks at when it is time to look at them
REVISED = 0.6
#: share of the articles for which nobody has made a rule
FORGOTTEN = 0.06
#: order lines in the year from which on an article has a rule, per warehouse
OFTEN = np.array([3, 8])


class Rules:
    """Rules per item (warehouse × article), from sales ``sold`` (day × item).

    minimum, maximum: pieces; ruled: there is a rule; lines: order lines of the year;
    launch: the day from which on the item is bought, -1 when it was there before
    """

    def __init__(self, sold, line_item, warehouse, vendor, rng: np.random.Generator):
        self.sold, self.rng = sold, rng
        days, items = sold.shape
        self.lines = np.bincount(line_item, minlength=items)
        any_sale = sold > 0
        self.begins = np.where(any_sale.any(0), any_sale.argmax(0), days)
        self.rate = self._first_weeks() * rng.lognormal(0, 0.45, items)
        promised = np.array([v.days for v in VENDORS])[vendor]
        self.weeks_min = (promised / 7 + 2) * rng.lognormal(0, 0.3, items)
        self.weeks_max = self.weeks_min + rng.choice([4, 6, 8, 12], items)
        self.ruled = self.lines >= OFTEN[warehouse]
        self.ruled &= rng.random(items) > FORGOTTEN
        self.minimum = nice(self.rate * self.weeks_min)
        self.maximum = np.maximum(nice(self.rate * self.weeks_max), self.minimum)
        # articles that come later are ordered so as to arrive for their first sale
        self.launch = np.maximum(self.begins - promised - 14, -1)

    def _first_weeks(self) -> np.ndarray:
        """Pieces per week in the ten weeks from the first sale on."""
        rate = np.zeros(len(self.lines))
        for item in np.flatnonzero(self.lines):
            begin = self.begins[item]
            rate[item] = self.sold[begin : begin + 70, item].sum() / 10
        return rate

    def revise(self, day: int) -> None:
        """Set some rules by what went out in the last quarter, whatever is coming."""
        trailing = self.sold[max(0, day - 91) : day].sum(0) / 13
        chosen = (self.begins < day - 60) & (self.rng.random(len(trailing)) < REVISED)
        self.rate[chosen] = trailing[chosen]
        maximum = np.maximum(nice(self.rate * self.weeks_max), 1)
        self.minimum[chosen] = nice(self.rate * self.weeks_min)[chosen]
        self.maximum[chosen] = maximum[chosen]
