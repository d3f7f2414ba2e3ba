"""Dates as people and programs write them, the order decided by the whole column."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from .cells import CellError, Value, as_text, serial_date, without_bools

FIRST_YEAR, LAST_YEAR = 1950, 2099
SERIALS = (18264, 73050)
"""Plain numbers in this range are days since 1900: 1950 to 2099."""

LONGEST = 60
"""Characters of text that may be a date."""

ORDERS = ("ymd", "dmy", "mdy")
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january",
            "feb february",
            "mar march",
            "apr april",
            "may",
            "jun june",
            "jul july",
            "aug august",
            "sep sept september",
            "oct october",
            "nov november",
            "dec december",
        ),
        start=1,
    )
    for name in names.split()
}
PLACEHOLDERS = {"", "-", "--", "—", "——", "/", "无", "n/a", "na", "null", "none", "nil"}
CLOCK = re.compile(
    r"(?:^|[ T,])(?P<half1>上午|下午)?\s*(?P<h>\d{1,2})[:时](?P<m>\d{1,2})"
    r"(?:[:分](?P<s>\d{1,2})(?:[.,]\d+)?)?[秒分]?\s*(?P<half2>[ap]\.?m\.?)?"
    r"\s*(?:Z|[+-]\d\d:?\d\d)?$",
    re.IGNORECASE,
)
WEEKDAY = re.compile(
    r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[,.]?\s+|"
    r"\(?(?:星期|周|礼拜)[一二三四五六日天]\)?",
    re.IGNORECASE,
)
CHINESE = re.compile(
    r"^(\d{4}|\d{2})\s*年\s*(\d{1,2})\s*月(?:\s*(\d{1,2})\s*[日号]?)?$"
)
TRIPLE = re.compile(r"^(\d{1,4})\s*([-/.])\s*(\d{1,2})\s*\2\s*(\d{1,4})$")
MONTH_OF_YEAR = re.compile(r"^(\d{4})[-/.](\d{1,2})$")
MONTH_ONLY = re.compile(r"\d{4}\s*年\s*\d{1,2}\s*月|\d{4}[-/.]\d{1,2}|\d{6}")
NAMED = (
    re.compile(
        r"^(?P<d>\d{1,2})[-/. ]*(?P<b>[a-z]{3,9})\.?[-/., ]*(?P<y>\d{4}|\d{2})$"
    ),
    re.compile(r"^(?P<b>[a-z]{3,9})\.?[- ]*(?P<d>\d{1,2}),?[- ]+(?P<y>\d{4}|\d{2})$"),
)


@dataclass
class DateColumn:
    """A column read as dates.

    values:     datetime64[s], NaT where empty or in error
    errors:     index → code (date_unreadable, date_out_of_range, cell_error)
    order:      how numbers like 5/3/2024 were read ("ymd", "dmy", "mdy"); None if
                there were none
    ambiguous:  several orders fit every cell: ``choices`` names them, ask
    mixed:      true dates beside text like 13/5/2024: the program that saved the file
                read the others in the wrong order; show it
    monthly:    every date names a month only
    """

    values: np.ndarray
    errors: dict[int, str] = field(default_factory=dict)
    order: str | None = None
    ambiguous: bool = False
    choices: tuple[str, ...] = ()
    mixed: bool = False
    monthly: bool = False


def parse_dates(
    cells: Sequence[Value],
    order: str | None = None,
    *,
    prefer: str = "dmy",
    date1904: bool = False,
) -> DateColumn:
    """The dates of a column.

    order:   given by the user; else decided from the column
    prefer:  the order to show first while the column leaves it open
    """
    cells = without_bools(cells)
    parsed: dict[Value, _Part | datetime | str | None] = {}
    for cell in set(cells):
        parsed[cell] = _parse(cell, date1904)
    triples = [part for part in parsed.values() if isinstance(part, _Part)]
    chosen, choices = _choose(triples, order, prefer)
    result = DateColumn(
        np.full(len(cells), "NaT", "M8[s]"),
        order=chosen,
        ambiguous=order is None and len(choices) > 1,
        choices=choices,
    )
    final: dict[Value, np.datetime64 | str | None] = {}
    for cell, part in parsed.items():
        if isinstance(part, _Part):
            part = part.date(chosen) or "date_unreadable"
        if isinstance(part, datetime):
            inside = FIRST_YEAR <= part.year <= LAST_YEAR
            part = np.datetime64(part, "s") if inside else "date_out_of_range"
        final[cell] = part
    for index, cell in enumerate(cells):
        value = final[cell]
        if isinstance(value, str):
            result.errors[index] = value
        elif value is not None:
            result.values[index] = value
    true_dates = any(isinstance(cell, datetime) for cell in parsed)
    result.mixed = true_dates and any(part.year_last for part in triples)
    texts = [cell for cell, part in final.items() if isinstance(part, np.datetime64)]
    result.monthly = bool(texts) and all(map(_is_month, texts))
    return result


@dataclass(frozen=True)
class _Part:
    """Three numbers whose order only the column can tell, and the time of day."""

    numbers: tuple[int, int, int]
    year_last: bool
    seconds: int

    def fits(self, order: str) -> bool:
        found = self.date(order)
        return found is not None and FIRST_YEAR <= found.year <= LAST_YEAR

    def date(self, order: str | None) -> datetime | None:
        if order is None:
            return None
        named = dict(zip(order, self.numbers, strict=True))
        if self.year_last and order == "ymd":
            return None
        return _date(_century(named["y"]), named["m"], named["d"], self.seconds)


def _choose(
    triples: Sequence[_Part], order: str | None, prefer: str
) -> tuple[str | None, tuple[str, ...]]:
    """The order to use and all that read every cell (or, failing that, the most)."""
    if not triples:
        return None, ()
    if order is not None:
        return order, (order,)
    fits = {name: sum(part.fits(name) for part in triples) for name in ORDERS}
    most = max(fits.values())
    if not most:
        return None, ()
    choices = tuple(name for name in ORDERS if fits[name] == most)
    return (prefer if prefer in choices else choices[0]), choices


def _parse(cell: Value, date1904: bool) -> _Part | datetime | str | None:
    """A date, three numbers, an error's code, or None for an empty cell."""
    if cell is None or isinstance(cell, datetime):
        return cell
    if isinstance(cell, CellError):
        return "cell_error"
    if isinstance(cell, (int, float)):
        return _from_number(cell, date1904) or "date_unreadable"
    if len(cell) > LONGEST:
        return "date_unreadable"
    text = " ".join(unicodedata.normalize("NFKC", cell).split()).lstrip("'")
    if text.lower() in PLACEHOLDERS:
        return None
    return _from_text(text, date1904) or "date_unreadable"


