# A past of 20 weeks for some products, and rules for them.
from datetime import timedelta

from odoo import fields

warehouse = env["stock.warehouse"].search([], limit=1)
customers = env.ref("stock.stock_location_customers")
vendor = env["res.partner"].create({"name": "Vendor"})
products = env["product.product"].create(
    [
        {
            "name": f"Product {number}",
            "type": "consu",
            "is_storable": True,
            "standard_price": 3 + number,
            "seller_ids": [(0, 0, {"partner_id": vendor.id, "price": 5, "delay": 2})],
        }
        for number in range(12)
    ]
)
for week in range(20):
    moves = env["stock.move"].create(
        [
            {
                "product_id": product.id,
                "product_uom_qty": 1 + (week + index) % 5,
                "location_id": warehouse.lot_stock_id.id,
                "location_dest_id": customers.id,
            }
            for index, product in enumerate(products)
        ]
    )
    moves._action_confirm()
    for move in moves:
        move.write({"quantity": move.product_uom_qty, "picked": True})
    moves._action_done()
    moment = fields.Datetime.now() - timedelta(days=7 * week + 2)
    moves.date = moment
    moves.move_line_ids.date = moment
env["stock.warehouse.orderpoint"].create(
    [
        {
            "product_id": product.id,
            "location_id": warehouse.lot_stock_id.id,
            "product_min_qty": 1,
            "product_max_qty": 2,
            "trigger": "auto",
        }
        for product in products
    ]
)
env.cr.commit()
