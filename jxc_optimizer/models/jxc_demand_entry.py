from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

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
        "stock.warehouse",
        required=True,
        default=lambda self: self.env["stock.warehouse"].search(
            [("company_id", "=", self.env.company.id)], limit=1
        ),
        index=True,
        ondelete="cascade",
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
    largest = fields.Float(
        "Largest Order Line",
        digits="Product Unit",
        help="Where nothing is said: the quantity of a single line.",
    )
    returned = fields.Float(digits="Product Unit")

    @api.depends("warehouse_id")
    def _compute_location_id(self):
        for entry in self:
            entry.location_id = entry.warehouse_id.lot_stock_id

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(
            values.get("source") == "import" for values in vals_list
        ):
            raise UserError(
                self.env._("Imported history comes from the import of a file.")
            )
        for values in vals_list:
            if "largest" not in values and values.get("lines", 1) == 1:
                values["largest"] = max(values.get("quantity") or 0, 0)
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_imported()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_imported(self):
        self._refuse_imported()

    def _refuse_imported(self):
        """A part of an import cannot be changed: it is undone as a whole."""
        if not self.env.su and "import" in self.mapped("source"):
            raise UserError(
                self.env._(
                    "This history comes from a file. Undo the import, or add an "
                    "adjustment."
                )
            )

    @api.constrains("lines", "largest", "returned")
    def _check_not_negative(self):
        if any(min(entry.lines, entry.largest, entry.returned) < 0 for entry in self):
            raise ValidationError(
                self.env._(
                    "Order lines, largest line and returned quantity must not be "
                    "negative."
                )
            )
