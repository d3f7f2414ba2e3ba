"""The objective and what-if in a real browser."""

from datetime import timedelta

from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .replay_case import ReplayCase


@tagged("post_install", "-at_install")
class TestReplayTours(ReplayCase, HttpCase):
    def _finished(self):
        replay = self.env["jxc.replay"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        self._work(replay)
        return replay

    def test_objective(self):
        self.start_tour(
            "/odoo/service-objective", "jxc_objective", login="replay_planner"
        )
        cancelled = self.env["jxc.replay"].search([("is_own", "=", True)])
        self.assertEqual(cancelled.mapped("state"), ["cancelled"])
        self.env["jxc.replay"]._start_own(self.company)
        self._finished()
        self.start_tour(
            "/odoo/service-objective", "jxc_objective_use", login="replay_planner"
        )
        self.assertEqual(self.company.jxc_fill_rate, 0.98)
        run = self.env["jxc.run"].search([("company_id", "=", self.company.id)])[:1]
        self.assertEqual(run.state, "waiting")

    def test_what_if(self):
        self.start_tour("/odoo/what-if", "jxc_what_if", login="replay_planner")
        replay = self._finished()
        self.assertEqual(
            replay.condition_ids.mapped("lead_percent"), [0, 50], replay.name
        )
        self.start_tour("/odoo/what-if", "jxc_what_if_results", login="replay_planner")

    def test_four_months_of_history(self):
        """Not enough, and the page says from which day on."""
        self.env["jxc.demand.entry"].search(
            [("day", "<", self.today - timedelta(weeks=17))]
        ).unlink()
        history = self.env["jxc.replay"]._history(self.company)
        self.assertEqual((history["weeks"], history["replayed"]), (16, 0))
        self.start_tour(
            "/odoo/service-objective", "jxc_objective_short", login="replay_planner"
        )

    def test_empty_company(self):
        empty = self._company("Nothing Ltd")
        self.planner.write(
            {"company_ids": [Command.set(empty.ids)], "company_id": empty.id}
        )
        self.start_tour(
            "/odoo/service-objective", "jxc_objective_empty", login="replay_planner"
        )
