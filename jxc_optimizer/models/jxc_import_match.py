from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..spreadsheet.similar import Similar
from ..spreadsheet.units import normalise_unit
from .jxc_import_records import bare

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
#: counting words that mean "one of the article" unless somebody says otherwise
COUNTED = ("piece", "pair", "set", "box", "carton", "bag", "pack", "bottle", "can",
           "barrel", "roll", "sheet", "pallet")  # fmt: skip
#: names looked up by similarity at most; more would keep the user waiting
MOST_PROPOSALS = 3_000


class JxcImportMatch(models.Model):
    """A name as it stands in a file, and the record it stands for.

    ``choice`` is empty while somebody has to decide: the rows of such a name are
    left out and counted as errors.
    """

    _name = "jxc.import.match"
    _description = "Name in an Imported File"
    _order = "choice desc, rows desc, id"
    _rec_name = "text"

    import_id = fields.Many2one("jxc.import", required=True, index=True, readonly=True,
                                ondelete="cascade")  # fmt: skip
    company_id = fields.Many2one(related="import_id.company_id", store=True)
    kind = fields.Selection(
        [("article", "Article"), ("warehouse", "Warehouse"), ("unit", "Unit")],
        required=True,
        readonly=True,
    )
    key = fields.Char(required=True, readonly=True, index=True)
    text = fields.Char("In the File", readonly=True)
    name = fields.Char("Name in the File", readonly=True)
    unit = fields.Char("Unit in the File", readonly=True)
    rows = fields.Integer(readonly=True)
    status = fields.Selection(
        [
            ("reference", "Same reference"),
            ("barcode", "Same barcode"),
            ("vendor_code", "Same vendor code"),
            ("name", "Same name"),
            ("remembered", "As chosen before"),
            ("chosen", "Chosen"),
            ("proposed", "Similar: please confirm"),
            ("ambiguous", "Several fit"),
            ("unknown", "Not found"),
        ],
        "Found By",
        readonly=True,
    )
    choice = fields.Selection(
        [("use", "Take"), ("create", "Create"), ("skip", "Leave out")],
        help="What happens with the rows of this name.",
    )
    product_id = fields.Many2one("product.product", ondelete="set null")
    warehouse_id = fields.Many2one("stock.warehouse", ondelete="cascade")
    uom_id = fields.Many2one("uom.uom", "Unit in Odoo", ondelete="cascade")
    proposal_id = fields.Many2one(
        "product.product", "Similar Article", readonly=True, ondelete="set null"
    )
    likeness = fields.Float(readonly=True, digits=(16, 2))

    _import_kind_key = models.UniqueIndex("(import_id, kind, key)")

    @api.onchange("product_id", "warehouse_id", "uom_id")
    def _onchange_record(self):
        for match in self:
            if match.product_id or match.warehouse_id or match.uom_id:
                match.choice = "use"

    def write(self, vals):
        """Choosing a record means to take it; the check has to look again."""
        open_states = ("columns", "checking", "check")
        if any(match.import_id.state not in open_states for match in self):
            if not self.env.su:
                raise UserError(self.env._("This import is finished."))
        chosen = any(vals.get(n) for n in ("product_id", "warehouse_id", "uom_id"))
        if chosen and "choice" not in vals:
            vals = {**vals, "choice": "use"}
        if chosen and "status" not in vals:
            vals = {**vals, "status": "chosen"}
        done = super().write(vals)
        if not self.env.su and {"choice", "product_id", "warehouse_id", "uom_id"} & set(
            vals
        ):
            for record in self.import_id.filtered(lambda r: r.state == "check"):
                record._judge()
        return done

    def action_accept(self):
        """Take the proposals of the selection."""
        for match in self.filtered("proposal_id"):
            match.write({"product_id": match.proposal_id.id, "choice": "use"})

    def action_skip(self):
        """Leave the rows of the selected names out."""
        self.write({"choice": "skip"})

    def action_create_article(self):
        """Create the selected articles with the import."""
        self.filtered(lambda match: match.kind == "article").write({"choice": "create"})

    # -- matching ----------------------------------------------------------------

    @api.model
    def _match_articles(self, record, articles):
        """Values of matches for the articles of a file.

        :param articles: key -> dict of code, barcode, vendor_code, name, unit, rows
        """
        catalogue = _Catalogue(record)
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
                "text": article["code"] or article["barcode"] or article["name"],
                "name": article["name"],
                "unit": article["unit"],
                "rows": article["rows"],
                "status": how,
                "product_id": found,
                "choice": "use" if found else False,
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


class _Catalogue:
    """The company's articles by everything a file may call them."""

    def __init__(self, record):
        self.env = record.env
        company = record.company_id
        rows = self.env.execute_query(
            SQL(
                """SELECT product.id, product.default_code, product.barcode,
                          template.name
                     FROM product_product product
                     JOIN product_template template
                       ON template.id = product.product_tmpl_id
                    WHERE template.type = 'consu'
                      AND (template.company_id IS NULL OR template.company_id = %s)
                    ORDER BY product.active DESC, product.id""",
                company.id,
            )
        )
        vendor_rows = self.env.execute_query(
            SQL(
                """SELECT COALESCE(offer.product_id, product.id), offer.product_code
                     FROM product_supplierinfo offer
                     JOIN product_product product
                       ON product.product_tmpl_id = offer.product_tmpl_id
                    WHERE offer.product_code IS NOT NULL
                      AND (offer.company_id IS NULL OR offer.company_id = %s)""",
                company.id,
            )
        )
        self.by = {name: defaultdict(set) for name in
                   ("reference", "barcode", "name", "vendor_code")}  # fmt: skip
        self.ids, self.names = [], []
        for product, reference, barcode, names in rows:
            if reference:
                self.by["reference"][bare(reference)].add(product)
            if barcode:
                self.by["barcode"][bare(barcode)].add(product)
            for name in set((names or {}).values()):
                self.by["name"][bare(name)].add(product)
                self.ids.append(product)
                self.names.append(name)
            if reference:
                self.ids.append(product)
                self.names.append(reference)
        for product, code in vendor_rows:
            self.by["vendor_code"][bare(code)].add(product)
        self.index = None

    def find(self, article):
        """(product id or False, how) of an article of the file."""
        for text, sources in (
            (article["code"], ("reference", "barcode", "vendor_code")),
            (article["barcode"], ("barcode",)),
            (article["vendor_code"], ("vendor_code",)),
            ("" if article["code"] else article["name"], ("name",)),
        ):
            if not text:
                continue
            for source in sources:
                found = self.by[source].get(bare(text))
                if found:
                    several = len(found) > 1
                    return (False, "ambiguous") if several else (*found, source)
        # A code that nobody knows, but a name that fits exactly one article.
        found = self.by["name"].get(bare(article["name"]), ())
        if article["name"] and len(found) == 1 and not article["code"]:
            return next(iter(found)), "name"
        return False, "unknown"

    def propose(self, unknown):
        """Add what is most alike to the values of unknown articles."""
        if not unknown or not self.names:
            return
        index = Similar(self.names)
        for item, article in unknown:
            tries = [article["name"], article["code"].lstrip("0")]
            hits = [hit for text in tries if text and (hit := index.best(text))]
            if hits:
                place, likeness = max(hits, key=lambda hit: hit[1])
                item.update(
                    proposal_id=self.ids[place], likeness=likeness, status="proposed"
                )
