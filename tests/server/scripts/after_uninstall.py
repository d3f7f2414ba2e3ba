rules = env["stock.warehouse.orderpoint"].search([])
result["levels"] = sorted(
    (rule.product_id.id, rule.product_min_qty, rule.product_max_qty) for rule in rules
)
env["stock.warehouse.orderpoint"].action_open_orderpoints()
rules._compute_qty_to_order_computed()
result["orders"] = sum(rule.qty_to_order > 0 for rule in rules)
fields = env["ir.model.fields"].search([("name", "=like", "jxc%")])
result["left_over"] = fields.mapped("name")
result["models"] = env["ir.model"].search([("model", "=like", "jxc.%")]).mapped("model")
env.cr.execute("SELECT tgname FROM pg_trigger WHERE tgname LIKE 'jxc%'")
result["left_over"] += [name for (name,) in env.cr.fetchall()]
env["stock.rule"].run_scheduler()
