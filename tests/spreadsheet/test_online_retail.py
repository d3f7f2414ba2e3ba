"""130,000 real sales lines come back the same from .xls, .xlsx and GB18030 csv."""

from __future__ import annotations

import csv
import lzma
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import writers
from spreadsheet import Options, build, load, open_workbook, propose

LINES = 130_000
HEADER = ["单据日期", "单据号", "货号", "品名", "数量", "单价"]


FOLDER = Path(__file__).parents[2] / "jxc_optimizer_demo" / "data_files"


def records(name):
    opened = lzma.open if name.endswith(".xz") else open
    with opened(FOLDER / name, "rt", encoding="utf-8", newline="") as file:
        return list(islice(csv.DictReader(file), LINES))


@pytest.fixture(scope="module")
def sales():
    """The columns of the first lines, by meaning."""
    lines, orders = records("lines.csv.xz"), records("orders.csv.xz")
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


@pytest.fixture(scope="module")
def rows(sales):
    columns = (column.tolist() for column in sales.values())
    return [list(row) for row in zip(*columns, strict=True)]


def as_xls(rows):
    half = len(rows) // 2
    return writers.xls({"上半": [HEADER, *rows[:half]], "下半": [HEADER, *rows[half:]]})


def as_xlsx(rows):
    return writers.xlsx({"销售": [["销售明细表"], HEADER, *rows]})


def as_csv(rows):
    return writers.text([HEADER, *rows, ["合计"]], "gb18030")


@pytest.mark.parametrize("write", [as_xls, as_xlsx, as_csv])
def test_same_sales_in_every_format(write, rows, sales):
    grids = load(open_workbook(write(rows)))
    proposals = propose(grids)
    assert all(item.use for item in proposals)
    required = ("date", "code", "quantity")
    table = build([item.part for item in proposals], Options(required=required))
    assert len(table) == LINES and table.valid.all() and not table.questions
    assert list(table.columns) == list(sales)
    for key in ("document", "code", "name"):
        assert table.columns[key] == sales[key].tolist()
    assert np.array_equal(table.columns["quantity"], sales["quantity"])
    assert np.array_equal(table.columns["price"], sales["price"])
    assert np.array_equal(table.columns["date"], sales["date"])

    first, last = sales["date"].astype("M8[D]")[[0, -1]]
    assert table.period() == (first, last)
    months = sales["date"].astype("M8[M]")
    independent = {
        str(month): float(sales["quantity"][months == month].sum())
        for month in np.unique(months)
    }
    assert table.by_month() == independent
