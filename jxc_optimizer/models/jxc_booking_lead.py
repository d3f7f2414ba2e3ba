"""How long before it left demand was known, added up from parts of the days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..engine import booking


@dataclass(frozen=True)
class BookingLead:
    """How long before it left demand was known, of n series and k leads."""

    location_id: np.ndarray  #: [n] int32, ordered by location and product
    product_id: np.ndarray  #: [n] int32
    quantity: np.ndarray  #: [n] float64, what left, returns not taken off
    leads: np.ndarray  #: [k] int, days
    share: np.ndarray  #: [n, k] float64, of the quantity, known at least so long before


def booking_lead(
    booked: Sequence[Mapping[str, np.ndarray]], leads: Sequence[int]
) -> BookingLead:
    """The booking leads of series, from what ``_read_booked`` found on some days."""
    kinds = {"pair": np.int64, "reached": np.int64, "quantity": float}
    pair, reached, quantity = (
        np.concatenate([np.zeros(0, kind), *(part[name] for part in booked)])
        for name, kind in kinds.items()
    )
    pair, article = np.unique(pair, return_inverse=True)
    share, quantity = booking.shares(article, reached, quantity, len(leads))
    left = quantity > 0
    return BookingLead(
        location_id=(pair[left] >> 32).astype(np.int32),
        product_id=(pair[left] & 0xFFFFFFFF).astype(np.int32),
        quantity=quantity[left],
        leads=np.asarray(leads, dtype=int),
        share=share[left],
    )
