from __future__ import annotations

import logging
from datetime import timedelta

from psycopg2 import IntegrityError, OperationalError

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from .jxc_lock import APPLY_AT_ONCE, replenishment_lock
from .jxc_planner import Stopwatch, add_times
from .jxc_policy import METHODS

_logger = logging.getLogger(__name__)

#: products per shard: a second of work, and less in which its rules are locked
SHARD_PRODUCTS = 2_500
#: tries of a step that met somebody else's change
TRIES = 5
UNFINISHED = ("waiting", "reading", "settling", "publishing")
#: days after which the log of a run is deleted
KEEP_DAYS = 90
#: state of a run -> states of the shards it waits for
DUE = {"reading": ("waiting",), "publishing": ("read", "published")}
#: units of work that a part of a run still needs, by its state
STEPS_LEFT = {"waiting": 3, "read": 2, "published": 1, "done": 0}


class JxcRun(models.Model):
    """One recomputation of a company's policies, and the log of it.

    Goes through three phases: every shard is read, then the whole assortment is
    compared and its target settled, then every shard is planned and published. Each
    unit is committed on its own, so a run that is stopped at any point goes on from
    there.
    """

    _name = "jxc.run"
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
        "Working Time", digits=(16, 1), readonly=True, help="Seconds, pauses left out."
    )
    method = fields.Selection(METHODS, readonly=True)
    target = fields.Json(
        readonly=True,
        help="What the whole assortment shares: target, models, and its replay.",
    )
    abc_basis = fields.Char(
        readonly=True, help="The settings that the ABC classes were found by."
    )
    timings = fields.Json("Steps", readonly=True)
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

    # -- what people press -------------------------------------------------------

    def action_recompute(self):
        """Start a run of the current companies in the background.

        Its button needs no selection but passes one, so this is no model method.
        """
        if not self.env.user.has_group("jxc_optimizer.group_planner"):
            raise AccessError(self.env._("Only planners can start a recomputation."))
        # sudo: planners start runs but do not write the log
        runs = self.sudo()._start(self.env.companies, self.env.user)
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
        with replenishment_lock(self.env.cr, wait=False) as held:
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
    def _start(self, companies, user=None):
        """New runs, leaving out companies that have one waiting."""
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
            watch = Stopwatch(self.env.cr)
            self._try_unit(watch)
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

    def _try_unit(self, watch: Stopwatch) -> None:
        for attempt in range(1, TRIES + 1):
            try:
                with self.env.cr.savepoint():
                    self._do_unit(watch)
                    self._log_times(watch)
                return
            except (OperationalError, IntegrityError) as error:
                # Somebody changed the same rows meanwhile: begin a new snapshot.
                self.env["ir.cron"]._commit_progress()
                self.invalidate_recordset()
                if not self.exists() or self.state not in UNFINISHED:
                    return  # cancelled or deleted meanwhile
                if attempt == TRIES:
                    self._fail(error)
            except Exception as error:  # pylint: disable=broad-except
                # The log must tell, and the other companies must get their turn.
                self._fail(error)
                return

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
            parts = [shard.timings for shard in run.shard_ids if shard.timings]
            if parts:
                run.timings = add_times(run.timings or {}, *parts)
                run.shard_ids.timings = False
                run.seconds = sum(seconds for seconds, _count in run.timings.values())

    def _log_times(self, watch: Stopwatch) -> None:
        self.timings = watch.added_to(self.timings)
        self.seconds = sum(seconds for seconds, _count in self.timings.values())

    # -- the phases ----------------------------------------------------------------

    def _do_unit(self, watch: Stopwatch) -> None:
        """The next unit of work: each can be repeated without harm."""
        run = self.with_company(self.company_id)
        due = run._due_shards()
        if due:
            run._do_shard(due[0], watch)
        elif run.state == "waiting":
            run._prepare(watch)
        elif run.state == "reading":
            run.state = "settling"
        elif run.state == "settling":
            run._settle(watch)
        elif run.state == "publishing":
            run._finish()

    def _due_shards(self):
        """Shards that have work to do before the run goes on."""
        states = DUE.get(self.state, ())
        return self.shard_ids.filtered(lambda shard: shard.state in states)

    def _do_shard(self, shard, watch: Stopwatch) -> None:
        """The next step of a shard; shards do not need each other."""
        {
            "waiting": self._read_shard,
            "read": self._publish_shard,
            "published": self._project_shard,
        }[shard.state](shard, watch)

    def _prepare(self, watch: Stopwatch) -> None:
        with watch.step("refresh demand"):
            self.env["jxc.demand.day"]._refresh(self.company_id)
            self.env["jxc.demand.event"]._measure(self.company_id, self.date)
            self.env["jxc.demand.event"]._restate_ahead(self.company_id, self.date)
        with watch.step("compare inputs"):
            if self._take_over():
                return
        ranges = self.env["jxc.planner"]._product_ranges(
            self.company_id, SHARD_PRODUCTS
        )
        self.shard_ids.unlink()
        self.env["jxc.run.shard"].create(
            [
                {"run_id": self.id, "first_product_id": first, "last_product_id": last}
                for first, last in ranges
            ]
        )
        self.write({"state": "reading", "started_at": fields.Datetime.now()})

    def _read_shard(self, shard, watch: Stopwatch) -> None:
        payload = self.env["jxc.planner"]._read(
            self.company_id, *shard._products(), self.date, watch
        )
        with watch.step("propose one-offs"):
            # sudo: a run proposes, whoever starts it
            self.env["jxc.demand.one.off"].sudo()._propose(
                self.company_id, payload, self.date - timedelta(days=1)
            )
        shard._store(payload)
        shard.write({"state": "read", "series": len(payload["product_id"])})

    def _settle(self, watch: Stopwatch) -> None:
        """What needs all articles: lead times of vendors, classes, the target."""
        planner, company = self.env["jxc.planner"], self.company_id
        last = self.search(
            [("company_id", "=", company.id), ("state", "=", "done")], limit=1
        )
        self.abc_basis = planner._abc_basis(company)
        with watch.step("lead times"):
            payloads = [shard._load() for shard in self.shard_ids]
            planner._measure(company, payloads, self.date)
        with watch.step("bookings"):
            planner._measure_bookings(company, payloads, self.date)
        with watch.step("classes"):
            planner._classify(
                company, payloads, self.date, anew=last.abc_basis != self.abc_basis
            )
            for shard, payload in zip(self.shard_ids, payloads, strict=True):
                shard._store(payload)
        with watch.step("settle"):
            demands = (shard._load_demand() for shard in self.shard_ids)
            target = planner._settle(company, payloads, demands, last.target, self.date)
        self.env["jxc.season"]._publish(company, target.get("season"))
        self.write(
            {
                "state": "publishing",
                "series": sum(len(payload["product_id"]) for payload in payloads),
                "method": target["method"],
                "target": target,
            }
        )

    def _publish_shard(self, shard, watch: Stopwatch) -> None:
        planner = self.env["jxc.planner"]
        with watch.step("plan"):
            payload = {**shard._load(), "demand": shard._load_demand()}
            plan = planner._plan(self.company_id, payload, self.target)
        with watch.step("write policies"):
            policies = self.env["jxc.policy"]._write_changes(
                self.company_id, self, shard._products(), plan
            )
        with watch.step("write history"):
            self.env["jxc.policy.history"]._record(
                self.company_id, shard._products(), self.date
            )
        with watch.step("write rules"):
            rules = planner._publish_rules(self.company_id, shard._products(), plan)
        shard._forget()
        shard.write(
            {
                "state": "published",
                "policies_changed": policies,
                "rules_changed": rules,
            }
        )

    def _project_shard(self, shard, watch: Stopwatch) -> None:
        """Apply what may be applied automatically, then say what today needs."""
        chosen = SQL("rule.product_id BETWEEN %s AND %s", *shard._products())
        with watch.step("apply"):
            applied = self._apply_automatically(chosen)
            shard.rules_applied += applied
            if applied >= APPLY_AT_ONCE:
                return  # and the rest in the next unit: nobody is to wait for all
        with watch.step("project"):
            self.env["jxc.projection"]._refresh(self.company_id, chosen)
        shard.state = "done"

    @api.autovacuum
    def _gc_old_runs(self):
        """Forget old logs; policies and rules keep their figures."""
        limit = fields.Date.subtract(fields.Date.today(), days=KEEP_DAYS)
        self.search([("date", "<", limit), ("state", "not in", UNFINISHED)]).unlink()
