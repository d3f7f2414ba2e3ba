from __future__ import annotations

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

KINDS = [
    ("promotion", "Promotion"),
    ("shopping", "Shopping Day (11.11, 6.18)"),
    ("spring", "Spring Festival"),
    ("festival", "Another Festival"),
    ("closure", "Customers Closed"),
    ("other", "Other"),
    ("adjustment", "Adjustment of the Forecast"),
]


class JxcDemandEvent(models.Model):
    """A time in which more or less is sold than usual, and people know why.

    What is planned raises or lowers minimum and maximum while it lies within the
    protection interval. What is over is taken out of the history that forecasts are
    made from, by the change that was measured.
    """

    _name = "jxc.demand.event"
    _description = "Planned Event"
    _inherit = ["mail.thread"]
    _order = "date_from desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    kind = fields.Selection(KINDS, required=True, default="promotion", tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    batch = fields.Char(
        index="btree_not_null", readonly=True, help="What is imported together."
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        check_company=True,
        ondelete="cascade",
        help="Empty: all warehouses of the company.",
    )
    date_from = fields.Date("First Day", required=True, tracking=True)
    date_to = fields.Date("Last Day", required=True, tracking=True)
    scope = fields.Selection(
        [
            ("products", "Some Articles"),
            ("category", "A Category"),
            ("all", "All Articles"),
        ],
        required=True,
        default="products",
    )
    product_ids = fields.Many2many(
        "product.product", string="Articles", domain="[('is_storable', '=', True)]"
    )
    categ_id = fields.Many2one("product.category", "Category", ondelete="restrict")
    expected_change = fields.Float(
        digits=(16, 4),
        required=True,
        compute="_compute_expected_change",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="Of the demand on the days of the event; negative where less is sold. "
        "Proposed from past events of the same kind.",
    )
    measured_change = fields.Float(
        digits=(16, 4),
        readonly=True,
        copy=False,
        help="What the demand of these days was above that of the eight weeks before, "
        "in value.",
    )
    is_measured = fields.Boolean("Measured", readonly=True, copy=False)
    note = fields.Char("Reason", tracking=True)

    _dates = models.Constraint(
        "CHECK (date_to >= date_from)", "The last day cannot be before the first."
    )
    _change = models.Constraint(
        "CHECK (expected_change >= -1 AND (expected_change <= 50 OR quantity > 0))",
        "The expected change must be between -100 % and +5,000 %.",
    )

    @api.depends("kind", "company_id")
    def _compute_expected_change(self):
        """As past events of the kind went, on average."""
        measured = dict(
            self._read_group(
                [
                    ("company_id", "in", self.company_id.ids),
                    ("is_measured", "=", True),
                ],
                ["kind"],
                ["measured_change:avg"],
            )
        )
        for event in self:
            # what somebody has planned stays
            if not event.expected_change:
                event.expected_change = measured.get(event.kind, 0.0)

    @api.constrains("scope", "product_ids", "categ_id")
    def _check_scope(self):
        for event in self:
            if event.scope == "products" and not event.product_ids:
                raise ValidationError(self.env._("Choose the articles of the event."))
            if event.scope == "category" and not event.categ_id:
                raise ValidationError(self.env._("Choose the category of the event."))

    def write(self, vals):
        if {"date_from", "date_to", "scope", "product_ids", "categ_id"} & set(vals):
            vals = {**vals, "is_measured": False, "measured_change": 0.0}
        return super().write(vals)

    def action_copy_to_next_year(self):
        """Plan the same again a year later, as it went this time."""
        self.ensure_one()
        copy = self.copy(
            {
                "date_from": self.date_from + timedelta(days=364),
                "date_to": self.date_to + timedelta(days=364),
                "expected_change": self.measured_change
                if self.is_measured
                else self.expected_change,
                "batch": False,
            }
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "view_mode": "form",
            "res_id": copy.id,
        }
