from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .jxc_link import Link

ABC_CLASSES = [("A", "A"), ("B", "B"), ("C", "C")]
XYZ_CLASSES = [("X", "X"), ("Y", "Y"), ("Z", "Z")]
PATTERNS = [
    ("smooth", "Smooth"),
    ("erratic", "Erratic"),
    ("intermittent", "Intermittent"),
    ("lumpy", "Lumpy"),
]
METHODS = [
    ("assortment", "One target for the whole assortment"),
    ("one_factor", "Textbook, one safety factor for all"),
    ("textbook", "Textbook, one fill rate for each article"),
]
CONFIDENCE = [
    ("A", "A: long history, cost and vendor known"),
    ("B", "B: less than a year of history"),
    ("C", "C: short history, or cost or vendor missing"),
    ("D", "D: too little to rely on"),
]


class JxcPolicy(models.Model):
    """What the last run found out about a product in a warehouse, and advises.

    One row per product × warehouse with history; the row of a warehouse stands on
    its stock location. A sub-location with a reordering rule has a row of its own,
    counted from what leaves that location. Written by runs only.
    """

    _name = "jxc.policy"
    _description = "Stock Policy"
    _order = "consumption_value desc, id"
    _rec_name = "product_id"
    _check_company_auto = True
    _log_access = False

    company_id = Link("res.company", required=True, readonly=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    product_id = Link(
        "product.product", required=True, readonly=True, ondelete="cascade"
    )
    product_tmpl_id = fields.Many2one(related="product_id.product_tmpl_id")
    categ_id = fields.Many2one(related="product_id.categ_id")
    uom_id = fields.Many2one(related="product_id.uom_id")
    warehouse_id = Link(
        "stock.warehouse", required=True, readonly=True, ondelete="cascade"
    )
    location_id = Link(
        "stock.location", required=True, readonly=True, ondelete="cascade"
    )
    vendor_id = Link("res.partner", readonly=True, index=True, ondelete="set null")
    run_id = Link(
        "jxc.run",
        "Last Changed by",
        readonly=True,
        ondelete="set null",
    )

    method = fields.Selection(
        METHODS, readonly=True, help="How the levels were found; chosen for each run."
    )
    abc_class = fields.Selection(
        ABC_CLASSES,
        "ABC Class",
        readonly=True,
        help="A: the few articles that make up most of the total; C: the many that "
        "make up the rest.",
    )
    xyz_class = fields.Selection(
        XYZ_CLASSES,
        "XYZ Class",
        readonly=True,
        help="How steady the weekly demand is: X steady, Y varying, Z irregular. "
        "Empty with less than 26 weeks of history.",
    )
    matrix_class = fields.Char("Class", readonly=True, help="ABC and XYZ together.")
    abc_found = fields.Selection(
        ABC_CLASSES,
        "ABC of the Figures",
        readonly=True,
        help="What the figures of the last run alone say. It becomes the class when "
        "they are 5 % beyond the limit, or say so again on a later day.",
    )
    abc_since = fields.Date(
        "ABC Differs Since", readonly=True, help="Since when class and figures differ."
    )
    abc_is_chosen = fields.Boolean("Class Chosen by Hand", readonly=True)
    xyz_found = fields.Selection(XYZ_CLASSES, "XYZ of the Figures", readonly=True)
    xyz_since = fields.Date("XYZ Differs Since", readonly=True)
    pattern = fields.Selection(
        PATTERNS,
        "Demand Pattern",
        readonly=True,
        help="By the interval between weeks with demand (1.32) and the variation of "
        "their size (CV² 0.49), after Syntetos, Boylan and Croston.",
    )
    confidence = fields.Selection(CONFIDENCE, readonly=True)
    history_weeks = fields.Integer(
        "Weeks of History", readonly=True, help="Weeks since the first demand."
    )
    weeks_until = fields.Date(
        readonly=True,
        help="Last day of the last week that counts. Each article's weeks end on a "
        "weekday of its own; later demand counts from the next one on.",
    )
    censored_share = fields.Float(
        "Time Without Stock",
        digits=(16, 4),
        readonly=True,
        help="Share of the days since the first demand, as far as forecasts look back. "
        "Weeks without stock on most days are left out of the forecast, others are "
        "scaled up. 0 too where the stock rebuilt from the moves does not add up.",
    )

    season_factor = fields.Float(
        "Season",
        digits=(16, 4),
        readonly=True,
        help="Demand of the protection interval that begins now, relative to an "
        "average time of the year. 1 where the category has no season, or none that "
        "proved itself on years held back.",
    )

    consumption_qty = fields.Float("Consumption", digits="Product Unit", readonly=True)
    consumption_value = fields.Monetary(
        readonly=True, help="Consumption at today's cost."
    )
    consumption_lines = fields.Integer("Order Lines", readonly=True)
    consumption_margin = fields.Monetary(
        "Margin",
        readonly=True,
        help="Consumption at the sales price of the product, less today's cost. 0 "
        "without a sales price.",
    )
    demand_per_day = fields.Float("Demand per Day", digits=(16, 4), readonly=True)
    demand_sd = fields.Float("Deviation of a Day", digits=(16, 4), readonly=True)
    unit_cost = fields.Float(digits="Product Price", readonly=True)
    order_price = fields.Float(
        "Price at That Lot", digits="Product Price", readonly=True
    )
    lead_days = fields.Float(
        "Lead Time",
        digits=(16, 1),
        readonly=True,
        help="Days from order to receipt: as measured where the vendor has delivered, "
        "else as promised, with the days that Odoo's rules add.",
    )
    lead_days_sd = fields.Float(
        "Lead Time Deviation",
        digits=(16, 1),
        readonly=True,
        help="Standard deviation of the lead time. A vendor without receipts counts "
        "as the average one.",
    )
    lead_days_closed = fields.Integer(
        "of Which Closed",
        readonly=True,
        help="Days on which the vendor or the company does not work, met by an order "
        "of the next review.",
    )
    lead_receipts = fields.Integer(
        "Receipts",
        readonly=True,
        help="Receipts of the product from this vendor within two years, partial ones "
        "counted singly.",
    )
    lead_vendor_receipts = fields.Integer(
        "Receipts of the Vendor",
        readonly=True,
        help="Receipts of all products: they help to judge the vendor.",
    )

    lead_measured = fields.Boolean(
        readonly=True, help="Lead time from receipts, not as promised."
    )
    booked_days = fields.Float(
        "Booked Ahead",
        digits=(16, 4),
        readonly=True,
        help="Days of demand that are usually known as booked deliveries.",
    )
    eoq = fields.Float(
        "EOQ",
        digits="Product Unit",
        readonly=True,
        help="Economic order quantity (Harris): the lot at which ordering and keeping "
        "cost least together, before the vendor's terms.",
    )
    order_qty = fields.Float(
        "Order Lot",
        digits="Product Unit",
        readonly=True,
        help="The economic quantity after price breaks, minimum, pack and the largest "
        "cover.",
    )
    service_factor = fields.Float("Safety Factor", digits=(16, 3), readonly=True)
    shortage_chance = fields.Float(
        "Accepted Shortage",
        digits=(16, 6),
        readonly=True,
        help="Chance of running short in an order cycle at which preventing it costs "
        "as much as it is worth. Only with one target for the whole assortment.",
    )
    protection_days = fields.Float(
        "Protection Interval",
        digits=(16, 1),
        readonly=True,
        help="Lead time and review period: what is sold in that time must be in stock "
        "when an order is placed.",
    )
    review_days = fields.Float("Review Period", digits=(16, 1), readonly=True)
    protection_demand = fields.Float(
        "Demand in the Protection Interval", digits="Product Unit", readonly=True
    )
    review_demand = fields.Float(
        "of Which in the Review Period", digits="Product Unit", readonly=True
    )
    safety_stock = fields.Float(digits="Product Unit", readonly=True)
    safety_stock_lead_time = fields.Float(
        "of Which for Lead Time",
        digits="Product Unit",
        readonly=True,
        help="The part that unreliable lead times cost.",
    )
    uncovered_demand = fields.Float(
        "Demand Left Uncovered",
        digits="Product Unit",
        readonly=True,
        help="Expected demand that the reorder point does not cover, because keeping "
        "stock for it costs more than a shortage is worth.",
    )
    event_demand = fields.Float(
        "Demand of Planned Events",
        digits="Product Unit",
        readonly=True,
        help="What events are expected to add to the demand within the protection "
        "interval; negative where less will be sold.",
    )
    booked_demand = fields.Float(
        "Demand Usually Booked",
        digits="Product Unit",
        readonly=True,
        help="Demand that customers have usually ordered before it leaves, as far as "
        "Odoo's forecast looks ahead. The forecast has it off already, so the "
        "suggested minimum and maximum leave it out.",
    )
    reorder_point = fields.Float(digits="Product Unit", readonly=True)
    order_up_to = fields.Float(
        "Order-up-to Level", digits="Product Unit", readonly=True
    )
    suggested_min = fields.Float(
        digits="Product Unit",
        readonly=True,
        help="The reorder point in Odoo's arithmetic: rounded to the unit, and one "
        "unit more, since Odoo orders when the forecast is below the minimum, not at "
        "it.",
    )
    suggested_max = fields.Float(digits="Product Unit", readonly=True)
    can_order = fields.Float(
        "Can-Order Level",
        digits="Product Unit",
        readonly=True,
        help="In the arithmetic of the suggested minimum: with a forecast below this "
        "level the article is worth adding to an order that its vendor gets anyway.",
    )
    vendor_minimum = fields.Float(
        "Vendor's Minimum", digits="Product Unit", readonly=True
    )
    vendor_multiple = fields.Float(
        "Ordered in Packs of", digits="Product Unit", readonly=True
    )
    has_rule = fields.Boolean(
        "Has a Reordering Rule", readonly=True, help="As of the last run."
    )
    on_hand = fields.Float("On Hand at the Run", digits="Product Unit", readonly=True)
    cover_days = fields.Float(
        "Days of Cover",
        digits=(16, 0),
        readonly=True,
        help="How long the stock on hand lasts at the average demand, as of the last "
        "run.",
    )

    _product_location = models.UniqueIndex("(product_id, location_id)")
    _chosen_by_hand = models.Index("(company_id) WHERE abc_is_chosen")

    @api.depends("product_id", "warehouse_id")
    def _compute_display_name(self):
        for policy in self:
            policy.display_name = (
                f"{policy.product_id.display_name}, {policy.warehouse_id.code}"
            )

    def action_history(self):
        """What was advised before, and since when what is advised now."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("History of %s", self.display_name),
            "res_model": "jxc.policy.history",
            "view_mode": "list",
            "views": [(False, "list")],
            "domain": [
                ("product_id", "=", self.product_id.id),
                ("location_id", "=", self.location_id.id),
            ],
        }

    def action_create_rules(self):
        """Create the missing reordering rules of the selection, as suggested.

        They are ordinary automatic rules of the current user: Odoo deletes manual
        ones of its own user when it tidies up. Archived rules are brought back.
        """
        if not self.env.user.has_group("jxc_optimizer.group_planner"):
            raise AccessError(self.env._("Only planners can create reordering rules."))
        rules = self.env["stock.warehouse.orderpoint"].with_context(active_test=False)
        existing = {
            (rule.product_id, rule.location_id): rule
            for rule in rules.search(
                [
                    ("product_id", "in", self.product_id.ids),
                    ("location_id", "in", self.location_id.ids),
                ]
            )
        }
        archived, missing = rules, self.browse()
        for policy in self.filtered("suggested_max"):
            rule = existing.get((policy.product_id, policy.location_id))
            if rule is None:
                missing |= policy
            elif not rule.active:
                archived |= rule
        if not missing and not archived:
            raise UserError(
                self.env._(
                    "All selected articles have a reordering rule, or too little "
                    "history for a suggestion."
                )
            )
        archived.action_unarchive()
        created = rules.create(
            [
                {
                    "product_id": policy.product_id.id,
                    "location_id": policy.location_id.id,
                    "warehouse_id": policy.warehouse_id.id,
                    "company_id": policy.company_id.id,
                    "product_min_qty": policy.suggested_min,
                    "product_max_qty": policy.suggested_max,
                    "trigger": "auto",
                }
                for policy in missing
            ]
        )
        # sudo: the flag is written by runs and by what people do here
        self.filtered("suggested_max").sudo().has_rule = True
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Reordering Rules"),
            "res_model": "stock.warehouse.orderpoint",
            "view_mode": "list,form",
            "views": [
                (
                    self.env.ref("stock.view_warehouse_orderpoint_tree_editable").id,
                    "list",
                ),
                (False, "form"),
            ],
            "domain": [("id", "in", (created | archived).ids)],
        }

    def action_demand_desk(self):
        """What will be sold, and how sure that is."""
        self.ensure_one()
        return self.product_id._jxc_demand_desk(self.location_id)
