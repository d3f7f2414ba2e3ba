from __future__ import annotations

import json

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError

from .jxc_link import Link
from .jxc_policy import ABC_CLASSES, XYZ_CLASSES
from .product_vendor_quantity import whole_packs

#: suggestions applied while the user waits: some seconds; more in the background
AT_ONCE = 1_000
#: what a buyer may write on a rule; the rest is the planner's
BUYER_FIELDS = {
    "qty_forecast",  # not stored: Odoo adjusts it in memory on opening Replenishment
    "qty_to_order",
    "qty_to_order_manual",
    "snoozed_until",
    "supplier_id",
    "route_id",
}


class StockWarehouseOrderpoint(models.Model):
    _inherit = "stock.warehouse.orderpoint"

    # Plain columns, written by runs. Nothing computed may depend on them except the
    # flag below: writing 20,000 rules must stay a matter of a second. Nor is there
    # an index on those that all rules have: a night would write it anew.
    jxc_abc_class = fields.Selection(ABC_CLASSES, "ABC", readonly=True, copy=False)
    jxc_xyz_class = fields.Selection(XYZ_CLASSES, "XYZ", readonly=True, copy=False)
    jxc_class = fields.Char(
        "Class",
        readonly=True,
        copy=False,
        help="ABC by importance and XYZ by steadiness of demand.",
    )
    jxc_vendor_id = Link(
        "res.partner",
        "Main Vendor",
        readonly=True,
        copy=False,
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
    jxc_can_order = fields.Float(
        "Can-Order Level",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="With a forecast below this level the article is worth adding to an order "
        "that its vendor gets anyway.",
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
            ("manual", "Planned by hand"),
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

    # -- apply -----------------------------------------------------------------------

    def action_jxc_apply(self):
        """Take the suggested min and max of the selected rules."""
        self._jxc_check_planner()
        if len(self) > AT_ONCE:
            return self.action_jxc_apply_later()
        rules = self._jxc_to_apply()
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

    def action_jxc_apply_later(self):
        """Take the suggestions of the selected rules in the background."""
        self._jxc_check_planner()
        self.check_access("write")
        jobs = self.env["jxc.apply.job"]._start(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Applied in the Background"),
            "res_model": "jxc.apply.job",
            "view_mode": "form" if len(jobs) == 1 else "list,form",
            "res_id": len(jobs) == 1 and jobs.id,
            "domain": [("id", "in", jobs.ids)],
        }

    def _jxc_to_apply(self):
        """Rules with a suggestion that differs."""
        return self.filtered(
            lambda rule: rule.jxc_note == "suggested" and rule.jxc_has_change
        )

    def _jxc_apply(self, run=None, job=None):
        """Take the suggestions; ``run`` or ``job`` does so, not a person at once."""
        levels = {r: (r.jxc_suggested_min, r.jxc_suggested_max) for r in self}
        self.env["jxc.change"]._log(self, levels, run, job=job)
        self.env["jxc.replenish.mark"]._mark(self.product_id)
        for rule in self.with_context(jxc_marked=True):
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

    def unlink(self):
        """Ordering from one of Odoo's own temporary rules ends it, for buyers too."""
        rules = self
        if not self.env.su and self.env.user.has_group("jxc_optimizer.group_buyer"):
            self.check_access("write")
            if all(rule._jxc_is_spent() for rule in self):
                # sudo: buyers may not delete rules, but Odoo tidies up after an order
                rules = self.sudo()
        return super(StockWarehouseOrderpoint, rules).unlink()

    def _jxc_is_spent(self) -> bool:
        """Whether Odoo made the rule for a shortage that is over."""
        self.ensure_one()
        return (
            self.create_uid.id == SUPERUSER_ID
            and self.trigger == "manual"
            and self.qty_to_order <= 0
        )

    @api.autovacuum
    def _unlink_processed_orderpoints(self):
        # sudo: opening Replenishment clears Odoo's own temporary rules; buyers, who
        # may not delete rules, open it too.
        return super(
            StockWarehouseOrderpoint, self.sudo()
        )._unlink_processed_orderpoints()

    # -- right quantities and scheduler ----------------------------------------------

    jxc_least_order = fields.Float("Minimum Order", compute="_compute_jxc_order_units")
    jxc_pack = fields.Float("Order Multiple", compute="_compute_jxc_order_units")

    @api.depends("product_id", "warehouse_id", "company_id")
    def _compute_jxc_order_units(self):
        """What people set for the article; read for many rules at once."""
        for (company, warehouse), rules in self.grouped(
            lambda rule: (rule.company_id, rule.warehouse_id)
        ).items():
            terms = self.env["jxc.article"]._order_terms(
                company, rules.product_id, warehouse
            )
            for rule in rules:
                rule.jxc_least_order, rule.jxc_pack = terms.get(
                    rule.product_id.id, (0.0, 0.0)
                )

    def _get_multiple_rounded_qty(self, qty_to_order):
        """Never below the minimum of vendor or article, in whole packs.

        Odoo would order at price zero below the vendor's minimum.
        """
        if qty_to_order > 0:
            least = max(self._jxc_vendor_minimum(), self.jxc_least_order)
            qty_to_order = whole_packs(max(qty_to_order, least), self.jxc_pack)
        return super()._get_multiple_rounded_qty(qty_to_order)

    def _jxc_vendor_minimum(self) -> float:
        """Smallest quantity the rule's vendor sells, in the product's unit."""
        self.ensure_one()
        if "buy" not in self.rule_ids.mapped("action"):
            return 0.0
        product = self.product_id.with_company(self.company_id)
        return product._jxc_vendor_minimum(self._jxc_vendor())

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
