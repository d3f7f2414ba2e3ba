"""Key figures of the demo company against a loop over all that happened."""

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.tests import TransactionCase, tagged

from odoo.addons.jxc_optimizer.tests import kpi_reference

ARTICLES = 150
#: measures in money, and how far sums of rounded values may be apart
MONEY = {"stock_value", "value_days", "cogs", "margin", "dead_value"}


@tagged("post_install", "-at_install")
class TestDemoKpi(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env["jxc.demo.company"]._load(articles=ARTICLES)
        cls.env = cls.env(
            user=cls.env.ref("base.user_admin"),
            context={"allowed_company_ids": company.ids},
        )
        cls.company = company.with_env(cls.env)
        cls.env["jxc.demand.day"].sudo()._refresh(cls.company)

    def test_months(self):
        """The last whole month, and one half a year before."""
        this_month = fields.Date.today().replace(day=1)
        for ago in (1, 7):
            month = this_month - relativedelta(months=ago)
            with self.subTest(month=month):
                self._check(month)

    def _check(self, month):
        last = month + relativedelta(months=1, days=-1)
        # sudo: months are counted by the scheduled action
        months = self.env["jxc.kpi.month"].sudo()
        months.create({"company_id": self.company.id, "month": month})._count()
        rows = self.env["jxc.kpi"].search(
            [("company_id", "=", self.company.id), ("month", "=", month)]
        )
        expected = kpi_reference.figures(self.company, month, last)
        found = {}
        for row in rows:
            cell = found.setdefault((row.warehouse_id.id, row.categ_id.id), {})
            for name in next(iter(expected.values())):
                cell[name] = cell.get(name, 0) + row[name]
        self.assertEqual(
            set(found), {key for key, cell in expected.items() if any(cell.values())}
        )
        for key, cell in found.items():
            for name, value in cell.items():
                with self.subTest(cell=key, measure=name):
                    bound = max(0.02, 1e-6 * abs(value)) if name in MONEY else 1e-3
                    self.assertLessEqual(abs(value - expected[key][name]), bound)
        goods = self.env["product.product"].search([("is_storable", "=", True)])
        for warehouse in rows.warehouse_id:
            [odoo] = kpi_reference.values(goods, warehouse, [last])
            value = sum(
                rows.filtered(lambda row, w=warehouse: row.warehouse_id == w).mapped(
                    "stock_value"
                )
            )
            self.assertGreater(odoo, 0)
            self.assertLess(abs(value - odoo), 1e-4 * odoo)
