# The scheduled action, killed after some units of work if ``units`` says so.
import os
import signal
from unittest.mock import patch

from odoo.addons.jxc_optimizer.models import jxc_import_apply

done = []


def progress(*_arguments, **_keywords):
    env.cr.commit()
    done.append(1)
    if len(done) == units:
        os.kill(os.getpid(), signal.SIGKILL)
    return 60.0


with (
    patch.object(jxc_import_apply, "PRODUCTS", 7),
    patch.object(type(env["ir.cron"]), "_commit_progress", progress),
):
    env["jxc.import"]._cron_work()
result["units"] = len(done)
result["states"] = env["jxc.import"].search([]).mapped("state")
