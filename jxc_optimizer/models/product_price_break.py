from __future__ import annotations

from odoo import api, models

#: what an order knows of the break its quantity was raised to
KEY = "jxc_break"


class ProductProduct(models.Model):
    """The next price break, sought when Odoo orders."""

    _inherit = "product.product"

    def _jxc_price_breaks(
        self, company, warehouse, vendor, quantities: dict[int, float], without=None
    ) -> dict[int, dict]:
        """Breaks worth ordering up to: cheaper by the year, within the cover limit.

        :param quantities: product id -> what is ordered otherwise, in its unit
        :param without: the purchase order that is being filled
        :returns: product id -> quantity, what it is raised ``from``, ``saving`` a year
        """
        if not company.jxc_seek_breaks:
            return {}
        # most articles have one price: nothing is read for them
        several = self.filtered(lambda p: len(_prices(p, company, vendor)) > 1)
        if not several:
            return {}
        # sudo: the figures behind an order are for whoever may order
        needs = self.env["jxc.projection"].sudo()
        needs = needs._needs(company, several, warehouse, vendor, without=without)
        cost = vendor.sudo().with_company(company).jxc_order_cost
        found = {}
        for row, product_id in enumerate(needs.product_ids):
            ordered = quantities[product_id]
            better = needs.next_break(
                row, ordered, cost or company.jxc_order_cost, company.jxc_holding_rate
            )
            if better:
                quantity, saving = better
                found[product_id] = {
                    "quantity": quantity,
                    "from": ordered,
                    "saving": saving,
                    "currency_id": company.currency_id.id,
                }
        return found


def _prices(product, company, vendor) -> set:
    """From where on the vendor has other prices for the product."""
    vendors = vendor | vendor.commercial_partner_id
    return {
        (offer.min_qty, offer.product_uom_id.id)
        for offer in product.seller_ids
        if offer.partner_id in vendors
        and offer.company_id in (company, company.browse())
    }


class StockRule(models.Model):
    _inherit = "stock.rule"

    @api.model
    def _jxc_seek_breaks(self, procurements: list[tuple]) -> list[tuple]:
        """Raise what rules order to the next price break where that pays.

        A quantity typed in by hand is what somebody wants: it stays.
        """
        groups: dict = {}
        for index, (procurement, _rule) in enumerate(procurements):
            orderpoint = procurement.values.get("orderpoint_id")
            if orderpoint and orderpoint._jxc_may_seek(procurement):
                vendor = orderpoint._jxc_vendor()
                key = (orderpoint.company_id, orderpoint.warehouse_id, vendor)
                groups.setdefault(key, {})[orderpoint.product_id] = index
        procurements = list(procurements)
        for (company, warehouse, vendor), places in groups.items():
            products = self.env["product.product"].union(*places)
            quantities = {
                product.id: procurements[index][0].product_qty
                for product, index in places.items()
            }
            better = products._jxc_price_breaks(company, warehouse, vendor, quantities)
            for product, index in places.items():
                if product.id not in better:
                    continue
                procurement, rule = procurements[index]
                found = better[product.id]
                orderpoint = procurement.values["orderpoint_id"]
                if (
                    orderpoint._get_multiple_rounded_qty(found["quantity"])
                    != (found["quantity"])
                ):
                    continue  # the rule's own multiple does not go with it
                procurements[index] = (
                    procurement._replace(
                        product_qty=found["quantity"],
                        values={**procurement.values, KEY: found},
                    ),
                    rule,
                )
        return procurements


class StockWarehouseOrderpoint(models.Model):
    _inherit = "stock.warehouse.orderpoint"

    def _jxc_vendor(self):
        """Whom the rule buys from: as chosen, else the product's first."""
        self.ensure_one()
        product = self.product_id.with_company(self.company_id)
        return self.supplier_id.partner_id or (
            product._get_filtered_sellers(quantity=None)[:1].partner_id
        )

    def _jxc_may_seek(self, procurement) -> bool:
        """Whether the quantity is computed, and of the whole warehouse."""
        typed = self.qty_to_order_manual and not self.env.context.get("jxc_seek_breaks")
        return (
            not typed
            and procurement.product_uom == self.product_id.uom_id
            and self.location_id == self.warehouse_id.lot_stock_id
            and len(self.product_id.seller_ids) > 1
        )

    def action_replenish(self, force_to_max=False):
        # Odoo notes what it orders up to the maximum as if it were typed in
        rules = self.with_context(jxc_seek_breaks=True) if force_to_max else self
        return super(StockWarehouseOrderpoint, rules).action_replenish(
            force_to_max=force_to_max
        )


class PurchaseOrder(models.Model):
    _inherit = "purchase.order"

    def _jxc_note_breaks(self, better: dict[int, dict]) -> None:
        """Say on the lines why their quantity is that of a price break."""
        for line in self.order_line:
            found = better.get(line.product_id.id)
            if found and not line.product_id.uom_id.compare(
                line.product_uom_qty, found["quantity"]
            ):
                # sudo: reasons are written by what people press, never by people
                line.sudo().jxc_reasons = {**(line.jxc_reasons or {}), KEY: found}
