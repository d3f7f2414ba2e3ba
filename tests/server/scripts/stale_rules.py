# 60 automatic rules that need 20 each, while the stored quantity still says 0.
vendor = env["res.partner"].create({"name": "Vendor"})
products = env["product.product"].create(
    [
        {
            "name": f"Product {number}",
            "type": "consu",
            "is_storable": True,
            "seller_ids": [(0, 0, {"partner_id": vendor.id, "price": 5, "delay": 2})],
        }
        for number in range(60)
    ]
)
stock = env["stock.warehouse"].search([], limit=1).lot_stock_id
env["stock.warehouse.orderpoint"].create(
    [
        {
            "product_id": product.id,
            "location_id": stock.id,
            "product_min_qty": 10,
            "product_max_qty": 20,
            "trigger": "auto",
        }
        for product in products
    ]
)
env.cr.commit()
env.cr.execute("UPDATE stock_warehouse_orderpoint SET qty_to_order_computed = 0")
env.cr.commit()
env.invalidate_all()
