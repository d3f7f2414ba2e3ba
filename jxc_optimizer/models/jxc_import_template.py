from __future__ import annotations

from datetime import date

from odoo import models

from .jxc_export import Column


class JxcImport(models.Model):
    """Files to fill in, for those whose program exports nothing that fits."""

    _inherit = "jxc.import"

    def action_download_template(self):
        """An empty file of the chosen kind, with the columns explained."""
        self.ensure_one()
        self.check_access("read")
        return self._download_template(self.kind)

    def _download_template(self, kind):
        export = self.env["jxc.export"]
        title = dict(self._fields["kind"]._description_selection(self.env))[kind]
        return export._download(
            title, export._workbook(title, self._template_columns(kind))
        )

    def _template_columns(self, kind) -> list[Column]:
        """Columns with an example, under names that are recognised again."""
        _ = self.env._
        article = [
            Column(
                _("Item Code"),
                _("Internal reference, barcode or the vendor's code of the article."),
                ["A-1001"],
            ),
            Column(
                _("Product Name"), _("Only needed where there is no code."), [_("Pen")]
            ),
        ]
        place = [
            Column(
                _("Warehouse"),
                _("Name or code. Empty: the warehouse you choose in the import."),
                [self.env["stock.warehouse"].search([], limit=1).name or "WH"],
            )
        ]
        if kind == "articles":
            return self.env["jxc.article"]._parameter_columns()
        if kind == "events":
            return [
                Column(_("Event"), _("Its name."), [_("Spring Sale")]),
                Column(
                    _("First Day"), _("The day it begins."), [date(2027, 3, 1)], "date"
                ),
                Column(_("End Date"), _("Its last day."), [date(2027, 3, 7)], "date"),
                *article,
                Column(
                    _("Expected Change"),
                    _("Of the demand on these days; negative where less is sold."),
                    [0.3],
                    "percent",
                ),
                Column(place[0].name, _("Empty: all warehouses."), place[0].values),
            ]
        if kind == "marks":
            return [
                Column(
                    _("Document Date"), _("The day of the demand."),
                    [date(2024, 3, 5)], "date",
                ),
                *article,
                Column(
                    _("Unit of Measure"), _("Empty: the unit of the article."), ["kg"],
                ),
                Column(
                    _("Quantity"), _("The part that will not come again."), [500],
                    "number",
                ),
                *place,
                Column(_("Reason"), _("May stay empty."), [_("Project")]),
            ]  # fmt: skip
        if kind == "levels":
            return [
                *article,
                *place,
                Column(
                    _("Minimum Stock"), _("Order when the stock is below."), [20],
                    "number",
                ),
                Column(_("Maximum Stock"), _("Order up to this."), [60], "number"),
                Column(
                    _("Decided Quantity"),
                    _("How much to order now; may stay empty."),
                    [40],
                    "number",
                ),
            ]  # fmt: skip
        return [
            Column(
                _("Document Date"),
                _("The day of the sale."),
                [date(2024, 3, 5)],
                "date",
            ),
            Column(
                _("Document Number"),
                _("May stay empty; with it the same sale is never counted twice."),
                ["SO-0001"],
            ),
            *article,
            Column(_("Unit of Measure"), _("Empty: the unit of the article."), ["kg"]),
            Column(
                _("Sold Quantity"),
                _("Negative where goods came back."),
                [12],
                "number",
            ),
            *place,
        ]
