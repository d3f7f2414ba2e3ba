"""A first reading of all sheets, for the user to look at and correct."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from .columns import Recognised, layout_key, recognise
from .crosstab import unfold
from .grid import Grid
from .layout import Layout, find_layout
from .table import Part

Memory = Callable[[str], Mapping[str, str | None] | None]
"""Layout key → column name → meaning, as chosen for such a file before."""


@dataclass(frozen=True)
class Proposal:
    """One sheet, its layout and its columns.

    use:        whether the sheet holds records like those of the first one
    key:        what to remember the user's choice of columns under
    """

    grid: Grid
    layout: Layout
    columns: tuple[Recognised, ...]
    key: str
    use: bool = True

    @property
    def mapping(self) -> dict[str, int]:
        return {item.meaning: item.column for item in self.columns if item.meaning}

    @property
    def part(self) -> Part:
        return Part(self.grid, self.layout, self.mapping)

    def correct(self, chosen: Mapping[int, str | None]) -> Proposal:
        """With the user's meanings for some columns; the rest is kept.

        A meaning given to one column is taken from the other that had it.
        """
        given = set(chosen.values()) - {None}
        columns = tuple(
            replace(item, meaning=chosen[item.column], confidence=1.0)
            if item.column in chosen
            else replace(item, meaning=None, confidence=0.0)
            if item.meaning in given
            else item
            for item in self.columns
        )
        return replace(self, columns=columns)


def propose(
    grids: Sequence[Grid],
    wanted: Iterable[str] | None = None,
    memory: Memory | None = None,
) -> list[Proposal]:
    """A proposal for each sheet.

    The sheet with most recognised columns leads. A sheet that goes on with it, under
    the same header or (as when the 65,536 rows of an .xls were full) none at all,
    gets its meanings. Hidden sheets, sheets without records and sheets of another
    shape are proposed not to be used.
    """
    wanted = list(wanted) if wanted is not None else None
    proposals = [_alone(grid, wanted, memory) for grid in grids]
    lead = max(
        proposals,
        key=lambda item: (item.use, len(item.mapping), len(item.layout.rows)),
        default=None,
    )
    return [item if item is lead else _beside(item, lead, wanted) for item in proposals]


def _alone(grid: Grid, wanted: list[str] | None, memory: Memory | None) -> Proposal:
    if wanted is None or {"date", "quantity"} <= {*wanted}:
        grid = unfold(grid)
    layout = find_layout(grid)
    key = layout_key(layout)
    remembered = (memory(key) if memory else None) or {}
    chosen = {
        column: remembered[name]
        for column, name in zip(layout.columns, layout.names, strict=True)
        if name in remembered
    }
    columns = tuple(recognise(grid, layout, wanted, chosen))
    return Proposal(grid, layout, columns, key, bool(layout.rows) and not grid.hidden)


def _beside(item: Proposal, lead: Proposal, wanted: list[str] | None) -> Proposal:
    layout, key = item.layout, item.key
    bare = layout.header[0] == layout.header[1]
    same = layout.names == lead.layout.names and layout.columns == lead.layout.columns
    columns, known = set(layout.columns), set(lead.layout.columns)
    goes_on = bare and columns <= known and len(columns) >= 0.7 * len(known)
    if not same and not goes_on:
        return replace(item, use=False)
    if bare:
        names = dict(zip(lead.layout.columns, lead.layout.names, strict=True))
        layout = replace(layout, names=tuple(names[i] for i in layout.columns))
        key = lead.key
    meanings = {column.column: column.meaning for column in lead.columns}
    chosen = {i: meanings[i] for i in layout.columns}
    found = tuple(recognise(item.grid, layout, wanted, chosen))
    return replace(item, layout=layout, key=key, columns=found)
