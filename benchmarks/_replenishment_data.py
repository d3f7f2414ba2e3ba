"""What the benchmark of Replenishment writes; run in Odoo's shell.

``rules``, ``to_order`` and ``moves`` are set.
"""

from _clone import CLONE

GENERATE = (
    CLONE
    + '''
env = env(context={**env.context, "tracking_disable": True})
cr, company = env.cr, env.company
stock = env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
place = stock.lot_stock_id
customers = env.ref("stock.stock_location_customers")
vendors = env["res.partner"].create([{"name": f"Vendor {n}"} for n in range(100)])
product = env["product.product"].create({
    "name": "Article", "is_storable": True, "standard_price": 5.0, "purchase_ok": True,
    "seller_ids": [(0, 0, {"partner_id": vendors[0].id, "delay": 14, "price": 5.0,
                           "company_id": company.id})]})
env["stock.quant"]._update_available_quantity(product, place, 100)
move = env["stock.move"].create({
    "product_id": product.id, "product_uom_qty": 3, "company_id": company.id,
    "location_id": place.id, "location_dest_id": customers.id})
move._action_confirm()
move.quantity = 3
move.picked = True
move._action_done()
rule = env["stock.warehouse.orderpoint"].create({
    "product_id": product.id, "warehouse_id": stock.id, "location_id": place.id,
    "trigger": "auto", "product_min_qty": 20, "product_max_qty": 60})
quant = env["stock.quant"].search([("product_id", "=", product.id),
                                   ("location_id", "=", place.id)])
dozen = env.ref("uom.product_uom_dozen")
env.flush_all()
cr.execute("SELECT setseed(0.19)")

template, variant = top("product_template"), top("product_product")
each = f"generate_series(0, {rules - 1}) n"
clone("product_template", product.product_tmpl_id, each, id=f"{template} + 1 + n",
      name="""jsonb_build_object('en_US', 'Article ' || n)""")
clone("product_product", product, each, id=f"{variant} + 1 + n",
      product_tmpl_id=f"{template} + 1 + n", default_code="'A' || n")
# the first vendor has a tenth of the articles
seller = f"""{vendors[0].id} + CASE WHEN n % 10 = 3 THEN 0 ELSE n % 100 END"""
clone("product_supplierinfo", product.seller_ids, each,
      product_tmpl_id=f"{template} + 1 + n", product_id="NULL", partner_id=seller,
      delay="7 + n % 30", price="2 + n % 17",
      min_qty="CASE WHEN n % 10 = 7 THEN 50 ELSE 0 END")
clone("product_supplierinfo", product.seller_ids,
      f"generate_series(7, {rules - 1}, 20) n", product_tmpl_id=f"{template} + 1 + n",
      product_id="NULL", partner_id=seller, delay="7 + n % 30", min_qty="200",
      price="(2 + n % 17) * 0.95")
for table in ("product_template", "product_product"):
    cr.execute(f"SELECT setval('{table}_id_seq', {top(table)})")
clone("stock_warehouse_orderpoint", rule, each, product_id=f"{variant} + 1 + n",
      product_min_qty="10 + n % 20", product_max_qty="35 + n % 50",
      qty_to_order_computed="NULL", deadline_date="NULL",
      replenishment_uom_id=f"CASE WHEN n % 20 = 11 THEN {dozen.id} END")
cr.execute("INSERT INTO product_template_uom_uom_rel (product_template_id, uom_uom_id)"
           " SELECT %s + 1 + n, %s FROM generate_series(11, %s, 20) n"
           " ON CONFLICT DO NOTHING", [template, dozen.id, rules - 1])
# a fifth lies below its minimum
clone("stock_quant", quant, each, product_id=f"{variant} + 1 + n", quantity=f"""
      CASE WHEN (n * 7919) % {rules} < {to_order} THEN (n % 9)
           ELSE 30 + floor(random() * 60) END""", reserved_quantity="0")

# The samples are old, so that the last day is one of the history.
first = top("stock_move") + 1
cr.execute("""
    CREATE TABLE bench_move AS
    SELECT %(first)s + n AS id, %(variant)s + 1 + number AS product_id,
           1 + floor(random() ^ 3 * 12) AS quantity,
           date_trunc('day', now()) - interval '1 day'
           - (730 * (1 - n / %(moves)s::float8)) * interval '1 day' AS date
      FROM (SELECT n, floor(%(rules)s * CASE WHEN random() < 0.8
                            THEN 0.2 * random() ^ 2 ELSE random() END)::int AS number
              FROM generate_series(0, %(moves)s - 1) n OFFSET 0) drawn
""", {"first": first, "variant": variant, "rules": rules, "moves": moves})
rows = "(SELECT * FROM bench_move ORDER BY id) n"
clone("stock_move", move, rows, id="n.id", product_id="n.product_id", date="n.date",
      date_deadline="n.date", product_qty="n.quantity", product_uom_qty="n.quantity",
      quantity="n.quantity")
clone("stock_move_line", move.move_line_ids, rows, move_id="n.id",
      product_id="n.product_id", date="n.date", quantity="n.quantity",
      quantity_product_uom="n.quantity")
cr.execute(f"SELECT setval('stock_move_id_seq', {first + moves})")
cr.execute("DROP TABLE bench_move")
# the samples go
product.orderpoint_ids.unlink()
product.product_tmpl_id.active = False
env.invalidate_all()
points = env["stock.warehouse.orderpoint"].search([])
points._compute_qty_to_order_computed()
points._compute_deadline_date()
env.flush_all()
cr.commit()
'''
)

NIGHT = """
env["jxc.run"]._cron_recompute()
run = env["jxc.run"].search([], limit=1)
assert run.state == "done", (run.state, run.error)
env.cr.commit()
"""
