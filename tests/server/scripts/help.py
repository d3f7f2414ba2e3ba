# Helps with the shards of a night until it has ended, as a second action does.
#
# die_at: number of the parts after which the process kills itself, within the next; 0 =
# never
import os
import signal
import time
from unittest.mock import patch

from odoo.addons.jxc_optimizer.models.jxc_run_shard import JxcRunShard

done = 0
do_step = JxcRunShard._do_step


def counted(self, watch):
    global done
    do_step(self, watch)
    done += 1
    if done == die_at:
        os.kill(os.getpid(), signal.SIGKILL)


env["ir.config_parameter"].set_param("jxc_test.helper", "at work")
env.cr.commit()
with patch.object(JxcRunShard, "_do_step", counted):
    while True:
        env["jxc.run"]._cron_help()
        env.cr.commit()
        env.invalidate_all()
        if env["jxc.run"].search_count([("state", "=", "done")]):
            break
        time.sleep(0.02)
result["parts"] = done
