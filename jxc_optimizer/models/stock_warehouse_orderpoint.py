from __future__ import annotations

import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import formatLang

from .jxc_policy import ABC_CLASSES, XYZ_CLASSES

#: what a buyer may write on a rule; the rest is the planner's
BUYER_FIELDS = {
    "qty_to_order",
    "qty_to_order_manual",
    "snoozed_until",
    "supplier_id",
    "route_id",
}


class StockWarehouseOrderpoint(models.Model):
    _inherit = "stock.warehouse.orderpoint"

    # Plain columns, written by runs. Nothing computed may depend on them except the
    # flag below: writing 20,000 rules must stay a matter of a second.
    jxc_abc_class = fields.Selection(
        ABC_CLASSES, "ABC", readonly=True, copy=False, index="btree_not_null"
    )
    jxc_xyz_class = fields.Selection(XYZ_CLASSES, "XYZ", readonly=True, copy=False)
    jxc_class = fields.Char(
        "Class",
        readonly=True,
        copy=False,
        help="ABC by importance and XYZ by steadiness of demand.",
    )
    jxc_vendor_id = fields.Many2one(
        "res.partner",
        "Main Vendor",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The vendor that the last run planned with.",
    )
    jxc_suggested_min = fields.Float(
        "Suggested Min",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="The minimum that keeps the service target, in Odoo's arithmetic.",
    )
    jxc_suggested_max = fields.Float(
        "Suggested Max",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="The suggested minimum plus one economical order.",
    )
    jxc_safety_stock = fields.Float(
        "Safety Stock", digits="Product Unit", readonly=True, copy=False
    )
    jxc_eoq = fields.Float(
        "EOQ",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="Economic order quantity, before the vendor's minimum and pack.",
    )
    jxc_cover_days = fields.Float(
        "Days of Cover",
        digits=(16, 0),
        readonly=True,
        copy=False,
        help="How long the stock on hand lasts at the average demand, as of the last "
        "run.",
    )
    jxc_note = fields.Selection(
        [
            ("suggested", "Suggestion"),
            ("short_history", "Less than 4 weeks of history"),
            ("no_history", "No history at this location"),
        ],
        "Suggestion State",
        readonly=True,
        copy=False,
    )
    jxc_terms = fields.Json("Terms of the Suggestion", readonly=True, copy=False)
    jxc_has_change = fields.Boolean(
        "Suggestion Differs",
        compute="_compute_jxc_has_change",
        store=True,
        help="The suggested minimum or maximum differs from the current one.",
    )
    jxc_why = fields.Char("Why", compute="_compute_jxc_why")

    @api.depends("product_min_qty", "product_max_qty")
    def _compute_jxc_has_change(self):
        # Runs set the flag themselves together with the suggestion.
        for rule in self:
            rule.jxc_has_change = rule.jxc_note == "suggested" and (
                rule.product_min_qty != rule.jxc_suggested_min
                or rule.product_max_qty != rule.jxc_suggested_max
            )

    # -- why -------------------------------------------------------------------------

    @api.depends_context("lang")
    @api.depends("jxc_terms", "jxc_note")
    def _compute_jxc_why(self):
        """The explanation for the popover, as JSON."""
        for rule in self:
            rule.jxc_why = json.dumps(rule._jxc_explain())

    def _jxc_explain(self) -> dict:
        """Suggested min and max as sums of their terms, in the user's language."""
        self.ensure_one()
        _ = self.env._
        content = {
            "title": _("Why this suggestion?"),
            "popoverTemplate": "jxc_optimizer.WhyPopover",
            "position": "right",
            "icon": "fa-question-circle",
            "sums": [],
            "facts": [],
        }
        terms = self.jxc_terms
        if self.jxc_note != "suggested" or not terms:
            content["color"] = "text-muted"
            content["message"] = self._jxc_missing_text()
            return content
        days = formatLang(self.env, terms["days"], digits=0)
        minimum = [
            (_("expected demand in %s days", days), terms["demand"]),
            (
                _("safety for demand"),
                terms["safety"] - terms["safety_lead_time"],
            ),
            (_("safety for lead time"), terms["safety_lead_time"]),
            (_("rounding up"), terms["min_rounding"]),
            (_("Odoo orders below, not at, the minimum"), terms["strict_unit"]),
        ]
        maximum = [
            (_("suggested minimum"), self.jxc_suggested_min),
            (_("order lot"), terms["lot"]),
            (_("rounding up to the pack"), terms["lot_rounding"]),
            (_("without the extra unit of the minimum"), -terms["strict_unit"]),
        ]
        for label, total, parts in (
            (_("Minimum"), self.jxc_suggested_min, minimum),
            (_("Maximum"), self.jxc_suggested_max, maximum),
        ):
            content["sums"].append(self._jxc_sum(label, total, parts))
        content["facts"] = self._jxc_facts(terms)
        return content

    def _jxc_sum(self, label: str, total: float, parts: list[tuple]) -> dict:
        """A total and its terms, written with the same number of decimals."""
        parts = [(text, value) for text, value in parts if round(value, 2)]
        whole = all(float(value).is_integer() for _text, value in parts)

        def number(value):
            return formatLang(self.env, abs(value), digits=0 if whole else 2)

        return {
            "label": label,
            "total": f"= {number(total)}",
            "unit": self.product_uom_name,
            "terms": [
                {"label": text, "value": f"{'−' if value < 0 else '+'} {number(value)}"}
                for text, value in parts
            ],
        }

    def _jxc_facts(self, terms: dict) -> list[str]:
        _ = self.env._

        def number(value, digits=0):
            return formatLang(self.env, value, digits=digits)

        lead = _(
            "Lead time %(lead)s days and review period %(review)s days",
            lead=number(terms["lead_days"]),
            review=number(terms["review_days"]),
        )
        facts = [
            _(
                "Demand %(quantity)s a day, from %(weeks)s weeks",
                quantity=number(terms["per_day"], 2),
                weeks=number(terms["weeks"]),
            ),
            f"{lead} ({self.jxc_vendor_id.display_name})"
            if self.jxc_vendor_id
            else _("%s (no vendor)", lead),
            _(
                "Target: %s %% of the demand delivered at once",
                number(100 * terms["fill_rate"], 1),
            ),
        ]
        if terms["lot"] != terms["eoq"]:
            facts.append(
                _(
                    "Economic order quantity %(eoq)s; %(lot)s with price breaks, "
                    "minimum, pack and cover limit",
                    eoq=number(terms["eoq"], 1),
                    lot=number(terms["lot"], 1),
                )
            )
        if terms.get("clipped"):
            facts.append(
                _("The order lot alone reaches the target: no safety stock needed")
            )
        confidence = dict(
            self.env["jxc.policy"]
            ._fields["confidence"]
            ._description_selection(self.env)
        )
        facts.append(_("Confidence %s", confidence.get(terms["confidence"], "")))
        return facts

    def _jxc_missing_text(self) -> str:
        """Why there is no suggestion, and what to do about it."""
        _ = self.env._
        if self.jxc_note == "short_history":
            return _(
                "The first demand was less than 4 weeks ago: too little for a "
                "suggestion. It comes by itself."
            )
        if self.jxc_note == "no_history":
            if self.location_id == self.warehouse_id.lot_stock_id:
                return _(
                    "Nothing has left this warehouse yet. A suggestion comes with the "
                    "first weeks of deliveries or consumption."
                )
            return _(
                "Nothing has left this location yet. Suggestions for a sub-location "
                "come only from what leaves it."
            )
        return _("Not computed yet: the next run will do it.")

    # -- apply -----------------------------------------------------------------------

    def action_jxc_apply(self):
        """Take the suggested min and max of the selected rules."""
        self._jxc_check_planner()
        rules = self.filtered(
            lambda rule: rule.jxc_note == "suggested" and rule.jxc_has_change
        )
        if not rules:
            raise UserError(
                self.env._("None of the selected rules has a suggestion that differs.")
            )
        rules._jxc_apply()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Minimum and maximum of %s reordering rules updated.", len(rules)
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _jxc_apply(self):
        self.env["jxc.change"]._log(
            self, {r: (r.jxc_suggested_min, r.jxc_suggested_max) for r in self}
        )
        for rule in self:
            rule.write(
                {
                    "product_min_qty": rule.jxc_suggested_min,
                    "product_max_qty": rule.jxc_suggested_max,
                }
            )

    def _jxc_check_planner(self):
        if not self.env.user.has_group("jxc_optimizer.group_planner"):
            raise AccessError(
                self.env._("Only replenishment planners may change min and max.")
            )

    # -- rights ----------------------------------------------------------------------

    def write(self, vals):
        """Buyers decide what is ordered today, planners also the levels."""
        user = self.env.user
        if (
            not self.env.su
            and not BUYER_FIELDS.issuperset(vals)
            and not user.has_group("jxc_optimizer.group_planner")
        ):
            self._jxc_check_planner()
        return super().write(vals)

    @api.autovacuum
    def _unlink_processed_orderpoints(self):
        # sudo: opening Replenishment clears Odoo's own temporary rules; buyers, who
        # may not delete rules, open it too.
        return super(
            StockWarehouseOrderpoint, self.sudo()
        )._unlink_processed_orderpoints()

    # -- right quantities and scheduler ----------------------------------------------

    def _get_multiple_rounded_qty(self, qty_to_order):
        """Never below the vendor's minimum: Odoo would order at price zero."""
        if qty_to_order > 0:
            qty_to_order = max(qty_to_order, self._jxc_vendor_minimum())
        return super()._get_multiple_rounded_qty(qty_to_order)

    def _jxc_vendor_minimum(self) -> float:
        """Smallest quantity the rule's vendor sells, in the product's unit."""
        self.ensure_one()
        if "buy" not in self.rule_ids.mapped("action"):
            return 0.0
        product = self.product_id.with_company(self.company_id)
        today = fields.Date.context_today(self)
        sellers = product._prepare_sellers().filtered(
            lambda seller: (
                (not seller.company_id or seller.company_id == self.company_id)
                and (not seller.product_id or seller.product_id == product)
                and (not seller.date_start or seller.date_start <= today)
                and (not seller.date_end or seller.date_end >= today)
            )
        )
        vendor = self.supplier_id.partner_id or sellers[:1].partner_id
        return min(
            (
                seller.product_uom_id._compute_quantity(
                    seller.min_qty, product.uom_id, round=False
                )
                for seller in sellers
                if seller.partner_id == vendor
            ),
            default=0.0,
        )

    def _procure_orderpoint_confirm(
        self, use_new_cursor=False, company_id=None, raise_user_error=True
    ):
        """Commit what was recomputed before the batches open cursors of their own.

        Otherwise they order from the quantities of the last commit, and the outer
        transaction fails afterwards on the rows they changed.
        """
        if use_new_cursor:
            self.env["ir.cron"]._commit_progress()
        return super()._procure_orderpoint_confirm(
            use_new_cursor=use_new_cursor,
            company_id=company_id,
            raise_user_error=raise_user_error,
        )
