from odoo import api, fields, models
from odoo.exceptions import ValidationError


class JxcDemandOneOff(models.Model):
    """Demand of a day that will not come again: a project, a panic, a mistake.

    Proposed by the night run or marked by a planner. Left out of what is read for
    forecasts only while confirmed; a rejected one is kept, so that nobody proposes it
    again.
    """

    _name = "jxc.demand.one.off"
    _description = "One-off Demand"
    _order = "day desc, id desc"
    _rec_name = "product_id"

    company_id = fields.Many2one(
        related="warehouse_id.company_id", store=True, index=True
    )
    warehouse_id = fields.Many2one(
        related="location_id.warehouse_id", store=True, precompute=True
    )
    location_id = fields.Many2one("stock.location", required=True, ondelete="cascade")
    product_id = fields.Many2one(
        "product.product", required=True, index=True, ondelete="cascade"
    )
    day = fields.Date("Date", required=True)
    quantity = fields.Float(
        "Quantity Left Out",
        required=True,
        digits="Product Unit",
        help="The part of the day's demand that will not come again.",
    )
    usual_qty = fields.Float(
        "Usual Week",
        digits="Product Unit",
        readonly=True,
        help="Median of the weeks in which the article was sold, when it was proposed.",
    )
    state = fields.Selection(
        [
            ("proposed", "Proposed"),
            ("confirmed", "Confirmed"),
            ("rejected", "Rejected"),
        ],
        required=True,
        default="proposed",
    )
    reason = fields.Char()
    batch = fields.Char(
        index="btree_not_null", readonly=True, help="What is imported together."
    )

    _place_product_day = models.UniqueIndex(
        "(location_id, product_id, day)", "This day is marked already."
    )

    @api.constrains("quantity")
    def _check_quantity(self):
        if any(mark.quantity <= 0 for mark in self):
            raise ValidationError(self.env._("The quantity left out must be above 0."))

    @api.constrains("location_id")
    def _check_location(self):
        if any(not mark.location_id.warehouse_id for mark in self):
            raise ValidationError(self.env._("The location must be in a warehouse."))

    def action_confirm(self):
        self.write({"state": "confirmed"})

    def action_reject(self):
        self.write({"state": "rejected"})

    def action_demand_desk(self):
        """The article's demand, to judge by."""
        self.ensure_one()
        return self.product_id._jxc_demand_desk(self.location_id)
