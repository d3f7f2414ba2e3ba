"""The demand desk: what it shows, what changes it, and who may."""

from datetime import timedelta

import numpy as np

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common import OptimizerCase

WEEKS = [14, 15, 13, 14] * 10


@tagged("post_install", "-at_install")
class TestDemandDesk(OptimizerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pen = cls._product("Pen")
        cls.ink = cls._product("Ink")
        cls._vendor(cls.pen | cls.ink)
        weeks = list(WEEKS)
        weeks[-6] = 200
        cls._sell_weekly(cls.pen, weeks)
        cls._sell_weekly(cls.ink, WEEKS)
        cls.rule = cls._rule(cls.pen)
        cls._run()
        cls.planner = cls._user("desk_planner", "jxc_optimizer.group_planner")
        cls.seller = cls._user("desk_seller", "jxc_optimizer.group_announcer")
        cls.buyer = cls._user("desk_buyer", "jxc_optimizer.group_buyer")

    def _desk(self, product=None, user=None, **values):
        desk = self.env["jxc.demand.desk"].with_user(user or self.planner)
        return desk.get_desk((product or self.pen).id, **values)

    def _adjust(self, user, product=None, **values):
        return (
            self.env["jxc.demand.event"]
            .with_user(user)
            .create(
                {
                    "name": "New customer",
                    "kind": "adjustment",
                    "note": "Contract signed",
                    "date_from": self.today,
                    "date_to": self.today + timedelta(days=27),
                    "product_ids": [Command.set((product or self.pen).ids)],
                    **values,
                }
            )
        )

    def _one_off(self, product=None):
        return self.env["jxc.demand.one.off"].search(
            [("product_id", "=", (product or self.pen).id)]
        )

    # -- one-offs ---------------------------------------------------------------------

    def test_run_proposes_what_stands_out(self):
        """200 where 14 are usual; limit 14 + 6 x 7 = 56, half the median counting."""
        one_off = self._one_off()
        self.assertEqual(len(one_off), 1)
        self.assertEqual(one_off.state, "proposed")
        self.assertEqual(one_off.day, self.today - timedelta(days=38))
        self.assertEqual(one_off.quantity, 200 - 56)
        self.assertEqual(one_off.usual_qty, 14)
        self.assertEqual(one_off.company_id, self.company)
        self.assertEqual(one_off.warehouse_id, self.warehouse)
        self.assertFalse(self._one_off(self.ink))
        self._run()
        self.assertEqual(self._one_off(), one_off)

    def test_decided_is_not_proposed_again(self):
        one_off = self._one_off().with_user(self.planner)
        one_off.action_reject()
        self._run()
        self.assertEqual(self._one_off().state, "rejected")
        # another large day of a week that was decided is left alone too
        self._deliver(self.pen, 39, 150)
        self._run()
        self.assertEqual(self._one_off(), one_off)

    def test_proposal_with_nothing_to_propose(self):
        self._one_off().unlink()
        payload = {
            "demand": [[0.0] * 52],
            "location_id": [self.stock.id],
            "product_id": [self.ink.id],
            "weeks_until": [self.today.toordinal()],
        }
        one_offs = self.env["jxc.demand.one.off"]
        payload = {name: np.array(values) for name, values in payload.items()}
        self.assertEqual(one_offs._propose(self.company, payload), 0)

    def test_confirming_moves_forecast_and_suggestion(self):
        before = self._desk()
        [proposal] = before["one_offs"]
        one_off = self.env["jxc.demand.one.off"].browse(proposal["id"])
        one_off.with_user(self.planner).action_confirm()
        after = self._desk()
        self.assertLess(after["per_week"], before["per_week"])
        week = next(w for w in before["weeks"] if w["quantity"] == 200)
        now = next(w for w in after["weeks"] if w["start"] == week["start"])
        self.assertEqual(now["quantity"], 56)
        foretold = after["suggestion"]["change"]
        self.assertLess(foretold, 0)
        minimum = self._policy(self.pen).suggested_min
        self._run()
        # the safety stock falls as well, with the deviation
        self.assertLessEqual(
            self._policy(self.pen).suggested_min, minimum + foretold + 1
        )

    # -- what it shows ----------------------------------------------------------------

    def test_weeks_and_forecast(self):
        desk = self._desk(self.ink)
        self.assertEqual([w["quantity"] for w in desk["weeks"]], WEEKS)
        self.assertEqual(len(desk["ahead"]), 13)
        policy = self._policy(self.ink)
        self.assertAlmostEqual(desk["per_week"] / 7, policy.demand_per_day, 3)
        self.assertEqual(desk["suggestion"]["minimum"], policy.suggested_min)
        self.assertAlmostEqual(desk["suggestion"]["change"], 0, 1)
        for week in desk["ahead"]:
            self.assertLess(week["low"], week["mean"])
            self.assertLess(week["mean"], week["high"])

    def test_promotion_raises_its_weeks_only(self):
        ordinary = self._desk(self.ink)
        self.env["jxc.demand.event"].with_user(self.planner).create(
            {
                "name": "Sale",
                "kind": "promotion",
                "date_from": self.today + timedelta(days=7),
                "date_to": self.today + timedelta(days=13),
                "expected_change": 0.5,
                "product_ids": [Command.set(self.ink.ids)],
            }
        )
        desk = self._desk(self.ink)
        rate = ordinary["per_week"]
        means = [week["mean"] / rate for week in desk["ahead"]]
        for number, share in enumerate(means):
            self.assertAlmostEqual(share, 1.5 if number == 1 else 1.0, 6)
        [event] = desk["events"]
        self.assertAlmostEqual(event["effect"], 0.5 * rate, 4)
        # the suggestion moves by what the desk foretells
        foretold = desk["suggestion"]["change"]
        minimum = self._policy(self.ink).suggested_min
        self._run()
        self.assertAlmostEqual(
            self._policy(self.ink).suggested_min - minimum, foretold, delta=1
        )

    def test_never_wanted(self):
        desk = self._desk(self._product("Never"))
        self.assertEqual(desk["weeks"], [])
        self.assertEqual(desk["places"], [])

    def test_two_places(self):
        other = self.env["stock.warehouse"].create(
            {"name": "Other", "code": "OTH", "company_id": self.company.id}
        )
        self._sell_weekly(self.pen, [3, 3, 3], other.lot_stock_id)
        self.env["jxc.demand.day"]._refresh(self.company)
        desk = self._desk()
        self.assertEqual(desk["location_id"], self.stock.id)
        self.assertEqual(len(desk["places"]), 2)
        there = self._desk(location_id=other.lot_stock_id.id)
        self.assertEqual([w["quantity"] for w in there["weeks"]], [3, 3, 3])

    def test_replaced_article(self):
        new = self._product("Pen II")
        self.env["jxc.demand.heir"].with_user(self.planner).create(
            {"product_id": new.id, "predecessor_id": self.ink.id}
        )
        desk = self._desk(new)
        self.assertEqual([w["quantity"] for w in desk["weeks"]], WEEKS)
        self.assertEqual(
            [(heir["inherits"], heir["name"]) for heir in desk["heirs"]],
            [(True, "Ink")],
        )

    # -- adjustments ------------------------------------------------------------------

    def test_announced_quantity(self):
        """280 more in 28 days: 10 a day beyond the usual."""
        event = self._adjust(self.seller, self.ink, quantity=280)
        per_day = self._policy(self.ink).demand_per_day
        self.assertAlmostEqual(event.expected_change, 10 / per_day, 2)
        self.assertEqual(event.department, "sales")
        desk = self._desk(self.ink)
        extra = sum(week["mean"] - week["ordinary"] for week in desk["ahead"])
        self.assertAlmostEqual(extra, 280, delta=2)
        # as the demand grows, the share of it is stated again
        self._deliver(self.ink, 1, 300)
        self._run()
        self._run()
        per_day = self._policy(self.ink).demand_per_day
        self.env.invalidate_all()
        self.assertAlmostEqual(event.expected_change, 10 / per_day, 1)

    def test_very_large_announcement(self):
        slow = self._product("Slow")
        self._vendor(slow)
        self._sell_weekly(slow, [1] + [0] * 30 + [1])
        self._run()
        event = self._adjust(
            self.seller, slow, quantity=500, date_to=self.today + timedelta(days=1)
        )
        self.assertGreater(event.expected_change, 50)
        self._run()
        self.assertGreater(self._policy(slow).event_demand, 450)

    def test_history_learns_adjustments(self):
        """A promotion is taken out of the history, an adjustment is not."""
        past = {
            "date_from": self.today - timedelta(days=60),
            "date_to": self.today - timedelta(days=1),
        }
        ordinary = self._desk(self.ink)["per_week"]
        self._adjust(self.planner, self.ink, expected_change=1.0, **past)
        self._run()
        self.assertAlmostEqual(self._desk(self.ink)["per_week"], ordinary, 6)
        event = self.env["jxc.demand.event"].search([("kind", "=", "adjustment")])
        self.assertFalse(event.is_measured)

    def test_incomplete(self):
        for values in (
            {"note": False, "expected_change": 0.1},
            {"note": "Nothing said"},
            {"quantity": 5, "product_ids": [Command.set((self.pen | self.ink).ids)]},
            {"quantity": 5, "product_ids": [Command.set(self._product("New").ids)]},
        ):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self._adjust(self.planner, **values)

    def test_changes_are_logged(self):
        event = self._adjust(self.planner, expected_change=0.1)
        self.cr.flush()
        logged = event.with_context(tracking_disable=False, mail_notrack=False)
        logged.expected_change = 0.3
        self.cr.flush()
        values = self.env["mail.tracking.value"].search(
            [
                ("mail_message_id.model", "=", event._name),
                ("mail_message_id.res_id", "=", event.id),
            ]
        )
        self.assertEqual(values.mail_message_id.author_id, self.planner.partner_id)
        self.assertIn(
            (0.1, 0.3),
            [(value.old_value_float, value.new_value_float) for value in values],
        )

    # -- rights -----------------------------------------------------------------------

    def test_seller_announces_only(self):
        mine = self._adjust(self.seller, expected_change=0.2)
        mine.expected_change = 0.3
        other = self._adjust(self.buyer, expected_change=0.2)
        self.assertEqual(other.department, "purchasing")
        self.assertEqual(
            self._adjust(self.planner, expected_change=0.2).department, "planning"
        )
        event = other.with_user(self.seller)
        self.assertEqual(event.expected_change, 0.2)
        with self.assertRaises(AccessError):
            event.expected_change = 0.4
        with self.assertRaises(AccessError):
            self._adjust(self.seller, kind="promotion", expected_change=0.2)
        with self.assertRaises(AccessError):
            mine.kind = "promotion"
        with self.assertRaises(AccessError):
            self._one_off().with_user(self.seller).action_confirm()
        with self.assertRaises(AccessError):
            self.rule.with_user(self.seller).product_min_qty = 9
        with self.assertRaises(AccessError):
            self.env["jxc.policy"].with_user(self.seller).search([])
        desk = self._desk(user=self.seller)
        self.assertEqual(
            desk["rights"],
            {"decide": False, "plan": False, "announce": True, "levels": False},
        )
        self.assertIsNone(desk["suggestion"])
        self.assertEqual(
            {event["id"]: event["editable"] for event in desk["events"]},
            {mine.id: True, other.id: False}
            | {
                event["id"]: False
                for event in desk["events"]
                if event["department"] == "Planning"
            },
        )
        # whatever he claims to be
        claimed = self._adjust(
            self.seller, expected_change=0.2, department="purchasing"
        )
        self.assertEqual(claimed.department, "sales")

    def test_others(self):
        worker = self._user("desk_worker", "stock.group_stock_user")
        desk = self._desk(user=worker)
        self.assertFalse(desk["rights"]["announce"])
        self.assertTrue(desk["suggestion"])
        clerk = self._user("desk_clerk", "purchase.group_purchase_user")
        with self.assertRaises(AccessError):
            self._desk(user=clerk)
        other = self._company("Elsewhere")
        stranger = self._user("desk_stranger", "jxc_optimizer.group_planner", other)
        desk = self.env["jxc.demand.desk"].with_user(stranger)
        desk = desk.with_context(allowed_company_ids=other.ids)
        self.assertEqual(desk.get_desk(self.pen.id)["weeks"], [])

    def test_opened_from(self):
        for record in (
            self.pen,
            self.pen.product_tmpl_id,
        ):
            action = record.with_user(self.seller).action_jxc_demand()
            self.assertEqual(action["tag"], "jxc_demand_desk")
            self.assertEqual(action["context"]["active_id"], self.pen.id)
        action = self._policy(self.pen).with_user(self.buyer).action_demand_desk()
        self.assertEqual(action["context"]["jxc_location_id"], self.stock.id)


@tagged("post_install", "-at_install")
class TestDemandDeskTour(OptimizerCase, HttpCase):
    def test_on_a_desk(self):
        self._decide_and_plan("1366x768")

    def test_on_a_phone(self):
        self._decide_and_plan("390x844")

    def _decide_and_plan(self, size):
        """The suggestion moves by what the screen says."""
        self._user("desk_tour", "jxc_optimizer.group_planner")
        product = self._product("Article")
        self._vendor(product)
        weeks = list(WEEKS)
        weeks[-6] = 200
        self._sell_weekly(product, weeks)
        self._rule(product)
        self._run()
        self.browser_size = size
        self.start_tour(
            f"/odoo/{product.id}/demand-desk", "jxc_demand_desk", login="desk_tour"
        )
        [one_off] = self.env["jxc.demand.one.off"].search(
            [("product_id", "=", product.id)]
        )
        self.assertEqual(one_off.state, "rejected")
        [event] = self.env["jxc.demand.event"].search(
            [("product_ids", "=", product.id), ("kind", "=", "promotion")]
        )
        self.assertEqual(event.expected_change, 0.5)
        foretold = self.env["jxc.demand.desk"].get_desk(product.id)["suggestion"]
        before = self._policy(product).suggested_min
        self.assertGreater(foretold["change"], 1)
        self._run()
        moved = self._policy(product).suggested_min - before
        self.assertAlmostEqual(moved, foretold["change"], delta=1)

    def test_seller_adjusts(self):
        product = self._product("Article")
        self._sell_weekly(product, WEEKS)
        self._run()
        seller = self._user("desk_tour_seller", "jxc_optimizer.group_announcer")
        self.start_tour(
            f"/odoo/{product.id}/demand-desk", "jxc_demand_adjust", login=seller.login
        )
        [event] = self.env["jxc.demand.event"].search(
            [("product_ids", "=", product.id)]
        )
        self.assertEqual((event.kind, event.quantity), ("adjustment", 60))
        self.assertEqual((event.create_uid, event.department), (seller, "sales"))
