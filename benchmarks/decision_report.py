"""What the benchmark of decisions shows of a set: its table and its curves."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "jxc_optimizer"))

from engine import forward  # noqa: E402


def plot(result: dict, path: Path) -> None:
    """Inventory and cost against the three fills, one picture per set."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(2, 3, figsize=(13, 8), sharey="row")
    window = forward.LAST
    for column, fill in enumerate(("line", "unit", "value")):
        for name in ("P0", "P1", "P2", fill, "both"):
            group = result["lines"][name]
            share = result["forward"][-1]["value_share"]
            line = next((c for c in group if c.share == share), group[0])
            label = name if name.startswith("P") else f"ours ({name})"
            style = "--" if name.startswith("P") else "-"
            for row, figure_of in enumerate(("inventory", "cost")):
                values = getattr(line.totals, figure_of)[window]
                axes[row, column].plot(
                    line.fill(fill, window), values, style, label=label, marker="."
                )
        for row, title in enumerate(("average inventory value", "holding + ordering")):
            axes[row, column].set(
                xlim=(0.7, 1.0), yscale="log", xlabel=f"fill rate by {fill}"
            )
            axes[row, column].grid(alpha=0.3)
            if column == 0:
                axes[row, column].set_ylabel(title)
        axes[0, column].legend()
    figure.suptitle(f"{result['set']}: last window, each curve over its dial")
    figure.tight_layout()
    figure.savefig(path, dpi=80)
    pyplot.close(figure)


def percent(value) -> str:
    return "     -" if value is None else f"{100 * value:6.1f}"


def report(result: dict) -> None:
    print(
        f"\n{result['set']}: {result['items']} items, {result['periods']} periods, "
        f"{result['seconds']} s"
    )
    print("forward test, dial set on the earlier window, compared at realised fill, %")
    print("  fill   realised line/unit/value  vs P0  vs P1  vs P2  cost P1  gap closed")
    for row in result["forward"]:
        fills = "/".join(
            f"{row[f'realised_{k}']:.3f}" for k in ("line", "unit", "value")
        )
        print(
            f"  {row['fill']:6} {fills:>24} {percent(row['reduction_vs_P0'])} "
            f"{percent(row['reduction_vs_P1'])} {percent(row['reduction_vs_P2'])} "
            f" {percent(row['cost_reduction_vs_P1'])}"
            f"     {percent(row['hindsight_gap_closed'])}"
        )
    print("equal fill in the last window, %: level, vs P0, vs P1, vs P2")
    for row in result["equal_fill"]:
        print(
            f"  {row['fill']:6} {row['level']:.2f} {percent(row['reduction_vs_P0'])} "
            f"{percent(row['reduction_vs_P1'])} {percent(row['reduction_vs_P2'])}"
        )
