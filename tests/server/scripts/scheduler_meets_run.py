# Somebody else holds the lock: the scheduler gives up after its patience.
from odoo.addons.jxc_optimizer.models import jxc_lock

jxc_lock.PATIENCE = "500ms"
try:
    env["stock.rule"].run_scheduler(use_new_cursor=True)
except Exception as error:
    result["error"] = type(error).__name__
    env.cr.rollback()
result["lines"] = env["purchase.order.line"].search_count([])
