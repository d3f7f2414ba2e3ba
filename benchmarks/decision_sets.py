"""Data sets of the benchmark of decisions: a folder each, read and checked.

meta.json    name, period (day, week or month), lost_sales (true: unmet demand is
             lost; false: it waits), review (periods between reviews, default 1)
items.csv    item, unit_cost (default 1), order_cost (5), holding_rate (0.25 a
             year), lead_time in periods (two weeks, or one month), lead_time_sd
             (0), moq (0), multiple (1; 0 for an article with broken quantities)
demand.csv   item, then one column per period in order; empty = not on sale

Missing columns, cells and articles get the defaults.
"""

from __future__ import annotations

import csv
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "jxc_optimizer"))

from engine import trial  # noqa: E402

DEFAULT_LEAD = {"day": 14.0, "week": 2.0, "month": 1.0}


class DataError(Exception):
    """A data set that cannot be read; the message says where."""


@dataclass(frozen=True)
class DataSet:
    name: str
    items: list[str]
    periods: list[str]
    case: trial.Case


def read_set(folder: Path) -> DataSet:
    """Read one folder; see the top of the file for its columns."""
    meta = json.loads((folder / "meta.json").read_text(encoding="utf-8-sig"))
    period = meta.get("period", "week")
    if period not in DEFAULT_LEAD:
        raise DataError(f"{folder}/meta.json: period {period!r}")
    items, periods, demand = _read_demand(folder / "demand.csv")
    rows = _read_items(folder / "items.csv")
    sold_whole = (np.nan_to_num(demand) % 1 == 0).all(axis=1)
    defaults = {
        "unit_cost": 1.0,
        "order_cost": 5.0,
        "holding_rate": 0.25,
        "lead_time": DEFAULT_LEAD[period],
        "lead_time_sd": 0.0,
        "moq": 0.0,
        "multiple": sold_whole.astype(float),
    }
    columns = {
        name: _column(rows, items, name, default, folder)
        for name, default in defaults.items()
    }
    case = trial.Case(
        demand=demand,
        review=max(int(meta.get("review") or 1), 1),
        lost_sales=bool(meta.get("lost_sales", False)),
        period=period,
        **columns,
    )
    return DataSet(str(meta.get("name") or folder.name), items, periods, case)


def _number(text: str, where: str, empty: float) -> float:
    text = text.strip()
    if not text:
        return empty
    try:
        number = float(text)
    except ValueError:
        raise DataError(f"{where}: {text!r} is not a number") from None
    return empty if np.isnan(number) else number


def _read_demand(path: Path):
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file)
        periods = next(reader)[1:]
        items, rows = [], []
        for line, row in enumerate(reader, 2):
            if not row:
                continue
            items.append(row[0])
            cells = row[1:] + [""] * (len(periods) - len(row) + 1)
            if len(cells) > len(periods):
                raise DataError(f"{path}:{line}: more cells than periods")
            try:
                rows.append([float(x) if x else np.nan for x in cells])
            except ValueError:
                where = f"{path}:{line}"
                rows.append([_number(x, where, np.nan) for x in cells])
    if not rows or not periods:
        raise DataError(f"{path}: no demand")
    if len(set(items)) < len(items):
        raise DataError(f"{path}: an item occurs twice")
    return items, periods, np.array(rows)


def _read_items(path: Path) -> dict[str, dict]:
    if not path.exists():
        return {}
    with path.open(newline="", encoding="utf-8-sig") as file:
        return {row["item"]: row for row in csv.DictReader(file)}


def _column(rows, items, name, default, folder) -> np.ndarray:
    default = np.broadcast_to(default, len(items))
    values = [
        _number((rows.get(item) or {}).get(name) or "", f"{folder}/items.csv", empty)
        for item, empty in zip(items, default, strict=True)
    ]
    if min(values) < 0:
        raise DataError(f"{folder}/items.csv: {name} is negative")
    return np.array(values)
