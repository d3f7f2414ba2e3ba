"""What installing the add-on does once."""

from datetime import timedelta


def post_init_hook(env):
    """Plan the nightly run an hour before Odoo's scheduler, which orders from it.

    The key figures and the accuracy of the past are counted at once.
    """
    scheduler = env.ref("stock.ir_cron_scheduler_action", raise_if_not_found=False)
    if scheduler:
        run = env.ref("jxc_optimizer.ir_cron_recompute")
        before = scheduler.nextcall - timedelta(hours=1)
        run.nextcall = before if before > run.create_date else run.nextcall
    env.ref("jxc_optimizer.ir_cron_kpi")._trigger()
    env.ref("jxc_optimizer.ir_cron_accuracy")._trigger()
