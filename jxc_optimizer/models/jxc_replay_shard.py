from __future__ import annotations

from odoo import fields, models


class JxcReplayShard(models.Model):
    """A range of products of a replay: its unit of work."""

    _name = "jxc.replay.shard"
    _inherit = ["jxc.arrays"]
    _description = "Part of a Replay"
    _order = "replay_id, first_product_id"
    _bulky = ("demand", "daily")

    replay_id = fields.Many2one(
        "jxc.replay", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="replay_id.company_id", store=True)
    first_product_id = fields.Integer(required=True)
    last_product_id = fields.Integer(required=True)
    state = fields.Selection(
        [("waiting", "Waiting"), ("read", "Read"), ("done", "Done")],
        required=True,
        default="waiting",
    )
