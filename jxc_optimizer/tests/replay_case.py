"""A company with a past that can be replayed."""

from datetime import timedelta

import numpy as np

from odoo.fields import Command

from .common import OptimizerCase

ARTICLES = 60
WEEKS = 60


class ReplayCase(OptimizerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.jxc_order_cost = 1.0  # many small orders
        rng = np.random.default_rng(11)
        cls.products = cls.env["product.product"].create(
            [
                {
                    "name": f"Replayed {number}",
                    "type": "consu",
                    "is_storable": True,
                    "standard_price": 1 + number % 7,
                }
                for number in range(ARTICLES)
            ]
        )
        cls.vendor = cls._vendor(cls.products, "Replay Vendor", 7)
        cls.quantity = np.where(
            rng.random((ARTICLES, WEEKS)) < 0.6,
            rng.integers(1, 12, (ARTICLES, WEEKS)),
            0,
        )
        cls.quantity[:, 0] = 3
        cls.env["jxc.demand.entry"].create(
            [
                {
                    "source": "import",
                    "warehouse_id": cls.warehouse.id,
                    "product_id": cls.products[number].id,
                    "day": cls.today - timedelta(days=7 * (WEEKS - week) - 2),
                    "quantity": cls.quantity[number, week],
                }
                for number in range(ARTICLES)
                for week in range(WEEKS)
                if cls.quantity[number, week]
            ]
        )
        cls.rules = cls.env["stock.warehouse.orderpoint"]
        for product in cls.products:
            cls.rules |= cls._rule(product, 10, 30)
        cls._run()
        cls.planner = cls._user("replay_planner", "jxc_optimizer.group_planner")
        cls.buyer = cls._user("replay_buyer", "jxc_optimizer.group_buyer")

    def _replay(self, conditions=({},), **values):
        replay = self.env["jxc.replay"].create(
            {
                "name": "Test",
                "condition_ids": [Command.create(dict(each)) for each in conditions],
                **values,
            }
        )
        replay.action_start()
        self._work(replay)
        return replay

    def _work(self, replay):
        replay._work(lambda done, remaining: float("inf"))
        self.assertEqual(replay.state, "done", replay.error)

    def _own(self, replay):
        return replay.scenario_ids.filtered(lambda each: each.kind == "own")
