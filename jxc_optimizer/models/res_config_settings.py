from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    jxc_history_days = fields.Integer(
        related="company_id.jxc_history_days", readonly=False
    )
    jxc_holding_rate = fields.Float(
        related="company_id.jxc_holding_rate", readonly=False
    )
    jxc_order_cost = fields.Monetary(
        related="company_id.jxc_order_cost",
        readonly=False,
        currency_field="company_currency_id",
    )
    jxc_joint_line_share = fields.Float(
        related="company_id.jxc_joint_line_share", readonly=False
    )
    company_currency_id = fields.Many2one(related="company_id.currency_id")
    jxc_abc_measure = fields.Selection(
        related="company_id.jxc_abc_measure", readonly=False
    )
    jxc_abc_scope = fields.Selection(related="company_id.jxc_abc_scope", readonly=False)
    jxc_abc_limit_a = fields.Float(related="company_id.jxc_abc_limit_a", readonly=False)
    jxc_abc_limit_b = fields.Float(related="company_id.jxc_abc_limit_b", readonly=False)
    jxc_review_days = fields.Integer(
        related="company_id.jxc_review_days", readonly=False
    )
    jxc_fill_rate = fields.Float(related="company_id.jxc_fill_rate", readonly=False)
    jxc_method = fields.Selection(related="company_id.jxc_method", readonly=False)
    jxc_objective = fields.Selection(related="company_id.jxc_objective", readonly=False)
    jxc_missed_cost = fields.Monetary(
        related="company_id.jxc_missed_cost",
        readonly=False,
        currency_field="company_currency_id",
    )
    jxc_default_lead_days = fields.Integer(
        related="company_id.jxc_default_lead_days", readonly=False
    )
    jxc_max_cover_days = fields.Integer(
        related="company_id.jxc_max_cover_days", readonly=False
    )
    jxc_seek_breaks = fields.Boolean(
        related="company_id.jxc_seek_breaks", readonly=False
    )
    jxc_change_limit = fields.Float(
        related="company_id.jxc_change_limit", readonly=False
    )
    jxc_change_tolerance = fields.Float(
        related="company_id.jxc_change_tolerance", readonly=False
    )
    jxc_slow_days = fields.Integer(related="company_id.jxc_slow_days", readonly=False)
    jxc_excess_days = fields.Integer(
        related="company_id.jxc_excess_days", readonly=False
    )
    jxc_dead_days = fields.Integer(related="company_id.jxc_dead_days", readonly=False)
    jxc_policy_keep_days = fields.Integer(
        related="company_id.jxc_policy_keep_days", readonly=False
    )
    jxc_case_approval = fields.Monetary(
        related="company_id.jxc_case_approval",
        readonly=False,
        currency_field="company_currency_id",
    )
    jxc_report_partner_ids = fields.Many2many(
        related="company_id.jxc_report_partner_ids", readonly=False
    )
    jxc_target_turns = fields.Float(
        related="company_id.jxc_target_turns", readonly=False
    )
    jxc_target_in_stock = fields.Float(
        related="company_id.jxc_target_in_stock", readonly=False
    )
    jxc_target_dead = fields.Float(related="company_id.jxc_target_dead", readonly=False)

    def action_jxc_no_horizon(self):
        """Compare min with what is booked within the lead time only."""
        self.ensure_one()
        self.company_id.horizon_days = 0
        return {"type": "ir.actions.client", "tag": "reload"}