def _from_number(number: float, date1904: bool) -> datetime | None:
    if number != number or abs(number) > 1e15:
        return None
    shift = 1462 if date1904 else 0
    if SERIALS[0] <= number + shift < SERIALS[1]:
        return serial_date(number, date1904)
    return _from_digits(str(int(number))) if number == int(number) else None


def _from_digits(digits: str) -> datetime | None:
    """20240305, 202403 and 20240305143000."""
    if len(digits) not in (6, 8, 12, 14) or not digits[:4] < "2100":
        return None
    parts = [int(digits[i : i + 2]) for i in range(4, len(digits), 2)]
    month, day, hour, minute, second = (parts + [1, 0, 0, 0][len(parts) - 1 :])[:5]
    if hour > 23 or minute > 59 or second > 59:
        return None
    clock = hour * 3600 + minute * 60 + second
    found = _date(int(digits[:4]), month, day, clock)
    return found if found and found.year >= FIRST_YEAR else None


def _from_text(text: str, date1904: bool) -> _Part | datetime | None:
    if text.isdecimal():
        if len(text) == 5:
            return _from_number(int(text), date1904)
        return _from_digits(text)
    if re.fullmatch(r"\d{5}\.\d+", text):
        return _from_number(float(text), date1904)
    text, seconds = _without_clock(text)
    if seconds is None:
        return None
    text = WEEKDAY.sub("", text).strip().rstrip(",").strip()
    if match := CHINESE.match(text):
        year, month, day = match[1], match[2], match[3] or "1"
        return _date(_century(int(year)), int(month), int(day), seconds)
    if match := MONTH_OF_YEAR.match(text):
        return _date(int(match[1]), int(match[2]), 1, seconds)
    if match := TRIPLE.match(text):
        return _from_triple(match, seconds)
    for pattern in NAMED:
        if (match := pattern.match(text.lower())) and match["b"] in MONTHS:
            year, month = _century(int(match["y"])), MONTHS[match["b"]]
            return _date(year, month, int(match["d"]), seconds)
    return None


def _from_triple(match: re.Match, seconds: int) -> _Part | datetime | None:
    first, middle, last = int(match[1]), int(match[3]), int(match[4])
    if len(match[1]) == 4 and len(match[4]) <= 2:
        return _date(first, middle, last, seconds)
    if len(match[1]) <= 2 and len(match[4]) in (2, 4):
        return _Part((first, middle, last), len(match[4]) == 4, seconds)
    if len(match[1]) == 2 and len(match[4]) == 1:
        return _date(_century(first), middle, last, seconds)  # 24-3-5
    return None


def _without_clock(text: str) -> tuple[str, int | None]:
    """The day's part and the seconds since midnight; None for no time of day."""
    match = CLOCK.search(text)
    if not match or not match.start():
        return text, 0
    hour, minute, second = int(match["h"]), int(match["m"]), int(match["s"] or 0)
    half = (match["half1"] or match["half2"] or "").lower()
    if half.startswith(("下午", "p")) and hour < 12:
        hour += 12
    elif half.startswith("a") and hour == 12:
        hour = 0
    if hour > 23 or minute > 59 or second > 59:
        return text, None
    return text[: match.start()], hour * 3600 + minute * 60 + second


def _century(year: int) -> int:
    """Two digits as Excel reads them: 30 to 99 in the last century."""
    return year if year > 99 else year + (2000 if year < 30 else 1900)


def _date(year: int, month: int, day: int, seconds: int) -> datetime | None:
    try:
        start = datetime(year, month, day)
    except ValueError:
        return None
    return start.replace(
        hour=seconds // 3600, minute=seconds // 60 % 60, second=seconds % 60
    )


def _is_month(cell: Value) -> bool:
    return bool(MONTH_ONLY.fullmatch(as_text(cell)))
