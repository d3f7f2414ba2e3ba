"""Ordering in sets orders what Odoo orders one by one."""

import random
from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import tagged
from odoo.tools import split_every

from odoo.addons.jxc_optimizer.models import stock_warehouse_orderpoint_sets as sets
from odoo.addons.jxc_optimizer.models.jxc_asked_once import PARAMETER
from odoo.addons.purchase_stock.models.stock import (
    StockWarehouseOrderpoint as PurchaseOrderpoint,
)
from odoo.addons.purchase_stock.models.stock_rule import StockRule as PurchaseRule
from odoo.addons.stock.models import stock_orderpoint as orderpoint
from odoo.addons.stock.models.stock_rule import StockRule

from .common import OptimizerCase


class Undone(Exception):
    """Takes everything back."""


@tagged("post_install", "-at_install")
class TestRuleSets(OptimizerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_company = cls._company("Other Ltd")
        cls.env.user.company_ids = [Command.link(cls.other_company.id)]
        cls.env = cls.env(
            context=dict(
                cls.env.context,
                allowed_company_ids=[cls.company.id, cls.other_company.id],
            )
        )
        cls.branch = cls.env["stock.warehouse"].create(
            {
                "name": "Branch",
                "code": "BRA",
                "company_id": cls.company.id,
                "resupply_wh_ids": [Command.link(cls.warehouse.id)],
                "reception_steps": "two_steps",
            }
        )
        cls.abroad = cls._warehouse(cls.other_company)
        cls.shelf = cls.env["stock.location"].create(
            {"name": "Shelf", "location_id": cls.stock.id}
        )
        cls.dozen = cls.env.ref("uom.product_uom_dozen")

    # -- a random world ----------------------------------------------------------

    def _world(self, seed, articles=14):
        """Rules of two companies and three warehouses, vendors, stock, open orders."""
        rng = random.Random(seed)
        currencies = self.env.ref("base.USD") | self.company.currency_id
        currencies.active = True
        vendors = self.env["res.partner"].create(
            [
                {
                    "name": f"Vendor {seed}-{number}",
                    "lang": rng.choice(["en_US", False]),
                    "group_rfq": rng.choice(["default", "day", "week", "all"]),
                }
                for number in range(4)
            ]
        )
        resupply = self.branch.resupply_route_ids
        places = [
            (self.warehouse, self.stock, self.company),
            (self.warehouse, self.shelf, self.company),
            (self.branch, self.branch.lot_stock_id, self.company),
            (self.abroad, self.abroad.lot_stock_id, self.other_company),
        ]
        rules = self.env["stock.warehouse.orderpoint"]
        for number in range(articles):
            product = self._product(
                f"Article {seed}-{number}",
                uom_ids=[Command.link(self.dozen.id)],
                default_code=rng.choice([f"C{number}", False]),
                description_purchase=rng.choice(["As agreed", False]),
                route_ids=[Command.set(rng.choice([[], [], resupply.ids]))],
            )
            self.env["product.supplierinfo"].create(
                [
                    {
                        "partner_id": rng.choice(vendors).id,
                        "product_tmpl_id": product.product_tmpl_id.id,
                        "min_qty": rng.choice([0, 0, 5, 40]),
                        "price": rng.randint(1, 20),
                        "discount": rng.choice([0, 10]),
                        "delay": rng.randint(0, 30),
                        "currency_id": rng.choice(currencies).id,
                        "product_uom_id": rng.choice([product.uom_id, self.dozen]).id,
                        "product_code": rng.choice(["V1", False]),
                        "company_id": rng.choice([self.company.id, False]),
                    }
                    for _offer in range(rng.randint(0, 3))
                ]
            )
            for warehouse, place, company in rng.sample(places, rng.randint(1, 4)):
                least = rng.randint(0, 20)
                rules |= self._rule(
                    product,
                    least,
                    least + rng.randint(0, 30),
                    location=place,
                    warehouse_id=warehouse.id,
                    company_id=company.id,
                    trigger=rng.choice(["auto", "auto", "manual"]),
                    replenishment_uom_id=rng.choice([False, False, self.dozen.id]),
                )
                self.env["stock.quant"]._update_available_quantity(
                    product, place, rng.choice([-3, 1, 10, 40])
                )
                for _move in range(rng.randint(0, 2)):
                    self._open(rng, product, place, company)
        lines = [
            Command.create(
                {"product_id": product.id, "product_qty": rng.randint(1, 30)}
            )
            for product in rules.product_id[::4]
        ]
        self.env["purchase.order"].create(
            {"partner_id": vendors[0].id, "order_line": lines}
        )
        self.env.flush_all()
        return rules

    def _open(self, rng, product, place, company):
        """A move that is still to come."""
        outside = rng.choice(
            [self.customers, self.env.ref("stock.stock_location_suppliers")]
        )
        ends = (place, outside) if outside == self.customers else (outside, place)
        move = self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": rng.randint(1, 25),
                "product_uom": product.uom_id.id,
                "location_id": ends[0].id,
                "location_dest_id": ends[1].id,
                "company_id": company.id,
                "date": fields.Datetime.now() + timedelta(days=rng.randint(-5, 60)),
                "procure_method": "make_to_stock",
            }
        )
        move._action_confirm()

    # -- both ways -----------------------------------------------------------------

    def _left_behind(self, rules, *, in_sets, horizon=None):
        """What the scheduler's three steps leave behind, taken back again."""
        self.env["ir.config_parameter"].set_param(PARAMETER, str(int(in_sets)))
        self.env.flush_all()
        result = {}
        try:
            with self.cr.savepoint():
                self.env.invalidate_all()
                rules = rules.sudo()
                if horizon is not None:
                    rules = rules.with_context(global_horizon_days=horizon)
                before = self.cr.sql_log_count
                rules._compute_qty_to_order_computed()
                rules._compute_deadline_date()
                self.env.flush_all()
                result["rules"] = rules.read(
                    ["qty_to_order_computed", "deadline_date", "qty_on_hand"]
                )
                auto = rules.filtered(lambda rule: rule.trigger == "auto")
                for company, some in auto.grouped("company_id").items():
                    some._procure_orderpoint_confirm(
                        company_id=company, raise_user_error=False
                    )
                self.env.flush_all()
                self.queries = self.cr.sql_log_count - before
                self.env.invalidate_all()
                result["forecast"] = rules.read(["qty_forecast", "qty_to_order"])
                result["lines"] = [
                    {name: line[name] for name in line._fields if name in COMPARED}
                    | {
                        "vendor": line.order_id.partner_id,
                        "order_date": line.order_id.date_order,
                        "origin": sorted((line.order_id.origin or "").split(", ")),
                    }
                    for line in self.env["purchase.order.line"]
                    .sudo()
                    .search([], order="product_id, orderpoint_id, product_qty, id")
                ]
                result["moves"] = (
                    self.env["stock.move"]
                    .sudo()
                    .search(
                        [("orderpoint_id", "in", rules.ids)], order="product_id, id"
                    )
                    .mapped(lambda m: (m.product_id, m.product_qty, m.date, m.rule_id))
                )
                result["failed"] = (
                    self.env["mail.activity"]
                    .search([("res_model", "=", "product.template")])
                    .mapped(lambda a: (a.res_id, a.note))
                )
                raise Undone
        except Undone:
            self.env.invalidate_all()
        return result

    def test_same_as_one_by_one(self):
        """Routes, sub-locations, warehouses, companies, vendors, units, open RFQs."""
        ordered = 0
        for seed in range(4):
            rules = self._world(seed)
            for horizon in (None, 0):
                with self.subTest(seed=seed, horizon=horizon):
                    expected = self._left_behind(rules, in_sets=False, horizon=horizon)
                    one_by_one = self.queries
                    with patch.multiple(sets, MANY=1, FEW=1, LOT=0):
                        found = self._left_behind(rules, in_sets=True, horizon=horizon)
                    self.assertEqual(found, expected)
                    self.assertLess(self.queries, one_by_one)
                    ordered += len(found["lines"]) + len(found["moves"])
        self.assertGreater(ordered, 100)

    def test_what_has_to_be_ordered_comes_first(self):
        """Lots of a few rules: the same lines, and fewer lots that order."""

        def lots_of_three(_size, rules):
            return split_every(3, rules)

        rules = self._world(70, articles=20)
        lots = []
        native = StockRule.run

        def run(self, procurements, raise_user_error=True):
            lots.append(len(procurements))
            return native(self, procurements, raise_user_error=raise_user_error)

        with (
            patch.object(orderpoint, "split_every", lots_of_three),
            patch.object(StockRule, "run", run),
        ):
            expected = self._left_behind(rules, in_sets=False)
            one_by_one, lots[:] = list(lots), []
            with patch.multiple(sets, MANY=1, FEW=1, LOT=3):
                found = self._left_behind(rules, in_sets=True)
        for line in expected["lines"] + found["lines"]:
            # Odoo's: the earliest by what was on the order when a line came to it
            line.pop("order_date")
        for rule in expected["forecast"] + found["forecast"]:
            # less than nothing: Odoo compared the forecast from before the order
            rule["qty_to_order"] = max(rule["qty_to_order"], 0.0)
        self.assertEqual(found, expected)
        self.assertLess(sum(map(bool, lots)), sum(map(bool, one_by_one)))

    def test_enough_is_found_without_lead_times(self):
        """Some rules are decided by the bound, and all of them need nothing."""
        rules = self._world(50).sudo()
        with patch.object(sets, "MANY", 1):
            enough = rules._jxc_surely_enough()
        self.assertTrue(0 < len(enough) < len(rules))
        self._left_behind(rules, in_sets=False)
        self.env["ir.config_parameter"].set_param(PARAMETER, "0")
        rules._compute_qty_to_order_computed()
        self.assertEqual(set(enough.mapped("qty_to_order_computed")), {0.0})

    def test_opening_finds_the_same(self):
        """Rules that Odoo makes for shortages, and what a filter by quantity finds."""
        rules = self._world(80)
        # some are short and have no rule, some have a quantity that somebody typed
        rules[::3].sudo().unlink()
        rules = rules.exists()
        rules.filtered(lambda rule: rule.trigger == "manual").qty_to_order = 7
        Rules = self.env["stock.warehouse.orderpoint"]

        def opened(in_sets):
            self.env["ir.config_parameter"].set_param(PARAMETER, str(int(in_sets)))
            self.env.flush_all()
            try:
                with self.cr.savepoint():
                    self.env.invalidate_all()
                    Rules.action_open_orderpoints()
                    shown = Rules.search([], order="product_id, location_id")
                    self.made = shown - rules
                    result = [
                        shown.mapped(lambda r: (r.product_id, r.location_id, r.name)),
                        self.made.mapped("qty_to_order"),
                    ]
                    for operator, value in (
                        (">", 0), ("<", 5), ("<=", 0), (">=", 7), ("=", 0), ("!=", 0),
                        ("in", [0, 7]), ("not in", [7]),
                    ):  # fmt: skip
                        found = Rules.search([("qty_to_order", operator, value)])
                        result.append(found & rules)
                    raise Undone
            except Undone:
                self.env.invalidate_all()
            return result

        self.assertEqual(opened(True), opened(False))
        self.assertTrue(self.made)

    # -- other modules --------------------------------------------------------------

    def _another_module(self, cls, name, method):
        """Let a class of Odoo pass for one of a module that is not known."""
        return (
            patch.object(cls, "__module__", "odoo.addons.another.models"),
            patch.object(cls, name, method, create=True),
        )

    def test_another_module_decides_the_rule(self):
        """Its override is called for every product, whatever was answered before."""
        rules = self._world(60, articles=6)
        seen, native = [], StockRule._get_rule

        def _get_rule(self, product_id, location_id, values):
            seen.append(product_id.id)
            return native(self, product_id, location_id, values)

        module, override = self._another_module(PurchaseRule, "_get_rule", _get_rule)
        with module, override:
            self._left_behind(rules, in_sets=False)
            expected, seen[:] = list(seen), []
            self._left_behind(rules, in_sets=True)
        self.assertEqual(seen, expected)

    def test_another_module_decides_the_stock(self):
        """Nothing is decided by stock alone where another module says what it is."""
        rules = self._world(61, articles=6).sudo()

        def _quantity_in_progress(self):
            return dict.fromkeys(self.ids, -1000.0)

        module, override = self._another_module(
            PurchaseOrderpoint, "_quantity_in_progress", _quantity_in_progress
        )
        with patch.multiple(sets, MANY=1, FEW=1), module, override:
            self.env.invalidate_all()
            self.assertFalse(rules._jxc_surely_enough())
            rules._compute_qty_to_order_computed()
        self.assertGreater(min(rules.mapped("qty_to_order_computed")), 0)


#: what a purchase line is, but for numbers that only count up
COMPARED = {
    "product_id",
    "product_qty",
    "product_uom_id",
    "price_unit",
    "discount",
    "name",
    "date_planned",
    "orderpoint_id",
    "company_id",
    "currency_id",
    "propagate_cancel",
    "location_final_id",
    "tax_ids",
    "analytic_distribution",
}
