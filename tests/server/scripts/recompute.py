env["jxc.run"]._cron_recompute()
env.cr.commit()
