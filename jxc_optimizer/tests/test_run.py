"""Runs: from deliveries to policies and suggestions."""

from collections import defaultdict
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2 import OperationalError

from odoo.exceptions import AccessError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import tagged

from ..models import jxc_run_phases
from ..models.jxc_run import TRIES
from .common import OptimizerCase

#: quantities of 30 weeks, oldest first; their mean is 20
WEEKLY = [14, 26, 20, 17, 23, 20, 14, 26, 20, 20] * 3


@tagged("post_install", "-at_install")
class TestRun(OptimizerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._product("Steady", cost=10.0)
        cls._vendor(cls.product, delay=7)
        cls._sell_weekly(cls.product, WEEKLY)

    def test_levels_by_hand(self):
        """Figures worked out with pencil, paper and a table of the normal loss.

        30 weeks from a window of 52: mean 20 a week, so 2.857 a day. Demand a year
        1,042.9; order cost 20, holding cost 2.50: EOQ sqrt(2 * 1042.9 * 20 / 2.5)
        = 129.2; at the vendor's price of 8 it is sqrt(2 * 1042.9 * 20 / 2) = 144.4,
        and 144 pieces cost less than 145 a year (288.841 against 288.842).
        Lead time 7 days and review 1: 8 days, 22.86 units.
        """
        rule = self._rule(self.product, 5, 10)
        self._run()
        policy = self._policy(self.product)
        self.assertEqual(policy.history_weeks, 30)
        self.assertAlmostEqual(policy.consumption_qty, 600)
        self.assertAlmostEqual(policy.consumption_value, 6000)
        self.assertEqual(policy.consumption_lines, 30)
        self.assertAlmostEqual(policy.demand_per_day, 20 / 7, 4)
        self.assertAlmostEqual(policy.eoq, 129.18, 1)
        self.assertAlmostEqual(policy.lead_days, 7)
        self.assertAlmostEqual(policy.protection_demand, 22.86, 2)
        self.assertEqual(policy.matrix_class, "AX")
        self.assertEqual(policy.pattern, "smooth")
        # A lot of 144 pieces covers a shortage of 7.2: at 95 % no safety stock is
        # needed for a deviation of 4.3, and none below zero is kept.
        self.assertEqual(policy.safety_stock, 0)
        self.assertEqual(rule.jxc_note, "suggested")
        self.assertEqual(rule.jxc_suggested_min, 24)  # 22.86 -> 23, and one below
        self.assertEqual(rule.jxc_suggested_max, 23 + 144)
        self.assertTrue(rule.jxc_has_change)
        # Joining saves 15 of 20. With g = 20 * 1042.9 / 144 + 2.5 * 144 / 2 = 324.8 a
        # year, 15 * 1042.9 = 324.8 y - 1.25 y² gives y = 63.8, so 63 above the minimum.
        self.assertEqual(policy.can_order, 24 + 63)
        self.assertEqual(rule.jxc_can_order, 24 + 63)

    def test_joining_orders(self):
        """The share a joining line costs moves the level between min and max."""
        rule = self._rule(self.product)
        # Joining for nothing pays up to 2 * 20 * 1042.9 / (2.5 * 144) = 115.9 above.
        for share, level in ((1.0, 24), (0.0, 24 + 115)):
            self.company.jxc_joint_line_share = share
            self._run()
            self.assertEqual(rule.jxc_can_order, level)
        rule.jxc_mode = "manual"
        self._run()
        self.assertFalse(rule.jxc_can_order)
        with self.assertRaises(ValidationError):
            self.company.jxc_joint_line_share = 1.2
        vendor = self.product.seller_ids.partner_id
        vendor.jxc_min_order_value = 500
        other = self.env["res.company"].create({"name": "Other"})
        self.assertFalse(vendor.with_company(other).jxc_min_order_value)
        with self.assertRaises(ValidationError):
            vendor.jxc_min_order_value = -1

    def test_history(self):
        """A row for each time the advice changed, and none when it did not."""
        history = self.env["jxc.policy.history"]
        mine = [("product_id", "=", self.product.id)]
        today = self.env["jxc.run"]._today(self.company)
        self._rule(self.product)
        self._run()
        first = history.search(mine)
        self.assertEqual((first.date_from, first.date_to), (today, False))
        self.assertEqual((first.suggested_min, first.suggested_max), (24, 167))

        # Once more on the same day: the last one counts.
        self.product.seller_ids.delay = 14
        self._run()
        same_day = history.search(mine)
        self.assertEqual((same_day.date_from, same_day.lead_days), (today, 14))

        tomorrow = today + timedelta(days=1)
        day = type(self.env["jxc.demand.day"])
        with patch.object(day, "_today", lambda *_args: tomorrow):
            self.product.seller_ids.delay = 21
            self._run()
            self._run()
        old, new = history.search(mine, order="date_from")
        self.assertEqual(old, same_day)
        self.assertEqual((old.date_to, new.date_from), (tomorrow, tomorrow))
        self.assertEqual((new.lead_days, new.date_to), (21, False))
        action = self._policy(self.product).action_history()
        self.assertEqual(history.search(action["domain"]), old | new)

        # What ended is forgotten some time; what counts stays.
        self.company.jxc_policy_keep_days = 1
        with freeze_time(tomorrow + timedelta(days=3)):
            history._gc_history()
        self.assertEqual(history.search(mine), new)

    def test_nothing_new_is_not_read_again(self):
        """A second run of a day ends at once; whatever changed makes a full one."""
        rule = self._rule(self.product)
        self._run()

        def is_taken_over():
            run = self._run()
            self.assertEqual(run.state, "done", run.error)
            self.assertEqual(run.series, 1)
            return not run.shard_ids

        self.assertTrue(is_taken_over())
        changes = [
            lambda: self._sell_weekly(self.product, [5]),
            lambda: self.product.write({"standard_price": 11.0}),
            lambda: self.product.seller_ids.write({"delay": 9}),
            lambda: rule.write({"product_min_qty": 3}),
            lambda: self.company.write({"jxc_order_cost": 30.0}),
            lambda: self._policy(self.product).unlink(),
            lambda: self.env["jxc.article"].create(
                {
                    "company_id": self.company.id,
                    "product_id": self.product.id,
                    "order_cost": 7.0,
                }
            ),
        ]
        for change in changes:
            change()
            self.env.flush_all()
            self.assertFalse(is_taken_over())
            self.assertTrue(self._policy(self.product))
            self.assertTrue(is_taken_over())

    def test_second_run_writes_nothing(self):
        rule = self._rule(self.product)
        first = self._run()
        self.assertTrue(first.policies_changed)
        self.assertTrue(first.rules_changed)
        policy = self._policy(self.product)
        self.env.flush_all()
        version = "SELECT xmin::text FROM %s WHERE id = %s"
        self.env.cr.execute(version % (policy._table, policy.id))
        policy_version = self.env.cr.fetchall()
        self.env.cr.execute(version % (rule._table, rule.id))
        rule_version = self.env.cr.fetchall()

        second = self._run()
        self.assertEqual(second.policies_changed, 0)
        self.assertEqual(second.rules_changed, 0)
        self.env.cr.execute(version % (policy._table, policy.id))
        self.assertEqual(self.env.cr.fetchall(), policy_version)
        self.env.cr.execute(version % (rule._table, rule.id))
        self.assertEqual(self.env.cr.fetchall(), rule_version)

    def test_explanation_adds_up(self):
        rule = self._rule(self.product)
        self._run()
        terms = defaultdict(float, rule.jxc_terms)
        minimum = terms["lead_time_demand"] + terms["review_demand"] + terms["safety"]
        minimum += terms["min_rounding"] + terms["strict_unit"] - terms["uncovered"]
        minimum -= terms["booked"]
        self.assertEqual(round(minimum, 2), rule.jxc_suggested_min)
        maximum = rule.jxc_suggested_min - terms["strict_unit"] + terms["lot"]
        maximum += terms["lot_rounding"]
        self.assertEqual(round(maximum, 2), rule.jxc_suggested_max)

    def test_statements_do_not_grow(self):
        """The same number of SQL statements for 3 and for 40 products."""

        def statements():
            self.env.invalidate_all()  # as a scheduled action begins
            run = self._run()
            return {step: count for step, (_s, count) in run.timings.items()}

        few = self._product("Few A") | self._product("Few B")
        self._vendor(few)
        for product in few:
            self._sell_weekly(product, WEEKLY[:6])
        self._rule(self.product)
        self._run()  # fills caches that do not depend on the products
        before = statements()
        many = self.env["product.product"]
        for number in range(37):
            many |= self._product(f"Many {number}")
        self._vendor(many)
        for product in many:
            self._sell_weekly(product, WEEKLY[:4])
            self._rule(product)
        self._run()
        self.assertEqual(statements(), before)

    def test_scheduled_action_from_nothing_and_twice(self):
        """The very first night of an empty database, and the next one."""
        self.env["jxc.run"].search([]).unlink()
        self.env["jxc.policy"].search([]).sudo().unlink()
        cron = self.env.ref("jxc_optimizer.ir_cron_recompute")
        with patch.object(
            self.env.registry["ir.cron"], "_commit_progress", return_value=600.0
        ):
            cron.ir_actions_server_id.run()
            runs = self.env["jxc.run"].search([("company_id", "=", self.company.id)])
            self.assertEqual(runs.state, "done")
            self.assertTrue(self._policy(self.product))
            cron.ir_actions_server_id.run()
        runs = self.env["jxc.run"].search([("company_id", "=", self.company.id)])
        self.assertEqual(runs.mapped("state"), ["done", "done"])
        self.assertEqual(runs[0].policies_changed, 0)

    def test_interrupted_run_goes_on(self):
        run = self.env["jxc.run"]._start(self.company)
        times = iter([5.0, 0.0])
        finished = run._work(lambda _done, remaining: next(times))
        self.assertFalse(finished)
        self.assertIn(run.state, ("reading", "settling"))
        self.assertFalse(self._policy(self.product))
        run._work(lambda _done, remaining: 5.0)
        self.assertEqual(run.state, "done")
        self.assertTrue(self._policy(self.product))

    def test_parts_that_others_have_just_done(self):
        """However often somebody else was faster, it is no failure."""
        shards = self.env.registry["jxc.run.shard"]
        claim, meetings = shards._claim_one, iter(range(3 * TRIES))

        def claim_late(shard):
            if next(meetings, None) is not None:
                raise OperationalError
            return claim(shard)

        with patch.object(shards, "_claim_one", claim_late):
            run = self._run()
        self.assertIsNone(next(meetings, None))
        self.assertTrue(self._policy(self.product))
        self.assertEqual(run.state, "done")

    def test_help_does_the_parts_and_nothing_else(self):
        """A second scheduled action reads and publishes; the first settles and ends."""
        another = self._product("Another")
        self._sell_weekly(another, WEEKLY)
        runs = self.env["jxc.run"]
        helper = self.env.ref("jxc_optimizer.ir_cron_help")

        def states():
            return run.state, set(run.shard_ids.mapped("state"))

        with (
            patch.object(jxc_run_phases, "SHARD_PRODUCTS", 1),
            patch.object(
                self.env.registry["ir.cron"], "_commit_progress", return_value=600.0
            ),
        ):
            helper.ir_actions_server_id.run()  # nothing to help with
            run = runs._start(self.company)
            helper.ir_actions_server_id.run()
            self.assertEqual(states(), ("waiting", set()))
            run._try(run._do_unit)
            self.assertEqual(len(run.shard_ids), 2)
            helper.ir_actions_server_id.run()
            self.assertEqual(states(), ("reading", {"read"}))
            helper.ir_actions_server_id.run()
            self.assertEqual(states(), ("reading", {"read"}))
            run._try(run._do_unit)
            run._try(run._do_unit)
            self.assertEqual(states(), ("publishing", {"read"}))
            helper.ir_actions_server_id.run()
            self.assertEqual(states(), ("publishing", {"done"}))
            self.assertTrue(self._policy(self.product))
            self.assertTrue(self._policy(another))
            run._try(run._do_unit)
        self.assertEqual(run.state, "done")
        self.assertEqual(run.policies_changed, 2)
        self.assertLessEqual({"refresh demand", "plan", "project"}, set(run.timings))

    def test_what_was_kept_between_steps_goes(self):
        """Of a run that was cancelled while somebody worked on a part of it."""
        run = self.env["jxc.run"]._start(self.company)
        times = iter([5.0, 0.0])
        run._work(lambda _done, remaining: next(times))
        self.assertTrue(run.shard_ids.payload)
        with patch.object(
            self.env.registry["jxc.run.shard"], "_forget", lambda shards: None
        ):
            run.action_cancel()
        self.assertTrue(run.shard_ids.payload)
        self.env["jxc.run"]._forget_arrays()
        self.assertFalse(run.shard_ids.payload)

    def test_cancel(self):
        run = self.env["jxc.run"]._start(self.company)
        run._work(lambda _done, remaining: 0.0)
        run.action_cancel()
        run._work(lambda _done, remaining: 5.0)
        self.assertEqual(run.state, "cancelled")
        self.assertFalse(self._policy(self.product))

    def test_failure_is_logged_and_leaves_nothing_half_done(self):
        run = self.env["jxc.run"]._start(self.company)
        planner = self.env.registry["jxc.planner"]
        with (
            patch.object(planner, "_plan", side_effect=ValueError("boom")),
            self.assertLogs("odoo.addons.jxc_optimizer.models.jxc_run", "ERROR"),
        ):
            run._work(lambda _done, remaining: 5.0)
        self.assertEqual(run.state, "failed")
        self.assertIn("boom", run.error)
        self.assertFalse(self._policy(self.product))

    def test_only_planners_recompute(self):
        buyer = self._user("run_buyer", "jxc_optimizer.group_buyer")
        planner = self._user("run_planner", "jxc_optimizer.group_planner")
        runs = self.env["jxc.run"]
        with self.assertRaises(AccessError):
            runs.with_user(buyer).action_recompute()
        # as the button of the list calls it: with the ids of the selection, here none
        action = call_kw(runs.with_user(planner), "action_recompute", [[]], {})
        run = runs.browse(action["res_id"])
        self.assertEqual(run.state, "waiting")
        self.assertEqual(run.user_id, planner)
        with self.assertRaises(AccessError):
            run.with_user(planner).write({"state": "done"})

    def test_old_logs_are_forgotten(self):
        run = self._run()
        run.date -= timedelta(days=100)
        self.env["jxc.run"]._gc_old_runs()
        self.assertFalse(run.exists())
        self.assertTrue(self._policy(self.product))
