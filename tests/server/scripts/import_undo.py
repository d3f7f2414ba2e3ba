# Takes an import back, articles included, as the scheduled action does it.
from unittest.mock import patch


def progress(*_arguments, **_keywords):
    env.cr.commit()
    return 60.0


env["jxc.import"].browse(record).action_undo()
env.cr.commit()
with patch.object(type(env["ir.cron"]), "_commit_progress", progress):
    env["jxc.import"]._cron_work()
result["state"] = env["jxc.import"].browse(record).state
env.cr.commit()
