"""The same business through the ORM and by COPY leaves the same database."""

import numpy as np
from freezegun import freeze_time

from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from ..loader import places as places_module
from ..loader import writer
from . import clerk, poster, scenario

PRODUCTS = 12
DOCUMENTS = 140  # and as many receipts and backorders
#: per table: columns that tell rows apart once ids are replaced by names
KEYS = {
    "purchase_order": ["name"],
    "purchase_order_line": ["order_id", "product_id"],
    "stock_picking": ["name"],
    "stock_move": ["picking_id", "product_id", "location_dest_id"],
    "stock_move_line": ["move_id"],
    "stock_quant": ["location_id", "product_id"],
    "stock_reference": ["name"],
    "stock_reference_move_rel": ["move_id"],
    "stock_reference_purchase_rel": ["purchase_id"],
    "stock_move_move_rel": ["move_orig_id", "move_dest_id"],
    "purchase_order_stock_picking_rel": ["purchase_order_id", "stock_picking_id"],
}
#: columns that hold the id of one of these tables
REFERENCES = {
    "purchase_order": ["order_id", "purchase_id", "purchase_order_id"],
    "purchase_order_line": ["purchase_line_id"],
    "stock_picking": ["picking_id", "backorder_id", "return_id", "stock_picking_id"],
    "stock_move": [
        "move_id",
        "origin_returned_move_id",
        "move_orig_id",
        "move_dest_id",
    ],
    "stock_reference": ["reference_id"],
}
#: who and when of the database row itself, not of the business
IGNORED = {"id", "create_date", "write_date", "create_uid", "write_uid"}


