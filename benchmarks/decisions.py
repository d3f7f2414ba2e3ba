"""Benchmark of decisions: what a policy's stock costs at equal service.

    ./dev bench decisions FOLDER... [--target 0.90] [--json FILE] [--dump FILE]

Each folder is one data set, see decision_sets.py. The policies, windows and
measures are described in docs/benchmarks/decisions.md.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "jxc_optimizer"))

from decision_report import percent, plot, report  # noqa: E402
from decision_sets import DataError, DataSet, read_set  # noqa: E402
from engine import apart, forward, trial  # noqa: E402
from engine.hindsight import hindsight  # noqa: E402

LEVELS = (0.85, 0.90, 0.95)


def bench_set(data: DataSet, target: float) -> dict:
    """All figures of one set: curves, equal fill, forward test, bound."""
    started = time.monotonic()
    setup = forward.prepare(data.case)
    lines = forward.curves(setup)
    choices, rows = [], []
    for fill in forward.FILLS:
        bound = hindsight(setup, fill)
        for policy in ("P0", "P1", "P2", fill):
            choose = apart.choose if policy == fill else forward.choose
            chosen = choose(setup, lines, policy, fill, target)
            choices.append((chosen, fill))
        rows.append(_forward_row(data.name, lines, choices[-1][0], fill, target, bound))
    return {
        "set": data.name,
        "items": len(data.items),
        "periods": len(data.periods),
        "window": list(setup.plan.last),
        "seconds": round(time.monotonic() - started, 1),
        "forward": rows,
        "equal_fill": _equal_fill(data.name, lines),
        "curves": _curve_rows(lines),
        "choices": [(setup, *choice) for choice in choices],
        "lines": lines,
    }


def _reduction(own: float, other: float):
    """Share by which ``own`` is below ``other``; None where there is no other."""
    if np.isnan(other) or np.isnan(own) or other <= 0:
        return None
    return round(1.0 - own / other, 4)


def _forward_row(name, lines, chosen, fill, target, bound) -> dict:
    service = forward.realised(chosen.totals)
    inventory = float(chosen.totals.inventory[forward.LAST, 0])
    cost = float(chosen.totals.cost[forward.LAST, 0])

    def other(policy, figure):
        line = lines[policy][0]
        values = getattr(line.totals, figure)[forward.LAST]
        return forward.same_service(line, fill, service, values)

    key = "line" if fill == "both" else fill
    best = trial.at_fill(*bound, service[key])
    textbook = other("P1", "inventory")
    gap = textbook - best
    row = {
        "set": name,
        "fill": fill,
        "target": target,
        "realised": round(service[key], 4),
        "reduction_vs_P0": _reduction(inventory, other("P0", "inventory")),
        "reduction_vs_P1": _reduction(inventory, textbook),
        "reduction_vs_P2": _reduction(inventory, other("P2", "inventory")),
        "cost_reduction_vs_P0": _reduction(cost, other("P0", "cost")),
        "cost_reduction_vs_P1": _reduction(cost, other("P1", "cost")),
        "hindsight_gap_closed": (
            round((textbook - inventory) / gap, 4) if gap > 0 else None
        ),
        "inventory": round(inventory, 2),
        "cost": round(cost, 2),
        "policy": chosen.policy,
        "dial": chosen.dial,
        "groups_apart": chosen.apart,
        "value_share": chosen.share if fill == "both" else None,
    }
    row.update({f"realised_{k}": round(v, 4) for k, v in service.items()})
    return row


def _equal_fill(name, lines) -> list[dict]:
    """Reduction in the last window at equal fill, dials chosen in hindsight."""
    rows = []
    for fill in forward.FILLS:
        for level in LEVELS:
            goals = forward.goals_for(lines["P1"][0], fill, level, forward.LAST)
            found = {}
            for policy in ("P0", "P1", "P2", fill):
                figures = [
                    trial.at_fill(
                        forward.slack(c, fill, forward.LAST, goals),
                        c.totals.inventory[forward.LAST],
                        0.0,
                    )
                    for c in lines[policy]
                ]
                reached = [f for f in figures if not np.isnan(f)]
                found[policy] = min(reached, default=float("nan"))
            rows.append(
                {"set": name, "fill": fill, "level": level}
                | {
                    f"reduction_vs_{p}": _reduction(found[fill], found[p])
                    for p in ("P0", "P1", "P2")
                }
            )
    return rows


def _curve_rows(lines) -> list[dict]:
    """Every point of every curve, last window, all three fills beside each other."""
    rows = []
    for name, group in lines.items():
        policy = name if name.startswith("P") else f"ours_{name}"
        for line in group:
            totals, window = line.totals, forward.LAST
            for k, dial in enumerate(line.dials):
                rows.append(
                    {
                        "policy": policy,
                        "dial": float(dial),
                        "value_share": line.share,
                        "inventory": round(float(totals.inventory[window, k]), 2),
                        "cost": round(float(totals.cost[window, k]), 2),
                        "orders": int(totals.orders[window, k]),
                        "fill_line": round(float(totals.fill_lines[window, k]), 5),
                        "fill_unit": round(float(totals.fill_units[window, k]), 5),
                        "fill_value": round(float(totals.fill_value[window, k]), 5),
                    }
                )
    return rows


def write_dump(file, data: DataSet, choices) -> None:
    """s and S of the chosen dials, from the period named on, one row each.

    An article not ordered from then on (not on sale, or no demand at all) has
    s = -1 and S = 0; one that never is has no rows.
    """
    writer = csv.writer(file)
    for setup, chosen, fill in choices:
        low, high = chosen.levels[0][0], chosen.levels[1][0]
        active = setup.known.on_sale & (high > 0)
        for e, period in enumerate(setup.plan.epochs):
            label = data.periods[period]
            for i in np.flatnonzero(active.any(axis=0)):
                pair = (low[e, i], high[e, i]) if active[e, i] else (-1, 0)
                writer.writerow(
                    [
                        data.name,
                        chosen.policy,
                        fill,
                        data.items[i],
                        label,
                        f"{pair[0]:.10g}",
                        f"{pair[1]:.10g}",
                    ]
                )


def summary(results: list[dict]) -> list[dict]:
    """Median and worst over the sets."""
    rows = []
    for fill in forward.FILLS:
        for key in ("reduction_vs_P0", "reduction_vs_P1", "cost_reduction_vs_P1"):
            values = [
                row[key]
                for result in results
                for row in result["forward"]
                if row["fill"] == fill and row[key] is not None
            ]
            if values:
                rows.append(
                    {
                        "fill": fill,
                        "figure": key,
                        "median": round(float(np.median(values)), 4),
                        "worst": min(values),
                        "sets": len(values),
                    }
                )
    return rows


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(
        prog="decisions", description=__doc__.split("\n")[0]
    )
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--target", type=float, default=0.90)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--dump", type=Path, metavar="FILE")
    parser.add_argument("--plots", type=Path, metavar="FOLDER", help="PNG per set")
    options = parser.parse_args(arguments)
    if not 0 < options.target < 1:
        parser.error("--target must lie between 0 and 1")
    results, failed = [], []
    if options.dump:
        header = "set,policy,fill,item,period,s,S\n"
        options.dump.write_text(header, encoding="utf-8")
    for folder in options.folders:
        try:
            data = read_set(folder)
            result = bench_set(data, options.target)
        except (DataError, OSError, ValueError, KeyError) as error:
            print(f"\n{folder}: {error}", file=sys.stderr)
            failed.append({"set": str(folder), "error": str(error)})
            continue
        report(result)
        if options.dump:
            with options.dump.open("a", newline="", encoding="utf-8") as file:
                write_dump(file, data, result["choices"])
        if options.plots:
            options.plots.mkdir(parents=True, exist_ok=True)
            plot(result, options.plots / f"{data.name}.png")
        del result["choices"], result["lines"]
        results.append(result)
    print("\nover the sets: fill, figure, median, worst")
    totals = summary(results)
    for row in totals:
        print(
            f"  {row['fill']:6} {row['figure']:22} {percent(row['median'])} "
            f"{percent(row['worst'])}  ({row['sets']} sets)"
        )
    if options.json:
        content = {
            "target": options.target,
            "forward": [row for result in results for row in result["forward"]],
            "summary": totals,
            "sets": [
                {k: v for k, v in result.items() if k != "forward"}
                for result in results
            ],
            "failed": failed,
        }
        options.json.write_text(json.dumps(content, indent=1) + "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
