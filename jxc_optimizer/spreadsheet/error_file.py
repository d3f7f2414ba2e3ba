"""The rows in error as a file of the same shape, to be mended and imported again."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

import openpyxl

from .cells import Value
from .neutralise import neutralise
from .table import Issue, Part, Table


def error_rows(
    part: Part,
    table: Table,
    reason: Callable[[Issue], str],
    title: str,
    kept_out: Sequence[int] = (),
) -> list[list[Value]]:
    """Header and rows in error of one sheet, with a last column that says why.

    reason:    an issue in the reader's words
    title:     the name of the last column
    kept_out:  row numbers the caller found in error, with or without an issue
    """
    grid, layout = part.grid, part.layout
    start, end = layout.header
    width = max(layout.columns, default=-1) + 1
    reasons: dict[int, list[str]] = {number: [] for number in kept_out}
    sheet = table.sheets.index(grid.sheet)
    for number in table.row[(table.sheet_of == sheet) & ~table.valid].tolist():
        reasons.setdefault(number, [])
    for issue in table.issues:
        if issue.sheet == grid.sheet:
            reasons.setdefault(issue.row, []).append(reason(issue))

    def padded(row: list[Value], last: str) -> list[Value]:
        return [*row[:width], *[None] * (width - len(row)), last]

    rows = [padded(row, "") for row in grid.rows[start:end]]
    if rows:
        rows[-1][-1] = title
    rows += [
        padded(grid.rows[index], "; ".join(reasons[grid.numbers[index]]))
        for index in layout.rows
        if grid.numbers[index] in reasons
    ]
    return rows


def to_xlsx(sheets: dict[str, list[list[Value]]]) -> bytes:
    """An .xlsx without formulas; text that would be one gets an apostrophe."""
    book = openpyxl.Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = book.create_sheet((name or "Errors")[:31])
        for row in rows:
            sheet.append([neutralise(str(c)) if isinstance(c, str) else c for c in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
