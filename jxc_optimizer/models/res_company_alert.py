from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    jxc_alert_user_id = fields.Many2one(
        "res.users",
        "Alerts Go To",
        domain="[('share', '=', False)]",
        help="Who gets the alerts of products that have no responsible person.",
    )
    jxc_alert_email = fields.Boolean(
        "Alerts by E-Mail",
        help="Once a day each planner gets the alerts of his or her warehouses by "
        "e-mail too.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    jxc_alert_user_id = fields.Many2one(
        related="company_id.jxc_alert_user_id", readonly=False
    )
    jxc_alert_email = fields.Boolean(
        related="company_id.jxc_alert_email", readonly=False
    )
