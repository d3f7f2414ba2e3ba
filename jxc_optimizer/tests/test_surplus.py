from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import OptimizerCase

WEEKLY = [9, 11, 10, 8, 12, 10, 9, 11, 10, 10, 12, 8] * 5


@tagged("post_install", "-at_install")
class TestSurplus(OptimizerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.suppliers = cls.env.ref("stock.stock_location_suppliers")
        cls.product = cls._product("Steady", cost=8.0)
        cls.vendor = cls._vendor(cls.product, delay=14)
        cls._sell_weekly(cls.product, WEEKLY)
        cls._run()
        cls.policy = cls._policy(cls.product)
        cls.buyer = cls._user("su_buyer", "purchase.group_purchase_user")

    def _order(self, quantity, days):
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "picking_type_id": self.warehouse.in_type_id.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "product_qty": quantity,
                            "date_planned": self.today + timedelta(days=days),
                        }
                    )
                ],
            }
        )
        order.button_confirm()
        return order.order_line

    def _found(self, user=None):
        user = user or self.buyer
        self.env.invalidate_all()
        surplus = self.env["jxc.surplus"].with_user(user)
        surplus = surplus.with_context(allowed_company_ids=user.company_ids.ids)
        return surplus.search([("product_id", "=", self.product.id)])

    def _hold(self, quantity):
        held = self.product.with_context(warehouse_id=self.warehouse.id).qty_available
        self._move(self.product, 0, quantity - held, self.suppliers, self.stock)

    def test_nothing_on_order(self):
        self._hold(10_000)
        self.assertFalse(self._found())

    def test_latest_lines_first(self):
        self._hold(self.policy.order_up_to - 30)
        first, second = self._order(20, 5), self._order(40, 30)
        found = self._found()
        # 60 are coming and 30 are wanted: the rest of the later line
        self.assertEqual(found.line_id, second)
        self.assertAlmostEqual(found.surplus_qty, 30, 1)
        self.assertAlmostEqual(found.value, 30 * 8, 0)
        self._hold(self.policy.order_up_to - 10)
        found = self._found()
        self.assertEqual(found.line_id, first | second)
        by_line = {row.line_id: row.surplus_qty for row in found}
        self.assertAlmostEqual(by_line[first], 10, 1)
        self.assertAlmostEqual(by_line[second], 40, 1)

    def test_postpone_until_needed(self):
        self._hold(self.policy.order_up_to)
        line = self._order(25, 5)
        found = self._found()
        days = (
            self.policy.order_up_to - self.policy.reorder_point
        ) / self.policy.demand_per_day
        self.assertAlmostEqual((found.needed_day - self.today).days, days, delta=1)
        self.assertEqual(found.advice, "postpone")
        found.action_postpone()
        self.assertEqual(line.date_planned.date(), found.needed_day)

    def test_cancel_what_is_not_needed_within_the_cover_limit(self):
        self._hold(self.policy.demand_per_day * 900)
        self._order(25, 5)
        found = self._found()
        self.assertEqual(found.advice, "cancel")
        with self.assertRaises(UserError):
            found.action_postpone()
        self.assertEqual(found.action_open()["res_model"], "purchase.order")

    def test_rights(self):
        self._hold(self.policy.order_up_to)
        self._order(25, 5)
        reader = self._user("su_reader", "stock.group_stock_user")
        stranger = self._user(
            "su_stranger", "purchase.group_purchase_user", self._company("Far Ltd")
        )
        self.assertFalse(self._found(stranger))
        with self.assertRaises(AccessError):
            self._found(self._user("su_portal", "base.group_portal"))
        with self.assertRaises(AccessError):
            self._found(reader).action_postpone()
