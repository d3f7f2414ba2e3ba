from __future__ import annotations

import numpy as np

from odoo import fields, models
from odoo.tools import SQL


class JxcSalesPrice(models.AbstractModel):
    """Reads what products are sold for: the sales price of the product."""

    _name = "jxc.sales.price"
    _description = "Sales Prices of Products"

    def _read(self, company, product_ids: np.ndarray) -> np.ndarray:
        """Sales price [n] in the product's unit and the company's money; 0 = none.

        The list price with the extras of the variant. One statement, and one for each
        currency that prices are in.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT product.id, template.company_id,
                          COALESCE(template.list_price, 0)::float8
                          + COALESCE(extra.price, 0)::float8
                     FROM product_product product
                     JOIN product_template template
                       ON template.id = product.product_tmpl_id
                LEFT JOIN (SELECT choice.product_product_id, sum(price_extra) AS price
                             FROM product_variant_combination choice
                             JOIN product_template_attribute_value value
                               ON value.id = choice.product_template_attribute_value_id
                            GROUP BY choice.product_product_id) AS extra
                       ON extra.product_product_id = product.id
                    WHERE product.id = ANY (%s)""",
                np.unique(product_ids).tolist(),
            )
        )
        rates = self._rates(company, {owner for _id, owner, _price in rows})
        prices = {product: price * rates[owner] for product, owner, price in rows}
        return np.array(
            [prices.get(product, 0.0) for product in product_ids.tolist()], dtype=float
        )

    def _rates(self, company, owners: set) -> dict[int | None, float]:
        """Owner of a product -> what one unit of its prices is in the company's money.

        As Odoo has it: products of nobody have prices in the main company's currency.
        """
        # sudo: a product may belong to a parent company that the user does not see
        companies = self.env["res.company"].sudo()
        rates = {}
        for owner in owners:
            source = companies.browse(owner) if owner else companies._get_main_company()
            rates[owner] = self.env["res.currency"]._get_conversion_rate(
                source.currency_id, company.currency_id, company, fields.Date.today()
            )
        return rates
