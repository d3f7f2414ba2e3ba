"""Time, SQL statements and memory of the night run, beside two plain queries.

    ./dev bench night --products N --moves M --warehouses W [--days 730]
        [--peers] [--keep NAME] [--json FILE]

A database of N product × warehouse series, each with a reordering rule, and M stock
moves: four fifths of them of one fifth of the series; deliveries, receipts, returns,
cancelled and open ones. Three nights: the first, one with a new day, and one with
nothing new. Yardsticks, in the same session: ``GROUP BY product, warehouse, local
day`` of the done move lines, and ``count(*), sum(quantity)`` of all.

Keys of the JSON: first_night_s, new_day_s, nothing_new_s, group_by_s, floor_s (median
of three each), peak_mb, statements_per_shard, series_per_s, and steps of each night.
Names ending in _cpu_s are processor time, ours and that of our PostgreSQL connection:
on a machine with other work only these say much. new_day_moved_cpu_s: what the action
of every five minutes spends on the products that moved on the new day.
``--peers``: peer_rules_per_s, rules that OCA's stock_orderpoint_safety_stock computes
and writes in a second, the median of three slices of the same database.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

from devtools import cache, console, postgres
from devtools.extra import OdooWith
from devtools.odoo import Odoo

#: enough of them for a steady figure, few enough not to wait for it
PEER_RULES = 300

#: both run in Odoo's shell, with ``series``, ``moves``, ``warehouses``, ``days`` set
GENERATE = '''
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

def clone(table, record, rows, **values):
    """A copy of a row for each of ``rows`` (named n), with other values."""
    cr.execute("SELECT column_name FROM information_schema.columns"
               " WHERE table_name = %s AND column_name != 'id'", [table])
    columns = [name for [name] in cr.fetchall()]
    if "id" in values:
        columns.insert(0, "id")
    cr.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT "
        + ", ".join(values.get(name, f"row.{name}") for name in columns)
        + f" FROM {rows}, {table} row WHERE row.id = {record.id}")

def top(table):
    cr.execute(f"SELECT max(id) FROM {table}")
    return cr.fetchone()[0]

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

#: take back everything that nights have written
RESET = """
cr = env.cr
last = int(env["ir.config_parameter"].get_param("jxc_bench.last_move"))
for table, key in (("stock_move_line", "move_id"), ("stock_move", "id")):
    cr.execute(f"DELETE FROM {table} WHERE {key} > %s", [last])
cr.execute("SELECT tablename FROM pg_tables WHERE tablename IN ("
           "'jxc_run', 'jxc_policy', 'jxc_policy_history', 'jxc_policy_input',"
           "'jxc_demand_series',"
           "'jxc_demand_state', 'jxc_demand_change', 'jxc_replenish_mark')")
cr.execute(f"TRUNCATE {', '.join(name for [name] in cr.fetchall())} CASCADE")
cr.execute("SELECT column_name FROM information_schema.columns WHERE table_name ="
           " 'stock_warehouse_orderpoint' AND column_name LIKE 'jxc\\\\_%'")
names = [name for [name] in cr.fetchall()]
cr.execute(f"UPDATE stock_warehouse_orderpoint SET "
           + ", ".join(f"{name} = NULL" for name in names)
           + " WHERE jxc_terms IS NOT NULL OR jxc_note IS NOT NULL")
