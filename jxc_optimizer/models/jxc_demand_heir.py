from odoo import api, fields, models
from odoo.exceptions import ValidationError


class JxcDemandHeir(models.Model):
    """A product that takes over the demand of another one.

    What is read for forecasts of the product contains the predecessor's history too,
    and so starts with it: a successor is not a new article. The predecessor keeps its
    own history. Chains are followed: the grandparent's history is inherited as well.
    """

    _name = "jxc.demand.heir"
    _description = "Replacement of a Product"
    _rec_name = "product_id"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )
    product_id = fields.Many2one(
        "product.product", "Successor", required=True, index=True, ondelete="cascade"
    )
    predecessor_id = fields.Many2one(
        "product.product", required=True, index=True, ondelete="cascade"
    )
    factor = fields.Float(
        default=1.0,
        required=True,
        help="Units of the successor wanted for one unit of the predecessor.",
    )
    active = fields.Boolean(default=True)

    _pair = models.UniqueIndex(
        "(company_id, product_id, predecessor_id)",
        "This replacement is known already.",
    )

    @api.constrains("factor")
    def _check_factor(self):
        if any(link.factor <= 0 for link in self):
            raise ValidationError(self.env._("The factor must be above 0."))

    @api.constrains("product_id", "predecessor_id", "company_id", "active")
    def _check_circle(self):
        for link in self.filtered("active"):
            ancestors, seen = link.predecessor_id, self.env["product.product"]
            while ancestors:
                if link.product_id in ancestors:
                    raise ValidationError(
                        self.env._("A product cannot replace itself, not even in turn.")
                    )
                seen |= ancestors
                ancestors = (
                    self.search(
                        [
                            ("company_id", "=", link.company_id.id),
                            ("product_id", "in", ancestors.ids),
                        ]
                    ).predecessor_id
                    - seen
                )
