"""The monthly report: its figures, its pages, and who gets it."""

import shutil
import subprocess
import unicodedata
from datetime import date, timedelta
from unittest import skipUnless
from unittest.mock import patch

from dateutil.relativedelta import relativedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import OptimizerCase


@tagged("post_install", "-at_install")
class TestMonthlyReport(OptimizerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.suppliers = cls.env.ref("stock.stock_location_suppliers")
        cls.pen = cls._product("Pen", cost=3)
        cls.heap = cls._product("Heap", cost=10)
        cls.month = cls.today.replace(day=1) - relativedelta(months=1)
        cls.reports = cls.env["jxc.monthly.report"]
        cls.planner = cls._user(
            "report_planner", "jxc_optimizer.group_planner", email="p@example.com"
        )
        cls._move(cls.pen, 700, 900, cls.suppliers, cls.stock)
        cls._move(cls.heap, 690, 50, cls.suppliers, cls.stock)
        for days_ago in range(3, 660, 7):
            cls._deliver(cls.pen, days_ago, 5)
        cls._run()
        cls.env["jxc.stock.age"]._refresh(cls.company)
        months = cls.env["jxc.kpi.month"]
        months._plan(cls.company)
        for month in months.search([("company_id", "=", cls.company.id)]):
            month._count()

    @classmethod
    def _user(cls, login, groups, company=None, **values):
        user = super()._user(login, groups, company)
        user.write(values)
        return user

    def _report(self, **values):
        return self.reports.create({"month": self.month, **values})

    def _close_case(self, recovered):
        ages = self.env["jxc.stock.age"].search([("product_id", "=", self.heap.id)])
        case = self.env["jxc.stock.case"]._take_up(ages)
        case.write({"decision": "keep", "reason": "for a customer"})
        case.action_decide()
        case.recovered_value = recovered
        case.action_close()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE jxc_stock_case SET closed_day = %s WHERE id = %s",
            [self.month + timedelta(days=4), case.id],
        )
        case.invalidate_recordset()
        return case

    def test_figures_are_those_of_the_screens(self):
        self._close_case(123)
        figures = self._report()._figures()
        kpis = self.env["jxc.kpi"].search([("month", "=", self.month)])
        value = sum(kpis.mapped("stock_value"))
        self.assertEqual(figures["key_figures"][0]["value"], f"{value:,.0f} €")
        past = self.env["jxc.kpi"].search(
            [("month", "=", self.month - relativedelta(years=1))]
        )
        self.assertEqual(
            figures["key_figures"][0]["past"],
            f"{sum(past.mapped('stock_value')):,.0f} €",
        )
        self.assertEqual(len(figures["bars"]), 13)
        tallest = max(figures["bars"], key=lambda bar: bar["height"])
        self.assertEqual((tallest["height"], tallest["top"]), (110, 0))
        stages = {row["label"]: row["amount"] for row in figures["stages"]}
        ages = self.env["jxc.stock.age"].search([])
        self.assertAlmostEqual(sum(stages.values()), sum(ages.mapped("value")), 2)
        self.assertEqual(stages["Dead"], 500)
        heap = next(row for row in figures["worst"] if row["name"] == "Heap")
        self.assertEqual((heap["value"], heap["idle"]), ("500 €", "690"))
        recovered = figures["recovered"]
        self.assertEqual(recovered["total"], "123 €")
        self.assertEqual(recovered["cases"][0]["name"], "Heap")
        sold = sum(
            move.quantity
            for move in self.env["stock.move"].search(
                [
                    ("product_id", "=", self.pen.id),
                    ("location_dest_id", "=", self.customers.id),
                ]
            )
            if move.date.date().replace(day=1) == self.month
        )
        self.assertEqual(figures["best"][0]["value"], f"{3 * sold:,.0f} €")

    def test_targets(self):
        """Each key figure that has a target says whether it was reached."""
        kpis = self.env["jxc.kpi"].search([("month", "=", self.month)])
        stock = sum(kpis.mapped("stock_value"))
        dead = sum(kpis.mapped("dead_value"))
        [turns, availability] = [
            self.env["jxc.kpi"]._read_group(
                [
                    ("month", ">", self.month - relativedelta(months=12)),
                    ("month", "<=", self.month),
                    ("company_id", "=", self.company.id),
                ],
                [],
                [f"{name}:avg"],
            )[0][0]
            for name in ("turns", "availability")
        ]
        report = self._report()
        rows = {row["label"]: row for row in report._figures()["key_figures"]}
        self.assertEqual(
            {name for name, row in rows.items() if row["target"] != "–"},
            {"Order lines filled, twelve months"},
        )
        self.company.write(
            {
                "jxc_target_turns": float(turns) + 1,
                "jxc_target_in_stock": max(float(availability) - 0.1, 0.01),
                "jxc_target_dead": dead / stock / 2,
            }
        )
        rows = {row["label"]: row for row in report._figures()["key_figures"]}
        self.assertEqual(
            {name: row["reached"] for name, row in rows.items()},
            {
                "Inventory at the end of the month": None,
                "of which dead": False,
                "Turns a year": False,
                "Days of inventory": False,
                "Order lines filled, twelve months": rows[
                    "Order lines filled, twelve months"
                ]["reached"],
                "Days in stock, twelve months": True,
                "Days in stock, this month": True,
            },
        )
        self.assertEqual(rows["of which dead"]["target"], f"{dead / 2:,.0f} €")
        self.assertIn("missed", self._html(report))
        self.company.jxc_target_dead = 2 * dead / stock
        rows = {row["label"]: row for row in report._figures()["key_figures"]}
        self.assertTrue(rows["of which dead"]["reached"])

    def test_money_of_currencies(self):
        """The symbol stands where the currency has it."""
        report = self._report()
        self.assertEqual(report._money(1234.6), "1,235 €")
        self.company.currency_id.position = "before"
        self.assertEqual(report._money(1234.6), "€ 1,235")

    def test_changes_of_levels(self):
        rule = self._rule(self.pen, 0, 100)
        change = self.env["jxc.change"].create(
            {
                "orderpoint_id": rule.id,
                "old_min": 10,
                "old_max": 100,
                "new_min": 20,
                "new_max": 40,
            }
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE jxc_change SET create_date = %s WHERE id = %s",
            [self.month + timedelta(days=3), change.id],
        )
        levels = self._report()._figures()["levels"]
        # halfway between the levels: 55 before, 30 now, at a cost of 3
        self.assertEqual((levels["stock"], levels["less"]), ("75 €", True))
        self.assertEqual(levels["count"], "1")

    def test_one_of_a_month(self):
        report = self._report(month=self.month + timedelta(days=20))
        self.assertEqual(report.month, self.month)
        self.assertIn(str(self.month.year), report.display_name)

    def test_empty_company(self):
        empty = self._company("Nothing Ltd")
        report = self.reports.create({"company_id": empty.id, "month": self.month})
        html = self._html(report)
        self.assertIn("Nothing was sold", html)
        self.assertIn("No case was closed", html)

    def _html(self, report, lang="en_US"):
        content, _kind = (
            self.env["ir.actions.report"]
            .with_context(lang=lang)
            ._render_qweb_html("jxc_optimizer.report_monthly", report.ids)
        )
        return content.decode()

    @skipUnless(
        shutil.which("wkhtmltopdf") and shutil.which("pdftotext"),
        "wkhtmltopdf and poppler-utils are needed",
    )
    @mute_logger("odoo.addons.base.models.ir_actions_report")
    def test_two_pages_in_both_languages(self):
        self._close_case(123)
        self.env["res.lang"]._activate_lang("zh_CN")
        report = self._report()
        for lang, words in (
            ("en_US", ["What was recovered this month", "Heap", "123 €"]),
            ("zh_CN", ["本月收回", "Heap", "123 €"]),
        ):
            pdf = report.with_context(lang=lang, force_report_rendering=True)._pdf()
            self.assertTrue(pdf.startswith(b"%PDF"))
            text = subprocess.run(
                ["pdftotext", "-layout", "-", "-"],
                input=pdf,
                capture_output=True,
                check=True,
            ).stdout.decode()
            # fonts give some characters as their look-alikes
            text = unicodedata.normalize("NFKC", text)
            self.assertEqual(text.count("\f"), 2, "two pages")
            for word in words:
                self.assertIn(word, text)

    # -- sending ---------------------------------------------------------------------

    def _send_on(self, day):
        demand, cron = type(self.env["jxc.demand.day"]), self.registry["ir.cron"]
        with (
            patch.object(demand, "_today", lambda _self, _company: day),
            patch.object(cron, "_commit_progress", return_value=60.0),
        ):
            self.reports._cron_send()
        return self.reports.search([("company_id", "=", self.company.id)])

    def test_sent_once_to_the_recipients(self):
        self.assertFalse(self._send_on(date(2026, 3, 2)), "nobody is to get it")
        partner = self.planner.partner_id
        self.company.jxc_report_partner_ids = [Command.set(partner.ids)]
        self.assertFalse(self._send_on(date(2026, 3, 1)), "too early")
        report = self._send_on(date(2026, 3, 2))
        self.assertEqual(report.month, date(2026, 2, 1))
        self.assertTrue(report.sent_at)
        message = report.message_ids.filtered("attachment_ids")
        self.assertEqual(len(message), 1)
        self.assertEqual(message.partner_ids, partner)
        self._send_on(date(2026, 3, 3))
        self.assertEqual(report.message_ids.filtered("attachment_ids"), message)
        self.assertEqual(len(self._send_on(date(2026, 4, 2))), 2)

    def test_no_recipients(self):
        with self.assertRaises(UserError):
            self._report().with_user(self.planner).action_send()

    def test_rights(self):
        report = self._report()
        buyer = self._user("report_buyer", "jxc_optimizer.group_buyer")
        self.assertTrue(report.with_user(buyer)._figures()["key_figures"])
        with self.assertRaises(AccessError):
            report.with_user(buyer).month = self.today
        for groups in ("stock.group_stock_user", "jxc_optimizer.group_announcer"):
            worker = self._user(f"report_{groups}", groups)
            with self.assertRaises(AccessError):
                report.with_user(worker).read(["month"])
        other = self._company("Elsewhere Ltd")
        stranger = self._user("report_other", "jxc_optimizer.group_planner", other)
        with self.assertRaises(AccessError):
            report.with_user(stranger).read(["month"])
