"""Odoo's ids of what the journal calls 0, 1, 2 …"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Places:
    """Records the history refers to, each sequence indexed as in the journal.

    products are product.product in one unit of measure with their standard price;
    customers and vendors are res.partner, warehouses stock.warehouse in one step.
    """

    company: object
    user: object
    warehouses: object
    products: object
    customers: np.ndarray
    vendors: np.ndarray

    @property
    def env(self):
        return self.company.env

    @property
    def supplier_location(self):
        return self.env.ref("stock.stock_location_suppliers")

    @property
    def customer_location(self):
        return self.env.ref("stock.stock_location_customers")

    @property
    def inventory_location(self):
        product = self.products[:1].with_company(self.company)
        return product.property_stock_inventory
