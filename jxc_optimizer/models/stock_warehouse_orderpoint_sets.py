from __future__ import annotations

from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

from .jxc_asked_once import asked_once, only_from

#: fewer rules than these go Odoo's way at once
MANY = 100
FEW = 10
OPEN = ("waiting", "confirmed", "assigned", "partially_available")
KNOWN = ("stock", "purchase_stock")
#: what else somebody may ask of stock
ASKED = {
    "lot_id",
    "owner_id",
    "owners",
    "package_id",
    "from_date",
    "with_expiration",
    "suggest_based_on",
}


class StockWarehouseOrderpoint(models.Model):
    """Odoo's own work on many rules, each question of it asked once."""

    _inherit = "stock.warehouse.orderpoint"

    def _compute_rules(self):
        with asked_once(self.env):
            return super()._compute_rules()

    def _compute_lead_days(self):
        with asked_once(self.env):
            return super()._compute_lead_days()

    def _compute_qty(self):
        """On hand and forecast of all days of a location in one go.

        Odoo reads them for each lead time anew.
        """
        with asked_once(self.env) as sets:
            rules = self._jxc_by_day() if sets else self.browse()
            rules._jxc_compute_qty()
            return super(StockWarehouseOrderpoint, self - rules)._compute_qty()

    def _compute_qty_to_order_computed(self):
        with asked_once(self.env) as sets:
            enough = self._jxc_surely_enough() if sets else self.browse()
            enough.qty_to_order_computed = False
            return super(
                StockWarehouseOrderpoint, self - enough
            )._compute_qty_to_order_computed()

    def _compute_deadline_date(self):
        with asked_once(self.env) as sets:
            if sets:
                self._jxc_surely_enough()
            return super()._compute_deadline_date()

    def _procure_orderpoint_confirm(self, *args, **kwargs):
        with asked_once(self.env):
            return super()._procure_orderpoint_confirm(*args, **kwargs)

    def action_replenish(self, force_to_max=False):
        with asked_once(self.env):
            return super().action_replenish(force_to_max=force_to_max)

    @api.model
    def action_open_orderpoints(self):
        with asked_once(self.env):
            return super().action_open_orderpoints()

    def web_read(self, specification):
        with asked_once(self.env):
            return super().web_read(specification)

    # -- stock by day ----------------------------------------------------------------

    def _jxc_by_day(self):
        """Rules whose stock on a day is on hand and booked, and nothing else."""
        if len(self) < FEW or ASKED & self.env.context.keys():
            return self.browse()
        rules = self.filtered(
            lambda rule: (
                rule.id
                and rule.product_id
                and rule.location_id
                and rule.product_id.type != "service"
            )
        )
        if not rules._jxc_is_plain():
            return self.browse()
        today = fields.Date.today()
        return rules.filtered(lambda rule: rule.lead_horizon_date >= today)

    def _jxc_compute_qty(self):
        asked_for = self._quantity_in_progress()
        for location, some in self.grouped("location_id").items():
            on_hand, coming, going = some.product_id._jxc_stock_by_day(location)
            for rule in some:
                product = rule.product_id.id
                unit = rule.product_id.uom_id
                day = rule.lead_horizon_date
                stock = on_hand.get(product, 0.0)
                rule.qty_on_hand = unit.round(stock)
                rule.qty_forecast = (
                    unit.round(
                        stock
                        + unit.round(_until(coming[product], day))
                        - unit.round(_until(going[product], day))
                    )
                    + asked_for[rule.id]
                )

    # -- rules that need nothing -----------------------------------------------------

    def _jxc_surely_enough(self):
        """Rules whose stock suffices whatever day Odoo looks ahead to.

        On hand less all that is booked to go, plus what is asked for, is the least that
        can be left on any day. Where that is no less than the minimum, the forecast of
        no day is, and neither routes nor vendors have to be asked for lead times. What
        is on hand is kept for the deadlines.
        """
        rules = self.filtered(lambda rule: rule.id and rule.product_id)
        if len(rules) < MANY or not rules._jxc_may_bound():
            return self.browse()
        negative = {
            product.id
            for [product] in self.env["stock.move"]
            .with_context(active_test=False)
            ._read_group(
                [
                    ("product_id", "in", rules.product_id.ids),
                    ("state", "in", OPEN),
                    ("product_qty", "<", 0),
                ],
                ["product_id"],
            )
        }
        asked_for = rules._quantity_in_progress()
        enough = []
        for location, some in rules.grouped("location_id").items():
            products = some.product_id.with_context(location=location.id, to_date=False)
            figures = {
                product["id"]: (product["qty_available"], product["outgoing_qty"])
                for product in products.read(["qty_available", "outgoing_qty"])
            }
            with self.env.protecting([self._fields["qty_on_hand"]], some):
                for rule in some:
                    on_hand, going = figures[rule.product_id.id]
                    rule.qty_on_hand = on_hand
                    unit = rule.product_uom
                    least = unit.round(on_hand - going) + asked_for[rule.id]
                    if (
                        rule.product_id.id not in negative
                        and unit.compare(least, rule.product_min_qty) >= 0
                    ):
                        enough.append(rule.id)
        return self.browse(enough)

    def _jxc_may_bound(self) -> bool:
        """Whether stock is what Odoo says, and nothing is looked up in the past."""
        horizons = self.company_id.mapped("horizon_days")
        asked = self.env.context.get("global_horizon_days", 0)
        return (
            self._jxc_is_plain()
            and min(horizons + [asked]) >= 0
            # sudo: only whether there is any
            and not self.env["product.supplierinfo"].sudo().search([("delay", "<", 0)])
            and not self.env["stock.rule"].sudo().search([("delay", "<", 0)])
        )

    def _jxc_is_plain(self) -> bool:
        """Whether no module that is not known here says what stock is."""
        return only_from(
            self,
            KNOWN,
            "_compute_qty",
            "_get_product_context",
            "_quantity_in_progress",
            "_compute_qty_to_order_computed",
            "_compute_lead_days",
        ) and only_from(
            self.product_id,
            KNOWN,
            "_compute_quantities",
            "_compute_quantities_dict",
            "_get_domain_locations",
        )


def _until(booked: dict, day) -> float:
    """What is booked up to a day."""
    return sum(quantity for date, quantity in booked.items() if date <= day)


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _jxc_stock_by_day(self, location):
        """What is on hand, and by day what is booked to come and to go.

        :returns: {product: quantity} and twice {product: {day: quantity}}, by id
        """
        products = self.with_context(location=location.id, to_date=False)
        on_hand, coming, going = products._get_domain_locations()
        chosen = Domain("product_id", "in", self.ids)
        Quant = self.env["stock.quant"].with_context(active_test=False)
        Move = self.env["stock.move"].with_context(active_test=False, tz="UTC")
        by_day = []
        for ends in (coming, going):
            booked = defaultdict(dict)
            for product, day, quantity in Move._read_group(
                chosen & Domain("state", "in", OPEN) & Domain(ends),
                ["product_id", "date:day"],
                ["product_qty:sum"],
            ):
                booked[product.id][day.date()] = quantity
            by_day.append(booked)
        stock = Quant._read_group(
            chosen & Domain(on_hand), ["product_id"], ["quantity:sum"]
        )
        return {product.id: quantity for product, quantity in stock}, *by_day
