"""Very large order lines are proposed as one-offs, and nothing more is done."""

from datetime import timedelta

from odoo.tests import tagged

from .common import OptimizerCase


@tagged("post_install", "-at_install")
class TestOneOff(OptimizerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bolt, cls.nut = cls._product("Bolt"), cls._product("Nut")
        cls._vendor(cls.bolt | cls.nut)
        cls._sell_weekly(cls.bolt, [5, 6, 5, 4, 5, 6, 5, 5, 6, 4])
        cls._sell_weekly(cls.nut, [1, 9] * 5)

    def _marks(self):
        return self.env["jxc.demand.one.off"].search(
            [("company_id", "=", self.company.id)], order="day"
        )

    def test_proposed_and_left_to_people(self):
        self._run()
        self.assertFalse(self._marks())
        self._deliver(self.bolt, 5, 90)
        # 15 customers on one day are no order that will not come again
        for _customer in range(15):
            self._deliver(self.nut, 6, 6)
        self._run()
        mark = self._marks()
        self.assertEqual(mark.product_id, self.bolt)
        self.assertEqual(mark.day, self.today - timedelta(days=5))
        self.assertEqual((mark.state, mark.location_id), ("proposed", self.stock))
        # median 5, robust deviation below half of it: limit 5 + 6 x 2.5
        self.assertEqual(mark.quantity, 70)
        proposed = self._policy(self.bolt).demand_per_day
        mark.action_confirm()
        self._run()
        self.assertLess(self._policy(self.bolt).demand_per_day, proposed - 0.9)

    def test_decided_once(self):
        self._deliver(self.bolt, 5, 90)
        self._run()
        self._marks().action_reject()
        self._deliver(self.bolt, 1, 5)
        self._run()
        self.assertEqual(self._marks().mapped("state"), ["rejected"])

    def test_old_ones_only_the_first_time(self):
        self._deliver(self.bolt, 60, 90)
        self._run()
        self.assertEqual(len(self._marks()), 1)
        self._deliver(self.bolt, 61, 90)
        self._run()
        self.assertEqual(len(self._marks()), 1)
        self._deliver(self.bolt, 20, 90)
        self._run()
        self.assertEqual(len(self._marks()), 2)

    def test_little_to_compare_with(self):
        new = self._product("New")
        self._sell_weekly(new, [5, 5, 5, 90])
        self._run()
        self.assertFalse(self._marks())
