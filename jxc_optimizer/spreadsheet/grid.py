"""The cells of one sheet in memory; after this the file is not read again."""

from __future__ import annotations

from dataclasses import dataclass, field

from .cells import Value
from .errors import SpreadsheetError
from .files import Workbook
from .limits import Limits


@dataclass
class Grid:
    """The filled rows of a sheet.

    numbers:  row number of each, counted from 1 as Excel shows it
    rows:     cells from column A to the last filled one of that row
    """

    sheet: str
    numbers: list[int] = field(default_factory=list)
    rows: list[list[Value]] = field(default_factory=list)
    hidden: bool = False
    date1904: bool = False

    @property
    def width(self) -> int:
        return max(map(len, self.rows), default=0)

    def column(self, index: int, first: int = 0, last: int | None = None):
        """The cells of a column in the rows ``first`` to before ``last``."""
        return [
            row[index] if index < len(row) else None for row in self.rows[first:last]
        ]


def load(
    workbook: Workbook,
    limits: Limits = Limits(),  # noqa: B008 (frozen)
    progress=None,
) -> list[Grid]:
    """All sheets that hold anything.

    ``progress(rows)`` is called every few thousand rows; what it raises ends the
    reading. Raises SpreadsheetError when a limit is passed or nothing is found.
    """
    grids, rows, cells = [], 0, 0
    for sheet in workbook.sheets:
        grid = Grid(sheet.name, hidden=sheet.hidden, date1904=workbook.date1904)
        for number, row in sheet.rows():
            grid.numbers.append(number)
            grid.rows.append(row)
            rows += 1
            cells += len(row)
            if rows > limits.rows:
                raise SpreadsheetError("too_many_rows", limit=limits.rows)
            if cells > limits.cells:
                raise SpreadsheetError("too_many_cells", limit=limits.cells)
            if progress and not rows % 5000:
                progress(rows)
        if grid.rows:
            grids.append(grid)
    if not grids:
        raise SpreadsheetError("no_data")
    return grids
