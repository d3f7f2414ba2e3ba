from __future__ import annotations

from odoo import models
from odoo.exceptions import AccessError

from .jxc_export import Column


class StockWarehouseOrderpoint(models.Model):
    """Suggestions for Excel, to be decided there and brought back."""

    _inherit = "stock.warehouse.orderpoint"

    def action_jxc_export(self):
        """The selected rules with their suggestions as an .xlsx."""
        self.check_access("read")
        if not self.env.user.has_group("jxc_optimizer.group_buyer"):
            raise AccessError(self.env._("Only buyers can export suggestions."))
        export = self.env["jxc.export"]
        title = self.env._("Suggestions")
        return export._download(
            title,
            export._workbook(
                title, self._jxc_export_columns(), self._jxc_export_note()
            ),
        )

    def _jxc_export_note(self) -> str:
        return self.env._(
            "Change what you like in the yellow columns, delete rows you do not want "
            "to decide, and bring the file back by Inventory › Configuration › Import "
            "from Excel, kind Minimum, Maximum and Quantity to Order. You see every "
            "difference before it counts. An empty cell leaves the value as it is."
        )

    def _jxc_export_columns(self) -> list[Column]:
        """What the reader recognises again, in English and in Chinese."""
        _ = self.env._
        export = self.env["jxc.export"]
        manual = [rule.trigger == "manual" for rule in self]
        return [
            Column(
                _("Item Code"),
                _("Internal reference."),
                self.product_id and [rule.product_id.default_code for rule in self],
            ),
            Column(
                _("Product Name"), "", [rule.product_id.display_name for rule in self]
            ),
            Column(_("Warehouse"), "", [rule.warehouse_id.name for rule in self]),
            Column(_("Unit"), "", [rule.product_uom_name for rule in self]),
            export._field_column(self, "jxc_class"),
            export._field_column(self, "jxc_vendor_id"),
            Column(
                _("Stock On Hand"), "", [rule.qty_on_hand for rule in self], "number"
            ),
            Column(_("Forecast"), "", [rule.qty_forecast for rule in self], "number"),
            Column(
                _("Present Minimum"),
                "",
                [rule.product_min_qty for rule in self],
                "number",
            ),
            Column(
                _("Present Maximum"),
                "",
                [rule.product_max_qty for rule in self],
                "number",
            ),
            Column(
                _("Minimum Stock"),
                _("The suggestion where there is one; change it as you like."),
                [rule._jxc_level("min") for rule in self],
                "number",
                editable=True,
            ),
            Column(
                _("Maximum Stock"),
                _("The suggestion where there is one; change it as you like."),
                [rule._jxc_level("max") for rule in self],
                "number",
                editable=True,
            ),
            Column(
                _("Decided Quantity"),
                _(
                    "How much to order now, for manual rules; 0 leaves the article out "
                    "until tomorrow. Automatic rules decide by themselves."
                ),
                [
                    rule.qty_to_order if by_hand else None
                    for rule, by_hand in zip(self, manual, strict=True)
                ],
                "number",
                editable=True,
            ),
            export._field_column(self, "jxc_safety_stock", "number"),
            export._field_column(self, "jxc_eoq", "number"),
            export._field_column(self, "jxc_cover_days", "number"),
            Column(_("Reasons"), "", [rule._jxc_reason_text() for rule in self]),
        ]

    def _jxc_level(self, which: str) -> float:
        self.ensure_one()
        if self.jxc_note == "suggested":
            return self[f"jxc_suggested_{which}"]
        return self[f"product_{which}_qty"]

    def _jxc_reason_text(self) -> str:
        """The explanation of the suggestion on one line."""
        explained = self._jxc_explain()
        sums = [
            f"{total['label']} {total['total']}: "
            + " ".join(f"{term['value']} {term['label']}" for term in total["terms"])
            for total in explained["sums"]
        ]
        return "; ".join(sums) or explained.get("message", "")
