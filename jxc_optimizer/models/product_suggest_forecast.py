from __future__ import annotations

import numpy as np

from odoo import api, models

#: the choice in Suggest, beside Odoo's own periods
FORECAST = "jxc_forecast"
DAYS_PER_MONTH = 365.25 / 12


class ProductProduct(models.Model):
    """Our forecast as a choice of Purchase's Suggest.

    Suggested is what lets the stock last for the chosen days after the goods have
    come, with the safety stock left: lead time, what is coming, what is booked and
    planned events are in it. Minimum and packs are seen to in
    product_vendor_quantity.py.
    """

    _inherit = "product.product"

    def _jxc_suggest_needs(self):
        context = self.env.context
        order = self.env["purchase.order"].browse(context.get("order_id"))
        company = order.company_id or self.env.company
        warehouse = (
            self.env["stock.warehouse"].browse(context.get("warehouse_id"))
            or order.picking_type_id.warehouse_id
            or self.env["stock.warehouse"].search(
                [("company_id", "=", company.id)], limit=1
            )
        )
        # sudo: as in Odoo's Suggest, figures are for whoever may see the product
        return (
            self.env["jxc.projection"]
            .sudo()
            ._needs(company, self._origin, warehouse, without=order)
        )

    @api.depends_context("suggest_based_on", "warehouse_id", "order_id")
    def _compute_monthly_demand(self):
        if self.env.context.get("suggest_based_on") != FORECAST:
            return super()._compute_monthly_demand()
        needs = self._jxc_suggest_needs()
        rows = needs.rows
        for product in self:
            row = rows.get(product._origin.id)
            per_day = 0.0 if row is None else float(needs.articles.per_day[row])
            product.monthly_demand = per_day * DAYS_PER_MONTH
        return None

    @api.depends_context("order_id")
    def _compute_suggested_quantity(self):
        context = self.env.context
        if context.get("suggest_based_on") != FORECAST:
            return super()._compute_suggested_quantity()
        needs = self._jxc_suggest_needs()
        a, rows = needs.articles, needs.rows
        # until the goods come, and the chosen days after that
        days = a.lead_days + context.get("suggest_days", 0)
        share = context.get("suggest_percent", 100) / 100
        last = np.minimum(np.ceil(days), needs.stock.shape[1] - 1).astype(int)
        left = needs.stock[np.arange(len(last)), last]
        wanted = a.buffer - left + (share - 1) * a.per_day * days
        for product in self:
            row = rows.get(product._origin.id)
            known = row is not None and a.per_day[row] > 0
            quantity = float(wanted[row]) if known else 0.0
            product.suggested_qty = max(int(np.ceil(round(quantity, 6))), 0)
        return None
