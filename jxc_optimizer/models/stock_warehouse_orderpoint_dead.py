from __future__ import annotations

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class StockWarehouseOrderpoint(models.Model):
    """Rules of articles that nobody wants any more: proposed to be archived."""

    _inherit = "stock.warehouse.orderpoint"

    jxc_superfluous = fields.Boolean(
        "Superfluous",
        compute="_compute_jxc_superfluous",
        search="_search_jxc_superfluous",
        help="No demand there for as long as makes stock dead, and the rule is older "
        "than that.",
    )

    def _compute_jxc_superfluous(self):
        found = self.search([("id", "in", self.ids), ("jxc_superfluous", "=", True)])
        for rule in self:
            rule.jxc_superfluous = rule in found

    def _search_jxc_superfluous(self, operator, value):
        if operator != "in":
            return NotImplemented
        dead = SQL(" UNION ALL ").join(
            SQL("(%s)", _superfluous(company)) for company in self.env.companies
        )
        wanted = Domain.FALSE
        if True in value:
            wanted |= Domain("id", "in", SQL("(%s)", dead))
        if False in value:
            wanted |= Domain("id", "not in", SQL("(%s)", dead))
        return wanted

    def action_jxc_archive(self):
        """Archive the superfluous ones of the selected rules."""
        self._jxc_check_planner()
        self.check_access("write")
        self.search([("id", "in", self.ids), ("jxc_superfluous", "=", True)]).write(
            {"active": False}
        )


def _superfluous(company) -> SQL:
    return SQL(
        """SELECT rule.id
             FROM stock_warehouse_orderpoint AS rule
        LEFT JOIN (SELECT product_id, location_id, max(day) AS last
                     FROM jxc_demand_day WHERE company_id = %(company)s AND quantity > 0
                    GROUP BY product_id, location_id) AS seen
               ON seen.product_id = rule.product_id
              AND seen.location_id = rule.location_id
            WHERE rule.company_id = %(company)s AND rule.active
              AND rule.create_date < %(today)s::date - %(days)s
              AND COALESCE(seen.last, rule.create_date::date)
                  < %(today)s::date - %(days)s""",
        company=company.id,
        today=company.env["jxc.demand.day"]._today(company),
        days=company.jxc_dead_days,
    )
