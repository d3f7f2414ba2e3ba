"""The spreadsheet dashboard: what it shows exists, and who may open it."""

import json

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from odoo.addons.jxc_optimizer.tests.common import OptimizerCase
from odoo.addons.spreadsheet.utils.validate_data import (
    fields_in_spreadsheet,
    menus_xml_ids_in_spreadsheet,
)


@tagged("post_install", "-at_install")
class TestDashboard(OptimizerCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dashboard = cls.env.ref("jxc_optimizer_dashboard.dashboard_inventory")
        cls.data = json.loads(cls.dashboard.spreadsheet_data)

    def test_fields(self):
        """Each field is a stored one of the key figures, each menu is there."""
        found = fields_in_spreadsheet(self.data)
        self.assertEqual(set(found), {"jxc.kpi"})
        for name in found["jxc.kpi"]:
            self.assertTrue(self.env["jxc.kpi"]._fields[name.split(".")[0]].store)
        for menu in menus_xml_ids_in_spreadsheet(self.data):
            self.assertTrue(self.env.ref(menu))

    def test_figures(self):
        """Measures have an aggregator that key figures can be summed up by."""
        for pivot in self.data["pivots"].values():
            for measure in pivot["measures"]:
                field = self.env["jxc.kpi"]._fields[measure["fieldName"]]
                self.assertEqual(field.aggregator, measure["aggregator"])
                self.assertEqual(measure["id"], f"{field.name}:{field.aggregator}")
        cells = self.data["sheets"][1]["cells"]
        measured = {m["id"] for m in self.data["pivots"]["now"]["measures"]}
        for place, cell in cells.items():
            if place[0] in "BC" and place != "B1" and place != "C1":
                self.assertIn(cell.split('"')[1], measured)

    def test_access(self):
        buyer = self._user("dashboard buyer", "jxc_optimizer.group_buyer")
        self.assertTrue(self.dashboard.with_user(buyer).spreadsheet_data)
        worker = self._user("dashboard worker", "stock.group_stock_user")
        with self.assertRaises(AccessError):
            self.dashboard.with_user(worker).read(["spreadsheet_data"])

    def test_tour(self):
        """It opens in the browser and shows figures, not errors."""
        suppliers = self.env.ref("stock.stock_location_suppliers")
        product = self._product("Shown", cost=5.0, list_price=9.0)
        self._move(product, 100, 40, suppliers, self.stock)
        self._deliver(product, 50, 10)
        self.env["jxc.demand.day"]._refresh(self.company)
        self.env["jxc.kpi.month"]._plan(self.company)
        for month in self.env["jxc.kpi.month"].search(
            [("company_id", "=", self.company.id)]
        ):
            month._count()
        user = self._user(
            "dashboard_tour", "jxc_optimizer.group_planner,base.group_user"
        )
        self.start_tour(
            f"/odoo/dashboards?dashboard_id={self.dashboard.id}",
            "jxc_dashboard",
            login=user.login,
        )
