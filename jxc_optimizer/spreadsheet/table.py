"""The records of a file as typed columns, with every cell that could not be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from .cells import CellError, Value, as_text, column_letter
from .dates import DateColumn, parse_dates
from .grid import Grid
from .layout import Layout
from .names import MEANINGS
from .neutralise import restore
from .numbers import NumberColumn, parse_numbers
from .units import normalise_unit

NO_DATES = np.array([], "M8[s]")
MOST_ISSUES = 50_000
"""Issues listed one by one; beyond, they are only counted (see issue_counts)."""


class Part(NamedTuple):
    """One sheet's share: meaning → grid column."""

    grid: Grid
    layout: Layout
    mapping: Mapping[str, int]


@dataclass(frozen=True)
class Options:
    """What the user settled.

    date_order:  meaning → "ymd", "dmy" or "mdy"
    decimal:     meaning → "." or ","
    prefer:      the date order to propose while a column leaves it open
    required:    meanings without which a row is in error
    fill_down:   meanings whose empty cells repeat the cell above (merged cells,
                 or a document number written on its first line only)
    aside:       meanings that are not used: what stands there puts no row in error
    """

    date_order: Mapping[str, str] = field(default_factory=dict)
    decimal: Mapping[str, str] = field(default_factory=dict)
    prefer: str = "dmy"
    required: tuple[str, ...] = ()
    fill_down: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()


class Issue(NamedTuple):
    """A cell that could not be used. Codes: date_unreadable, date_out_of_range,
    number_unreadable, number_convention, cell_error, missing."""

    sheet: str
    row: int
    column: str
    meaning: str
    raw: str
    code: str


class Question(NamedTuple):
    """What the file leaves open. Codes: date_order, decimal (to be answered),
    mixed_dates, monthly, currencies, percent (to be shown)."""

    meaning: str
    code: str
    choices: tuple[str, ...]


class Stated(NamedTuple):
    """A figure in one of the file's own rows of totals."""

    sheet: str
    row: int
    meaning: str
    value: float


@dataclass
class Table:
    """Records in the order of the file.

    sheets, sheet_of:  names, and the index of each record's sheet
    row:               row number of each record on its sheet
    columns:           meaning → float64 or datetime64[s] array, or list of str
                       (units: as written; ``units`` has the canonical ones)
    valid:             records without any issue
    issues:            at most MOST_ISSUES; ``issue_counts`` by (meaning, code) has all
    stated:            totals that stand in the file, to compare with the sums
    """

    sheets: tuple[str, ...]
    sheet_of: np.ndarray
    row: np.ndarray
    columns: dict[str, np.ndarray | list[str]]
    valid: np.ndarray
    units: list[str | None] | None = None
    issues: list[Issue] = field(default_factory=list)
    issue_counts: Counter = field(default_factory=Counter)
    questions: list[Question] = field(default_factory=list)
    stated: list[Stated] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.row)

    def period(self, meaning: str = "date") -> tuple[np.datetime64, ...]:
        """First and last day of the valid records; nothing if there are none."""
        dates = self.columns.get(meaning, NO_DATES)
        used = dates[self.valid[: len(dates)] & ~np.isnat(dates)].astype("M8[D]")
        return (used.min(), used.max()) if len(used) else ()

    def by_month(
        self, meaning: str = "quantity", date: str = "date"
    ) -> dict[str, float]:
        """Month ("2024-03") → sum of a number column over the valid records."""
        dates, numbers = self.columns[date], self.columns[meaning]
        used = self.valid & ~np.isnat(dates) & ~np.isnan(numbers)
        months, index = np.unique(dates[used].astype("M8[M]"), return_inverse=True)
        sums = np.bincount(index, numbers[used], minlength=len(months))
        return dict(zip(months.astype(str).tolist(), sums.tolist(), strict=True))


def build(parts: Sequence[Part], options: Options = Options()) -> Table:  # noqa: B008
    """One table of the records of all parts.

    Columns of several sheets are read together, so that one date order and one
    decimal sign hold for all of them.
    """
    sheets = tuple(part.grid.sheet for part in parts)
    counts = [len(part.layout.rows) for part in parts]
    table = Table(
        sheets=sheets,
        sheet_of=np.repeat(np.arange(len(parts)), counts),
        row=np.array(
            [part.grid.numbers[i] for part in parts for i in part.layout.rows], np.int64
        ),
        columns={},
        valid=np.ones(sum(counts), bool),
    )
    meanings = dict.fromkeys(key for part in parts for key in part.mapping)
    signs: dict[str, str | None] = {}
    unsettled = []
    for meaning in meanings:
        cells = [cell for part in parts for cell in _cells(part, meaning)]
        if meaning in options.fill_down:
            cells = _filled_down(cells, table.sheet_of)
        if MEANINGS[meaning].content == "number":
            numbers = parse_numbers(cells, options.decimal.get(meaning))
            if numbers.ambiguous:
                unsettled.append((meaning, cells))
                continue
            signs[meaning] = numbers.decimal
            _put_numbers(table, parts, meaning, cells, numbers, options)
        else:
            _read(table, parts, meaning, cells, options)
    # One program wrote the file: what its other columns show holds for all.
    agreed = set(signs.values()) - {None}
    decimal = agreed.pop() if len(agreed) == 1 else None
    for meaning, cells in unsettled:
        numbers = parse_numbers(cells, decimal)
        _put_numbers(table, parts, meaning, cells, numbers, options)
    table.columns = {meaning: table.columns[meaning] for meaning in meanings}
    table.issues.sort(key=lambda issue: (table.sheets.index(issue.sheet), issue.row))
    for meaning in options.required:
        if meaning not in meanings:
            table.questions.append(Question(meaning, "column_missing", ()))
    table.stated = [total for part in parts for total in _stated(part)]
    return table


