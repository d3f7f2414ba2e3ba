from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

import numpy as np

from odoo import api, models
from odoo.tools import SQL

#: articles that are shown, the ones most is spent on
ARTICLES = 15
YEARS = 3
DAYS_PER_YEAR = 365
#: a price break counts as missed from this share of its quantity on
NEAR = 0.5


class VendorFacts(models.AbstractModel):
    """What a buyer takes along to negotiate with a vendor, from the own orders.

    Money in the company's currency, quantities in the products' units; without taxes.
    """

    _name = "report.jxc_optimizer.vendor_facts"
    _description = "Facts for the Negotiation with a Vendor"

    @api.model
    def _get_report_values(self, docids, data=None):
        vendors = self.env["res.partner"].browse(docids)
        vendors.check_access("read")
        self.env["purchase.order.line"].check_access("read")
        return {
            "docs": vendors,
            "company": self.env.company,
            "currency": self.env.company.currency_id,
            "facts": {vendor.id: self._facts(vendor) for vendor in vendors},
        }

    def _facts(self, vendor) -> dict:
        self.env.flush_all()
        today = self.env["jxc.demand.day"]._today(self.env.company)
        lines = self._lines(vendor, today)
        recent = [line for line in lines if line["years_ago"] == 0]
        articles = self._articles(recent)
        products = self.env["product.product"].browse(list(articles))
        # sudo: price lists are for whoever reads the orders made by them
        offers = (
            self.env["jxc.supply"]
            .sudo()
            ._read_vendors(self.env.company, np.array(products.ids, dtype=int))
        )
        mine = {vendor.id, vendor.commercial_partner_id.id}
        return {
            "today": today,
            "years": self._years(lines, today),
            "articles": [
                {"product": product, **articles[product.id]} for product in products
            ],
            "breaks": self._breaks(products, recent, offers, mine),
            "alternatives": self._alternatives(products, articles, offers, mine),
            "delivery": self._delivery(vendor),
        }

    def _lines(self, vendor, today) -> list[dict]:
        """The vendor's confirmed order lines of some years, the oldest first."""
        rows = self.env.execute_query(
            SQL(
                """SELECT line.order_id, line.product_id,
                          COALESCE(po.date_approve, po.date_order)::date,
                          line.product_uom_qty::float8,
                          (line.price_subtotal
                           / COALESCE(NULLIF(po.currency_rate, 0), 1))::float8
                     FROM purchase_order_line line
                     JOIN purchase_order po ON po.id = line.order_id
                     JOIN res_partner partner ON partner.id = po.partner_id
                    WHERE po.company_id = %(company)s AND po.state = 'purchase'
                      AND partner.commercial_partner_id = %(vendor)s
                      AND line.product_id IS NOT NULL AND line.product_uom_qty > 0
                      AND COALESCE(po.date_approve, po.date_order)
                          >= %(today)s::date - %(days)s
                    ORDER BY 3, line.id""",
                company=self.env.company.id,
                vendor=vendor.commercial_partner_id.id,
                today=today,
                days=YEARS * DAYS_PER_YEAR - 1,
            )
        )
        return [
            {
                "order": order,
                "product": product,
                "day": day,
                "years_ago": max((today - day).days, 0) // DAYS_PER_YEAR,
                "quantity": quantity,
                "value": value,
                "price": value / quantity,
            }
            for order, product, day, quantity, value in rows
        ]

    def _years(self, lines, today) -> list[dict]:
        """Volume of each twelve months, the latest first."""
        years = []
        for ago in range(YEARS):
            mine = [line for line in lines if line["years_ago"] == ago]
            last = today - timedelta(days=ago * DAYS_PER_YEAR)
            years.append(
                {
                    "first": last - timedelta(days=DAYS_PER_YEAR - 1),
                    "last": last,
                    "orders": len({line["order"] for line in mine}),
                    "lines": len(mine),
                    "value": sum(line["value"] for line in mine),
                }
            )
        return years

    def _articles(self, lines) -> dict[int, dict]:
        """Product -> its year, of those most was spent on."""
        by_product = defaultdict(list)
        for line in lines:
            by_product[line["product"]].append(line)
        found = {}
        for product, mine in by_product.items():
            quantity = sum(line["quantity"] for line in mine)
            value = sum(line["value"] for line in mine)
            first, last = mine[0]["price"], mine[-1]["price"]
            found[product] = {
                "orders": len(mine),
                "quantity": quantity,
                "value": value,
                "average": value / quantity,
                "first": first,
                "last": last,
                "lowest": min(line["price"] for line in mine),
                "change": last / first - 1 if first else 0.0,
            }
        spent = sorted(found, key=lambda product: -found[product]["value"])
        return {product: found[product] for product in spent[:ARTICLES]}

    def _breaks(self, products, lines, offers, mine) -> list[dict]:
        """How often the best price was reached, and what was nearly reached."""
        found = []
        for product in products:
            tiers = _tiers(offers.get(product.id, {}), mine)
            best = min((price for _start, price in tiers), default=0.0)
            if not best or best >= max(price for _start, price in tiers):
                continue
            reached = missed = lost = 0
            for line in lines:
                if line["product"] != product.id:
                    continue
                quantity = line["quantity"]
                now = _price(tiers, quantity)
                reached += now <= best
                better = [
                    price
                    for start, price in tiers
                    if quantity < start <= quantity / NEAR and price < now
                ]
                if better:
                    missed += 1
                    lost += (now - min(better)) * quantity
            found.append(
                {
                    "product": product,
                    "tiers": [(start, price) for start, price in tiers],
                    "reached": reached,
                    "missed": missed,
                    "lost": lost,
                }
            )
        return found

    def _alternatives(self, products, articles, offers, mine) -> list[dict]:
        """Other vendors with a price list that would have been cheaper."""
        found = []
        for product in products:
            year = articles[product.id]
            lot = year["quantity"] / year["orders"]
            for partner_id, offer in offers.get(product.id, {}).items():
                price = _price(offer.tiers, max(lot, offer.moq))
                if partner_id in mine or not 0 < price < year["average"]:
                    continue
                found.append(
                    {
                        "product": product,
                        "vendor": self.env["res.partner"].browse(partner_id),
                        "price": price,
                        "paid": year["average"],
                        "minimum": offer.moq,
                        "delay": offer.delay,
                        "saving": (year["average"] - price) * year["quantity"],
                    }
                )
        return sorted(found, key=lambda row: -row["saving"])

    def _delivery(self, vendor) -> dict:
        """Measured lead time over the articles bought from the vendor."""
        [(articles, days, deviation)] = self.env["jxc.policy"]._read_group(
            [
                ("vendor_id", "in", (vendor | vendor.commercial_partner_id).ids),
                ("company_id", "=", self.env.company.id),
                ("lead_vendor_receipts", ">", 1),
            ],
            aggregates=["__count", "lead_days:avg", "lead_days_sd:avg"],
        )
        return {"articles": articles, "days": days, "deviation": deviation}


def _tiers(offers: dict, mine) -> list[tuple[float, float]]:
    return next(
        (offer.tiers for partner, offer in offers.items() if partner in mine), []
    )


def _price(tiers, quantity: float) -> float:
    """The price of the tier that holds for a quantity; the first below all."""
    prices = [price for start, price in tiers if start <= quantity + 1e-9]
    return prices[-1] if prices else (tiers[0][1] if tiers else 0.0)
