# Nights with small shards, killed before a statement or kept up until somebody is done.
#
# die_at: number of the SQL statement before which the process kills itself, 0 = never
# until: parameter to wait for, with one night after the other; "" = one night
import os
import signal
import time
from unittest.mock import patch

from odoo.sql_db import Cursor

from odoo.addons.jxc_optimizer.models import (
    jxc_demand_share,
    jxc_run,
    jxc_run_phases,
)

done = 0
execute = Cursor.execute


def counted(self, *arguments, **options):
    global done
    done += 1
    if done == die_at:
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(self, *arguments, **options)


def ended(parameter):
    env.invalidate_all()
    return env["ir.config_parameter"].sudo().get_param(parameter)


nights = 0
with (
    patch.object(jxc_run_phases, "SHARD_PRODUCTS", 4),
    # what is disturbed counts by shares, what it is compared with does not
    patch.object(
        jxc_demand_share, "PAGES", 0 if die_at or until else jxc_demand_share.PAGES
    ),
    patch.object(Cursor, "execute", counted),
):
    while True:
        env["jxc.run"]._cron_recompute()
        env.cr.commit()
        env.invalidate_all()
        states = env["jxc.run"].search([]).mapped("state")
        if not states or not set(states).isdisjoint(jxc_run.UNFINISHED):
            time.sleep(0.1)  # somebody else is at it, or a dead one's lock still is
            continue
        nights += 1
        if not until or ended(until):
            break
result["statements"] = done
result["nights"] = nights
result["states"] = env["jxc.run"].search([]).mapped("state")
