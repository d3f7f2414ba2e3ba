"""Imports that are taken back, and several that bring the same."""

import base64
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..models import jxc_import_undo
from .import_common import HEADER, ImportCommon, xlsx

DAY = datetime(2024, 1, 15)


@tagged("post_install", "-at_install")
class TestImportUndo(ImportCommon):
    def test_undo_takes_created_articles_back(self):
        """Deleted where nothing uses them, else archived."""
        self.planner.group_ids |= self.env.ref("product.group_product_manager")
        rows = [
            HEADER,
            [DAY, "", "N-1", "新商品", "", 4, ""],
            [DAY, "", "N-2", "又一新品", "", 4, ""],
        ]
        record = self._import(xlsx(rows))
        record.missing_articles = "create"
        record.action_check()
        record.action_import()
        known = self.env["product.product"].with_context(active_test=False)
        first, second = known.search(
            [("default_code", "in", ("N-1", "N-2"))], order="default_code"
        )
        self._deliver(second, 3, 1)
        record.action_undo()
        self.assertFalse(first.exists())
        self.assertTrue(second.exists())
        self.assertFalse(second.active)
        self.assertFalse(self._demand(first))

    def test_undo_leaves_what_other_imports_and_people_brought(self):
        """Deleting an article would delete its demand from elsewhere."""
        self.planner.group_ids |= self.env.ref("product.group_product_manager")
        one = self._import(
            xlsx([HEADER, *([DAY, "A", f"N-{n}", "新品", "", 4, ""] for n in range(3))])
        )
        one.missing_articles = "create"
        one.action_check()
        one.action_import()
        products = self.env["product.product"].search(
            [("default_code", "in", ("N-0", "N-1", "N-2"))], order="default_code"
        )
        two = self._check(
            xlsx([HEADER, [DAY, "B", "N-0", "新品", "", 7, ""]]), "b.xlsx"
        )
        two.action_import()
        entry = self.env["jxc.demand.entry"].create(
            {
                "reason": "Sold at the fair",
                "company_id": self.company.id,
                "warehouse_id": self.warehouse.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "product_id": products[1].id,
                "day": DAY,
                "quantity": 2,
            }
        )
        one.action_undo()
        self.assertEqual(one.state, "undone")
        self.assertEqual(products.exists(), products[:2])
        self.assertEqual(products[:2].mapped("active"), [True, False])
        self.assertEqual(
            self._demand(products[0]), {("N-0", "2024-01-15"): (7, 1, 7, 0)}
        )
        self.assertEqual(entry.exists().quantity, 2)
        two.action_undo()
        self.assertTrue(products[0].exists(), "the second import did not create it")

    def test_many_created_articles_are_taken_back_in_the_background(self):
        """Nothing of the import counts from the first moment; the articles follow."""
        self.planner.group_ids |= self.env.ref("product.group_product_manager")
        codes = [f"N-{number}" for number in range(5)]
        rows = [HEADER, *([DAY, "", code, "新商品", "", 4, ""] for code in codes)]
        data = xlsx(rows)  # written once: its bytes tell the time
        record = self._import(data)
        record.missing_articles = "create"
        record.action_check()
        record.action_import()
        articles = self.env["product.product"].search([("default_code", "in", codes)])
        self.assertEqual(len(articles), 5)
        again = self.env["jxc.import"].with_user(self.planner)
        again = again.create({"name": "a", "file": base64.b64encode(data)})
        with patch.object(jxc_import_undo, "ARTICLES", 2):
            record.action_undo()
            self.assertEqual(record.state, "undoing")
            self.assertEqual(len(articles.exists()), 5)
            self.assertFalse(
                self.env["jxc.demand.entry"]
                .with_context(active_test=False)
                .search([("batch", "=", record._batch())])
            )
            with self.assertRaisesRegex(UserError, "just being undone"):
                again.action_read()
            with self.assertRaisesRegex(UserError, "You can undo it"):
                record.action_cancel()
            record._do_unit()
            self.assertEqual(len(articles.exists()), 3)
            self.assertEqual(record.progress, 40)
            for _time in range(2):
                self._cron()
                self.assertEqual(record.state, "undone")
                self.assertFalse(articles.exists())
        again.action_read()
        self.assertEqual(again.state, "columns")

    def _two(self):
        """Two files with a common row, checked before either is imported."""
        first = [DAY, "X1", "P-001", "", "支", 3, "总仓"]
        second = [DAY + timedelta(days=1), "X2", "P-001", "", "支", 5, "总仓"]
        return (
            self._check(xlsx([HEADER, first]), "one.xlsx"),
            self._check(xlsx([HEADER, first, second]), "two.xlsx"),
        )

    def test_two_that_overlap_at_the_same_time(self):
        one, two = self._two()
        self.assertEqual((one.taken_count, two.taken_count), (1, 2))
        two._begin("importing", "check")
        two._do_unit()
        two._do_unit()
        one.action_import()
        while two.state == "importing":
            two._do_unit()
        self.assertEqual((one.state, two.state), ("done", "done"))
        self.assertEqual(two.counts["status"], {"ok": 1, "duplicate": 1})
        self.assertEqual(
            {key: value[0] for key, value in self._demand(self.pen).items()},
            {("P-001", "2024-01-15"): 3, ("P-001", "2024-01-16"): 5},
        )

    def test_same_file_checked_twice_before_it_is_imported(self):
        data = xlsx([HEADER, [DAY, "X1", "P-001", "", "支", 3, "总仓"]])
        one, two = self._check(data), self._check(data)
        one.action_import()
        with self.assertRaisesRegex(UserError, "imported already"):
            two.action_import()

    def test_undo_tells_what_others_left_out(self):
        one, two = self._two()
        one.action_import()
        two.action_import()
        self.assertEqual(two.counts["status"], {"ok": 1, "duplicate": 1})
        two_first = two.message
        one.action_undo()
        self.assertFalse(two_first)
        self.assertIn("two.xlsx left out 1 rows", one.message)
