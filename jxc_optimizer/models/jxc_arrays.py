from __future__ import annotations

import base64
import io
import zlib

import numpy as np

from odoo import fields, models

#: how arrays begin that are not compressed
_PLAIN = b"PK"


class JxcArrays(models.AbstractModel):
    """A range of products whose arrays are kept between the steps of a computation."""

    _name = "jxc.arrays"
    _description = "Arrays between Steps"

    #: large arrays that are kept apart, compressed
    _bulky = ("demand",)

    payload = fields.Binary(
        attachment=False,
        help="Statistics between the steps of a run; emptied when it ends.",
        groups="base.group_system",
    )
    demand = fields.Binary(
        attachment=False,
        help="Demand between the steps of a run: read once, so that the whole run sees "
        "the same history.",
        groups="base.group_system",
    )

    def _store(self, arrays: dict[str, np.ndarray]) -> None:
        """Keep the arrays for the next step; bulky ones stay once they are kept."""
        self.ensure_one()
        arrays = dict(arrays)
        bulky = {name: arrays.pop(name) for name in self._bulky if name in arrays}
        if bulky:
            # Mostly zeros: compressed it is a small part of itself, and little smaller
            # where more time is spent on it.
            buffer = io.BytesIO()
            np.savez(buffer, **bulky)
            content = zlib.compress(buffer.getbuffer(), level=1)
            self.demand = base64.b64encode(content)
        buffer = io.BytesIO()
        np.savez(buffer, **arrays)
        self.payload = base64.b64encode(buffer.getvalue())

    def _load(self) -> dict[str, np.ndarray]:
        """All arrays except the bulky ones."""
        return self._arrays("payload")

    def _load_bulky(self) -> dict[str, np.ndarray]:
        return self._arrays("demand")

    def _load_demand(self) -> np.ndarray:
        return self._load_bulky()["demand"]

    def _forget(self) -> None:
        """Drop what was kept between the steps."""
        self.write({"payload": False, "demand": False})

    def _arrays(self, name: str) -> dict[str, np.ndarray]:
        self.ensure_one()
        content = base64.b64decode(self.with_context(bin_size=False)[name])
        if not content.startswith(_PLAIN):
            content = zlib.decompress(content)
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return dict(arrays)