cr.commit()
"""

MEASURE = '''
import json, os, resource, statistics, time
from datetime import timedelta
from unittest.mock import patch
cr, company = env.cr, env.company
Day = type(env["jxc.demand.day"])
today = env["jxc.demand.day"]._today(company)

cr.execute("SELECT pg_backend_pid()")
[backend] = cr.fetchone()

def spent():
    """Processor time so far, ours and that of our connection."""
    with open(f"/proc/{backend}/stat") as stat:
        ticks = sum(map(int, stat.read().rpartition(")")[2].split()[11:13]))
    mine = resource.getrusage(resource.RUSAGE_SELF)
    return mine.ru_utime + mine.ru_stime + ticks / os.sysconf("SC_CLK_TCK")

def seconds(query):
    """Of the clock, and of the processor without parallel workers, which it misses."""
    taken, used = [], []
    for workers, times in (("2", taken), ("0", used)):
        cr.execute("SET max_parallel_workers_per_gather = " + workers)
        for _time in range(3):
            start = time.perf_counter(), spent()
            cr.execute(query)
            times.append((time.perf_counter() - start[0], spent() - start[1]))
    cr.execute("RESET max_parallel_workers_per_gather")
    return (round(statistics.median(wall for wall, _cpu in taken), 2),
            round(statistics.median(cpu for _wall, cpu in used), 2))

def night(day):
    """Seconds of a night as the scheduled action runs it, and its steps."""
    with patch.object(Day, "_today", lambda self, company: day):
        start = time.perf_counter(), spent()
        env["jxc.run"]._cron_recompute()
        cr.commit()
        taken = time.perf_counter() - start[0], spent() - start[1]
    run = env["jxc.run"].search([("company_id", "=", company.id)], limit=1)
    assert run.state == "done", (run.state, run.error)
    return *(round(part, 2) for part in taken), run

result = {"series": series, "moves": moves, "warehouses": warehouses, "days": days}
result["floor_s"], result["floor_cpu_s"] = seconds(
    "SELECT count(*), sum(quantity) FROM stock_move_line")
# Counted inside the server: a million rows sent to us would be our own time.
result["group_by_s"], result["group_by_cpu_s"] = seconds("""
    SELECT count(*) FROM (
           SELECT l.product_id, source.warehouse_id,
                  (l.date AT TIME ZONE 'UTC' AT TIME ZONE 'Asia/Shanghai')::date AS day,
                  sum(l.quantity_product_uom)
             FROM stock_move_line l
             JOIN stock_location source ON source.id = l.location_id
             JOIN stock_location target ON target.id = l.location_dest_id
            WHERE l.state = 'done'
            GROUP BY 1, 2, 3) AS days""")
cr.commit()
per_shard = ("read demand", "read supply", "statistics", "plan", "write history",
             "write policies", "write rules")
for name in ("first_night", "new_day", "nothing_new"):
    day = today - timedelta(days=1) if name == "first_night" else today
    if name == "new_day":
        # The last day once more: its moves and lines a day later, through triggers.
        cr.execute("SELECT max(id) FROM stock_move")
        [shift] = cr.fetchone()
        cr.execute("""CREATE TEMP TABLE bench_day ON COMMIT DROP AS
                      SELECT id FROM stock_move WHERE state = 'done' AND date >= (
                             SELECT max(date) - interval '1 day' FROM stock_move
                              WHERE state = 'done')""")
        for table, key, changed in (
            ("stock_move", "id", {
                "id": f"id + {shift}", "date": "date + interval '1 day'",
                "origin_returned_move_id": "NULL"}),
            ("stock_move_line", "move_id", {
                "move_id": f"move_id + {shift}", "date": "date + interval '1 day'"}),
        ):
            cr.execute("SELECT column_name FROM information_schema.columns"
                       " WHERE table_name = %s", [table])
            names = [column for [column] in cr.fetchall()
                     if column != "id" or "id" in changed]
            cr.execute(f"INSERT INTO {table} ({', '.join(names)}) SELECT "
                       + ", ".join(changed.get(column, column) for column in names)
                       + f" FROM {table} WHERE {key} IN (SELECT id FROM bench_day)")
            result["new_lines"] = cr.rowcount
        # Odoo would have told us of these moves, and we would have looked at them.
        cr.execute("""INSERT INTO jxc_replenish_mark (product_id)
                      SELECT product_id FROM stock_move WHERE id > %s""", [shift])
        cr.commit()
        start = spent()
        with patch.object(Day, "_today", lambda self, company: day):
            env["jxc.replenish.mark"]._refresh()
        cr.commit()
        result["new_day_moved_cpu_s"] = round(spent() - start, 2)
    result[f"{name}_s"], result[f"{name}_cpu_s"], run = night(day)
    shards = len(run.shard_ids)
    result[f"{name}_steps"] = run.timings
    result[f"{name}_policies"] = run.policies_changed
    result[f"{name}_due"] = run.articles_due
    if name == "first_night":
        result["shards"] = shards
        result["statements_per_shard"] = round(
            sum(run.timings[step][1] for step in per_shard) / shards, 1)
        result["series_per_s"] = round(run.series / result["first_night_s"])
    # As autovacuum would long have done by the next night.
    cr.execute("ANALYZE")
    cr.commit()
result["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
open(answer, "w").write(json.dumps(result))
'''


#: the same rules by OCA's add-on, some hundred of them three times
PEER = """
import statistics, time
cr = env.cr
level = env["stock.cycle.service.level"].search([], limit=1)
rules = env["stock.warehouse.orderpoint"].search([], order="id")
step = len(rules) // (3 * slice)
rates = []
for part in range(3):
    chosen = rules[part::step][:slice]
    cr.execute("UPDATE stock_warehouse_orderpoint SET safety_stock_method = 'csl',"
               " cycle_service_level_id = %s, cycle_days = 30 WHERE id = ANY(%s)",
               [level.id, chosen.ids])
    cr.commit()
    env.invalidate_all()
    start = time.perf_counter()
    chosen._apply_safety_stock()
    env.flush_all()
    cr.commit()
    rates.append(len(chosen) / (time.perf_counter() - start))
