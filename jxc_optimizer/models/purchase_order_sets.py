from __future__ import annotations

from odoo import api, models
from odoo.fields import Domain

from .jxc_asked_once import kept, only_from

KNOWN = ("purchase", "purchase_stock")
#: what says which draft is whose
WHOSE = {"partner_id", "company_id", "state", "active"}


class PurchaseOrder(models.Model):
    """Drafts to which Odoo adds lines, looked up for all vendors at once."""

    _inherit = "purchase.order"

    @api.model
    def search_fetch(self, domain, field_names=None, offset=0, limit=None, order=None):
        """Find the draft of a vendor among those that are known already."""
        drafts = None
        if limit == 1 and not (offset or order or field_names):
            drafts = self._jxc_drafts(domain)
        if drafts is None:
            return super().search_fetch(domain, field_names, offset, limit, order)
        return drafts.filtered_domain(domain)[:1]

    @api.model
    def _jxc_drafts(self, domain):
        """The drafts of the vendor that a domain asks for, as Odoo sorts them.

        None where the domain asks for something else, or nothing is kept.
        """
        answers = kept(self)
        if answers is None or not self.env.su:
            return None
        if "keep" not in answers:
            answers["keep"] = self._order == "priority desc, id desc" and only_from(
                self, KNOWN, "_search", "_where_calc"
            )
        asked = {leaf[0]: leaf[2] for leaf in domain if _is_equality(leaf)}
        company, vendor = asked.get("company_id"), asked.get("partner_id")
        if (
            not answers["keep"]
            or asked.get("state") != "draft"
            or not (company and vendor)
            or not all(isinstance(leaf, tuple | list) for leaf in domain)
        ):
            return None
        if company not in answers:
            drafts = self.search_fetch(
                Domain("state", "=", "draft") & Domain("company_id", "=", company),
                ["partner_id", "priority"],
            )
            answers[company] = {
                partner.id: list(some._ids)
                for partner, some in drafts.grouped("partner_id").items()
            }
        drafts = self.browse(answers[company].get(vendor, ()))
        return drafts.sorted(lambda order: (order.priority or "", order.id), True)

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        answers = kept(self) or {}
        for order in orders:
            drafts = answers.get(order.company_id.id)
            if drafts is not None and order.state == "draft":
                drafts.setdefault(order.partner_id.id, []).append(order.id)
        return orders

    def write(self, vals):
        if not WHOSE.isdisjoint(vals):
            self._jxc_forget_drafts()
        return super().write(vals)

    def unlink(self):
        self._jxc_forget_drafts()
        return super().unlink()

    def _jxc_forget_drafts(self):
        answers = kept(self)
        if answers:
            answers.clear()


def _is_equality(leaf) -> bool:
    return isinstance(leaf, tuple | list) and len(leaf) == 3 and leaf[1] == "="
