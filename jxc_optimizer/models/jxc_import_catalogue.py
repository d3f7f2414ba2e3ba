"""The company's articles by everything a file may call them."""

from __future__ import annotations

from collections import defaultdict

from odoo.tools import SQL

from ..spreadsheet.similar import Similar, alike
from .jxc_import_records import OF_VENDOR, bare


class Catalogue:
    """The company's articles by everything a file may call them."""

    def __init__(self, record, partners):
        self.env = record.env
        self.partners = partners
        company = record.company_id
        rows = self.env.execute_query(
            SQL(
                """SELECT product.id, product.active, product.default_code,
                          product.barcode, template.name
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
                """SELECT COALESCE(offer.product_id, product.id), offer.product_code,
                          offer.partner_id
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
        self.active, self.called = set(), defaultdict(list)
        for product, active, reference, barcode, names in rows:
            if active:
                self.active.add(product)
            if reference:
                self.by["reference"][bare(reference)].add(product)
            if barcode:
                self.by["barcode"][bare(barcode)].add(product)
            for name in set((names or {}).values()):
                self.by["name"][bare(name)].add(product)
                self.ids.append(product)
                self.names.append(name)
                self.called[product].append(name)
            if reference:
                self.ids.append(product)
                self.names.append(reference)
        for product, code, partner in vendor_rows:
            self.by["vendor_code"][bare(code)].add(product)
            self.by["vendor_code"][f"{bare(code)}{OF_VENDOR}{partner}"].add(product)
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
                found = self._found(source, bare(text), article)
                if found:
                    found = found & self.active or found
                    several = len(found) > 1
                    return (False, "ambiguous") if several else (*found, source)
        # A code that nobody knows, but a name that fits exactly one article.
        found = self.by["name"].get(bare(article["name"]), set())
        found = found & self.active or found
        if article["name"] and len(found) == 1 and not article["code"]:
            return next(iter(found)), "name"
        return False, "unknown"

    def _found(self, source, text, article):
        """Products of this name; of a vendor's code those of the vendor, if known."""
        partner = self.partners.get(bare(article["vendor"]))
        if source == "vendor_code" and partner:
            return self.by[source].get(f"{text}{OF_VENDOR}{partner}")
        return self.by[source].get(text)

    def differs(self, product, name) -> bool:
        """Whether the article goes by names that have nothing in common with this."""
        known = self.called[product]
        return bool(name and known) and not any(alike(name, other) for other in known)

    def propose(self, unknown):
        """Add what is most alike to the values of unknown articles."""
        if not unknown or not self.names:
            return
        index = Similar(self.names)
        for item, article in unknown:
            # codes that look alike say nothing where there are names
            hit = index.best(article["name"] or article["code"].lstrip("0"))
            if hit:
                place, likeness = hit
                item.update(
                    proposal_id=self.ids[place], likeness=likeness, status="proposed"
                )
