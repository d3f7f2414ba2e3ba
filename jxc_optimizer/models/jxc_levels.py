"""Levels of many articles at once: what a method says, and what the planner keeps."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np


@dataclass(frozen=True)
class Levels:
    """What a method says about n articles; units, days and money, all [n].

    reorder point = lead_time_demand + review_demand + safety_stock - uncovered
    """

    per_day: np.ndarray  # expected demand
    sd: np.ndarray  # deviation of a day's demand from it
    relative_error: np.ndarray  # weekly deviation / mean; NaN where unknown
    quantity: np.ndarray  # order lot
    price: np.ndarray  # at that lot
    lead_time_demand: np.ndarray
    review_demand: np.ndarray
    safety_stock: np.ndarray
    safety_lead_time: np.ndarray  # the part of it that unreliable lead times cost
    uncovered: np.ndarray  # expected demand left uncovered
    factor: np.ndarray  # safety stock / deviation over the protection interval
    chance: np.ndarray  # accepted shortage per order cycle; NaN = not the method's
    clipped: np.ndarray  # bool: the lot alone reaches the target

    @classmethod
    def joined(cls, parts: list[tuple[np.ndarray, Levels]], count: int) -> Levels:
        """One of several that each say something about other rows."""
        values = {}
        for field in fields(cls):
            pieces = [
                np.asarray(getattr(levels, field.name)) for _rows, levels in parts
            ]
            values[field.name] = np.empty(count, dtype=np.result_type(*pieces))
            for (rows, _levels), piece in zip(parts, pieces, strict=True):
                values[field.name][rows] = piece
        return cls(**values)

    def rounded(self, digits: int) -> Levels:
        """The same with decimal terms of which none is below 0 and which add up."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        for name in (
            "quantity", "lead_time_demand", "review_demand", "safety_stock",
            "safety_lead_time", "uncovered",
        ):  # fmt: skip
            values[name] = np.round(values[name], digits)
        whole = Levels(**values)
        values["uncovered"] = np.minimum(whole.uncovered, whole.covered)
        values["safety_lead_time"] = np.minimum(
            whole.safety_lead_time, whole.safety_stock
        )
        return Levels(**values)

    def replaced(self, where: np.ndarray, other: Levels) -> Levels:
        """The same with the levels of ``other`` for some articles."""
        return Levels(
            **{
                field.name: np.where(
                    where, getattr(other, field.name), getattr(self, field.name)
                )
                for field in fields(self)
            }
        )

    @property
    def covered(self) -> np.ndarray:
        return self.lead_time_demand + self.review_demand + self.safety_stock

    @property
    def reorder_point(self) -> np.ndarray:
        return self.covered - self.uncovered
