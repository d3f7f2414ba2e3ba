"""Finding what the names in a file stand for."""

from __future__ import annotations

from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from ..spreadsheet.units import normalise_unit
from .jxc_import_catalogue import Catalogue
from .jxc_import_records import bare
from .jxc_import_rules import effect_of_document, effect_of_state

#: canonical unit of the spreadsheet reader -> Odoo's unit
UNITS = {
    "kg": "uom.product_uom_kgm",
    "g": "uom.product_uom_gram",
    "t": "uom.product_uom_ton",
    "lb": "uom.product_uom_lb",
    "oz": "uom.product_uom_oz",
    "l": "uom.product_uom_litre",
    "ml": "uom.product_uom_millilitre",
    "m3": "uom.product_uom_cubic_meter",
    "gal": "uom.product_uom_gal",
    "m": "uom.product_uom_meter",
    "cm": "uom.product_uom_cm",
    "mm": "uom.product_uom_millimeter",
    "km": "uom.product_uom_km",
    "in": "uom.product_uom_inch",
    "ft": "uom.product_uom_foot",
    "yd": "uom.product_uom_yard",
    "m2": "uom.uom_square_meter",
    "piece": "uom.product_uom_unit",
    "dozen": "uom.product_uom_dozen",
    "day": "uom.product_uom_day",
    "hour": "uom.product_uom_hour",
}
#: names looked up by similarity at most; more would keep the user waiting
MOST_PROPOSALS = 3_000


class JxcImportMatch(models.Model):
    _inherit = "jxc.import.match"

    @api.model
    def _match_articles(self, record, articles, partners):
        """Values of matches for the articles of a file.

        :param articles: key -> dict of code, barcode, vendor_code, name, unit, vendor,
            rows
        :param partners: bare name of a vendor -> id of its partner, or False
        """
        catalogue = Catalogue(record, partners)
        remembered = self._remembered(record, "article", "product_id")
        values, unknown = [], []
        for key, article in articles.items():
            found, how = catalogue.find(article)
            if not found and key in remembered:
                found, how = remembered[key], "remembered"
            item = {
                "import_id": record.id,
                "kind": "article",
                "key": key,
                "text": article["code"]
                or article["barcode"]
                or article["vendor_code"]
                or article["name"],
                "name": article["name"],
                **{
                    name: article[name]
                    for name in ("unit", "barcode", "vendor_code", "vendor", "rows")
                },
                "status": how,
                "product_id": found,
                "choice": "use" if found else False,
                "differs": bool(found) and catalogue.differs(found, article["name"]),
            }
            values.append(item)
            if how == "unknown":
                unknown.append((item, article))
        if len(unknown) <= MOST_PROPOSALS:
            catalogue.propose(unknown)
        for item, _article in unknown:
            if record.missing_articles == "create" and item["status"] == "unknown":
                item["choice"] = "create"
        return values

    @api.model
    def _match_warehouses(self, record, names):
        warehouses = self.env["stock.warehouse"].search(
            [("company_id", "=", record.company_id.id)]
        )
        remembered = self._remembered(record, "warehouse", "warehouse_id")
        known = defaultdict(set)
        for warehouse in warehouses:
            for text in (warehouse.name, warehouse.code, warehouse.lot_stock_id.name):
                known[bare(text)].add(warehouse.id)
        return [
            self._value(record, "warehouse", text, rows, "warehouse_id",
                        known.get(bare(text), set()), remembered)
            for text, rows in names.items()
        ]  # fmt: skip

    @api.model
    def _match_units(self, record, names):
        """Matches of units; counting words like 箱 must be settled by a person."""
        remembered = self._remembered(record, "unit", "uom_id")
        uoms = self.env["uom.uom"].search([("active", "=", True)])
        known = defaultdict(set)
        for uom in uoms:
            for language in self.env["res.lang"].get_installed():
                known[bare(uom.with_context(lang=language[0]).name)].add(uom.id)
        values = []
        for text, rows in names.items():
            found = set(known.get(bare(text), ()))
            canonical = normalise_unit(text)
            if not found and canonical in UNITS:
                uom = self.env.ref(UNITS[canonical], raise_if_not_found=False)
                found = {uom.id} if uom else set()
            values.append(
                self._value(record, "unit", text, rows, "uom_id", found, remembered)
            )
        return values

    @api.model
    def _match_vendors(self, record, names):
        """Matches of vendors; unknown ones hold up no row: they only tell the same
        code of two vendors apart, and offer the articles that are created."""
        if not names:
            return []
        known, offering = defaultdict(set), set()
        for partner, name, reference, offers in self.env.execute_query(
            SQL(
                """SELECT id, name, ref,
                          EXISTS (SELECT FROM product_supplierinfo offer
                                   WHERE offer.partner_id = partner.id)
                     FROM res_partner partner
                    WHERE active AND parent_id IS NULL
                      AND (company_id IS NULL OR company_id = %s)""",
                record.company_id.id,
            )
        ):
            for text in filter(None, (name, reference)):
                known[bare(text)].add(partner)
            if offers:
                offering.add(partner)
        remembered = self._remembered(record, "vendor", "partner_id")
        values = []
        for text, rows in names.items():
            found = known.get(bare(text), set())
            found = found & offering or found
            value = self._value(
                record, "vendor", text, rows, "partner_id", found, remembered
            )
            values.append(value | {"choice": value["choice"] or "skip"})
        return values

    @api.model
    def _match_documents(self, record, names):
        return self._by_rule(record, "document", names, effect_of_document)

    @api.model
    def _match_states(self, record, names):
        header = record.column_ids.filtered(lambda column: column.meaning == "state")
        return self._by_rule(
            record, "state", names,
            lambda text: effect_of_state(text, header[:1].name or ""),
        )  # fmt: skip

    def _by_rule(self, record, kind, names, rule):
        """What documents of each name do: as people decided before, else by rule."""
        if record.kind != "sales":
            return []
        rows = self.search_fetch(
            [
                ("company_id", "=", record.company_id.id),
                ("kind", "=", kind),
                ("status", "in", ("chosen", "remembered")),
                ("choice", "!=", False),
                ("import_id", "!=", record.id),
            ],
            ["key", "choice"],
            order="id",
        )
        remembered = {row.key: row.choice for row in rows}
        return [
            {
                "import_id": record.id,
                "kind": kind,
                "key": bare(text),
                "text": text,
                "rows": number,
                "status": "remembered" if bare(text) in remembered else "rule",
                "choice": remembered.get(bare(text)) or rule(text),
            }
            for text, number in names.items()
        ]

    def _value(self, record, kind, text, rows, field, found, remembered):
        key = bare(text)
        status = "name" if len(found) == 1 else "ambiguous" if found else "unknown"
        chosen = next(iter(found)) if len(found) == 1 else False
        if not chosen and key in remembered:
            chosen, status = remembered[key], "remembered"
        return {
            "import_id": record.id,
            "kind": kind,
            "key": key,
            "text": text,
            "rows": rows,
            "status": status,
            field: chosen,
            "choice": "use" if chosen else False,
        }

    @api.model
    def _remembered(self, record, kind, field):
        """Key -> record id, as people chose in earlier imports of the company."""
        rows = self.search_fetch(
            [
                ("company_id", "=", record.company_id.id),
                ("kind", "=", kind),
                ("status", "=", "chosen"),
                (field, "!=", False),
                ("import_id", "!=", record.id),
            ],
            ["key", field],
            order="id",
        )
        return {row.key: row[field].id for row in rows}
