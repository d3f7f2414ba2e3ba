from __future__ import annotations

import base64
import io

import numpy as np

from odoo import fields, models


class JxcRunShard(models.Model):
    """A range of products of a run: its unit of work, and of starting again."""

    _name = "jxc.run.shard"
    _description = "Part of an Optimisation Run"
    _order = "run_id, first_product_id"

    run_id = fields.Many2one("jxc.run", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="run_id.company_id", store=True)
    first_product_id = fields.Integer(required=True)
    last_product_id = fields.Integer(required=True)
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("read", "Read"),
            ("published", "Published"),
            ("done", "Done"),
        ],
        required=True,
        default="waiting",
    )
    timings = fields.Json(help="Of steps that were done apart from the run's own.")
    policies_changed = fields.Integer()
    rules_changed = fields.Integer()
    rules_applied = fields.Integer()
    series = fields.Integer(help="Product × location pairs with history.")
    payload = fields.Binary(
        attachment=False,
        help="Statistics between the steps of a run; emptied when it ends.",
        groups="base.group_system",
    )

    demand = fields.Binary(
        attachment=False,
        help="Weekly demand between the steps of a run: read once, so that the whole "
        "run sees the same history.",
        groups="base.group_system",
    )

    def _products(self) -> tuple[int, int]:
        self.ensure_one()
        return self.first_product_id, self.last_product_id

    def _store(self, arrays: dict[str, np.ndarray]) -> None:
        """Keep the arrays for the next step; ``demand`` stays once it is kept."""
        self.ensure_one()
        arrays = dict(arrays)
        demand = arrays.pop("demand", None)
        if demand is not None:
            # Mostly zeros: compressed it is a small part of itself.
            buffer = io.BytesIO()
            np.savez_compressed(buffer, demand=demand)
            self.demand = base64.b64encode(buffer.getvalue())
        buffer = io.BytesIO()
        np.savez(buffer, **arrays)
        self.payload = base64.b64encode(buffer.getvalue())

    def _load(self) -> dict[str, np.ndarray]:
        """All arrays except the demand."""
        return self._arrays("payload")

    def _load_demand(self) -> np.ndarray:
        return self._arrays("demand")["demand"]

    def _forget(self) -> None:
        """Drop what was kept between the steps."""
        self.write({"payload": False, "demand": False})

    def _arrays(self, name: str) -> dict[str, np.ndarray]:
        self.ensure_one()
        content = base64.b64decode(self.with_context(bin_size=False)[name])
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return dict(arrays)
