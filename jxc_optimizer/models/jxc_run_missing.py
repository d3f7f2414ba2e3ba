from __future__ import annotations

from odoo import fields, models
from odoo.tools import SQL


class JxcCell(models.Model):
    _inherit = "jxc.cell"

    create_rules = fields.Boolean(
        "Create Missing Rules",
        help="Each run creates reordering rules for the articles of the class that "
        "have none, with the suggested minimum and maximum. Only where history, cost "
        "and vendor are known. Odoo's scheduler orders by them.",
    )


class JxcRun(models.Model):
    """Reordering rules that a run creates itself, for classes that want it."""

    _inherit = "jxc.run"

    def _project_shard(self, shard, watch):
        with watch.step("create rules"):
            shard.rules_applied += self._create_missing_rules(shard._chosen())
        return super()._project_shard(shard, watch)

    def _create_missing_rules(self, chosen: SQL) -> int:
        """Create the missing rules of some products; logged as applied.

        An archived rule is somebody's decision: none is created beside it.

        :param chosen: condition on ``product_id``
        :returns: number of rules created
        """
        self.ensure_one()
        self.env["jxc.policy"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT policy.id
                     FROM jxc_policy AS policy
                     JOIN jxc_cell AS cell
                       ON cell.company_id = policy.company_id
                      AND cell.abc_class = policy.abc_class
                      AND cell.xyz_class = policy.xyz_class AND cell.create_rules
                     JOIN stock_warehouse AS warehouse
                       ON warehouse.lot_stock_id = policy.location_id
                      AND warehouse.active
                     JOIN product_product AS product
                       ON product.id = policy.product_id AND product.active
                     JOIN product_template AS template
                       ON template.id = product.product_tmpl_id AND template.active
                    WHERE policy.company_id = %s AND %s
                      AND policy.suggested_max > 0
                      AND policy.confidence IN ('A', 'B')
                      AND policy.vendor_id IS NOT NULL
                      AND NOT EXISTS (
                          SELECT FROM stock_warehouse_orderpoint AS rule
                           WHERE rule.product_id = policy.product_id
                             AND rule.location_id = policy.location_id)
                    ORDER BY policy.id""",
                self.company_id.id,
                chosen,
            )
        )
        policies = self.env["jxc.policy"].browse([policy for (policy,) in rows])
        if not policies:
            return 0
        # automatic ones: Odoo deletes manual rules of its own user when it tidies up
        rules = self.env["stock.warehouse.orderpoint"].create(
            [
                {
                    "product_id": policy.product_id.id,
                    "location_id": policy.location_id.id,
                    "warehouse_id": policy.warehouse_id.id,
                    "company_id": policy.company_id.id,
                    "trigger": "auto",
                }
                for policy in policies
            ]
        )
        levels = {
            rule: (policy.suggested_min, policy.suggested_max)
            for rule, policy in zip(rules, policies, strict=True)
        }
        self.env["jxc.change"]._log(rules, levels, self)
        for rule, (minimum, maximum) in levels.items():
            rule.write({"product_min_qty": minimum, "product_max_qty": maximum})
        policies.has_rule = True
        return len(rules)
