"""Typed columns, issues with their cells, sums."""

import random
from datetime import datetime
from itertools import permutations

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment
from spreadsheet import (
    CellError,
    Grid,
    Issue,
    Options,
    Question,
    build,
    error_rows,
    load,
    neutralise,
    open_workbook,
    pack,
    propose,
    restore,
    to_xlsx,
    unpack,
)
from spreadsheet.assignment import best_assignment

FILE = """某某公司销售明细
,,,,
日期,单号,货号,数量,单价,单位
5/1/2024,S1,A1,"1,000",￥2.50,KG
,,A2,(3),2.5,千克
13/1/2024,S2,A1,many,2.5,公斤
1/2/2024,S3,,7,2.5,锭
45/2/2024,S4,A2,7,2.5,kg
2/2/2024,S5,A2,0.5,2.5,kg
合计,,,1004.5,,
"""


def table(**options):
    proposals = propose(load(open_workbook(FILE.encode())))
    return build([item.part for item in proposals], Options(**options))


def test_columns_and_issues():
    found = table(required=("date", "code", "quantity"), fill_down=("date", "document"))
    assert found.row.tolist() == [4, 5, 6, 7, 8, 9]
    assert found.columns["quantity"][[0, 1, 5]].tolist() == [1000, -3, 0.5]
    assert found.columns["document"] == ["S1", "S1", "S2", "S3", "S4", "S5"]
    assert found.units == ["kg", "kg", "kg", None, "kg", "kg"]
    assert sorted(found.issues) == [
        Issue("", 6, "D", "quantity", "many", "number_unreadable"),
        Issue("", 7, "C", "code", "", "missing"),
        Issue("", 8, "A", "date", "45/2/2024", "date_unreadable"),
    ]
    assert found.valid.tolist() == [True, True, False, False, False, True]
    assert sum(found.issue_counts.values()) == 3
    assert found.questions == []
    assert [(total.row, total.value) for total in found.stated] == [(10, 1004.5)]


def test_sums_and_period():
    found = table(required=("date", "code", "quantity"), fill_down=("date",))
    assert found.by_month() == {"2024-01": 997, "2024-02": 0.5}
    first, last = found.period()
    assert (str(first), str(last)) == ("2024-01-05", "2024-02-02")


def test_what_is_missing_is_said():
    found = table(required=("date",))
    assert [(issue.row, issue.code) for issue in found.issues if issue.row == 5] == [
        (5, "missing")
    ]
    sheet = Grid("s", [1, 2], [["货号", "数量"], ["A1", 5.0]])
    parts = [item.part for item in propose([sheet])]
    assert Question("date", "column_missing", ()) in (
        build(parts, Options(required=("date",))).questions
    )
    assert build(parts).period() == ()


def test_open_questions():
    rows = [
        ["日期", "货号", "数量"],
        ["5/3/2024", "A1", "1,234"],
        ["6/3/2024", "A2", "2,000"],
    ]
    parts = [item.part for item in propose([Grid("s", [1, 2, 3], rows)])]
    found = build(parts)
    assert {(q.meaning, q.code) for q in found.questions} == {
        ("date", "date_order"),
        ("quantity", "decimal"),
    }
    settled = build(
        parts, Options(date_order={"date": "mdy"}, decimal={"quantity": ","})
    )
    assert settled.questions == []
    assert settled.by_month() == {"2024-05": 1.234, "2024-06": 2.0}


def test_other_columns_show_the_decimal_sign():
    rows = [["日期", "货号", "数量", "单价"], ["2024-03-05", "A1", "1,234", "{}"]]
    for price, quantity in (("2.50", 1234), ("2,50", 1.234)):
        rows[1][3] = price
        found = build([item.part for item in propose([Grid("s", [1, 2], rows)])])
        assert found.columns["quantity"].tolist() == [quantity]
        assert found.questions == []


def test_sheets_share_one_date_order():
    header = ["日期", "货号", "数量"]
    sheets = [
        Grid("a", [1, 2], [header, ["5/3/2024", "A1", 1.0]]),
        Grid("b", [1, 2], [header, ["31/3/2024", "A1", 2.0]]),
    ]
    found = build([item.part for item in propose(sheets)])
    assert found.by_month() == {"2024-03": 3.0} and not found.questions
    assert found.sheet_of.tolist() == [0, 1]


@pytest.mark.parametrize("seed", range(5))
def test_assignment_is_optimal(seed):
    rng = np.random.default_rng(seed)
    scores = np.round(rng.random((6, 9)) * (rng.random((6, 9)) < 0.7), 2)
    places = best_assignment(scores.tolist())
    ours = sum(scores[i, j] for i, j in enumerate(places) if j is not None)
    rows, columns = linear_sum_assignment(scores, maximize=True)
    assert ours == pytest.approx(scores[rows, columns].sum())
    used = [place for place in places if place is not None]
    assert len(set(used)) == len(used)


def test_export_is_never_a_formula():
    rng = random.Random(7)
    for start in permutations("=+-@\t '1a", 3):
        text = "".join(start) + str(rng.random())
        safe = neutralise(text)
        assert not safe.lstrip().startswith(("=", "+", "-", "@"))
        assert not safe.startswith(("\t", "\r", "\n"))
        assert restore(safe) == text or safe == text


def test_error_rows_come_back_mended():
    proposals = propose(load(open_workbook(FILE.encode())))
    options = Options(required=("date", "code", "quantity"), fill_down=("date",))
    part = proposals[0].part
    found = build([part], options)
    places = {row: place for place, row in enumerate(found.row.tolist())}
    reasons = {places[issue.row]: issue.code for issue in found.issues}
    rows = error_rows(part, reasons, "原因", ["date"])
    assert [row[-1] for row in rows] == [
        "原因",
        "number_unreadable",
        "missing",
        "date_unreadable",
    ]
    rows[1][3], rows[2][2], rows[3][0] = "-5", "=A9", "14/2/2024"
    again = propose(load(open_workbook(to_xlsx({"": rows}))))
    mended = build([item.part for item in again], options)
    assert mended.valid.all() and mended.columns["quantity"].tolist() == [-5, 7, 7]
    assert mended.columns["code"] == ["A1", "=A9", "A2"]


def test_error_rows_spell_out_what_stood_above():
    """Without the row above them they would else get the date of another document."""
    head = ["日期", "单号", "货号", "数量"]
    rows = [
        head,
        ["2024-01-15", "S1", "A1", "x"],
        ["2024-01-20", "S2", "A1", 3],
        [None, None, "A2", "y"],
    ]
    grid = Grid("s", [1, 2, 3, 4], rows)
    part = propose([grid])[0].part
    found = error_rows(
        part, {0: "no number", 2: "no number"}, "why", ["date", "document"]
    )
    assert found[1:] == [
        ["2024-01-15", "S1", "A1", "x", "no number"],
        ["2024-01-20", "S2", "A2", "y", "no number"],
    ]


def test_grids_survive_packing():
    rows = [[None, 1.5, "文", True], [CellError("#N/A"), datetime(2024, 3, 5, 1, 2, 3)]]
    grids = [Grid("一", [3, 9], rows, True, True), Grid("", [1], [["2024-03-05"]])]
    back = unpack(pack(grids))
    assert back == grids
    assert isinstance(back[0].rows[1][0], CellError) and back[0].rows[0][3] is True
