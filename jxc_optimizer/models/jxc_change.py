from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class JxcChange(models.Model):
    """A change of min and max that was applied, with what it replaced."""

    _name = "jxc.change"
    _description = "Change of a Reordering Rule"
    _order = "id desc"
    _rec_name = "orderpoint_id"

    orderpoint_id = fields.Many2one(
        "stock.warehouse.orderpoint",
        "Reordering Rule",
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="orderpoint_id.company_id", store=True)
    product_id = fields.Many2one(
        related="orderpoint_id.product_id", store=True, index=True
    )
    warehouse_id = fields.Many2one(related="orderpoint_id.warehouse_id")
    run_id = fields.Many2one(
        "jxc.run", readonly=True, index="btree_not_null", ondelete="set null"
    )
    job_id = fields.Many2one(
        "jxc.apply.job",
        "Applied in the Background",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    old_min = fields.Float(digits="Product Unit", readonly=True)
    old_max = fields.Float(digits="Product Unit", readonly=True)
    new_min = fields.Float(digits="Product Unit", readonly=True)
    new_max = fields.Float(digits="Product Unit", readonly=True)
    terms = fields.Json("Terms of the Suggestion", readonly=True)
    automatic = fields.Boolean(
        readonly=True, help="Applied by the run itself, not by a person."
    )
    reason = fields.Char(readonly=True, help="Why other levels were taken.")
    is_current = fields.Boolean(
        "Still Counts",
        compute="_compute_is_current",
        help="The rule still has the levels of this change.",
    )
    reverted_at = fields.Datetime("Reverted on", readonly=True)
    reverted_by_id = fields.Many2one("res.users", "Reverted by", readonly=True)

    @api.depends("orderpoint_id.product_min_qty", "orderpoint_id.product_max_qty")
    def _compute_is_current(self):
        for change in self:
            rule = change.orderpoint_id
            change.is_current = (rule.product_min_qty, rule.product_max_qty) == (
                change.new_min,
                change.new_max,
            )

    @api.model
    def _log(self, rules, levels: dict, run=None, reason=None, job=None):
        """Record the coming change of ``rules`` to (min, max) in ``levels``.

        :param run: the run that applies it itself
        :param reason: why a person takes other levels than suggested
        :param job: the job that applies it in the background
        """
        runs = {
            (policy.product_id, policy.location_id): policy.run_id.id
            for policy in self.env["jxc.policy"].search(
                [
                    ("product_id", "in", rules.product_id.ids),
                    ("location_id", "in", rules.location_id.ids),
                ]
            )
        }
        # sudo: the log is written by what people do, never by people
        return self.sudo().create(
            [
                {
                    "orderpoint_id": rule.id,
                    "run_id": run.id
                    if run
                    else runs.get((rule.product_id, rule.location_id)),
                    "automatic": bool(run),
                    "job_id": job and job.id,
                    "reason": reason,
                    "old_min": rule.product_min_qty,
                    "old_max": rule.product_max_qty,
                    "new_min": levels[rule][0],
                    "new_max": levels[rule][1],
                    "terms": rule.jxc_terms,
                }
                for rule in rules
            ]
        )

    def action_revert(self):
        """Put the old min and max back."""
        if not self.env.user.has_group("jxc_optimizer.group_planner"):
            raise AccessError(self.env._("Only planners can revert changes."))
        changes = self.filtered(lambda change: not change.reverted_at)
        if not changes:
            raise UserError(self.env._("These changes are reverted already."))
        for change in changes:
            rule = change.orderpoint_id
            if not change.is_current:
                raise UserError(
                    self.env._(
                        "%s was changed again since: revert or edit the later change "
                        "first.",
                        rule.product_id.display_name,
                    )
                )
            rule.write(
                {"product_min_qty": change.old_min, "product_max_qty": change.old_max}
            )
        # sudo: people may not write the log itself
        changes.sudo().write(
            {"reverted_at": fields.Datetime.now(), "reverted_by_id": self.env.uid}
        )