def _cells(part: Part, meaning: str) -> list[Value]:
    rows, column = part.grid.rows, part.mapping.get(meaning)
    if column is None:
        return [None] * len(part.layout.rows)
    return [
        row[column] if column < len(row) else None
        for row in map(rows.__getitem__, part.layout.rows)
    ]


def _filled_down(cells: list[Value], sheet_of: np.ndarray) -> list[Value]:
    filled, above, sheet = [], None, None
    for cell, here in zip(cells, sheet_of.tolist(), strict=True):
        above = cell if cell is not None or here != sheet else above
        sheet = here
        filled.append(above)
    return filled


def _read(
    table: Table,
    parts: Sequence[Part],
    meaning: str,
    cells: list[Value],
    options: Options,
) -> None:
    """Read a column of dates or text into the table."""
    content = MEANINGS[meaning].content
    errors: dict[int, str]
    if content == "date":
        dates = parse_dates(
            cells,
            options.date_order.get(meaning),
            prefer=options.prefer,
            date1904=any(part.grid.date1904 for part in parts),
        )
        table.columns[meaning], errors = dates.values, dict(dates.errors)
        empty = np.isnat(dates.values)
        table.questions += _date_questions(meaning, dates)
    else:
        shown = {cell: as_text(cell) for cell in {*cells} if not _is_bool(cell)}
        texts = [as_text(cell) if _is_bool(cell) else shown[cell] for cell in cells]
        errors = {
            i: "cell_error"
            for i, cell in enumerate(cells)
            if isinstance(cell, CellError)
        }
        table.columns[meaning] = [restore(text) for text in texts]
        empty = np.array([not text for text in texts], bool)
        if content == "unit":
            known = {text: normalise_unit(text) for text in set(texts)}
            table.units = [known[text] for text in texts]
    _note(table, parts, meaning, cells, errors, empty, options)


def _put_numbers(
    table: Table,
    parts: Sequence[Part],
    meaning: str,
    cells: list[Value],
    numbers: NumberColumn,
    options: Options,
) -> None:
    table.columns[meaning] = numbers.values
    table.questions += _number_questions(meaning, numbers)
    has_unit = any("unit" in part.mapping for part in parts)
    if meaning == "quantity" and numbers.units and not has_unit:
        table.units = [numbers.units.get(i) for i in range(len(cells))]
    empty = np.isnan(numbers.values)
    _note(table, parts, meaning, cells, dict(numbers.errors), empty, options)


def _note(
    table: Table,
    parts: Sequence[Part],
    meaning: str,
    cells: list[Value],
    errors: dict[int, str],
    empty: np.ndarray,
    options: Options,
) -> None:
    """Turn errors, and empty cells where one is required, into issues."""
    if meaning in options.aside:
        return
    if meaning in options.required:
        for index in np.flatnonzero(empty).tolist():
            errors.setdefault(index, "missing")
    for index, code in sorted(errors.items()):
        table.valid[index] = False
        table.issue_counts[meaning, code] += 1
        if len(table.issues) < MOST_ISSUES:
            sheet = int(table.sheet_of[index])
            column = parts[sheet].mapping.get(meaning)
            table.issues.append(
                Issue(
                    table.sheets[sheet],
                    int(table.row[index]),
                    "" if column is None else column_letter(column),
                    meaning,
                    as_text(cells[index])[:200],
                    code,
                )
            )


def _is_bool(cell: Value) -> bool:
    return cell is True or cell is False


def _date_questions(meaning: str, dates: DateColumn) -> list[Question]:
    questions = []
    if dates.ambiguous:
        questions.append(Question(meaning, "date_order", dates.choices))
    if dates.mixed:
        questions.append(Question(meaning, "mixed_dates", ()))
    if dates.monthly:
        questions.append(Question(meaning, "monthly", ()))
    return questions


def _number_questions(meaning: str, numbers: NumberColumn) -> list[Question]:
    questions = []
    if numbers.ambiguous:
        questions.append(Question(meaning, "decimal", (".", ",")))
    if len(numbers.currencies) > 1:
        questions.append(Question(meaning, "currencies", numbers.currencies))
    if numbers.percent:
        questions.append(Question(meaning, "percent", (str(numbers.percent),)))
    return questions


def _stated(part: Part) -> list[Stated]:
    found = []
    for index, why in part.layout.skipped.items():
        if why != "total":
            continue
        row = part.grid.rows[index]
        for meaning, column in part.mapping.items():
            if MEANINGS[meaning].content == "number" and column < len(row):
                value = parse_numbers([row[column]]).values[0]
                if not np.isnan(value):
                    number = part.grid.numbers[index]
                    found.append(Stated(part.grid.sheet, number, meaning, float(value)))
    return found
