"""Time and SQL statements of ordering and of Replenishment, beside plain Odoo.

    ./dev bench replenishment [--rules 20000] [--to-order 4000] [--moves 1000000]
        [--json FILE]

A database of Odoo's own modules with N reordering rules of one warehouse, a fifth of
them to be ordered, 100 vendors, and M stock moves. A tenth of the articles have a
minimum order of 50, half of those another price from 200 on, and a twentieth of the
rules orders in dozens. Both sides run on a copy of that database: one without the
add-on, one with it and after a night run.

What Odoo's scheduler does for rules (quantities, deadlines, orders) in one transaction:
native_s, addon_s (CPU seconds of Python), native_queries, addon_queries. Opening
Replenishment (the action, the first 80 rows with all of Odoo's columns, the search
panel): open_native_s, open_addon_s; with the add-on's columns, too: open_all_s.
Another horizon: horizon_native_s, horizon_addon_s. Minimum and maximum of 1,000 rules:
apply_native_s (one write for each rule), apply_1000_s (Apply). These are CPU seconds of
Python and of PostgreSQL, the median of several; *_wall_s are seconds on the clock.

Lines of the add-on: lines_below_moq, lines_price_zero, off_multiple, over all lines of
the scheduler, of Order to Max and of Suggest's "Add all"; plain Odoo's own are in
native_lines. differing: articles without a minimum, a break or a multiple that were not
ordered alike.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

from _replenishment_data import GENERATE, NIGHT
from _replenishment_measure import MEASURE

from devtools import cache, console, postgres
from devtools.odoo import Odoo


def compare(native: dict, addon: dict) -> dict:
    """The figures of both sides, and lines that should be alike but are not."""
    before = {line[0]: line for line in native.pop("ordered")}
    after = {line[0]: line for line in addon.pop("ordered")}
    differing = [
        (before.get(code), after.get(code))
        for code in sorted(before.keys() | after.keys())
        if before.get(code) != after.get(code)
        and not any(
            line and (line[3] > 0 or line[4])
            for line in (before.get(code), after.get(code))
        )
    ]
    addon.pop("levels", None)
    checks = [
        addon[name] for name in ("scheduler", "to_max", "suggest") if name in addon
    ]
    result = {
        "native_s": native["s"],
        "addon_s": addon["s"],
        "native_queries": native["queries"],
        "addon_queries": addon["queries"],
        "lines_below_moq": sum(check["below_moq"] for check in checks),
        "lines_price_zero": sum(check["price_zero"] for check in checks),
        "off_multiple": sum(check["off_multiple"] for check in checks),
        "differing": len(differing),
    }
    for name in ("open", "horizon", "apply"):
        for unit in ("s", "wall_s", "queries"):
            if f"{name}_{unit}" in native:
                result[f"{name}_native_{unit}"] = native[f"{name}_{unit}"]
                ours = "apply_1000" if name == "apply" else f"{name}_addon"
                result[f"{ours}_{unit}"] = addon[f"{name}_{unit}"]
    result["open_all_s"] = addon.get("open_all_s")
    result["examples"] = differing[:3]
    result["native_lines"] = {
        name: native[name]
        for name in ("scheduler", "to_max", "suggest")
        if name in native
    }
    result["addon_lines"] = {
        name: addon[name]
        for name in ("scheduler", "to_max", "suggest")
        if name in addon
    }
    for side, found in (("native", native), ("addon", addon)):
        result[f"{side}_steps"] = found["steps"]
        result[f"{side}_wall_s"] = found["wall_s"]
        result[f"{side}_with_postgresql_s"] = found["cpu_s"]
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rules", type=int, default=20_000, metavar="N")
    parser.add_argument("--to-order", type=int, default=4_000, metavar="N")
    parser.add_argument("--moves", type=int, default=1_000_000, metavar="M")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    parser.add_argument(
        "--keep",
        metavar="NAME",
        help="keep the databases under this name, and measure those that are there",
    )
    options = parser.parse_args()
    odoo = Odoo(postgres.server("test", durable=False))
    prefix = options.keep or f"jxc_bench_order_{os.getpid()}"
    names = {side: f"{prefix}_{side}" for side in ("native", "addon")}
    values = (
        f"rules, to_order, moves = {options.rules}, {options.to_order}, "
        f"{options.moves}\n"
    )
    try:
        if not set(names.values()) <= set(odoo.server.databases()):
            build(odoo, names, values)
        results = measure(odoo, names, values)
    finally:
        if not options.keep:
            for database in names.values():
                odoo.forget(database)
    result = compare(results["native"], results["addon"])
    print(json.dumps(result, indent=1))
    if options.json:
        options.json.write_text(json.dumps(result, indent=1) + "\n")


def build(odoo: Odoo, names: dict[str, str], values: str) -> None:
    """Write the databases of both sides; that of the add-on after a night run."""
    odoo.build(names["native"], [])
    odoo.script(names["native"], values + GENERATE, "Writing rules and moves")
    _vacuum(odoo, names["native"])
    odoo.server.drop(names["addon"])
    odoo.duplicate(names["native"], names["addon"])
    odoo.install(names["addon"], ["jxc_optimizer"], "Installing jxc_optimizer")
    odoo.script(names["addon"], NIGHT, "The night run")
    _vacuum(odoo, names["addon"])


def _vacuum(odoo: Odoo, database: str) -> None:
    with console.step("Vacuum"):
        odoo.server.execute("VACUUM (ANALYZE)", database=database)


def measure(odoo: Odoo, names: dict[str, str], values: str) -> dict[str, dict]:
    """The figures of both sides, one after the other."""
    results, levels = {}, []
    for side in ("addon", "native"):
        database = names[side]
        answer = cache.path("logs", f"{database}.json")
        code = f"{values}answer, levels = {str(answer)!r}, {levels!r}\n{MEASURE}"
        odoo.script(database, code, f"Measuring: {side}")
        results[side] = json.loads(answer.read_text())
        # plain Odoo writes what was suggested
        levels = results[side].get("levels")
    return results


if __name__ == "__main__":
    main()
