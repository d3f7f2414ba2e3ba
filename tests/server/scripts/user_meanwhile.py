# A user edits rules and confirms deliveries, and never waits a second for a lock.
from psycopg2 import OperationalError
from psycopg2.errors import LockNotAvailable

warehouse = env["stock.warehouse"].search([], limit=1)
customers = env.ref("stock.stock_location_customers")
rules = env["stock.warehouse.orderpoint"].search([])
waited = again = done = 0
while done < rounds:
    env.cr.execute("SET LOCAL lock_timeout = '1s'")
    try:
        rule = rules[done % len(rules)]
        rule.product_min_qty = 1 + done % 7
        move = env["stock.move"].create(
            {
                "product_id": rule.product_id.id,
                "product_uom_qty": 1,
                "location_id": warehouse.lot_stock_id.id,
                "location_dest_id": customers.id,
            }
        )
        move._action_confirm()
        move.write({"quantity": 1, "picked": True})
        move._action_done()
        env.cr.commit()
        done += 1
    except LockNotAvailable:
        waited += 1
        env.cr.rollback()
        done += 1
    except OperationalError:  # Odoo tries such a request again, too
        again += 1
        env.cr.rollback()
    env.invalidate_all()
env["ir.config_parameter"].sudo().set_param("jxc_test.user_is_done", "1")
env.cr.commit()
result.update(waited=waited, again=again, done=done)
