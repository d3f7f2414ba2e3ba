"""What every test of key figures needs: a month, categories, receipts with a value."""

from datetime import datetime, time, timedelta

from dateutil.relativedelta import relativedelta

from .common import OptimizerCase


class KpiCase(OptimizerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.suppliers = cls.env.ref("stock.stock_location_suppliers")
        cls.month = cls.today.replace(day=1) - relativedelta(months=1)
        cls.last_day = cls.month + relativedelta(months=1, days=-1)
        cls.days = cls.last_day.day
        cls.categories = {
            method: cls.env["product.category"].create(
                {"name": method, "property_cost_method": method}
            )
            for method in ("standard", "average", "fifo")
        }

    def _ago(self, day):
        """Days between a day of the month (0: the day before it) and today."""
        return (self.today - self.month).days - day + 1

    def _receive(self, product, days_ago, quantity, value=None, stock=None, **values):
        move = self._move(
            product, days_ago, quantity, self.suppliers, stock or self.stock, **values
        )
        if value is not None:
            move.value_manual = value
            self.env["product.value"].search(
                [("move_id", "=", move.id)]
            ).date = move.date
        return move

    def _date_prices(self, product, days_ago, last=False):
        """Set back the day on which prices were set, or the last of them."""
        values = self.env["product.value"].search(
            [("product_id", "=", product.id), ("move_id", "=", False)], order="id"
        )
        moment = datetime.combine(self.today - timedelta(days=days_ago), time(6))
        (values[-1:] if last else values).date = moment

    def _count(self, month=None, company=None):
        company = company or self.company
        self.env["jxc.demand.day"]._refresh(company)
        months = self.env["jxc.kpi.month"]
        day = month or self.month
        found = months.search([("company_id", "=", company.id), ("month", "=", day)])
        (found or months.create({"company_id": company.id, "month": day}))._count()
        return self.env["jxc.kpi"].search(
            [("company_id", "=", company.id), ("month", "=", day)]
        )
