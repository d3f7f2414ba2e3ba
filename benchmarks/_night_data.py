"""What the benchmark of the night writes; run in Odoo's shell.

``series``, ``moves``, ``warehouses`` and ``days`` are set.
"""

from _clone import CLONE

GENERATE = (
    CLONE
    + '''
env = env(context={**env.context, "tracking_disable": True})
cr, company = env.cr, env.company
company.partner_id.tz = "Asia/Shanghai"
articles = series // warehouses
stocks = env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
stocks |= env["stock.warehouse"].create(
    [{"name": f"Branch {n}", "code": f"B{n}"} for n in range(1, warehouses)])
suppliers = env.ref("stock.stock_location_suppliers")
customers = env.ref("stock.stock_location_customers")
vendors = env["res.partner"].create([{"name": f"Vendor {n}"} for n in range(20)])
product = env["product.product"].create({
    "name": "Article", "is_storable": True, "standard_price": 5.0,
    "seller_ids": [(0, 0, {"partner_id": vendors[0].id, "delay": 14, "price": 5.0})]})
move = env["stock.move"].create({
    "product_id": product.id, "product_uom_qty": 3, "company_id": company.id,
    "location_id": suppliers.id, "location_dest_id": stocks[0].lot_stock_id.id})
move._action_confirm()
move.quantity = 3
move.picked = True
move._action_done()
rule = env["stock.warehouse.orderpoint"].create({
    "product_id": product.id, "warehouse_id": stocks[0].id,
    "location_id": stocks[0].lot_stock_id.id, "trigger": "manual"})
quant = env["stock.quant"].search([("product_id", "=", product.id),
                                   ("location_id", "=", stocks[0].lot_stock_id.id)])
env.flush_all()
cr.execute("SELECT setseed(0.19)")

template, variant = top("product_template"), top("product_product")
each = f"generate_series(0, {articles - 1}) n"
clone("product_template", product.product_tmpl_id, each, id=f"{template} + 1 + n")
clone("product_product", product, each, id=f"{variant} + 1 + n",
      product_tmpl_id=f"{template} + 1 + n")
clone("product_supplierinfo", product.seller_ids, each,
      product_tmpl_id=f"{template} + 1 + n", product_id="NULL",
      partner_id=f"{vendors[0].id} + n % 20", delay="7 + n % 30")
for table in ("product_template", "product_product"):
    cr.execute(f"SELECT setval('{table}_id_seq', {top(table)})")
cr.execute("CREATE TEMP TABLE place AS SELECT * FROM unnest(%s, %s) "
           "AS place(warehouse_id, location_id) "
           "CROSS JOIN LATERAL (SELECT array_position(%s, warehouse_id) - 1 AS w) w",
           [stocks.ids, stocks.lot_stock_id.ids, stocks.ids])
pairs = f"{each} CROSS JOIN place"
clone("stock_warehouse_orderpoint", rule, pairs, product_id=f"{variant} + 1 + n",
      warehouse_id="place.warehouse_id", location_id="place.location_id")
clone("stock_quant", quant, pairs, product_id=f"{variant} + 1 + n",
      location_id="place.location_id", quantity="floor(random() * 90)")

# What is written before the first night is counted whole by it anyway.
for table in ("stock_move", "stock_move_line"):
    cr.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
# The samples are old, so that the last day is one of the history.
for table in ("stock_move", "stock_move_line"):
    cr.execute(f"UPDATE {table} SET date = date - interval '{days} days'")
first = top("stock_move") + 1
# As a restore does: rows first, then the indexes and foreign keys, which are much
# slower to keep up to date row by row.
cr.execute("""SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
                FROM pg_constraint
               WHERE contype = 'f' AND conrelid IN
                     ('stock_move'::regclass, 'stock_move_line'::regclass)
                  OR contype = 'f' AND confrelid IN
                     ('stock_move'::regclass, 'stock_move_line'::regclass)""")
keys = cr.fetchall()
cr.execute("""SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
                FROM pg_index
               WHERE NOT indisprimary AND indrelid IN
                     ('stock_move'::regclass, 'stock_move_line'::regclass)""")
indexes = cr.fetchall()
for table, name, _definition in keys:
    cr.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
for name, _definition in indexes:
    cr.execute(f"DROP INDEX {name}")
cr.execute("""
    CREATE TABLE jxc_bench_move AS
    SELECT %(first)s + n AS id, kind, quantity, date,
           CASE WHEN kind = 'return' THEN %(first)s + n - 1 END AS origin,
           %(variant)s + 1 + (number / %(warehouses)s)::int AS product_id,
           place.location_id AS stock_id
      FROM (SELECT n, number,
                   CASE WHEN kind = 'return' AND lag(kind) OVER (ORDER BY n) != 'out'
                        THEN 'out' ELSE kind END AS kind,
                   quantity, date
              FROM (SELECT n,
                           floor(%(series)s * CASE WHEN random() < 0.8
                                      THEN 0.2 * random() ^ 2
                                      ELSE random() END)::int AS number,
                           (ARRAY['out','out','out','out','out','out','out','out',
                                  'out','out','out','out','out','out','in','in','in',
                                  'return','cancel','open']
                           )[1 + floor(random() * 20)::int] AS kind,
                           1 + floor(random() ^ 3 * 20) AS quantity,
                           date_trunc('day', now() AT TIME ZONE 'Asia/Shanghai')
                           - interval '1 day 8 hours'
                           - (%(days)s * (1 - n / %(moves)s::float8))
                           * interval '1 day' AS date
                      FROM generate_series(0, %(moves)s - 1) n OFFSET 0) drawn) named
      JOIN place ON place.w = number %% %(warehouses)s
""", {"first": first, "variant": variant, "series": series, "moves": moves,
      "warehouses": warehouses, "days": days})
# A return takes back what the move before it delivered.
cr.execute("""
    UPDATE jxc_bench_move back SET product_id = origin.product_id,
           stock_id = origin.stock_id, quantity = 1
      FROM jxc_bench_move origin WHERE origin.id = back.origin""")
cr.execute("ANALYZE jxc_bench_move")
source = f"""CASE WHEN n.kind = 'in' THEN {suppliers.id}
                  WHEN n.kind = 'return' THEN {customers.id} ELSE n.stock_id END"""
target = f"""CASE WHEN n.kind IN ('in', 'return') THEN n.stock_id
                  ELSE {customers.id} END"""
state = """CASE n.kind WHEN 'cancel' THEN 'cancel' WHEN 'open' THEN 'confirmed'
                       ELSE 'done' END"""
size = "CASE WHEN n.kind = 'in' THEN n.quantity * 5 ELSE n.quantity END"

rows = "(SELECT * FROM jxc_bench_move ORDER BY id) n"
clone("stock_move", move, rows, id="n.id", product_id="n.product_id",
      location_id=source, location_dest_id=target, state=state,
      date="n.date + CASE WHEN n.kind = 'open' THEN interval '800 days' "
           "ELSE interval '0' END", date_deadline="n.date",
      origin_returned_move_id="n.origin", product_qty=size, product_uom_qty=size,
      quantity=size)
clone("stock_move_line", move.move_line_ids,
      f"(SELECT * FROM {rows} WHERE kind NOT IN ('cancel', 'open')) n",
      move_id="n.id", product_id="n.product_id", location_id=source,
      location_dest_id=target, date="n.date", quantity=size,
      quantity_product_uom=size)
for table in ("stock_move", "stock_move_line"):
    cr.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
cr.execute(f"SELECT setval('stock_move_id_seq', {first + moves})")
cr.execute("DROP TABLE jxc_bench_move")
for _name, definition in indexes:
    cr.execute(definition)
for table, name, definition in keys:
    cr.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
cr.execute("DELETE FROM jxc_demand_change")
env["ir.config_parameter"].set_param("jxc_bench.last_move", first + moves)
env["jxc.run"].search([]).unlink()
cr.commit()
'''
)
