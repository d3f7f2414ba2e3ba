"""The age of the stock against a queue, and cases from start to end."""

import random
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .common import OptimizerCase


@tagged("post_install", "-at_install")
class TestStockAge(OptimizerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.suppliers = cls.env.ref("stock.stock_location_suppliers")

    def _receive(self, product, days_ago, quantity, **values):
        return self._move(
            product, days_ago, quantity, self.suppliers, self.stock, **values
        )

    def _age(self, product, warehouse=None):
        self.env["jxc.demand.day"]._refresh(self.company)
        self.env["jxc.stock.age"]._refresh(self.company)
        return self.env["jxc.stock.age"].search(
            [
                ("product_id", "=", product.id),
                ("warehouse_id", "=", (warehouse or self.warehouse).id),
            ]
        )

    def test_layers(self):
        """30 received 400 days ago, 20 at 200, 10 at 20; 25 sold: 5 + 20 + 10 left."""
        product = self._product("Layered", cost=2.0)
        self._receive(product, 400, 30)
        self._receive(product, 200, 20)
        self._receive(product, 20, 10)
        self._deliver(product, 120, 25)
        age = self._age(product)
        self.assertEqual(age.on_hand, 35)
        self.assertEqual(age.value, 70)
        self.assertEqual(age.fresh_value, 20)
        self.assertEqual(age.ageing_value, 0)
        self.assertEqual(age.old_value, 40)
        self.assertEqual(age.ancient_value, 10)
        self.assertEqual(age.oldest_day, self.today - timedelta(days=400))
        self.assertAlmostEqual(age.age_days, (5 * 400 + 20 * 200 + 10 * 20) / 35, 1)
        self.assertEqual(age.last_demand_day, self.today - timedelta(days=120))
        self.assertEqual(age.idle_days, 120)
        self.assertEqual(age.stage, "review")

    def test_random_histories(self):
        """The layers equal those of a queue from which the oldest goes first."""
        draw = random.Random(7)
        for number in range(6):
            product = self._product(f"Random {number}", cost=1.0)
            queue = []
            for days_ago in sorted(draw.sample(range(1, 700), 12), reverse=True):
                if draw.random() < 0.6 or not queue:
                    quantity = draw.randint(1, 40)
                    self._receive(product, days_ago, quantity)
                    queue += [days_ago] * quantity
                else:
                    quantity = draw.randint(1, len(queue))
                    self._deliver(product, days_ago, quantity)
                    queue = queue[quantity:]
            age = self._age(product)
            if not queue:
                self.assertFalse(age)
                continue
            self.assertEqual(age.on_hand, len(queue))
            self.assertAlmostEqual(age.age_days, sum(queue) / len(queue), 0)
            self.assertEqual(age.fresh_value, sum(day < 90 for day in queue))
            self.assertEqual(age.ageing_value, sum(90 <= day < 180 for day in queue))
            self.assertEqual(age.old_value, sum(180 <= day < 365 for day in queue))
            self.assertEqual(age.ancient_value, sum(day >= 365 for day in queue))

    def test_units_and_returns(self):
        """Dozens count as twelve; what a customer sends back is as old as it was."""
        product = self._product("Dozens", cost=1.0)
        self._receive(product, 300, 2, uom=self.env.ref("uom.product_uom_dozen"))
        self._deliver(product, 100, 4)
        self._move(product, 5, 1, self.customers, self.stock)
        age = self._age(product)
        self.assertEqual(age.on_hand, 21)
        self.assertEqual(age.old_value, 21)
        self.assertEqual(age.fresh_value, 0)

    def test_stages(self):
        for days, stage in ((89, "moving"), (90, "review"), (180, "excess"),
                            (364, "excess"), (365, "dead")):  # fmt: skip
            product = self._product(f"Idle {days}")
            self._receive(product, days, 5)
            age = self._age(product)
            self.assertEqual((age.idle_days, age.stage), (days, stage))
            self.assertEqual(age.excess_qty, 5 if stage == "dead" else 0)

    def test_above_the_order_up_to_level(self):
        """A shelf that lasts 200 days is excess, as far as it is above the level."""
        product = self._product("Plenty", cost=2.0)
        self._vendor(product)
        self._receive(product, 80, 300)
        self._sell_weekly(product, [7] * 10)
        self._run()
        policy = self._policy(product)
        age = self._age(product)
        self.assertGreater(age.cover_days, 180)
        self.assertEqual(age.stage, "excess")
        self.assertAlmostEqual(age.excess_qty, 230 - policy.order_up_to, 2)

    def test_new_goods_are_not_dead(self):
        product = self._product("Back again")
        self._receive(product, 500, 5)
        self._deliver(product, 450, 5)
        self._receive(product, 10, 5)
        self.assertEqual(self._age(product).idle_days, 10)

    def test_imported_demand_counts(self):
        product = self._product("Imported")
        self._receive(product, 400, 5)
        self.env["jxc.demand.entry"].create(
            {
                "source": "import",
                "warehouse_id": self.warehouse.id,
                "product_id": product.id,
                "day": self.today - timedelta(days=30),
                "quantity": 1,
            }
        )
        self.assertEqual(self._age(product).stage, "moving")

    def test_warehouses_companies_and_owners(self):
        product = self._product("Everywhere", cost=1.0)
        second = self.env["stock.warehouse"].create(
            {"name": "Second", "code": "SEC", "company_id": self.company.id}
        )
        self._receive(product, 200, 10)
        self._move(product, 50, 4, self.stock, second.lot_stock_id)
        other = self._company("Other Ltd")
        self.env["stock.quant"]._update_available_quantity(
            product, self._warehouse(other).lot_stock_id, 7
        )
        self.env["stock.quant"]._update_available_quantity(
            product,
            self.stock,
            9,
            owner_id=self.env["res.partner"].create({"name": "Consignor"}),
        )
        age = self._age(product)
        self.assertEqual((age.on_hand, age.old_value), (6, 6))
        there = self._age(product, second)
        self.assertEqual((there.on_hand, there.fresh_value), (4, 4))
        self.assertEqual(
            self.env["jxc.stock.age"].search_count([("product_id", "=", product.id)]), 2
        )

    def test_empty_and_twice(self):
        ages = self.env["jxc.stock.age"]
        self.assertEqual(ages._refresh(self.company), 0)
        product = self._product("Once")
        self._receive(product, 10, 1)
        self.assertEqual(ages._refresh(self.company), 1)
        self.assertEqual(ages._refresh(self.company), 0)
        self._deliver(product, 1, 1)
        self.assertEqual(ages._refresh(self.company), 1)
        self.assertFalse(ages.search([("product_id", "=", product.id)]))

    def test_statements_do_not_grow(self):
        self.env["jxc.stock.age"]._refresh(self.company)
        counts = []
        for size in (2, 12):
            for number in range(size):
                self._receive(self._product(f"S{size} {number}"), 100, 1)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.env["jxc.stock.age"]._refresh(self.company)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)


