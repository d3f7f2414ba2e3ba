from __future__ import annotations

import numpy as np

from odoo import api, fields, models
from odoo.tools import SQL

from .jxc_policy import ABC_CLASSES

#: parameters in the product's unit, in days, in the company's money, as a share
QUANTITIES = ("least_order", "pack", "least_stock")
DAYS = ("lead_days", "max_cover_days", "shelf_life_days")
MONEY = ("order_cost",)
SHARES = ("holding_rate", "fill_floor")
NUMBERS = (*QUANTITIES, *DAYS, *MONEY, *SHARES)
#: the class somebody chose, and how long it counts
CHOSEN_CLASS = ("abc_class", "abc_until")


class JxcArticle(models.Model):
    """What people know about an article that neither moves nor vendors tell.

    An empty value leaves what the runs find out. A row without warehouse holds for
    all warehouses of the company; what a row with one says goes before it.
    """

    _name = "jxc.article"
    _description = "Article Parameters"
    _order = "product_id, warehouse_id, id"
    _rec_name = "product_id"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    product_id = fields.Many2one(
        "product.product",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
        domain="[('is_storable', '=', True)]",
    )
    uom_id = fields.Many2one(related="product_id.uom_id")
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        help="Empty: all warehouses of the company.",
    )
    abc_class = fields.Selection(
        ABC_CLASSES, "Class", help="Instead of the computed class."
    )
    abc_until = fields.Date(
        "Class Until", help="The last day of the chosen class. Empty: no end."
    )
    order_cost = fields.Monetary(
        help="Cost of ordering this article once, instead of the vendor's or the "
        "company's. 0: those count."
    )
    holding_rate = fields.Float(
        digits=(16, 4),
        help="What keeping stock costs a year, as a share of its value, instead of the "
        "company's. 0: that counts.",
    )
    lead_days = fields.Float(
        "Lead Time",
        digits=(16, 1),
        help="Days from the order to the receipt, instead of the measured or promised "
        "ones. 0: those count.",
    )
    least_order = fields.Float(
        "Minimum Order",
        digits="Product Unit",
        help="Never order less. The larger of it and the vendor's minimum counts.",
    )
    pack = fields.Float(
        "Order Multiple",
        digits="Product Unit",
        help="Order whole multiples. Where the vendor sells in a unit of its own, "
        "whole units of it are ordered too.",
    )
    fill_floor = fields.Float(
        "Service at Least",
        digits=(16, 4),
        help="Share of the demand to be delivered at once, whatever the target for the "
        "whole assortment says. 0: that of its class.",
    )
    least_stock = fields.Float(
        "Least Minimum",
        digits="Product Unit",
        help="The suggested minimum is never below.",
    )
    max_cover_days = fields.Integer(
        "Largest Cover",
        help="Days of demand that one order may last at most. 0: the company's.",
    )
    shelf_life_days = fields.Integer(
        "Shelf Life", help="Days; an order never lasts longer. 0: no limit."
    )
    note = fields.Char("Reason")

    _scope = models.UniqueIndex(
        "(company_id, product_id, COALESCE(warehouse_id, 0))",
        "This article has parameters for this warehouse already.",
    )
    _not_negative = models.Constraint(
        "CHECK (order_cost >= 0 AND holding_rate >= 0 AND lead_days >= 0 AND "
        "least_order >= 0 AND pack >= 0 AND least_stock >= 0 AND "
        "max_cover_days >= 0 AND shelf_life_days >= 0)",
        "Parameters cannot be below 0.",
    )
    _service_below_one = models.Constraint(
        "CHECK (fill_floor >= 0 AND fill_floor < 1)",
        "The least service must be 0 to below 100 %.",
    )

    @api.model
    def _read_terms(
        self, company, product_ids: np.ndarray, location_ids: np.ndarray, today
    ) -> dict[int, dict]:
        """What is set for product × location pairs, by their position.

        Only what is set: a parameter of the warehouse goes before that of the
        article, a floor of service of the article before that of its class. Two
        statements at most.
        """
        self.flush_model()
        self.env["jxc.cell"].flush_model()
        [[any_set]] = self.env.execute_query(
            SQL(
                """SELECT EXISTS (SELECT FROM jxc_article
                                   WHERE company_id = %(company)s)
                       OR EXISTS (SELECT FROM jxc_cell
                                   WHERE company_id = %(company)s
                                     AND (fill_floor > 0 OR review_days > 0))""",
                company=company.id,
            )
        )
        if not any_set:
            return {}
        names = [*NUMBERS, "abc_class"]
        chosen = SQL(", ").join(
            SQL(
                "COALESCE(NULLIF(%s, 0), NULLIF(%s, 0))::float8",
                SQL.identifier("here", name),
                SQL.identifier("wide", name),
            )
            for name in NUMBERS
        )
        rows = self.env.execute_query(
            SQL(
                """SELECT pair.position, %(chosen)s,
                          COALESCE(CASE WHEN COALESCE(here.abc_until, %(today)s)
                                             >= %(today)s THEN here.abc_class END,
                                   CASE WHEN COALESCE(wide.abc_until, %(today)s)
                                             >= %(today)s THEN wide.abc_class END),
                          NULLIF(cell.fill_floor, 0)::float8,
                          NULLIF(cell.review_days, 0)
                     FROM unnest(%(products)s::int[], %(locations)s::int[])
                          WITH ORDINALITY AS pair (product_id, location_id, position)
                     JOIN stock_location place ON place.id = pair.location_id
                LEFT JOIN jxc_article wide
                       ON wide.product_id = pair.product_id
                      AND wide.company_id = %(company)s AND wide.warehouse_id IS NULL
                LEFT JOIN jxc_article here
                       ON here.product_id = pair.product_id
                      AND here.company_id = %(company)s
                      AND here.warehouse_id = place.warehouse_id
                LEFT JOIN jxc_policy policy
                       ON policy.product_id = pair.product_id
                      AND policy.location_id = pair.location_id
                LEFT JOIN jxc_cell cell
                       ON cell.company_id = %(company)s
                      AND cell.abc_class = policy.abc_class
                      AND cell.xyz_class = policy.xyz_class
                      AND (cell.fill_floor > 0 OR cell.review_days > 0)
                    WHERE wide.id IS NOT NULL OR here.id IS NOT NULL
                       OR cell.id IS NOT NULL""",
                chosen=chosen,
                today=today,
                products=product_ids.tolist(),
                locations=location_ids.tolist(),
                company=company.id,
            )
        )
        terms = {}
        for position, *values, class_floor, review_days in rows:
            found = dict(zip(names, values, strict=True))
            found["fill_floor"] = found["fill_floor"] or class_floor
            found["review_days"] = review_days
            terms[position - 1] = {
                name: value for name, value in found.items() if value is not None
            }
        return terms

    @api.model
    def _order_terms(self, company, products, warehouse) -> dict[int, tuple]:
        """Product id -> (least order, pack) of the products that have either."""
        rows = self.sudo().search_read(  # sudo: what is ordered is right for everybody
            [
                ("company_id", "=", company.id),
                ("product_id", "in", products.ids),
                ("warehouse_id", "in", [False, warehouse.id]),
                "|",
                ("least_order", ">", 0),
                ("pack", ">", 0),
            ],
            ["product_id", "warehouse_id", "least_order", "pack"],
            load=None,
        )
        terms = {}
        for row in sorted(rows, key=lambda row: bool(row["warehouse_id"])):
            least, pack = terms.get(row["product_id"], (0.0, 0.0))
            terms[row["product_id"]] = (
                row["least_order"] or least,
                row["pack"] or pack,
            )
        return terms

    @api.model_create_multi
    def create(self, vals_list):
        articles = super().create(vals_list)
        self._forget_order_units()
        return articles

    def write(self, vals):
        done = super().write(vals)
        self._forget_order_units()
        return done

    def unlink(self):
        done = super().unlink()
        self._forget_order_units()
        return done

    def _forget_order_units(self):
        rules = self.env["stock.warehouse.orderpoint"]
        rules.invalidate_model(["jxc_least_order", "jxc_pack"], flush=False)
