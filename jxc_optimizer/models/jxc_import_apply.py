"""The import itself: half of it never counts."""

from __future__ import annotations

from odoo import fields, models
from odoo.fields import Command
from odoo.tools import SQL

from .jxc_import_records import bare

#: products whose demand one unit of work writes
PRODUCTS = 2_000


class JxcImport(models.Model):
    _inherit = "jxc.import"

    def _import_unit(self):
        """Create missing articles; then some products' demand; at last let it count."""
        if self.kind != "sales":
            # one transaction: all of the file, or nothing
            self._import_at_once()
            self._switch_on()
            return
        if not self.next_product:
            self._create_articles()
            self._judge()
            self._remove_entries()
            self._record({"next_product": 1})
            return
        self.env.cr.execute(
            SQL(
                """SELECT product_id FROM jxc_import_row
                    WHERE import_id = %s AND status = 'ok' AND product_id >= %s
                    GROUP BY product_id ORDER BY product_id LIMIT %s""",
                self.id,
                self.next_product,
                PRODUCTS,
            )
        )
        products = [product for [product] in self.env.cr.fetchall()]
        if not products:
            if self.env["jxc.import.row"]._mark_known(self):
                # another import has brought some of it meanwhile: once more, without
                self._record({"next_product": 0})
                return
            self._conflict_with_others()
            self._switch_on()
            return
        self._write_entries(products[0], products[-1])
        left = self.env.execute_query(
            SQL(
                """SELECT count(DISTINCT product_id) FILTER (WHERE product_id > %s),
                          count(DISTINCT product_id) FROM jxc_import_row
                    WHERE import_id = %s AND status = 'ok'""",
                products[-1],
                self.id,
            )
        )[0]
        self._record(
            {
                "next_product": products[-1] + 1,
                "progress": 100 * (1 - left[0] / max(left[1], 1)),
            }
        )

    def _import_at_once(self):
        """Write what a list of levels, parameters, events or one-off demand says."""
        parameters = self.env["jxc.import.parameter"]
        self.change_ids._refuse_changed()
        parameters._refuse_changed(self)
        if self._create_articles():
            self._judge()
        if self.kind == "levels":
            self.change_ids._apply()
        elif self.kind == "articles":
            parameters._apply(self)
        elif self.kind == "marks":
            self._write_marks()

    def _conflict_with_others(self):
        """Have one of two imports that end at the same moment try again.

        Neither sees the other's rows before it has ended; so the second is made to
        fail on its own row, and looks for what is known again.
        """
        self.env.cr.execute(
            SQL(
                """UPDATE jxc_import SET next_product = next_product
                    WHERE company_id = %s AND kind = 'sales' AND state = 'importing'
                      AND id != %s""",
                self.company_id.id,
                self.id,
            )
        )

    def _create_articles(self):
        """The articles that the user wants created, by one name each, where they have
        a row that counts."""
        wanted = {
            key
            for [key] in self.env.execute_query(
                SQL(
                    """SELECT DISTINCT article FROM jxc_import_row
                        WHERE import_id = %s AND status = 'ok'""",
                    self.id,
                )
            )
        }
        missing = self.match_ids.filtered(
            lambda match: (
                match.kind == "article"
                and match.choice == "create"
                and match.key in wanted
            )
        )
        units = {
            match.key: match.uom_id
            for match in self.match_ids
            if match.kind == "unit" and match.uom_id
        }
        products = self.env["product.product"].create(
            [
                {
                    "name": match.name or match.text,
                    "default_code": match.text
                    if match.text not in (match.name, match.barcode, match.vendor_code)
                    else False,
                    "barcode": match.barcode,
                    "type": "consu",
                    "is_storable": True,
                    "company_id": False,
                    **(
                        {"uom_id": units[bare(match.unit)].id}
                        if bare(match.unit) in units
                        else {}
                    ),
                }
                for match in missing
            ]
        )
        for match, product in zip(missing, products, strict=True):
            match.sudo().write(  # sudo: an import under way is closed to people
                {"product_id": product.id, "choice": "use", "status": "created"}
            )
        self._offer_articles(missing)
        return products

    def _offer_articles(self, created):
        """The vendors of new articles, where the file names one that is known."""
        vendors = {
            match.key: match.partner_id
            for match in self.match_ids
            if match.kind == "vendor" and match.choice == "use"
        }
        self.env["product.supplierinfo"].create(
            [
                {
                    "partner_id": vendors[bare(match.vendor)].id,
                    "product_tmpl_id": match.product_id.product_tmpl_id.id,
                    "product_code": match.vendor_code,
                    "company_id": self.company_id.id,
                }
                for match in created
                if vendors.get(bare(match.vendor))
            ]
        )

    def _write_entries(self, first, last):
        """The demand of a range of products; it does not count yet."""
        cr = self.env.cr
        cr.execute(
            SQL(
                """DELETE FROM jxc_demand_entry WHERE batch = %s
                      AND product_id BETWEEN %s AND %s""",
                self._batch(),
                first,
                last,
            )
        )
        cr.execute(
            SQL(
                """INSERT INTO jxc_demand_entry
                          (source, batch, reason, active, company_id, warehouse_id,
                           location_id, product_id, day, quantity, lines, largest,
                           returned, create_uid, write_uid, create_date, write_date)
                   SELECT 'import', %(batch)s, %(name)s, false, %(company)s,
                          place.warehouse_id, row.location_id, row.product_id, row.day,
                          sum(row.amount), count(*) FILTER (WHERE row.amount > 0),
                          COALESCE(max(row.amount) FILTER (WHERE row.amount > 0), 0),
                          COALESCE(-sum(row.amount) FILTER (WHERE row.amount < 0), 0),
                          %(user)s, %(user)s, %(now)s, %(now)s
                     FROM jxc_import_row row
                     JOIN stock_location place ON place.id = row.location_id
                    WHERE row.import_id = %(record)s AND row.status = 'ok'
                      AND row.product_id BETWEEN %(first)s AND %(last)s
                    GROUP BY place.warehouse_id, row.location_id, row.product_id,
                             row.day""",
                batch=self._batch(),
                name=self.name,
                company=self.company_id.id,
                user=self.env.uid,
                now=fields.Datetime.now(),
                record=self.id,
                first=first,
                last=last,
            )
        )
        self.env["jxc.demand.entry"].invalidate_model()

    def _prepare_events(self):
        """The events that the right rows tell of; they do not count yet."""
        self._events().unlink()
        groups = self.env.execute_query(
            SQL(
                """SELECT row.terms->>'name', row.day, row.terms->>'until',
                          (row.terms->>'change')::float8, place.warehouse_id,
                          array_agg(DISTINCT row.product_id)
                     FROM jxc_import_row row
                LEFT JOIN stock_location place ON place.id = row.location_id
                    WHERE row.import_id = %s AND row.status = 'ok'
                      AND row.product_id IS NOT NULL
                    GROUP BY 1, 2, 3, 4, 5 ORDER BY 2, 1, 4""",
                self.id,
            )
        )
        self.env["jxc.demand.event"].create(
            [
                {
                    "name": name or self.name,
                    "active": False,
                    "batch": self._batch(),
                    "company_id": self.company_id.id,
                    "warehouse_id": warehouse,
                    "date_from": first,
                    "date_to": last,
                    "expected_change": change,
                    "scope": "products",
                    "product_ids": [Command.set(products)],
                }
                for name, first, last, change, warehouse, products in groups
            ]
        )
        self.invalidate_recordset(["event_ids"])

    def _events(self):
        """The events of the file, planned or not yet."""
        events = self.env["jxc.demand.event"].with_context(active_test=False)
        return events.search([("batch", "=", self._batch())])

    def _write_marks(self):
        """One-off demand is confirmed by whoever imports it."""
        self.env.cr.execute(
            SQL(
                """INSERT INTO jxc_demand_one_off
                          (company_id, warehouse_id, location_id, product_id, day,
                           quantity, state, reason, batch, create_uid, write_uid,
                           create_date, write_date)
                   SELECT %(company)s, place.warehouse_id, row.location_id,
                          row.product_id, row.day, sum(row.amount), 'confirmed',
                          COALESCE(NULLIF(max(row.document), ''), %(name)s), %(batch)s,
                          %(user)s, %(user)s, %(now)s, %(now)s
                     FROM jxc_import_row row
                     JOIN stock_location place ON place.id = row.location_id
                    WHERE row.import_id = %(record)s AND row.status = 'ok'
                      AND row.product_id IS NOT NULL
                    GROUP BY place.warehouse_id, row.location_id, row.product_id,
                             row.day
                       ON CONFLICT (location_id, product_id, day) DO UPDATE
                      SET quantity = excluded.quantity, state = excluded.state,
                          reason = excluded.reason, batch = excluded.batch,
                          write_uid = excluded.write_uid,
                          write_date = excluded.write_date
                    WHERE jxc_demand_one_off.state = 'proposed'""",
                company=self.company_id.id,
                name=self.name,
                batch=self._batch(),
                user=self.env.uid,
                now=fields.Datetime.now(),
                record=self.id,
            )
        )
        self.env["jxc.demand.one.off"].invalidate_model()

    def _switch_on(self):
        """Let everything count at once."""
        self._events().active = True
        self.env.cr.execute(
            SQL(
                "UPDATE jxc_demand_entry SET active = true WHERE batch = %s",
                self._batch(),
            )
        )
        self.env["jxc.demand.entry"].invalidate_model()
        self._record(
            {
                "state": "done",
                "progress": 100,
                "next_product": 0,
                "imported_at": fields.Datetime.now(),
                "packed": False,
            }
        )

    def _batch(self) -> str:
        return f"jxc.import,{self.id}"