open(answer, "w").write(str(round(statistics.median(rates), 1)))
env["ir.module.module"].search(
    [("name", "=", "stock_orderpoint_safety_stock")]).button_immediate_uninstall()
"""


def peer_rules_per_s(odoo: Odoo, database: str) -> float:
    """Rules per second of stock_orderpoint_safety_stock in the same database."""
    peer = OdooWith(
        odoo.server, "safety_stock",
        "odoo-addon-stock_orderpoint_safety_stock==19.0.*", "pyerf",
    )  # fmt: skip
    peer.install(
        database, ["stock_orderpoint_safety_stock"], "Installing the other add-on"
    )
    answer = cache.path("logs", f"{database}-peer.txt")
    values = f"slice, answer = {PEER_RULES}, {str(answer)!r}\n"
    peer.script(database, values + PEER, "The other add-on")
    return float(answer.read_text())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--products", type=int, default=10_000, metavar="N")
    parser.add_argument("--moves", type=int, default=1_000_000, metavar="M")
    parser.add_argument("--warehouses", type=int, default=2, metavar="W")
    parser.add_argument("--days", type=int, default=730)
    parser.add_argument(
        "--peers", action="store_true",
        help="also OCA's stock_orderpoint_safety_stock, which pip fetches",
    )  # fmt: skip
    parser.add_argument("--json", type=Path, help="also write the figures here")
    parser.add_argument(
        "--keep", metavar="NAME",
        help="keep the database under this name, and use it again next time",
    )  # fmt: skip
    options = parser.parse_args()
    if options.products % options.warehouses:
        parser.error("N must be a multiple of W: every article is in every warehouse.")
    odoo = Odoo(postgres.server("test", durable=False))
    database = f"jxc_bench_night_{options.keep or os.getpid()}"
    answer = cache.path("logs", f"{database}.json")
    values = (
        f"series, moves = {options.products}, {options.moves}\n"
        f"warehouses, days = {options.warehouses}, {options.days}\n"
        f"answer = {str(answer)!r}\n"
    )
    try:
        if options.keep and database in odoo.server.databases():
            odoo.install(database, ["jxc_optimizer"], "Updating", update=True)
            odoo.script(database, RESET, "Back to the day before the first night")
        else:
            odoo.build(database, ["jxc_optimizer"])
            odoo.script(database, values + GENERATE, "Writing the history")
        with console.step("Vacuum"):
            odoo.server.execute("VACUUM (ANALYZE)", database=database)
        odoo.script(database, values + MEASURE, "Three nights and two yardsticks")
        result = json.loads(answer.read_text())
        if options.peers:
            result["peer_rules_per_s"] = peer = peer_rules_per_s(odoo, database)
            for night in ("first_night", "new_day"):
                ours = options.products / result[f"{night}_s"]
                result[f"{night}_times_peer"] = round(ours / peer, 1)
    finally:
        if not options.keep:
            odoo.forget(database)
    print(json.dumps(result, indent=1))
    if options.json:
        options.json.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
