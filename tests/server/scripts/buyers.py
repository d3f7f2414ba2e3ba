# Four people at work on the same reordering rules, each on a connection of his own.
import threading
from functools import partial

import psycopg2

from odoo import api
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.service.model import retrying

LOT = 4
vendor = env["res.partner"].create({"name": "Vendor"})
products = env["product.product"].create(
    [
        {
            "name": f"Product {number}",
            "is_storable": True,
            "seller_ids": [
                Command.create({"partner_id": vendor.id, "price": 5, "delay": 2})
            ],
        }
        for number in range(count)
    ]
)
warehouse = env["stock.warehouse"].search([], limit=1)
stock = warehouse.lot_stock_id
customers = env.ref("stock.stock_location_customers")
rules = env["stock.warehouse.orderpoint"].create(
    [
        {
            "product_id": product.id,
            "location_id": stock.id,
            "product_min_qty": 4,
            "product_max_qty": 8,
            "trigger": "auto",
        }
        for product in products
    ]
)
for product in products:
    env["stock.quant"]._update_available_quantity(product, stock, 10)
# as a run would write them
rules.write({"jxc_note": "suggested", "jxc_suggested_min": 20, "jxc_suggested_max": 40})
rules._compute_jxc_has_change()
env.cr.commit()
ids, product_ids = rules.ids, products.ids
lots = [ids[start : start + LOT] for start in range(0, count, LOT)]
registry, uid = env.registry, env.ref("base.user_admin").id
errors = []
ready = threading.Barrier(4)


def steps(name, lots, work):
    """An actor: each lot in a transaction, tried again as Odoo's server does."""
    threading.current_thread().dbname = env.cr.dbname
    ready.wait(timeout=60)
    for lot in lots:
        with registry.cursor() as cr:
            own = api.Environment(cr, uid, {"tracking_disable": True})
            try:
                retrying(partial(work, own, lot), own)
            except UserError:
                cr.rollback()  # nothing left to apply: the other one was faster
            except psycopg2.errors.SerializationFailure:
                cr.rollback()  # five times in vain: the user is told so
            except Exception as error:
                cr.rollback()
                errors.append(f"{name}: {type(error).__name__}: {error}")


def apply(own, lot):
    own["stock.warehouse.orderpoint"].browse(lot).action_jxc_apply()


def deliver(own, lot):
    moves = own["stock.move"].create(
        [
            {
                "product_id": product_ids[ids.index(number)],
                "product_uom_qty": 6,
                "location_id": stock.id,
                "location_dest_id": customers.id,
            }
            for number in lot
        ]
    )
    moves._action_confirm()


def order(own, _lot):
    """Odoo's scheduler, as its scheduled action runs it."""
    own["stock.rule"].run_scheduler(use_new_cursor=True)


actors = [
    threading.Thread(target=steps, args=given)
    for given in (
        ("first buyer", lots, apply),
        ("second buyer", lots[::-1], apply),
        ("warehouse", lots[1:] + lots[:1], deliver),
        ("scheduler", range(3), order),
    )
]
for actor in actors:
    actor.start()
for actor in actors:
    actor.join(timeout=300)
if any(actor.is_alive() for actor in actors):
    errors.append("somebody is still at work")

# the rest of the day: what was refused is done again, and the scheduler runs once more
env.cr.rollback()
env.invalidate_all()
left = rules.filtered("jxc_has_change")
if left:
    left.action_jxc_apply()
booked = env["stock.move"].search([("product_id", "in", product_ids)])
waiting = set(product_ids) - set(
    booked.filtered(lambda move: move.location_dest_id == customers).product_id.ids
)
if waiting:
    deliver(env, [ids[product_ids.index(number)] for number in waiting])
env.cr.commit()
env["stock.rule"].run_scheduler(use_new_cursor=True)
env.invalidate_all()

changes = env["jxc.change"].search([], order="orderpoint_id")
lines = env["purchase.order.line"].search([("product_id", "in", product_ids)])
result["errors"] = errors
result["changes"] = [[c.old_min, c.old_max, c.new_min, c.new_max] for c in changes]
result["levels"] = [[rule.product_min_qty, rule.product_max_qty] for rule in rules]
result["deliveries"] = env["stock.move"].search_count(
    [
        ("product_id", "in", product_ids),
        ("location_dest_id", "=", customers.id),
        ("state", "in", ("confirmed", "assigned", "partially_available")),
    ]
)
result["positions"] = [
    10 - 6 + sum(line.product_qty for line in lines if line.product_id.id == number)
    for number in product_ids
]
result["lines"] = [
    len(lines.filtered(lambda line, n=number: line.product_id.id == n))
    for number in product_ids
]
