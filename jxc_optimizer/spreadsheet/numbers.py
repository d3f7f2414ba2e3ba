"""Numbers as people write them, the decimal sign decided by the whole column."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from .cells import CellError, Value, without_bools
from .dates import LONGEST, PLACEHOLDERS
from .units import normalise_unit

CURRENCIES = {
    "¥": "CNY",
    "￥": "CNY",
    "元": "CNY",
    "圆": "CNY",
    "rmb": "CNY",
    "cny": "CNY",
    "人民币": "CNY",
    "$": "USD",
    "us$": "USD",
    "usd": "USD",
    "美元": "USD",
    "hk$": "HKD",
    "hkd": "HKD",
    "港元": "HKD",
    "nt$": "TWD",
    "twd": "TWD",
    "€": "EUR",
    "eur": "EUR",
    "欧元": "EUR",
    "£": "GBP",
    "gbp": "GBP",
    "chf": "CHF",
    "jpy": "JPY",
}
MULTIPLES = {"万": 1e4, "萬": 1e4, "亿": 1e8, "億": 1e8}
CURRENCY = "|".join(map(re.escape, sorted(CURRENCIES, key=len, reverse=True)))
SHAPE = re.compile(
    rf"^(?P<sign>[-+−])?\s*(?P<before>{CURRENCY})?\s*(?P<sign2>[-+−])?\s*"
    r"(?P<digits>\d[\d.,' ]*|[.,]\d+)(?P<power>e[-+]?\d{1,3})?\s*"
    rf"(?P<multiple>[万萬亿億])?\s*(?P<percent>%)?\s*(?P<after>{CURRENCY})?\s*"
    r"(?P<sign3>-)?\s*(?P<unit>[^\W\d_][^\d%]*)?$"
)
GROUPED = {
    sign: re.compile(
        rf"^\d{{1,3}}(?:{re.escape(sign)}\d{{2,3}})*{re.escape(sign)}\d{{3}}$"
    )
    for sign in ".,"
}
"""Groups of three; of two in front of them, as in India."""


@dataclass
class NumberColumn:
    """A column read as numbers.

    values:      float64, NaN where empty or in error; percents as fractions
    errors:      index → code (number_unreadable, number_convention, cell_error)
    decimal:     "." or ","; None if no cell needed it
    ambiguous:   cells like 1,234 or 1.234 and nothing that tells how to read them: ask
    currencies:  codes of the currency signs found
    percent:     how many cells carried a percent sign
    units:       index → canonical unit written behind the number
    """

    values: np.ndarray
    errors: dict[int, str] = field(default_factory=dict)
    decimal: str | None = None
    ambiguous: bool = False
    currencies: tuple[str, ...] = ()
    percent: int = 0
    units: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Number:
    """A number's digits with their separators, and what stood around them."""

    digits: str
    factor: float
    percent: bool = False
    currencies: tuple[str, ...] = ()
    unit: str | None = None

    def evidence(self) -> str:
        """ "." or "," if the digits show the decimal sign; "?" if either fits."""
        digits = self.digits
        dot, comma = digits.rfind("."), digits.rfind(",")
        if dot < 0 and comma < 0:
            return ""
        if dot >= 0 and comma >= 0:
            return "." if dot > comma else ","
        sign, other = (".", ",") if dot >= 0 else (",", ".")
        if digits.count(sign) > 1:
            return other
        before, after = digits.split(sign)
        three = len(after) == 3 and 1 <= len(before) <= 3
        return "?" if three and before.strip("0") else sign

    def value(self, decimal: str) -> float | None:
        thousands = "," if decimal == "." else "."
        whole, sign, fraction = self.digits.partition(decimal)
        if decimal in fraction or thousands in fraction:
            return None
        if thousands in whole:
            if not GROUPED[thousands].match(whole):
                return None
            whole = whole.replace(thousands, "")
        return float(f"{whole or 0}.{fraction or 0}") * self.factor


