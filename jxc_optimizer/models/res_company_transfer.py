from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    _inherit = "res.company"

    jxc_transfer_value = fields.Monetary(
        "Transfers from a Value of",
        default=50.0,
        help="Excess of another warehouse is proposed for transfer when it is worth at "
        "least this much: less does not pay for the freight.",
    )

    @api.constrains("jxc_transfer_value")
    def _check_jxc_transfer_value(self):
        if any(company.jxc_transfer_value < 0 for company in self):
            raise ValidationError(
                self.env._("The value for transfers must not be negative.")
            )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    jxc_transfer_value = fields.Monetary(
        related="company_id.jxc_transfer_value",
        readonly=False,
        currency_field="company_currency_id",
    )
