"""The rows in error as a file of the same shape, to be mended and imported again."""

from __future__ import annotations

import io
from collections.abc import Collection, Mapping

import openpyxl

from .cells import Value
from .neutralise import neutralise
from .table import Part


def error_rows(
    part: Part,
    reasons: Mapping[int, str],
    title: str,
    fill_down: Collection[str] = (),
) -> list[list[Value]]:
    """Header and rows in error of one sheet, with a last column that says why.

    reasons:    place among the records of the sheet → why it is in error
    title:      the name of the last column
    fill_down:  meanings whose empty cells repeat the cell above, which is spelled out:
                above a row stand other ones here
    """
    grid, layout = part.grid, part.layout
    start, end = layout.header
    width = max(layout.columns, default=-1) + 1
    repeated = [part.mapping[name] for name in fill_down if name in part.mapping]

    def padded(row: list[Value], last: str) -> list[Value]:
        return [*row[:width], *[None] * (width - len(row)), last]

    rows = [padded(row, "") for row in grid.rows[start:end]]
    if rows:
        rows[-1][-1] = title
    above: dict[int, Value] = {}
    for place, index in enumerate(layout.rows):
        row = grid.rows[index]
        for column in repeated:
            if column < len(row) and row[column] is not None:
                above[column] = row[column]
        if place in reasons:
            told = padded(row, reasons[place])
            for column in repeated:
                told[column] = above.get(column)
            rows.append(told)
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
