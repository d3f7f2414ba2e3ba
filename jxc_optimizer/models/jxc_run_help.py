"""Several scheduled actions at work on one run: one leads it, the other helps."""

from __future__ import annotations

from odoo import api, models

from .jxc_lock import replenishment_lock
from .jxc_run_phases import DUE


class JxcRun(models.Model):
    """The shards of a run do not need each other, so two processors can work on them.

    Odoo runs two scheduled actions at a time unless told otherwise.
    """

    _inherit = "jxc.run"

    def _call_help(self) -> None:
        """Have the shards of the phase that begins shared with another action."""
        if len(self._due_shards()) > 1:
            self.env.ref("jxc_optimizer.ir_cron_help")._trigger()

    @api.model
    def _cron_help(self):
        """Work on shards of runs that go on, as long as there are any and time is left.

        Whoever leads the run need not be there.
        """
        progress = self.env["ir.cron"]._commit_progress
        with replenishment_lock(self.env.cr, wait=False, shared=True) as held:
            if not held:
                return
            progress()  # see what the one who called has done
            for run in self.search([("state", "in", tuple(DUE))], order="id"):
                while run.exists() and run._try(run._do_part):
                    if progress(1, remaining=len(run._due_shards())) <= 0:
                        return
                    run.invalidate_recordset()
            progress(remaining=0)
