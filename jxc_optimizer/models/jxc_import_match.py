from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

#: what a name can stand for
RECORDS = ("product_id", "warehouse_id", "uom_id", "partner_id")


class JxcImportMatch(models.Model):
    """A name as it stands in a file, and the record it stands for.

    ``choice`` is empty while somebody has to decide: the rows of such a name are
    left out and counted as errors.
    """

    _name = "jxc.import.match"
    _description = "Name in an Imported File"
    _order = "choice desc, rows desc, id"
    _rec_name = "text"

    import_id = fields.Many2one("jxc.import", required=True, index=True, readonly=True,
                                ondelete="cascade")  # fmt: skip
    company_id = fields.Many2one(related="import_id.company_id", store=True)
    kind = fields.Selection(
        [
            ("article", "Article"),
            ("warehouse", "Warehouse"),
            ("unit", "Unit"),
            ("vendor", "Vendor"),
            ("document", "Kind of Document"),
            ("state", "Status"),
        ],
        required=True,
        readonly=True,
    )
    key = fields.Char(required=True, readonly=True, index=True)
    text = fields.Char("In the File", readonly=True)
    name = fields.Char("Name in the File", readonly=True)
    unit = fields.Char("Unit in the File", readonly=True)
    barcode = fields.Char("Barcode in the File", readonly=True)
    vendor_code = fields.Char("Vendor's Code in the File", readonly=True)
    vendor = fields.Char("Vendor in the File", readonly=True)
    rows = fields.Integer(readonly=True)
    status = fields.Selection(
        [
            ("reference", "Same reference"),
            ("barcode", "Same barcode"),
            ("vendor_code", "Same vendor code"),
            ("name", "Same name"),
            ("remembered", "As chosen before"),
            ("chosen", "Chosen"),
            ("created", "Created by the import"),
            ("rule", "By rule"),
            ("proposed", "Similar: please confirm"),
            ("ambiguous", "Several fit"),
            ("unknown", "Not found"),
        ],
        "Found By",
        readonly=True,
    )
    choice = fields.Selection(
        [
            ("use", "Take"),
            ("return", "Take off"),
            ("create", "Create"),
            ("skip", "Leave out"),
        ],
        help="What happens with the rows of this name.",
    )
    product_id = fields.Many2one("product.product", ondelete="set null")
    warehouse_id = fields.Many2one("stock.warehouse", ondelete="cascade")
    uom_id = fields.Many2one("uom.uom", "Unit in Odoo", ondelete="cascade")
    partner_id = fields.Many2one("res.partner", "Vendor in Odoo", ondelete="cascade")
    proposal_id = fields.Many2one(
        "product.product", "Similar Article", readonly=True, ondelete="set null"
    )
    differs = fields.Boolean(
        "Other Name",
        readonly=True,
        help="The article goes by names that have nothing in common with the one in "
        "the file: perhaps the code was given to another article since.",
    )
    likeness = fields.Float(readonly=True, digits=(16, 2))

    _import_kind_key = models.UniqueIndex("(import_id, kind, key)")

    @api.constrains("kind", "choice")
    def _check_choice(self):
        for match in self:
            if match.choice == "return" and match.kind != "document":
                raise ValidationError(
                    self.env._("Only kinds of documents can be taken off.")
                )
            if match.choice == "create" and match.kind != "article":
                raise ValidationError(self.env._("Only articles can be created."))

    @api.onchange("product_id", "warehouse_id", "uom_id", "partner_id")
    def _onchange_record(self):
        for match in self:
            if any(match[name] for name in RECORDS):
                match.choice = "use"

    def write(self, vals):
        """Choosing a record means to take it; the check has to look again."""
        open_states = ("columns", "checking", "check")
        if any(match.import_id.state not in open_states for match in self):
            if not self.env.su:
                raise UserError(self.env._("This import is finished."))
        chosen = any(vals.get(name) for name in RECORDS)
        if chosen and "choice" not in vals:
            vals = {**vals, "choice": "use"}
        if "choice" in vals and "status" not in vals:
            vals = {**vals, "status": "chosen" if vals["choice"] else "unknown"}
        done = super().write(vals)
        if not self.env.su and {"choice", *RECORDS} & set(vals):
            for record in self.import_id.filtered(lambda r: r.state == "check"):
                record._judge()
        return done

    def action_accept(self):
        """Take the proposals of the selection."""
        for match in self.filtered("proposal_id"):
            match.write({"product_id": match.proposal_id.id, "choice": "use"})

    def action_use(self):
        """Take the rows of the selected units, kinds of documents and statuses."""
        self.filtered(
            lambda match: (
                match.kind in ("unit", "document", "state")
                or match.product_id
                or match.warehouse_id
            )
        ).write({"choice": "use"})

    def action_skip(self):
        """Leave the rows of the selected names out."""
        self.write({"choice": "skip"})

    def action_create_article(self):
        """Create the selected articles with the import."""
        self.filtered(lambda match: match.kind == "article").write({"choice": "create"})
