"""Tables that old programs save as .xls although they are HTML or XML."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from xml.parsers import expat

from lxml import etree

from .cells import CellError, Value
from .errors import SpreadsheetError
from .files import Sheet, Workbook
from .limits import Limits
from .xlsx_sheet import LAST_ROW
from .xml_stream import CHUNK, feed, local, new_parser

Rows = list[tuple[int, list[Value]]]


def open_markup(data: bytes, limits: Limits, encoding: str, head: str) -> Workbook:
    """The tables of a web page, or the sheets of an "XML Spreadsheet 2003"."""
    if "urn:schemas-microsoft-com:office:spreadsheet" in head and (
        "<html" not in head.lower()
    ):
        # expat knows few encodings, old programs many.
        sheets = _xml_sheets(_as_utf8(data, encoding), limits)
        form = "xml"
    else:
        sheets = _html_tables(data, limits, encoding, head)
        form = "html"
    filled = [(name, rows) for name, rows in sheets if rows]
    if not filled:
        raise SpreadsheetError("not_a_spreadsheet")
    if len(filled) > limits.sheets:
        raise SpreadsheetError(
            "too_many_sheets", count=len(filled), limit=limits.sheets
        )
    return Workbook(
        form,
        tuple(Sheet(name, lambda rows=rows: iter(rows)) for name, rows in filled),
        encoding=encoding,
    )


class _Table:
    """Collects rows, placing cells and spans, within the limits."""

    def __init__(self, name: str, limits: Limits):
        self.name, self.limits = name, limits
        self.rows: Rows = []
        self.number = 0
        self.cells: list[Value] = []
        self.filled = 0

    def put(self, value: Value, column: int | None = None, span: int = 1) -> None:
        column = len(self.cells) if column is None else column
        span = min(span, self.limits.columns - column)  # a title over everything
        if span < 1:
            raise SpreadsheetError(
                "too_many_columns", sheet=self.name, limit=self.limits.columns
            )
        self.cells.extend([None] * (column + span - len(self.cells)))
        self.cells[column] = value
        self.filled += value is not None
        if self.filled > self.limits.cells:
            raise SpreadsheetError("too_many_cells", limit=self.limits.cells)

    def end_row(self) -> None:
        self.number += 1
        while self.cells and self.cells[-1] is None:
            self.cells.pop()
        if self.cells:
            self.rows.append((self.number, self.cells))
        self.cells = []


def _span(text: str | None) -> int:
    return max(1, int(text)) if text and text.isdecimal() and len(text) < 6 else 1


class _HtmlTarget:
    """Receives tags from libxml2's forgiving HTML parser; builds no tree."""

    def __init__(self, limits: Limits):
        self.limits = limits
        self.tables: list[_Table] = []
        self.open: list[_Table] = []
        self.pieces: list[str] | None = None
        self.span = self.length = 0

    def start(self, tag: str, attributes) -> None:
        if tag == "table":
            self.finish_cell()
            if len(self.tables) > 10 * self.limits.sheets:
                raise SpreadsheetError(
                    "too_many_sheets", count=len(self.tables), limit=self.limits.sheets
                )
            self.open.append(_Table("", self.limits))
            self.tables.append(self.open[-1])
        elif tag == "tr" and self.open:
            self.finish_row()
        elif tag in ("td", "th") and self.open:
            self.finish_cell()
            self.pieces, self.length = [], 0
            self.span = _span(attributes.get("colspan"))
        elif tag == "br" and self.pieces is not None:
            self.pieces.append(" ")

    def end(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.finish_cell()
        elif tag == "tr":
            self.finish_row()
        elif tag == "table" and self.open:
            self.finish_row()
            self.open.pop()

    def data(self, text: str) -> None:
        if self.pieces is not None:
            self.pieces.append(text)
            self.length += len(text)
            if self.length > self.limits.text:
                raise SpreadsheetError("text_too_long", limit=self.limits.text, row=0)

    def finish_cell(self) -> None:
        if self.pieces is not None and self.open:
            text = " ".join("".join(self.pieces).split())
            self.open[-1].put(text or None, span=self.span)
        self.pieces = None

    def finish_row(self) -> None:
        self.finish_cell()
        if self.open and self.open[-1].cells:
            self.open[-1].end_row()

    def close(self) -> list[_Table]:
        while self.open:
            self.finish_row()
            self.open.pop()
        return self.tables


def _html_tables(
    data: bytes, limits: Limits, encoding: str, head: str
) -> list[tuple[str, Rows]]:
    target = _HtmlTarget(limits)
    parser = etree.HTMLParser(target=target, encoding="utf-8", no_network=True)
    # Decoded here: the page's own statement about its encoding is often wrong.
    with io.TextIOWrapper(io.BytesIO(data), encoding, newline="") as stream:
        try:
            while text := stream.read(CHUNK):
                parser.feed(text.replace("\0", "").encode("utf-8", "replace"))
            tables = parser.close()
        except (etree.LxmlError, UnicodeError, ValueError):
            raise SpreadsheetError("damaged", format="html") from None
    return [(table.name, table.rows) for table in tables]


def _as_utf8(data: bytes, encoding: str) -> bytes:
    if encoding == "utf-8":
        return data
    return data.decode(encoding, "replace").lstrip("\ufeff").encode()


def _xml_sheets(data: bytes, limits: Limits) -> list[tuple[str, Rows]]:
    try:
        return [(table.name, table.rows) for table in _xml_tables(data, limits)]
    except (expat.ExpatError, ValueError, UnicodeError, LookupError):
        raise SpreadsheetError("damaged", format="xml") from None


def _xml_tables(data: bytes, limits: Limits) -> Iterator[_Table]:
    tables: list[_Table] = []
    pieces: list[str] = []
    state = {
        "column": None,
        "span": 1,
        "type": "String",
        "inside": False,
        "value": None,
    }

    def start(name: str, raw: dict[str, str]) -> None:
        tag = local(name)
        if tag not in ("Worksheet", "Row", "Cell", "Data"):
            return
        attributes = {local(key): value for key, value in raw.items()}
        if tag == "Worksheet":
            tables.append(_Table(attributes.get("Name", ""), limits))
        elif not tables:
            return
        elif tag == "Row" and "Index" in attributes:
            tables[-1].number = max(tables[-1].number, _index(attributes["Index"]))
        elif tag == "Cell":
            index = attributes.get("Index")
            state["column"] = _index(index) if index else None
            state["span"] = 1 + max(0, int(attributes.get("MergeAcross", 0)))
            state["value"] = None
        elif tag == "Data":
            state["type"] = attributes.get("Type", "String")
            state["inside"] = True
            pieces.clear()

    def end(name: str) -> None:
        tag = local(name)
        if not tables:
            return
        if tag == "Data":
            state["inside"] = False
            state["value"] = _typed("".join(pieces), state["type"], limits)
        elif tag == "Cell":
            tables[-1].put(state["value"], state["column"], state["span"])
        elif tag == "Row":
            tables[-1].end_row()

    def data_handler(text: str) -> None:
        if state["inside"]:
            pieces.append(text)

    parser = new_parser("utf-8")
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = data_handler
    for _ in feed(parser, io.BytesIO(data)):
        pass
    yield from tables


def _index(text: str) -> int:
    index = int(text) - 1
    if not 0 <= index < LAST_ROW:
        raise ValueError(text)
    return index


def _typed(text: str, kind: str, limits: Limits) -> Value:
    if len(text) > limits.text:
        raise SpreadsheetError("text_too_long", limit=limits.text, row=0)
    if not text.strip():
        return None
    if kind == "Number":
        return float(text)
    if kind == "DateTime":
        return datetime.fromisoformat(text.split(".")[0].rstrip("Z")).replace(
            tzinfo=None
        )
    if kind == "Boolean":
        return text.strip() == "1"
    if kind == "Error":
        return CellError(text)
    return text
