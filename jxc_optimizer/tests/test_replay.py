"""The company's own past once more: honest inputs, figures that a plain loop finds."""

from datetime import timedelta
from unittest.mock import patch

import numpy as np

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..models import jxc_replay_read as past
from .replay_case import ARTICLES, WEEKS, ReplayCase


def plain_loop(demand, arriving, stock, low, high, lead):
    """A single article by the day, written for reading; demand waits."""
    calendar = dict(enumerate(arriving))
    waiting, values, served, orders = 0.0, [], 0.0, 0
    for day, wanted in enumerate(demand):
        stock += calendar.pop(day, 0)
        back = min(stock, waiting)
        stock, waiting = stock - back, waiting - back
        given = min(stock, wanted)
        stock, waiting, served = stock - given, waiting + wanted - given, served + given
        values.append(stock)
        position = stock - waiting + sum(calendar.values())
        if position < low:
            calendar[day + 1 + lead] = calendar.get(day + 1 + lead, 0) + high - position
            orders += 1
    return sum(values) / len(values), served, orders


@tagged("post_install", "-at_install")
class TestReplay(ReplayCase):
    def test_own_rules_as_a_plain_loop_finds(self):
        """Every article, with what is usually booked ahead (nothing here)."""
        replay = self._replay()
        days = 7 * replay._weeks()
        self.assertEqual(days, 33 * 7)
        rows = self.env["jxc.replay.article"].search(
            [("scenario_id", "=", self._own(replay).id)]
        )
        self.assertEqual(rows.product_id, self.products)
        for row in rows:
            number = self.products.ids.index(row.product_id.id)
            demand = np.zeros(days)
            for week in range(WEEKS):
                at = days - 7 * (WEEKS - week) + 2
                if at >= 0:
                    demand[at] += self.quantity[number, week]
            stock, served, orders = plain_loop(demand, [], 0, 10, 30, 7)
            cost = row.product_id.standard_price
            self.assertAlmostEqual(row.stock_value, stock * cost, places=2)
            self.assertAlmostEqual(row.served_qty, served, places=4)
            self.assertEqual(row.orders, orders)
            self.assertAlmostEqual(
                row.holding_cost, stock * cost * 0.25 * days / 365, delta=0.01
            )

    def test_totals_are_sums_of_articles(self):
        replay = self._replay([{"target": 0.9}, {"target": 0.97}])
        for scenario in replay.scenario_ids:
            rows = self.env["jxc.replay.article"].search(
                [("scenario_id", "=", scenario.id)]
            )
            self.assertAlmostEqual(
                scenario.stock_value, sum(rows.mapped("stock_value")), delta=0.5
            )
            self.assertEqual(scenario.orders, sum(rows.mapped("orders")))
            self.assertAlmostEqual(
                scenario.fill_lines,
                sum(rows.mapped("lines_served")) / sum(rows.mapped("lines")),
                places=4,
            )
            [(fill,)] = rows._read_group(
                [("scenario_id", "=", scenario.id)], [], ["fill_lines:avg"]
            )
            self.assertAlmostEqual(float(fill), scenario.fill_lines, places=4)
        low, high = replay.condition_ids
        self.assertLess(low.stock_value, high.stock_value)
        self.assertLess(low.fill_lines, high.fill_lines)

    def test_nothing_of_the_future(self):
        """Demand of the replayed weeks does not move the first levels."""
        replay = self.env["jxc.replay"]
        seen = []
        original = type(replay)._levels

        def spy(self, payload, scenarios, goals):
            levels = original(self, payload, scenarios, goals)
            seen.append(levels[0][:, 0].copy())
            return levels

        with patch.object(type(replay), "_levels", spy):
            first = self._replay()
            self.env["jxc.demand.entry"].search(
                [
                    ("company_id", "=", self.company.id),
                    ("day", ">=", first.first_day),
                ]
            ).quantity = 500
            self._replay()
        np.testing.assert_array_equal(seen[0], seen[1])

    def test_rules_as_they_were(self):
        """Recorded changes are undone backwards; what was taken back counts too."""
        rule = self.rules[0]
        log = self.env["jxc.change"]
        since = self.today - timedelta(weeks=10)

        def change(levels, days_ago, reverted=None):
            record = log._log(rule, {rule: levels})
            rule.write({"product_min_qty": levels[0], "product_max_qty": levels[1]})
            self.env.flush_all()
            moment = self.today - timedelta(days=days_ago)
            self.env.cr.execute(
                "UPDATE jxc_change SET create_date = %s WHERE id = %s",
                [moment, record.id],
            )
            return record

        change((20, 50), 45)
        second = change((40, 80), 30)
        rule.write({"product_min_qty": 20, "product_max_qty": 50})
        second.write({"reverted_at": self.today - timedelta(days=10)})
        self.env.flush_all()
        low, high = past.levels_as_they_were(
            self.company, np.array([rule.id, 0]), [20.0, 0.0], [50.0, 0.0], since, 10
        )
        # weeks since the first day: changes on day 25 and 40, taken back on day 60
        self.assertEqual(low[0].tolist(), [10] * 4 + [20] * 2 + [40] * 3 + [20])
        self.assertEqual(high[0].tolist(), [30] * 4 + [50] * 2 + [80] * 3 + [50])
        self.assertEqual(low[1].tolist(), [0] * 10)

    def test_stock_and_open_orders_as_they_were(self):
        product = self._product("Moved")
        supplier = self.env.ref("stock.stock_location_suppliers")
        self._move(product, 50, 100, supplier, self.stock)
        self._move(product, 30, 10, supplier, self.stock)
        self._deliver(product, 20, 25)
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [
                    Command.create(
                        {"product_id": product.id, "product_qty": 40, "price_unit": 1}
                    )
                ],
            }
        )
        order.button_confirm()
        order.date_approve = self.today - timedelta(days=45)
        move = order.picking_ids.move_ids
        move.quantity = 40
        move.picked = True
        move._action_done()
        moment = self.today - timedelta(days=35)
        move.date = moment
        move.move_line_ids.date = moment
        self.env.flush_all()
        since = self.today - timedelta(days=40)
        pair = np.array([self.stock.id]), np.array([product.id])
        change = past.stock_change(self.company, *pair, since)
        self.assertEqual(change.tolist(), [10 - 25 + 40])
        self.assertEqual(product.qty_available - change[0], 100)
        coming = past.arrivals(self.company, *pair, since)
        self.assertEqual(coming[0].tolist(), [0, 0, 0, 0, 0, 40])

    def test_articles_without_rule_or_history_are_left_out(self):
        self.rules[:5].active = False
        self.env["jxc.demand.entry"].create(
            {
                "source": "import",
                "warehouse_id": self.warehouse.id,
                "product_id": self._product("Young").id,
                "day": self.today - timedelta(days=30),
                "quantity": 2,
            }
        )
        replay = self._replay()
        self.assertEqual(replay.left_out, {"no_rule": 5, "young": 1})
        self.assertEqual(replay.articles, ARTICLES - 5)
        self.assertIn("without reordering rule: 5", replay.basis)

    def test_weeks_out_of_stock(self):
        """What is not known of demand, nothing having been there, is no number."""
        product = self._product("Sold out")
        supplier = self.env.ref("stock.stock_location_suppliers")
        self._move(product, 400, 60, supplier, self.stock)
        for days in range(395, 335, -1):
            self._deliver(product, days, 1)
        self._move(product, 280, 300, supplier, self.stock)
        for days in range(279, 0, -1):
            self._deliver(product, days, 1)
        self._rule(product, 10, 30)
        replay = self._replay()
        row = self.env["jxc.replay.article"].search(
            [("replay_id", "=", replay.id), ("product_id", "=", product.id)]
        )
        self.assertEqual(len(row), 3)
        self.assertEqual(set(row.mapped("demand_qty")), {7.0 * 33})

    def test_without_any_rule(self):
        self.rules.active = False
        replay = self._replay()
        self.assertEqual(replay.articles, ARTICLES)
        self.assertFalse(self._own(replay).articles)
        self.assertEqual(replay.condition_ids.articles, ARTICLES)

    def test_conditions(self):
        replay = self._replay(
            [{}, {"lead_percent": 100}, {"order_cost": 30}, {"growth_percent": 50}]
        )
        plain, slow, dear, grown = replay.condition_ids.sorted("sequence")
        # nothing was in stock on the first day: the first receipts come a week later
        self.assertLess(slow.fill_units, plain.fill_units)
        self.assertLess(dear.orders, plain.orders)
        self.assertGreater(dear.stock_value, plain.stock_value)
        self.assertGreater(grown.stock_value, plain.stock_value)

    def test_not_enough_history(self):
        self.env["jxc.demand.entry"].search(
            [("day", "<", self.today - timedelta(weeks=17))]
        ).unlink()
        history = self.env["jxc.replay"]._history(self.company)
        self.assertEqual(history["replayed"], 0)
        replay = self.env["jxc.replay"].create({"condition_ids": [Command.create({})]})
        with self.assertRaisesRegex(UserError, str(history["ready_on"])):
            replay.action_start()
        self.assertFalse(self.env["jxc.replay"]._make_own(self.company))

    def test_empty_company(self):
        empty = self._company("Empty Replay Ltd")
        self.assertEqual(
            self.env["jxc.replay"]._history(empty),
            {"weeks": 0, "replayed": 0, "ready_on": False},
        )
        self.assertFalse(self.env["jxc.replay"]._make_own(empty))

    def test_own_is_made_once_a_month(self):
        replays = self.env["jxc.replay"].sudo()
        own = replays._make_own(self.company)
        self.assertFalse(replays._make_own(self.company))
        self._work(own)
        self.assertFalse(replays._make_own(self.company))
        self.assertEqual(len(own.condition_ids.curve), 8)
        first, *_others, last = own.condition_ids.curve
        self.assertLess(first["stock_value"], last["stock_value"])
        self.assertLess(first["fill_lines"], last["fill_lines"])

    def test_interrupted_and_in_parts_gives_the_same(self):
        whole = self._replay()
        with patch(
            "odoo.addons.jxc_optimizer.models.jxc_replay_work.SHARD_PRODUCTS", 13
        ):
            parts = whole.copy()
            parts.action_start()
            stops = 0
            while not parts._work(lambda done, remaining: 0.0):
                stops += 1
                self.assertLess(stops, 50)
        self.assertEqual(parts.state, "done", parts.error)
        self.assertGreater(stops, 8)
        for one, other in zip(whole.scenario_ids, parts.scenario_ids, strict=True):
            self.assertEqual(one.orders, other.orders)
            self.assertAlmostEqual(one.stock_value, other.stock_value, delta=0.01)

    def test_cancel(self):
        replay = self.env["jxc.replay"].create({"condition_ids": [Command.create({})]})
        replay.action_start()
        replay._work(lambda done, remaining: 0.0)
        replay.with_user(self.planner).action_cancel()
        self.assertEqual(replay.state, "cancelled")
        self.assertTrue(replay._work(lambda done, remaining: float("inf")))
        self.assertFalse(replay.shard_ids)

    def test_rights(self):
        replay = self._replay()
        self.assertTrue(replay.with_user(self.buyer).scenario_ids[0].stock_value)
        with self.assertRaises(AccessError):
            replay.with_user(self.buyer).action_cancel()
        with self.assertRaises(AccessError):
            replay.scenario_ids[0].with_user(self.planner).stock_value = 1
        with self.assertRaises(AccessError):
            replay.with_user(self.planner).state = "draft"
        with self.assertRaises(UserError):
            replay.with_user(self.planner).lost_sales = True
        keeper = self._user("replay_keeper", "stock.group_stock_user")
        with self.assertRaises(AccessError):
            replay.with_user(keeper).read(["name"])
        other = self._user(
            "replay_other", "jxc_optimizer.group_planner", self._company("Other Ltd")
        )
        self.assertFalse(
            self.env["jxc.replay"]
            .with_user(other)
            .with_context(allowed_company_ids=other.company_ids.ids)
            .search([("id", "=", replay.id)])
        )

    def test_apply_to_the_company(self):
        replay = self._replay([{"target": 0.91, "order_cost": 33}])
        replay.condition_ids.with_user(self.planner).action_apply()
        self.assertEqual(self.company.jxc_fill_rate, 0.91)
        self.assertEqual(self.company.jxc_order_cost, 33)
        self.assertEqual(self.company.jxc_holding_rate, 0.25)
        with self.assertRaises(AccessError):
            replay.condition_ids.with_user(self.buyer).action_apply()

    def test_apply_to_a_part(self):
        replay = self._replay([{"order_cost": 33}], vendor_id=self.vendor.id)
        scenario = replay.condition_ids.with_user(self.planner)
        scenario.action_apply()
        found = self.env["jxc.article"].search(
            [("product_id", "in", self.products.ids)]
        )
        self.assertEqual(len(found), ARTICLES)
        self.assertEqual(set(found.mapped("order_cost")), {33})
        scenario.action_apply()
        self.assertEqual(self.company.jxc_order_cost, 1)

    def test_scope(self):
        replay = self._replay(abc_class="A")
        found = self.env["jxc.policy"].search(
            [("company_id", "=", self.company.id), ("abc_class", "=", "A")]
        )
        self.assertEqual(replay.articles, len(found))
        rows = self.env["jxc.replay.article"].search([("replay_id", "=", replay.id)])
        self.assertEqual(set(rows.mapped("abc_class")), {"A"})

    def test_export(self):
        replay = self._replay()
        action = replay.with_user(self.buyer).action_export()
        self.assertEqual(action["type"], "ir.actions.act_url")

    def test_statements_do_not_grow(self):
        def statements():
            replay = self.env["jxc.replay"].create(
                {"condition_ids": [Command.create({})]}
            )
            replay.action_start()
            before = self.env.cr.sql_log_count
            self._work(replay)
            return self.env.cr.sql_log_count - before

        statements()
        self.products[10:].active = False
        few = statements()
        self.products.active = True
        self.assertLessEqual(statements(), few + 2)
