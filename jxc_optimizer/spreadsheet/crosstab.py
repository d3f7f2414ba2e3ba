"""Months or days side by side, unfolded into one row per article and period.

货号  品名   1月  2月            货号  品名   月份       数量
A1    螺丝   10   20     →       A1    螺丝   2024年1月  10
                                 A1    螺丝   2024年2月  20
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from .cells import Value, as_text
from .dates import MONTHS, PLACEHOLDERS
from .grid import Grid
from .layout import LOOKED_AT, is_total, looks_like_data
from .names import MEANINGS, plain
from .numbers import parse_numbers

MOST_RECORDS = 1_048_576
"""A sheet that would unfold to more is left as it is."""

LOOKED_BELOW = 20
WHAT = "(?:销售数量|销售量|销量|数量|出库数量|出库|销售|qty|quantity|sales)?"
MONTH = re.compile(r"(\d{4})(?:[年./-](\d{1,2})|(\d{2}))(?:月份?)?" + WHAT, re.I)
DAY = re.compile(r"(\d{4})[年./-](\d{1,2})[月./-](\d{1,2})日?" + WHAT, re.I)
BARE_MONTH = re.compile(r"(\d{1,2})月份?" + WHAT, re.I)
NAMED_MONTH = re.compile(r"([a-z]{3,9})\.?(?:[-/ ']*(\d{4}|\d{2}))?", re.I)
SUM = re.compile(
    "合计|总计|小计|累计|平均|均值|总量|全年|^(?:grand )?total$|^sum$|average", re.I
)
"""The name of a column that sums up the periods."""

YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")


@dataclass(frozen=True)
class _Shape:
    """Where the periods of a sheet stand.

    header:   the first and the last row of the header
    names:    column → name, of those that tell the article
    periods:  column of the quantity → its period, as (year, month, day or 0)
    """

    header: tuple[int, int]
    names: dict[int, str]
    periods: dict[int, tuple[int, int, int]]


def unfold(grid: Grid) -> Grid:
    """The grid with a row per period, or as it is where no periods stand in a row."""
    shape = _find(grid)
    if shape is None:
        return grid
    start, end = shape.header
    chinese = any(not name.isascii() for name in shape.names.values())
    daily = any(day for _year, _month, day in shape.periods.values())
    result = Grid(grid.sheet, hidden=grid.hidden, date1904=grid.date1904)

    def put(number: int, row: list[Value]) -> None:
        result.numbers.append(number)
        result.rows.append(row)

    for index in range(start):
        put(grid.numbers[index], grid.rows[index])
    when = ("日期" if daily else "月份") if chinese else ("Day" if daily else "Month")
    put(
        grid.numbers[end],
        [*shape.names.values(), when, "数量" if chinese else "Quantity"],
    )
    shown = {
        column: f"{year}-{month:02}" + (f"-{day or 1:02}" if daily else "")
        for column, (year, month, day) in shape.periods.items()
    }
    for number, row in zip(grid.numbers[end + 1 :], grid.rows[end + 1 :], strict=True):
        told = [row[column] if column < len(row) else None for column in shape.names]
        if is_total(row) or not any(cell is not None for cell in told):
            put(number, [next((cell for cell in row if cell is not None), None)])
            continue
        for column, period in shown.items():
            value = row[column] if column < len(row) else None
            if not _is_empty(value):
                put(number, [*told, period, value])
    return result


def _find(grid: Grid) -> _Shape | None:
    for index, row in enumerate(grid.rows[:LOOKED_AT]):
        periods = _periods(grid, index, row)
        if len(periods) < 2 or list(periods.values()) != sorted({*periods.values()}):
            continue
        end, columns = index, _spans(periods, row)
        below = grid.rows[index + 1] if index + 1 < len(grid.rows) else []
        if any(_at(below, column) for column in periods) and not any(
            looks_like_data(_at(below, column))
            for column in periods
            if _at(below, column) is not None
        ):
            end, columns = index + 1, _quantities(columns, below)
        else:
            columns = {column: [column] for column in columns}
        picked = {span[0]: periods[column] for column, span in columns.items() if span}
        taken = _covered(periods, row, grid.width, end > index)
        header = [row, *grid.rows[index + 1 : end + 1]]
        if not any(_at(row, c) for c in range(grid.width) if c not in taken) and index:
            header.insert(0, grid.rows[index - 1])
        names = _names(header, taken, grid.width)
        if len(picked) == len(periods) and names and _numbers(grid, end, picked):
            if len(picked) * (len(grid.rows) - end) <= MOST_RECORDS:
                start = index - (header[0] is not row)
                return _Shape((start, end), names, picked)
    return None


def _periods(grid: Grid, index: int, row: Sequence[Value]) -> dict:
    """Column → period of the cells that name one; months may take the title's year."""
    found, open_months = {}, {}
    for column, cell in enumerate(row):
        period = _period(cell)
        if period and period[0]:
            found[column] = period
        elif period:
            open_months[column] = period
    if open_months and not found:
        above = (as_text(cell) for r in grid.rows[:index] for cell in r)
        years = {year for text in (grid.sheet, *above) for year in YEAR.findall(text)}
        if len(years) == 1:
            year = int(years.pop())
            found = {c: (year, *rest) for c, (_, *rest) in open_months.items()}
    return found


