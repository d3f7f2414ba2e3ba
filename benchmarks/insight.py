"""Time and statements of the overview, the matrix and a month of key figures.

    ./dev bench insight [--products N --moves M --warehouses W] [--keep NAME]
                        [--json FILE]

The history of ``./dev bench night``: N product × warehouse series and M stock moves in
two years; categories and buyers are dealt out, and a run has made the policies. With
--keep the database that ``./dev bench night --keep NAME`` has kept is copied instead of
making another one.

Keys of the JSON: overview_s, matrix_s, list_s and cell_s (first page behind a tile and
behind a cell; medians of five) and their queries; snapshot_s (the month that runs),
month_s (the one before), weeks_s (the weeks before the first run, told once), week_s
(exceptions found anew, as each run does) and marks_s (those of a hundred products).
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

from _night_data import GENERATE

from devtools import cache, console, postgres
from devtools.odoo import Odoo

#: runs in Odoo's shell, with ``answer`` set
MEASURE = """
import json, statistics, time
from lxml import etree
env = env(context={**env.context, "tracking_disable": True})
cr, company = env.cr, env.company

categories = env["product.category"].create([{"name": f"Group {n}"} for n in range(20)])
buyers = env["res.users"].create(
    [{"name": f"Buyer {n}", "login": f"bench buyer {n}"} for n in range(5)])
env.flush_all()
cr.execute("UPDATE product_template SET categ_id = %s + id %% 20, responsible_id ="
           " jsonb_build_object(%s, %s + id %% 5)",
           [categories[0].id, str(company.id), buyers[0].id])
cr.commit()
env.invalidate_all()

def timed(call):
    env.invalidate_all()
    before, start = cr.sql_log_count, time.perf_counter()
    call()
    return round(time.perf_counter() - start, 3), cr.sql_log_count - before

if not env["jxc.policy"].search_count([("company_id", "=", company.id)], limit=1):
    env["jxc.run"]._cron_recompute()
    cr.commit()
cr.execute("SELECT count(*), count(*) FILTER (WHERE state = 'done') FROM stock_move")
moves, done = cr.fetchone()
result = {
    "articles": env["product.product"].search_count([("is_storable", "=", True)]),
    "policies": env["jxc.policy"].search_count([("company_id", "=", company.id)]),
    "moves": moves, "done_moves": done}
weeks = env["jxc.exception.week"]
result["week_s"], _count = timed(lambda: weeks._record(company))
cr.commit()
result["weeks_s"], _count = timed(lambda: weeks._backfill(company))
cr.commit()
result["plan_s"], _count = timed(lambda: env["jxc.kpi.month"]._plan(company))
months = env["jxc.kpi.month"].search([("company_id", "=", company.id)])
result["snapshot_s"], result["snapshot_queries"] = timed(months[0]._count)
cr.commit()
result["month_s"], _count = timed(months[1]._count)
cr.commit()
# the other months only have to be there
cr.execute("SELECT column_name FROM information_schema.columns"
           " WHERE table_name = 'jxc_kpi' AND column_name != 'id'")
names = [name for [name] in cr.fetchall()]
for n in range(2, 24):
    moved = [f"({name} - {n} * interval '1 month')::date"
             if name in ("month", "last_day") else name for name in names]
    cr.execute(f"INSERT INTO jxc_kpi ({', '.join(names)}) SELECT {', '.join(moved)}"
               " FROM jxc_kpi WHERE month = %s", [months[1].month])
cr.commit()
cr.execute("ANALYZE jxc_kpi, jxc_exception, jxc_exception_week, jxc_policy")
cr.commit()
overview = env["jxc.overview"]
for name in ("overview", "matrix"):
    method = getattr(overview, f"get_{name}")
    calls = [timed(method) for _time in range(5)]
    result[f"{name}_s"] = statistics.median(call[0] for call in calls)
    result[f"{name}_queries"] = max(call[1] for call in calls)
filters = {"buyer_id": buyers[0].id, "categ_id": categories[3].id}
result["filtered_s"], _count = timed(lambda: overview.get_overview(filters))
for name, method, given in (
    ("list", "get_exception_action", ("excess",)),
    ("cell", "get_cell_action", ("A", "X")),
):
    action = getattr(overview, method)(*given)
    model = env[action["res_model"]]
    # what the browser asks for: the columns of the list, and no more than it counts
    arch = model.get_views([(False, "list")])["views"]["list"]["arch"]
    columns = etree.fromstring(arch).xpath(
        "//field[not(@optional='hide') and not(@column_invisible='True')]/@name")
    page = {column: {"fields": {"display_name": {}}}
            if model._fields[column].type == "many2one" else {} for column in columns}
    calls = [timed(lambda: model.web_search_read(
        action["domain"], page, limit=80, count_limit=10001)) for _time in range(5)]
    result[f"{name}_s"] = statistics.median(call[0] for call in calls)
    result[f"{name}_queries"] = max(call[1] for call in calls)
marked = env["jxc.policy"].search([("company_id", "=", company.id)], limit=100)
result["marks_s"], _count = timed(
    lambda: env["jxc.exception"]._refresh_products(marked.product_id.ids))
open(answer, "w").write(json.dumps(result))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--products", type=int, default=100_000, metavar="N")
    parser.add_argument("--moves", type=int, default=10_000_000, metavar="M")
    parser.add_argument("--warehouses", type=int, default=1, metavar="W")
    parser.add_argument("--keep", metavar="NAME", help="copy the night's database")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    options = parser.parse_args()
    odoo = Odoo(postgres.server("test", durable=False))
    database = f"jxc_bench_insight_{os.getpid()}"
    answer = cache.path("logs", f"{database}.json")
    kept = f"jxc_bench_night_{options.keep}"
    values = (
        f"series, moves = {options.products}, {options.moves}\n"
        f"warehouses, days = {options.warehouses}, 730\n"
        f"answer = {str(answer)!r}\n"
    )
    try:
        if options.keep and kept in odoo.server.databases():
            with console.step(f"Copying {kept}"):
                odoo.duplicate(kept, database)
            odoo.install(database, ["jxc_optimizer"], "Updating", update=True)
        else:
            odoo.build(database, ["jxc_optimizer"])
            odoo.script(database, values + GENERATE, "Writing the history")
            with console.step("Vacuum"):
                odoo.server.execute("VACUUM (ANALYZE)", database=database)
        odoo.script(database, values + MEASURE, "Measuring")
        result = json.loads(answer.read_text())
    finally:
        odoo.forget(database)
    print(json.dumps(result, indent=1))
    if options.json:
        options.json.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
