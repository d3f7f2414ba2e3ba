"""Planned events: what they add ahead, and what they take out of the past."""

import json
from datetime import timedelta

import numpy as np
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import OptimizerCase

WEEKS = [14] * 30


@tagged("post_install", "-at_install")
class TestDemandEvent(OptimizerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pen = cls._product("Pen")
        cls.ink = cls._product("Ink")
        cls._vendor(cls.pen | cls.ink)
        cls._sell_weekly(cls.ink, WEEKS)
        cls.rule = cls._rule(cls.pen)
        cls.planner = cls._user("event_planner", "jxc_optimizer.group_planner")

    def _event(self, first, last, change=0.0, product=None, **values):
        return (
            self.env["jxc.demand.event"]
            .with_user(self.planner)
            .create(
                {
                    "name": "Sale",
                    "date_from": self.today + timedelta(days=first),
                    "date_to": self.today + timedelta(days=last),
                    "expected_change": change,
                    "product_ids": [Command.set((product or self.pen).ids)],
                    **values,
                }
            )
        )

    def _policy(self, product=None):
        return self.env["jxc.policy"].search(
            [
                ("product_id", "=", (product or self.pen).id),
                ("location_id", "=", self.stock.id),
            ]
        )

    def test_measured_and_taken_out_of_the_history(self):
        """A week that sold four times as much leaves the plan of an even demand."""
        weeks = list(WEEKS)
        weeks[-11] = 56  # delivered 73 days ago
        self._sell_weekly(self.pen, weeks)
        event = self._event(-76, -70, 1.0)
        self._run()
        self.assertTrue(event.is_measured)
        # 56 in seven days, against 8 x 14 in the 56 days before
        self.assertAlmostEqual(event.measured_change, 3.0, 4)
        pen, ink = self._policy(), self._policy(self.ink)
        self.assertEqual(pen.consumption_qty, ink.consumption_qty + 42)
        for name in ("demand_per_day", "demand_sd", "suggested_min", "suggested_max"):
            self.assertAlmostEqual(pen[name], ink[name], 3, name)
        event.with_user(self.planner).active = False
        self._run()
        self.assertGreater(self._policy().suggested_min, ink.suggested_min)

    def test_ahead_it_is_a_term_of_the_minimum(self):
        self._sell_weekly(self.pen, WEEKS)
        self._run()
        policy = self._policy()
        before, days = policy.suggested_min, policy.protection_days
        lot = policy.suggested_max - before
        self._event(0, 400, 0.5)
        self._run()
        extra = 0.5 * days * policy.demand_per_day
        self.assertAlmostEqual(policy.event_demand, extra, 1)
        self.assertAlmostEqual(policy.suggested_min - before, extra, delta=1)
        self.assertAlmostEqual(policy.suggested_max - policy.suggested_min, lot, 1)
        self.rule.invalidate_recordset()
        explained = json.loads(self.rule.jxc_why)
        minimum = next(t for t in explained["sums"] if t["label"] == "Minimum")
        self.assertIn("planned events", [term["label"] for term in minimum["terms"]])
        total = sum(
            float(term["value"].replace("−", "-").replace("+", "").replace(" ", ""))
            for term in minimum["terms"]
        )
        self.assertAlmostEqual(total, policy.suggested_min, 2)

    def test_only_the_days_within_the_interval(self):
        """Against a loop over days, events that overlap and begin in the past."""
        spans = [(-5, 2, 0.4), (1, 6, -0.3), (4, 90, 1.5), (40, 50, 9.0)]
        for span in spans:
            self._event(*span)
        self._event(0, 9, 3.0, self.ink)
        reach = np.array([8.0, 3.0, 30.0, 0.0])
        found = self.env["jxc.demand.event"]._extra_days(
            self.company,
            np.array([self.pen.id] * 4),
            np.array([self.warehouse.id] * 4),
            self.today,
            reach,
        )
        expected = [
            sum(
                change
                for day in range(int(days))
                for first, last, change in spans
                if first <= day <= last
            )
            for days in reach
        ]
        np.testing.assert_allclose(found, expected)

    def test_closure_is_no_less_than_nothing(self):
        self._sell_weekly(self.pen, WEEKS)
        self._event(0, 60, -1.0)
        self._event(0, 60, -1.0)
        self._run()
        policy = self._policy()
        self.assertGreaterEqual(policy.reorder_point, 0)
        self.assertLess(policy.suggested_min, self._policy(self.ink).suggested_min)

    def test_scopes(self):
        parent = self.env["product.category"].create({"name": "Parent"})
        child = self.env["product.category"].create(
            {"name": "Child", "parent_id": parent.id}
        )
        self.pen.categ_id = child
        other = self.env["stock.warehouse"].create(
            {"name": "Other", "code": "OTH", "company_id": self.company.id}
        )
        events = self.env["jxc.demand.event"]

        def extra():
            pairs = [
                (product.id, warehouse.id)
                for product in self.pen | self.ink
                for warehouse in self.warehouse | other
            ]
            products, warehouses = map(np.array, zip(*pairs, strict=True))
            days = events._extra_days(
                self.company, products, warehouses, self.today, np.full(4, 10.0)
            )
            return days.tolist()

        event = self._event(0, 9, 1.0, scope="category", categ_id=parent.id)
        self.assertEqual(extra(), [10, 10, 0, 0])
        event.with_user(self.planner).write({"scope": "all", "warehouse_id": other.id})
        self.assertEqual(extra(), [0, 10, 0, 10])
        event.sudo().active = False
        self.assertEqual(extra(), [0, 0, 0, 0])
        stranger = self._company("Other Ltd")
        events.create(
            {
                "name": "Theirs",
                "company_id": stranger.id,
                "date_from": self.today,
                "date_to": self.today,
                "expected_change": 1.0,
                "scope": "all",
            }
        )
        self.assertEqual(extra(), [0, 0, 0, 0])

    def test_projected_stock_runs_out_earlier(self):
        self._sell_weekly(self.pen, WEEKS)
        self.env["stock.quant"]._update_available_quantity(
            self.pen, self.stock, sum(WEEKS) + 60
        )
        self._run()
        self.rule.invalidate_recordset()
        usual = self.rule.jxc_out_date
        self.assertEqual(usual, self.today + timedelta(days=30))
        self._event(10, 19, 1.0)
        self._run()
        self.rule.invalidate_recordset()
        # ten days sell twice as much, so the stock lasts ten days less
        self.assertEqual(self.rule.jxc_out_date, self.today + timedelta(days=20))

    def test_next_year_as_measured(self):
        self._sell_weekly(self.pen, [14] * 20)
        event = self._event(-14, -8, 2.0)
        self._run()
        action = event.with_user(self.planner).action_copy_to_next_year()
        copy = self.env["jxc.demand.event"].browse(action["res_id"])
        self.assertEqual(copy.date_from, event.date_from + timedelta(days=364))
        self.assertEqual(copy.date_from.weekday(), event.date_from.weekday())
        self.assertEqual(copy.expected_change, event.measured_change)
        self.assertFalse(copy.is_measured)

    def test_proposed_from_the_past(self):
        for change in (1.0, 2.0):
            self._event(-9, -8, 0.5).sudo().write(
                {"is_measured": True, "measured_change": change}
            )
        new = self.env["jxc.demand.event"].create(
            {
                "name": "Next",
                "date_from": self.today,
                "date_to": self.today,
                "product_ids": [Command.set(self.pen.ids)],
            }
        )
        self.assertEqual(new.expected_change, 1.5)

    def test_nothing_to_measure(self):
        event = self._event(-20, -10, 2.0)
        self.env["jxc.demand.event"]._measure(self.company, self.today)
        self.assertFalse(event.is_measured)

    @mute_logger("odoo.sql_db")
    def test_refused(self):
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            self._event(3, 2, 0.1)
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            self._event(2, 3, -1.5)
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self._event(2, 3, 0.5, product_ids=[])
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self._event(2, 3, 0.5, scope="category")

    def test_rights(self):
        event = self._event(1, 2, 0.5)
        user = self._user("event_stock", "stock.group_stock_user")
        self.assertEqual(event.with_user(user).expected_change, 0.5)
        with self.assertRaises(AccessError):
            event.with_user(user).expected_change = 0.7
        other = self._company("Other Ltd")
        stranger = self._user("event_other", "jxc_optimizer.group_planner", other)
        events = self.env["jxc.demand.event"].with_context(
            allowed_company_ids=other.ids
        )
        self.assertFalse(events.with_user(stranger).search([]))
