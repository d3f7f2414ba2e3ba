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
        [("waiting", "Waiting"), ("read", "Read"), ("done", "Done")],
        required=True,
        default="waiting",
    )
    series = fields.Integer(help="Product × location pairs with history.")
    payload = fields.Binary(
        attachment=False,
        help="Statistics between the steps of a run; emptied when it ends.",
        groups="base.group_system",
    )

    def _products(self) -> tuple[int, int]:
        self.ensure_one()
        return self.first_product_id, self.last_product_id

    def _store(self, arrays: dict[str, np.ndarray]) -> None:
        """Keep the arrays for the next step."""
        self.ensure_one()
        buffer = io.BytesIO()
        np.savez(buffer, **arrays)
        self.payload = base64.b64encode(buffer.getvalue())

    def _load(self) -> dict[str, np.ndarray]:
        self.ensure_one()
        content = base64.b64decode(self.with_context(bin_size=False).payload)
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return dict(arrays)
