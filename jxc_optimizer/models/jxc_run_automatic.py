from __future__ import annotations

import logging

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .jxc_lock import APPLY_AT_ONCE

_logger = logging.getLogger(__name__)


class JxcRun(models.Model):
    """Suggestions that a run applies itself, and their limits."""

    _inherit = "jxc.run"

    def _apply_automatically(self, chosen: SQL) -> int:
        """Apply the suggestions of rules in automatic mode that keep the limits.

        Left to people are articles with little or doubtful data (confidence C and D),
        negative stock, which has to be counted first, and changes larger than the
        company allows at once. Changes within its tolerance are not worth making.

        :param chosen: condition on ``rule``
        :returns: number of rules changed; with APPLY_AT_ONCE there may be more
        """
        self.ensure_one()
        company = self.company_id
        rules = self.env["stock.warehouse.orderpoint"]
        rules.flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT rule.id
                     FROM stock_warehouse_orderpoint AS rule
                     JOIN jxc_policy AS policy
                       ON policy.product_id = rule.product_id
                      AND policy.location_id = rule.location_id
                LEFT JOIN jxc_cell AS cell
                       ON cell.company_id = rule.company_id
                      AND cell.abc_class = rule.jxc_abc_class
                      AND cell.xyz_class = rule.jxc_xyz_class
                    WHERE rule.company_id = %(company)s AND rule.active AND %(chosen)s
                      AND COALESCE(rule.jxc_mode, cell.mode) = 'automatic'
                      AND rule.jxc_note = 'suggested' AND rule.jxc_has_change
                      AND policy.confidence IN ('A', 'B')
                      AND policy.on_hand >= 0
                      AND %(size)s > %(tolerance)s AND %(size)s <= %(limit)s
                    ORDER BY rule.id
                    LIMIT %(most)s""",
                company=company.id,
                chosen=chosen,
                most=APPLY_AT_ONCE,
                size=_CHANGE,
                tolerance=company.jxc_change_tolerance,
                limit=company.jxc_change_limit,
            )
        )
        rules = rules.browse([rule_id for (rule_id,) in rows])
        if rules:
            rules._jxc_apply(self)
            _logger.info("%s: %s rules applied", company.name, len(rules))
        return len(rules)

    def action_revert(self):
        """Put back what this run applied itself, but for rules changed since."""
        self.ensure_one()
        self.check_access("read")
        changes = self.env["jxc.change"].search(
            [
                ("run_id", "=", self.id),
                ("automatic", "=", True),
                ("reverted_at", "=", False),
            ]
        )
        standing = changes.filtered("is_current")
        if not standing:
            raise UserError(
                self.env._("Nothing is left that this run changed automatically.")
            )
        standing.action_revert()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Reordering rules with their old minimum and maximum: "
                    "%(reverted)s. Left alone, changed again since: %(kept)s.",
                    reverted=len(standing),
                    kept=len(changes) - len(standing),
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }


#: how far a suggestion is from what counts now, as a share of the larger of both
_CHANGE = SQL(
    """greatest(
           abs(rule.jxc_suggested_min - rule.product_min_qty)
               / greatest(rule.jxc_suggested_min, rule.product_min_qty, 1),
           abs(rule.jxc_suggested_max - rule.product_max_qty)
               / greatest(rule.jxc_suggested_max, rule.product_max_qty, 1))"""
)
