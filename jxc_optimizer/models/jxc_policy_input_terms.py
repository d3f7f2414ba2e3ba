"""The parts of a product's digest that are its terms: bought and stocked how."""

from __future__ import annotations

from datetime import date, timedelta

from odoo import models
from odoo.tools import SQL

from .jxc_own_week import week_end_sql

#: what a run reads of a reordering rule, of which it writes the other columns
RULE = (
    "id", "active", "location_id", "route_id", "supplier_id", "replenishment_uom_id",
    "trigger", "product_min_qty", "product_max_qty", "jxc_mode",
)  # fmt: skip


class JxcPolicyInput(models.Model):
    _inherit = "jxc.policy.input"

    def _terms(self, company, today: date) -> list[SQL]:
        """product_id, digest of what decides how products are bought and stocked."""
        known = {"company": company.id, "key": str(company.id), "today": today}
        parts = [
            SQL(
                """SELECT product.id, hash_record_extended(ROW(
                          product.active, template.active, template.id,
                          product.standard_price->>%(key)s, template.categ_id,
                          template.uom_id, template.list_price, template.company_id), 4)
                     FROM product_product product
                     JOIN product_template template
                       ON template.id = product.product_tmpl_id""",
                **known,
            ),
            SQL(
                """SELECT choice.product_product_id, hash_record_extended(ROW(
                          value.id, value.price_extra), 5)
                     FROM product_variant_combination choice
                     JOIN product_template_attribute_value value
                       ON value.id = choice.product_template_attribute_value_id
                    WHERE value.price_extra != 0"""
            ),
            SQL(
                """SELECT product.id, hash_record_extended(ROW(
                          seller.id, seller.partner_id, seller.product_id,
                          seller.sequence, seller.delay, seller.min_qty, seller.price,
                          seller.discount, seller.currency_id, seller.product_uom_id,
                          COALESCE(seller.date_start <= %(today)s, true)
                          AND COALESCE(seller.date_end >= %(today)s, true),
                          partner.active, partner.commercial_partner_id,
                          partner.country_id, partner.jxc_order_cost->>%(key)s,
                          CASE WHEN seller.currency_id != %(currency)s
                               THEN %(rate)s END), 6)
                     FROM product_supplierinfo seller
                     JOIN res_partner partner ON partner.id = seller.partner_id
                     JOIN product_product product
                       ON product.product_tmpl_id = seller.product_tmpl_id
                    WHERE seller.company_id IS NULL OR seller.company_id = %(company)s
                """,
                **known,
                currency=company.currency_id.id,
                rate=SQL(
                    """(SELECT hash_record_extended(ROW(id, rate), 0)
                          FROM res_currency_rate
                         WHERE currency_id = seller.currency_id
                           AND (company_id IS NULL OR company_id = %(company)s)
                           AND name <= %(last)s + 1
                         ORDER BY company_id, name DESC LIMIT 1)""",
                    company=company.id,
                    last=week_end_sql(SQL("product.id"), today - timedelta(days=1)),
                ),
            ),
            SQL(
                """SELECT product.id, hashint8extended(link.route_id, 7)
                     FROM stock_route_product link
                     JOIN product_product product
                       ON product.product_tmpl_id = link.product_id"""
            ),
            SQL(
                """SELECT product_id, hash_record_extended(ROW(%s), 8)
                     FROM stock_warehouse_orderpoint WHERE company_id = %s""",
                SQL(", ").join(map(SQL.identifier, RULE)),
                company.id,
            ),
            SQL(
                """SELECT product_id, hash_record_extended(ROW(
                          id, xmin::text, COALESCE(abc_until >= %(today)s, true)), 9)
                     FROM jxc_article WHERE company_id = %(company)s""",
                **known,
            ),
            # What a class asks for counts by the class of the run before.
            SQL(
                """SELECT policy.product_id, hash_record_extended(ROW(
                          policy.location_id, cell.fill_floor, cell.review_days), 10)
                     FROM jxc_policy policy
                     JOIN jxc_cell cell ON cell.company_id = policy.company_id
                      AND cell.abc_class = policy.abc_class
                      AND cell.xyz_class = policy.xyz_class
                      AND (cell.fill_floor > 0 OR cell.review_days > 0)
                    WHERE policy.company_id = %(company)s""",
                **known,
            ),
        ]
        if "mrp.bom" in self.env:
            parts.append(
                SQL(
                    """SELECT product.id, hash_record_extended(ROW(
                              bom.id, bom.xmin::text), 11)
                         FROM mrp_bom bom
                         JOIN product_product product
                           ON product.product_tmpl_id = bom.product_tmpl_id"""
                )
            )
        return parts
