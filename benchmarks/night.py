"""Time, SQL statements and memory of the night run, beside two plain queries.

    ./dev bench night --products N --moves M --warehouses W [--days 730]
        [--alone] [--peers] [--keep NAME] [--json FILE]

A database of N product × warehouse series, each with a reordering rule, and M stock
moves: four fifths of them of one fifth of the series; deliveries, receipts, returns,
cancelled and open ones. Three nights: the first, one with a new day, and one with
nothing new. Yardsticks, in the same session: ``GROUP BY product, warehouse, local
day`` of the done move lines, and ``count(*), sum(quantity)`` of all.

As by default in Odoo, two scheduled actions work at a time: one leads the night, the
other, in a process of its own, helps with its shards (``--alone``: nobody helps).

Keys of the JSON: first_night_s, new_day_s, nothing_new_s, group_by_s, floor_s (median
of three each, unless one takes long), peak_mb, statements_per_shard, series_per_s, and
steps of each night. Names ending in _cpu_s are processor time, ours and that of our
PostgreSQL connections: on a machine with other work only these say much.
new_day_moved_cpu_s: what the action of every five minutes spends on the products that
moved on the new day.
``--peers``: peer_rules_per_s, rules that OCA's stock_orderpoint_safety_stock computes
and writes in a second, the median of three slices of the same database.
"""

from __future__ import annotations

import argparse
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from _night_data import GENERATE

from devtools import cache, console, postgres
from devtools.extra import OdooWith
from devtools.odoo import Odoo

#: enough of them for a steady figure, few enough not to wait for it
PEER_RULES = 300

#: take back everything that nights have written
RESET = """
cr = env.cr
last = int(env["ir.config_parameter"].get_param("jxc_bench.last_move"))
env["ir.config_parameter"].set_param("jxc_bench.helper", False)
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


def helper():
    """Processes of the other scheduled action; none as long as it has not begun."""
    cr.rollback()
    cr.execute("SELECT value FROM ir_config_parameter WHERE key = 'jxc_bench.helper'")
    return [number for [value] in cr.fetchall() for number in json.loads(value)]

for _second in range(300 * helps):
    if helper():
        break
    time.sleep(1)
cr.execute("SELECT pg_backend_pid()")
[backend] = cr.fetchone()
processes = [os.getpid(), backend, *helper()]

def spent():
    """Processor time so far, ours, our helper's, and that of the connections."""
    ticks = 0
    for process in processes:
        with open(f"/proc/{process}/stat") as stat:
            ticks += sum(map(int, stat.read().rpartition(")")[2].split()[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")

#: seconds after which once is enough
LONG = 30

def seconds(query):
    """Of the clock, and of the processor without parallel workers, which it misses."""
    taken, used = [], []
    for workers, times in (("2", taken), ("0", used)):
        cr.execute("SET max_parallel_workers_per_gather = " + workers)
        for _time in range(3):
            start = time.perf_counter(), spent()
            cr.execute(query)
            times.append((time.perf_counter() - start[0], spent() - start[1]))
            if times[-1][0] > LONG:
                break
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

result = {"series": series, "moves": moves, "warehouses": warehouses, "days": days,
          "processes": 1 + helps}
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
per_shard = ("read demand", "read supply", "statistics", "bookings", "plan",
             "write history", "write policies", "write rules", "exceptions")
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


#: the second of Odoo's workers for scheduled actions, with nothing else to do
HELP = """
import json, os, time
cr = env.cr
cr.execute("SELECT pg_backend_pid()")
[backend] = cr.fetchone()
helper = env.ref("jxc_optimizer.ir_cron_help")
env["ir.config_parameter"].set_param(
    "jxc_bench.helper", json.dumps([os.getpid(), backend]))
cr.commit()
while not os.path.exists(answer):
    cr.execute("DELETE FROM ir_cron_trigger WHERE cron_id = %s", [helper.id])
    called = cr.rowcount
    cr.commit()
    if called:
        env["jxc.run"]._cron_help()
        cr.commit()
    time.sleep(0.02)
"""

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
    parser.add_argument("--alone", action="store_true", help="one scheduled action")
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
        f"answer, helps = {str(answer)!r}, {not options.alone}\n"
    )
    answer.unlink(missing_ok=True)
    try:
        if options.keep and database in odoo.server.databases():
            odoo.install(database, ["jxc_optimizer"], "Updating", update=True)
            odoo.script(database, RESET, "Back to the day before the first night")
        else:
            odoo.build(database, ["jxc_optimizer"])
            odoo.script(database, values + GENERATE, "Writing the history")
        with console.step("Vacuum"):
            odoo.server.execute("VACUUM (ANALYZE)", database=database)
        with ThreadPoolExecutor(1) as pool:
            if not options.alone:
                title = "The other scheduled action"
                helper = pool.submit(odoo.script, database, values + HELP, title)
            try:
                measure = values + MEASURE
                odoo.script(database, measure, "Three nights and two yardsticks")
            finally:
                answer.touch()
        if not options.alone:
            helper.result()
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
