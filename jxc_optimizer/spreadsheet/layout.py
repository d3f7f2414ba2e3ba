"""Finds the table on a sheet: its header, its rows, and what is neither."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from statistics import median

from .cells import Value, as_text, column_letter, kind
from .dates import parse_dates
from .grid import Grid
from .names import SIMPLIFIED, known_name, plain

LOOKED_AT = 60
"""Rows in which the header is searched."""

TOTAL = re.compile(
    r"^(?:(?:本[页日周月季年]|本期|全部|累计|期间|[当每]?[日月年页单])?"
    r"(?:合计|总计|小计|共计|总合计|累计|汇总)|承前页|承上页|过次页|转下页|接上页|"
    r"(?:grand |sub[- ]?|page )?totals?|sum|subtotal)"
    r"(?:数量|金额|行)?\s*[:：]?$",
    re.IGNORECASE,
)
GROUP_TOTAL = re.compile(
    r"^(.{1,60}?)[\s:：]*(?:合计|总计|小计|共计|汇总|(?<=\s)total)\s*[:：]?$",
    re.IGNORECASE,
)
"""The total of a group, named by it: "A001 汇总", as Excel's subtotals are."""

BRACKETS = "【】[]()（）<>《》*- "
NOTE = re.compile(
    r"[:：]|第\s*\d+\s*页|共\s*\d+\s*页|\bpage\b|[-=_*]{3,}", re.IGNORECASE
)


@dataclass(frozen=True)
class Layout:
    """Where the table stands in a grid; all positions are indexes, not row numbers.

    header:   first header row and the row after the last one; equal if there is none
    columns:  the columns that belong to the table
    names:    the name of each, "group / name" below a merged header, "" if none
    rows:     the rows that hold records
    skipped:  every other row → title, header, repeated_header, total, note or
              other_table (all below a header with other names)
    """

    header: tuple[int, int]
    columns: tuple[int, ...]
    names: tuple[str, ...]
    rows: tuple[int, ...]
    skipped: dict[int, str] = field(default_factory=dict)

    @property
    def letters(self) -> tuple[str, ...]:
        return tuple(map(column_letter, self.columns))


def find_layout(grid: Grid, header: tuple[int, int] | None = None) -> Layout:
    """The layout; ``header`` (as in Layout) is given by the user or found."""
    if header is None:
        header = find_header(grid)
    start, end = header
    names = _names(grid, start, end)
    rows, skipped = _records(grid, start, end)
    used = Counter()
    for index in rows:
        used.update(i for i, cell in enumerate(grid.rows[index]) if cell is not None)
    columns = tuple(i for i in range(grid.width) if used[i] or (names[i] and not rows))
    # An unnamed column with hardly anything in it is a remark beside the table.
    return Layout(header, columns, tuple(names[i] for i in columns), rows, skipped)


def find_header(grid: Grid) -> tuple[int, int]:
    """The rows of the header: the best of the first rows, or none at all."""
    rows = grid.rows[:LOOKED_AT]
    widths = [sum(cell is not None for cell in row) for row in rows]
    typical = median(widths) if widths else 0
    best, best_score = None, 0.0
    for index, row in enumerate(rows):
        score = _header_score(row, rows[index + 1 : index + 8], typical)
        if score > best_score:
            best, best_score = index, score
    if best is None:
        return 0, 0
    end = best + 1
    if end < len(rows) and _is_second_row(rows[best], rows[end]):
        return best, end + 1
    if best and _is_second_row(rows[best - 1], rows[best]):
        return best - 1, end
    return best, end


def looks_like_data(cell: Value) -> bool:
    """A number, a date, or text that begins like one."""
    if kind(cell) in ("number", "date", "bool", "error"):
        return True
    return bool(re.match(r"^[\s¥￥$€£(+-]*[\d０-９]", as_text(cell)))


def _header_score(row: list[Value], below: list[list[Value]], typical: float) -> float:
    """How much a row looks like the names of columns; 0 if it cannot be."""
    filled = [cell for cell in row if cell is not None]
    if not filled:
        return 0.0
    known = sum(known_name(as_text(cell)) for cell in filled)
    data = sum(looks_like_data(cell) for cell in filled)
    if data > 0.34 * len(filled) or (len(filled) < 2 <= typical):
        return 0.0
    texts = [plain(as_text(cell)) for cell in filled]
    distinct = len(set(texts)) / len(texts)
    share = min(len(filled) / typical, 1.0) if typical else 0.0
    # Names stand above data: what is below differs in kind from the row itself.
    above_data = 0
    for i, cell in enumerate(row):
        if cell is not None and not looks_like_data(cell):
            column = [other[i] for other in below if i < len(other)]
            above_data += any(looks_like_data(other) for other in column)
    score = 2.0 * known / len(filled) + share * distinct + above_data / len(filled)
    if not known and not above_data:
        return 0.0
    long = sum(len(text) > 40 for text in texts)
    return score - long - (0.5 if any(TOTAL.match(as_text(c)) for c in filled) else 0)


