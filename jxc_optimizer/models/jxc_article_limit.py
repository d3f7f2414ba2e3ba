from odoo import api, fields, models
from odoo.exceptions import ValidationError


class JxcArticle(models.Model):
    """Limits of the stock that are watched, and order nothing."""

    _inherit = "jxc.article"

    alert_min = fields.Float(
        "Lower Limit",
        digits="Product Unit",
        help="An alert is raised while less is on hand. Nothing is ordered for it. "
        "0: no limit.",
    )
    alert_max = fields.Float(
        "Upper Limit",
        digits="Product Unit",
        help="An alert is raised while more is on hand. 0: no limit.",
    )

    @api.constrains("alert_min", "alert_max")
    def _check_alert_limits(self):
        for article in self:
            if min(article.alert_min, article.alert_max) < 0 or (
                article.alert_max and article.alert_min > article.alert_max
            ):
                raise ValidationError(
                    self.env._(
                        "Limits cannot be below 0, and the lower limit of %s cannot be "
                        "above the upper one.",
                        article.product_id.display_name,
                    )
                )
