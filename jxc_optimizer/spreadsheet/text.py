"""Text tables: csv in its many dialects, and what else hides behind .csv or .xls."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from .cells import Value
from .encoding import decodes, find_encoding
from .errors import SpreadsheetError
from .files import Sheet, Workbook
from .limits import Limits

DELIMITERS = "\t;,|"
CHARSET = re.compile(
    r"(?:charset|encoding)\s*=\s*[\"']?"
    r"(utf-?8|gbk|gb\d+|big5|windows-125\d|iso-8859-\d+|shift_jis|euc-kr)\b",
    re.IGNORECASE,
)
SAMPLE_CHARACTERS = 1 << 16
SAMPLE_ROWS = 200


def open_text(
    data: bytes, limits: Limits, encoding: str | None, delimiter: str | None
) -> Workbook:
    """The workbook; the text is decoded while it is read."""
    certain = True
    if encoding is None:
        encoding, certain = find_encoding(data)
    elif not _known(encoding) or not decodes(data, encoding):
        raise SpreadsheetError("encoding", encoding=encoding)
    with io.TextIOWrapper(io.BytesIO(data), encoding, newline="") as stream:
        head = stream.read(SAMPLE_CHARACTERS)
    if not head.strip("\ufeff \t\r\n\x1a"):
        raise SpreadsheetError("empty")
    if head.lstrip("\ufeff \t\r\n").startswith("<"):
        from .markup import open_markup

        stated = CHARSET.search(head)
        if not certain and stated and _known(stated[1]) and decodes(data, stated[1]):
            encoding, certain = stated[1].lower(), True
        workbook = open_markup(data, limits, encoding, head)
        return replace(workbook, encoding_certain=certain)
    stated, skip = _stated_delimiter(head)
    delimiter = delimiter or stated or find_delimiter(head)

    def rows() -> Iterator[tuple[int, list[Value]]]:
        return _rows(data, encoding, delimiter, skip, limits)

    return Workbook(
        "csv",
        (Sheet("", rows),),
        encoding=encoding,
        encoding_certain=certain,
        delimiter=delimiter,
    )


def _known(encoding: str) -> bool:
    try:
        "".encode(encoding)
    except (LookupError, ValueError):
        return False
    return True


def _stated_delimiter(head: str) -> tuple[str | None, bool]:
    """Excel writes and honours a first line ``sep=;``."""
    first = head.lstrip("\ufeff").split("\n", 1)[0].strip('\r"')
    if first.lower().startswith("sep=") and len(first) == 5:
        return first[4], True
    return None, False


def find_delimiter(head: str) -> str:
    """The separator that cuts most lines into the same number of fields.

    Of equals the first of tab, semicolon, comma and bar wins: a comma inside
    numbers is common, a semicolon or a tab is not.

    >>> find_delimiter("a;b\\n1,5;2,5\\n")
    ';'
    """
    best, best_share = ",", 0.0
    for delimiter in DELIMITERS:
        counts: Counter[int] = Counter()
        reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
        try:
            for row in reader:
                if any(row):
                    counts[len(row)] += 1
                if reader.line_num > SAMPLE_ROWS:
                    break
        except csv.Error:
            continue
        several = {width: count for width, count in counts.items() if width > 1}
        if not several:
            continue
        share = max(several.values()) / sum(counts.values())
        if share > best_share + 0.1:
            best, best_share = delimiter, share
    return best


class _TooLong(Exception):
    """A cell, or a row that never ends, is longer than a text may be."""


class _Lines:
    """The lines of a stream; a quote that is never closed does not swallow them all.

    The csv module has a limit of its own, but one for the whole process, which others
    raise.
    """

    def __init__(self, stream: io.TextIOWrapper, limit: int):
        self.stream = stream
        self.limit = limit
        self.pending = 0  # characters of the row that is being read

    def __iter__(self) -> Iterator[str]:
        for line in self.stream:
            if self.pending > self.limit:
                raise _TooLong
            self.pending += len(line)
            yield line


def _rows(
    data: bytes, encoding: str, delimiter: str, skip: bool, limits: Limits
) -> Iterator[tuple[int, list[Value]]]:
    number = 0
    with io.TextIOWrapper(io.BytesIO(data), encoding, newline="") as stream:
        if stream.read(1) != "\ufeff":
            stream.seek(0)
        lines = _Lines(stream, limits.text)
        reader = csv.reader(lines, delimiter=delimiter)
        try:
            for number, row in enumerate(reader, start=1):
                lines.pending = 0
                if number == 1 and skip:
                    continue
                if any(len(text) > limits.text for text in row):
                    raise _TooLong
                cells = [_cell(text) for text in row]
                while cells and cells[-1] is None:
                    cells.pop()
                if len(cells) > limits.columns:
                    raise SpreadsheetError(
                        "too_many_columns", sheet="", limit=limits.columns
                    )
                if cells:
                    yield number, cells
        except (csv.Error, _TooLong):
            limit = min(csv.field_size_limit(), limits.text)
            raise SpreadsheetError(
                "text_too_long", limit=limit, row=number + 1
            ) from None
        except UnicodeError:
            raise SpreadsheetError("encoding", encoding=encoding) from None


def _cell(text: str) -> Value:
    if text.startswith('="') and text.endswith('"'):  # keeps zeros in front in Excel
        text = text[2:-1]
    return text if text.strip(" \t\r\n\x1a\u3000\xa0") else None
