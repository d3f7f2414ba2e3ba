from odoo import api, fields, models
from odoo.exceptions import ValidationError

SOURCES = [
    ("move", "Stock Move"),
    ("import", "Imported History"),
    ("adjustment", "Adjustment"),
]


class JxcDemandEntry(models.Model):
    """Demand that no stock move tells of: imported history and adjustments.

    Counts together with the moves and keeps its origin visible. To undo an import,
    delete or archive the entries of its batch.
    """

    _name = "jxc.demand.entry"
    _description = "Demand without Stock Move"
    _order = "day desc, id desc"
    _rec_name = "product_id"
    _check_company_auto = True

    source = fields.Selection(
        [source for source in SOURCES if source[0] != "move"],
        required=True,
        default="adjustment",
    )
    batch = fields.Char(index=True, help="What is imported, and undone, together.")
    reason = fields.Char()
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", related="warehouse_id.company_id", store=True, index=True
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse", required=True, index=True, ondelete="cascade"
    )
    location_id = fields.Many2one(
        "stock.location",
        compute="_compute_location_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        check_company=True,
        help="The warehouse's stock location stands for the whole warehouse.",
    )
    product_id = fields.Many2one(
        "product.product",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    day = fields.Date("Date", required=True, index=True)
    quantity = fields.Float(
        required=True, digits="Product Unit", help="In the product's unit of measure."
    )
    lines = fields.Integer("Order Lines", default=1)
    largest = fields.Float("Largest Order Line", digits="Product Unit")
    returned = fields.Float(digits="Product Unit")

    @api.depends("warehouse_id")
    def _compute_location_id(self):
        for entry in self:
            entry.location_id = entry.warehouse_id.lot_stock_id

    @api.constrains("lines", "largest", "returned")
    def _check_not_negative(self):
        if any(min(entry.lines, entry.largest, entry.returned) < 0 for entry in self):
            raise ValidationError(
                self.env._(
                    "Order lines, largest line and returned quantity must not be "
                    "negative."
                )
            )
