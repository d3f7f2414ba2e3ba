import os
from datetime import date, timedelta
from random import Random

from odoo.fields import Command
from odoo.tests import TransactionCase, tagged

from .demand_history import History
from .demand_reference import demand, without_stock

HISTORIES = 500 if os.environ.get("JXC_LONG") else 20


@tagged("post_install", "-at_install")
class TestDemandProperty(TransactionCase):
    """Random histories: the refresh, the complete count and a plain loop agree."""

    def company(self, name, tz):
        company = self.env["res.company"].create({"name": name})
        company.resource_calendar_id.tz = tz
        self.env.user.company_ids = [Command.link(company.id)]
        return company

    def counted(self, company, key):
        self.env.cr.execute(
            """SELECT product_id, day, quantity, lines, largest, returned
                 FROM jxc_demand_day WHERE company_id = %s AND location_id = %s""",
            [company.id, key.id],
        )
        return {tuple(row[:2]): row[2:] for row in self.env.cr.fetchall()}

    def compare(self, company, keys, tz, when):
        for key in keys:
            expected = demand(company, key, tz)
            actual = self.counted(company, key)
            self.assertEqual(set(actual), set(expected), (when, key.complete_name))
            for place, figures in expected.items():
                for mine, theirs in zip(actual[place], figures, strict=True):
                    self.assertAlmostEqual(mine, theirs, 5, (when, place))
            self.compare_stock(company, key, without_stock(company, key, tz, expected))

    def compare_stock(self, company, key, expected):
        self.env.cr.execute(
            """SELECT product_id, out_from, out_until::text[], negative_until::text
                 FROM jxc_demand_series
                WHERE company_id = %s AND location_id = %s AND days != '{}'""",
            [company.id, key.id],
        )
        rows = self.env.cr.fetchall()
        self.assertEqual({row[0] for row in rows}, set(expected))
        for product, first_days, last_days, negative in rows:
            days, ends_empty, below, ends_below = expected[product]
            end = days[-1] if days else date.min
            out = []
            for first, last in zip(first_days, last_days, strict=True):
                if last == "infinity":
                    self.assertTrue(ends_empty)
                    self.assertEqual(last, last_days[-1])
                    self.assertGreater(first, end)
                    continue
                while first <= date.fromisoformat(last):
                    out.append(first)
                    first += timedelta(1)
            self.assertEqual(out, days)
            self.assertEqual("infinity" in last_days, ends_empty)
            last_below = "infinity" if ends_below else below and str(below)
            self.assertEqual(negative, last_below)

    def test_random_histories(self):
        # Two companies and their warehouses are made once; histories are undone.
        zones = ["Asia/Shanghai", "America/New_York"]
        companies = [self.company(f"C{i}", tz) for i, tz in enumerate(zones)]
        ids = [company.id for company in companies]
        self.env = self.env(context=dict(self.env.context, allowed_company_ids=ids))
        for company in companies:
            self.env["stock.warehouse"].create(
                {"name": "Second", "code": "W2", "company_id": company.id}
            )
        for seed in range(HISTORIES):
            with self.subTest(seed=seed):
                savepoint = self.env.cr.savepoint(flush=True)
                self.one_history(seed, companies, zones)
                savepoint.close(rollback=True)
                self.env.invalidate_all()

    def one_history(self, seed, companies, zones):
        random = Random(seed)
        histories = [
            History(
                self.env(context={**self.env.context, "allowed_company_ids": [c.id]}),
                c,
                random,
            )
            for c in companies
        ]
        day = self.env["jxc.demand.day"]
        for stage in range(4):
            for history in histories:
                for _step in range(random.randint(0, 8)):
                    history.step()
            for history, tz in zip(histories, zones, strict=True):
                day._refresh(history.company)
                self.compare(
                    history.company, history.keys, tz, f"seed {seed}, stage {stage}"
                )
        for history, tz in zip(histories, zones, strict=True):
            again = day._refresh(history.company)
            written = [again[key] for key in ("inserted", "updated", "deleted")]
            self.assertEqual(written, [0, 0, 0])
            self.assertEqual(day._rebuild(history.company)["differences"], 0)
            self.compare(history.company, history.keys, tz, f"seed {seed}, rebuilt")
