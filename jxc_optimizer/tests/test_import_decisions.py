"""Promotions and one-off demand from a spreadsheet."""

from datetime import date, timedelta

from odoo.tests import tagged

from .import_common import ImportCommon, xlsx


@tagged("post_install", "-at_install")
class TestImportDecisions(ImportCommon):
    """Promotions and one-off marks from a list."""

    def _list(self, kind, header, *rows):
        record = self._import(xlsx([header, *rows]), f"{kind}.xlsx", kind=kind)
        self.assertEqual(record.state, "columns", record.message)
        record.action_check()
        return record

    def _status(self, record):
        self.env.cr.execute(
            "SELECT status FROM jxc_import_row WHERE import_id = %s ORDER BY position",
            [record.id],
        )
        return [status for [status] in self.env.cr.fetchall()]

    def test_events(self):
        header = ["活动名称", "开始日期", "结束日期", "商品编码", "仓库", "预计增幅"]
        first, last = date(2027, 11, 1), date(2027, 11, 11)
        record = self._list(
            "events",
            header,
            ["双11", first, last, "P-001", None, "80%"],
            ["双11", first, last, "T-002", None, "80%"],
            ["双11", first, last, "R-003", "总仓", "-20%"],
            ["双11", last, first, "P-001", None, "80%"],
            ["双11", first, last, "P-001", None, None],
            ["双11", first, None, "P-001", None, "10%"],
            ["双11", first, last, "P-001", None, "-150%"],
        )
        self.assertEqual(
            self._status(record),
            [
                "ok", "ok", "ok", "until_before", "missing:increase",
                "missing:date_to", "change_range",
            ],
        )  # fmt: skip
        events = self.env["jxc.demand.event"]
        self.assertFalse(events.search([("name", "=", "双11")]))
        self.assertEqual(len(record.event_ids), 2)
        record.action_import()
        self.assertEqual(record.state, "done", record.message)
        found = {
            (
                event.date_from, event.date_to, event.product_ids,
                event.warehouse_id, event.expected_change,
            )
            for event in events.search([("name", "=", "双11")])
        }  # fmt: skip
        self.assertEqual(
            found,
            {
                (first, last, self.pen | self.tape, events.warehouse_id, 0.8),
                (first, last, self.rice, self.warehouse, -0.2),
            },
        )
        again = self._list(
            "events", header, ["双11", first, last, "P-001", None, "90%"]
        )
        self.assertEqual(self._status(again), ["duplicate"])
        record.action_undo()
        self.assertFalse(
            events.with_context(active_test=False).search([("name", "=", "双11")])
        )

    def test_change_is_a_factor_or_percent(self):
        first, last = date(2027, 3, 1), date(2027, 3, 7)
        for name, value, expected in (
            ("系数", 1.3, 0.3),
            ("增幅", 30, 0.3),
            ("增幅", 0.3, 0.3),
            ("增幅", "800%", 8.0),
        ):
            record = self._list(
                "events",
                ["活动名称", "开始日期", "结束日期", "商品编码", name],
                ["X", first, last, "P-001", value],
            )
            self.assertAlmostEqual(record.event_ids.expected_change, expected, 4)
            record.action_cancel()
            self.assertFalse(record.event_ids)

    def test_marks(self):
        marks = self.env["jxc.demand.one.off"]
        day = self.today - timedelta(days=20)
        known = {"location_id": self.stock.id, "product_id": self.pen.id}
        marks.create({**known, "day": day, "quantity": 5, "state": "proposed"})
        marks.create(
            {
                **known,
                "day": day - timedelta(days=1),
                "quantity": 7,
                "state": "rejected",
            }
        )
        record = self._list(
            "marks",
            ["单据日期", "商品编码", "单位", "数量", "原因"],
            [day, "P-001", None, 300, "工程项目"],
            [day, "P-001", None, 100, None],
            [day - timedelta(days=1), "P-001", None, 300, None],
            [day, "R-003", "吨", 2, None],
            [day, "T-002", None, -4, None],
            [self.today + timedelta(days=9), "T-002", None, 4, None],
        )
        self.assertEqual(
            self._status(record),
            ["ok", "ok", "marked", "ok", "negative:quantity", "future"],
        )
        record.action_import()
        self.assertEqual(record.state, "done", record.message)
        found = {
            (mark.product_id, mark.day): (mark.quantity, mark.state, mark.reason)
            for mark in marks.search([("company_id", "=", self.company.id)])
        }
        self.assertEqual(
            found,
            {
                (self.pen, day): (400, "confirmed", "工程项目"),
                (self.pen, day - timedelta(days=1)): (7, "rejected", False),
                (self.rice, day): (2000, "confirmed", "marks.xlsx"),
            },
        )
        record.action_undo()
        self.assertEqual(
            marks.search([("company_id", "=", self.company.id)]).mapped("state"),
            ["rejected"],
        )

    def test_templates_are_recognised(self):
        for kind in ("events", "marks"):
            for lang in ("en_US", "zh_CN"):
                with self.subTest(kind=kind, lang=lang):
                    record = self.env["jxc.import"].with_context(lang=lang)
                    columns = record._template_columns(kind)
                    data = record.env["jxc.export"]._workbook("x", columns)
                    found = self._import(data, f"{lang}.xlsx", kind=kind)
                    names = found.column_ids.mapped(lambda c: (c.name, c.meaning))
                    self.assertTrue(all(meaning for _name, meaning in names), names)
                    self.assertFalse(found._missing_columns())
