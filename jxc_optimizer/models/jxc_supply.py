from __future__ import annotations

import logging
from dataclasses import dataclass

import numpy as np

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .jxc_demand_copy import copy_rows
from .jxc_demand_matrix import find, pair_key

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Supply:
    """How n product × location pairs are valued, bought and replenished.

    Money in the company's currency, quantities in the product's unit.
    """

    unit_cost: np.ndarray
    vendor_id: np.ndarray  # 0 = none
    order_cost: np.ndarray
    lead_days: np.ndarray
    vendor_delay: np.ndarray  # the part of it that the vendor promises
    moq: np.ndarray
    multiple: np.ndarray  # 0 = none
    break_qty: np.ndarray  # [n, k] NaN where there is no tier
    break_price: np.ndarray
    on_hand: np.ndarray
    has_rule: np.ndarray  # a reordering rule stands on the location
    active: np.ndarray  # the product is not archived
    categ_id: np.ndarray  # 0 = none
    holding_rate: np.ndarray  # share of the value a year
    review_days: np.ndarray
    max_cover_days: np.ndarray  # that one order may last
    fill_floor: np.ndarray  # least share of the demand delivered at once; 0 = none
    least_stock: np.ndarray  # below which no minimum is suggested
    lead_set: np.ndarray  # lead time that people set, days; NaN = none
    abc_set: np.ndarray  # class that people chose, 0 = A; -1 = none


#: parameters of articles, where they are set: name -> that of the terms
_SET = {
    "order_cost": "order_cost",
    "holding_rate": "holding_rate",
    "review_days": "review_days",
    "fill_floor": "fill_floor",
    "least_stock": "least_stock",
    "lead_days": "lead_set",
}
#: Odoo lets negative ones pass: they count as none
_AMOUNTS = (
    "unit_cost", "order_cost", "lead_days", "vendor_delay", "moq", "multiple",
)  # fmt: skip
_RULE = {
    "product_id": "i4", "location_id": "i4", "route_id": "i4", "vendor_id": "i4",
    "multiple": "f8",
}  # fmt: skip


