from __future__ import annotations

from odoo import models
from odoo.fields import Domain

from .jxc_asked_once import PARAMETER, kept, only_from
from .stock_warehouse_orderpoint_sets import KNOWN, OPEN

NONE = ("qty_to_order_manual", "in", [0, False])


class StockWarehouseOrderpoint(models.Model):
    """Opening Replenishment without a look at each product and rule."""

    _inherit = "stock.warehouse.orderpoint"

    def _get_orderpoint_products(self):
        """Products that can be short at all.

        Odoo adds up what each product has and expects, to find those that go below
        zero. Without a move to come and nothing below zero on hand none does.
        """
        products = super()._get_orderpoint_products()
        if kept(self) is None:
            return products
        booked = self.env["stock.move"].with_context(active_test=False)
        short = self.env["stock.quant"].with_context(active_test=False)
        chosen = Domain("product_id", "in", products._as_query(ordered=False))
        # sudo: only which products are looked at; Odoo adds up by itself
        some = {
            product.id
            for model, domain in (
                (booked, Domain("state", "in", OPEN)),
                (short, Domain("quantity", "<", 0)),
            )
            for [product] in model.sudo()._read_group(chosen & domain, ["product_id"])
        }
        return products.browse(number for number in products._ids if number in some)

    def _search_qty_to_order(self, operator, value):
        """As Odoo, in the database: it reads all rules for each search."""
        # sudo: see asked_once
        wanted = self.env["ir.config_parameter"].sudo().get_param(PARAMETER, "1")
        if wanted == "0" or not only_from(
            self, KNOWN, "_search_qty_to_order", "_compute_qty_to_order"
        ):
            return super()._search_qty_to_order(operator, value)
        manual = Domain("qty_to_order_manual", operator, value)
        computed = Domain("qty_to_order_computed", operator, value)
        return (manual & ~Domain(*NONE)) | (computed & Domain(*NONE))
