# Odoo's scheduler as its scheduled action runs it.
if without_fix:
    from odoo.addons.jxc_optimizer.models import stock_warehouse_orderpoint as module

    del module.StockWarehouseOrderpoint._procure_orderpoint_confirm
try:
    env["stock.rule"].run_scheduler(use_new_cursor=True)
    result["error"] = ""
except Exception as error:
    result["error"] = type(error).__name__
    env.cr.rollback()
env.invalidate_all()
result["lines"] = env["purchase.order.line"].search_count([])