def _is_second_row(top: list[Value], row: list[Value]) -> bool:
    """Whether ``row`` goes on with the header ``top``, as below merged cells."""
    filled = {i: cell for i, cell in enumerate(row) if cell is not None}
    if not filled or any(looks_like_data(cell) for cell in filled.values()):
        return False
    groups = {i: cell for i, cell in enumerate(top) if cell is not None}
    if len(groups) < 2 or any(NOTE.search(as_text(cell)) for cell in groups.values()):
        return False
    if groups.keys() <= filled.keys():  # complete by itself: the top is a title
        return False
    gaps = filled.keys() - groups.keys()
    known = sum(known_name(as_text(cell)) for cell in filled.values())
    return bool(gaps) and known * 2 >= len(filled)


def _names(grid: Grid, start: int, end: int) -> list[str]:
    names = [""] * grid.width
    if end - start == 2:
        top, sub = grid.rows[start], grid.rows[end - 1]
        group = ""
        for i in range(grid.width):
            upper = as_text(top[i]) if i < len(top) else ""
            lower = as_text(sub[i]) if i < len(sub) else ""
            if upper:
                group = upper
            elif not lower:
                group = ""
            above = upper or (group if lower else "")
            names[i] = f"{above} / {lower}" if above and lower else above or lower
    elif end > start:
        for i, cell in enumerate(grid.rows[start]):
            names[i] = as_text(cell)
    return [" ".join(name.split()) for name in names]


def _records(
    grid: Grid, start: int, end: int
) -> tuple[tuple[int, ...], dict[int, str]]:
    skipped = {i: "title" for i in range(start)}
    skipped.update((i, "header") for i in range(start, end))
    head = [[plain(as_text(cell)) for cell in row] for row in grid.rows[start:end]]
    width = len([name for name in head[0] if name]) if head else 0
    sizes = [len(row) - row.count(None) for row in grid.rows]
    # Totals and notes are short: a full record is as long as the upper quarter.
    full = sorted(sizes[end:])
    typical = full[len(full) * 3 // 4] if full else 0
    rows, elsewhere = [], False
    for index in range(end, len(grid.rows)):
        row, size = grid.rows[index], sizes[index]
        first = next((cell for cell in row if cell is not None), None)
        if width > 1 and isinstance(first, str) and _repeats(row, head):
            skipped[index], elsewhere = "repeated_header", False
        elif elsewhere or (head and _is_other_header(row)):
            skipped[index], elsewhere = "other_table", True
        elif size < max(typical, 2) and (
            is_total(row) or _is_group_total(row, grid.rows[index - 1], typical)
        ):
            skipped[index] = "total"
        elif _is_note(row, size, typical):
            skipped[index] = "note"
        else:
            rows.append(index)
    return tuple(rows), skipped


def _repeats(row: list[Value], head: list[list[str]]) -> bool:
    """Whether a row is one of the header, but for a cell or two (the page number)."""
    first = next((cell for cell in row if cell is not None), None)
    if not any(plain(as_text(first)) in names for names in head):
        return False
    texts = [plain(as_text(cell)) for cell in row]
    for names in head:
        same = sum(text == name != "" for text, name in zip(texts, names, strict=False))
        if texts == names or same >= max(3, 0.7 * sum(map(bool, names))):
            return True
    return False


def _is_other_header(row: list[Value]) -> bool:
    """Whether another table begins here: its columns mean something else."""
    filled = [cell for cell in row if cell is not None]
    if len(filled) < 3 or any(map(looks_like_data, filled)):
        return False
    return sum(known_name(as_text(cell)) for cell in filled) >= max(
        3, 0.6 * len(filled)
    )


def is_total(row: list[Value]) -> bool:
    """The first text of the row says so, as 合计 does, spaces inside or not.

    An article may be called "Total", but then its code stands before the name.
    """
    first = True
    for cell in row:
        if isinstance(cell, str) and not looks_like_data(cell):
            text = cell.translate(SIMPLIFIED).strip().strip(BRACKETS)
            text = re.sub(r"(?<=[^\x00-\x7f])\s+", "", text)
            return bool(TOTAL.match(text)) and (first or not text.isascii())
        first = first and cell is None
    return False


def _is_group_total(row: list[Value], above: list[Value], typical: float) -> bool:
    """Whether the first text names a total and whose it is.

    That is what the row above says, or a day; or the row holds little else, so that
    an article whose name ends like that stays a record.
    """
    text = next((cell for cell in row if isinstance(cell, str)), "")
    match = GROUP_TOTAL.match(text.translate(SIMPLIFIED).strip().strip(BRACKETS))
    if not match:
        return False
    group = match[1].strip()
    short = 2 * (len(row) - row.count(None)) <= typical
    return short or group in map(as_text, above) or not parse_dates([group]).errors


def _is_note(row: list[Value], size: int, typical: float) -> bool:
    if typical < 3 or size > typical / 3:
        return False
    texts = [cell for cell in row if cell is not None]
    if size == 1 and not looks_like_data(texts[0]):
        return True
    return any(isinstance(cell, str) and NOTE.search(cell) for cell in texts)


def with_rows(layout: Layout, kept: set[int]) -> Layout:
    """The layout with rows taken back that were skipped by mistake."""
    skipped = {i: why for i, why in layout.skipped.items() if i not in kept}
    return replace(layout, rows=tuple(sorted({*layout.rows, *kept})), skipped=skipped)
