from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    jxc_order_cost = fields.Float(
        "Cost of an Order Line",
        company_dependent=True,
        groups="stock.group_stock_user,purchase.group_purchase_user",
        help="What one more order line costs with this vendor, in the company's "
        "currency. 0 means the company's own figure.",
    )
