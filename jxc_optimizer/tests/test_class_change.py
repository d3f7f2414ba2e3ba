"""Classes: what they are found by, that they do not swing, and why they change."""

from datetime import date, timedelta

import numpy as np
from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import OptimizerCase


@tagged("post_install", "-at_install")
class TestClassChange(OptimizerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        #: 80 units each: 640, 120 and 40 of 800
        cls.products = cls.env["product.product"]
        for name, cost in (("P", 8.0), ("Q", 1.5), ("R", 0.5)):
            product = cls._product(name, cost=cost, list_price=0)
            cls._sell_weekly(product, [10] * 8)
            cls.products |= product

    def _classes(self):
        return "".join(self._policy(product).abc_class for product in self.products)

    def _changes(self):
        return self.env["jxc.class.change"].search(
            [("company_id", "=", self.company.id)]
        )

    def _price(self, *costs):
        for product, cost in zip(self.products, costs, strict=True):
            product.standard_price = cost

    def _end_weeks(self):
        """Articles are compared on the day on which their weeks end: let it be now."""
        self.env["jxc.policy.input"].search([]).unlink()

    def test_stays_within_the_margin(self):
        """Q reaches the limit, not 5 % more: it is A when that is so tomorrow, too."""
        self._run()
        self.assertEqual(self._classes(), "ABC")
        self.assertFalse(self._changes())
        self._price(7.9, 1.6, 0.5)
        for _run in range(2):
            self._run()
            self.assertEqual(self._classes(), "ABC")
            policy = self._policy(self.products[1])
            self.assertEqual((policy.abc_found, policy.abc_since), ("A", self.today))
        policy.abc_since = self.today - timedelta(days=1)
        self._end_weeks()
        run = self._run()
        self.assertEqual(self._classes(), "AAC")
        self.assertFalse(self._policy(self.products[1]).abc_since)
        change = self._changes()
        self.assertEqual(change.product_id, self.products[1])
        self.assertEqual((change.axis, change.before, change.after), ("abc", "B", "A"))
        self.assertEqual((change.run_id, change.day), (run, run.date))
        self.assertTrue(change.is_up)
        self.assertEqual(change.figure, "value")
        # seen from the run before, whose cost was the same
        self.assertEqual((change.value_before, change.value_after), (128, 128))
        self.assertEqual(change.reason, "limit")

    def test_changes_beyond_the_margin(self):
        self._run()
        self._price(7.9, 30, 0.5)
        self._run()
        self.assertEqual(self._classes(), "AAC")
        change = self._changes()
        self.assertEqual((change.value_before, change.value_after), (120, 2400))
        self.assertEqual(change.reason, "up")
        # nothing new: nothing written
        run = self._run()
        self.assertEqual((run.policies_changed, len(self._changes())), (0, 1))

    def test_chosen_by_hand(self):
        """A chosen class counts until its day; then what the figures say."""
        self._run()
        article = self.env["jxc.article"].create(
            {
                "company_id": self.company.id,
                "product_id": self.products[2].id,
                "abc_class": "A",
                "abc_until": self.today,
            }
        )
        self._run()
        self.assertEqual(self._classes(), "ABA")
        self.assertTrue(self._policy(self.products[2]).abc_is_chosen)
        article.abc_until = self.today - timedelta(days=1)
        self._run()
        self.assertEqual(self._classes(), "ABC")
        self.assertEqual(
            self._changes().sorted("id").mapped("reason"), ["chosen", "released"]
        )

    def test_margin(self):
        """R is the cheapest, and earns most; without price nothing is earned."""
        self.products[2].list_price = 100
        self.products[1].list_price = 21.5
        self.company.jxc_abc_measure = "margin"
        self._run()
        self.assertEqual(self._classes(), "CBA")
        self.assertEqual(
            [self._policy(product).consumption_margin for product in self.products],
            [0, 80 * 20, 80 * 99.5],
        )
        matrix = self.env["jxc.overview"].get_matrix()
        self.assertEqual(matrix["measure"], "consumption_margin")
        self.assertAlmostEqual(matrix["curve"][0][1], 7960 / 9560)

    def test_sales_prices(self):
        """In the company's currency, with the extra of the variant."""
        dollar = self.env.ref("base.USD")
        main = self.env["res.company"]._get_main_company()
        if main.currency_id == self.company.currency_id:
            main = self._company("Main")
            main.currency_id = dollar
        self.env["res.currency.rate"].create(
            {
                "currency_id": main.currency_id.id,
                "company_id": self.company.id,
                "rate": 2.0,
                "name": fields.Date.today(),
            }
        )
        self.products[0].list_price = 50
        own = self.products[1]
        own.company_id = self.company
        own.list_price = 50
        found = self.env["jxc.sales.price"]._read(
            self.company, np.array(self.products.ids)
        )
        shared = 25 if self.env["res.company"]._get_main_company() == main else 50
        self.assertEqual(found.tolist(), [shared, 50, 0])

    def test_stock_value(self):
        suppliers = self.env.ref("stock.stock_location_suppliers")
        for product, target in zip(self.products, (10, 10, 3000), strict=True):
            self._move(
                product, 1, target - product.qty_available, suppliers, self.stock
            )
        self.company.jxc_abc_measure = "stock"
        self._run()
        self.assertEqual(self._classes(), "BCA")

    def test_each_warehouse(self):
        """Small among all, important where it is."""
        small = self.env["stock.warehouse"].create(
            {"name": "Small", "code": "SML", "company_id": self.company.id}
        )
        product = self.products[2]
        self._sell_weekly(product, [1] * 8, small.lot_stock_id)
        self._run()
        self.assertEqual(self._policy(product, small.lot_stock_id).abc_class, "C")
        self.company.jxc_abc_scope = "warehouse"
        self._run()
        self.assertEqual(self._policy(product, small.lot_stock_id).abc_class, "A")
        self.assertEqual(self._policy(product).abc_class, "C")

    def test_steadiness_does_not_swing(self):
        """XYZ: 0.52 is Y within 5 % of X; far away at once; nearer when found again."""
        payload = {
            "pattern": np.array([0, 0, 0, 2, 0]),
            "xyz_before": np.array([0, 0, 0, 0, -1]),
            "xyz_found_before": np.array([0, 0, 1, 0, -1]),
            "xyz_since_before": np.array([0, 0, date(2026, 1, 1).toordinal(), 0, 0]),
            "weeks_until": np.full(5, date(2026, 1, 1).toordinal()),
        }
        error = np.array([0.52, 0.9, 0.52, 0.3, np.nan])
        settled, found, since = self.env["jxc.planner"]._settle_xyz(payload, error)
        self.assertEqual(settled.tolist(), [0, 1, 1, 0, -1])
        self.assertEqual(found.tolist(), [1, 1, 1, 2, -1])
        today = date(2026, 1, 2).toordinal()
        self.assertEqual(since.tolist(), [today, 0, 0, today, 0])

    def test_matrix(self):
        """What changed, what is set for each class, and who may change it."""
        self._run()
        self._price(7.9, 30, 0.5)
        self._run()
        overview = self.env["jxc.overview"]
        planner = self._user("class planner", "jxc_optimizer.group_planner")
        buyer = self._user("class buyer", "jxc_optimizer.group_buyer")
        matrix = overview.with_user(planner).get_matrix()
        self.assertEqual(matrix["changes"], {"up": 1, "down": 0})
        self.assertTrue(matrix["can_edit"])
        self.assertFalse(overview.with_user(buyer).get_matrix()["can_edit"])
        action = overview.with_user(buyer).get_changes_action()
        found = self.env["jxc.class.change"].with_user(buyer).search(action["domain"])
        self.assertEqual(found, self._changes())
        [cell] = [c for c in matrix["cells"] if c["abc"] + c["xyz"] == "AX"]
        settings = self.env["jxc.cell"].browse(cell["settings"]["id"])
        with self.assertRaises(AccessError):
            settings.with_user(buyer).count_days = 30
        settings.with_user(planner).write({"fill_floor": 0.97, "count_days": 30})
        [cell] = [
            c for c in overview.get_matrix()["cells"] if c["abc"] + c["xyz"] == "AX"
        ]
        self.assertEqual(cell["settings"]["fill_floor"], 0.97)
        self.assertEqual(cell["settings"]["count_days"], 30)
        with (
            self.assertRaises(IntegrityError),
            self.cr.savepoint(),
            mute_logger("odoo.sql_db"),
        ):
            settings.count_days = -1
            settings.flush_recordset()
        stranger = self._user(
            "class stranger", "jxc_optimizer.group_buyer", self._company("Strangers")
        )
        with self.assertRaises(AccessError):
            found.with_user(stranger).read(["value_after"])

    def test_count_days(self):
        """Due after the days of the class, from the last count on; never put off."""
        suppliers = self.env.ref("stock.stock_location_suppliers")
        product = self._product("Counted")
        self._move(product, 40, 9, suppliers, self.stock)
        self.env["jxc.policy"].create(
            {
                "company_id": self.company.id,
                "product_id": product.id,
                "warehouse_id": self.warehouse.id,
                "location_id": self.stock.id,
                "abc_class": "A",
                "xyz_class": "X",
            }
        )
        quant = self.env["stock.quant"].search(
            [("product_id", "=", product.id), ("location_id", "=", self.stock.id)]
        )
        quant.in_date -= timedelta(days=40)
        cells = self.env["jxc.cell"]
        cells._ensure(self.company)
        cell = cells.search(
            [
                ("company_id", "=", self.company.id),
                ("abc_class", "=", "A"),
                ("xyz_class", "=", "X"),
            ]
        )
        # Odoo's own day of the year has just been
        yesterday = self.today - timedelta(days=1)
        self.company.annual_inventory_month = str(yesterday.month)
        self.company.annual_inventory_day = yesterday.day
        quant.inventory_date = self.today + timedelta(days=365)
        self.assertEqual(cells._plan_counts(self.company), 0)
        cell.count_days = 60
        self.assertEqual(cells._plan_counts(self.company), 1)
        self.assertEqual(quant.inventory_date, self.today + timedelta(days=20))
        cell.count_days = 30
        cells._plan_counts(self.company)
        self.assertEqual(quant.inventory_date, self.today)
        quant.with_context(inventory_mode=True).inventory_quantity = 8
        quant.action_apply_inventory()
        self.assertGreater(quant.inventory_date, self.today + timedelta(days=300))
        cells._plan_counts(self.company)
        self.assertEqual(quant.inventory_date, self.today + timedelta(days=30))
        cell.count_days = 300
        self.assertEqual(cells._plan_counts(self.company), 0)
