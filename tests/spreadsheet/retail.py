"""Real sales lines of the demo data, and the same in every format."""

from __future__ import annotations

import csv
import lzma
from itertools import islice
from pathlib import Path

import numpy as np
import writers

LINES = 130_000
HEADER = ["单据日期", "单据号", "货号", "品名", "数量", "单价"]
FOLDER = Path(__file__).parents[2] / "jxc_optimizer_demo" / "data_files"


def records(name, count=LINES):
    opened = lzma.open if name.endswith(".xz") else open
    with opened(FOLDER / name, "rt", encoding="utf-8", newline="") as file:
        return list(islice(csv.DictReader(file), count))


def sales(count=LINES):
    """The columns of the first lines, by meaning."""
    lines, orders = records("lines.csv.xz", count), records("orders.csv.xz")
    articles = records("articles.csv")
    order = [orders[int(line["order"])] for line in lines]
    article = [articles[int(line["article"])] for line in lines]
    return {
        "date": np.array([row["time"] for row in order], "M8[s]"),
        "document": np.array([row["number"] for row in order]),
        "code": np.array([row["code"] for row in article]),
        "name": np.array([row["name"] for row in article]),
        "quantity": np.array([int(line["quantity"]) for line in lines]),
        "price": np.array([float(row["price"]) for row in article]),
    }


def rows(columns):
    listed = (column.tolist() for column in columns.values())
    return [list(row) for row in zip(*listed, strict=True)]


def as_xls(rows):
    half = len(rows) // 2
    return writers.xls({"上半": [HEADER, *rows[:half]], "下半": [HEADER, *rows[half:]]})


def as_xlsx(rows):
    return writers.xlsx({"销售": [["销售明细表"], HEADER, *rows]})


def as_csv(rows):
    return writers.text([HEADER, *rows, ["合计"]], "gb18030")
