from __future__ import annotations

import numpy as np

from odoo import models

from ..engine import fill_order

#: what a load is full of: of the vendor, and of a unit of a product
MEASURES = {"jxc_load_weight": "weight", "jxc_load_volume": "volume"}


class PurchaseOrder(models.Model):
    """Filling what the vendor sends to whole loads."""

    _inherit = "purchase.order"

    def _jxc_load_limits(self) -> dict[str, float]:
        """Measure of a product -> what a load takes of it; only those that count."""
        vendor = self.partner_id.with_company(self.company_id)
        limits = {
            measure: vendor[limit] or vendor.commercial_partner_id[limit]
            for limit, measure in MEASURES.items()
        }
        return {measure: limit for measure, limit in limits.items() if limit > 0}

    def _jxc_loads(self) -> list[float]:
        """How many loads the order is, by each measure that counts."""
        # sudo: whoever may read the order may know how full the lorry is
        order = self.sudo()
        return [
            sum(
                line.product_id[measure] * line.product_uom_qty
                for line in order.order_line
                if line.product_id
            )
            / limit
            for measure, limit in order._jxc_load_limits().items()
        ]

    def _jxc_fill_load(self, needs, ordered, quantity) -> np.ndarray:
        """Fill the last load that is needed anyway; an empty order needs none.

        :param ordered: [n] what is on the order
        :param quantity: [n] what will be, without the rest of the load
        """
        limits = self.sudo()._jxc_load_limits()
        if not limits or not quantity.any():
            return quantity
        # sudo: see _jxc_loads
        products = self.env["product.product"].sudo().browse(needs.product_ids)
        size = np.array([products.mapped(measure) for measure in limits], dtype=float)
        limit = np.array(list(limits.values()))
        aboard = np.array(self._jxc_loads()) * limit + size @ (quantity - ordered)
        loads = max(float(np.ceil(np.max(aboard / limit) - 1e-9)), 1.0)
        return fill_order.fill_load(
            quantity,
            needs.found.order_day,
            needs.missing,
            needs.available,
            needs.articles.per_day,
            needs.largest,
            needs.articles.moq,
            needs.pack,
            size,
            loads * limit - aboard,
        )
