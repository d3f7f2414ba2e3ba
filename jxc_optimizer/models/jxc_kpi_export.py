from __future__ import annotations

from dateutil.relativedelta import relativedelta

from odoo import models

#: field -> kind of column
EXPORTED = {
    "month": "date",
    "last_day": "date",
    "company_id": "text",
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
    "purchase_lines": "number",
    "purchase_orders": "number",
    "dead_value": "money",
    "excess_value": "money",
}
#: months without a selection
MONTHS = 12


class JxcKpi(models.Model):
    """Key figures for Excel."""

    _inherit = "jxc.kpi"

    def action_export(self):
        """The selected rows as an .xlsx, or those of the last twelve months."""
        self.check_access("read")
        rows = self or self._latest()
        return self.env["jxc.export"]._export(rows, EXPORTED)

    def _latest(self):
        [[latest]] = self._read_group([], [], ["month:max"])
        if not latest:
            return self
        since = latest - relativedelta(months=MONTHS - 1)
        return self.search([("month", ">=", since)])
