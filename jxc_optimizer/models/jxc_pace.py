from __future__ import annotations

from odoo import api, fields, models

from .jxc_policy import ABC_CLASSES, XYZ_CLASSES


class JxcPace(models.Model):
    """How fast an article sells in a warehouse, and what its season asks for.

    One row per product × warehouse that has a policy, written each morning by
    ``jxc_pace_refresh.py``: fast movers, poor sellers, best sellers without stock, and
    articles that nobody reorders, are filters of one list.
    """

    _name = "jxc.pace"
    _description = "Fast Movers and Poor Sellers"
    _order = "sold_value desc, id"
    _rec_name = "product_id"
    _log_access = False

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, ondelete="cascade"
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse", required=True, readonly=True, ondelete="cascade"
    )
    policy_id = fields.Many2one(
        "jxc.policy", readonly=True, index=True, ondelete="cascade"
    )
    categ_id = fields.Many2one(
        "product.category", "Category", readonly=True, ondelete="set null"
    )
    uom_id = fields.Many2one(related="product_id.uom_id")
    abc_class = fields.Selection(ABC_CLASSES, "ABC Class", readonly=True)
    xyz_class = fields.Selection(XYZ_CLASSES, "XYZ Class", readonly=True)
    sold_qty = fields.Float(
        "Sold in 13 Weeks", digits="Product Unit", readonly=True, aggregator=None
    )
    sold_value = fields.Monetary(
        "Value Sold", readonly=True, help="Of 13 weeks, at cost."
    )
    before_qty = fields.Float(
        "13 Weeks Before", digits="Product Unit", readonly=True, aggregator=None
    )
    year_ago_qty = fields.Float(
        "A Year Ago", digits="Product Unit", readonly=True, aggregator=None
    )
    growth = fields.Float(
        digits=(16, 4),
        readonly=True,
        aggregator=None,
        help="Against the 13 weeks before. Empty where nothing was sold in them.",
    )
    growth_year = fields.Float(
        "Growth in a Year",
        digits=(16, 4),
        readonly=True,
        aggregator=None,
        help="Against the same 13 weeks a year ago.",
    )
    on_hand = fields.Float(digits="Product Unit", readonly=True, aggregator=None)
    stock_value = fields.Monetary(readonly=True, help="On hand at cost.")
    sell_through = fields.Float(
        digits=(16, 4),
        readonly=True,
        aggregator=None,
        help="Sold in 13 weeks as a share of that and what is left.",
    )
    out_days = fields.Integer(
        "Days out of Stock",
        readonly=True,
        help="Of the last 91 days, since the article was first wanted.",
    )
    lost_qty = fields.Float(
        "Lost Sales in Units",
        digits="Product Unit",
        readonly=True,
        aggregator=None,
        help="What the days out of stock would have sold at the pace of the others; "
        "never more than was sold.",
    )
    lost_sales = fields.Monetary(readonly=True, help="At the sales price.")
    has_rule = fields.Boolean("Has a Reordering Rule", readonly=True)
    peak_from = fields.Date(
        "Season from",
        readonly=True,
        help="When demand next rises a third above the year's mean. Known after two "
        "years that agree, for the category.",
    )
    peak_to = fields.Date("Season to", readonly=True)
    peak_factor = fields.Float(
        "Season's Height",
        digits=(16, 2),
        readonly=True,
        aggregator=None,
        help="Demand of an average week of the season by that of the year.",
    )
    order_by = fields.Date(
        "Order by",
        readonly=True,
        help="The last day on which an order still arrives before the season, by lead "
        "time and review period.",
    )
    season_qty = fields.Float(
        "Quantity for the Season",
        digits="Product Unit",
        readonly=True,
        aggregator=None,
        help="Expected demand up to the end of the season and safety stock, less what "
        "is on hand.",
    )

    _product_warehouse = models.UniqueIndex("(product_id, warehouse_id)")

    def action_create_rules(self):
        """The missing reordering rules of the selection, as suggested."""
        action = self.policy_id.action_create_rules()
        # sudo: the flag follows what was just done; the rest is counted each morning
        self.filtered("policy_id.has_rule").sudo().has_rule = True
        return action

    def action_demand_desk(self):
        """What will be sold, and how sure that is."""
        self.ensure_one()
        return self.policy_id.action_demand_desk()

    def action_refresh(self):
        """Bring the companies the user works in up to date."""
        self.check_access("read")
        for company in self.env.companies:
            # sudo: figures are counted, not written by people
            self.sudo()._refresh(company)

    @api.model
    def _cron_refresh(self):
        """Bring all companies up to date, one transaction each."""
        companies = (
            self.env["stock.warehouse"].search([("active", "=", True)]).company_id
        )
        for done, company in enumerate(companies, 1):
            self.env["jxc.demand.day"]._refresh(company)
            self._refresh(company)
            self.env["ir.cron"]._commit_progress(1, remaining=len(companies) - done)
