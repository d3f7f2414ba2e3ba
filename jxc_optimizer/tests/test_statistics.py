"""What statisticians get, read back by PSPP."""

import csv
import io
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..spreadsheet import load, open_workbook, propose
from .common import OptimizerCase


def attachment(env, action):
    number = int(action["url"].split("/")[3].split("?")[0])
    return env["ir.attachment"].browse(number).raw


@tagged("post_install", "-at_install")
class TestStatistics(OptimizerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._product('O\'Brien, "Tee" 茶', default_code="T,1")
        cls._vendor(cls.product)
        cls._sell_weekly(cls.product, [3, 4, 5, 6, 7, 8])
        cls._run()
        cls.policies = cls._policy(cls.product)

    def _files(self, lang="en_US"):
        policies = self.policies.with_context(lang=lang)
        data = attachment(self.env, policies.action_export_statistics())
        archive = zipfile.ZipFile(io.BytesIO(data))
        return {name: archive.read(name) for name in archive.namelist()}

    def test_csv(self):
        files = self._files()
        rows = [*csv.DictReader(io.StringIO(files["demand.csv"].decode()))]
        self.assertEqual([float(row["quantity"]) for row in rows], [3, 4, 5, 6, 7, 8])
        self.assertEqual({row["name"] for row in rows}, {self.product.name})
        self.assertEqual({row["code"] for row in rows}, {"T,1"})
        [policy] = csv.DictReader(io.StringIO(files["policy.csv"].decode()))
        self.assertEqual(float(policy["reorder_point"]), self.policies.reorder_point)

    def test_pspp_reads_it(self):
        pspp = shutil.which("pspp")
        if not pspp:
            self.skipTest("PSPP is not installed: apt-get install pspp")
        for lang, label in (("en_US", "Demand, returns taken off"), ("zh_CN", "需求")):
            with self.subTest(lang), tempfile.TemporaryDirectory() as folder:
                for name, data in self._files(lang).items():
                    Path(folder, name).write_bytes(data)
                Path(folder, "look.sps").write_text(
                    "INCLUDE 'read.sps'.\nGET FILE='demand.sav'.\nDISPLAY DICTIONARY.\n"
                    "DESCRIPTIVES quantity /STATISTICS=SUM.\nLIST name day quantity.\n"
                )
                done = subprocess.run(
                    [pspp, "look.sps"],
                    cwd=folder,
                    capture_output=True,
                    text=True,
                    check=False,
                    env={"LC_ALL": "C.UTF-8", "HOME": folder},
                )
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                self.assertIn(label, done.stdout)
                self.assertIn("33.00", done.stdout)  # 3 + 4 + 5 + 6 + 7 + 8
                self.assertIn(self.product.name, done.stdout)
                self.assertNotIn("error:", done.stdout + done.stderr)
                self.assertNotIn("warning:", done.stdout + done.stderr)

    def test_workbook(self):
        """Labels in the user's language, values as they stand, all explained."""
        data = attachment(
            self.env, self.policies.with_context(lang="zh_CN").action_export()
        )
        table, explained = openpyxl.load_workbook(io.BytesIO(data)).worksheets
        rows = [*table.values]
        self.assertEqual(rows[0][0], "产品")
        self.assertIn(self.policies.reorder_point, rows[1])
        last = table.cell(2, len(rows[0])).coordinate
        self.assertEqual(table.auto_filter.ref, f"A1:{last}")
        names = [row[0] for row in explained.values if row[0]]
        self.assertEqual(names[-len(rows[0]) :], list(rows[0]))

    def test_key_figures(self):
        figures = self.env["jxc.kpi"].create(
            [
                {
                    "company_id": self.company.id,
                    "month": "2024-03-01",
                    "last_day": "2024-03-31",
                    "warehouse_id": self.warehouse.id,
                    "abc_class": "A",
                    "stock_value": 1000,
                    "cogs": cogs,
                    "turns": 4.5,
                    "value_days": 31000,
                    "inventory_days": 82,
                }
                for cogs in (380, 0)
            ]
        )
        user = self._user("kpi_buyer", "jxc_optimizer.group_buyer")
        data = attachment(
            self.env, figures.with_user(user).with_context(lang="zh_CN").action_export()
        )
        table, explained = openpyxl.load_workbook(io.BytesIO(data)).worksheets
        head, first, second = [[*row] for row in table.values]
        self.assertEqual(head[0], "月份")
        sold = dict(zip(head, first, strict=True))
        self.assertEqual(
            (sold["库存周转天数"], sold["ABC 分类"], str(sold["月份"])[:10]),
            (82, "A", "2024-03-01"),
        )
        # nothing sold: no days of inventory, rather than 0
        self.assertIsNone(dict(zip(head, second, strict=True))["库存周转天数"])
        self.assertEqual([row[0] for row in explained.values][-len(head) :], head)

    def test_exceptions_are_exported(self):
        data = attachment(self.env, self.policies.action_export())
        table = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
        head, row = [[*row] for row in table.values]
        shown = dict(zip(head, row, strict=True))
        label = dict(self.policies._fields["exception"].selection)
        self.assertEqual(shown["Exception"], label[self.policies.exception])

    def test_files_are_not_kept(self):
        self.policies.action_export()
        files = self.env["ir.attachment"].search([("res_model", "=", "jxc.export")])
        self.assertTrue(files)
        self.env["jxc.export"]._gc_files()
        self.assertTrue(files.exists())
        self.env.cr.execute(
            "UPDATE ir_attachment SET create_date = create_date - interval '2 days'"
            " WHERE id = ANY(%s)",
            [files.ids],
        )
        files.invalidate_recordset()
        self.env["jxc.export"]._gc_files()
        self.assertFalse(files.exists())

    def test_rights(self):
        other = self._company("No Export Ltd")
        foreign = self._user("export_other", "jxc_optimizer.group_planner", other)
        for action in ("action_export", "action_export_statistics"):
            with self.assertRaises(AccessError):
                getattr(self.policies.with_user(foreign), action)()


@tagged("post_install", "-at_install")
class TestTemplates(OptimizerCase):
    def test_recognised_again(self):
        """Each template, filled in, is understood without a word from the user."""
        meanings = {
            "sales": {"date", "document", "code", "name", "unit", "quantity",
                      "warehouse"},
            "levels": {"code", "name", "warehouse", "minimum", "maximum", "decided"},
        }  # fmt: skip
        for lang in ("en_US", "zh_CN"):
            for kind, wanted in meanings.items():
                with self.subTest(f"{kind} {lang}"):
                    record = self.env["jxc.import"].create({"kind": kind})
                    action = record.with_context(lang=lang).action_download_template()
                    data = attachment(self.env, action)
                    [proposal, _help] = propose(
                        load(open_workbook(data)), record._wanted()
                    )
                    self.assertEqual(set(proposal.mapping), wanted)

    def test_needs_a_file(self):
        record = self.env["jxc.import"].create({})
        with self.assertRaisesRegex(UserError, "Choose a file"):
            record.action_read()
        sheet = openpyxl.load_workbook(
            io.BytesIO(attachment(self.env, record.action_download_template()))
        )
        self.assertEqual(len(sheet.worksheets), 2)
