from odoo import api, fields, models
from odoo.exceptions import UserError

STAGES = [
    ("moving", "Moving"),
    ("review", "Review"),
    ("excess", "Excess"),
    ("dead", "Dead"),
]


class JxcStockAge(models.Model):
    """How old and how idle the stock of a product in a warehouse is.

    One row per product × warehouse with stock of its own, written by ``_refresh`` (see
    ``jxc_stock_age_refresh.py``). The age is that of the layers that first in, first
    out leaves: the latest receipts that make up the stock on hand.
    """

    _name = "jxc.stock.age"
    _description = "Age of the Stock"
    _order = "excess_value desc, value desc, id"
    _rec_name = "product_id"
    _log_access = False

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    warehouse_id = fields.Many2one(
        "stock.warehouse", required=True, readonly=True, ondelete="cascade"
    )
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, ondelete="cascade"
    )
    categ_id = fields.Many2one(related="product_id.categ_id", store=False)
    uom_id = fields.Many2one(related="product_id.uom_id")
    day = fields.Date("As of", readonly=True)
    stage = fields.Selection(
        STAGES,
        readonly=True,
        index=True,
        help="Review, excess and dead after the days without demand that the settings "
        "name. Stock above the order-up-to level that lasts as long is in review or "
        "excess too.",
    )
    on_hand = fields.Float(digits="Product Unit", readonly=True)
    value = fields.Monetary("Stock Value", readonly=True, help="On hand at cost.")
    oldest_day = fields.Date(
        "Oldest Receipt",
        readonly=True,
        help="When the oldest goods on hand came in, first in, first out.",
    )
    age_days = fields.Float(
        "Average Age",
        digits=(16, 0),
        readonly=True,
        aggregator="avg",
        help="Days since receipt, on average over the units on hand.",
    )
    last_demand_day = fields.Date("Last Demand", readonly=True)
    idle_days = fields.Integer(
        "Days without Demand",
        readonly=True,
        aggregator="max",
        help="Since the last demand, or since the goods came in where that is later.",
    )
    cover_days = fields.Float(
        "Days of Cover",
        digits=(16, 0),
        readonly=True,
        aggregator=False,
        help="How long the stock lasts at the average demand of the last run.",
    )
    fresh_value = fields.Monetary(
        "Fresh", readonly=True, help="Value younger than the limit for review."
    )
    ageing_value = fields.Monetary(
        "Ageing", readonly=True, help="Value between the limits for review and excess."
    )
    old_value = fields.Monetary(
        "Old", readonly=True, help="Value between the limits for excess and dead."
    )
    ancient_value = fields.Monetary(
        "Oldest", readonly=True, help="Value older than the limit for dead stock."
    )
    excess_qty = fields.Float(
        "Excess",
        digits="Product Unit",
        readonly=True,
        help="Stock and open receipts above the order-up-to level, at most what is on "
        "hand; all of it where the stock is dead.",
    )
    excess_value = fields.Monetary(readonly=True)
    case_id = fields.Many2one("jxc.stock.case", compute="_compute_case_id")

    _product_warehouse = models.UniqueIndex("(product_id, warehouse_id)")

    @api.depends_context("uid")
    def _compute_case_id(self):
        cases = self.env["jxc.stock.case"].search(
            [
                ("product_id", "in", self.product_id.ids),
                ("warehouse_id", "in", self.warehouse_id.ids),
                ("state", "in", ("open", "proposed", "decided")),
            ]
        )
        found = {(case.product_id, case.warehouse_id): case for case in cases}
        for age in self:
            age.case_id = found.get((age.product_id, age.warehouse_id))

    def action_open_cases(self):
        """Take up the selected articles: one open case for each."""
        if not self:
            raise UserError(self.env._("Select the articles to take up first."))
        cases = self.env["jxc.stock.case"]._take_up(self)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "jxc_optimizer.action_jxc_stock_case"
        )
        if len(cases) == 1:
            return action | {
                "view_mode": "form",
                "views": [(False, "form")],
                "res_id": cases.id,
            }
        return action | {"domain": [("id", "in", cases.ids)], "context": {}}

    def action_export(self):
        """The selected articles as an .xlsx."""
        return self.env["jxc.export"]._export(
            self,
            {
                "product_id": "text",
                "categ_id": "text",
                "warehouse_id": "text",
                "stage": "text",
                "on_hand": "number",
                "value": "money",
                "idle_days": "number",
                "last_demand_day": "date",
                "age_days": "number",
                "oldest_day": "date",
                "cover_days": "number",
                "fresh_value": "money",
                "ageing_value": "money",
                "old_value": "money",
                "ancient_value": "money",
                "excess_qty": "number",
                "excess_value": "money",
            },
        )

    def action_refresh(self):
        """Bring the companies the user works in up to date."""
        for company in self.env.companies:
            self._refresh(company)

    @api.model
    def _cron_refresh(self):
        """Bring all companies up to date, one transaction each."""
        companies = (
            self.env["stock.warehouse"].search([("active", "=", True)]).company_id
        )
        for done, company in enumerate(companies, 1):
            self._refresh(company)
            self.env["jxc.cell"]._plan_counts(company)
            self.env["ir.cron"]._commit_progress(1, remaining=len(companies) - done)
