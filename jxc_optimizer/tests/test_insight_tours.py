"""The screens behind the overview in a real browser, wide and on a phone."""

from dateutil.relativedelta import relativedelta

from odoo.tests import HttpCase, tagged

from .common import OptimizerCase

DESK, PHONE = "1366x768", "390x844"
#: seconds for a tour
PATIENCE = 240


@tagged("post_install", "-at_install")
class TestInsightTours(OptimizerCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        suppliers = cls.env.ref("stock.stock_location_suppliers")
        cls.product = cls._product("Steady", cost=4.0, list_price=9.0)
        cls._move(cls.product, 300, 900, suppliers, cls.stock)
        cls._sell_weekly(cls.product, [5] * 30)
        cls._run()
        cls.env["jxc.kpi.month"]._plan(cls.company)
        for month in cls.env["jxc.kpi.month"].search(
            [("company_id", "=", cls.company.id)], limit=3
        ):
            month._count()
        cls.env["jxc.pace"]._refresh(cls.company)
        cls.user = cls._user("insight_tour", "jxc_optimizer.group_planner")
        cls._season()
        cls._judged()

    @classmethod
    def _season(cls):
        """A season takes two years to find; here it is enough that there is one."""
        peak = cls.today + relativedelta(days=60)
        cls.env["jxc.pace"].search([("product_id", "=", cls.product.id)]).write(
            {
                "peak_from": peak,
                "peak_to": peak + relativedelta(days=20),
                "peak_factor": 2.5,
                "order_by": cls.today + relativedelta(days=10),
                "season_qty": 120,
            }
        )

    @classmethod
    def _judged(cls):
        """A month of forecasts that is over, and an adjustment that was in them."""
        month = cls.today.replace(day=1) - relativedelta(months=1)
        event = (
            cls.env["jxc.demand.event"]
            .with_user(cls._user("insight_seller", "jxc_optimizer.group_announcer"))
            .create(
                {
                    "name": "New customer",
                    "kind": "adjustment",
                    "note": "opens a second shop",
                    "date_from": month,
                    "date_to": cls.today + relativedelta(months=2),
                    "product_ids": [(6, 0, cls.product.ids)],
                    "expected_change": 0.2,
                }
            )
        )
        own = {
            "company_id": cls.company.id,
            "month": month,
            "last_day": month + relativedelta(months=1, days=-1),
        }
        cls.env["jxc.accuracy"].create(
            {
                **own,
                "product_id": cls.product.id,
                "warehouse_id": cls.warehouse.id,
                "is_complete": True,
                "actual_qty": 20,
                "actual_value": 80,
                "final_qty": 24,
                "final_error": 16,
                "wape": 0.2,
            }
        )
        cls.env["jxc.forecast.value"].create(
            {
                **own,
                "event_id": event.id,
                "department": "sales",
                "articles": 1,
                "actual_value": 80,
                "error_without": 24,
                "error_with": 16,
                "value_added": 8,
            }
        )

    def _tour(self, address, name):
        for size in (DESK, PHONE):
            with self.subTest(address=address, size=size):
                self.browser_size = size
                self.start_tour(
                    f"/odoo/{address}", name, login=self.user.login, timeout=PATIENCE
                )

    def test_key_figures(self):
        self._tour("inventory-key-figures", "jxc_key_figures")

    def test_pace(self):
        self._tour("fast-movers", "jxc_pace")
        self._tour("fast-movers", "jxc_pace_pivot")

    def test_season(self):
        self._tour("seasons", "jxc_season")

    def test_accuracy(self):
        self._tour("forecast-accuracy", "jxc_accuracy")
        self._tour("forecast-value-added", "jxc_value_added")

    def test_events(self):
        self._tour("planned-events", "jxc_events")

    def test_lists(self):
        for address in (
            "inventory-exceptions",
            "one-off-demand",
            "replacements",
            "demand-entries",
            "changed-classes",
            "slow-stock",
            "stock-cases",
        ):
            self._tour(address, "jxc_opens_list")

    def test_monthly_report(self):
        for size in (DESK, PHONE):
            with self.subTest(size):
                self.browser_size = size
                self.env["jxc.monthly.report"].search([]).unlink()
                self.start_tour(
                    "/odoo/monthly-reports",
                    "jxc_monthly_report",
                    login=self.user.login,
                    timeout=PATIENCE,
                )
