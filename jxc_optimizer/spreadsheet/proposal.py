"""A first reading of all sheets, for the user to look at and correct."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from .columns import Recognised, layout_key, recognise
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

    A sheet that goes on with the one before, with the same header or (as when the
    65,536 rows of an .xls were full) none at all, gets its meanings. Hidden sheets,
    sheets without records and sheets of another shape are proposed not to be used.
    """
    wanted = list(wanted) if wanted is not None else None
    proposals: list[Proposal] = []
    first: Proposal | None = None
    for grid in grids:
        layout = find_layout(grid)
        key = layout_key(layout)
        if first is not None and _continues(layout, first.layout):
            chosen = {item.column: item.meaning for item in first.columns}
            if layout.header[0] == layout.header[1]:
                layout = replace(layout, names=first.layout.names)
                key = first.key
        else:
            remembered = (memory(key) if memory else None) or {}
            chosen = {
                column: remembered[name]
                for column, name in zip(layout.columns, layout.names, strict=True)
                if name in remembered
            }
        columns = tuple(recognise(grid, layout, wanted, chosen))
        proposal = Proposal(grid, layout, columns, key)
        use = bool(layout.rows) and not grid.hidden
        if first is None and use and proposal.mapping:
            first = proposal
        elif first is not None:
            use = use and proposal.mapping == first.mapping
        proposals.append(replace(proposal, use=use))
    return proposals


def _continues(layout: Layout, first: Layout) -> bool:
    if layout.columns != first.columns:
        return False
    bare = layout.header[0] == layout.header[1]
    return bare or layout.names == first.names
