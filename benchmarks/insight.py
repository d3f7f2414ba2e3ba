"""Time and statements of the overview, the matrix and a month of key figures.

    ./dev bench insight [--articles 100000] [--moves 10000000] [--json FILE]

Two years of done moves of one warehouse, three deliveries to a receipt, spread evenly
over the articles; policies of all articles. Keys of the JSON: overview_s, matrix_s
(median of five), list_s (first page behind a tile), overview_queries, snapshot_s (the
month that runs), month_s (the one before).
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

from devtools import cache, postgres
from devtools.odoo import Odoo

#: runs in Odoo's shell, with ``articles``, ``moves`` and ``answer`` set
SCRIPT = '''
import json, statistics, time
from dateutil.relativedelta import relativedelta
env = env(context={**env.context, "tracking_disable": True})
cr, company = env.cr, env.company
warehouse = env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
stock = warehouse.lot_stock_id
suppliers = env.ref("stock.stock_location_suppliers")
customers = env.ref("stock.stock_location_customers")
categories = env["product.category"].create([{"name": f"Group {n}"} for n in range(20)])
product = env["product.product"].create(
    {"name": "Article", "is_storable": True, "standard_price": 5.0})
found = {}
for name, source, target in (("in", suppliers, stock), ("out", stock, customers)):
    move = env["stock.move"].create({
        "product_id": product.id, "product_uom_qty": 3, "company_id": company.id,
        "location_id": source.id, "location_dest_id": target.id})
    move._action_confirm()
    move.quantity = 3
    move.picked = True
    move._action_done()
    found[name] = move
env.flush_all()

def clone(table, record, count, start=1, **values):
    """Copies of a row, numbered ``n``, with other values."""
    cr.execute("SELECT column_name FROM information_schema.columns"
               " WHERE table_name = %s AND column_name != 'id'", [table])
    columns = [name for [name] in cr.fetchall()]
    cr.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT "
        + ", ".join(values.get(name, f"row.{name}") for name in columns)
        + f" FROM {table} row, generate_series({start}, {start + count - 1}) n"
        f" WHERE row.id = {record.id}")

# what changed is counted anew afterwards anyway
for table in ("stock_move", "stock_move_line"):
    cr.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
clone("product_template", product.product_tmpl_id, articles,
      categ_id=f"{categories[0].id} + n % 20")
cr.execute("SELECT min(id) FROM product_template WHERE id > %s",
           [product.product_tmpl_id.id])
[first] = cr.fetchone()
clone("product_product", product, articles, product_tmpl_id=f"{first} + n - 1")
cr.execute("SELECT min(id) FROM product_product WHERE id > %s", [product.id])
[first] = cr.fetchone()
article = f"{first} + n % {articles}"
moment = "(now() AT TIME ZONE 'UTC' - interval '1 minute' * (n::bigint * 1051200 / %s))"
for name, count in (("in", moves // 4), ("out", moves - moves // 4)):
    cr.execute("SELECT max(id) FROM stock_move")
    [last] = cr.fetchone()
    date = moment % count
    clone("stock_move", found[name], count, product_id=article, date=date)
    line = found[name].move_line_ids
    clone("stock_move_line", line, count, product_id=article, date=date,
          move_id=f"{last} + n", quantity="9" if name == "in" else "3",
          quantity_product_uom="9" if name == "in" else "3")
quant = env["stock.quant"].search([("product_id", "=", product.id),
                                   ("location_id", "=", stock.id)], limit=1)
if not quant:
    quant = env["stock.quant"].create({"product_id": product.id, "quantity": 1,
                                       "location_id": stock.id})
    env.flush_all()
clone("stock_quant", quant, articles, product_id=article, quantity="n % 90")
policy = env["jxc.policy"].create({
    "company_id": company.id, "product_id": product.id, "warehouse_id": warehouse.id,
    "location_id": stock.id, "confidence": "A", "demand_per_day": 1, "lead_days": 20,
    "order_up_to": 60, "unit_cost": 5})
env.flush_all()
clone("jxc_policy", policy, articles, product_id=article,
      consumption_value="1e6 / n", on_hand="n % 90",
      abc_class="(ARRAY['A','B','C'])[1 + n % 3]",
      xyz_class="(ARRAY['X','Y','Z'])[1 + n % 5 % 3]")
for table in ("stock_move", "stock_move_line"):
    cr.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
cr.execute("ANALYZE")
cr.commit()

def timed(call):
    env.invalidate_all()
    before, start = cr.sql_log_count, time.perf_counter()
    call()
    return round(time.perf_counter() - start, 3), cr.sql_log_count - before

result = {"articles": articles, "moves": moves}
result["demand_s"], _count = timed(lambda: env["jxc.demand.day"]._refresh(company))
cr.commit()
cr.execute("ANALYZE jxc_demand_series")
result["plan_s"], _count = timed(lambda: env["jxc.kpi.month"]._plan(company))
months = env["jxc.kpi.month"].search([("company_id", "=", company.id)])
result["snapshot_s"], result["snapshot_queries"] = timed(months[0]._count)
result["month_s"], _count = timed(months[1]._count)
cr.commit()
# the other months only have to be there
for n in range(2, 13):
    cr.execute(
        """INSERT INTO jxc_kpi (company_id, month, last_day, warehouse_id, categ_id,
                  abc_class, xyz_class, articles, stock_value, value_days, cogs,
                  article_days, stockout_days, dead_value)
           SELECT company_id, (month - %s * interval '1 month')::date,
                  (last_day - %s * interval '1 month')::date, warehouse_id, categ_id,
                  abc_class, xyz_class, articles, stock_value, value_days, cogs,
                  article_days, stockout_days, dead_value
             FROM jxc_kpi WHERE month = %s""", [n, n, months[1].month])
cr.commit()
overview = env["jxc.overview"]
calls = [timed(overview.get_overview) for _time in range(5)]
result["overview_s"] = statistics.median(call[0] for call in calls)
result["overview_queries"] = max(call[1] for call in calls)
calls = [timed(overview.get_matrix) for _time in range(5)]
result["matrix_s"] = statistics.median(call[0] for call in calls)
result["matrix_queries"] = max(call[1] for call in calls)
domain = overview.get_exception_action("excess")["domain"]
page = {"product_id": {"fields": {"display_name": {}}}, "suggested_max": {}}
result["list_s"], _count = timed(
    lambda: env["jxc.policy"].web_search_read(domain, page, limit=80))
open(answer, "w").write(json.dumps(result))
'''


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--moves", type=int, default=10_000_000)
    parser.add_argument("--json", type=Path, help="also write the figures here")
    options = parser.parse_args()
    odoo = Odoo(postgres.server("test", durable=False))
    database = f"jxc_bench_insight_{os.getpid()}"
    odoo.build(database, ["jxc_optimizer"])
    try:
        answer = cache.path("logs", f"{database}.json")
        odoo.script(
            database,
            f"articles, moves, answer = {options.articles}, {options.moves}, "
            f"{str(answer)!r}\n{SCRIPT}",
            "Measuring",
        )
        result = json.loads(answer.read_text())
    finally:
        odoo.forget(database)
    print(json.dumps(result, indent=1))
    if options.json:
        options.json.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
