"""Recognises what each column means, from its name and its content."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .assignment import best_assignment
from .cells import Value, as_text, column_letter
from .dates import parse_dates
from .grid import Grid
from .layout import Layout
from .names import MEANINGS, Meaning, plain
from .numbers import parse_numbers
from .units import normalise_unit

SAMPLE = 200
OWN_UNIT = re.compile("基本|主[数计单]")
"""In the name of a column: counted in the article's own unit, not the document's."""

NO_DEMAND = re.compile("收入|入库|购进|进货|采购|结存|库存|期初|期末|余额")
"""A quantity named so is no demand, where another one could be."""

TWO_SCRIPTS = re.compile(r"[^\x00-\x7f]+|[\x00-\x7f]+")
LEAST = 0.3
"""A meaning less sure than this is not proposed."""


@dataclass(frozen=True)
class Recognised:
    """A column as shown to the user.

    meaning:     key of MEANINGS, or None
    confidence:  0 to 1; 1 means chosen by the user or remembered
    samples:     its first different values as text
    """

    column: int
    name: str
    meaning: str | None
    confidence: float
    samples: tuple[str, ...]

    @property
    def letter(self) -> str:
        return column_letter(self.column)


def recognise(
    grid: Grid,
    layout: Layout,
    wanted: Iterable[str] | None = None,
    chosen: Mapping[int, str | None] | None = None,
) -> list[Recognised]:
    """The columns of a layout with their meanings, each meaning at most once.

    wanted:  the meanings to look for; all if None
    chosen:  column → meaning the user fixed (None: to be left out)
    """
    chosen = dict(chosen or {})
    taken = set(chosen.values())
    free = [key for key in (wanted or MEANINGS) if key not in taken]
    # The others compete too: 供应商货号 shall not become the article's own code.
    rivals = [key for key in MEANINGS if key not in taken and key not in free]
    samples = [_sample(grid, layout, column) for column in layout.columns]
    contents = [_Content(cells) for cells in samples]
    keys = free + rivals
    scores = [
        [
            0.0
            if column in chosen
            else _score(name, content, key) * (1.0 if key in free else 0.97)
            for column, name, content in zip(
                layout.columns, layout.names, contents, strict=True
            )
        ]
        for key in keys
    ]
    found: dict[int, tuple[str, float]] = {}
    places = best_assignment(scores)
    for key, line, place in zip(keys, scores, places, strict=True):
        if place is not None and key in free:
            found[layout.columns[place]] = (key, line[place])
    _without_other_unit(found, dict(zip(layout.columns, layout.names, strict=True)))
    result = []
    for column, name, cells in zip(layout.columns, layout.names, samples, strict=True):
        meaning, confidence = found.get(column, (None, 0.0))
        if column in chosen:
            meaning, confidence = chosen[column], 1.0
        shown = tuple(dict.fromkeys(as_text(cell) for cell in cells))[:5]
        result.append(Recognised(column, name, meaning, round(confidence, 2), shown))
    return result


def _without_other_unit(found: dict, names: Mapping[int, str]) -> None:
    """Leave the unit of the document out where the quantity is in the article's own.

    Programs with boxes and pieces export 2 箱 and 48 (基本数量) side by side.
    """
    place = {meaning: column for column, (meaning, _sure) in found.items()}
    quantity, unit = place.get("quantity"), place.get("unit")
    if quantity is None or unit is None:
        return
    own = {column for column, name in names.items() if OWN_UNIT.search(name)}
    others = [
        name for column, name in names.items()
        if column not in own and _match(plain(name), MEANINGS["quantity"].names) > 0.8
    ]  # fmt: skip
    if others and quantity in own and unit not in own:
        del found[unit]


def layout_key(layout: Layout) -> str:
    """The same for files with the same columns: to remember what was chosen."""
    names = "\x1f".join(plain(name) for name in layout.names)
    return hashlib.sha256(names.encode()).hexdigest()[:32]


def _sample(grid: Grid, layout: Layout, column: int) -> list[Value]:
    """Filled cells from all over the column."""
    rows = layout.rows
    step = max(1, len(rows) // (4 * SAMPLE))
    cells = []
    for index in rows[::step]:
        row = grid.rows[index]
        if column < len(row) and row[column] is not None:
            cells.append(row[column])
            if len(cells) == SAMPLE:
                break
    return cells


class _Content:
    """How well a column's cells fit each kind of content, 0 to 1."""

    def __init__(self, cells: Sequence[Value]):
        self.fits: dict[str, float] = {}
        self.barcode = 0.0
        if not cells:
            return
        count = len(cells)
        texts = [as_text(cell) for cell in cells]
        dates = 1 - len(parse_dates(cells).errors) / count
        numbers = 1 - len(parse_numbers(cells).errors) / count
        units = sum(normalise_unit(text) is not None for text in texts) / count
        self.barcode = sum(map(_is_barcode, texts)) / count
        distinct = len(set(texts)) / count
        short = sum(len(text) <= 30 for text in texts) / count
        self.fits = {
            "date": dates,
            "number": numbers * (0.5 if dates > 0.9 and _all_large(cells) else 1),
            "unit": units,
            "code": short * (0.6 + 0.4 * distinct),
            "text": 1 - 0.7 * max(numbers, dates),
        }


