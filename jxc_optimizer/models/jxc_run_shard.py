from __future__ import annotations

from odoo import fields, models


class JxcRunShard(models.Model):
    """A range of products of a run: its unit of work, and of starting again."""

    _name = "jxc.run.shard"
    _inherit = ["jxc.arrays"]
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

    def _products(self) -> tuple[int, int]:
        self.ensure_one()
        return self.first_product_id, self.last_product_id
