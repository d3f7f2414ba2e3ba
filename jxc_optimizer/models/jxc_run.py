from __future__ import annotations

import logging
from collections.abc import Callable

from psycopg2 import IntegrityError, OperationalError

from odoo import api, fields, models
from odoo.exceptions import AccessError

from .jxc_lock import lead_lock
from .jxc_planner import Stopwatch, add_times
from .jxc_policy import METHODS

_logger = logging.getLogger(__name__)

#: tries of a step that met somebody else's change
TRIES = 5
UNFINISHED = ("waiting", "counting", "comparing", "reading", "settling", "publishing")
#: days after which the log of a run is deleted
KEEP_DAYS = 90
#: units of work that a part of a run still needs, by its state
STEPS_LEFT = {
    **dict.fromkeys(("uncounted", "counted", "new", "compared", "waiting"), 3),
    "read": 2,
    "published": 1,
    "done": 0,
}


class JxcRun(models.Model):
    """One recomputation of a company's policies, and the log of it.

    Goes through three phases: every shard is read, then the whole assortment is
    compared and its target settled, then every shard is planned and published. Before,
    it looks for what has changed at all. Each
    unit is committed on its own, so a run that is stopped at any point goes on from
    there.
    """

    _name = "jxc.run"
    _inherit = ["jxc.linked"]
    _description = "Optimisation Run"
    _order = "id desc"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    date = fields.Date(
        required=True,
        readonly=True,
        help="The day of the run; history counts up to the day before.",
    )
    user_id = fields.Many2one(
        "res.users", "Started by", readonly=True, help="Empty for the nightly run."
    )
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("counting", "Counting demand"),
            ("comparing", "Looking for changes"),
            ("reading", "Reading history"),
            ("settling", "Settling the target"),
            ("publishing", "Publishing"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="waiting",
        index=True,
    )
    started_at = fields.Datetime("Started", readonly=True)
    finished_at = fields.Datetime("Finished", readonly=True)
    shard_ids = fields.One2many("jxc.run.shard", "run_id", "Parts", readonly=True)
    progress = fields.Integer("Progress (%)", compute="_compute_progress")
    series = fields.Integer(
        "Articles",
        readonly=True,
        help="Product × location pairs with history; archived products left out.",
    )
    policies_changed = fields.Integer(readonly=True)
    rules_changed = fields.Integer(
        "Suggestions Changed", readonly=True, help="Reordering rules with new figures."
    )
    rules_applied = fields.Integer(
        "Applied Automatically",
        readonly=True,
        help="Reordering rules whose minimum and maximum the run changed itself.",
    )
    seconds = fields.Float(
        "Working Time",
        digits=(16, 1),
        compute="_compute_timings",
        help="Seconds of all who worked on it, pauses left out.",
    )
    method = fields.Selection(METHODS, readonly=True)
    target = fields.Json(
        readonly=True,
        help="What the whole assortment shares: target, models, and its replay.",
    )
    abc_basis = fields.Char(
        readonly=True, help="The settings that the ABC classes were found by."
    )
    own_timings = fields.Json(
        readonly=True, help="Of the steps that take all articles at once."
    )
    timings = fields.Json("Steps", compute="_compute_timings")
    error = fields.Text(readonly=True)

    @api.depends("company_id", "date")
    def _compute_display_name(self):
        for run in self:
            run.display_name = f"{run.company_id.name}, {run.date}"

    @api.depends("state", "shard_ids.state")
    def _compute_progress(self):
        for run in self:
            if run.state == "done":
                run.progress = 100
                continue
            states = run.shard_ids.mapped("state")
            left = sum(map(STEPS_LEFT.get, states))
            run.progress = 100 - 100 * left // (3 * len(states)) if states else 0

    @api.depends("own_timings", "shard_ids.timings")
    def _compute_timings(self):
        for run in self:
            parts = [run.own_timings, *run.shard_ids.mapped("timings")]
            steps = add_times(*filter(None, parts))
            run.timings = steps
            run.seconds = sum(seconds for seconds, _count in steps.values())

    # -- what people press -------------------------------------------------------

    def action_recompute(self):
        """Start a run of the current companies in the background.

        Its button needs no selection but passes one, so this is no model method.
        """
        if not self.env.user.has_group("jxc_optimizer.group_planner"):
            raise AccessError(self.env._("Only planners can start a recomputation."))
        # sudo: planners start runs but do not write the log
        runs = self.sudo()._start(self.env.companies, self.env.user, whole=True)
        self.env.ref("jxc_optimizer.ir_cron_recompute").sudo()._trigger()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "jxc_optimizer.action_jxc_run"
        )
        if len(runs) == 1:
            action.update(view_mode="form", views=[(False, "form")], res_id=runs.id)
        return action

    def action_cancel(self):
        """Stop before the next unit of work; what is published stays."""
        if not self.env.user.has_group("jxc_optimizer.group_planner"):
            raise AccessError(self.env._("Only planners can cancel a recomputation."))
        self.check_access("read")
        # sudo: planners cancel runs but do not write the log
        runs = self.sudo().filtered(lambda run: run.state in UNFINISHED)
        runs.write({"state": "cancelled", "finished_at": fields.Datetime.now()})
        runs._sum_up()
        runs.shard_ids._forget()

    # -- the scheduled action ----------------------------------------------------

    @api.model
    def _cron_recompute(self):
        """Work on unfinished runs, else start today's, as long as there is time."""
        progress = self.env["ir.cron"]._commit_progress
        with lead_lock(self.env.cr) as held:
            if not held:
                _logger.info("Odoo's scheduler or another run is at work: later")
                progress(remaining=1)
                return
            # Whoever held the lock before has changed what this transaction sees.
            progress()
            runs = self._due_runs()
            progress(remaining=self._units_left())  # all see them, and can cancel
            for run in runs:
                if not run._work(progress):
                    return

    @api.model
    def _due_runs(self):
        """Unfinished runs, and one for each company that has none of today.

        When all have had theirs, somebody asked for another: all start again.
        """
        unfinished = self.search([("state", "in", UNFINISHED)], order="id")
        companies = (
            self.env["stock.warehouse"].search([("active", "=", True)]).company_id
        )
        due = companies.filtered(
            lambda company: (
                not self.search_count(
                    [
                        ("company_id", "=", company.id),
                        ("date", "=", self._today(company)),
                    ],
                    limit=1,
                )
            )
        )
        if not unfinished and not due:
            due = companies
        return unfinished | self._start(due)

    @api.model
    def _today(self, company):
        """The day it is for the company, whoever asks: demand is counted by it."""
        return self.env["jxc.demand.day"]._today(company)

    @api.model
    def _start(self, companies, user=None, *, whole=False):
        """New runs, leaving out companies that have one waiting.

        :param whole: of all articles, also those of which nothing has changed
        """
        waiting = self.search(
            [("state", "=", "waiting"), ("company_id", "in", companies.ids)]
        )
        started = self.create(
            [
                {
                    "company_id": company.id,
                    "date": self._today(company),
                    "user_id": user.id if user else False,
                }
                for company in companies - waiting.company_id
            ]
        )
        if whole:
            (waiting | started).whole = True
        return waiting | started

    def _work(self, progress) -> bool:
        """Do units of work until the run ends.

        :param progress: commits, and returns the seconds left
        :returns: False when time is up first
        """
        self.ensure_one()
        while True:
            self.invalidate_recordset()
            if not self.exists() or self.state not in UNFINISHED:
                return True
            if self._hand_over():
                return True
            self._try(self._do_unit)
            self.invalidate_recordset()
            if not self.exists():
                return True
            # One more than is left of this run, so that the next one is called for.
            left = progress(1, remaining=self._units_left())
            if left <= 0 and self.state in UNFINISHED:
                return False

    def _hand_over(self) -> bool:
        """Whether others do what comes next, and call for us when it is done."""
        return False

    def _units_left(self) -> int:
        runs = self.search([("state", "in", UNFINISHED)])
        return sum(
            1 + sum(STEPS_LEFT[shard.state] for shard in run.shard_ids) for run in runs
        )

    def _try(self, work: Callable[[Stopwatch], object]):
        """Do a unit of work, again if somebody interferes; its failure is the run's.

        :returns: what ``work`` returns; None if it failed
        """
        for attempt in range(1, TRIES + 1):
            try:
                with self.env.cr.savepoint():
                    return work(Stopwatch(self.env.cr))
            except (OperationalError, IntegrityError) as error:
                # Somebody changed the same rows meanwhile: begin a new snapshot.
                self.env["ir.cron"]._commit_progress()
                self.invalidate_recordset()
                if not self.exists() or self.state not in UNFINISHED:
                    return None  # cancelled or deleted meanwhile
                if attempt == TRIES:
                    self._fail(error)
            except Exception as error:  # pylint: disable=broad-except
                # The log must tell, and the other companies must get their turn.
                self._fail(error)
                return None
        return None

    def _fail(self, error: Exception) -> None:
        """Note the failure, unless somebody else has changed the run meanwhile."""
        _logger.error(
            "Optimisation run of %s failed", self.company_id.name, exc_info=error
        )
        try:
            with self.env.cr.savepoint():
                self.write(
                    {
                        "state": "failed",
                        "error": f"{type(error).__name__}: {error}",
                        "finished_at": fields.Datetime.now(),
                    }
                )
                self._sum_up()
                self.shard_ids._forget()
        except OperationalError:
            _logger.info("The run was changed meanwhile: what it says now counts")

    def _sum_up(self) -> None:
        """What the shards did; each counts its own, so that they can work at once."""
        for run in self:
            run.write(
                {
                    name: sum(run.shard_ids.mapped(name))
                    for name in ("policies_changed", "rules_changed", "rules_applied")
                }
            )

    @api.autovacuum
    def _forget_arrays(self):
        """Drop what was kept for steps that will not come any more."""
        self.search([("state", "not in", UNFINISHED)]).shard_ids._forget()

    @api.autovacuum
    def _gc_old_runs(self):
        """Forget old logs; policies and rules keep their figures."""
        limit = fields.Date.subtract(fields.Date.today(), days=KEEP_DAYS)
        self.search([("date", "<", limit), ("state", "not in", UNFINISHED)]).unlink()
