from odoo import api, fields, models

from ..spreadsheet import MEANINGS

#: key in spreadsheet.MEANINGS -> label
LABELS = {
    "code": "Article Code",
    "barcode": "Barcode",
    "name": "Article Name",
    "specification": "Specification",
    "vendor_code": "Vendor's Code",
    "unit": "Unit",
    "quantity": "Quantity",
    "returned": "Returned Quantity",
    "cost": "Cost",
    "price": "Price",
    "amount": "Amount",
    "date": "Date",
    "document": "Document",
    "document_type": "Kind of Document",
    "state": "Status",
    "warehouse": "Warehouse",
    "vendor": "Vendor",
    "customer": "Customer",
    "minimum": "Minimum",
    "maximum": "Maximum",
    "decided": "Quantity to Order",
    "class": "Class",
    "date_to": "Until",
    "order_cost": "Order Cost",
    "holding_rate": "Holding Rate",
    "lead_time": "Lead Time",
    "minimum_order": "Minimum Order",
    "pack": "Order Multiple",
    "service_level": "Service Level",
    "max_cover": "Largest Cover",
    "shelf_life": "Shelf Life",
    "promotion": "Event",
    "increase": "Expected Change",
    "factor": "Factor",
    "note": "Reason",
}
#: what a file of each kind may hold besides what names the article
USED = {
    "sales": (
        "quantity", "returned", "unit", "cost", "price", "amount", "date", "document",
        "document_type", "state", "customer",
    ),
    "levels": ("minimum", "maximum", "decided"),
    "articles": (
        "class", "date_to", "order_cost", "holding_rate", "lead_time", "minimum_order",
        "pack", "service_level", "minimum", "max_cover", "shelf_life", "unit",
    ),
    "events": ("promotion", "date", "date_to", "increase", "factor"),
    "marks": ("date", "quantity", "unit", "note"),
}  # fmt: skip
NAMING = (
    "code", "barcode", "name", "specification", "vendor_code", "vendor", "warehouse",
)  # fmt: skip
assert set(LABELS) <= set(MEANINGS)


class JxcImportSheet(models.Model):
    """A sheet of the file, and whether its rows are taken."""

    _name = "jxc.import.sheet"
    _description = "Sheet of an Import"
    _order = "position"

    import_id = fields.Many2one("jxc.import", required=True, index=True,
                                ondelete="cascade")  # fmt: skip
    position = fields.Integer(readonly=True)
    name = fields.Char("Sheet", readonly=True)
    header_row = fields.Integer(readonly=True)
    row_count = fields.Integer("Rows", readonly=True)
    hidden = fields.Boolean(readonly=True)
    use = fields.Boolean("Take", default=True)


class JxcImportColumn(models.Model):
    """A column of the file: what stands in it, and what it means."""

    _name = "jxc.import.column"
    _description = "Column of an Import"
    _order = "position"

    import_id = fields.Many2one("jxc.import", required=True, index=True,
                                ondelete="cascade")  # fmt: skip
    position = fields.Integer(readonly=True)
    letter = fields.Char("Column", readonly=True)
    name = fields.Char("Header", readonly=True)
    samples = fields.Char("Examples", readonly=True)
    meaning = fields.Selection(
        list(LABELS.items()), help="Left out when nothing is chosen."
    )
    confidence = fields.Float(readonly=True, digits=(16, 2))
    fill_down = fields.Boolean(
        "Repeat Above",
        help="An empty cell stands for the one above it: for documents that are only "
        "named on their first line, and merged cells.",
    )


class JxcImportLayout(models.Model):
    """What people chose for a file with these columns, for the next one like it."""

    _name = "jxc.import.layout"
    _description = "Remembered Columns"

    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade"
    )
    kind = fields.Char(required=True)
    key = fields.Char(required=True)
    meanings = fields.Json(help="Header -> meaning, or null where it was left out.")

    _company_kind_key = models.UniqueIndex("(company_id, kind, key)")

    @api.model
    def _recall(self, company, kind, key):
        return self.search(
            [("company_id", "=", company.id), ("kind", "=", kind), ("key", "=", key)]
        ).meanings

    @api.model
    def _remember(self, company, kind, key, meanings):
        known = self.search(
            [("company_id", "=", company.id), ("kind", "=", kind), ("key", "=", key)]
        )
        if known:
            known.meanings = meanings
        else:
            self.create(
                {
                    "company_id": company.id,
                    "kind": kind,
                    "key": key,
                    "meanings": meanings,
                }
            )
