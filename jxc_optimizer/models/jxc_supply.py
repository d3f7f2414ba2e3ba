from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

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


@dataclass(frozen=True)
class _Vendor:
    partner_id: int
    delay: float
    moq: float
    multiple: float
    tiers: list[tuple[float, float]]  # quantity, price


_NOBODY = _Vendor(0, 0.0, 0.0, 0.0, [])

#: what is found for each pair, in this order; numbers unless said otherwise
_TERMS = (
    "unit_cost", "vendor_id", "order_cost", "lead_days", "vendor_delay", "moq",
    "multiple", "on_hand", "has_rule", "active", "categ_id", "holding_rate",
    "review_days", "max_cover_days", "fill_floor", "least_stock", "lead_set", "abc_set",
)  # fmt: skip
_KINDS = dict.fromkeys(("vendor_id", "categ_id", "abc_set"), int)
_KINDS |= {"has_rule": bool, "active": bool}
#: Odoo lets negative ones pass: they count as none
_AMOUNTS = (
    "unit_cost", "order_cost", "lead_days", "vendor_delay", "moq", "multiple",
)  # fmt: skip


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
        vendors = self._read_vendors(company, product_ids)
        rules = self._read_rules(company, product_ids)
        on_hand = self._read_on_hand(company, product_ids, location_ids)
        order_costs = self._read_order_costs(company, vendors)
        rule_delay = _RuleDelays(self.env, company, products)
        articles = self.env["jxc.article"]._read_terms(
            company,
            product_ids,
            location_ids,
            self.env["jxc.demand.day"]._today(company),
        )
        # asked for once: a field of a record is dear to read
        holding_rate = company.jxc_holding_rate
        review_days = company.jxc_review_days
        max_cover_days = company.jxc_max_cover_days
        terms, breaks = [], []
        for position, (product_id, location_id) in enumerate(
            zip(product_ids.tolist(), location_ids.tolist(), strict=True)
        ):
            article = articles.get(position, {})
            product = products[product_id]
            rule = rules.get((product_id, location_id), {})
            offers = vendors.get(product_id, {})
            vendor = offers.get(rule.get("vendor_id")) or next(
                iter(offers.values()), None
            )
            delay, buys = rule_delay[location_id, rule.get("route_id"), product["kind"]]
            if buys and vendor:
                lead_days = delay + vendor.delay
            elif buys or delay is None:
                lead_days, vendor = company.jxc_default_lead_days, None
            else:
                lead_days, vendor = delay, None
            vendor = vendor or _NOBODY
            terms.append(
                (
                    product["cost"] or (vendor.tiers[0][1] if vendor.tiers else 0.0),
                    vendor.partner_id,
                    article.get("order_cost") or order_costs[vendor.partner_id],
                    lead_days,
                    vendor.delay,
                    max(vendor.moq, article.get("least_order", 0.0)),
                    _pack(
                        rule.get("multiple") or vendor.multiple,
                        article.get("pack", 0.0),
                    ),
                    on_hand.get((product_id, location_id), 0.0),
                    bool(rule),
                    product["active"],
                    product["categ_id"],
                    article.get("holding_rate", holding_rate),
                    article.get("review_days", review_days),
                    min(
                        article.get("max_cover_days", max_cover_days),
                        article.get("shelf_life_days", np.inf),
                    ),
                    article.get("fill_floor", 0.0),
                    article.get("least_stock", 0.0),
                    article.get("lead_days", np.nan),
                    "ABC".find(article.get("abc_class", "-")),
                )
            )
            breaks.append(vendor.tiers)
        return self._to_arrays(terms, breaks)

    @staticmethod
    def _to_arrays(terms: list[tuple], breaks: list) -> Supply:
        """Terms in the order of ``_TERMS``, and the price breaks, of each pair."""
        columns = zip(*terms, strict=True) if terms else ([] for _name in _TERMS)
        found = {
            name: np.array(column, dtype=_KINDS.get(name, float))
            for name, column in zip(_TERMS, columns, strict=True)
        }
        for name in _AMOUNTS:
            found[name] = np.maximum(found[name], 0.0)
        most = max(map(len, breaks), default=0)
        tiers = np.full((2, len(terms), most), np.nan)
        for row, every in enumerate(breaks):
            for tier, (quantity, price) in enumerate(every):
                tiers[:, row, tier] = max(quantity, 0.0), max(price, 0.0)
        return Supply(**found, break_qty=tiers[0], break_price=tiers[1])

    def _read_order_costs(self, company, vendors) -> dict[int, float]:
        """Cost of an order line by vendor; the company's own under 0."""
        ids = {vendor for offers in vendors.values() for vendor in offers}
        # sudo: a run reads what it needs, whoever starts it
        partners = self.env["res.partner"].sudo().with_company(company).browse(ids)
        own = company.jxc_order_cost
        return {0: own} | {p.id: p.jxc_order_cost or own for p in partners}

    def _read_products(self, company, product_ids: np.ndarray) -> dict[int, dict]:
        """Cost, activity and routes (own, of the category and its parents)."""
        rows = self.env.execute_query(
            SQL(
                """SELECT product.id, product.active AND template.active,
                          COALESCE((product.standard_price->>%s)::float8, 0),
                          ARRAY(SELECT route_id FROM stock_route_product
                                 WHERE product_id = template.id
                                UNION
                                SELECT link.route_id
                                  FROM product_category AS category
                                  JOIN product_category AS parent
                                    ON category.parent_path
                                       LIKE parent.parent_path || '%%'
                                  JOIN stock_route_categ AS link
                                    ON link.categ_id = parent.id
                                 WHERE category.id = template.categ_id
                                ORDER BY 1),
                          EXISTS (SELECT FROM product_supplierinfo
                                   WHERE product_tmpl_id = template.id),
                          template.id, COALESCE(template.categ_id, 0)
                     FROM product_product AS product
                     JOIN product_template AS template
                       ON template.id = product.product_tmpl_id
                    WHERE product.id = ANY(%s)""",
                str(company.id),
                np.unique(product_ids).tolist(),
            )
        )
        made = self._made_templates()
        return {
            product_id: {
                "active": active,
                "cost": cost,
                "categ_id": categ_id,
                # what Odoo chooses stock rules by; made products have their own times
                "kind": (tuple(routes), sold, product_id if template in made else 0),
            }
            for product_id, active, cost, routes, sold, template, categ_id in rows
        }

    def _made_templates(self) -> set[int]:
        """Templates with a bill of materials, where the Manufacturing app is there."""
        if "mrp.bom" not in self.env:
            return set()
        boms = self.env["mrp.bom"].sudo()  # sudo: see _read_order_costs
        return set(boms.search([("type", "=", "normal")]).product_tmpl_id.ids)

    def _read_vendors(
        self, company, product_ids: np.ndarray
    ) -> dict[int, dict[int, _Vendor]]:
        """Vendors of each product in Odoo's order, each with its price tiers."""
        today = fields.Date.context_today(self)
        rows = self.env.execute_query(
            SQL(
                """SELECT product.id, seller.partner_id, seller.delay,
                          seller.min_qty * unit.factor / own.factor,
                          seller.price * (1 - COALESCE(seller.discount, 0) / 100)
                              * own.factor / unit.factor,
                          seller.currency_id,
                          CASE WHEN unit.id != own.id
                               THEN unit.factor / own.factor ELSE 0 END
                     FROM product_product AS product
                     JOIN product_template AS template
                       ON template.id = product.product_tmpl_id
                     JOIN product_supplierinfo AS seller
                       ON seller.product_tmpl_id = template.id
                      AND (seller.product_id IS NULL OR seller.product_id = product.id)
                     JOIN uom_uom AS own ON own.id = template.uom_id
                     JOIN uom_uom AS unit
                       ON unit.id = COALESCE(seller.product_uom_id, template.uom_id)
                     JOIN res_partner AS partner
                       ON partner.id = seller.partner_id AND partner.active
                    WHERE product.id = ANY(%s)
                      AND (seller.company_id IS NULL OR seller.company_id = %s)
                      AND (seller.date_start IS NULL OR seller.date_start <= %s)
                      AND (seller.date_end IS NULL OR seller.date_end >= %s)
                    ORDER BY product.id, seller.sequence, seller.min_qty DESC,
                             seller.price, seller.id""",
                np.unique(product_ids).tolist(),
                company.id,
                today,
                today,
            )
        )
        rates = self._read_rates(company, {(row[0], row[5]) for row in rows}, today)
        lines = defaultdict(lambda: defaultdict(list))
        for product_id, partner_id, delay, moq, price, currency, multiple in rows:
            lines[product_id][partner_id].append(
                (
                    float(moq or 0),
                    float(price or 0) * rates[product_id, currency],
                    delay,
                    float(multiple),
                )
            )
        return {
            product_id: {
                partner_id: _Vendor(
                    partner_id=partner_id,
                    delay=offers[0][2] or 0,
                    moq=min(offer[0] for offer in offers),
                    multiple=offers[0][3],
                    tiers=sorted(offer[:2] for offer in offers),
                )
                for partner_id, offers in by_vendor.items()
            }
            for product_id, by_vendor in lines.items()
        }

    def _read_rules(self, company, product_ids: np.ndarray) -> dict[tuple, dict]:
        """Reordering rules by product and location."""
        rows = self.env.execute_query(
            SQL(
                """SELECT rule.product_id, rule.location_id, rule.route_id,
                          seller.partner_id,
                          CASE WHEN unit.id != own.id
                               THEN (unit.factor / own.factor)::float8 END
                     FROM stock_warehouse_orderpoint AS rule
                     JOIN product_product AS product ON product.id = rule.product_id
                     JOIN product_template AS template
                       ON template.id = product.product_tmpl_id
                     JOIN uom_uom AS own ON own.id = template.uom_id
                LEFT JOIN uom_uom AS unit ON unit.id = rule.replenishment_uom_id
                LEFT JOIN product_supplierinfo AS seller ON seller.id = rule.supplier_id
                    WHERE rule.company_id = %s AND rule.active
                      AND rule.product_id = ANY(%s)""",
                company.id,
                np.unique(product_ids).tolist(),
            )
        )
        return {
            (product_id, location_id): {
                "route_id": route_id,
                "vendor_id": vendor_id,
                "multiple": multiple,
            }
            for product_id, location_id, route_id, vendor_id, multiple in rows
        }

    def _read_on_hand(
        self, company, product_ids: np.ndarray, location_ids: np.ndarray
    ) -> dict[tuple, float]:
        """Stock of each location with all below it; of a warehouse's stock location
        the stock of the whole warehouse, since its demand is the warehouse's."""
        rows = self.env.execute_query(
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
                    GROUP BY quant.product_id, scope.id""",
                np.unique(location_ids).tolist(),
                np.unique(product_ids).tolist(),
                company.partner_id.id,
            )
        )
        return {(product, location): quantity for product, location, quantity in rows}


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

    def __init__(self, env, company, products):
        super().__init__()
        self.env = env
        self.company = company
        self.samples = {}
        for product_id, product in products.items():
            self.samples.setdefault(product["kind"], product_id)

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
