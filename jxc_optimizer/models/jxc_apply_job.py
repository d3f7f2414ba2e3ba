from __future__ import annotations

import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from .jxc_lock import APPLY_AT_ONCE, claim, replenishment_lock

_logger = logging.getLogger(__name__)
WORKING = ("waiting", "working")


class JxcApplyJob(models.Model):
    """Suggestions of many rules, applied in the background in the name of a user.

    A few hundred rules at a time, each lot in a transaction of its own that also notes
    how far the job is: what a stopped server leaves is taken up where it ended.
    """

    _name = "jxc.apply.job"
    _description = "Suggestions Applied in the Background"
    _order = "id desc"
    _rec_name = "create_date"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one("res.users", "Applied by", required=True, readonly=True)
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("working", "Working"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
            ("failed", "Failed"),
        ],
        default="waiting",
        required=True,
        readonly=True,
    )
    rules = fields.Json("Reordering Rules", readonly=True)
    total = fields.Integer("Chosen", readonly=True)
    position = fields.Integer("Looked at", readonly=True)
    applied = fields.Integer(readonly=True)
    left_alone = fields.Integer(
        compute="_compute_progress",
        help="Nothing is suggested for them, or nothing different any more.",
    )
    progress = fields.Float(compute="_compute_progress")
    error = fields.Char(readonly=True)
    change_ids = fields.One2many("jxc.change", "job_id", "Changes", readonly=True)

    @api.depends("total", "position", "applied")
    def _compute_progress(self):
        for job in self:
            job.progress = 100 * job.position / job.total if job.total else 100.0
            job.left_alone = job.position - job.applied

    # -- what people press -----------------------------------------------------------

    @api.model
    def _start(self, rules):
        """Jobs that apply what is suggested for ``rules``: one for each company."""
        # sudo: jobs are made by what people press, never by people
        jobs = self.sudo().create(
            [
                {
                    "company_id": company.id,
                    "user_id": self.env.uid,
                    "rules": sorted(some.ids),
                    "total": len(some),
                }
                for company, some in rules.grouped("company_id").items()
            ]
        )
        self._call()
        return jobs.sudo(False)

    def _call(self) -> None:
        # sudo: whoever may apply suggestions may have it done
        self.env.ref("jxc_optimizer.ir_cron_apply").sudo()._trigger()

    def _check_planner(self):
        self.check_access("read")
        if not self.env.user.has_group("jxc_optimizer.group_planner"):
            raise AccessError(
                self.env._("Only replenishment planners may change min and max.")
            )

    def action_cancel(self):
        """Stop after the rules at work; what is applied stays, and can be reverted."""
        self._check_planner()
        # sudo: see _start
        self.filtered(lambda job: job.state in WORKING).sudo().state = "cancelled"

    def action_resume(self):
        """Go on where the job was cancelled or failed."""
        self._check_planner()
        jobs = self.filtered(lambda job: job.state in ("cancelled", "failed"))
        # sudo: see _start
        jobs.sudo().write({"state": "waiting", "error": False})
        self._call()

    def action_changes(self):
        """What the job changed; each or all of it can be reverted there."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "jxc_optimizer.action_jxc_change"
            ),
            "domain": [("job_id", "in", self.ids)],
        }

    # -- work ------------------------------------------------------------------------

    @api.model
    def _cron_work(self):
        """Work on the jobs of all companies, the oldest first."""
        progress = self.env["ir.cron"]._commit_progress
        for job in self.search([("state", "in", WORKING)], order="id"):
            while claim(job) and job.state in WORKING:
                with replenishment_lock(self.env.cr, wait=False) as held:
                    if not held:
                        _logger.info("A run or Odoo's scheduler is at work: later")
                        progress(remaining=1)
                        return
                    try:
                        job._do_unit()
                        time_left = progress(1, remaining=self._units_left())
                    except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                        self.env.cr.rollback()  # somebody was faster: once more
                        continue
                if time_left <= 0:
                    return

    def _units_left(self) -> int:
        jobs = self.search([("state", "in", WORKING)])
        return sum(-(-(job.total - job.position) // APPLY_AT_ONCE) for job in jobs)

    def _do_unit(self) -> None:
        """Apply what is suggested for the next rules, with the rights of the user."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                applied = self._apply_next()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except UserError as error:
            self.write({"state": "failed", "error": str(error)})
            return
        except Exception as error:  # pylint: disable=broad-except
            _logger.exception("Applying suggestions failed: job %s", self.id)
            self.write({"state": "failed", "error": f"{type(error).__name__}: {error}"})
            return
        position = min(self.position + APPLY_AT_ONCE, self.total)
        self.write(
            {
                "position": position,
                "applied": self.applied + applied,
                "state": "done" if position == self.total else "working",
            }
        )
        self.env.flush_all()

    def _apply_next(self) -> int:
        """:returns: number of rules changed"""
        chosen = self.rules[self.position : self.position + APPLY_AT_ONCE]
        rules = (
            self.env["stock.warehouse.orderpoint"]
            .with_user(self.user_id)
            .with_context(allowed_company_ids=self.company_id.ids)
        )
        rules._jxc_check_planner()
        # what was deleted, archived or applied meanwhile is left alone
        rules = rules.search([("id", "in", chosen)])._jxc_to_apply()
        rules._jxc_apply(job=self)
        self.env.flush_all()
        return len(rules)