class JxcSupply(models.AbstractModel):
    """Reads cost, vendor, lead time and stock of many products at once."""

    _name = "jxc.supply"
    _description = "Supply Terms of Products"

    def _read(self, company, product_ids: np.ndarray, location_ids: np.ndarray):
        """Supply terms of the given pairs, aligned with them.

        The number of SQL statements does not depend on the number of products.
        """
        self.env.flush_all()
        products = self._read_products(company, product_ids)
        offers = self._read_offers(company, product_ids)
        rules, rule = self._read_rules(company, product_ids, location_ids)
        chosen = offers.choose(product_ids, rules["vendor_id"])
        days, buys, known = self._rule_delays(
            company, products, product_ids, location_ids, rules["route_id"]
        )
        chosen = np.where(buys & known, chosen, -1)
        bought = chosen >= 0
        some = np.where(bought, chosen, 0)

        def of_vendor(values: np.ndarray) -> np.ndarray:
            return np.where(bought, values[some], 0) if len(values) else np.zeros(count)

        count = len(product_ids)
        vendor_id = of_vendor(offers.partner_id).astype(int)
        vendor_delay = of_vendor(offers.delay).astype(float)
        tiers = offers.quantity.shape[1]
        broken = [
            np.where(bought[:, None], np.maximum(values[some], 0.0), np.nan)
            if len(values)
            else np.full((count, tiers), np.nan)
            for values in (offers.quantity, offers.price)
        ]
        row = np.searchsorted(products["product_id"], product_ids)
        cost = products["cost"][row]
        if tiers:
            first_price = np.nan_to_num(broken[1][:, 0])
            cost = np.where(cost == 0, first_price, cost)
        lead_days = np.where(bought, days + vendor_delay, days)
        lead_days = np.where(
            ~bought & (buys | ~known), company.jxc_default_lead_days, lead_days
        )
        multiple = of_vendor(offers.multiple).astype(float)
        multiple = np.where(rules["multiple"] > 0, rules["multiple"], multiple)
        terms = {
            "unit_cost": cost,
            "vendor_id": vendor_id,
            "order_cost": self._order_costs(company, vendor_id),
            "lead_days": lead_days,
            "vendor_delay": vendor_delay,
            "moq": of_vendor(offers.moq).astype(float),
            "multiple": multiple,
            "on_hand": self._read_on_hand(company, product_ids, location_ids),
            "has_rule": rule,
            "active": products["active"][row],
            "categ_id": products["categ_id"][row],
            "holding_rate": np.full(count, company.jxc_holding_rate, dtype=float),
            "review_days": np.full(count, company.jxc_review_days, dtype=float),
            "max_cover_days": np.full(count, company.jxc_max_cover_days, dtype=float),
            "fill_floor": np.zeros(count),
            "least_stock": np.zeros(count),
            "lead_set": np.full(count, np.nan),
            "abc_set": np.full(count, -1),
        }
        self._set_terms(company, terms, product_ids, location_ids)
        for name in _AMOUNTS:
            terms[name] = np.maximum(terms[name], 0.0)
        return Supply(**terms, break_qty=broken[0], break_price=broken[1])

    def _set_terms(self, company, terms: dict, product_ids, location_ids) -> None:
        """Replace terms by what people set for an article."""
        articles = self.env["jxc.article"]._read_terms(
            company,
            product_ids,
            location_ids,
            self.env["jxc.demand.day"]._today(company),
        )
        for position, article in articles.items():
            for name, term in _SET.items():
                if name in article:
                    terms[term][position] = article[name]
            if "abc_class" in article:
                terms["abc_set"][position] = "ABC".find(article["abc_class"])
            terms["max_cover_days"][position] = min(
                article.get("max_cover_days", terms["max_cover_days"][position]),
                article.get("shelf_life_days", np.inf),
            )
            terms["moq"][position] = max(
                terms["moq"][position], article.get("least_order", 0.0)
            )
            terms["multiple"][position] = _pack(
                terms["multiple"][position], article.get("pack", 0.0)
            )

    def _order_costs(self, company, vendor_id: np.ndarray) -> np.ndarray:
        """Cost of an order line with each vendor [n]; 0 = nobody: the company's own."""
        vendors, place = np.unique(vendor_id, return_inverse=True)
        # sudo: a run reads what it needs, whoever starts it
        partners = self.env["res.partner"].sudo().with_company(company)
        own = company.jxc_order_cost
        costs = [
            (vendor and partners.browse(vendor).jxc_order_cost) or own
            for vendor in vendors.tolist()
        ]
        return np.array(costs, dtype=float)[place]

    def _read_products(self, company, product_ids: np.ndarray) -> dict:
        """Cost, activity, category and kind, ordered by ``product_id``; and ``kinds``,
        what Odoo chooses stock rules by: routes (own, of the category and its parents),
        whether it is sold by anybody, and of made products which it is."""
        rows = self.env.execute_query(
            SQL(
                """WITH inherited AS MATERIALIZED (
                        SELECT category.id, array_agg(link.route_id) AS routes
                          FROM product_category AS category
                          JOIN product_category AS parent
                            ON category.parent_path LIKE parent.parent_path || '%%'
                          JOIN stock_route_categ AS link ON link.categ_id = parent.id
                         GROUP BY category.id
                   )
                   SELECT product.id, product.active AND template.active,
                          COALESCE((product.standard_price->>%s)::float8, 0),
                          ARRAY(SELECT route_id FROM stock_route_product
                                 WHERE product_id = template.id)
                              || inherited.routes,
                          EXISTS (SELECT FROM product_supplierinfo
                                   WHERE product_tmpl_id = template.id),
                          template.id, COALESCE(template.categ_id, 0)
                     FROM product_product AS product
                    CROSS JOIN LATERAL (
                          SELECT * FROM product_template
                           WHERE id = product.product_tmpl_id OFFSET 0) AS template
                LEFT JOIN inherited ON inherited.id = template.categ_id
                    WHERE product.id = ANY(%s)
                    ORDER BY product.id""",
                str(company.id),
                np.unique(product_ids).tolist(),
            )
        )
        made, kinds, kind = self._made_templates(), {}, []
        for product_id, _active, _cost, routes, sold, template, _categ in rows:
            # made products have their own times
            ways = frozenset(routes)
            key = (ways, sold, product_id if template in made else 0)
            kind.append(kinds.setdefault(key, (len(kinds), product_id))[0])
        columns = list(zip(*rows, strict=True)) or [()] * 7
        return {
            "product_id": np.array(columns[0], dtype=int),
            "active": np.array(columns[1], dtype=bool),
            "cost": np.array(columns[2], dtype=float),
            "categ_id": np.array(columns[6], dtype=int),
            "kind": np.array(kind, dtype=int),
            "kinds": [product_id for _number, product_id in kinds.values()],
        }

    def _made_templates(self) -> set[int]:
        """Templates with a bill of materials, where the Manufacturing app is there."""
        if "mrp.bom" not in self.env:
            return set()
        boms = self.env["mrp.bom"].sudo()  # sudo: see _read_order_costs
        return set(boms.search([("type", "=", "normal")]).product_tmpl_id.ids)

    def _read_rules(self, company, product_ids: np.ndarray, location_ids: np.ndarray):
        """Reordering rules of the given pairs, and which pairs have one [n].

        :returns: route_id, vendor_id, multiple [n] each, 0 = none; bool [n]
        """
        rows = copy_rows(
            self.env.cr,
            SQL(
                """SELECT rule.product_id, rule.location_id,
                          COALESCE(rule.route_id, 0),
                          -- few rules have one, of either
                          COALESCE((SELECT partner_id FROM product_supplierinfo
                                     WHERE id = rule.supplier_id), 0),
                          CASE WHEN rule.replenishment_uom_id IS NOT NULL THEN (
                               SELECT CASE WHEN unit.id != own.id
                                           THEN unit.factor / own.factor ELSE 0 END
                                 FROM product_product AS product
                                 JOIN product_template AS template
                                   ON template.id = product.product_tmpl_id
                                 JOIN uom_uom AS own ON own.id = template.uom_id
                                 JOIN uom_uom AS unit
                                   ON unit.id = rule.replenishment_uom_id
                                WHERE product.id = rule.product_id)
                               ELSE 0 END::float8
                     FROM stock_warehouse_orderpoint AS rule
                    WHERE rule.company_id = %s AND rule.active
                      AND rule.product_id = ANY(%s)
                    ORDER BY rule.location_id, rule.product_id""",
                company.id,
                np.unique(product_ids).tolist(),
            ),
            _RULE,
        )
        place = find(
            pair_key(rows["location_id"], rows["product_id"]),
            pair_key(location_ids, product_ids),
        )
        found = {
            name: np.append(rows[name], 0)[place]
            for name in ("route_id", "vendor_id", "multiple")
        }
        return found, place >= 0

    def _rule_delays(self, company, products, product_ids, location_ids, route_ids):
        """Days of Odoo's stock rules that replenish each pair, whether they buy, and
        whether there are any: [n] each."""
        known = _RuleDelays(self.env, company, products["kinds"])
        kind = products["kind"][np.searchsorted(products["product_id"], product_ids)]
        ways, place = np.unique(
            np.column_stack([location_ids, route_ids, kind]).astype(int),
            axis=0,
            return_inverse=True,
        )
        found = [known[tuple(way)] for way in ways.tolist()]
        days = np.array([days or 0.0 for days, _buys in found], dtype=float)
        buys = np.array([buys for _days, buys in found], dtype=bool)
        some = np.array([days is not None for days, _buys in found], dtype=bool)
        place = place.reshape(-1)
        return days[place], buys[place], some[place]

    def _read_on_hand(
        self, company, product_ids: np.ndarray, location_ids: np.ndarray
    ) -> np.ndarray:
        """Stock of each location with all below it; of a warehouse's stock location
        the stock of the whole warehouse, since its demand is the warehouse's."""
        rows = copy_rows(
            self.env.cr,
            SQL(
                """SELECT quant.product_id, scope.id, SUM(quant.quantity)::float8
                     FROM stock_location AS scope
                LEFT JOIN stock_warehouse AS warehouse
                       ON warehouse.lot_stock_id = scope.id
                     JOIN stock_location AS top
                       ON top.id = COALESCE(warehouse.view_location_id, scope.id)
                     JOIN stock_location AS place
                       ON place.parent_path LIKE top.parent_path || '%%'
                      AND place.usage = 'internal'
                     JOIN stock_quant AS quant ON quant.location_id = place.id
                    WHERE scope.id = ANY(%s) AND quant.product_id = ANY(%s)
                      AND (quant.owner_id IS NULL OR quant.owner_id = %s)
                    GROUP BY scope.id, quant.product_id
                    ORDER BY scope.id, quant.product_id""",
                np.unique(location_ids).tolist(),
                np.unique(product_ids).tolist(),
                company.partner_id.id,
            ),
            {"product_id": "i4", "location_id": "i4", "quantity": "f8"},
        )
        place = find(
            pair_key(rows["location_id"], rows["product_id"]),
            pair_key(location_ids, product_ids),
        )
        return np.append(rows["quantity"].astype(float), 0.0)[place]


