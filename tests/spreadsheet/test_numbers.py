"""Numbers in the writings of several countries."""

import math

import pytest
from spreadsheet import CellError, normalise_unit, parse_numbers


@pytest.mark.parametrize(
    "cell, value",
    [
        ("1,234,567.5", 1234567.5),
        ("1.234.567,5", 1234567.5),
        ("1 234 567,5", 1234567.5),
        ("1\u00a0234,50", 1234.5),
        ("1'234.50", 1234.5),
        ("12,34,567", 1234567),
        ("１２３４．５", 1234.5),
        ("１，２３４，５６７", 1234567),
        ("¥12.50", 12.5),
        ("￥ 1,234.00", 1234),
        ("12.5元", 12.5),
        ("RMB 12.5", 12.5),
        ("€ 9,90", 9.9),
        ("-$5.25", -5.25),
        ("(1,234.50)", -1234.5),
        ("（12.5）", -12.5),
        ("12.5-", -12.5),
        ("−3", -3),
        ("+7", 7),
        ("12.5%", 0.125),
        ("3.5万", 35000),
        ("1.5E+3", 1500),
        ("0,5", 0.5),
        ("0.125", 0.125),
        (".5", 0.5),
        ("00120", 120),
        ("5 kg", 5),
        ("12个", 12),
        (7, 7),
        (2.5, 2.5),
    ],
)
def test_one_meaning(cell, value):
    found = parse_numbers([cell])
    assert not found.errors and not found.ambiguous
    assert found.values[0] == pytest.approx(value)


def test_column_decides_thousands():
    german = parse_numbers(["1.234", "5,5"])
    assert (german.values.tolist(), german.decimal) == ([1234, 5.5], ",")
    english = parse_numbers(["1,234", "5.5"])
    assert (english.values.tolist(), english.decimal) == ([1234, 5.5], ".")


def test_open_column_asks():
    found = parse_numbers(["1,234", "2,500"])
    assert found.ambiguous and found.values.tolist() == [1234, 2500]
    settled = parse_numbers(["1,234", "2,500"], ",")
    assert not settled.ambiguous and settled.values.tolist() == [1.234, 2.5]


def test_cells_against_the_convention_are_in_error():
    found = parse_numbers(["1,5", "2,5", "3,5", "1,234.5"])
    assert found.decimal == "," and found.errors == {3: "number_convention"}


def test_errors_and_empties():
    cells = [None, "-", "无", "ten", CellError("#DIV/0!"), True, 1, math.nan, "1-2"]
    found = parse_numbers([*cells, "5 widgets?", "--5", "1,23,4"])
    assert found.errors == {
        3: "number_unreadable",
        4: "cell_error",
        5: "cell_error",
        7: "number_unreadable",
        8: "number_unreadable",
        9: "number_unreadable",
        10: "number_unreadable",
        11: "number_convention",
    }
    assert found.values[6] == 1


def test_what_stood_beside_the_number_is_kept():
    found = parse_numbers(["¥5", "$6", "7%", "8 公斤", "9箱"])
    assert found.currencies == ("CNY", "USD")
    assert (found.percent, found.units) == (1, {3: "kg", 4: "carton"})


@pytest.mark.parametrize(
    "spellings, unit",
    [
        ("千克 KG kg 公斤 Kgs ㎏ ｋｇ", "kg"),
        ("件 个 個 只 PCS pcs. EA", "piece"),
        ("箱 CTN Carton", "carton"),
        ("升 L litre", "l"),
        ("平方米 m² M2", "m2"),
        ("斤", "jin"),
    ],
)
def test_units(spellings, unit):
    assert {normalise_unit(text) for text in spellings.split()} == {unit}
