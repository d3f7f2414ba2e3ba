from __future__ import annotations

from odoo import api, fields, models

from .jxc_policy import ABC_CLASSES, XYZ_CLASSES

MODES = [
    ("manual", "By hand"),
    ("suggest", "Suggest"),
    ("automatic", "Automatic"),
]
MODE_HELP = (
    "By hand: no suggestion is shown. Suggest: minimum and maximum are suggested, "
    "people apply them. Automatic: each run applies them, within the limits in the "
    "settings. Counts from the next run on."
)


class JxcCell(models.Model):
    """What a company does with the articles of an ABC × XYZ class."""

    _name = "jxc.cell"
    _description = "Settings of a Class"
    _order = "company_id, abc_class, xyz_class"
    _rec_name = "name"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    abc_class = fields.Selection(ABC_CLASSES, "ABC", required=True, readonly=True)
    xyz_class = fields.Selection(XYZ_CLASSES, "XYZ", required=True, readonly=True)
    name = fields.Char("Class", compute="_compute_name")
    mode = fields.Selection(MODES, required=True, default="suggest", help=MODE_HELP)
    fill_floor = fields.Float(
        "Service at Least",
        digits=(16, 4),
        help="Share of the demand of each article of the class to be delivered at "
        "once, whatever the target for the whole assortment says. 0: left to the "
        "target. Counts from the next run on.",
    )
    review_days = fields.Integer(
        "Review Period",
        help="Days between two looks at the class. 0: the company's. Counts from the "
        "next run on.",
    )
    count_days = fields.Integer(
        "Count Every",
        help="Days after which the stock of the class is to be counted again: it is "
        "then due in Physical Inventory. 0: left to the location and the company.",
    )
    rules = fields.Integer("Reordering Rules", compute="_compute_rules")

    _class_unique = models.Constraint(
        "unique (company_id, abc_class, xyz_class)",
        "The company has settings for this class already.",
    )
    _service_below_one = models.Constraint(
        "CHECK (fill_floor IS NULL OR fill_floor >= 0 AND fill_floor < 1)",
        "The least service must be 0 to below 100 %.",
    )
    _review_range = models.Constraint(
        "CHECK (review_days IS NULL OR review_days BETWEEN 0 AND 365)",
        "The review period must be 0 to 365 days.",
    )
    _count_range = models.Constraint(
        "CHECK (count_days IS NULL OR count_days BETWEEN 0 AND 1825)",
        "The days between two counts must be 0 to 1,825.",
    )

    @api.depends("abc_class", "xyz_class")
    def _compute_name(self):
        for cell in self:
            cell.name = (cell.abc_class or "") + (cell.xyz_class or "")

    def _compute_rules(self):
        counts = {
            (company, abc, xyz): count
            for company, abc, xyz, count in self.env[
                "stock.warehouse.orderpoint"
            ]._read_group(
                [("company_id", "in", self.company_id.ids)],
                ["company_id", "jxc_abc_class", "jxc_xyz_class"],
                ["__count"],
            )
        }
        for cell in self:
            key = cell.company_id, cell.abc_class, cell.xyz_class
            cell.rules = counts.get(key, 0)

    @api.model
    def _ensure(self, companies) -> None:
        """Create the nine classes of companies that lack them."""
        # sudo: people only choose what happens in a class
        known = {
            (cell.company_id, cell.abc_class, cell.xyz_class)
            for cell in self.sudo().search([("company_id", "in", companies.ids)])
        }
        self.sudo().create(
            [
                {"company_id": company.id, "abc_class": abc, "xyz_class": xyz}
                for company in companies
                for abc, _label in ABC_CLASSES
                for xyz, _name in XYZ_CLASSES
                if (company, abc, xyz) not in known
            ]
        )

    @api.model
    def action_open_cells(self):
        """The classes of the current companies."""
        self.check_access("read")
        self._ensure(self.env.companies)
        return self.env["ir.actions.act_window"]._for_xml_id(
            "jxc_optimizer.action_jxc_cell"
        )
