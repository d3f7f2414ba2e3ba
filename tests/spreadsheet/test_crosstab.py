"""Months side by side become rows."""

from datetime import datetime

import pytest
import writers
from spreadsheet import build, load, open_workbook, propose

NAMES = ["商品编码", "商品名称"]
BODY = [["A1", "甲", 10, 20, 30], ["A2", "乙", 1, None, "-"]]
WANTED = {
    ("A1", "2024-01"): 10,
    ("A1", "2024-02"): 20,
    ("A1", "2024-03"): 30,
    ("A2", "2024-01"): 1,
}


def read(rows, form="xlsx", name="汇总"):
    write = {"xlsx": writers.xlsx, "xls": writers.xls}[form]
    proposals = propose(load(open_workbook(write({name: rows}))))
    table = build([item.part for item in proposals])
    months = table.columns["date"].astype("M8[M]").astype(str)
    found = zip(table.columns["code"], months, strict=True)
    return table, dict(zip(found, table.columns["quantity"].tolist(), strict=True))


@pytest.mark.parametrize(
    "header",
    [
        ["2024年1月", "2024年2月", "2024年3月"],
        ["2024-01", "2024-02", "2024-03"],
        ["202401", "202402", "202403"],
        ["2024年1月销量", "2024年2月销量", "2024年3月销量"],
        ["Jan-24", "Feb-24", "Mar-24"],
        [datetime(2024, month, 1) for month in (1, 2, 3)],
    ],
    ids=str,
)
def test_months(header):
    table, found = read([[*NAMES, *header], *BODY], "xls")
    assert found == WANTED and not table.issues
    assert table.row.tolist() == [2, 2, 2, 3]
    assert [question.code for question in table.questions] == ["monthly"]


def test_the_year_stands_in_the_title_or_nowhere():
    rows = [[*NAMES, "1月", "2月", "3月", "合计"], *BODY]
    rows = [*rows, ["合计", None, 11, 20, 30, 61]]
    assert read([["2024年销售统计表"], *rows])[1] == WANTED
    assert read(rows, name="2024")[1] == WANTED
    proposals = propose(load(open_workbook(writers.xlsx({"汇总": rows}))))
    assert "date" not in proposals[0].mapping


def test_quantity_and_amount_of_each_month():
    rows = [
        [*NAMES, "2024年1月", None, "2024年2月", None, "单位"],
        [None, None, "数量", "金额", "数量", "金额", None],
        ["A1", "甲", 10, 100, 20, 200, "支"],
    ]
    table, found = read(rows)
    assert found == {("A1", "2024-01"): 10, ("A1", "2024-02"): 20}
    assert table.columns["unit"] == ["支", "支"]


def test_days():
    days = [datetime(2024, 1, day) for day in range(1, 32)]
    rows = [["货号", *days], ["A1", *range(1, 32)]]
    proposals = propose(load(open_workbook(writers.xlsx({"一月": rows}))))
    table = build([item.part for item in proposals])
    assert table.columns["date"].astype("M8[s]").tolist() == days
    assert table.columns["quantity"].tolist() == list(range(1, 32))


@pytest.mark.parametrize(
    "rows",
    [
        # two dates of an order are not two periods
        [["货号", "数量"], *(["A1", 5, "2024-01-02", "2024-01-09"] for _ in range(5))],
        [["货号", "202401", "202402"], *(["A1", 202401, 202402] for _ in range(5))],
        [["货号", "2024-01", "2024-02"], *(["A1", "好", "坏"] for _ in range(5))],
    ],
)
def test_what_only_looks_like_it(rows):
    [grid] = load(open_workbook(writers.xlsx({"s": rows})))
    assert propose([grid])[0].grid is grid


def test_lists_of_levels_are_left_alone():
    rows = [[*NAMES, "2024-01", "2024-02"], *BODY]
    [grid] = load(open_workbook(writers.xlsx({"s": rows})))
    assert propose([grid], ["code", "minimum", "maximum"])[0].grid is grid
