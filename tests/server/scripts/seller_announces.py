# A salesperson of Odoo's own group adjusts a forecast, then loses the right again.
from odoo.exceptions import AccessError
from odoo.tests import new_test_user

env["jxc.run"]._cron_recompute()
env.cr.commit()
sellers = [
    new_test_user(env, login=f"seller {n}", groups="sales_team.group_sale_salesman")
    for n in range(2)
]
product = env["product.product"].search([("name", "=", "Product 3")])
announced = {
    "name": "A customer leaves",
    "kind": "adjustment",
    "note": "moved abroad",
    "date_from": "2020-01-01",
    "date_to": "2100-01-01",
    "scope": "products",
    "product_ids": [(6, 0, product.ids)],
    "expected_change": -0.25,
}


def refused(call):
    try:
        with env.cr.savepoint():
            call()
            env.flush_all()
    except AccessError as error:
        return type(error).__name__
    return "allowed"


events = env["jxc.demand.event"].with_user(sellers[0])
own = events.create(announced)
other = env["jxc.demand.event"].with_user(sellers[1]).create(announced)
result["own"] = own.expected_change
result["others"] = refused(lambda: other.with_user(sellers[0]).write({"note": "no"}))
result["promotion"] = refused(lambda: events.create({**announced, "kind": "promotion"}))
result["policies"] = refused(
    lambda: env["jxc.policy"].with_user(sellers[0]).search([]).mapped("unit_cost")
)
policy = env["jxc.policy"].search([("product_id", "=", product.id)])
desk = (
    env["jxc.demand.desk"]
    .with_user(sellers[0])
    .get_desk(product.id, policy.location_id.id)
)
result["costs on the desk"] = "unit_cost" in json.dumps(desk, default=str)
env.cr.commit()
env["ir.module.module"].search(
    [("name", "=", "jxc_optimizer_sale")]
).button_immediate_uninstall()
env.transaction.reset()
result["without the companion"] = (
    env["res.users"].browse(sellers[0].id).has_group("jxc_optimizer.group_announcer")
)
