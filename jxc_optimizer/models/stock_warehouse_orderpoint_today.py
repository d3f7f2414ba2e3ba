from __future__ import annotations

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .jxc_cell import MODE_HELP, MODES
from .jxc_policy import CONFIDENCE

STATUSES = [
    ("out", "Run out"),
    ("order", "Order now"),
    ("soon", "Soon"),
    ("enough", "Enough"),
    ("excess", "Excess"),
]


class StockWarehouseOrderpoint(models.Model):
    """What a rule needs today: ranked, dated, and in money."""

    _inherit = "stock.warehouse.orderpoint"

    jxc_mode = fields.Selection(
        MODES,
        "Mode",
        copy=False,
        help=MODE_HELP + " Empty: as the class of the article says.",
    )
    jxc_confidence = fields.Selection(
        CONFIDENCE, "Confidence", readonly=True, copy=False
    )
    jxc_currency_id = fields.Many2one(related="company_id.currency_id")
    # written by jxc.projection
    jxc_status = fields.Selection(
        STATUSES,
        "Status",
        readonly=True,
        copy=False,
        help="Run out: nothing on hand of what is wanted. Order now: stock and what "
        "arrives in time do not last. Soon: to be ordered within 14 days. Excess: more "
        "on hand than the order-up-to level.",
    )
    jxc_out_date = fields.Date(
        "Out of Stock",
        readonly=True,
        copy=False,
        help="The day on which the stock runs out if nothing more is ordered, by the "
        "expected demand and what is booked.",
    )
    jxc_order_date = fields.Date(
        "Order By",
        readonly=True,
        copy=False,
        help="The last day on which an order arrives before the safety stock is used.",
    )
    jxc_order_qty = fields.Float(
        "Suggested Order",
        digits="Product Unit",
        readonly=True,
        copy=False,
        default=0.0,
        help="What to order today. Receipts count only if they arrive within the lead "
        "time and the review period.",
    )
    jxc_order_value = fields.Monetary(
        "Order Value", currency_field="jxc_currency_id", readonly=True, copy=False
    )
    jxc_order_cover = fields.Float(
        "Cover after It",
        digits=(16, 0),
        readonly=True,
        copy=False,
        help="Days of demand that stock, receipts and the suggested order last.",
    )
    jxc_waiting_cost = fields.Monetary(
        "Cost of Waiting",
        currency_field="jxc_currency_id",
        readonly=True,
        copy=False,
        default=0.0,
        help="Expected shortage, at cost, if the order waits for the next review "
        "instead of going out today.",
    )
    jxc_order_terms = fields.Json("Terms of the Order", readonly=True, copy=False)
    jxc_projected_on = fields.Date(
        "Projected on",
        readonly=True,
        copy=False,
        help="The day that dates and quantities were last found on. They stand while "
        "nothing moves, for a week at most.",
    )
    jxc_look_on = fields.Date(
        "To Be Projected on",
        readonly=True,
        copy=False,
        help="The day on which they may change though nothing moves.",
    )

    # of what people look for, not of the many with enough on hand
    _jxc_status = models.Index(
        "(jxc_status) WHERE jxc_status IN ('out', 'order', 'soon')"
    )

    # -- what people press -------------------------------------------------------

    def action_jxc_order(self):
        """Order what is suggested for today, as Odoo's own Order button would."""
        if not self.env.user.has_group("jxc_optimizer.group_buyer"):
            raise AccessError(self.env._("Only buyers can order."))
        self._jxc_project()
        rules = self.filtered(lambda rule: rule.jxc_order_qty > 0)
        if not rules:
            raise UserError(
                self.env._("There is nothing to order today for the selected rules.")
            )
        for rule in rules:
            # past the inverse: Odoo knows no manual quantity of automatic rules
            rule.qty_to_order_manual = rule.jxc_order_qty
        notification = rules.with_context(jxc_seek_breaks=True).action_replenish()
        rules.exists()._jxc_project()
        return notification or {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Articles ordered: %s", len(rules)),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_replenish(self, force_to_max=False):
        notification = super().action_replenish(force_to_max=force_to_max)
        self.exists()._jxc_project()
        return notification

    def _jxc_project(self) -> None:
        """Bring the figures of today up to date."""
        for company, rules in self.grouped("company_id").items():
            # sudo: the figures are written for whoever may see the rule
            self.env["jxc.projection"].sudo()._refresh(
                company, SQL("rule.id = ANY (%s)", rules.ids)
            )

    @api.model
    def get_jxc_today(self, domain) -> dict:
        """What the rules of a list need today, for the line above it."""
        self.check_access("read")
        urgent = Domain(domain) & Domain("jxc_order_qty", ">", 0)
        [(articles, value, waiting)] = self._read_group(
            urgent, [], ["__count", "jxc_order_value:sum", "jxc_waiting_cost:sum"]
        )
        vendors = self._read_group(
            urgent & Domain("jxc_vendor_id", "!=", False), ["jxc_vendor_id"]
        )
        currencies = self.env.companies.currency_id
        return {
            "articles": articles,
            "vendors": len(vendors),
            "currency_id": currencies.id if len(currencies) == 1 else False,
            "value": value or 0.0,
            "waiting": waiting or 0.0,
            "next_review": fields.Date.context_today(self)
            + timedelta(days=self.env.company.jxc_review_days or 1),
        }

    # -- marks ---------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        self.env["jxc.replenish.mark"]._mark(rules.product_id)
        return rules

    def write(self, vals):
        res = super().write(vals)
        seen = {"product_min_qty", "product_max_qty", "active", "jxc_mode"}
        if not seen.isdisjoint(vals) and not self.env.context.get("jxc_marked"):
            self.env["jxc.replenish.mark"]._mark(self.product_id)
        return res
