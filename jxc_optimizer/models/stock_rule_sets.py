from __future__ import annotations

from odoo import api, models

from .jxc_asked_once import forget, kept, only_from

#: what decides which rule supplies a product, and who may say so
KNOWN = ("stock", "purchase_stock", "mrp", "stock_dropshipping")
METHODS = (
    "_get_rule",
    "_get_rule_domain",
    "_search_rule_for_warehouses",
    "_filter_warehouse_routes",
    "_check_intercomp_location",
)
VALUES = ("route_ids", "packaging_uom_id", "warehouse_id", "company_id")


class StockRule(models.Model):
    _name = "stock.rule"
    _inherit = ["stock.rule", "jxc.asked.once"]

    @api.model
    def _get_rule(self, product_id, location_id, values):
        """Products with the same routes are supplied by the same rule."""
        answers = kept(self)
        if answers is None:
            return super()._get_rule(product_id, location_id, values)
        if "rules" not in answers:
            answers["rules"] = only_from(self, KNOWN, *METHODS) and only_from(
                product_id, KNOWN, "get_total_routes"
            )
        if not answers["rules"]:
            return super()._get_rule(product_id, location_id, values)
        question = (
            self.env,
            location_id.id,
            product_id._jxc_routes(),
            tuple(name in values and tuple(values[name] or ()) for name in VALUES),
        )
        if question not in answers:
            answers[question] = super()._get_rule(product_id, location_id, values)
        return answers[question]

    @api.model
    def _run_buy(self, procurements):
        """Read what lines are named after for all of them at once."""
        if kept(self) is not None:
            products = self.env["product.product"].concat(
                *(procurement.product_id for procurement, _rule in procurements)
            )
            products.with_prefetch()._jxc_read_names()
            # each new line lets Odoo look for the rules of its product
            products.with_prefetch().sudo().mapped("orderpoint_ids")
            # and each request for quotation for the taxes of its vendor
            vendors = products.sudo().seller_ids.partner_id
            for company in {procurement.company_id for procurement, _ in procurements}:
                of_company = vendors.with_company(company).with_prefetch()
                of_company.mapped("property_account_position_id")
        return super()._run_buy(procurements)


class StockRoute(models.Model):
    """Rules are searched by their routes: a change of a route forgets, too."""

    _name = "stock.route"
    _inherit = ["stock.route", "jxc.asked.once"]


class ProductSupplierinfo(models.Model):
    _name = "product.supplierinfo"
    _inherit = ["product.supplierinfo", "jxc.asked.once"]


class AnalyticDistributionModel(models.Model):
    """Asked for each line; most companies have none at all."""

    _name = "account.analytic.distribution.model"
    _inherit = ["account.analytic.distribution.model", "jxc.asked.once"]
    _jxc_known = ("analytic", "account")

    @api.model
    def search_fetch(self, domain, field_names=None, offset=0, limit=None, order=None):
        answers = self._jxc_answers()
        if answers is not None:
            if "none" not in answers:
                # sudo: what nobody can see, is not there for this user either
                everything = self.sudo().with_context(active_test=False)
                answers["none"] = not everything.search_count([], limit=1)
            if answers["none"]:
                return self.browse()
        return super().search_fetch(domain, field_names, offset, limit, order)


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def write(self, vals):
        if not {"route_ids", "categ_id", "seller_ids"}.isdisjoint(vals):
            forget(self.env)
        return super().write(vals)


class ProductCategory(models.Model):
    _inherit = "product.category"

    def write(self, vals):
        forget(self.env)
        return super().write(vals)


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _jxc_routes(self) -> tuple:
        """The routes of a product, by which Odoo, too, knows rules again."""
        answers = kept(self)
        question = ("routes", self.env, self.id)
        if question not in answers:
            answers[question] = (
                tuple(self.route_ids.ids),
                tuple(self.categ_id.total_route_ids.ids),
                tuple(self.get_total_routes().ids),
            )
        return answers[question]

    def _jxc_read_names(self) -> None:
        """Read what Odoo asks for each line of a request for quotation by itself."""
        # sudo: as Odoo does for names; nothing is returned
        offers = self.env["product.supplierinfo"].sudo()
        products = self.sudo()
        of_template = offers.search_fetch(
            [("product_tmpl_id", "in", products.product_tmpl_id.ids)],
            ["product_tmpl_id", "partner_id", "product_name", "product_code"],
        ).grouped("product_tmpl_id")
        for template, sold in of_template.items():
            for vendor in sold.partner_id:
                vendors = [vendor.id, vendor.commercial_partner_id.id]
                offers._jxc_answer(
                    [
                        ("product_tmpl_id", "in", template.ids),
                        ("partner_id", "in", vendors),
                    ],
                    sold.filtered(lambda offer, v=vendors: offer.partner_id.id in v),
                )
        languages = {v.lang for sold in of_template.values() for v in sold.partner_id}
        for language in languages:
            spoken = products.with_context(lang=language)
            spoken.product_template_attribute_value_ids._get_combination_name()
            spoken.mapped("name")
            spoken.mapped("description_purchase")
