"""Days on which vendors do not work: out of past lead times, into coming ones."""

import json
from datetime import datetime, time, timedelta

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from . import test_lead_time
from .common import OptimizerCase
from .test_run import WEEKLY


@tagged("post_install", "-at_install")
class TestVendorClosure(OptimizerCase):
    """The two vendors of the test of lead times: B takes 30 days, twice."""

    _order = classmethod(test_lead_time.TestLeadTime._order.__func__)
    _lead_times = test_lead_time.TestLeadTime._lead_times

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.china, cls.japan = cls.env.ref("base.cn"), cls.env.ref("base.jp")
        cls.first, cls.second = cls._product("First"), cls._product("Second")
        cls.vendor_a = cls._vendor(cls.first, "A", delay=7)
        cls.vendor_b = cls._vendor(cls.second, "B", delay=7)
        cls.vendor_a.country_id, cls.vendor_b.country_id = cls.china, cls.japan
        for product in cls.first | cls.second:
            cls._sell_weekly(product, WEEKLY)
        cls._order(cls.vendor_a, cls.first, 10, (100, 10))
        cls._order(cls.vendor_a, cls.first, 10, (6, 10), (4, 20))
        cls._order(cls.vendor_b, cls.second, 100, (5, 30))
        cls._order(cls.vendor_b, cls.second, 100, (9, 30))

    def _closure(self, first, last, **values):
        """Days from today; past ones are negative."""
        return self.env["jxc.vendor.closure"].create(
            {
                "name": "Spring Festival",
                "company_id": self.company.id,
                "date_from": self.today + timedelta(days=first),
                "date_to": self.today + timedelta(days=last),
                **values,
            }
        )

    def _days(self, product):
        return self._policy(product).lead_days

    def test_past_lead_times_without_closed_days(self):
        """Ordered 60 days ago; of B's 30 days four were closed."""
        self._closure(-50, -47, partner_ids=[Command.set(self.vendor_b.ids)])
        self._closure(-62, -61, country_id=self.japan.id)  # before the order
        self._closure(-20, -15, country_id=self.japan.id)  # after the receipts
        result = self._lead_times(
            (self.first, self.vendor_a), (self.second, self.vendor_b)
        )
        # company (10 + 6 + 8 + 2 * 26) / 4, then vendor and pair as there
        company = 76 / 4
        a = (24 + 4 * (24 + 4 * company) / 6) / 6
        b = (52 + 4 * (52 + 4 * company) / 6) / 6
        self.assertAlmostEqual(result.mean[0], a)
        self.assertAlmostEqual(result.mean[1], b)

    def test_orders_to_come_meet_closed_days(self):
        """16 days of A and 26 of B: two weeks closed from the 20th day on."""
        rule = self._rule(self.second)
        self._run()
        before = self._policy(self.second).suggested_min
        per_day = self._policy(self.second).demand_per_day
        self._closure(20, 33)
        self._run()
        self.assertEqual((self._days(self.first), self._days(self.second)), (16, 40))
        policy = self._policy(self.second)
        self.assertEqual(policy.lead_days_closed, 14)
        self.assertGreater(policy.suggested_min, before + 13 * per_day)
        rule.invalidate_recordset()
        facts = " ".join(json.loads(rule.jxc_why)["facts"])
        self.assertIn("is closed on 14", facts)

    def test_only_whom_it_concerns(self):
        closure = self._closure(2, 6, partner_ids=[Command.set(self.vendor_a.ids)])
        other = self._company("Other")
        self._closure(1, 300, company_id=other.id)
        self._run()
        self.assertEqual((self._days(self.first), self._days(self.second)), (21, 26))
        closure.write({"partner_ids": [Command.clear()], "country_id": self.japan.id})
        self._run()
        self.assertEqual((self._days(self.first), self._days(self.second)), (16, 31))
        person = self.env["res.partner"].create(
            {"name": "Ann", "parent_id": self.vendor_a.id}
        )
        closure.partner_ids = person
        self._run()
        self.assertEqual((self._days(self.first), self._days(self.second)), (21, 31))

    def test_public_holidays_of_the_company(self):
        """Nobody takes goods in; half a day and single people's leave do not count."""
        tomorrow = datetime.combine(self.today, time()) + timedelta(days=1)
        leave = {"name": "Holiday", "company_id": self.company.id, "resource_id": False}
        leaves = self.env["resource.calendar.leaves"].create(
            [
                {
                    **leave,
                    "date_from": tomorrow + timedelta(days=5),
                    "date_to": tomorrow + timedelta(days=8, seconds=-1),
                },
                {
                    **leave,
                    "date_from": tomorrow + timedelta(days=10, hours=13),
                    "date_to": tomorrow + timedelta(days=10, hours=18),
                },
            ]
        )
        self.company.resource_calendar_id.tz = "UTC"
        self.assertEqual(leaves.company_id, self.company)
        self._run()
        self.assertEqual((self._days(self.first), self._days(self.second)), (19, 29))

    def test_statements_do_not_grow(self):
        def statements(products):
            pairs = [
                (self._product("More"), self.env["res.partner"].create({"name": "V"}))
                for _product in range(products)
            ]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._lead_times(*pairs)
            return self.env.cr.sql_log_count - before

        self._closure(-50, -47, country_id=self.china.id)
        statements(1)
        self.assertEqual(statements(2), statements(9))

    def test_rights_and_bad_input(self):
        with self.assertRaises(ValidationError):
            self._closure(1, 500)
        closure = self._closure(1, 2)
        clerk = self._user("closure_clerk", "stock.group_stock_user")
        buyer = self._user("closure_buyer", "jxc_optimizer.group_buyer")
        closure.with_user(buyer).name = "Golden Week"
        self.assertEqual(closure.with_user(clerk).name, "Golden Week")
        with self.assertRaises(AccessError):
            closure.with_user(clerk).name = "Mine"