def parse_numbers(cells: Sequence[Value], decimal: str | None = None) -> NumberColumn:
    """The numbers of a column; ``decimal`` is given by the user or decided here."""
    cells = without_bools(cells)
    parsed = {cell: _parse(cell) for cell in set(cells)}
    votes = {".": 0, ",": 0, "?": 0, "": 0}
    open_signs = set()
    for part in parsed.values():
        if isinstance(part, _Number):
            sign = part.evidence()
            votes[sign] += 1
            if sign == "?":
                open_signs.add("." if "." in part.digits else ",")
    chosen, ambiguous = _choose(votes, open_signs, decimal)
    result = NumberColumn(
        np.full(len(cells), np.nan), decimal=chosen, ambiguous=ambiguous
    )
    final: dict[Value, float | str | None] = {}
    currencies: set[str] = set()
    for cell, part in parsed.items():
        if isinstance(part, _Number):
            value = part.value(chosen or ".")
            currencies.update(part.currencies)
            part = "number_convention" if value is None else value
        final[cell] = part
    for index, cell in enumerate(cells):
        value = final[cell]
        if isinstance(value, str):
            result.errors[index] = value
        elif value is not None:
            result.values[index] = value
            part = parsed[cell]
            if isinstance(part, _Number):
                result.percent += part.percent
                if part.unit:
                    result.units[index] = part.unit
    result.currencies = tuple(sorted(currencies))
    return result


def _choose(
    votes: dict[str, int], open_signs: set[str], decimal: str | None
) -> tuple[str | None, bool]:
    """The decimal sign and whether the column leaves it open."""
    if decimal is not None:
        return decimal, False
    if votes["."] != votes[","]:
        return ("." if votes["."] > votes[","] else ","), False
    if votes["."] or len(open_signs) == 2:
        return ".", True
    if votes["?"]:
        # 1,234 alone is far more often a thousand than a decimal, 1.234 a decimal:
        # both are what "." as decimal sign gives. Still to be confirmed.
        return ".", True
    return None, False


def _parse(cell: Value) -> _Number | float | str | None:
    """A finished number, one whose separators are open, an error's code or None."""
    if cell is None:
        return None
    if isinstance(cell, CellError):
        return "cell_error"
    if isinstance(cell, (int, float)):
        return float(cell) if math.isfinite(cell) else "number_unreadable"
    if not isinstance(cell, str) or len(cell) > LONGEST:
        return "number_unreadable"
    text = unicodedata.normalize("NFKC", cell).strip().lower().lstrip("'")
    text = " ".join(text.split()).replace("’", "'").replace("、", ",")
    if text in PLACEHOLDERS:
        return None
    negative = text.startswith("(") and text.endswith(")")
    match = SHAPE.match(text[1:-1].strip() if negative else text)
    if not match:
        return "number_unreadable"
    return _from_match(match, negative)


def _from_match(match: re.Match, negative: bool) -> _Number | str:
    signs = [match[name] for name in ("sign", "sign2", "sign3") if match[name]]
    if len(signs) + negative > 1:
        return "number_unreadable"
    if signs and signs[0] != "+":
        negative = True
    digits = match["digits"].strip()
    if "'" in digits or " " in digits:
        if not re.fullmatch(r"\d{1,3}(?:[' ]\d{3})+(?:[.,]\d+)?", digits):
            return "number_unreadable"
        digits = re.sub(r"[' ]", "", digits)
    unit = (match["unit"] or "").strip()
    if unit and normalise_unit(unit) is None:
        return "number_unreadable"
    factor = MULTIPLES.get(match["multiple"] or "", 1.0)
    if match["power"]:
        factor *= 10.0 ** int(match["power"][1:])
        if not math.isfinite(factor):
            return "number_unreadable"
    found = tuple(
        CURRENCIES[match[name]] for name in ("before", "after") if match[name]
    )
    return _Number(
        digits,
        (-factor if negative else factor) * (0.01 if match["percent"] else 1.0),
        bool(match["percent"]),
        found,
        normalise_unit(unit) if unit else None,
    )
