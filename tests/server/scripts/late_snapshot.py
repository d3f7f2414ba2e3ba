# A night whose transaction began before another night worked, and one that fails while
# somebody cancels it.
#
# units: after how many units of work the other night runs out of time
from itertools import count
from unittest.mock import patch

from odoo.addons.jxc_optimizer.models import jxc_run_phases

runs = env["jxc.run"]
registry = env.registry


def in_another_transaction(work):
    with registry.cursor() as cr:
        work(env(cr=cr)["jxc.run"])


def states():
    env.cr.rollback()
    return env["jxc.run"].search([]).mapped("state")


def stop_early(others):
    done = count()

    def commit(*_arguments, **_options):
        others.env.cr.commit()
        return 0.0 if next(done) >= units else 60.0

    with patch.object(type(others.env["ir.cron"]), "_commit_progress", commit):
        others._cron_recompute()


with patch.object(jxc_run_phases, "SHARD_PRODUCTS", 4):
    runs.search_count([])  # from here on this transaction sees nothing new
    in_another_transaction(stop_early)
    runs._cron_recompute()
    result["after_another"] = states()

    def fail(run, _watch):
        in_another_transaction(lambda others: others.browse(run.id).action_cancel())
        raise ValueError("too late")  # and the run must not end as failed

    with patch.object(jxc_run_phases.JxcRun, "_do_unit", fail):
        runs._cron_recompute()
    result["cancelled"] = states()
