from __future__ import annotations

import io
import zlib

import numpy as np
from psycopg2 import Binary

from odoo import fields, models
from odoo.tools import SQL

#: how arrays begin that are not compressed
_PLAIN = b"PK"


class JxcArrays(models.AbstractModel):
    """A range of products whose arrays are kept between the steps of a computation."""

    _name = "jxc.arrays"
    _description = "Arrays between Steps"

    #: large arrays that are kept apart, compressed
    _bulky = ("demand",)
    #: where arrays are kept
    _kept_in = ("payload", "demand")

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

    def init(self):
        if self._abstract:
            return
        # Written once and read once: PostgreSQL need not compress it.
        self.env.cr.execute(
            SQL(
                "ALTER TABLE %s %s",
                SQL.identifier(self._table),
                SQL(", ").join(
                    SQL("ALTER %s SET STORAGE EXTERNAL", SQL.identifier(name))
                    for name in self._kept_in
                ),
            )
        )

    def _store(self, arrays: dict[str, np.ndarray]) -> None:
        """Keep the arrays for the next step; bulky ones stay once they are kept."""
        self.ensure_one()
        arrays = dict(arrays)
        bulky = {name: arrays.pop(name) for name in self._bulky if name in arrays}
        values = {"payload": packed(arrays)}
        if bulky:
            # Mostly zeros: compressed it is a small part of itself, and little smaller
            # where more time is spent on it.
            values["demand"] = zlib.compress(packed(bulky), level=1)
        self._keep(values)

    def _keep(self, values: dict[str, bytes | memoryview]) -> None:
        """Write packed arrays to their columns."""
        # Not through the ORM, which would keep them, and fetch those of all shards.
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s WHERE id = %s",
                SQL.identifier(self._table),
                SQL(", ").join(
                    SQL("%s = %s", SQL.identifier(name), Binary(value))
                    for name, value in values.items()
                ),
                self.id,
            )
        )
        self.invalidate_recordset(list(values), flush=False)

    def _load(self) -> dict[str, np.ndarray]:
        """All arrays except the bulky ones."""
        return self._arrays("payload")

    def _load_bulky(self) -> dict[str, np.ndarray]:
        return self._arrays("demand")

    def _load_demand(self) -> np.ndarray:
        return self._load_bulky()["demand"]

    def _forget(self) -> None:
        """Drop what was kept between the steps."""
        self.write(dict.fromkeys(self._kept_in, False))

    def _arrays(self, name: str) -> dict[str, np.ndarray]:
        self.ensure_one()
        [[content]] = self.env.execute_query(
            SQL(
                "SELECT %s FROM %s WHERE id = %s",
                SQL.identifier(name),
                SQL.identifier(self._table),
                self.id,
            )
        )
        content = bytes(content)
        if not content.startswith(_PLAIN):
            content = zlib.decompress(content)
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return dict(arrays)


def packed(arrays: dict[str, np.ndarray]) -> memoryview:
    """Arrays as they are kept."""
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getbuffer()
