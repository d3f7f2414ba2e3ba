"""A small demo company is a consistent Odoo company."""

from datetime import timedelta

from odoo import fields
from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

ARTICLES = 40
TABLES = (
    "stock_move",
    "stock_move_line",
    "stock_picking",
    "stock_quant",
    "purchase_order",
    "purchase_order_line",
    "product_product",
    "res_partner",
    "res_company",
)


@tagged("post_install", "-at_install")
class TestDemoCompany(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.schema = cls._schema()
        cls.company = cls.env["jxc.demo.company"]._load(articles=ARTICLES)
        user = cls.env.ref("base.user_admin")
        cls.env = cls.env(
            user=user, context={"allowed_company_ids": cls.company.ids, "lang": "en_US"}
        )
        cls.company = cls.company.with_env(cls.env)
        cls.products = cls.env["product.product"].search(
            [("company_id", "=", cls.company.id)]
        )

    @classmethod
    def _schema(cls):
        cls.env.cr.execute(
            """
            SELECT indexname, indexdef FROM pg_indexes
             WHERE tablename IN ('stock_move', 'stock_move_line')
             UNION ALL
            SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
             WHERE conrelid IN ('stock_move'::regclass, 'stock_move_line'::regclass)
            """
        )
        return sorted(cls.env.cr.fetchall())

    def _sums(self, query, *parameters):
        self.env.cr.execute(SQL(query, *parameters))
        return {tuple(row[:-1]): float(row[-1]) for row in self.env.cr.fetchall()}

    def test_company_and_its_user(self):
        user = self.env.user
        self.assertEqual(user.company_id, self.company)
        self.assertIn(self.company, user.company_ids)
        self.assertEqual(self.company.currency_id.name, "GBP")
        self.assertEqual(len(self.products), ARTICLES)
        self.assertTrue(all(self.products.mapped("standard_price")))
        self.assertTrue(all(self.products.mapped("seller_ids")))
        self.assertIn("CC BY 4.0", self.company.partner_id.comment)

    def test_last_order_came_yesterday(self):
        last = self.env["stock.picking"].search(
            [
                ("company_id", "=", self.company.id),
                ("picking_type_code", "=", "outgoing"),
                ("backorder_id", "=", False),
            ],
            order="scheduled_date desc",
            limit=1,
        )
        yesterday = fields.Date.today() - timedelta(days=1)
        self.assertEqual(last.scheduled_date.date(), yesterday)
        future = self.env["stock.move"].search_count(
            [("state", "=", "done"), ("date", ">", fields.Datetime.now())]
        )
        self.assertFalse(future)

    def test_quants_are_the_sum_of_moves(self):
        quants = self._sums(
            """SELECT location_id, product_id, SUM(quantity) FROM stock_quant
                WHERE product_id = ANY(%s) GROUP BY 1, 2""",
            self.products.ids,
        )
        moved = self._sums(
            """SELECT location_id, product_id, SUM(quantity) FROM (
                 SELECT location_dest_id AS location_id, product_id, quantity
                   FROM stock_move_line WHERE state = 'done'
                  UNION ALL
                 SELECT location_id, product_id, -quantity
                   FROM stock_move_line WHERE state = 'done'
               ) AS flow WHERE product_id = ANY(%s) GROUP BY 1, 2""",
            self.products.ids,
        )
        self.assertEqual(quants, moved)
        stock = self.env["stock.quant"].search(
            [
                ("product_id", "in", self.products.ids),
                ("location_id.usage", "=", "internal"),
            ]
        )
        self.assertTrue(stock)
        self.assertFalse(stock.filtered(lambda quant: quant.quantity < 0))

    def test_reservations_belong_to_open_deliveries(self):
        reserved = self._sums(
            """SELECT location_id, product_id, SUM(reserved_quantity) FROM stock_quant
                WHERE reserved_quantity > 0 AND product_id = ANY(%s)
                GROUP BY 1, 2""",
            self.products.ids,
        )
        held = self._sums(
            """SELECT line.location_id, line.product_id, SUM(line.quantity)
                 FROM stock_move_line AS line
                 JOIN stock_location AS place ON place.id = line.location_id
                WHERE line.state IN ('assigned', 'partially_available')
                  AND place.usage = 'internal' AND line.product_id = ANY(%s)
                GROUP BY 1, 2""",
            self.products.ids,
        )
        self.assertTrue(held)
        self.assertEqual(reserved, held)

    def test_stored_computed_fields_are_what_odoo_computes(self):
        for model in (
            "stock.picking",
            "stock.move",
            "stock.move.line",
            "purchase.order",
            "purchase.order.line",
        ):
            records = self.env[model].search(
                [("company_id", "=", self.company.id)], order="id desc", limit=400
            )
            self.assertTrue(records, model)
            for name, field in records._fields.items():
                if not (field.store and field.compute and field.readonly):
                    continue
                before = records.read([name], load=False)
                self.env.add_to_compute(field, records)
                records.mapped(name)
                self.env.flush_all()
                self.env.invalidate_all()
                with self.subTest(model=model, field=name):
                    self.assertEqual(before, records.read([name], load=False))

    def test_open_orders_show_as_incoming(self):
        open_moves = self.env["stock.move"].search(
            [
                ("company_id", "=", self.company.id),
                ("purchase_line_id", "!=", False),
                ("state", "=", "assigned"),
            ]
        )
        self.assertTrue(open_moves)
        for product in self.products:
            mine = open_moves.filtered(lambda m, p=product: m.product_id == p)
            expected = sum(mine.mapped("product_uom_qty"))
            self.assertEqual(product.incoming_qty, expected, product.display_name)
        late = open_moves.filtered(lambda m: m.date < fields.Datetime.now())
        self.assertTrue(late, "some receipts are overdue")
        orders = open_moves.purchase_line_id.order_id
        self.assertFalse(set(orders.mapped("receipt_status")) - {"pending", "partial"})

    def test_value_is_stock_at_cost_now_and_then(self):
        for days in (0, 100):
            date = fields.Datetime.now() - timedelta(days=days)
            dated = self.products.with_context(to_date=date)
            for product in dated:
                cost = product.standard_price
                value = self.company.currency_id.round(product.qty_available * cost)
                self.assertAlmostEqual(product.total_value, value, 2)

    def test_replenishment_opens_and_orders(self):
        rules = self.env["stock.warehouse.orderpoint"]
        mine = rules.search([("company_id", "=", self.company.id)])
        self.assertGreater(len(mine), ARTICLES / 2)
        action = rules.action_open_orderpoints()
        self.assertEqual(action["res_model"], "stock.warehouse.orderpoint")
        self.assertEqual(mine.exists(), mine)
        due = mine.filtered(lambda rule: rule.qty_to_order > 0)
        self.assertTrue(due)
        self.assertLess(len(due), len(mine) / 2)
        rule = due[0]
        low = rule.qty_forecast < rule.product_min_qty
        self.assertTrue(low)
        rule.action_replenish()
        line = self.env["purchase.order.line"].search(
            [("product_id", "=", rule.product_id.id), ("state", "=", "draft")]
        )
        self.assertTrue(line)

    def test_open_documents_can_be_finished(self):
        domain = [("company_id", "=", self.company.id), ("state", "=", "assigned")]
        for code in ("incoming", "outgoing"):
            picking = self.env["stock.picking"].search(
                [*domain, ("picking_type_code", "=", code)], limit=1
            )
            self.assertTrue(picking, code)
            picking.with_context(skip_backorder=True).button_validate()
            self.assertEqual(picking.state, "done")
        numbers = self.env["stock.picking"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(len(numbers), len(set(numbers.mapped("name"))))

    def test_indexes_and_foreign_keys_are_back(self):
        self.assertEqual(self._schema(), self.schema)

    def test_second_call_changes_nothing(self):
        def count():
            self.env.flush_all()
            numbers = []
            for table in TABLES:
                self.env.cr.execute(
                    SQL(
                        "SELECT count(*), max(write_date) FROM %s",
                        SQL.identifier(table),
                    )
                )
                numbers.append(self.env.cr.fetchone())
            return numbers

        before = count()
        self.assertEqual(self.env["jxc.demo.company"]._load(), self.company)
        self.assertEqual(count(), before)