def _all_large(cells: Sequence[Value]) -> bool:
    return all(len(as_text(cell)) >= 5 for cell in cells)


def _is_barcode(text: str) -> bool:
    """An EAN-8, UPC-A, EAN-13 or GTIN-14 whose check digit is right."""
    if not (text.isascii() and text.isdigit()) or len(text) not in (8, 12, 13, 14):
        return False
    digits = [int(digit) for digit in reversed(text)]
    return (sum(digits[::2]) + 3 * sum(digits[1::2])) % 10 == 0 and len(text) > 8


def _score(name: str, content: _Content, key: str) -> float:
    meaning = MEANINGS[key]
    named = _name_score(name, meaning)
    if key == "quantity" and NO_DEMAND.search(name):
        named *= 0.5
    fit = content.fits.get(meaning.content)
    if key == "barcode" and content.barcode > 0.9:
        named = max(named, 0.5)
    if named:
        if fit is None:  # nothing in the column: the name alone speaks
            return 0.8 * named
        needed = meaning.content in ("date", "number")
        score = 0.75 * named + 0.25 * fit
        return score * (0.3 + 0.7 * fit) if needed else score
    if not name and fit:
        # Without any name only a date or a unit shows what it is.
        return {"date": 0.5, "unit": 0.4}.get(meaning.content, 0.0) * _sure(fit, key)
    return 0.0


def _sure(fit: float, key: str) -> float:
    return fit if fit > 0.9 and key in ("date", "unit") else 0.0


def _name_score(name: str, meaning: Meaning) -> float:
    group, _, last = name.rpartition(" / ")
    best = max(_match(plain(last), meaning.names), _match(plain(name), meaning.names))
    # 数量 Qty: either half says it
    halves = [half for half in TWO_SCRIPTS.findall(last) if plain(half)]
    if len(halves) == 2:
        said = [_match(plain(half), meaning.names) for half in halves]
        best = max(best, 0.95 * max(said))
    best = max(best, 0.9 * _match(plain(group), meaning.names))
    return best if best >= LEAST else 0.0


def _match(text: str, names: Sequence[str]) -> float:
    if not text:
        return 0.0
    best = 0.0
    for rank, known in enumerate(names):
        if text == known:
            return max(best, 1.0 - 0.2 * rank / len(names))
        if len(known) >= (4 if known.isascii() else 2) and known in text:
            # What a name ends with says more than what it begins with.
            share = len(known) / len(text)
            best = max(best, share * (0.8 if text.endswith(known) else 0.7))
    return best
