from __future__ import annotations

from datetime import date

from odoo import api, models

from .jxc_export import Column

#: parameter -> kind of column in a file
KINDS = {
    "abc_class": "text",
    "abc_until": "date",
    "least_order": "number",
    "pack": "number",
    "lead_days": "number",
    "least_stock": "number",
    "fill_floor": "percent",
    "order_cost": "money",
    "holding_rate": "percent",
    "max_cover_days": "number",
    "shelf_life_days": "number",
}
#: what stands in the template's example row
EXAMPLES = {
    "abc_class": "A",
    "abc_until": date(2027, 12, 31),
    "least_order": 100,
    "pack": 50,
    "lead_days": 14,
    "least_stock": 20,
    "fill_floor": 0.98,
    "order_cost": 15,
    "holding_rate": 0.2,
    "max_cover_days": 90,
    "shelf_life_days": 180,
}


class JxcArticle(models.Model):
    """Article parameters for Excel, under names that an import recognises again."""

    _inherit = "jxc.article"

    def action_export(self):
        """The selected parameters as an .xlsx that can be imported again."""
        self.check_access("read")
        export = self.env["jxc.export"]
        title = self.env._("Article Parameters")
        note = self.env._(
            "Change what you like in the yellow columns and bring the file back by "
            "Inventory › Configuration › Import from Excel, kind Article Parameters. "
            "You see every difference before it counts. An empty cell leaves the value "
            "as it is, 0 takes it away."
        )
        return export._download(
            title, export._workbook(title, self._parameter_columns(self), note)
        )

    @api.model
    def _parameter_columns(self, records=None) -> list[Column]:
        """The columns of a list of parameters.

        :param records: what to list; without, one row of examples
        """
        _ = self.env._
        labels = {
            "abc_class": _("ABC Class"),
            "abc_until": _("Class Until"),
            "least_order": _("Minimum Order Quantity"),
            "pack": _("Order Multiple"),
            "lead_days": _("Lead Time Days"),
            "least_stock": _("Minimum Stock"),
            "fill_floor": _("Service Level"),
            "order_cost": _("Order Cost"),
            "holding_rate": _("Holding Rate"),
            "max_cover_days": _("Largest Cover"),
            "shelf_life_days": _("Shelf Life"),
        }
        if records is None:
            article = ["A-1001"], [_("Pen")], [None]
        else:
            article = (
                [record.product_id.default_code for record in records],
                [record.product_id.display_name for record in records],
                [record.warehouse_id.name for record in records],
            )
        helps = (
            _("Internal reference, barcode or the vendor's code of the article."),
            _("Only needed where there is no code."),
            _("Name or code. Empty: all warehouses."),
        )
        names = _("Item Code"), _("Product Name"), _("Warehouse")
        return [
            *map(Column, names, helps, article),
            *(
                Column(
                    labels[name],
                    self._fields[name]._description_help(self.env) or "",
                    [EXAMPLES[name]]
                    if records is None
                    else [record[name] or None for record in records],
                    kind,
                    editable=True,
                )
                for name, kind in KINDS.items()
            ),
        ]
