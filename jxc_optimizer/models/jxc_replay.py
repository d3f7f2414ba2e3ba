from __future__ import annotations

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .jxc_goal import OBJECTIVES
from .jxc_policy import ABC_CLASSES

#: weeks known before the replay begins; methods learn and are chosen on them
BEFORE_WEEKS = 26
#: with fewer weeks to replay it says nothing
LEAST_WEEKS = 13
#: a year
MOST_WEEKS = 52
#: scenarios beside the company's own rules
MOST_SCENARIOS = 4
#: days after which the company's replay is made again
RENEW_DAYS = 30
#: of a company's own replays so many stay
KEPT = 3
WORKING = ("waiting", "reading", "settling", "replaying")


class JxcReplay(models.Model):
    """The company's own last months once more, with other levels.

    Each scenario gets the demand, the stock and the open orders that were there, and
    orders by its own levels: the company's rules, or what would have been suggested
    from the weeks before. Steps are units of work that can be repeated without harm
    (``jxc_replay_work``); what they compute stands in ``jxc_replay_compute``.
    """

    _name = "jxc.replay"
    _description = "Replay"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(required=True, default=lambda self: self.env._("What if"))
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users",
        "Started by",
        readonly=True,
        copy=False,
        default=lambda self: self.env.user,
        help="Empty for the company's own, which is made every month.",
    )
    is_own = fields.Boolean(
        "Company's Own",
        readonly=True,
        copy=False,
        help="All articles, made every month.",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("waiting", "Waiting"),
            ("reading", "Reading history"),
            ("settling", "Settling the targets"),
            ("replaying", "Replaying"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="draft",
        index=True,
        copy=False,
    )
    progress = fields.Integer("Progress (%)", compute="_compute_progress")
    error = fields.Text(readonly=True, copy=False)

    warehouse_id = fields.Many2one(
        "stock.warehouse", check_company=True, help="Empty: all warehouses."
    )
    categ_id = fields.Many2one(
        "product.category", "Category", help="With those below it. Empty: all."
    )
    vendor_id = fields.Many2one("res.partner", help="Main vendor today. Empty: all.")
    abc_class = fields.Selection(
        ABC_CLASSES, "Class", help="Class of the last run. Empty: all."
    )
    lost_sales = fields.Boolean(
        "Unserved Demand Is Lost", help="Otherwise customers wait for the next receipt."
    )
    objective = fields.Selection(
        OBJECTIVES,
        "Service Counts",
        readonly=True,
        copy=False,
        help="What the service target was a share of.",
    )
    goals = fields.Json(
        readonly=True,
        copy=False,
        help="What the company and its warehouses aimed at: warehouses (none: all "
        "others), objective, service target, price of a missed unit.",
    )
    first_day = fields.Date("From", readonly=True, copy=False)
    last_day = fields.Date("To", readonly=True, copy=False)
    articles = fields.Integer(
        readonly=True, copy=False, help="Product × location pairs replayed."
    )
    left_out = fields.Json(readonly=True, copy=False, help="Pairs left out, by reason.")
    seconds = fields.Float(
        "Working Time", digits=(16, 1), readonly=True, copy=False, help="Seconds."
    )
    finished_at = fields.Datetime("Finished", readonly=True, copy=False)
    scenario_ids = fields.One2many("jxc.replay.scenario", "replay_id", readonly=True)
    shard_ids = fields.One2many("jxc.replay.shard", "replay_id", "Parts", readonly=True)

    @api.depends("state", "shard_ids.state")
    def _compute_progress(self):
        left = {"waiting": 2, "read": 1, "done": 0}
        for replay in self:
            states = replay.shard_ids.mapped("state")
            if replay.state == "done":
                replay.progress = 100
            elif states:
                replay.progress = 100 - 50 * sum(map(left.get, states)) // len(states)
            else:
                replay.progress = 0

    # -- rights ----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self._check_only_drafts(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._check_only_drafts([vals])
        if not self.env.su and any(replay.state != "draft" for replay in self):
            if set(vals) - {"name"}:
                raise UserError(
                    self.env._(
                        "A replay that was started stays as it is: duplicate it to "
                        "change something."
                    )
                )
        return super().write(vals)

    def _check_only_drafts(self, vals_list):
        """Figures and state are written by the replay itself, not by people."""
        computed = {name for name, field in self._fields.items() if field.readonly} - {
            "company_id"
        }
        if not self.env.su and any(computed & set(vals) for vals in vals_list):
            raise AccessError(
                self.env._("The figures of a replay are computed, not entered.")
            )

    # -- whether there is enough history ---------------------------------------------

    @api.model
    def _history(self, company) -> dict:
        """Weeks of history, and the day from which they suffice.

        :returns: weeks (of demand, up to yesterday), replayed (weeks that can be
            replayed, 0 = not enough), ready_on (False without any history)
        """
        today = self.env["jxc.demand.day"]._today(company)
        self.env.flush_all()
        [[first]] = self.env.execute_query(
            SQL(
                """SELECT least(
                          (SELECT min(days[1]) FROM jxc_demand_series
                            WHERE company_id = %(company)s),
                          (SELECT min(day) FROM jxc_demand_entry
                            WHERE company_id = %(company)s AND active))""",
                company=company.id,
            )
        )
        if not first:
            return {"weeks": 0, "replayed": 0, "ready_on": False}
        weeks = max((today - first).days // 7, 0)
        enough = BEFORE_WEEKS + LEAST_WEEKS
        return {
            "weeks": weeks,
            "replayed": min(weeks - BEFORE_WEEKS, MOST_WEEKS) if weeks >= enough else 0,
            "ready_on": first + timedelta(weeks=enough),
        }

    # -- what people press -----------------------------------------------------------

    def action_start(self):
        """Queue the replay; it runs in the background."""
        self._check_planner()
        for replay in self:
            if replay.state not in ("draft", "failed", "cancelled"):
                raise UserError(self.env._("This replay was started already."))
            history = self._history(replay.company_id)
            if not history["replayed"]:
                raise UserError(self._too_short(history))
            asked = replay.scenario_ids.filtered(lambda each: each.kind == "method")
            if not asked or len(asked) > MOST_SCENARIOS:
                raise UserError(
                    self.env._(
                        "A replay compares one to %s scenarios: add or remove some.",
                        MOST_SCENARIOS,
                    )
                )
        # sudo: planners start replays but do not write their figures
        self.sudo()._queue()
        return True

    @api.model
    def _too_short(self, history: dict) -> str:
        if not history["ready_on"]:
            return self.env._(
                "There is no demand yet to replay: import past sales, or start with "
                "today's deliveries."
            )
        return self.env._(
            "Not enough history yet: a replay needs %(needed)s weeks since the first "
            "demand, %(before)s to learn from and %(least)s to replay; there are "
            "%(weeks)s. It is possible from %(day)s on.",
            needed=BEFORE_WEEKS + LEAST_WEEKS,
            before=BEFORE_WEEKS,
            least=LEAST_WEEKS,
            weeks=history["weeks"],
            day=fields.Date.to_string(history["ready_on"]),
        )

    def _queue(self):
        self.shard_ids.unlink()
        for replay in self:
            replay.write(
                {
                    "state": "waiting",
                    "error": False,
                    "seconds": 0,
                    "objective": replay.company_id.jxc_objective,
                }
            )
            replay.scenario_ids._prepare(replay)
        self.env.ref("jxc_optimizer.ir_cron_replay")._trigger()

    def action_cancel(self):
        """Stop before the next unit of work."""
        self._check_planner()
        self.check_access("read")
        # sudo: planners cancel replays but do not write their state
        replays = self.sudo().filtered(lambda replay: replay.state in WORKING)
        replays.write({"state": "cancelled", "finished_at": fields.Datetime.now()})
        replays.shard_ids.unlink()

    def _check_planner(self):
        if not self.env.user.has_group("jxc_optimizer.group_planner"):
            raise AccessError(self.env._("Only planners can start or stop a replay."))

    # -- the company's own -----------------------------------------------------------

    @api.model
    def _make_own(self, company):
        """Queue the company's own replay, unless one is young enough or unfinished."""
        since = fields.Date.today() - relativedelta(days=RENEW_DAYS)
        known = self.search_count(
            [
                ("company_id", "=", company.id),
                ("is_own", "=", True),
                "|",
                ("state", "in", WORKING),
                "&",
                ("state", "in", ("done", "failed")),
                ("create_date", ">=", since),
            ],
            limit=1,
        )
        if known or not self._history(company)["replayed"]:
            return self.browse()
        return self._start_own(company)

    @api.model
    def _start_own(self, company, user=None):
        replay = self.create(
            {
                "name": self.env._("Last 12 months"),
                "company_id": company.id,
                "user_id": user.id if user else False,
                "is_own": True,
                "condition_ids": [fields.Command.create({"kind": "method"})],
            }
        )
        replay._queue()
        return replay

    @api.autovacuum
    def _gc_own(self):
        """Forget the company's own replays but the last ones."""
        finished = self.search([("is_own", "=", True), ("state", "not in", WORKING)])
        for own in finished.grouped("company_id").values():
            own[KEPT:].unlink()
