from __future__ import annotations

from dataclasses import replace

from odoo import models

#: figure -> kind of column
COLUMNS = {
    "month": "date",
    "last_day": "date",
    "warehouse_id": "text",
    "categ_id": "text",
    "abc_class": "text",
    "xyz_class": "text",
    "articles": "number",
    "stock_value": "money",
    "average_value": "money",
    "cogs": "money",
    "turns": "number",
    "inventory_days": "number",
    "margin": "money",
    "gmroi": "number",
    "demand_lines": "number",
    "article_days": "number",
    "stockout_days": "number",
    "availability": "percent",
    "due_lines": "number",
    "filled_lines": "number",
    "estimated_lines": "number",
    "fill_lines": "percent",
    "fill_units": "percent",
    "fill_value": "percent",
    "purchase_lines": "number",
    "purchase_orders": "number",
    "wape": "percent",
    "dead_value": "money",
    "excess_value": "money",
}
#: ratio -> what it is divided by; without it the cell stays empty
BASIS = {
    "turns": "value_days",
    "inventory_days": "cogs",
    "gmroi": "priced_value_days",
    "wape": "forecast_sold",
    "fill_lines": "due_lines",
    "fill_units": "due_units",
    "fill_value": "due_value",
    "availability": "article_days",
}


class JxcKpi(models.Model):
    _inherit = "jxc.kpi"

    def action_export(self):
        """The selected key figures as an .xlsx."""
        self.check_access("read")
        export = self.env["jxc.export"]
        title = self.env["ir.model"]._get(self._name).name
        columns = []
        for name, kind in COLUMNS.items():
            column = export._field_column(self, name, kind)
            if name in BASIS:
                values = [
                    value if record[BASIS[name]] > 0 else None
                    for value, record in zip(column.values, self, strict=True)
                ]
                column = replace(column, values=values)
            columns.append(column)
        note = self.env._(
            "One row per month, warehouse, category and class. Ratios of several rows "
            "are the ratios of their sums, never averages: turns are the cost of goods "
            "sold in a year by the average value."
        )
        return export._download(title, export._workbook(title, columns, note))
