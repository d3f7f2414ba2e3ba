"""Checks and rounding shared by the engine's functions."""

from __future__ import annotations

import numpy as np


def columns(*, signed: tuple[str, ...] = (), **named) -> list[np.ndarray]:
    """Broadcast named arguments to float64 arrays of one common shape.

    Raises ValueError, naming the argument, on NaN, on a negative value (except
    for the names in ``signed``) and on shapes that do not fit together.

    >>> columns(a=[1, 2], b=3)[1].tolist()
    [3.0, 3.0]
    """
    arrays = []
    for name, value in named.items():
        array = np.asarray(value, dtype=np.float64)
        if np.isnan(array).any():
            raise ValueError(f"{name} must not be NaN")
        if name not in signed and (array < 0).any():
            raise ValueError(f"{name} must not be negative")
        arrays.append(array)
    try:
        return [np.array(a) for a in np.broadcast_arrays(*arrays)]
    except ValueError as error:
        shapes = ", ".join(f"{n} {a.shape}" for n, a in zip(named, arrays, strict=True))
        raise ValueError(f"shapes do not fit together: {shapes}") from error


def matrix(demand, name: str = "demand") -> np.ndarray:
    """Float64 view [articles, periods] of ``demand``; NaN is 'not on sale'."""
    array = np.asarray(demand, dtype=np.float64)
    if array.ndim != 2:
        raise ValueError(f"{name} must be [articles, periods], got {array.shape}")
    if np.isinf(array).any():
        raise ValueError(f"{name} must be finite")
    return array


def round_up(quantity, step) -> np.ndarray:
    """Smallest multiple of ``step`` not below ``quantity``; step 0 keeps it.

    >>> round_up([7.0, 6.0, 0.3], [6, 6, 0.1]).tolist()
    [12.0, 6.0, 0.3]
    """
    return _to_step(np.ceil, quantity, step)


def round_down(quantity, step) -> np.ndarray:
    """Largest multiple of ``step`` not above ``quantity``; step 0 keeps it."""
    return _to_step(np.floor, quantity, step)


def _to_step(rounding, quantity, step) -> np.ndarray:
    quantity, step = np.broadcast_arrays(
        np.asarray(quantity, dtype=np.float64), np.asarray(step, dtype=np.float64)
    )
    stepping = (step > 0) & np.isfinite(quantity)
    whole = np.where(stepping, step, 1.0)
    steps = np.where(stepping, quantity, 0.0) / whole
    nearest = np.round(steps)
    # Decimals in binary: 0.3 / 0.1 is 2.9999999999999996 and means 3.
    same = np.abs(steps - nearest) <= 1e-9 + 1e-14 * np.abs(nearest)
    stepped = np.round(np.where(same, nearest, rounding(steps)) * whole, 10)
    return np.where(stepping, stepped, quantity)
