"""What a cell can hold, and where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta


class CellError(str):
    """A cell that shows an error instead of a value, such as ``#N/A``."""

    __slots__ = ()


NOT_CALCULATED = CellError("#FORMULA?")
"""A formula whose result was never stored: formulas are not evaluated here."""

Value = None | str | int | float | bool | datetime
"""A raw cell; its Python type is its kind, an empty cell is None."""

EPOCH_1900 = datetime(1899, 12, 30)
EPOCH_1904 = datetime(1904, 1, 1)
LAST_SERIAL = 2_958_465
"""31 December 9999 counted from 1900."""


def kind(value: Value) -> str:
    """``empty``, ``text``, ``error``, ``bool``, ``date`` or ``number``."""
    if value is None:
        return "empty"
    if isinstance(value, CellError):
        return "error"
    if isinstance(value, str):
        return "text"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, datetime):
        return "date"
    return "number"


def column_letter(index: int) -> str:
    """The name of a column counted from 0.

    >>> column_letter(0), column_letter(25), column_letter(26), column_letter(702)
    ('A', 'Z', 'AA', 'AAA')
    """
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def as_text(value: Value) -> str:
    """The cell as its reader sees it: no ``.0`` behind whole numbers."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        text = value.isoformat(" ")
        return text.removesuffix(" 00:00:00")
    return str(value).strip()


def zeros_in_front(code: str) -> int:
    """Digits that a number format shows at least, as for codes; 0 if it is another.

    >>> zeros_in_front("00000"), zeros_in_front("0"), zeros_in_front("0.00")
    (5, 0, 0)
    """
    first = code.split(";", 1)[0]
    return len(first) if len(first) > 1 and not first.strip("0") else 0


def padded(number: float, digits: int) -> Value:
    """The text that the reader of a code sees: 00123 where the cell holds 123."""
    if number < 0 or not number.is_integer():
        return number
    return f"{int(number):0{digits}d}"


def serial_date(serial: float, date1904: bool = False) -> datetime | None:
    """The date of an Excel serial number, to the second; None if there is none.

    In the 1900 system the days before 1 March 1900 count from one day later,
    because Excel believes in a 29 February 1900.

    >>> serial_date(45356.5), serial_date(1), serial_date(43894, date1904=True)
    (datetime.datetime(2024, 3, 5, 12, 0), datetime.datetime(1900, 1, 1, 0, 0), \
datetime.datetime(2024, 3, 5, 0, 0))
    """
    if not 0 <= serial < LAST_SERIAL + 1:
        return None
    epoch = EPOCH_1904 if date1904 else EPOCH_1900
    if not date1904 and serial < 60:
        serial += 1
    try:
        return epoch + timedelta(seconds=round(serial * 86400))
    except OverflowError:
        return None


def without_bools(cells: Sequence[Value]) -> list[Value]:
    """Truth values as errors: to Python True equals 1, to a reader it does not."""
    return [
        CellError(as_text(cell)) if cell is True or cell is False else cell
        for cell in cells
    ]
