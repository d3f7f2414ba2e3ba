"""The binary .xls of Excel 2 to 2003, read by xlrd (1.2 or 2)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import xlrd

from .cells import CellError, Value, padded, serial_date, zeros_in_front
from .errors import SpreadsheetError
from .files import OLE, Sheet, Workbook
from .limits import Limits

ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")


class _Silence:
    """xlrd reports oddities to a log file, by default on standard output."""

    def write(self, text: str) -> None:  # pylint: disable=method-required-super
        pass

    def flush(self) -> None:
        pass


@contextmanager
def _named_errors() -> Iterator[None]:
    try:
        yield
    except SpreadsheetError:
        raise
    except xlrd.XLRDError as error:
        text = str(error).lower()
        if "encrypted" in text or "password" in text:
            raise SpreadsheetError("password") from None
        raise SpreadsheetError("damaged", format="xls") from None
    # xlrd trusts what it reads: a wrong byte may surface as any error at all
    # (struct, index, key, assertion, decoding, attribute, memory).
    except Exception:
        raise SpreadsheetError("damaged", format="xls") from None


def open_xls(data: bytes, limits: Limits) -> Workbook:
    """The workbook; sheets are parsed one at a time, when their rows are asked for."""
    if data.startswith(OLE) and ENCRYPTED_PACKAGE in data:
        raise SpreadsheetError("password")
    with _named_errors():
        # With the formats of cells, for the zeros in front of codes, where xlrd can.
        try:
            book = _open(data, True)
        except Exception:  # what a wrong byte may surface as: see above
            book = _open(data, False)
        if book.nsheets > limits.sheets:
            raise SpreadsheetError(
                "too_many_sheets", count=book.nsheets, limit=limits.sheets
            )
        visibility = list(getattr(book, "_sheet_visibility", ()))
        sheets = tuple(
            Sheet(
                name,
                lambda index=index: _rows(book, data, index, limits),
                hidden=index < len(visibility) and bool(visibility[index]),
            )
            for index, name in enumerate(book.sheet_names())
        )
    return Workbook("xls", sheets, date1904=book.datemode == 1)


def _open(data: bytes, formats: bool) -> xlrd.Book:
    return xlrd.open_workbook(
        file_contents=data,
        formatting_info=formats,
        on_demand=True,
        ragged_rows=True,
        logfile=_Silence(),
    )


def _padded_formats(book: xlrd.Book) -> dict[int, int]:
    """Number of a cell's format → the digits it shows at least, for codes."""
    digits = {
        key: zeros_in_front(shown.format_str or "")
        for key, shown in book.format_map.items()
    }
    return {
        index: digits[style.format_key]
        for index, style in enumerate(book.xf_list)
        if digits.get(style.format_key)
    }


def _rows(
    book: xlrd.Book, data: bytes, index: int, limits: Limits
) -> Iterator[tuple[int, list[Value]]]:
    with _named_errors():
        try:
            sheet = book.sheet_by_index(index)
        except Exception:  # an odd format somewhere: the cells may be whole
            book = _open(data, False)
            sheet = book.sheet_by_index(index)
        convert = _converters(book.datemode == 1)
        formats = _padded_formats(book) if book.formatting_info else {}
        dates: dict[float, Value] = {}
    try:
        for row in range(sheet.nrows):
            with _named_errors():
                types = sheet.row_types(row)
                values = sheet.row_values(row)
                cells: list[Value] = []
                filled = 0
                for column, (ctype, value) in enumerate(
                    zip(types, values, strict=True)
                ):
                    if ctype == xlrd.XL_CELL_NUMBER:
                        cell = value
                        if formats:
                            digits = formats.get(sheet.cell_xf_index(row, column))
                            cell = padded(value, digits) if digits else value
                    elif ctype == xlrd.XL_CELL_DATE:
                        cell = dates.get(value)
                        if cell is None:
                            cell = dates[value] = convert[ctype](value)
                    elif ctype in convert:
                        cell = convert[ctype](value)
                    else:
                        cell = None
                    if cell is not None:
                        filled = column + 1
                    cells.append(cell)
            if filled > limits.columns:
                raise SpreadsheetError(
                    "too_many_columns", sheet=sheet.name, limit=limits.columns
                )
            if filled:
                yield row + 1, cells[:filled]
    finally:
        book.unload_sheet(index)


def _converters(date1904: bool) -> dict:
    def date(serial: float) -> Value:
        # A time without a day stays a number.
        return (serial_date(serial, date1904) if serial >= 1 else None) or serial

    return {
        xlrd.XL_CELL_TEXT: lambda text: text if text.strip() else None,
        xlrd.XL_CELL_DATE: date,
        xlrd.XL_CELL_BOOLEAN: bool,
        xlrd.XL_CELL_ERROR: lambda code: CellError(
            xlrd.error_text_from_code.get(code, "#ERROR")
        ),
    }
