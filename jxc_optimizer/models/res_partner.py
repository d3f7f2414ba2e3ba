from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResPartner(models.Model):
    _inherit = "res.partner"

    jxc_order_cost = fields.Float(
        "Cost of an Order Line",
        company_dependent=True,
        groups="stock.group_stock_user,purchase.group_purchase_user",
        help="What one more order line costs with this vendor, in the company's "
        "currency. 0 means the company's own figure.",
    )

    jxc_min_order_value = fields.Float(
        "Minimum Order Value",
        company_dependent=True,
        groups="stock.group_stock_user,purchase.group_purchase_user",
        help="The smallest untaxed total that the vendor delivers for, in the "
        "company's currency. 0 means none.",
    )

    jxc_load_weight = fields.Float(
        "Full Load: Weight",
        company_dependent=True,
        groups="stock.group_stock_user,purchase.group_purchase_user",
        help="What a vehicle or container of the vendor carries, in the unit of the "
        "products' weight. 0 means that weight does not count.",
    )
    jxc_load_volume = fields.Float(
        "Full Load: Volume",
        company_dependent=True,
        groups="stock.group_stock_user,purchase.group_purchase_user",
        help="What a vehicle or container of the vendor holds, in the unit of the "
        "products' volume. 0 means that volume does not count.",
    )

    @api.constrains("jxc_load_weight", "jxc_load_volume")
    def _check_jxc_load(self):
        if any(min(p.jxc_load_weight, p.jxc_load_volume) < 0 for p in self):
            raise ValidationError(self.env._("A full load must not be negative."))

    @api.constrains("jxc_min_order_value")
    def _check_jxc_min_order_value(self):
        if any(partner.jxc_min_order_value < 0 for partner in self):
            raise ValidationError(
                self.env._("The minimum order value must not be negative.")
            )

    @api.constrains("jxc_order_cost")
    def _check_jxc_order_cost(self):
        if any(partner.jxc_order_cost < 0 for partner in self):
            raise ValidationError(
                self.env._("The cost of an order line must not be negative.")
            )
