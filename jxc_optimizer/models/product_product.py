from odoo import api, fields, models


class ProductProduct(models.Model):
    _inherit = "product.product"

    jxc_policy_ids = fields.One2many("jxc.policy", "product_id", "Stock Policies")

    def action_jxc_demand(self):
        """Open the demand desk of the article."""
        self.ensure_one()
        return self._jxc_demand_desk()

    def _jxc_demand_desk(self, location=None):
        """The demand desk of the article, at a place if one is given."""
        # sudo: what the screen shows is checked when it is read
        action = self.env.ref("jxc_optimizer.action_jxc_demand_desk").sudo()
        return action._get_action_dict() | {
            "context": {
                "active_id": self.id,
                "jxc_location_id": location.id if location else False,
            }
        }


class ProductTemplate(models.Model):
    _inherit = "product.template"

    jxc_policy_ids = fields.Many2many(
        "jxc.policy",
        string="Stock Policies",
        compute="_compute_jxc_policy_ids",
        help="What the last run found out about this product, by warehouse.",
    )

    @api.depends("product_variant_ids.jxc_policy_ids")
    @api.depends_context("allowed_company_ids")
    def _compute_jxc_policy_ids(self):
        policies = self.env["jxc.policy"]
        if policies.has_access("read"):
            policies = policies.search(
                [("product_id", "in", self.product_variant_ids.ids)]
            )
        for template in self:
            template.jxc_policy_ids = policies.filtered(
                lambda policy, template=template: (
                    policy.product_id in template.product_variant_ids
                )
            )

    def action_jxc_demand(self):
        """Open the demand desk; where there are variants, of the first of them."""
        self.ensure_one()
        return self.product_variant_ids[:1].action_jxc_demand()
