from __future__ import annotations

from collections import defaultdict
from contextlib import contextmanager
from datetime import datetime, time

from odoo import api, fields, models
from odoo.fields import Domain

from .jxc_asked_once import asked_once, only_from

#: fewer rules than these go Odoo's way at once
MANY = 100
FEW = 10
#: rules that Odoo orders for in one transaction
LOT = 1_000
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
        with (
            asked_once(self.env) as sets,
            self._jxc_computing("qty_to_order_computed", sets),
        ):
            enough = self._jxc_surely_enough() if sets else self.browse()
            enough.qty_to_order_computed = False
            return super(
                StockWarehouseOrderpoint, self - enough
            )._compute_qty_to_order_computed()

    def _compute_deadline_date(self):
        with asked_once(self.env) as sets, self._jxc_computing("deadline_date", sets):
            if sets:
                on_hand = self._fields["qty_on_hand"]
                self.browse(on_hand._cache_missing_ids(self))._jxc_surely_enough()
            return super()._compute_deadline_date()

    @contextmanager
    def _jxc_computing(self, name: str, sets: bool):
        """As if Odoo had found by itself that a field has to be computed.

        Its scheduler calls the methods that compute, so each value would be written
        by itself, as if somebody had changed the rule, and the rule with it even
        where the value is the one it has.
        """
        field = self._fields[name]
        protected = self.env._protected.get(field, ())
        if not sets or all(number in protected for number in self._ids):
            yield
            return
        with self.env.protecting([field], self):
            yield
        self.modified([name])

    def _procure_orderpoint_confirm(self, *args, **kwargs):
        """What has to be ordered comes first.

        Odoo takes a thousand rules at a time, and after each thousand adds up, logs
        and commits all requests for quotation it touched, for a few lines more. The
        other rules are still asked, for what the first ones took from them.
        """
        with asked_once(self.env) as sets:
            rules = self
            if sets and len(self) > LOT:
                rules = self.sorted(lambda rule: rule.qty_to_order <= 0)
            return super(StockWarehouseOrderpoint, rules)._procure_orderpoint_confirm(
                *args, **kwargs
            )

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
            on_hand, coming, going = some.product_id._jxc_stock(location, "date:day")
            short = defaultdict(dict)
            for rule in some:
                product = rule.product_id.id
                unit = rule.product_id.uom_id
                day = rule.lead_horizon_date
                stock = on_hand.get(product, 0.0)
                rule.qty_on_hand = unit.round(stock)
                left = unit.round(
                    stock
                    + unit.round(_until(coming[product], day))
                    - unit.round(_until(going[product], day))
                )
                rule.qty_forecast = left + asked_for[rule.id]
                if rule.qty_forecast < rule.product_min_qty:
                    short[day][product] = left
            some._jxc_keep_forecasts(location, short)

    def _jxc_keep_forecasts(self, location, short: dict) -> None:
        """What Odoo asks once more of each product that has to be ordered.

        :param short: day -> product id -> what is left then
        """
        field = self.product_id._fields["virtual_available"]
        for day, left in short.items():
            # as in _get_product_context
            products = self.env["product.product"].with_context(
                location=location.id, to_date=datetime.combine(day, time.max)
            )
            products = products.browse(left)
            with self.env.protecting([field], products):
                for product in products:
                    product.virtual_available = left[product.id]

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
            on_hand, _coming, going = some.product_id._jxc_stock(location)
            with self.env.protecting([self._fields["qty_on_hand"]], some):
                for rule in some:
                    product = rule.product_id.id
                    unit = rule.product_uom
                    stock = unit.round(on_hand.get(product, 0.0))
                    rule.qty_on_hand = stock
                    booked = unit.round(sum(going[product].values()))
                    least = unit.round(stock - booked) + asked_for[rule.id]
                    if (
                        product not in negative
                        and unit.compare(least, rule.product_min_qty) >= 0
                    ):
                        enough.append(rule.id)
        return self.browse(enough)

    def _jxc_may_bound(self) -> bool:
        """Whether stock is what Odoo says, and nothing is looked up in the past."""
        horizons = self.company_id.mapped("horizon_days")
        asked = self.env.context.get("global_horizon_days", 0)
        return (
            not ASKED & self.env.context.keys()
            and self._jxc_is_plain()
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

    def _jxc_stock(self, location, *date):
        """What is on hand, and what is booked to come and to go.

        :param date: "date:day" to have what is booked by the day
        :returns: {product: quantity} and twice {product: {day: quantity}}, by id; the
            day is None without ``date``
        """
        products = self.with_context(location=location.id, to_date=False)
        on_hand, coming, going = products._get_domain_locations()
        chosen = Domain("product_id", "in", self.ids)
        Quant = self.env["stock.quant"].with_context(active_test=False)
        Move = self.env["stock.move"].with_context(active_test=False, tz="UTC")
        booked = []
        for ends in (coming, going):
            by_day = defaultdict(dict)
            for product, *day, quantity in Move._read_group(
                chosen & Domain("state", "in", OPEN) & Domain(ends),
                ["product_id", *date],
                ["product_qty:sum"],
            ):
                by_day[product.id][day[0].date() if day else None] = quantity
            booked.append(by_day)
        stock = Quant._read_group(
            chosen & Domain(on_hand), ["product_id"], ["quantity:sum"]
        )
        return {product.id: quantity for product, quantity in stock}, *booked