@tagged("post_install", "-at_install")
class TestWriter(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.maxDiff = None
        user = cls.env.ref("base.user_admin")
        company = cls.env["res.company"].create({"name": "Written twice"})
        user.company_ids |= company
        cls.env = cls.env(
            user=user,
            context={
                "allowed_company_ids": company.ids,
                "tracking_disable": True,
                "mail_create_nolog": True,
                "mail_notrack": True,
                "lang": "en_US",
            },
        )
        warehouses = cls.env["stock.warehouse"].search(
            [("company_id", "=", company.id)]
        )
        warehouses |= cls.env["stock.warehouse"].create(
            {"name": "Second", "code": "W2", "company_id": company.id}
        )
        with freeze_time("2025-01-06"):
            products = cls.env["product.product"].create(
                [
                    {
                        "name": f"Article {i}",
                        "default_code": f"A{i}",
                        "type": "consu",
                        "is_storable": True,
                        "standard_price": 1.37 + 0.79 * i,
                        "company_id": company.id,
                    }
                    for i in range(PRODUCTS)
                ]
            )
        partners = cls.env["res.partner"].create(
            [{"name": f"Partner {i}", "company_id": company.id} for i in range(6)]
        )
        cls.places = places_module.Places(
            company=company.with_env(cls.env),
            user=user.with_env(cls.env),
            warehouses=warehouses,
            products=products,
            customers=np.array(partners[:3].ids),
            vendors=np.array(partners[3:].ids),
        )
        cls.steps = scenario.steps(DOCUMENTS, PRODUCTS, 2)
        cls.sequences = (
            warehouses.in_type_id.sequence_id
            | warehouses.out_type_id.sequence_id
            | cls.env["ir.sequence"].search([("code", "=", "purchase.order")])
        ).sudo()

    def _orm(self):
        self.sequences.number_next = 1001
        poster.Poster(self.places).post(self.steps)

    def _copy(self):
        self.sequences.number_next = 1001
        with freeze_time(self.steps[-1].when):
            journal = clerk.to_journal(self.steps, PRODUCTS)
            writer.write(journal, self.places)

    def _both(self, look):
        """What ``look`` sees after either way."""
        seen = []
        for way in (self._orm, self._copy):
            savepoint = self.cr.savepoint(flush=False)
            way()
            self.env.invalidate_all()
            seen.append(look())
            self.env.invalidate_all()
            savepoint.close(rollback=True)
        return seen

    def _rows(self):
        """Every touched table as {key: row}, ids replaced by what they stand for."""
        names, tables = {}, {}
        targets = {c: table for table, cs in REFERENCES.items() for c in cs}
        for table, key in KEYS.items():
            self.cr.execute(SQL("SELECT * FROM %s", SQL.identifier(table)))
            columns = [column.name for column in self.cr.description]
            rows = [
                dict(zip(columns, values, strict=True)) for values in self.cr.fetchall()
            ]
            rows = [row for row in rows if self._ours(row)]

            def meaning(row, column):
                if column in targets and row[column]:
                    return names[targets[column]].get(row[column])
                return row[column]

            names[table], tables[table] = {}, {}
            for row in rows:
                identity = tuple(meaning(row, column) for column in key)
                row["key"] = identity
                names[table][row.get("id")] = identity
            for row in rows:
                if table.endswith("_rel") and None in row["key"]:
                    continue  # of other companies
                self.assertNotIn(row["key"], tables[table], table)
                # SQL NULL is what the ORM reads as no, zero or nothing
                tables[table][row["key"]] = {
                    column: meaning(row, column) or None
                    for column in columns
                    if column not in IGNORED
                }
        return tables

    def _ours(self, row):
        company, product = row.get("company_id"), row.get("product_id")
        return company in (None, self.places.company.id) and (
            product is None or product in self.places.products.ids
        )

    def test_the_scenario_has_every_kind_of_document(self):
        journal = clerk.to_journal(self.steps, PRODUCTS)
        self.assertGreaterEqual(journal.transfers.size + journal.orders.size, 200)
        kinds = set(journal.transfers.array["kind"].tolist())
        self.assertEqual(kinds, {0, 1, 2})
        states = set(journal.moves.array["state"].tolist())
        self.assertEqual(states, {0, 1, 2, 3, 4})
        self.assertEqual(set(journal.orders.array["state"].tolist()), {0, 1, 2})

    def test_orm_and_copy_agree(self):
        by_orm, by_copy = self._both(lambda: (self._rows(), self._figures()))
        for table in KEYS:
            with self.subTest(table=table):
                found, written = by_orm[0][table], by_copy[0][table]
                self.assertTrue(found)
                self.assertEqual(set(found), set(written))
                wrong = {
                    (column, repr(row[column]), repr(written[key][column])): key
                    for key, row in found.items()
                    for column in row
                    if row[column] != written[key][column]
                }
                self.assertFalse(wrong)
        for figure, expected in by_orm[1].items():
            with self.subTest(figure=figure):
                self.assertTrue(any(expected))
                self.assertEqual(expected, by_copy[1][figure])

    def _figures(self):
        """Stock, forecasts and values as Odoo's own methods report them."""
        seen = {}
        products = self.places.products
        end = self.steps[-1].when
        with freeze_time(end):
            for part in (0.3, 0.6, 1):
                date = self.steps[int(part * (len(self.steps) - 1))].when
                dated = products.with_context(to_date=date)
                for field in ("qty_available", "total_value", "avg_cost"):
                    seen[field, part] = dated.mapped(field)
                value = self.places.company.stock_value(at_date=date)
                seen["stock_value", part] = list(value.values())
            for warehouse in self.places.warehouses:
                here = products.with_context(warehouse_id=warehouse.id)
                for field in ("free_qty", "incoming_qty", "virtual_available"):
                    seen[field, warehouse.code] = here.mapped(field)
            quants = self.env["stock.quant"].search(
                [("product_id", "in", products.ids)], order="product_id, location_id"
            )
            seen["quant value", "now"] = quants.mapped("value")
            vendors = self.env["res.partner"].browse(self.places.vendors.tolist())
            seen["on_time_rate", "now"] = vendors.mapped("on_time_rate")
        return seen
