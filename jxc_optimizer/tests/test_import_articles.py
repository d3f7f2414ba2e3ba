"""Parameters of articles from a spreadsheet."""

from datetime import timedelta

from odoo.tests import tagged

from .import_common import ImportCommon, xlsx


@tagged("post_install", "-at_install")
class TestImportArticles(ImportCommon):
    """Lists of article parameters, with every difference shown before it counts."""

    COLUMNS = {
        "code": "商品编码", "warehouse": "仓库", "abc": "ABC分类", "moq": "最小起订量",
        "pack": "订货倍数", "lead": "采购提前期", "least": "最低库存",
        "service": "服务水平", "holding": "持有成本率", "cost": "订货成本",
        "life": "保质期", "unit": "单位",
    }  # fmt: skip

    def _articles(self, *rows):
        lines = [[row.get(name) for name in self.COLUMNS] for row in rows]
        data = xlsx([["商品参数表"], list(self.COLUMNS.values()), *lines])
        record = self._import(data, "articles.xlsx", kind="articles")
        self.assertEqual(record.state, "columns", record.message)
        record.action_check()
        return record

    def _article(self, product, warehouse=None):
        return self.env["jxc.article"].search(
            [
                ("company_id", "=", self.company.id),
                ("product_id", "=", product.id),
                ("warehouse_id", "=", warehouse.id if warehouse else False),
            ]
        )

    def test_differences_apply_and_undo(self):
        known = self.env["jxc.article"].create(
            {"product_id": self.tape.id, "least_order": 10, "pack": 5, "note": "mine"}
        )
        record = self._articles(
            {
                "code": "P-001", "abc": "A类", "moq": 100, "pack": "20", "lead": "14",
                "least": 30, "service": "98%", "holding": "25 %", "cost": "￥15",
                "life": 365,
            },
            {"code": "T-002", "moq": 10, "pack": 0, "lead": 7.5},
            {
                "code": "R-003", "warehouse": "总仓", "abc": "b", "moq": 1,
                "service": 97, "holding": 30, "unit": "吨",
            },
        )  # fmt: skip
        self.assertEqual((record.taken_count, record.error_count), (3, 0))
        changes = {
            (change.product_id, change.name): (change.old_value, change.new_value)
            for change in record.parameter_ids
        }
        self.assertEqual(
            changes,
            {
                (self.pen, "abc_class"): (False, "A"),
                (self.pen, "least_order"): (False, "100"),
                (self.pen, "pack"): (False, "20"),
                (self.pen, "lead_days"): (False, "14"),
                (self.pen, "least_stock"): (False, "30"),
                (self.pen, "fill_floor"): (False, "0.98"),
                (self.pen, "holding_rate"): (False, "0.25"),
                (self.pen, "order_cost"): (False, "15"),
                (self.pen, "shelf_life_days"): (False, "365"),
                # the same minimum order is no change
                (self.tape, "pack"): ("5", False),
                (self.tape, "lead_days"): (False, "7.5"),
                (self.rice, "abc_class"): (False, "B"),
                (self.rice, "least_order"): (False, "1000"),  # a ton of kilograms
                (self.rice, "fill_floor"): (False, "0.97"),
                (self.rice, "holding_rate"): (False, "0.3"),
            },
        )
        self.assertFalse(self._article(self.pen))
        record.action_import()
        self.assertEqual(record.state, "done", record.message)
        pen = self._article(self.pen)
        self.assertEqual(
            (pen.abc_class, pen.least_order, pen.pack, pen.lead_days, pen.least_stock),
            ("A", 100, 20, 14, 30),
        )
        self.assertEqual(
            (pen.fill_floor, pen.holding_rate, pen.order_cost, pen.shelf_life_days),
            (0.98, 0.25, 15, 365),
        )
        self.assertEqual((known.least_order, known.pack, known.lead_days), (10, 0, 7.5))
        self.assertEqual(self._article(self.rice, self.warehouse).least_order, 1000)
        # what somebody changes afterwards is theirs
        pen.pack = 40
        record.action_undo()
        self.assertEqual((pen.pack, pen.least_order, pen.abc_class), (40, 0, False))
        self.assertEqual((known.pack, known.lead_days, known.note), (5, 0, "mine"))
        self.assertFalse(self._article(self.rice, self.warehouse))

    def test_errors(self):
        record = self._articles(
            {"code": "P-001", "abc": "D"},
            {"code": "P-001", "moq": -1},
            {"code": "P-001", "service": "100%"},
            {"code": "P-001", "lead": "soon"},
            {"code": "Q-999", "moq": 5},
            {"code": "T-002", "warehouse": "月球仓", "moq": 5},
            {"code": "T-002", "moq": 5, "unit": "千克"},
            {"code": "T-002"},
            {"code": "R-003", "moq": 5},
            {"code": "R-003", "moq": 6},
        )
        self.env.cr.execute(
            "SELECT status FROM jxc_import_row WHERE import_id = %s ORDER BY position",
            [record.id],
        )
        self.assertEqual(
            [status for [status] in self.env.cr.fetchall()],
            [
                "class_unreadable",
                "negative:minimum_order",
                "service_full",
                "number_unreadable:lead_time",
                "article_unknown",
                "warehouse",
                "unit_differs",
                "nothing",
                "ok",
                "repeated",
            ],
        )
        self.assertIn("The class is not A, B or C", record.report)
        self.assertEqual(record.error_count, 8)

    def test_changed_since_the_check(self):
        record = self._articles({"code": "P-001", "moq": 5})
        self.env["jxc.article"].create({"product_id": self.pen.id, "least_order": 7})
        record.action_import()
        self.assertEqual(record.state, "check")
        self.assertIn("was changed since the check", record.message)
        self.assertEqual(self._article(self.pen).least_order, 7)

    def test_exported_and_brought_back(self):
        """In both languages the exported columns are recognised again."""
        article = self.env["jxc.article"].create(
            {
                "product_id": self.pen.id,
                "abc_class": "B",
                "abc_until": self.today + timedelta(days=30),
                "least_order": 12,
                "pack": 6,
                "lead_days": 9,
                "least_stock": 4,
                "fill_floor": 0.9,
                "order_cost": 11,
                "holding_rate": 0.15,
                "max_cover_days": 60,
                "shelf_life_days": 120,
            }
        )
        for lang in ("en_US", "zh_CN"):
            with self.subTest(lang):
                action = (
                    article.with_context(lang=lang)
                    .with_user(self.planner)
                    .action_export()
                )
                number = int(action["url"].split("/")[3].split("?")[0])
                data = self.env["ir.attachment"].browse(number).raw
                record = self._import(data, f"{lang}.xlsx", kind="articles")
                record.action_check()
                self.assertEqual(
                    (record.taken_count, record.error_count), (1, 0), record.report
                )
                self.assertFalse(record.parameter_ids)
                kept = {
                    "abc_class", "abc_until", "least_order", "pack", "lead_days",
                    "least_stock", "fill_floor", "order_cost", "holding_rate",
                    "max_cover_days", "shelf_life_days",
                }  # fmt: skip
                before = article.read(kept)[0]
                article.write(
                    {
                        name: False if name in ("abc_class", "abc_until") else 0
                        for name in kept
                    }
                )
                record.action_check()
                self.assertEqual(set(record.parameter_ids.mapped("name")), kept)
                record.action_import()
                self.assertEqual(record.state, "done", record.message)
                self.assertEqual(article.read(kept)[0], before)

    def test_template_is_recognised(self):
        for lang in ("en_US", "zh_CN"):
            record = self.env["jxc.import"].with_context(lang=lang)
            columns = record._template_columns("articles")
            data = record.env["jxc.export"]._workbook("x", columns)
            found = self._import(data, f"{lang}.xlsx", kind="articles")
            meanings = found.column_ids.mapped("meaning")
            self.assertTrue(all(meanings), found.column_ids.mapped("name"))
            # the column of warehouses is empty, so there is nothing to recognise
            self.assertEqual(len(set(meanings)), len(columns) - 1)

    def test_many_in_few_statements(self):
        def statements(number):
            codes = [f"M{number}-{index}" for index in range(number)]
            for code in codes:
                self._product(code, default_code=code)
            record = self._articles(*({"code": code, "moq": 5} for code in codes))
            self.assertEqual(record.taken_count, number)
            # Odoo's caches hold what ran before by chance: without them
            self.env.flush_all()
            self.env.invalidate_all()
            self.env.registry.clear_all_caches()
            count = self.cr.sql_log_count
            record.action_import()
            self.assertEqual(record.state, "done", record.message)
            return self.cr.sql_log_count - count

        statements(2)  # what Odoo looks up once in its life
        # The lesser of two counts: what Odoo looks up again by chance only adds to one
        few = min(statements(3), statements(4))
        many = min(statements(30), statements(31))
        self.assertEqual(few, many)
