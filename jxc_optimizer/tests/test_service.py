"""Order lines and whether they were filled: case by case, and by a plain loop."""

import os
from collections import defaultdict
from datetime import timedelta
from random import Random

from odoo import fields
from odoo.tests import tagged

from ..models.jxc_service_read import service
from .common import OptimizerCase

HISTORIES = 60 if os.environ.get("JXC_LONG") else 4


@tagged("post_install", "-at_install")
class TestService(OptimizerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pen, cls.ink = cls._product("Pen"), cls._product("Ink")
        cls.noon = fields.Datetime.now().replace(hour=12, minute=0, second=0)

    def _ago(self, days):
        return self.noon - timedelta(days=days)

    def _delivery(self, ago, *quantities, deadline=None, target=None):
        """Of pens and ink, scheduled and perhaps due so many days ago, confirmed."""
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.out_type_id.id,
                "location_id": self.stock.id,
                "location_dest_id": (target or self.customers).id,
                "scheduled_date": self._ago(ago),
                "move_ids": [
                    (
                        0,
                        0,
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "location_id": self.stock.id,
                            "location_dest_id": (target or self.customers).id,
                            "date": self._ago(ago),
                            "date_deadline": deadline is not None
                            and self._ago(deadline),
                        },
                    )
                    for product, quantity in zip(
                        (self.pen, self.ink), quantities, strict=False
                    )
                ],
            }
        )
        picking.action_confirm()
        self.env.flush_all()
        return picking

    def _deliver_now(self, picking, ago, *quantities, backorder=True):
        """Done so many days ago; returns the backorder."""
        for move, quantity in zip(picking.move_ids, quantities, strict=False):
            move.quantity = quantity
            move.picked = bool(quantity)
        moves = picking.move_ids
        picking.with_context(cancel_backorder=not backorder)._action_done()
        done = moves.filtered(lambda move: move.state == "done")
        done.date = self._ago(ago)
        done.move_line_ids.date = self._ago(ago)
        self.env.flush_all()
        return self.env["stock.picking"].search([("backorder_id", "=", picking.id)])

    def _pens(self, first=30, last=0, product=None):
        """[lines, filled, estimated, units, filled units], nothing without a line."""
        rows = service(
            self.company,
            self.today - timedelta(days=first),
            self.today - timedelta(days=last),
        )
        names = ("lines", "filled_lines", "estimated_lines", "units", "filled_units")
        for row in rows[rows["product_id"] == (product or self.pen).id]:
            self.assertEqual(row["warehouse_id"], self.warehouse.id)
            return [row[name] for name in names]
        return []

    def test_in_full_and_in_time(self):
        self._deliver_now(self._delivery(5, 10, deadline=5), 5, 10)
        self.assertEqual(self._pens(), [1, 1, 0, 10, 10])
        self._deliver_now(self._delivery(5, 10, deadline=4), 3, 10)
        self.assertEqual(self._pens(), [2, 1, 0, 20, 10])
        # due on another day; more than was asked for
        self._deliver_now(self._delivery(9, 10, deadline=9), 12, 15)
        self.assertEqual(self._pens(), [3, 2, 0, 30, 20])
        self.assertEqual(self._pens(first=6), [2, 1, 0, 20, 10])
        self.assertEqual(self._pens(last=6), [1, 1, 0, 10, 10])

    def test_backorders_are_the_same_line(self):
        later = self._deliver_now(self._delivery(9, 10, 4), 9, 7, 4)
        self.assertEqual(self._pens(), [1, 0, 0, 10, 7])
        last = self._deliver_now(later, 3, 2)
        self._deliver_now(last, 2, 1)
        self.assertEqual(self._pens(), [1, 0, 0, 10, 7])
        self.assertEqual(self._pens(first=5), [])
        self.assertEqual(self._pens(product=self.ink), [1, 1, 0, 4, 4])
        # a backorder on the day it was due is in time
        later = self._deliver_now(self._delivery(9, 10), 10, 7)
        self._deliver_now(later, 9, 3)
        self.assertEqual(self._pens(), [2, 1, 0, 20, 17])

    def test_what_is_left_out_was_asked_for(self):
        self._deliver_now(self._delivery(9, 10, 4), 9, 7, 4, backorder=False)
        self.assertEqual(self._pens(), [1, 0, 0, 10, 7])
        # nothing of the pens, the ink alone
        self._deliver_now(self._delivery(9, 10, 4), 9, 0, 4, backorder=False)
        self.assertEqual(self._pens(), [2, 0, 0, 20, 7])
        self._deliver_now(self._delivery(9, 10), 9, 6).action_cancel()
        self.assertEqual(self._pens(), [3, 0, 0, 30, 13])
        self._delivery(9, 10, 4).action_cancel()
        self.assertEqual(self._pens(), [3, 0, 0, 30, 13])
        self.assertEqual(self._pens(product=self.ink), [2, 2, 0, 8, 8])

    def test_open_lines_are_judged_when_they_were_due(self):
        self._delivery(2, 10)
        self._delivery(0, 10)
        self._delivery(-5, 10)
        self.assertEqual(self._pens(last=-30), [1, 0, 0, 10, 0])

    def test_the_first_date_counts(self):
        """Put off by a week and delivered then: late all the same."""
        picking = self._delivery(9, 10)
        picking.move_ids.date = self._ago(2)
        self._deliver_now(picking, 2, 10)
        self.assertEqual(self._pens(), [1, 0, 0, 10, 0])
        self.assertEqual(self._pens(first=5), [])

    def test_before_the_installation(self):
        """No promise is known: in time, as far as one can tell."""
        later = self._deliver_now(self._delivery(9, 10), 6, 7)
        self._deliver_now(later, 4, 3)
        self._deliver_now(self._delivery(9, 5), 6, 5)
        self._deliver_now(self._delivery(9, 5, deadline=8), 7, 5)
        self.env.cr.execute("DELETE FROM jxc_move_promise")
        self.assertEqual(self._pens(), [3, 1, 2, 20, 12])

    def test_what_is_no_line(self):
        owner = self.env["res.partner"].create({"name": "Owner"})
        picking = self._delivery(5, 10)
        picking.move_ids.quantity = 10
        picking.move_ids.move_line_ids.owner_id = owner
        self._deliver_now(picking, 5, 10)
        shelf = self.env["stock.location"].create(
            {"name": "Shelf", "location_id": self.stock.id}
        )
        self._deliver_now(self._delivery(5, 10, target=shelf), 5, 10)
        vendors = self.env.ref("stock.stock_location_suppliers")
        self._deliver_now(self._delivery(5, 10, target=vendors), 5, 10)
        self._move(self.pen, 5, 10, vendors, self.customers)
        self.assertEqual(self._pens(), [])
        sold = self._deliver_now(self._delivery(5, 10), 5, 10)
        self.assertFalse(sold)
        back = self._move(self.pen, 4, 3, self.customers, self.stock)
        self._move(self.pen, 3, 3, self.stock, self.customers).write(
            {"origin_returned_move_id": back.id}
        )
        self.assertEqual(self._pens(), [1, 1, 0, 10, 10])

    def test_other_warehouses_and_companies(self):
        branch = self.env["stock.warehouse"].create(
            {"name": "Branch", "code": "BR", "company_id": self.company.id}
        )
        self._deliver_now(self._delivery(5, 10, target=branch.lot_stock_id), 5, 4)
        self.assertEqual(self._pens(), [1, 0, 0, 10, 4])
        other = self._company("Other")
        span = self.today - timedelta(30), self.today
        self.assertEqual(len(service(other, *span)), 0)

    def test_random_histories(self):
        for seed in range(HISTORIES):
            with self.subTest(seed=seed):
                savepoint = self.env.cr.savepoint(flush=True)
                random = Random(seed)
                for _delivery in range(random.randint(1, 8)):
                    self._happens(random)
                expected = self._naive()
                rows = service(
                    self.company, self.today - timedelta(20), self.today - timedelta(4)
                )
                actual = {row["product_id"]: list(row.tolist()[6::2]) for row in rows}
                self.assertEqual(actual, expected)
                savepoint.close(rollback=True)
                self.env.invalidate_all()

    def _happens(self, random):
        due = random.randint(0, 25)
        asked = [random.choice([1, 4, 10]) for _product in range(2)]
        deadline = random.choice([None, due, due + 3])
        open_deliveries = self._delivery(due, *asked, deadline=deadline)
        for _time in range(random.randint(0, 3)):
            if not open_deliveries:
                return
            if random.random() < 0.15:
                open_deliveries.action_cancel()
                return
            wanted = open_deliveries.move_ids.mapped("product_uom_qty")
            given = [random.choice([0, q, q, q / 2]) for q in wanted]
            if not any(given):
                continue
            open_deliveries = self._deliver_now(
                open_deliveries,
                random.randint(0, 25),
                *given,
                backorder=random.random() < 0.7,
            )

    def _naive(self):
        """What a clerk with the delivery slips would count."""
        first, last = self.today - timedelta(20), self.today - timedelta(4)
        lines = defaultdict(list)
        for move in self.env["stock.move"].search(
            [("company_id", "=", self.company.id)]
        ):
            slip = move.picking_id
            left_out = move.state == "cancel" and (
                slip.state == "done" or slip.backorder_id
            )
            if move.state == "cancel" and not left_out:
                continue
            while slip.backorder_id:
                slip = slip.backorder_id
            lines[slip, move.product_id].append(move)
        self.env.cr.execute("SELECT move_id, date FROM jxc_move_promise")
        promised = dict(self.env.cr.fetchall())
        result = defaultdict(lambda: [0, 0, 0, 0.0, 0.0])
        for (_slip, product), moves in lines.items():
            due = min(
                (move.date_deadline or promised[move.id]).date() for move in moves
            )
            if not first <= due <= last:
                continue
            asked = sum(move.product_uom_qty for move in moves)
            given = sum(
                move.quantity
                for move in moves
                if move.state == "done" and move.date.date() <= due
            )
            figures = result[product.id]
            figures[0] += 1
            figures[1] += given >= asked
            figures[3] += asked
            figures[4] += min(given, asked)
        return dict(result)
