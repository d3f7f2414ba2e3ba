"""The .xlsx container: its parts, their sizes and which of them are sheets."""

from __future__ import annotations

import io
import lzma
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from xml.parsers import expat

from .cells import Value, zeros_in_front
from .errors import SpreadsheetError
from .files import Sheet, Workbook
from .limits import MEGABYTE, Limits
from .xlsx_sheet import read_rows
from .xml_stream import feed, local, new_parser, unescape

DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    expat.ExpatError,
    EOFError,
    KeyError,
    IndexError,
    ValueError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
    OSError,
    MemoryError,
)
LARGEST_SMALL_PART = 32 * MEGABYTE
PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
DATE_FORMATS = {*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)}
"""Built-in number formats of dates and times, with those of East Asian Excel."""


@contextmanager
def _named_errors() -> Iterator[None]:
    try:
        yield
    except DAMAGE:
        raise SpreadsheetError("damaged", format="xlsx") from None


@dataclass(frozen=True)
class Package:
    """The parts of an .xlsx by name, checked against the limits."""

    archive: zipfile.ZipFile
    parts: dict[str, zipfile.ZipInfo]

    def open(self, name: str) -> io.BufferedIOBase:
        return self.archive.open(self.parts[name.lower()])

    def __contains__(self, name: str) -> bool:
        return name.lower() in self.parts


def open_xlsx(data: bytes, limits: Limits) -> Workbook:
    """The workbook; shared texts and styles are read now, sheets when asked for."""
    with _named_errors():
        package = _open_package(data, limits)
        main = _main_part(package)
        entries, date1904 = _workbook(package, main)
        if len(entries) > limits.sheets:
            raise SpreadsheetError(
                "too_many_sheets", count=len(entries), limit=limits.sheets
            )
        targets = _relations(package, main)
        by_kind = {kind: target for kind, target in targets.values()}
        texts = _shared_texts(package, by_kind.get("sharedStrings"), limits)
        styles = _styles(package, by_kind.get("styles"))

    def sheet(name: str, part: str, hidden: bool) -> Sheet:
        def rows() -> Iterator[tuple[int, list[Value]]]:
            with _named_errors(), package.open(part) as stream:
                yield from read_rows(stream, name, texts, styles, date1904, limits)

        return Sheet(name, rows, hidden)

    sheets = []
    for name, relation, state in entries:
        kind, part = targets.get(relation, ("", ""))
        if kind == "worksheet" and part in package:
            sheets.append(sheet(name, part, state != "visible"))
    if not sheets:
        raise SpreadsheetError("damaged", format="xlsx")
    return Workbook("xlsx", tuple(sheets), date1904=date1904)


def _open_package(data: bytes, limits: Limits) -> Package:
    # Counted before zipfile makes an object of each.
    if data.count(b"PK\x01\x02") > limits.parts:
        raise SpreadsheetError("zip_bomb")
    archive = zipfile.ZipFile(io.BytesIO(data))
    infos = archive.infolist()
    parts = {info.filename.replace("\\", "/").lower(): info for info in infos}
    if "xl/workbook.bin" in parts:
        raise SpreadsheetError("unsupported", format="xlsb")
    if "mimetype" in parts and "content.xml" in parts:
        raise SpreadsheetError("unsupported", format="OpenDocument (.ods)")
    if "[content_types].xml" not in parts:
        raise SpreadsheetError("unsupported", format="zip")
    if any(info.flag_bits & 1 for info in infos):
        raise SpreadsheetError("password")
    # The stated sizes can be relied on: zipfile never unpacks more than them.
    unpacked = sum(info.file_size for info in infos)
    for info in infos:
        large = info.file_size > limits.ratio_from
        if large and info.file_size > limits.ratio * max(info.compress_size, 1):
            raise SpreadsheetError("zip_bomb")
        if info.compress_type not in PACKINGS:
            raise SpreadsheetError("damaged", format="xlsx")
    if unpacked > limits.unpacked:
        raise SpreadsheetError(
            "too_large_unpacked",
            size=round(unpacked / MEGABYTE),
            limit=round(limits.unpacked / MEGABYTE),
        )
    return Package(archive, parts)


