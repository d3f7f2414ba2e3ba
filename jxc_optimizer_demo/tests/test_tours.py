"""The buyer's first morning on the demo company, in a real browser."""

from odoo.tests import HttpCase, tagged

ARTICLES = 400


@tagged("post_install", "-at_install")
class TestDemoTours(HttpCase):
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
