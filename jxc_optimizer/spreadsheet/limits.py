"""How much of a file is read before it is refused."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Limits:
    """Bounds checked before or while reading, never after.

    size:      bytes of the file
    unpacked:  bytes of all parts of a packed file, as its directory states them
    strings:   bytes of the unpacked table of shared texts, which is held in memory
    ratio:     unpacked to packed size; only looked at above ``ratio_from`` bytes,
               as small parts of honest files may be very regular
    parts:     entries of a packed file
    rows:      filled rows of all sheets together
    columns:   rightmost column that may hold data
    cells:     filled cells of all sheets together; this bounds the memory
    text:      characters of one cell (Excel's own limit)
    """

    size: int = 64 * MEGABYTE
    unpacked: int = 600 * MEGABYTE
    strings: int = 80 * MEGABYTE
    ratio: float = 250.0
    ratio_from: int = 16 * MEGABYTE
    parts: int = 5000
    sheets: int = 100
    rows: int = 1_048_576
    columns: int = 512
    cells: int = 8_000_000
    text: int = 32_767
