# A file from upload to counted demand, as the scheduled action does it; its articles
# are created where they are missing.
import base64
from pathlib import Path
from unittest.mock import patch


def progress(*_arguments, **_keywords):
    env.cr.commit()
    return 60.0


record = env["jxc.import"].create(
    {
        "name": Path(file).name,
        "file": base64.b64encode(Path(file).read_bytes()),
        "missing_articles": "create",
    }
)
with patch.object(type(env["ir.cron"]), "_commit_progress", progress):
    for step in (record.action_read, record.action_check, record.action_import):
        step()
        env["jxc.import"]._cron_work()
result.update(
    id=record.id,
    batch=record._batch(),
    state=record.state,
    message=record.message,
    taken=record.taken_count,
    errors=record.error_count,
)
env.cr.commit()