def _elements(package: Package, part: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The start tags of a small part, names without prefixes."""
    if package.parts[part.lower()].file_size > LARGEST_SMALL_PART:
        raise ValueError(part)
    found: list[tuple[str, dict[str, str]]] = []
    parser = new_parser()
    parser.StartElementHandler = lambda name, attributes: found.append(
        (local(name), {local(key): value for key, value in attributes.items()})
    )
    with package.open(part) as stream:
        for _ in feed(parser, stream):
            yield from found
            found.clear()


def _relations(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """Relation id → (kind, part it leads to) of a part; "" is the package itself."""
    folder, name = posixpath.split(part)
    relations = posixpath.join(folder, "_rels", f"{name}.rels")
    if relations not in package:
        return {}
    found = {}
    for tag, attributes in _elements(package, relations):
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            target = posixpath.normpath(
                posixpath.join("/", folder, attributes["Target"])
            )
            kind = attributes["Type"].rpartition("/")[2]
            found[attributes["Id"]] = (kind, target.lstrip("/"))
    return found


def _main_part(package: Package) -> str:
    for kind, target in _relations(package, "").values():
        if kind == "officeDocument" and target in package:
            if not target.lower().startswith("xl/"):
                raise SpreadsheetError("unsupported", format=target.split("/")[0])
            return target
    return "xl/workbook.xml"


def _workbook(package: Package, part: str) -> tuple[list[tuple[str, str, str]], bool]:
    """Name, relation and state of each sheet; whether dates count from 1904."""
    entries, date1904 = [], False
    for tag, attributes in _elements(package, part):
        if tag == "sheet":
            state = attributes.get("state", "visible")
            entries.append((attributes["name"], attributes["id"], state))
        elif tag == "workbookPr":
            date1904 = attributes.get("date1904", "0") in ("1", "true", "on")
    return entries, date1904


def _shared_texts(package: Package, part: str | None, limits: Limits) -> list[str]:
    if part is None or part not in package:
        return []
    size = package.parts[part.lower()].file_size
    if size > limits.strings:
        raise SpreadsheetError(
            "too_large_unpacked",
            size=round(size / MEGABYTE),
            limit=round(limits.strings / MEGABYTE),
        )
    texts: list[str] = []
    pieces: list[str] = []
    inside = [False, False]  # a text; a reading aid above the text

    def start(name: str, attributes: dict) -> None:
        tag = local(name)
        if tag == "t":
            inside[0] = not inside[1]
        elif tag == "rPh":
            inside[1] = True
        elif tag == "si":
            pieces.clear()

    def end(name: str) -> None:
        tag = local(name)
        if tag == "t":
            inside[0] = False
        elif tag == "rPh":
            inside[1] = False
        elif tag == "si":
            texts.append(unescape("".join(pieces)))

    def data(text: str) -> None:
        if inside[0]:
            pieces.append(text)

    parser = new_parser()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = data
    with package.open(part) as stream:
        for _ in feed(parser, stream):
            pass
    return texts


def _styles(package: Package, part: str | None) -> dict[str, int]:
    """Style number, as cells cite it → how it shows a number, where that matters.

    0 is a date, more is the least number of digits (``zeros_in_front``).
    """
    if part is None or part not in package:
        return {}
    shown = dict.fromkeys(DATE_FORMATS, 0)
    styles: list[str] = []
    inside = False
    for tag, attributes in _elements(package, part):
        if tag == "numFmt":
            number, code = int(attributes["numFmtId"]), attributes["formatCode"]
            shown.pop(number, None)
            if is_date_format(code):
                shown[number] = 0
            elif zeros := zeros_in_front(code):
                shown[number] = zeros
        elif tag in ("cellXfs", "cellStyleXfs", "cellStyles", "dxfs"):
            inside = tag == "cellXfs"
        elif tag == "xf" and inside:
            styles.append(attributes.get("numFmtId", "0"))
    return {
        str(index): shown[int(number)]
        for index, number in enumerate(styles)
        if int(number) in shown
    }


def is_date_format(code: str) -> bool:
    """Whether a number format shows a day.

    >>> [is_date_format(code) for code in ("yyyy/m/d", '0.00" d"', "[h]:mm", "[Red]0")]
    [True, False, False, False]
    >>> is_date_format('yyyy"年"m"月"d"日";@'), is_date_format("[$-804]aaaa")
    (True, False)
    """
    bare = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.', "", code.lower())
    return bool(re.search(r"[yd]", bare))
