"""Dates, read as a person from the file's country would."""

from datetime import datetime

import numpy as np
import pytest
from spreadsheet import CellError, parse_dates

DAY = "2024-03-05"


@pytest.mark.parametrize(
    "cell",
    [
        "2024-3-5",
        "2024/03/05",
        "2024.3.5",
        "2024年3月5日",
        "２０２４年３月５日",
        "2024 年 03 月 05 日 星期二",
        "20240305",
        20240305.0,
        45356.0,
        "45356",
        "5-Mar-2024",
        "5 March 2024",
        "Mar 5, 2024",
        "Tue, 5 Mar 24",
        "2024-03-05 00:00:00",
        "2024-03-05T00:00:00Z",
        "24年3月5号",
        datetime(2024, 3, 5),
    ],
)
def test_one_meaning(cell):
    found = parse_dates([cell])
    assert not found.errors and not found.ambiguous
    assert found.values[0] == np.datetime64(DAY)


@pytest.mark.parametrize(
    "cell",
    ["2024-03-05 14:30", "2024/3/5 下午2:30", "5 Mar 2024 2:30 PM", 45356.604167],
)
def test_time_of_day(cell):
    value = parse_dates([cell]).values[0]
    assert value.astype("M8[m]") == np.datetime64("2024-03-05T14:30")


def test_serials_from_1904():
    assert parse_dates([43894], date1904=True).values[0] == np.datetime64(DAY)


@pytest.mark.parametrize(
    "cells, order, first",
    [
        (["5/3/2024", "13/3/2024"], "dmy", "2024-03-05"),
        (["5/3/2024", "3/13/2024"], "mdy", "2024-05-03"),
        (["5.3.24", "31.3.24"], "dmy", "2024-03-05"),
        (["24-03-05", "24-03-31"], "ymd", "2024-03-05"),
    ],
)
def test_column_decides(cells, order, first):
    found = parse_dates(cells, prefer="mdy")
    assert found.order == order or found.ambiguous
    if not found.ambiguous:
        assert found.values[0] == np.datetime64(first)


def test_ambiguous_column_asks():
    cells = ["5/3/2024", "6/4/2024"]
    found = parse_dates(cells)
    assert found.ambiguous and set(found.choices) == {"dmy", "mdy"}
    settled = parse_dates(cells, "mdy")
    assert not settled.ambiguous
    assert settled.values[0] == np.datetime64("2024-05-03")


def test_majority_rules_and_the_rest_is_in_error():
    found = parse_dates(["13/3/2024"] * 9 + ["3/13/2024"])
    assert found.order == "dmy" and found.errors == {9: "date_unreadable"}


def test_true_dates_beside_text_are_reported():
    found = parse_dates([datetime(2024, 5, 3), "13/5/2024"])
    assert found.mixed


def test_months():
    found = parse_dates(["2024-03", "2024年4月", "202405", 202406])
    assert found.monthly and not found.errors
    assert found.values.astype("M8[M]").astype(str).tolist() == [
        f"2024-0{month}" for month in (3, 4, 5, 6)
    ]


def test_errors_name_their_cell():
    cells = ["2024-02-30", None, "soon", CellError("#REF!"), True, "1899-01-01", "—"]
    found = parse_dates(cells)
    assert found.errors == {
        0: "date_unreadable",
        2: "date_unreadable",
        3: "cell_error",
        4: "cell_error",
        5: "date_out_of_range",
    }
    assert np.isnat(found.values).all()


def test_every_day_of_a_century_in_every_writing():
    days = np.arange("1990-01-01", "2060-01-01", dtype="M8[D]")
    dates = [day.item() for day in days]
    writings = {
        None: [f"{d:%Y%m%d}" for d in dates],
        "ymd": [f"{d.year}年{d.month}月{d.day}日" for d in dates],
        "dmy": [f"{d.day}/{d.month}/{d.year}" for d in dates],
        "mdy": [f"{d.month}/{d.day}/{d.year}" for d in dates],
    }
    for order, cells in writings.items():
        found = parse_dates(cells)
        assert not found.errors and not found.ambiguous, order
        assert (found.values.astype("M8[D]") == days).all(), order


def test_two_digits_that_would_be_long_ago():
    """31 is no year of ours, so the column shows that the year stands first."""
    found = parse_dates(["24-1-5", "24-01-16", "24-12-31"])
    assert (found.order, found.ambiguous) == ("ymd", False)
    days = found.values.astype("M8[D]").astype(str).tolist()
    assert days == ["2024-01-05", "2024-01-16", "2024-12-31"]