def _period(cell: Value) -> tuple[int, int, int] | None:
    """(year, month, day); year 0 where the cell leaves it open, day 0 for a month."""
    if isinstance(cell, datetime):
        return cell.year, cell.month, cell.day if cell.day > 1 else 0
    text = as_text(cell).replace(" ", "")
    year, month, day = 0, 0, 0
    if match := DAY.fullmatch(text):
        year, month, day = map(int, match.groups())
    elif match := MONTH.fullmatch(text):
        year, month = int(match[1]), int(match[2] or match[3])
    elif match := BARE_MONTH.fullmatch(text):
        month = int(match[1])
    elif (match := NAMED_MONTH.fullmatch(text)) and match[1].lower() in MONTHS:
        year = int(match[2] or 0)
        year += 2000 if 0 < year < 100 else 0
        month = MONTHS[match[1].lower()]
    inside = 1 <= month <= 12 and day <= 31 and (not year or 1950 <= year <= 2099)
    return (year, month, day) if inside else None


def _spans(periods: dict, row: Sequence[Value]) -> dict[int, list[int]]:
    """Each period's columns: its own and the empty ones after it, as when merged."""
    spans = {}
    for column in periods:
        last = column + 1
        while last < len(row) and row[last] is None:
            last += 1
        spans[column] = list(range(column, last))
    final = max(periods)
    width = max((len(span) for c, span in spans.items() if c != final), default=1)
    spans[final] = list(range(final, final + width))
    return spans


def _quantities(spans: dict, below: Sequence[Value]) -> dict[int, list[int]]:
    """Of each period's columns the one that the row below calls a quantity."""
    known = MEANINGS["quantity"].names
    return {
        column: [c for c in span if plain(as_text(_at(below, c))) in known][:1]
        for column, span in spans.items()
    }


def _covered(periods: dict, row: Sequence[Value], width: int, grouped: bool) -> set:
    if not grouped:
        return set(periods)
    return {c for span in _spans(periods, row).values() for c in span if c < width}


def _names(header: list, taken: set, width: int) -> dict[int, str]:
    """The columns that tell the article; sums over the periods are left out."""
    names = {}
    for column in range(width):
        texts = [as_text(_at(row, column)) for row in header]
        name = " ".join(dict.fromkeys(filter(None, texts)))
        if column not in taken and name and not SUM.search(name):
            names[column] = name
    return names


def _numbers(grid: Grid, end: int, periods: dict) -> bool:
    """Whether below the periods stand quantities, and not periods again."""
    cells = [
        cell
        for column in periods
        for cell in grid.column(column, end + 1, end + 1 + LOOKED_BELOW)
        if not _is_empty(cell)
    ]
    if not cells:
        return False
    wrong = len(parse_numbers(cells).errors)
    again = sum(bool((_period(cell) or (0,))[0]) for cell in cells)
    return wrong + again <= 0.2 * len(cells)


def _at(row: Sequence[Value], column: int) -> Value:
    return row[column] if column < len(row) else None


def _is_empty(cell: Value) -> bool:
    return cell is None or (
        isinstance(cell, str) and cell.strip().lower() in PLACEHOLDERS
    )
