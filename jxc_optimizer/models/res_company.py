from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    _inherit = "res.company"

    jxc_history_days = fields.Integer(
        "History Window",
        default=365,
        help="Days of sales and consumption that classes and averages look back on.",
    )
    jxc_holding_rate = fields.Float(
        "Holding Rate",
        default=0.25,
        digits=(16, 4),
        help="What it costs to keep stock for a year, as a share of its value: "
        "capital, space, insurance, shrinkage, ageing. 20 to 30 % is usual.",
    )
    jxc_order_cost = fields.Monetary(
        "Cost of an Order Line",
        default=20.0,
        help="What placing, following up, receiving and paying one more order line "
        "costs. A vendor can have a cost of its own.",
    )
    jxc_joint_line_share = fields.Float(
        "Cost of a Joining Line",
        default=0.25,
        digits=(16, 4),
        help="What a line costs that is added to an order the vendor gets anyway, as a "
        "share of the cost of an order line. The lower, the earlier articles join.",
    )
    jxc_abc_measure = fields.Selection(
        [
            ("value", "Consumption value at cost"),
            ("quantity", "Quantity"),
            ("lines", "Order lines"),
            ("margin", "Margin"),
            ("stock", "Stock value at cost"),
            ("matrix", "Quantity × stock value"),
        ],
        "ABC Measure",
        default="value",
        required=True,
        help="What makes an article important. Margin is consumption at the sales "
        "price of the product, less its cost. The matrix ranks by quantity and by "
        "the value on hand, and joins both classes: AA, AB and BA give A; AC, BB and "
        "CA give B; the rest C.",
    )
    jxc_abc_scope = fields.Selection(
        [
            ("company", "The whole company"),
            ("warehouse", "Each warehouse by itself"),
        ],
        "ABC Compares",
        default="company",
        required=True,
        help="Among which articles the important ones are looked for. By itself, each "
        "warehouse has its own A articles, however small it is.",
    )
    jxc_abc_limit_a = fields.Float(
        "Limit of Class A",
        default=0.80,
        digits=(16, 4),
        help="The articles that make up this share of the total are class A, "
        "the one that crosses the limit included.",
    )
    jxc_abc_limit_b = fields.Float(
        "Limit of Class B",
        default=0.95,
        digits=(16, 4),
        help="The articles up to this share of the total are class B, the rest C.",
    )
    jxc_review_days = fields.Integer(
        "Review Period",
        default=1,
        help="Days between two looks at Replenishment. What is sold until the next "
        "look must be in stock too.",
    )
    jxc_fill_rate = fields.Float(
        "Service Target",
        default=0.95,
        digits=(16, 4),
        help="Share of the demand that is delivered from stock at once.",
    )
    jxc_method = fields.Selection(
        [
            ("assortment", "One target for the whole assortment"),
            ("textbook", "The same fill rate for each article"),
        ],
        "Service Method",
        default="assortment",
        required=True,
        help="With one target for the whole assortment safety stock goes where it "
        "prevents most shortage for its cost: expensive articles that sell slowly get "
        "less service, cheap ones more. A replay of the company's own history finds "
        "how much; where the textbook did better there, the textbook is used. "
        "It needs 50 articles with 26 weeks of history.",
    )
    jxc_default_lead_days = fields.Integer(
        "Lead Time without Vendor",
        default=14,
        help="Days from order to receipt for articles that have no vendor yet. "
        "(Odoo itself counts 365 days for them.)",
    )
    jxc_max_cover_days = fields.Integer(
        "Largest Cover",
        default=180,
        help="An order never covers more days of demand than this, unless the "
        "vendor's minimum or the pack forces it.",
    )
    jxc_seek_breaks = fields.Boolean(
        "Order Up to Price Breaks",
        default=True,
        help="What Odoo orders for a reordering rule, or suggests in a request for "
        "quotation, is raised to the vendor's next price break where that costs less "
        "by the year, holding cost counted, and does not exceed the largest cover. "
        "Quantities typed in by hand stay as they are.",
    )
    jxc_change_limit = fields.Float(
        "Largest Automatic Change",
        default=0.5,
        digits=(16, 4),
        help="A minimum or maximum that would change by more than this share of the "
        "larger figure is left to people, also in automatic mode.",
    )
    jxc_change_tolerance = fields.Float(
        "Smallest Automatic Change",
        default=0.05,
        digits=(16, 4),
        help="Smaller changes are not worth making: nothing is applied for them.",
    )
    jxc_slow_days = fields.Integer(
        "Review After",
        default=90,
        help="Days without demand after which stock is to be reviewed.",
    )
    jxc_excess_days = fields.Integer(
        "Excess After",
        default=180,
        help="Days without demand after which stock counts as excess. Stock above the "
        "order-up-to level that lasts that long counts too.",
    )
    jxc_dead_days = fields.Integer(
        "Dead After",
        default=365,
        help="Days without demand after which stock counts as dead.",
    )
    jxc_policy_keep_days = fields.Integer(
        "Keep Old Policies",
        default=1095,
        help="Days after which the history forgets what was advised before. What is "
        "advised now always stays.",
    )
    jxc_case_approval = fields.Monetary(
        "Approval Above",
        default=1000.0,
        help="Stock value above which a planner approves what a buyer decides about "
        "slow stock.",
    )
    jxc_report_partner_ids = fields.Many2many(
        "res.partner",
        "jxc_report_partner_rel",
        "company_id",
        "partner_id",
        "Recipients",
        help="Who gets last month's report by e-mail",
    )
    jxc_target_turns = fields.Float(
        "Turns a Year",
        digits=(16, 2),
        help="How often a year the stock should be sold. 0: no target.",
    )
    jxc_target_in_stock = fields.Float(
        "Days in Stock",
        digits=(16, 4),
        help="Share of the days on offer that should end with stock. 0: no target.",
    )
    jxc_target_dead = fields.Float(
        "Dead Stock at Most",
        digits=(16, 4),
        help="Share of the inventory value that may be dead stock. 0: no target.",
    )

    @api.constrains("jxc_joint_line_share", "jxc_policy_keep_days")
    def _check_jxc_joint_and_history(self):
        for company in self:
            if not 0 <= company.jxc_joint_line_share <= 1:
                raise ValidationError(
                    self.env._("The cost of a joining line must be 0 to 100 %.")
                )
            if company.jxc_policy_keep_days < 1:
                raise ValidationError(
                    self.env._("Old policies must be kept for a day at least.")
                )

    @api.constrains(
        "jxc_history_days",
        "jxc_holding_rate",
        "jxc_order_cost",
        "jxc_abc_limit_a",
        "jxc_abc_limit_b",
        "jxc_review_days",
        "jxc_fill_rate",
        "jxc_default_lead_days",
        "jxc_max_cover_days",
        "jxc_change_limit",
        "jxc_change_tolerance",
        "jxc_slow_days",
        "jxc_excess_days",
        "jxc_dead_days",
        "jxc_case_approval",
        "jxc_target_turns",
        "jxc_target_in_stock",
        "jxc_target_dead",
    )
    def _check_jxc_settings(self):
        _ = self.env._
        for company in self:
            if not 28 <= company.jxc_history_days <= 1825:
                message = _("The history window must be 28 to 1,825 days.")
            elif not 0 < company.jxc_abc_limit_a < company.jxc_abc_limit_b < 1:
                message = _(
                    "The limit of class A must be above 0 % and below the limit of "
                    "class B, which must be below 100 %."
                )
            elif not 0 < company.jxc_holding_rate <= 2:
                message = _("The holding rate must be above 0 % and at most 200 %.")
            elif company.jxc_order_cost < 0:
                message = _("The cost of an order line must not be negative.")
            elif not 0 <= company.jxc_review_days <= 365:
                message = _("The review period must be 0 to 365 days.")
            elif not 0.5 <= company.jxc_fill_rate <= 0.999:
                message = _("The service target must be 50 to 99.9 %.")
            elif not 0 <= company.jxc_default_lead_days <= 730:
                message = _("The lead time without vendor must be 0 to 730 days.")
            elif not 1 <= company.jxc_max_cover_days <= 1825:
                message = _("The largest cover must be 1 to 1,825 days.")
            elif not (
                0 <= company.jxc_change_tolerance < company.jxc_change_limit <= 1
            ):
                message = _(
                    "The smallest automatic change must be 0 % or more, and below the "
                    "largest one, which must be at most 100 %."
                )
            elif not (
                0 < company.jxc_slow_days < company.jxc_excess_days
                and company.jxc_excess_days < company.jxc_dead_days
            ):
                message = _(
                    "The days for review must be above 0 and below those for excess, "
                    "and these below those for dead stock."
                )
            elif company.jxc_case_approval < 0:
                message = _("The value for approval must not be negative.")
            elif not 0 <= company.jxc_target_turns <= 1000:
                message = _("The target for turns must be 0 to 1,000 a year.")
            elif not (
                0 <= company.jxc_target_in_stock <= 1
                and 0 <= company.jxc_target_dead <= 1
            ):
                message = _("Targets that are shares must be 0 to 100 %.")
            else:
                continue
            raise ValidationError(message)
