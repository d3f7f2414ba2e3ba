"""Grids as bytes and back, so that a file parsed once can be looked at in steps."""

from __future__ import annotations

import json
import zlib
from datetime import datetime

from .cells import CellError
from .grid import Grid


def pack(grids: list[Grid]) -> bytes:
    """Compressed JSON; rows hold plain values, dates and errors are listed beside."""
    return zlib.compress(
        json.dumps([_plain(grid) for grid in grids], ensure_ascii=False).encode(), 1
    )


def unpack(data: bytes) -> list[Grid]:
    """What was given to ``pack``."""
    return [_grid(plain) for plain in json.loads(zlib.decompress(data))]


def _plain(grid: Grid) -> dict:
    dates: dict[int, list[int]] = {}
    errors: dict[int, list[int]] = {}
    rows = []
    for number, row in enumerate(grid.rows):
        cells = row
        for column, cell in enumerate(row):
            if isinstance(cell, datetime):
                if cells is row:
                    cells = list(row)
                cells[column] = cell.isoformat()
                dates.setdefault(column, []).append(number)
            elif isinstance(cell, CellError):
                errors.setdefault(column, []).append(number)
        rows.append(cells)
    return {
        "sheet": grid.sheet,
        "hidden": grid.hidden,
        "date1904": grid.date1904,
        "numbers": grid.numbers,
        "rows": rows,
        "dates": list(dates.items()),
        "errors": list(errors.items()),
    }


def _grid(plain: dict) -> Grid:
    rows, known = plain["rows"], {}
    for column, places in plain["dates"]:
        for place in places:
            text = rows[place][column]
            if text not in known:
                known[text] = datetime.fromisoformat(text)
            rows[place][column] = known[text]
    for column, places in plain["errors"]:
        for place in places:
            rows[place][column] = CellError(rows[place][column])
    return Grid(
        plain["sheet"], plain["numbers"], rows, plain["hidden"], plain["date1904"]
    )
