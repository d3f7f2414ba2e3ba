from __future__ import annotations

from math import ceil

from odoo import api, fields, models
from odoo.tools import float_round


def whole_packs(quantity: float, pack: float) -> float:
    """Whole packs; an error of the last digit is no reason for one more."""
    return pack * ceil(round(quantity / pack, 6)) if pack > 0 else quantity


class ProductProduct(models.Model):
    """The quantities that a vendor sells, for rules and for Purchase's Suggest."""

    _inherit = "product.product"

    def _jxc_vendor_minimum(self, vendor, date=None) -> float:
        """Smallest quantity of the vendor's valid prices, in the product's unit."""
        self.ensure_one()
        if not vendor:
            return 0.0
        return min(
            (
                offer.product_uom_id._compute_quantity(
                    offer.min_qty, self.uom_id, round=False
                )
                for offer in self._get_filtered_sellers(
                    partner_id=vendor, quantity=None, date=date
                )
            ),
            default=0.0,
        )

    def _jxc_vendor_quantity(self, quantity: float, vendor, date=None) -> float:
        """The first quantity from ``quantity`` up that the vendor sells.

        At least the minimum, in whole units of the price line that then applies;
        the quantity as it is where the vendor has no valid price line.
        """
        self.ensure_one()
        quantity = max(quantity, self._jxc_vendor_minimum(vendor, date))
        unit = self._select_seller(
            partner_id=vendor, quantity=quantity, date=date, uom_id=self.uom_id
        ).product_uom_id
        if not unit or unit == self.uom_id:
            return quantity
        packs = self.uom_id._compute_quantity(quantity, unit, round=False)
        packs = float_round(packs, precision_digits=0, rounding_method="UP")
        return unit._compute_quantity(packs, self.uom_id)

    @api.depends_context("partner_id", "order_id")
    def _compute_suggested_quantity(self):
        """Suggest what the order's vendor sells, not only what is missing."""
        res = super()._compute_suggested_quantity()
        vendor = self.env["res.partner"].browse(self.env.context.get("partner_id"))
        if not (vendor and self.env.context.get("suggest_based_on")):
            return res
        order = self.env["purchase.order"].browse(self.env.context.get("order_id"))
        company = order.company_id or self.env.company
        today = fields.Date.today()
        date = max(order.date_order.date(), today) if order.date_order else today
        warehouse = self.env["stock.warehouse"].browse(
            self.env.context.get("warehouse_id")
        )
        articles = self.env["jxc.article"]._order_terms(company, self, warehouse)
        wanted = self.filtered(lambda product: product.suggested_qty > 0)
        for product in wanted:
            least, pack = articles.get(product.id, (0.0, 0.0))
            quantity = product.with_company(company)._jxc_vendor_quantity(
                whole_packs(max(product.suggested_qty, least), pack), vendor, date
            )
            # Odoo suggests whole units
            product.suggested_qty = float_round(
                quantity, precision_digits=0, rounding_method="UP"
            )
        better = wanted._origin._jxc_price_breaks(
            company,
            warehouse or order.picking_type_id.warehouse_id,
            vendor,
            {product._origin.id: product.suggested_qty for product in wanted},
            without=order,
        )
        for product in wanted:
            if found := better.get(product._origin.id):
                product.suggested_qty = found["quantity"]
        # whoever orders what is suggested says so on the lines
        self.env.context.get("jxc_better", {}).update(better)
        return res
