"""Time of a what-if in Odoo, and of the engine's replay alone.

    ./dev bench replay [--articles 20000] [--moves 1000000] [--engine] [--json FILE]

In Odoo: a database of two years with N articles in a warehouse, each with a reordering
rule, and four scenarios (as it is, another target, longer lead times, dearer orders)
beside the rules as they were and today's, over 52 weeks. Keys of the JSON: seconds
(wall), cpu_s (of Odoo's process), statements, peak_mb, articles, weeks, units,
longest_s (of a unit of work: how long the background holds on before it commits).

With --engine: 100,000 articles, 8 settings, 52 weeks: engine_s, wall and cpu.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from _night_data import GENERATE  # noqa: E402
from engine.replay import replay  # noqa: E402

from devtools import cache, postgres  # noqa: E402
from devtools.odoo import Odoo  # noqa: E402

#: runs in Odoo's shell, with ``answer`` set
MEASURE = '''
import json, resource, time
cr = env.cr
cr.execute("""UPDATE stock_warehouse_orderpoint
                 SET product_min_qty = 5 + id % 20, product_max_qty = 30 + id % 40""")
env.invalidate_all()
company = env.company
env["jxc.demand.day"]._refresh(company)
cr.commit()
cr.execute("ANALYZE")
replay = env["jxc.replay"].create({"name": "Bench", "condition_ids": [
    (0, 0, {}), (0, 0, {"target": 0.9}), (0, 0, {"lead_percent": 20}),
    (0, 0, {"order_cost": 40})]})
replay._queue()
cr.commit()
units, mark = [], time.perf_counter()

def progress(done, remaining):
    global mark
    cr.commit()
    now = time.perf_counter()
    units.append([replay.state, round(now - mark, 2)])
    mark = now
    return float("inf")

start, cpu, before = time.perf_counter(), time.process_time(), cr.sql_log_count
replay._work(progress)
assert replay.state == "done", replay.error
result = {
    "seconds": round(time.perf_counter() - start, 1),
    "cpu_s": round(time.process_time() - cpu, 1),
    "statements": cr.sql_log_count - before,
    "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    "articles": replay.articles,
    "weeks": replay._weeks(),
    "scenarios": len(replay.condition_ids),
    "units": units,
    "longest_s": max(seconds for _state, seconds in units),
}
open(answer, "w").write(json.dumps(result))
'''


def engine() -> dict:
    """The vectorised replay: 100,000 articles x 8 settings x 52 weeks."""
    rng = np.random.default_rng(0)
    count, weeks = 100_000, 52
    rate = np.exp(rng.normal(0.5, 1.2, count))
    demand = rng.poisson(rate[:, None], (count, weeks)).astype(float)
    low = rate * np.linspace(1, 6, 8)[:, None]
    start, cpu = time.perf_counter(), time.process_time()
    outcome = replay(demand, low, low + 4 * rate, rng.integers(0, 5, count))
    return {
        "engine_s": round(time.perf_counter() - start, 2),
        "engine_cpu_s": round(time.process_time() - cpu, 2),
        "orders": int(outcome.orders.sum()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--moves", type=int, default=1_000_000)
    parser.add_argument("--engine", action="store_true", help="the engine alone")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    options = parser.parse_args()
    result = engine() if options.engine else in_odoo(options)
    print(json.dumps(result, indent=1))
    if options.json:
        options.json.write_text(json.dumps(result, indent=1) + "\n")


def in_odoo(options) -> dict:
    odoo = Odoo(postgres.server("test", durable=False))
    database = f"jxc_bench_replay_{os.getpid()}"
    answer = cache.path("logs", f"{database}.json")
    values = (
        f"series, moves = {options.articles}, {options.moves}\n"
        f"warehouses, days = 1, 730\nanswer = {str(answer)!r}\n"
    )
    odoo.build(database, ["jxc_optimizer"])
    try:
        odoo.script(database, values + GENERATE, "Writing the history")
        odoo.script(database, values + MEASURE, "Replaying")
        return {"moves": options.moves} | json.loads(answer.read_text())
    finally:
        odoo.forget(database)


if __name__ == "__main__":
    main()