def _pack(unit: float, pack: float) -> float:
    """The multiple to order: of the vendor's unit, and of the pack where both go."""
    if not (unit and pack):
        return unit or pack
    return pack if abs(pack / unit - round(pack / unit)) < 1e-9 else unit


class _RuleDelays(dict):
    """(location, route, kind of product) -> (days, buys).

    Odoo decides by product which stock rules replenish a location, but only by its
    kind: its routes, whether it has price lists, and its bill of materials. So one
    product stands for all of a kind. Days are those of the rules and of preparing a
    purchase, without the vendor's; None when no rule replenishes the location.
    """

    def __init__(self, env, company, samples: list[int]):
        """:param samples: a product of each kind"""
        super().__init__()
        self.env = env
        self.company = company
        self.samples = samples

    def __missing__(self, key):
        location_id, route_id, kind = key
        # sudo: a run decides for the company, whoever starts it
        products = self.env["product.product"].sudo().with_company(self.company)
        product = products.browse(self.samples[kind])
        try:
            rules = product._get_rules_from_location(
                product.env["stock.location"].browse(location_id),
                route_ids=product.env["stock.route"].browse(route_id or []),
            )
        except UserError as error:  # routes that go in circles: as if there were none
            _logger.warning("%s: %s", product.display_name, error)
            rules = product.env["stock.rule"]
        if not rules:
            self[key] = None, False
        else:
            buys = "buy" in rules.mapped("action")
            delays, _description = rules.with_context(
                bypass_delay_description=True,
                bypass_global_horizon_days=True,
                ignore_vendor_lead_time=True,
            )._get_lead_days(product)
            unknown = delays["no_vendor_found_delay"] + delays["no_bom_found_delay"]
            self[key] = delays["total_delay"] - unknown, buys
        return self[key]
