"""What the steps of a replay do, in units that can be repeated without harm."""

from __future__ import annotations

import logging
from datetime import timedelta
from time import monotonic

from odoo import api, fields, models
from odoo.exceptions import UserError

from .jxc_lock import claim
from .jxc_replay import WORKING

_logger = logging.getLogger(__name__)

#: products of a part: some seconds of work
SHARD_PRODUCTS = 5_000


class JxcReplay(models.Model):
    _inherit = "jxc.replay"

    @api.model
    def _cron_work(self):
        """Work on the replays of all companies, and make each company's own."""
        progress = self.env["ir.cron"]._commit_progress
        companies = (
            self.env["stock.warehouse"].search([("active", "=", True)]).company_id
        )
        for company in companies:
            self._make_own(company)
        progress(remaining=self._units_left())
        for replay in self.search([("state", "in", WORKING)], order="id"):
            if not replay._work(progress):
                return

    def _work(self, progress) -> bool:
        """Do units of work until the replay ends; False when time is up first."""
        self.ensure_one()
        while claim(self) and self.state in WORKING:
            self._do_unit()
            if progress(1, remaining=self._units_left()) <= 0:
                return False
        return True

    def _units_left(self) -> int:
        left = {"waiting": 2, "read": 1, "done": 0}
        return sum(
            1 + sum(left[shard.state] for shard in replay.shard_ids)
            for replay in self.search([("state", "in", WORKING)])
        )

    def _do_unit(self):
        """The next unit of work; an error ends the replay and is kept."""
        started = monotonic()
        replay = self.with_company(self.company_id)
        try:
            with self.env.cr.savepoint():
                replay._next_step()
        except UserError as error:
            replay._fail(str(error))
        except Exception as error:  # pylint: disable=broad-except
            _logger.exception("Replay %s failed", self.name)
            replay._fail(f"{type(error).__name__}: {error}")
        self.seconds += monotonic() - started

    def _fail(self, message: str):
        self.shard_ids.unlink()
        self.write(
            {
                "state": "failed",
                "error": message,
                "finished_at": fields.Datetime.now(),
            }
        )

    def _next_step(self):
        def first(state):
            return self.shard_ids.filtered(lambda part: part.state == state)[:1]

        if self.state == "waiting":
            self._cut()
        elif self.state == "reading":
            shard = first("waiting")
            if shard:
                self._read_part(shard)
                shard.state = "read"
            else:
                self.state = "settling"
        elif self.state == "settling":
            self._settle()
            self.state = "replaying"
        elif self.state == "replaying":
            shard = first("read")
            if shard:
                self._replay_part(shard)
                shard.state = "done"
            else:
                self._finish()

    def _cut(self):
        """Fix the days and the parts."""
        company = self.company_id
        self.env["jxc.demand.day"]._refresh(company)
        history = self._history(company)
        if not history["replayed"]:
            raise UserError(self._too_short(history))
        today = self.env["jxc.demand.day"]._today(company)
        self.shard_ids.unlink()
        self.env["jxc.replay.article"].search([("replay_id", "=", self.id)]).unlink()
        ranges = self.env["jxc.planner"]._product_ranges(company, SHARD_PRODUCTS)
        self.env["jxc.replay.shard"].create(
            [
                {
                    "replay_id": self.id,
                    "first_product_id": first,
                    "last_product_id": last,
                }
                for first, last in ranges
            ]
        )
        self.write(
            {
                "state": "reading",
                "last_day": today - timedelta(days=1),
                "first_day": today - timedelta(weeks=history["replayed"]),
                "articles": 0,
                "left_out": {},
            }
        )

    def _finish(self):
        self.scenario_ids._sum_up(self._weeks())
        if self.is_own:
            self.name = self.env._("Last %s weeks", self._weeks())
        self.shard_ids.unlink()
        self.write({"state": "done", "finished_at": fields.Datetime.now()})

    def _weeks(self) -> int:
        return ((self.last_day - self.first_day).days + 1) // 7
