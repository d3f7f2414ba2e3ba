"""The buyer's first morning on the demo company, in a real browser."""

from odoo.tests import HttpCase, tagged

ARTICLES = 400


@tagged("post_install", "-at_install")
class TestDemoTours(HttpCase):
    # requests of one page wait for each other, on a busy machine for long
    test_cursor_lock_timeout = 120

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["jxc.demo.company"]._load(articles=ARTICLES)
        run = cls.env["jxc.run"]._start(cls.company)
        run._work(lambda _done, remaining: 60.0)
        assert run.state == "done", run.error

    def test_apply_order_and_find_the_rfq(self):
        rules = self.env["stock.warehouse.orderpoint"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertGreater(len(rules.filtered("jxc_suggested_max")), ARTICLES / 2)
        before = self.env["purchase.order.line"].search([]).ids
        self.start_tour("/odoo/replenishment", "jxc_apply_and_order", login="admin")
        changes = self.env["jxc.change"].search([("company_id", "=", self.company.id)])
        self.assertEqual(len(changes), 20)
        self.assertEqual(set(changes.orderpoint_id.mapped("jxc_abc_class")), {"A"})

        self.start_tour("/odoo/replenishment", "jxc_order", login="admin")
        lines = self.env["purchase.order.line"].search([("id", "not in", before)])
        self.assertTrue(lines)
        for line in lines:
            minimum = min(
                line.product_id.seller_ids.filtered(
                    lambda seller, line=line: seller.partner_id == line.partner_id
                ).mapped("min_qty")
            )
            self.assertGreaterEqual(line.product_qty, minimum)
            self.assertGreater(line.price_unit, 0)
        self.start_tour(
            f"/odoo/action-purchase.purchase_rfq/{lines.order_id[:1].id}",
            "jxc_read_rfq",
            login="admin",
        )

    def test_buyers_morning(self):
        vendor, rules = self._vendor_of_the_morning()
        vendor.name = "Morning Vendor"
        # more than what is due today: the order has to be completed
        least = round(1.2 * sum(rules.mapped("jxc_order_value")))
        vendor.with_company(self.company).jxc_min_order_value = least
        due = rules.filtered(lambda rule: rule.jxc_order_qty > 0)
        drafts = self.env["purchase.order"].search(
            [("partner_id", "=", vendor.id), ("state", "in", ("draft", "sent"))]
        )
        drafts.button_cancel()
        suggested = {
            rule: (rule.jxc_suggested_min, rule.jxc_suggested_max)
            for rule in rules.filtered("jxc_has_change")
        }
        last_order = self.env["purchase.order"].search([], order="id desc", limit=1)
        self.start_tour(
            "/odoo/replenishment", "jxc_buyer_morning", login="admin", timeout=600
        )

        for rule, levels in suggested.items():
            self.assertEqual((rule.product_min_qty, rule.product_max_qty), levels)
        # one order for each warehouse that needs something
        orders = self.env["purchase.order"].search([("id", ">", last_order.id)])
        self.assertEqual(orders.partner_id, vendor)
        self.assertLessEqual(due.product_id, orders.order_line.product_id)
        self.assertTrue(all(line.price_unit > 0 for line in orders.order_line))
        confirmed = orders.filtered(lambda order: order.state == "purchase")
        confirmed.ensure_one()
        self.assertGreaterEqual(confirmed.amount_untaxed, least)
        edited = self.env["jxc.change"].search([("reason", "=", "Fair in May")])
        self.assertEqual((edited.new_min, edited.new_max), (4321, 8765))
        self.assertTrue(edited.reverted_at)
        rule = edited.orderpoint_id
        self.assertEqual(
            (rule.product_min_qty, rule.product_max_qty),
            (edited.old_min, edited.old_max),
        )

    def _vendor_of_the_morning(self):
        """A vendor of whom several articles are due, with his rules shown."""
        shown = self.env["stock.warehouse.orderpoint"].search(
            [
                ("company_id", "=", self.company.id),
                ("jxc_vendor_id", "!=", False),
                "|",
                ("jxc_order_qty", ">", 0),
                ("qty_to_order_computed", ">", 0),
            ]
        )
        of_vendor = shown.grouped("jxc_vendor_id")
        vendor = max(
            of_vendor, key=lambda v: sum(r.jxc_order_qty > 0 for r in of_vendor[v])
        )
        self.assertGreater(len(of_vendor[vendor]), 2)
        self.assertTrue(any(of_vendor[vendor].mapped("jxc_has_change")))
        return vendor, of_vendor[vendor]

    def test_planner_lets_the_runs_apply(self):
        self.company.jxc_change_limit = 1.0
        rules = self.env["stock.warehouse.orderpoint"].search(
            [("company_id", "=", self.company.id)]
        )
        levels = {rule: (rule.product_min_qty, rule.product_max_qty) for rule in rules}
        self.start_tour(
            "/odoo/action-jxc_optimizer.action_open_cells",
            "jxc_planner_automatic",
            login="admin",
        )
        run = self.env["jxc.run"]._start(self.company)
        run._work(lambda _done, remaining: 60.0)
        self.assertGreater(run.rules_applied, 0)
        changed = rules.filtered(
            lambda rule: levels[rule] != (rule.product_min_qty, rule.product_max_qty)
        )
        self.assertEqual(len(changed), run.rules_applied)
        self.assertEqual(set(changed.mapped("jxc_class")), {"AY"})
        self.start_tour("/odoo/optimisation-runs", "jxc_planner_log", login="admin")
        self.assertEqual(
            {rule: (rule.product_min_qty, rule.product_max_qty) for rule in rules},
            levels,
        )
