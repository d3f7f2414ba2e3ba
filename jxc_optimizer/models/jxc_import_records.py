"""What a file says, as columns to stage, and the names in it."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter, defaultdict

import numpy as np

from .jxc_article import SHARES
from .jxc_import_column import USED

#: meaning of a column of parameters -> field of the article
PARAMETERS = {
    "class": "abc_class",
    "date_to": "abc_until",
    "order_cost": "order_cost",
    "holding_rate": "holding_rate",
    "lead_time": "lead_days",
    "minimum_order": "least_order",
    "pack": "pack",
    "service_level": "fill_floor",
    "minimum": "least_stock",
    "max_cover": "max_cover_days",
    "shelf_life": "shelf_life_days",
}
#: between the parts of an article's key; no text holds it
SEPARATOR = "\x1f"
OF_VENDOR = "\x1e"
#: a long number as a program writes it that takes codes for amounts
SHORTENED = re.compile(r"\d(\.\d+)?E\+\d{2}$")


def bare(text: str | None) -> str:
    """A name without case, width and outer or doubled spaces."""
    return " ".join(unicodedata.normalize("NFKC", text or "").casefold().split())


class Records:
    """The records of a file as columns to stage, and the names in them.

    columns:     for ``jxc.import.row._stage``
    articles:    key -> what the file says of the article, and its number of rows
    warehouses, units, vendors, documents, states:  name as it stands first -> rows
    """

    def __init__(self, table, kind, headers):
        """:param headers: meaning -> name of its column"""
        count = len(table)
        unknown = np.full(count, np.nan)
        days = table.columns.get("date", np.full(count, "NaT", "M8[D]"))
        days = days.astype("M8[D]")
        faults = _faults(table)
        quantity = _quantity(table, faults, headers)
        texts = {
            name: [*map(str.strip, table.columns.get(name) or [""] * count)]
            for name in (
                "code", "barcode", "vendor_code", "name", "specification", "unit",
                "document", "document_type", "state", "warehouse", "vendor",
            )
        }  # fmt: skip
        _drop_shortened(texts, faults)
        if "unit" not in table.columns and table.units:
            texts["unit"] = [unit or "" for unit in table.units]
        keys = [
            SEPARATOR.join(map(bare, parts))
            for parts in zip(
                texts["code"], texts["barcode"], _by_vendor(texts),
                _unless_coded(texts), strict=True,
            )
        ]  # fmt: skip
        known = np.array([bool(key.strip(SEPARATOR)) for key in keys], bool)
        faults[~known & (faults == None)] = "missing:code"  # noqa: E711
        terms = np.full(count, None, object)
        if kind == "levels":
            _judge_levels(table, faults, unknown)
        elif kind == "articles":
            # one of the file's unit: judged, its amount is the factor of the unit
            quantity = np.ones(count)
            terms = _parameters(table, faults)
        elif kind == "events":
            terms = _events(table, days, faults)
        elif kind == "marks":
            faults[(faults == None) & (quantity <= 0)] = "negative:quantity"  # noqa: E711
            texts["document"] = [*map(str, table.columns.get("note") or [""] * count)]
        self.articles = _articles(texts, keys, known)
        self.warehouses = _names(texts["warehouse"])
        self.units = _names(texts["unit"])
        self.vendors = _names(texts["vendor"])
        self.documents = _names(texts["document_type"])
        self.states = _names(texts["state"])
        self.columns = {
            "position": np.arange(count),
            "sheet": np.asarray(table.sheet_of, int),
            "row": np.asarray(table.row, int),
            "day": np.array(
                [None if np.isnat(day) else str(day) for day in days], object
            ),
            "quantity": quantity,
            "document": np.array(texts["document"], object),
            "article": np.array(keys, object),
            **{
                name: _bare_all(texts[name])
                for name in ("warehouse", "unit", "document_type", "state")
            },
            "fault": faults,
            "terms": terms,
            **{name: table.columns.get(name, unknown) for name in USED["levels"]},
        }


def _faults(table) -> np.ndarray:
    """The first reason why a record cannot be used, as code:meaning, or None."""
    faults = np.full(len(table), None, object)
    faults[~table.valid] = "unreadable:"
    # a row with a quantity for each month gives several records
    places = defaultdict(list)
    for index, (sheet, row) in enumerate(
        zip(table.sheet_of.tolist(), table.row.tolist(), strict=True)
    ):
        if not table.valid[index]:
            places[table.sheets[sheet], row].append(index)
    for issue in reversed(table.issues):
        faults[places[issue.sheet, issue.row]] = f"{issue.code}:{issue.meaning}"
    return faults


def _quantity(table, faults, headers) -> np.ndarray:
    """The quantities, less what a column of its own says came back."""
    count = len(table)
    quantity = np.array(table.columns.get("quantity", np.full(count, np.nan)), float)
    returned = table.columns.get("returned")
    if returned is None:
        return quantity
    free = faults == None  # noqa: E711 (elementwise)
    faults[free & np.isnan(quantity) & np.isnan(returned)] = "missing:quantity"
    if any(word in headers.get("quantity", "").casefold() for word in ("净", "net ")):
        return quantity
    return np.nan_to_num(quantity) - np.abs(np.nan_to_num(returned))


def _drop_shortened(texts, faults) -> None:
    """Codes that the program that saved the file has cut, as 6.90123E+12, are none.

    Where nothing else tells the article, the row is in error.
    """
    telling = ("code", "barcode", "vendor_code")
    for name in telling:
        for index, text in enumerate(texts[name]):
            if "E+" in text and SHORTENED.match(text):
                texts[name][index] = ""
                if faults[index] is None and not any(
                    texts[other][index] for other in (*telling, "name")
                ):
                    faults[index] = f"shortened:{name}"


def _judge_levels(table, faults, unknown) -> None:
    """Negative quantities, and a minimum above its maximum, are no levels."""
    low, high, decided = (table.columns.get(n, unknown) for n in USED["levels"])
    free = faults == None  # noqa: E711 (elementwise)
    faults[free & ((low < 0) | (high < 0) | (decided < 0))] = "negative"
    faults[free & (low > high)] = "min_above_max"


def _events(table, days, faults) -> np.ndarray:
    """Name, last day and expected change of the event in each row, as JSON objects.

    A factor of 1.3 and an increase of 30 % are the same. Without any percent sign an
    increase above 3 is meant in percent.
    """
    count = len(table)
    names = table.columns.get("promotion") or [""] * count
    until = table.columns.get("date_to", np.full(count, "NaT", "M8[D]"))
    until = until.astype("M8[D]")
    if "increase" in table.columns:
        change = np.array(table.columns["increase"], float)
        signs = {q.meaning for q in table.questions if q.code == "percent"}
        if "increase" not in signs and (np.abs(change) > 3).any():
            change = change / 100
        column = "increase"
    else:
        change = np.array(table.columns["factor"], float) - 1
        column = "factor"
    free = faults == None  # noqa: E711 (elementwise)
    faults[free & np.isnan(change)] = f"missing:{column}"
    faults[free & (until < days)] = "until_before"
    faults[free & ((change < -1) | (change > 50))] = "change_range"
    said = [
        {"name": name.strip(), "until": str(day), "change": round(value, 6)}
        for name, day, value in zip(names, until, change.tolist(), strict=True)
    ]
    return np.array(
        [
            json.dumps(row) if fault is None else None
            for row, fault in zip(said, faults, strict=True)
        ],
        object,
    )


def _parameters(table, faults) -> np.ndarray:
    """What each row says of its article, as JSON objects; None where nothing.

    A share above 1 is meant in percent, whether the file says so or not.
    """
    said = [{} for _row in range(len(table))]
    for meaning, field in PARAMETERS.items():
        values = table.columns.get(meaning)
        if values is None:
            continue
        free = faults == None  # noqa: E711 (elementwise)
        if field == "abc_class":
            texts = [bare(text).upper().removesuffix("类").strip() for text in values]
            faults[free & np.array([t not in ("", *"ABC") for t in texts], bool)] = (
                "class_unreadable"
            )
            found = [text or None for text in texts]
        elif field == "abc_until":
            days = values.astype("M8[D]")
            found = [None if np.isnat(day) else str(day) for day in days]
        else:
            numbers = np.array(values, float)
            faults[free & (numbers < 0)] = f"negative:{meaning}"
            if field in SHARES:
                numbers = np.where(numbers > 1, numbers / 100, numbers)
                faults[free & (field == "fill_floor") & (numbers >= 1)] = "service_full"
            found = [None if np.isnan(n) else round(n, 6) for n in numbers.tolist()]
        for row, value in zip(said, found, strict=True):
            if value is not None:
                row[field] = value
    return np.array([json.dumps(row) if row else None for row in said], object)


def _bare_all(texts) -> np.ndarray:
    known = {text: bare(text) for text in set(texts)}
    return np.array([known[text] for text in texts], object)


def _by_vendor(texts) -> list[str]:
    """Vendors' codes; where nothing else names the article, with the vendor."""
    return [
        f"{vendor_code}{OF_VENDOR}{vendor}"
        if vendor_code and vendor and not (code or barcode)
        else vendor_code
        for vendor_code, vendor, code, barcode in zip(
            texts["vendor_code"], texts["vendor"], texts["code"], texts["barcode"],
            strict=True,
        )
    ]  # fmt: skip


def _unless_coded(texts) -> list[str]:
    """The name of each article that has no code of any kind."""
    return [
        "" if any(codes) else name
        for name, *codes in zip(
            texts["name"], texts["code"], texts["barcode"], texts["vendor_code"],
            strict=True,
        )
    ]  # fmt: skip


def _names(texts) -> dict[str, int]:
    """Each name as it stands first, and the rows of all its spellings."""
    first, rows = {}, Counter()
    for text, number in Counter(filter(None, texts)).items():
        rows[first.setdefault(bare(text), text)] += number
    return rows


def _articles(texts, keys, known) -> dict:
    """Key -> what the file says of the article, and its number of rows."""
    articles = {}
    for index, key in enumerate(keys):
        if not known[index]:
            continue
        article = articles.get(key)
        if article is None:
            name, specification = texts["name"][index], texts["specification"][index]
            articles[key] = article = {
                "code": texts["code"][index],
                "barcode": texts["barcode"][index],
                "vendor_code": texts["vendor_code"][index],
                "name": f"{name} {specification}".strip(),
                "unit": texts["unit"][index],
                "vendor": texts["vendor"][index],
                "rows": 0,
            }
        article["rows"] += 1
    return articles