class StockCaseCommon(OptimizerCase):
    """An article that nobody has wanted for 500 days, and who decides about it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._product("Shelf Warmer", cost=10.0, list_price=30.0)
        suppliers = cls.env.ref("stock.stock_location_suppliers")
        cls._move(cls.product, 500, 100, suppliers, cls.stock)
        cls.env["jxc.stock.age"]._refresh(cls.company)
        cls.age = cls.env["jxc.stock.age"].search(
            [("product_id", "=", cls.product.id), ("company_id", "=", cls.company.id)]
        )
        cls.pricelist = cls.env["product.pricelist"].create({"name": "Retail"})
        cls.planner = cls._user("case_planner", "jxc_optimizer.group_planner")
        cls.seller = cls._user(
            "case_seller", "jxc_optimizer.group_planner,product.group_product_manager"
        )
        cls.buyer = cls._user("case_buyer", "jxc_optimizer.group_buyer")


@tagged("post_install", "-at_install")
class TestStockCase(StockCaseCommon):
    def _case(self, user=None, **values):
        age = self.age.with_user(user or self.planner)
        case = self.env["jxc.stock.case"].browse(age.action_open_cases()["res_id"])
        case = case.with_user(user or self.planner)
        case.write(values)
        return case

    def test_opening_twice_is_one_case(self):
        case = self._case()
        self.assertEqual(
            (case.stage, case.value, case.quantity), ("dead", 1000.0, 100.0)
        )
        self.assertTrue(case.activity_ids)
        self.assertEqual(self.age.action_open_cases()["res_id"], case.id)

    def test_discount(self):
        """30 less 40 % is 18; 20 pieces sold bring 360."""
        case = self._case(
            self.seller,
            decision="discount", pricelist_id=self.pricelist.id, discount=40,
        )  # fmt: skip
        case.action_decide()
        self.assertEqual(self.pricelist._get_product_price(self.product, 1.0), 18.0)
        self._deliver(self.product, 0, 20)
        self.env["jxc.demand.day"]._refresh(self.company)
        case.invalidate_recordset()
        self.assertEqual((case.left_qty, case.left_value), (20, 360))
        case.action_close()
        self.assertEqual((case.state, case.recovered_value), ("done", 360))
        self.assertFalse(case.activity_ids)

    def test_discount_needs_the_right_to_price(self):
        case = self._case(
            decision="discount", pricelist_id=self.pricelist.id, discount=40
        )
        with self.assertRaisesRegex(UserError, "price lists"):
            case.action_decide()
        self.assertEqual(case.state, "open")

    def test_return_to_vendor(self):
        vendor = self._vendor(self.product, price=9.0)
        case = self._case(decision="return", vendor_id=vendor.id, quantity=50)
        case.action_decide()
        picking = case.picking_id
        self.assertEqual(picking.state, "draft")
        self.assertEqual(picking.location_dest_id.usage, "supplier")
        picking.action_confirm()
        picking.action_assign()
        picking.button_validate()
        self.assertEqual(picking.state, "done")
        case.invalidate_recordset()
        self.assertEqual((case.left_qty, case.left_value), (50, 450))

    def test_transfer_scrap_and_back(self):
        second = self.env["stock.warehouse"].create(
            {"name": "Second", "code": "SEC", "company_id": self.company.id}
        )
        case = self._case(
            decision="transfer", target_warehouse_id=second.id, quantity=30
        )
        case.action_decide()
        self.assertEqual(case.picking_id.location_dest_id, second.lot_stock_id)
        self.assertEqual(case.picking_id.move_ids.product_uom_qty, 30)
        case.action_reopen()
        self.assertEqual(case.picking_id.state, "cancel")
        case.write({"decision": "scrap", "quantity": 5})
        case.action_decide()
        self.assertEqual((case.scrap_id.state, case.scrap_id.scrap_qty), ("draft", 5))
        case.action_cancel()
        self.assertFalse(case.scrap_id.exists())

    def test_stop_ordering(self):
        rule = self._rule(self.product, 1, 2)
        case = self._case(decision="keep", reason="Spare part", stop_ordering=True)
        case.action_decide()
        self.assertFalse(rule.active)
        case.action_reopen()
        self.assertTrue(rule.active)

    def test_says_what_is_missing(self):
        case = self._case()
        for decision, words in (
            (False, "Choose a decision"),
            ("discount", "price list"),
            ("return", "vendor"),
            ("transfer", "warehouse"),
            ("keep", "why"),
        ):
            case.decision = decision
            with self.assertRaisesRegex(UserError, words):
                case.action_decide()
        case.write({"decision": "scrap", "quantity": 0})
        with self.assertRaisesRegex(UserError, "how much"):
            case.action_decide()

    def test_approval(self):
        """Above the limit a buyer proposes and a planner approves."""
        self.company.jxc_case_approval = 999
        case = self._case(self.buyer, decision="scrap")
        case.action_decide()
        self.assertEqual(case.state, "proposed")
        self.assertFalse(case.scrap_id)
        with self.assertRaises(AccessError):
            case.action_approve()
        case.with_user(self.planner).action_approve()
        self.assertEqual(case.state, "decided")
        self.assertEqual(case.decided_by_id, self.planner)
        self.assertTrue(case.scrap_id)

    def test_only_buttons_move_a_case(self):
        case = self._case(self.buyer, decision="scrap")
        for values in ({"state": "decided"}, {"value": 1.0}):
            with self.assertRaises(AccessError):
                case.write(values)
        case.action_decide()
        with self.assertRaises(UserError):
            case.decision = "keep"

    def test_rights(self):
        case = self._case()
        stock_user = self._user("case_stock", "stock.group_stock_user")
        self.assertEqual(case.with_user(stock_user).product_id, self.product)
        with self.assertRaises(AccessError):
            case.with_user(stock_user).decision = "keep"
        with self.assertRaises(AccessError):
            case.with_user(stock_user).action_cancel()
        other = self._company("Elsewhere Ltd")
        foreign = self._user("case_other", "jxc_optimizer.group_planner", other)
        with self.assertRaises(AccessError):
            case.with_user(foreign).read(["value"])
        internal = self._user("case_none", "base.group_user")
        with self.assertRaises(AccessError):
            self.age.with_user(internal).read(["value"])

    def test_closing_keeps_what_people_say(self):
        case = self._case(decision="bundle", quantity=10)
        case.action_decide()
        case.recovered_value = 123
        case.action_close()
        self.assertEqual(case.recovered_value, 123)
        self.assertEqual(case.closed_day, fields.Date.context_today(case))


@tagged("post_install", "-at_install")
class TestStockCaseTour(StockCaseCommon, HttpCase):
    def test_from_ladder_to_recovered_value(self):
        self.pricelist.name = "Clearance"
        self.seller.group_ids |= self.env.ref("product.group_product_pricelist")
        self.start_tour("/odoo/slow-stock", "jxc_decide_discount", login="case_seller")
        case = self.env["jxc.stock.case"].search(
            [("product_id", "=", self.product.id), ("state", "=", "decided")]
        )
        self._deliver(self.product, 0, 20)
        self.env["jxc.demand.day"]._refresh(self.company)
        self.start_tour(
            f"/odoo/stock-cases/{case.id}", "jxc_close_case", login="case_seller"
        )
        self.assertEqual(case.recovered_value, 360)
        # and the management reads of it
        report = self.env["jxc.monthly.report"].create({"month": case.closed_day})
        [row] = report._figures()["recovered"]["cases"]
        self.assertEqual(row["name"], self.product.display_name)
        self.assertIn("360", row["recovered"])
