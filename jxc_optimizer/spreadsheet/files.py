"""Opens the bytes of a file, whatever its name says it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .cells import Value
from .errors import SpreadsheetError
from .limits import MEGABYTE, Limits

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
EMPTY_ZIP = b"PK\x05\x06"
BIFF_BEGIN = (b"\x09\x00", b"\x09\x02", b"\x09\x04", b"\x09\x08")
FOREIGN = {
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7z",
    b"\x1f\x8b": "gzip",
    b"{\\rtf": "RTF",
    b"SQLite format 3": "SQLite",
}


@dataclass(frozen=True)
class Sheet:
    """One sheet; ``rows()`` reads it anew each time.

    ``rows()`` yields the number of a row, counted from 1 as Excel does, and its
    cells from column A to the last filled one; rows without content are left out.
    """

    name: str
    rows: Callable[[], Iterator[tuple[int, list[Value]]]]
    hidden: bool = False


@dataclass(frozen=True)
class Workbook:
    """The sheets of a file and what had to be found out to read them.

    format:            "xls", "xlsx", "csv", "html" or "xml" by content, not by name
    date1904:          serial numbers count from 1904
    encoding:          of text files; None where the format settles it
    encoding_certain:  False where other encodings were possible: show it, ask
    delimiter:         of csv files
    """

    format: str
    sheets: tuple[Sheet, ...]
    date1904: bool = False
    encoding: str | None = None
    encoding_certain: bool = True
    delimiter: str | None = None


def open_workbook(
    data: bytes,
    *,
    limits: Limits = Limits(),  # noqa: B008 (frozen)
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Workbook:
    """The workbook in ``data``; ``encoding`` and ``delimiter`` overrule the guess.

    Raises SpreadsheetError, here or while rows are read.
    """
    if not data:
        raise SpreadsheetError("empty")
    if len(data) > limits.size:
        raise SpreadsheetError(
            "too_large",
            size=round(len(data) / MEGABYTE),
            limit=round(limits.size / MEGABYTE),
        )
    for signature, name in FOREIGN.items():
        if data.startswith(signature):
            raise SpreadsheetError("unsupported", format=name)
    if data.startswith(EMPTY_ZIP):
        raise SpreadsheetError("empty")
    if data.startswith(ZIP):
        from .xlsx import open_xlsx

        return open_xlsx(data, limits)
    if data.startswith(OLE) or _is_bare_biff(data):
        from .xls import open_xls

        return open_xls(data, limits)
    from .text import open_text

    return open_text(data, limits, encoding, delimiter)


def _is_bare_biff(data: bytes) -> bool:
    """Excel 2 to 4, and some programs later, write the records without a container."""
    length = int.from_bytes(data[2:4], "little")
    return data[:2] in BIFF_BEGIN and 4 <= length <= 16
