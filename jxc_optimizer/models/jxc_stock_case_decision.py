"""What a decision on slow or dead stock does in Odoo, and what came of it."""

from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class JxcStockCase(models.Model):
    _inherit = "jxc.stock.case"

    def _carry_out(self):
        """Make the document of the decision: a price rule, a draft transfer or scrap.

        Nothing is validated here: the warehouse does that when the goods have moved.
        """
        self.ensure_one()
        made = {
            "state": "decided",
            "decided_day": fields.Date.context_today(self),
            "decided_by_id": self.env.uid,
        }
        if self.decision == "discount":
            made["pricelist_item_id"] = self._create_price_rule().id
        elif self.decision == "return":
            way = self._return_way()
            made["picking_id"] = self._create_picking(*way, self.vendor_id).id
        elif self.decision == "transfer":
            made["picking_id"] = self._create_picking(*self._transfer_way()).id
        elif self.decision == "scrap":
            made["scrap_id"] = self._create_scrap().id
        if self.stop_ordering:
            made["stopped_rule_ids"] = [Command.set(self._stop_ordering().ids)]
        self._record(made)

    def _take_back(self):
        """Remove what the decision made and nobody used; leave what is done."""
        self.ensure_one()
        # sudo: whoever may take a decision back removes what it made, and only that
        self.sudo().pricelist_item_id.unlink()
        if self.picking_id.state not in (False, "done", "cancel"):
            self.picking_id.action_cancel()
        if self.scrap_id.state == "draft":
            self.sudo().scrap_id.unlink()
        self.stopped_rule_ids.action_unarchive()
        self._record({"stopped_rule_ids": [Command.clear()]})

    def _create_price_rule(self):
        items = self.env["product.pricelist.item"]
        if not items.has_access("create"):
            raise UserError(
                self.env._(
                    "You may not change price lists. Ask somebody who may to take "
                    "this decision, or choose another one."
                )
            )
        return items.create(
            {
                "pricelist_id": self.pricelist_id.id,
                "product_id": self.product_id.id,
                "product_tmpl_id": self.product_id.product_tmpl_id.id,
                "applied_on": "0_product_variant",
                "compute_price": "percentage",
                "percent_price": self.discount,
                "date_start": fields.Datetime.now(),
                "date_end": self.discount_until,
            }
        )

    def _return_way(self):
        """Operation type, source and destination of a return to the vendor."""
        receipts = self.warehouse_id.in_type_id
        kind = receipts.return_picking_type_id or self.warehouse_id.out_type_id
        # As the vendor's own company sees it: the location may differ by company.
        vendor = self.vendor_id.with_company(self.company_id)
        return kind, self.warehouse_id.lot_stock_id, vendor.property_stock_supplier

    def _transfer_way(self):
        """Operation type, source and destination of a transfer."""
        return (
            self.warehouse_id.int_type_id,
            self.warehouse_id.lot_stock_id,
            self.target_warehouse_id.lot_stock_id,
        )

    def _create_picking(self, kind, source, destination, partner=None):
        return self.env["stock.picking"].create(
            {
                "picking_type_id": kind.id,
                "location_id": source.id,
                "location_dest_id": destination.id,
                "partner_id": partner.id if partner else False,
                "origin": self.display_name,
                "company_id": self.company_id.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.product_id.id,
                            "product_uom_qty": self.quantity,
                            "product_uom": self.uom_id.id,
                            "location_id": source.id,
                            "location_dest_id": destination.id,
                            "company_id": self.company_id.id,
                        }
                    )
                ],
            }
        )

    def _create_scrap(self):
        return self.env["stock.scrap"].create(
            {
                "product_id": self.product_id.id,
                "scrap_qty": self.quantity,
                "product_uom_id": self.uom_id.id,
                "location_id": self.warehouse_id.lot_stock_id.id,
                "company_id": self.company_id.id,
                "origin": self.display_name,
            }
        )

    def _stop_ordering(self):
        rules = self.env["stock.warehouse.orderpoint"].search(
            [
                ("product_id", "=", self.product_id.id),
                ("warehouse_id", "=", self.warehouse_id.id),
            ]
        )
        rules.action_archive()
        return rules

    # -- what came of it ---------------------------------------------------------

    @api.depends("state", "decision", "decided_day", "picking_id.state",
                 "scrap_id.state", "discount", "pricelist_id", "quantity")  # fmt: skip
    def _compute_left(self):
        demand = self._demand_since_decision()
        for case in self:
            case.left_qty = case._left(demand)
            case.left_value = case.left_qty * case._worth()

    def _demand_since_decision(self) -> dict:
        """Demand of each case's article from the day of its decision on."""
        sold = self.filtered(
            lambda case: case.decided_day and case.decision in ("discount", "bundle")
        )
        if not sold:
            return {}
        days = self.env["jxc.demand.day"].search(
            [
                ("product_id", "in", sold.product_id.ids),
                ("location_id", "in", sold.warehouse_id.lot_stock_id.ids),
                ("day", ">=", min(sold.mapped("decided_day"))),
            ]
        )
        return {
            case: sum(
                day.quantity
                for day in days
                if day.product_id == case.product_id
                and day.location_id == case.warehouse_id.lot_stock_id
                and day.day >= case.decided_day
                and (not case.closed_day or day.day <= case.closed_day)
            )
            for case in sold
        }

    def _left(self, demand: dict) -> float:
        self.ensure_one()
        if self in demand:
            return max(0.0, demand[self])
        if self.picking_id.state == "done":
            moves = self.picking_id.move_ids.filtered(
                lambda move: move.product_id == self.product_id
            )
            return sum(
                move.product_uom._compute_quantity(move.quantity, self.uom_id)
                for move in moves
            )
        if self.scrap_id.state == "done":
            return self.quantity
        return 0.0

    def _worth(self) -> float:
        """What a unit that has gone is worth, in the company's currency."""
        self.ensure_one()
        product = self.product_id.with_company(self.company_id)
        if self.decision == "transfer":
            return product.standard_price
        if self.decision == "return":
            offer = product._select_seller(
                partner_id=self.vendor_id, quantity=self.quantity
            )
            if not offer:
                return product.standard_price
            price = offer.currency_id._convert(
                offer.price, self.currency_id, self.company_id
            )
            return offer.product_uom_id._compute_price(price, self.uom_id)
        if self.decision == "discount" and self.pricelist_id:
            price = self.pricelist_id._get_product_price(product, 1.0)
            return self.pricelist_id.currency_id._convert(
                price, self.currency_id, self.company_id
            )
        if self.decision == "bundle":
            return product.lst_price
        return 0.0
