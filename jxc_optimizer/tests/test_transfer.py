from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import OptimizerCase

WEEKLY = [9, 11, 10, 8, 12, 10, 9, 11, 10, 10, 12, 8] * 5


@tagged("post_install", "-at_install")
class TestTransfer(OptimizerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.suppliers = cls.env.ref("stock.stock_location_suppliers")
        cls.far = cls.env["stock.warehouse"].create(
            {"name": "Far", "code": "FAR", "company_id": cls.company.id}
        )
        cls.warehouse.resupply_wh_ids = cls.far
        cls.product = cls._product("Steady", cost=10.0)
        cls._vendor(cls.product, delay=14, min_qty=12)
        cls._sell_weekly(cls.product, WEEKLY)
        cls._move(cls.product, 1, sum(WEEKLY) + 3, cls.suppliers, cls.stock)
        cls.rule = cls._rule(cls.product, 5, 10)
        cls._run()
        cls.transfers = cls.env["jxc.transfer"]
        cls.company.jxc_transfer_value = 20

    def _refresh(self):
        self.env["jxc.replenish.mark"]._refresh()
        return self.transfers._refresh(self.company)

    def _proposal(self):
        return self.transfers.search([("orderpoint_id", "=", self.rule.id)])

    def _stock_far(self, quantity, product=None):
        self._move(
            product or self.product, 0, quantity, self.suppliers, self.far.lot_stock_id
        )

    def _missing(self):
        terms = self.rule.jxc_order_terms
        position = terms["on_hand"] + terms["incoming"] - terms["booked"]
        return terms["maximum"] - terms["usually_booked"] - position

    def test_nothing_to_propose(self):
        self.assertEqual(self.transfers._refresh(self._company("Empty Ltd")), 0)
        self._refresh()
        self.assertFalse(self._proposal())

    def test_excess_goes_where_it_is_needed(self):
        self._stock_far(500)
        self._refresh()
        proposal = self._proposal()
        self.assertEqual(proposal.source_id, self.far)
        self.assertEqual(proposal.excess_qty, 500)
        self.assertAlmostEqual(proposal.quantity, self._missing(), delta=1)
        self.assertAlmostEqual(proposal.value, proposal.quantity * 10, 2)
        self.assertEqual(self._refresh(), 0)

    def test_only_the_excess(self):
        """What the other warehouse keeps for itself, and has booked, stays."""
        self._rule(self.product, 2, 30, self.far.lot_stock_id, warehouse_id=self.far.id)
        self._stock_far(45)
        move = self.env["stock.move"].create(
            {
                "product_id": self.product.id,
                "product_uom_qty": 5,
                "location_id": self.far.lot_stock_id.id,
                "location_dest_id": self.customers.id,
                "company_id": self.company.id,
            }
        )
        move._action_confirm()
        self._refresh()
        self.assertEqual(self._proposal().quantity, 45 - 30 - 5)

    def test_small_values_do_not_pay_for_the_freight(self):
        self._stock_far(1)
        self._refresh()
        self.assertFalse(self._proposal())
        self.company.jxc_transfer_value = 0
        self._refresh()
        self.assertEqual(self._proposal().quantity, 1)

    def test_only_along_resupply_routes(self):
        self.warehouse.resupply_wh_ids = False
        self._stock_far(500)
        self._refresh()
        self.assertFalse(self._proposal())

    def test_two_warehouses_share(self):
        third = self.env["stock.warehouse"].create(
            {"name": "Third", "code": "THI", "company_id": self.company.id}
        )
        third.resupply_wh_ids = self.far
        other = self._rule(
            self.product, 40, 60, third.lot_stock_id, warehouse_id=third.id
        )
        self._refresh()
        need = self._missing()
        self._stock_far(int(need) + 10)
        self._refresh()
        proposals = self.transfers.search([("product_id", "=", self.product.id)])
        self.assertEqual(proposals.orderpoint_id, self.rule | other)
        self.assertEqual(sum(proposals.mapped("quantity")), int(need) + 10)

    def test_one_click(self):
        self._stock_far(500)
        self._refresh()
        proposal = self._proposal()
        quantity = proposal.quantity
        buyer = self._user("tr_buyer", "jxc_optimizer.group_buyer")
        proposal.with_user(buyer).action_transfer()
        self.assertFalse(proposal.exists())
        moves = self.env["stock.move"].search(
            [
                ("product_id", "=", self.product.id),
                ("state", "not in", ("done", "cancel")),
            ]
        )
        self.assertEqual(set(moves.mapped("product_uom_qty")), {quantity})
        self.assertEqual(
            moves.location_id & self.far.lot_stock_id, self.far.lot_stock_id
        )
        self.assertIn(self.stock, moves.location_dest_id | moves.location_final_id)
        # seen as coming: neither ordered nor transferred again
        self.assertEqual(self.rule.jxc_order_qty, 0)
        self._refresh()
        self.assertFalse(self._proposal())

    def test_stale_proposals(self):
        self._stock_far(500)
        self._refresh()
        proposal = self._proposal()
        self._move(self.product, 0, 900, self.suppliers, self.stock)
        self.env["jxc.replenish.mark"]._refresh()
        with self.assertRaises(UserError):
            proposal.action_transfer()

    def test_scheduled_action(self):
        self._stock_far(500)
        self.env["jxc.replenish.mark"]._refresh()
        with patch.object(self.registry["ir.cron"], "_commit_progress") as progress:
            self.transfers._cron_refresh()
            first = self._proposal()
            self.transfers._cron_refresh()
        self.assertEqual(self._proposal(), first)
        self.assertEqual(progress.call_args.kwargs, {"remaining": 0})

    def test_rights(self):
        self._stock_far(500)
        self._refresh()
        proposal = self._proposal()
        reader = self._user("tr_reader", "stock.group_stock_user")
        buyer = self._user("tr_buyer", "jxc_optimizer.group_buyer")
        stranger = self._user(
            "tr_stranger", "jxc_optimizer.group_buyer", self._company("Far Ltd")
        )
        with self.assertRaises(AccessError):
            proposal.with_user(reader).action_transfer()
        with self.assertRaises(AccessError):
            proposal.with_user(stranger).action_transfer()
        with self.assertRaises(AccessError):
            proposal.with_user(buyer).write({"quantity": 9999})
