"""Which empty cells stand for the one above: documents written on their first line."""

from __future__ import annotations

from collections.abc import Sequence

from .table import Part

OF_DOCUMENT = ("date", "document_type", "state", "warehouse", "customer")
"""What holds for a whole document."""


def repeated_below(parts: Sequence[Part]) -> tuple[str, ...]:
    """The meanings whose empty cells repeat the cell above.

    The number of a document, and of what belongs to it those that are only empty
    where the number is empty too: so they never reach from one document into the next.
    """
    found = []
    for meaning in ("document", *OF_DOCUMENT):
        missing = [_missing(part, meaning) for part in parts]
        if any(missing) and all(map(_inside_documents, parts, missing)):
            found.append(meaning)
    return tuple(found)


def _missing(part: Part, meaning: str) -> set[int]:
    """Places of the records whose cell of this meaning is empty."""
    column = part.mapping.get(meaning)
    if column is None:
        return set()
    rows = map(part.grid.rows.__getitem__, part.layout.rows)
    return {
        place
        for place, row in enumerate(rows)
        if column >= len(row) or row[column] is None
    }


def _inside_documents(part: Part, missing: set[int]) -> bool:
    """Whether all of these records go on with a document that began above them."""
    return 0 not in missing and missing <= _missing(part, "document")
