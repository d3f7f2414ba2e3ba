"""The overview: what counts as an exception, its money, and who may see it."""

from datetime import datetime, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common import OptimizerCase


@tagged("post_install", "-at_install")
class TestOverview(OptimizerCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.suppliers = cls.env.ref("stock.stock_location_suppliers")
        #: wanted, 2 a day, 10 days of lead time, order-up-to level 50, cost 3
        cls.figures = {
            "confidence": "A",
            "demand_per_day": 2,
            "lead_days": 10,
            "order_up_to": 50,
            "unit_cost": 3,
        }

    def _article(self, name, on_hand, **figures):
        product = self._product(name, cost=3.0)
        if on_hand:
            self._move(product, 40, on_hand, self.suppliers, self.stock)
        return self.env["jxc.policy"].create(
            {
                "company_id": self.company.id,
                "product_id": product.id,
                "warehouse_id": self.warehouse.id,
                "location_id": self.stock.id,
                **self.figures,
                **figures,
            }
        )

    def _order(self, policy, quantity, in_days):
        move = self.env["stock.move"].create(
            {
                "product_id": policy.product_id.id,
                "product_uom_qty": quantity,
                "location_id": self.suppliers.id,
                "location_dest_id": self.stock.id,
                "company_id": self.company.id,
            }
        )
        move._action_confirm()
        move.date += timedelta(days=in_days)

    def _tiles(self, **filters):
        self.env["jxc.exception"]._refresh(self.company)
        tiles = self.env["jxc.overview"].get_overview(filters)["tiles"]
        return {tile["exception"]: (tile["count"], tile["value"]) for tile in tiles}

    def test_exceptions(self):
        """20 are needed for 10 days of 2 a day; money at a cost of 3."""
        out = self._article("Out", 0)
        soon = self._article("Soon", 12)
        late = self._article("Late", 12)
        self._order(late, 30, in_days=15)
        covered = self._article("Covered", 12)
        self._order(covered, 8, in_days=5)
        surplus = self._article("Surplus", 45)
        self._order(surplus, 10, in_days=5)
        excess = self._article("Excess", 60)
        unknown = self._article("Unknown", 4, confidence="D")
        no_cost = self._article("No cost", 4, unit_cost=0)
        self.env["jxc.exception"]._refresh(self.company)
        self.assertEqual(
            (out | soon | late | covered | surplus | excess).mapped("exception"),
            ["out", "soon", "soon", False, "surplus", "excess"],
        )
        self.assertEqual((unknown | no_cost).mapped("exception"), ["unknown"] * 2)
        self.assertEqual(
            self._tiles(),
            {
                "out": (1, 7 * 2 * 3),
                "soon": (2, 2 * (20 - 12) * 3),
                "surplus": (1, (45 + 10 - 50) * 3),
                "excess": (1, (60 - 50) * 3),
                "unknown": (2, 4 * 3),
            },
        )
        found = self.env["jxc.policy"].search([("exception", "in", ["soon", "excess"])])
        self.assertEqual(found, soon | late | excess)
        action = self.env["jxc.overview"].get_exception_action("soon", {})
        rows = self.env["jxc.exception"].search(action["domain"])
        self.assertEqual(rows.policy_id, soon | late)
        self.assertEqual(rows.mapped("value"), [24, 24])
        # they are worth the same, so either may come first
        self.assertEqual(
            {row.policy_id: row.coming for row in rows}, {soon: 0, late: 30}
        )

    def test_matrix(self):
        """Consumption of 60, 20 and 20: shares, and the curve from the largest on."""
        for name, cell, amount in (("P", "AX", 60), ("Q", "AX", 20), ("R", "CZ", 20)):
            self._article(
                name,
                10,
                abc_class=cell[0],
                xyz_class=cell[1],
                consumption_value=amount,
                consumption_lines=1,
            ).on_hand = 10
        self.env["jxc.kpi.month"].create(
            {"company_id": self.company.id, "month": self.today.replace(day=1)}
        )._count()
        overview = self.env["jxc.overview"]
        matrix = overview.get_matrix()
        cells = {cell["abc"] + cell["xyz"]: cell for cell in matrix["cells"]}
        self.assertEqual(len(cells), 16)
        self.assertEqual(cells["AX"]["articles"], 2)
        self.assertAlmostEqual(cells["AX"]["share"], 0.8)
        self.assertEqual(cells["AX"]["stock_value"], 60)
        self.assertAlmostEqual(cells["AX"]["stock_share"], 2 / 3)
        self.assertEqual(cells["AX"]["turns"], 0)
        self.assertEqual(cells["CZ"]["articles"], 1)
        self.assertEqual(cells["BY"]["articles"], 0)
        for found, expected in zip(
            matrix["curve"], [(1 / 3, 0.6), (2 / 3, 0.8), (1, 1)], strict=True
        ):
            self.assertAlmostEqual(found[0], expected[0])
            self.assertAlmostEqual(found[1], expected[1])
        by_lines = overview.get_matrix({}, "consumption_lines")["cells"]
        self.assertAlmostEqual(by_lines[0]["share"], 2 / 3)
        action = overview.get_cell_action("A", "X")
        self.assertEqual(self.env["jxc.policy"].search_count(action["domain"]), 2)
        with self.assertRaises(UserError):
            overview.get_matrix({}, "create_uid")
        worker = self._user("matrix worker", "stock.group_stock_user")
        with self.assertRaises(AccessError):
            overview.with_user(worker).get_matrix()

    def test_filters(self):
        category = self.env["product.category"].create({"name": "Parent"})
        below = self.env["product.category"].create(
            {"name": "Child", "parent_id": category.id}
        )
        inside = self._article("Inside", 0)
        inside.product_id.categ_id = below
        self._article("Outside", 0)
        vendor = self.env["res.partner"].create({"name": "Filtered"})
        inside.vendor_id = vendor
        other = self.env["stock.warehouse"].create({"name": "Other", "code": "OTH"})
        self.assertEqual(self._tiles()["out"][0], 2)
        self.assertEqual(self._tiles(categ_id=category.id)["out"][0], 1)
        self.assertEqual(self._tiles(vendor_id=vendor.id)["out"][0], 1)
        self.assertEqual(self._tiles(warehouse_id=other.id)["out"], (0, 0))

    def test_statements(self):
        """As many statements for twelve articles as for two."""
        for number in range(2):
            self._article(f"Few {number}", 0)
        self._tiles()

        def statements():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["jxc.overview"].get_overview()
            return self.env.cr.sql_log_count - before

        few = statements()
        for number in range(10):
            self._article(f"Many {number}", 0)
        self._tiles()
        self.assertEqual(statements(), few)
        self.assertLessEqual(few, 30)

    def test_access(self):
        self._article("Seen", 0)
        self.env["jxc.exception"]._refresh(self.company)
        overview = self.env["jxc.overview"]
        buyer = self._user("overview buyer", "jxc_optimizer.group_buyer")
        tiles = overview.with_user(buyer).get_overview()["tiles"]
        self.assertEqual(tiles[0]["count"], 1)
        for groups in ("stock.group_stock_user", "purchase.group_purchase_user"):
            worker = self._user(f"overview {groups}", groups)
            with self.assertRaises(AccessError):
                overview.with_user(worker).get_overview()
        other = self._company("Elsewhere")
        stranger = self._user("overview stranger", "jxc_optimizer.group_buyer", other)
        elsewhere = overview.with_user(stranger).with_context(
            allowed_company_ids=other.ids
        )
        self.assertFalse(any(t["count"] for t in elsewhere.get_overview()["tiles"]))

    def test_worst(self):
        """The five that cost most, the dearest first."""
        for number in (3, 1, 6, 2, 5, 4):
            self._article(f"Heap {number}", 50 + number)
        self.env["jxc.exception"]._refresh(self.company)
        tiles = self.env["jxc.overview"].get_overview()["tiles"]
        [excess] = [tile for tile in tiles if tile["exception"] == "excess"]
        self.assertEqual(
            [(row["name"], row["value"]) for row in excess["articles"]],
            [(f"Heap {number}", 3 * number) for number in (6, 5, 4, 3, 2)],
        )
        self.assertEqual(excess["count"], 6)

    def test_follows_products(self):
        """A marked product is looked at again, the others stay as they were."""
        moved, still = self._article("Moved", 0), self._article("Still", 0)
        run = self.env["jxc.run"].create(
            {"company_id": self.company.id, "date": self.today, "state": "done"}
        )
        exceptions = self.env["jxc.exception"]
        exceptions._refresh(self.company)
        for policy in moved | still:
            self._move(policy.product_id, 1, 60, self.suppliers, self.stock)
        self.assertEqual((moved | still).mapped("exception"), ["out", "out"])
        run.exceptions_at = earlier = datetime(2020, 1, 1)
        # products wait to be looked at: as of then
        self.assertEqual(exceptions._as_of(self.company), earlier)
        self.env.cr.execute(
            "DELETE FROM jxc_replenish_mark WHERE product_id != %s",
            [moved.product_id.id],
        )
        self.env["jxc.replenish.mark"]._refresh()
        self.assertEqual((moved | still).mapped("exception"), ["excess", "out"])
        self.assertGreater(run.exceptions_at, earlier)
        # nothing waits: what is shown is true now
        self.assertGreaterEqual(exceptions._as_of(self.company), run.exceptions_at)
        self._deliver(moved.product_id, 1, 20)
        self.env["jxc.replenish.mark"]._refresh()
        self.assertFalse(moved.exception)
        found = exceptions.search([("company_id", "=", self.company.id)])
        self.assertEqual(found.policy_id, still)

    def test_list(self):
        """The buttons of the list lead to the policy, the policies and the rules."""
        out = self._article("Out", 0)
        rule = self._rule(out.product_id)
        self.env["jxc.exception"]._refresh(self.company)
        buyer = self._user("exception buyer", "jxc_optimizer.group_buyer")
        row = self.env["jxc.exception"].with_user(buyer).search([])
        self.assertEqual(row.policy_id, out)
        self.assertEqual(row.action_open_policy()["res_id"], out.id)
        for method, expected in (
            ("action_open_policies", out),
            ("action_open_rules", rule),
        ):
            action = getattr(row, method)()
            found = self.env[action["res_model"]].with_user(buyer)
            self.assertEqual(found.search(action["domain"]), expected)

    def test_tour(self):
        self._article("Gone", 0, abc_class="A", xyz_class="X", consumption_value=9)
        self._article("Heap", 90)
        self.env["jxc.exception"]._refresh(self.company)
        self.env["jxc.demand.day"]._refresh(self.company)
        self.env["jxc.kpi.month"]._plan(self.company)
        for month in self.env["jxc.kpi.month"].search(
            [("company_id", "=", self.company.id)]
        ):
            month._count()
        user = self._user("overview_tour", "jxc_optimizer.group_planner")
        self.start_tour("/odoo/inventory-overview", "jxc_overview", login=user.login)
        self.start_tour("/odoo/abc-xyz", "jxc_matrix", login=user.login)
        # the same on a phone
        self.browser_size = "390x844"
        self.start_tour("/odoo/inventory-overview", "jxc_overview", login=user.login)
        self.start_tour("/odoo/abc-xyz", "jxc_matrix", login=user.login)

    def test_tour_empty(self):
        """Nothing yet: the screen says so, and leads on."""
        company = self._company("Fresh Start")
        user = self._user("overview_empty", "jxc_optimizer.group_planner", company)
        user.company_ids = [Command.set(company.ids)]
        self.start_tour(
            "/odoo/inventory-overview", "jxc_overview_empty", login=user.login
        )
