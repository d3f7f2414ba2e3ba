from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from odoo import models
from odoo.tools import SQL

from ..engine import fill_order, projection
from ..engine._arrays import round_up
from ..engine.order_quantity import DAYS_PER_YEAR, annual_cost
from . import jxc_projection_read as read
from .jxc_projection import _articles, _by_day
from .jxc_supply import _pack

#: prices from a quantity on; the products' units, the company's money
Tiers = list[tuple[float, float]]


@dataclass(frozen=True)
class Needs:
    """What n products of a warehouse need, with the terms of one vendor; all [n].

    Quantities in the product's unit, money in the company's currency.
    """

    product_ids: list[int]
    rule_ids: list[int]  # 0 = the product has no reordering rule there
    articles: projection.Articles
    found: projection.Projection
    known: np.ndarray  # bool: there is history enough for a suggestion
    pack: np.ndarray  # what is ordered is a multiple of it; at least whole units
    stock: np.ndarray  # [n, days] expected without further orders
    available: np.ndarray  # on hand, all that comes, less what is booked by then
    cover_limit: np.ndarray  # days of demand that an order may last
    largest: np.ndarray  # order that lasts so long; 0 = even the smallest lasts longer
    tiers: list[Tiers]

    @property
    def rows(self) -> dict[int, int]:
        """Product -> its row."""
        return {product: row for row, product in enumerate(self.product_ids)}

    @property
    def missing(self) -> np.ndarray:
        """Up to the order-up-to level, also where nothing is due; may be below 0."""
        a, found = self.articles, self.found
        position = a.on_hand + found.incoming - found.booked
        return a.maximum - found.usually_booked - position

    def price(self, row: int, quantity: float) -> float:
        """What a unit costs in an order of a quantity, as far as is known."""
        prices = [price for start, price in self.tiers[row] if start <= quantity + 1e-9]
        return prices[-1] if prices else float(self.articles.unit_price[row])

    def next_break(
        self, row: int, ordered: float, order_cost: float, holding_rate: float
    ) -> tuple[float, float] | None:
        """The next price break, where it saves money within the cover limit.

        :returns: quantity, and saving a year in the company's currency
        """
        per_day = float(self.articles.per_day[row])
        if per_day <= 0 or ordered <= 0:
            return None
        price = self.price(row, ordered)
        for start, lower in self.tiers[row]:
            start = float(round_up(start, self.pack[row]))
            if start <= ordered or lower >= price or start > self.largest[row]:
                continue
            now, then = annual_cost(
                per_day * DAYS_PER_YEAR,
                order_cost,
                holding_rate,
                np.array([price, lower]),
                np.array([ordered, start]),
            ).tolist()
            return (start, now - then) if now > then else None
        return None


class JxcProjection(models.AbstractModel):
    """What products need, with a rule or without, from a certain vendor."""

    _inherit = "jxc.projection"

    def _needs(self, company, products, warehouse, vendor=None, without=None) -> Needs:
        """Needs of products in a warehouse; a fixed number of statements.

        :param vendor: whose minimum, packs and prices count instead of the usual
            vendor's
        :param without: a purchase order that is left out
        """
        self.env.flush_all()
        today = self.env["jxc.demand.day"]._today(company)
        scope = read.scope_of(_products_in(company, products, warehouse))
        rows = read.rules(company, scope)
        flows = read.flows(company, today, scope, without)
        incoming, booked = _by_day(flows, 0, len(rows))
        changes = self.env["jxc.season"]._profile(
            company,
            rows["product_id"],
            rows["warehouse_id"],
            today,
            projection.DAYS,
        )
        articles, tiers = self._vendor_terms(
            company, warehouse, vendor, rows, _articles(rows)
        )
        found = projection.project(articles, incoming, booked, changes)
        later = incoming.sum(axis=1) - found.incoming
        available = articles.on_hand + found.incoming - found.booked + later
        limit = self._cover_limit(company, warehouse, rows, today)
        pack = np.where(articles.multiple > 0, articles.multiple, 1.0)
        return Needs(
            product_ids=rows["product_id"].tolist(),
            rule_ids=rows["id"].tolist(),
            articles=articles,
            found=found,
            known=rows["suggested"] > 0,
            pack=pack,
            stock=projection.stock_by_day(articles, incoming, booked, changes),
            available=available,
            cover_limit=limit,
            largest=fill_order.largest_order(
                available, articles.per_day, limit, articles.moq, pack
            ),
            tiers=tiers,
        )

    def _vendor_terms(self, company, warehouse, vendor, rows, articles):
        """The articles with what the vendor, or people, ask for; and its prices."""
        tiers: list[Tiers] = [[] for _row in rows]
        if not vendor or not len(rows):
            return articles, tiers
        products = self.env["product.product"].browse(rows["product_id"].tolist())
        offers = self.env["jxc.supply"]._read_vendors(company, rows["product_id"])
        people = self.env["jxc.article"]._order_terms(company, products, warehouse)
        moq, multiple = articles.moq.copy(), articles.multiple.copy()
        price = articles.unit_price.copy()
        partners = (vendor.id, vendor.commercial_partner_id.id)
        for row, product_id in enumerate(products.ids):
            mine = offers.get(product_id, {})
            terms = next((mine[partner] for partner in partners if partner in mine), 0)
            if not terms:
                continue
            least, pack = people.get(product_id, (0.0, 0.0))
            moq[row] = max(terms.moq, least, 0.0)
            multiple[row] = _pack(terms.multiple, pack)
            tiers[row] = terms.tiers
            price[row] = max(terms.tiers[0][1], 0.0)
        return replace(articles, moq=moq, multiple=multiple, unit_price=price), tiers

    def _cover_limit(self, company, warehouse, rows, today) -> np.ndarray:
        terms = self.env["jxc.article"]._read_terms(
            company,
            rows["product_id"],
            np.full(len(rows), warehouse.lot_stock_id.id),
            today,
        )
        return np.array(
            [
                min(
                    terms.get(row, {}).get(
                        "max_cover_days", company.jxc_max_cover_days
                    ),
                    terms.get(row, {}).get("shelf_life_days", np.inf),
                )
                for row in range(len(rows))
            ],
            dtype=float,
        )


def _products_in(company, products, warehouse) -> SQL:
    """Rows of the scope: products in a warehouse, with their rule if they have one."""
    return SQL(
        """SELECT row_number() OVER (ORDER BY product.id)::int4 AS row,
                  COALESCE(rule.id, 0) AS id, product.id AS product_id,
                  %(place)s AS location_id, %(warehouse)s AS warehouse_id,
                  %(top)s AS top
             FROM product_product AS product
        LEFT JOIN stock_warehouse_orderpoint AS rule
               ON rule.product_id = product.id AND rule.location_id = %(place)s
              AND rule.company_id = %(company)s AND rule.active
            WHERE product.id = ANY (%(products)s)""",
        company=company.id,
        products=products.ids,
        place=warehouse.lot_stock_id.id,
        warehouse=warehouse.id,
        top=warehouse.view_location_id.id,
    )
