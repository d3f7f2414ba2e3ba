"""Exceptions week by week: written once a week, and told of the weeks before."""

from datetime import datetime, time, timedelta

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from ..models.jxc_exception_week import WEEKS, monday
from .common import OptimizerCase


@tagged("post_install", "-at_install")
class TestExceptionWeek(OptimizerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.suppliers = cls.env.ref("stock.stock_location_suppliers")
        cls.weeks = cls.env["jxc.exception.week"]
        cls.this_week = monday(cls.today)

    def _article(self, name, **figures):
        """Wanted, 2 a day, 10 days of lead time, order-up-to level 50, cost 3."""
        product = self._product(name, cost=3.0)
        return self.env["jxc.policy"].create(
            {
                "company_id": self.company.id,
                "product_id": product.id,
                "warehouse_id": self.warehouse.id,
                "location_id": self.stock.id,
                "confidence": "A",
                "demand_per_day": 2,
                "lead_days": 10,
                "order_up_to": 50,
                "unit_cost": 3,
                "history_weeks": 104,
                **figures,
            }
        )

    def _buy(self, product, quantity, ordered_ago, received_ago=None):
        order = self.env["purchase.order"].create(
            {
                "partner_id": self._vendor(product).id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_qty": quantity})
                ],
            }
        )
        order.button_confirm()
        order.date_approve = self._moment(ordered_ago)
        move = order.picking_ids.move_ids
        if received_ago is not None:
            move.quantity = quantity
            move.picked = True
            move._action_done()
            move.date = move.move_line_ids.date = self._moment(received_ago)
        return move

    def _moment(self, days_ago):
        return datetime.combine(self.today - timedelta(days=days_ago), time(12))

    def _record(self):
        self.env["jxc.exception"]._refresh(self.company)
        self.weeks._record(self.company)

    def _rows(self):
        return {
            (row.week, row.exception): (row.articles, row.value)
            for row in self.weeks.search([("company_id", "=", self.company.id)])
        }

    def test_week_that_runs(self):
        """Two runs in a week leave what the second one found."""
        out = self._article("Out")
        self._record()
        self.assertEqual(self._rows(), {(self.this_week, "out"): (1, 42)})
        self._record()
        self.assertEqual(self._rows(), {(self.this_week, "out"): (1, 42)})
        self._move(out.product_id, 1, 60, self.suppliers, self.stock)
        self._article("Out, too")
        self._record()
        self.assertEqual(
            self._rows(),
            {(self.this_week, "out"): (1, 42), (self.this_week, "excess"): (1, 30)},
        )

    def test_runs_record(self):
        product = self._product("Counted")
        self._sell_weekly(product, [3] * 8)
        self._run()
        self.assertEqual(
            set(
                self.weeks.search([("company_id", "=", self.company.id)]).mapped("week")
            ),
            {self.this_week},
        )
        self.assertEqual(
            self.env["jxc.overview"].get_overview()["run_day"], self.today.isoformat()
        )

    def test_weeks_before(self):
        """Against a loop over moves and orders, at the end of each week."""
        moved = self._article("Moved").product_id
        self._move(moved, 100, 70, self.suppliers, self.stock)
        self._deliver(moved, 60, 30)
        self._deliver(moved, 40, 40)
        self._move(moved, 21, 15, self.suppliers, self.stock)
        bought = self._article("Bought").product_id
        self._move(bought, 95, 45, self.suppliers, self.stock)
        self._deliver(bought, 50, 30)
        receipts = [
            (bought, 20, 70, 33),
            (bought, 9, 30, None),
        ]
        for receipt in receipts:
            self._buy(*receipt)
        young = self._article("Young", history_weeks=3).product_id
        self._article("Unknown", confidence="D")
        self._record()
        self.weeks._backfill(self.company)

        expected = {}
        for ago in range(1, WEEKS):
            week = self.this_week - timedelta(weeks=ago)
            end = week + timedelta(days=6)
            for product in moved | bought | young:
                if product == young and (self.today - end).days > 21:
                    continue
                name, value = self._naive(product, end, receipts)
                if name:
                    count, total = expected.get((week, name), (0, 0))
                    expected[week, name] = (count + 1, total + value)
            expected[week, "unknown"] = (1, 0)
        found = self._rows()
        past = {key: row for key, row in found.items() if key[0] < self.this_week}
        self.assertEqual(past, expected)
        self.assertGreater(len({name for _week, name in past}), 3)
        # told once: what is written later does not change it
        self._deliver(moved, 30, 5)
        self.weeks._backfill(self.company)
        self.assertEqual(self._rows(), found)

    def _naive(self, product, day, receipts):
        hand = 0.0
        for move in self.env["stock.move"].search(
            [("product_id", "=", product.id), ("state", "=", "done")]
        ):
            if move.date.date() <= day:
                hand += move.quantity * (
                    1 if move.location_dest_id == self.stock else -1
                )
        coming = soon = 0.0
        for goods, quantity, ordered, received in receipts:
            if goods != product or self.today - timedelta(days=ordered) > day:
                continue
            arrives = (
                self.today - timedelta(days=received)
                if received is not None
                else self.env["stock.move"]
                .search([("product_id", "=", goods.id), ("state", "=", "assigned")])
                .date.date()
            )
            if arrives > day:
                coming += quantity
                soon += quantity if arrives <= day + timedelta(days=10) else 0
        if hand <= 0:
            return "out", 42
        if hand + soon < 20:
            return "soon", (20 - hand - soon) * 3
        if coming and hand + coming > 50:
            return "surplus", min(coming, hand + coming - 50) * 3
        if hand > 50:
            return "excess", (hand - 50) * 3
        return None, 0

    def test_trend(self):
        """Thirteen weeks, unknown before the first one; the last point is now."""
        trend = self.env["jxc.overview"].get_overview()["tiles"][0]["trend"]
        self.assertEqual(trend[:-1], [None] * (WEEKS - 1))
        policy = self._article("Gone")
        self._record()
        self.weeks._backfill(self.company)
        buyer = self._user("trend buyer", "jxc_optimizer.group_buyer")
        overview = self.env["jxc.overview"].with_user(buyer)
        [out, soon, *_others] = overview.get_overview()["tiles"]
        self.assertEqual([week["count"] for week in out["trend"]], [1] * WEEKS)
        self.assertEqual([week["value"] for week in out["trend"]], [42] * WEEKS)
        self.assertEqual(out["trend"][-1]["week"], self.this_week.isoformat())
        self.assertEqual([week["value"] for week in soon["trend"]], [0] * WEEKS)
        # filtered like the tile
        policy.product_id.responsible_id = buyer
        self._record()
        data = overview.get_overview({"buyer_id": buyer.id})
        self.assertIn(buyer.id, [row["id"] for row in data["options"]["buyers"]])
        [out, *_others] = data["tiles"]
        self.assertEqual(out["count"], 1)
        self.assertEqual([week["count"] for week in out["trend"]], [0] * 12 + [1])
        [out, *_others] = overview.get_overview({"buyer_id": self.env.uid})["tiles"]
        self.assertEqual(out["count"], 0)

    def test_targets(self):
        overview = self.env["jxc.overview"]
        targets = overview.get_overview()["targets"]
        # the service target is always set
        self.assertEqual(targets.pop("fill_lines"), self.company.jxc_fill_rate)
        self.assertEqual(set(targets.values()), {None})
        self.company.write({"jxc_target_turns": 5, "jxc_target_in_stock": 0.95})
        self.assertEqual(
            overview.get_overview()["targets"],
            {
                "turns": 5,
                "inventory_days": 73,
                "availability": 0.95,
                "fill_lines": self.company.jxc_fill_rate,
                "dead_share": None,
            },
        )
        for name, value in (("turns", -1), ("in_stock", 1.2), ("dead", -0.1)):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self.company[f"jxc_target_{name}"] = value

    def test_access(self):
        self._article("Seen")
        self._record()
        rows = self.weeks.search([("company_id", "=", self.company.id)])
        buyer = self._user("week buyer", "jxc_optimizer.group_buyer")
        self.assertEqual(rows.with_user(buyer).articles, 1)
        with self.assertRaises(AccessError):
            rows.with_user(buyer).articles = 2
        worker = self._user("week worker", "stock.group_stock_user")
        with self.assertRaises(AccessError):
            rows.with_user(worker).read(["value"])
        stranger = self._user(
            "week stranger", "jxc_optimizer.group_buyer", self._company("Strangers")
        )
        with self.assertRaises(AccessError):
            rows.with_user(stranger).read(["value"])
