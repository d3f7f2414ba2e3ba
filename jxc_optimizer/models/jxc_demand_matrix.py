from __future__ import annotations

from dataclasses import dataclass

import numpy as np

WEEK = 7


@dataclass(frozen=True)
class DemandMatrix:
    """Weekly demand of n series over w weeks, ordered by location and product.

    A week is seven days; the last one of a series ends on its ``last_day``. Quantities
    are in the product's unit, net of returns: a week can be negative.
    """

    location_id: np.ndarray  #: [n] int32, the key location
    product_id: np.ndarray  #: [n] int32
    warehouse_id: np.ndarray  #: [n] int32
    quantity: np.ndarray  #: [n, w] float32
    lines: np.ndarray  #: [n, w] int32, order lines
    largest: np.ndarray  #: [n] float64, largest order line within the weeks
    first_day: np.ndarray  #: [n] datetime64[D], first demand ever: the series' start
    latest_day: np.ndarray  #: [n] datetime64[D], latest demand up to last_day
    last_day: np.ndarray  #: [n] datetime64[D], last day of the last week

    def __len__(self) -> int:
        return len(self.product_id)

    @property
    def weeks(self) -> np.ndarray:
        """[n] int: weeks since the first demand, at most w, a part counts as one."""
        days = (self.last_day - self.first_day).astype(int) + 1
        return np.minimum(-(-days // WEEK), self.quantity.shape[1])

    def find(self, location_id: np.ndarray, product_id: np.ndarray) -> np.ndarray:
        """Row of each pair [m] int; -1 where it has none."""
        mine = pair_key(self.location_id, self.product_id)
        wanted = pair_key(location_id, product_id)
        return find(mine, wanted)


def pair_key(location_id: np.ndarray, product_id: np.ndarray) -> np.ndarray:
    """Location and product in one number that sorts like both."""
    return location_id.astype(np.int64) << 32 | product_id.astype(np.int64)


def find(known: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Place of each number [m] among the known, which rise; -1 = not among them."""
    place = np.searchsorted(known, wanted)
    there = place < len(known)
    there[there] = known[place[there]] == wanted[there]
    return np.where(there, place, -1)
