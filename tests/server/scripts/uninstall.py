# What an administrator does who wants to be rid of the add-on.
env["jxc.run"]._cron_recompute()
rules = env["stock.warehouse.orderpoint"].search([("jxc_has_change", "=", True)])
rules.action_jxc_apply()
env.cr.commit()
result["applied"] = sorted(
    (rule.product_id.id, rule.product_min_qty, rule.product_max_qty) for rule in rules
)
module = env["ir.module.module"].search([("name", "=", "jxc_optimizer")])
module.button_immediate_uninstall()
