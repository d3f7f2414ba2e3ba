# A user edits reordering rules and delivers goods until a night is over.
import time
from itertools import cycle

import psycopg2

from odoo.service.model import retrying

rules = env["stock.warehouse.orderpoint"].search([])
customers = env.ref("stock.stock_location_customers")
waited_too_long = during_the_night = 0


def edit(rule):
    rule.product_min_qty += 1


def deliver(rule):
    move = env["stock.move"].create(
        {
            "product_id": rule.product_id.id,
            "product_uom_qty": 1,
            "location_id": rule.location_id.id,
            "location_dest_id": customers.id,
        }
    )
    move._action_confirm()
    move.write({"quantity": 1, "picked": True})
    move._action_done()


def act(action, rule):
    """As a request does: again when somebody changed the same, but never waiting."""
    global waited_too_long
    env.cr.execute("SET LOCAL lock_timeout = '1s'")
    try:
        action(rule)
        env.flush_all()
    except psycopg2.errors.LockNotAvailable:
        waited_too_long += 1
        raise


def run_state():
    return env["jxc.run"].search([], limit=1).state


env["ir.config_parameter"].set_param("jxc_test.user", "at work")
env.cr.commit()
for number, rule in zip(range(1000), cycle(rules)):
    action = (edit, deliver)[number % 2]
    retrying(lambda action=action, rule=rule: act(action, rule), env)
    env.cr.commit()
    state = run_state()
    env.cr.commit()
    if state in ("done", "failed", "cancelled"):
        break
    during_the_night += bool(state)
    time.sleep(0.3)
result["waited_too_long"] = waited_too_long
result["during_the_night"] = during_the_night
