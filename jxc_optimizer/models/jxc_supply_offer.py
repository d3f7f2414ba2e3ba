"""What vendors ask for products."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from odoo import fields, models
from odoo.tools import SQL

from .jxc_demand_copy import copy_rows
from .jxc_demand_matrix import find, pair_key

_OFFER = {
    "product_id": "i4", "partner_id": "i4", "currency_id": "i4", "delay": "i4",
    "quantity": "f8", "price": "f8", "multiple": "f8",
}  # fmt: skip


@dataclass(frozen=True)
class Vendor:
    """What a vendor asks for a product, in its unit and the company's currency."""

    partner_id: int
    delay: float
    moq: float
    multiple: float  # 0 = none
    tiers: list[tuple[float, float]]  # quantity, price


@dataclass(frozen=True)
class Offers:
    """Vendors of products, in Odoo's order within each product [m]."""

    product_id: np.ndarray  # rising
    partner_id: np.ndarray
    delay: np.ndarray
    moq: np.ndarray
    multiple: np.ndarray  # 0 = none
    quantity: np.ndarray  # [m, k] of each price tier; NaN where there is none
    price: np.ndarray  # [m, k]

    def choose(self, product_id: np.ndarray, partner_id: np.ndarray) -> np.ndarray:
        """Row of each product's [n] offer by a partner, else of its first; -1 = none.

        :param partner_id: [n], 0 = no matter who
        """
        key = pair_key(self.product_id, self.partner_id)
        order = np.argsort(key)
        wanted = find(key[order], pair_key(product_id, partner_id))
        first = np.flatnonzero(np.diff(self.product_id, prepend=-1))
        usual = find(self.product_id[first], product_id)
        usual = np.where(usual >= 0, np.append(first, -1)[usual], -1)
        return np.where(wanted >= 0, np.append(order, -1)[wanted], usual)


class JxcSupply(models.AbstractModel):
    _inherit = "jxc.supply"

    def _read_vendors(
        self, company, product_ids: np.ndarray
    ) -> dict[int, dict[int, Vendor]]:
        """Vendors of each product in Odoo's order, each with its price tiers."""
        offers = self._read_offers(company, product_ids)
        vendors = defaultdict(dict)
        for row, product_id in enumerate(offers.product_id.tolist()):
            tiers = zip(
                offers.quantity[row].tolist(), offers.price[row].tolist(), strict=True
            )
            partner_id = int(offers.partner_id[row])
            vendors[product_id][partner_id] = Vendor(
                partner_id=partner_id,
                delay=float(offers.delay[row]),
                moq=float(offers.moq[row]),
                multiple=float(offers.multiple[row]),
                tiers=[tier for tier in tiers if not math.isnan(tier[0])],
            )
        return vendors

    def _read_offers(self, company, product_ids: np.ndarray) -> Offers:
        today = fields.Date.context_today(self)
        rows = copy_rows(
            self.env.cr,
            SQL(
                """SELECT product.id, seller.partner_id,
                          COALESCE(seller.currency_id, 0), COALESCE(seller.delay, 0),
                          COALESCE(seller.min_qty * unit.factor / own.factor,
                                   0)::float8,
                          COALESCE(seller.price
                                   * (1 - COALESCE(seller.discount, 0) / 100)
                                   * own.factor / unit.factor, 0)::float8,
                          CASE WHEN unit.id != own.id
                               THEN unit.factor / own.factor ELSE 0 END::float8
                     -- one by one: no table is read whole for some of its rows
                     FROM product_product AS product
                    CROSS JOIN LATERAL (
                          SELECT id, uom_id FROM product_template
                           WHERE id = product.product_tmpl_id OFFSET 0) AS template
                    CROSS JOIN LATERAL (
                          SELECT * FROM product_supplierinfo
                           WHERE product_tmpl_id = template.id OFFSET 0) AS seller
                    CROSS JOIN LATERAL (
                          SELECT FROM res_partner
                           WHERE id = seller.partner_id AND active OFFSET 0) AS partner
                     JOIN uom_uom AS own ON own.id = template.uom_id
                     JOIN uom_uom AS unit
                       ON unit.id = COALESCE(seller.product_uom_id, template.uom_id)
                    WHERE product.id = ANY(%s)
                      AND (seller.product_id IS NULL OR seller.product_id = product.id)
                      AND (seller.company_id IS NULL OR seller.company_id = %s)
                      AND (seller.date_start IS NULL OR seller.date_start <= %s)
                      AND (seller.date_end IS NULL OR seller.date_end >= %s)
                    ORDER BY product.id, seller.sequence, seller.min_qty DESC,
                             seller.price, seller.id""",
                np.unique(product_ids).tolist(),
                company.id,
                today,
                today,
            ),
            _OFFER,
        )
        key = pair_key(rows["product_id"], rows["partner_id"])
        _known, first, offer = np.unique(key, return_index=True, return_inverse=True)
        # numbered in the order of the rows
        order = np.argsort(first)
        first, number = first[order], np.argsort(order)
        offer = number[offer]
        quantity = rows["quantity"].astype(float)
        price = rows["price"] * self._rates(company, rows, today)
        by_tier = np.lexsort((price, quantity, offer))
        starts = np.searchsorted(offer[by_tier], np.arange(len(first)))
        place = np.arange(len(rows)) - starts[offer[by_tier]]
        tiers = np.full((2, len(first), place.max(initial=-1) + 1), np.nan)
        for figure, values in zip(tiers, (quantity, price), strict=True):
            figure[offer[by_tier], place] = values[by_tier]
        return Offers(
            product_id=rows["product_id"][first].astype(int),
            partner_id=rows["partner_id"][first].astype(int),
            delay=rows["delay"][first].astype(float),
            moq=tiers[0, :, :1].sum(axis=1),
            multiple=rows["multiple"][first].astype(float),
            quantity=tiers[0],
            price=tiers[1],
        )
