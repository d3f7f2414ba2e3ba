"""The screens in a real browser."""

from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common import OptimizerCase

WEEKLY = [14, 26, 20, 17, 23, 20, 14, 26, 20, 20]


@tagged("post_install", "-at_install")
class TestTours(OptimizerCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        products = cls.env["product.product"]
        for number in range(26):
            # the first 24 make up most of the value
            products |= cls._product(f"Article {number:02}", cost=50 - number)
        cls.vendor = cls._vendor(products, name="Tour Vendor", min_qty=30)
        for product in products:
            cls._sell_weekly(product, WEEKLY)
            cls._rule(product, 2, 4, trigger="manual")
        cls._run()
        cls.planner = cls._user(
            "tour_planner",
            "jxc_optimizer.group_planner,purchase.group_purchase_user,"
            "product.group_product_manager",
        )

    def _rules(self):
        return self.env["stock.warehouse.orderpoint"].search(
            [("company_id", "=", self.company.id)]
        )

    def test_apply_and_order(self):
        self.start_tour(
            "/odoo/replenishment", "jxc_apply_and_order", login="tour_planner"
        )
        applied = self._rules().filtered(lambda rule: rule.product_min_qty != 2)
        self.assertEqual(len(applied), 20)
        self.assertEqual(set(applied.mapped("jxc_abc_class")), {"A"})
        self.assertFalse(any(applied.mapped("jxc_has_change")))
        self.start_tour("/odoo/replenishment", "jxc_order", login="tour_planner")
        lines = self.env["purchase.order.line"].search(
            [("partner_id", "=", self.vendor.id)]
        )
        self.assertTrue(lines)
        self.assertTrue(all(line.product_qty >= 30 for line in lines))
        self.assertTrue(all(line.price_unit == 8 for line in lines))
        self._read_rfq(lines.order_id[:1])

    def _read_rfq(self, order):
        self.start_tour(
            f"/odoo/action-purchase.purchase_rfq/{order.id}",
            "jxc_read_rfq",
            login="tour_planner",
        )

    def test_planner_screens(self):
        self.start_tour(
            "/odoo/stock-policies", "jxc_planner_screens", login="tour_planner"
        )

    def test_screens_in_chinese(self):
        """Every label of our screens has a Chinese translation that is shown."""
        self.env["res.lang"]._activate_lang("zh_CN")
        self.planner.lang = "zh_CN"
        self.start_tour("/odoo/replenishment", "jxc_chinese", login="tour_planner")

    def test_empty_company(self):
        """A company without anything: the screens say what to do, without errors."""
        empty = self._company("Empty Ltd")
        self.planner.write(
            {"company_ids": [Command.set(empty.ids)], "company_id": empty.id}
        )
        self._run(empty)
        self.start_tour("/odoo/stock-policies", "jxc_empty", login="tour_planner")
