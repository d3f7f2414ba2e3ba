"""The cleaned sales of the data files as arrays."""

from __future__ import annotations

import csv
import lzma
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parent.parent / "data_files"
HOME_COUNTRY = "United Kingdom"


@dataclass(frozen=True)
class Source:
    """Orders sorted by time; lines sorted by order.

    articles: code, name, category and price (currency per piece), one row each
    order_*:  one entry per customer order; customer 0 is nobody's account
    line_*:   order and article indexes, pieces ordered, pieces withdrawn the same day
    return_*: pieces of an order line that came back; `return_number` groups them
    """

    articles: np.ndarray
    order_number: np.ndarray
    order_time: np.ndarray
    order_customer: np.ndarray
    order_country: np.ndarray
    line_order: np.ndarray
    line_article: np.ndarray
    line_quantity: np.ndarray
    line_withdrawn: np.ndarray
    return_number: np.ndarray
    return_time: np.ndarray
    return_line: np.ndarray
    return_quantity: np.ndarray


def read(articles: int | None = None, folder: Path = FOLDER) -> Source:
    """The data; ``articles`` limits it to so many, from best seller to slowest."""
    table = np.array(
        [
            (row["code"], row["name"], row["category"], float(row["price"]))
            for row in _rows(folder / "articles.csv")
        ],
        dtype=[("code", "U12"), ("name", "U64"), ("category", "U32"), ("price", "f8")],
    )
    orders = list(_rows(folder / "orders.csv.xz"))
    number = np.array([row["number"] for row in orders])
    time = np.array([row["time"].replace(" ", "T") for row in orders], "M8[s]")
    customer = np.array([int(row["customer"]) for row in orders])
    country = np.array([row["country"] for row in orders])
    lines = _numbers(folder / "lines.csv.xz")
    back = list(_rows(folder / "returns.csv.xz"))
    back_key = np.array(
        [int(row["order"]) * len(table) + int(row["article"]) for row in back]
    )
    line_key = lines[:, 0] * len(table) + lines[:, 1]
    back_line = np.searchsorted(line_key, back_key)
    back_number = np.array([row["number"] for row in back])
    back_time = np.array([row["time"].replace(" ", "T") for row in back], "M8[s]")
    back_quantity = np.array([int(row["quantity"]) for row in back])

    if articles is not None and articles < len(table):
        sold = np.bincount(lines[:, 1], minlength=len(table))
        ranked = np.argsort(-sold, kind="stable")
        picked = np.sort(
            ranked[np.linspace(0, len(table) - 1, articles).round().astype(int)]
        )
        new_article = np.full(len(table), -1)
        new_article[picked] = np.arange(articles)
        line_kept = new_article[lines[:, 1]] >= 0
        order_kept = np.zeros(len(number), bool)
        order_kept[lines[line_kept, 0]] = True
        new_order = np.cumsum(order_kept) - 1
        new_line = np.cumsum(line_kept) - 1
        back_kept = line_kept[back_line]
        table = table[picked]
        number, time = number[order_kept], time[order_kept]
        customer, country = customer[order_kept], country[order_kept]
        lines = lines[line_kept]
        lines[:, 0] = new_order[lines[:, 0]]
        lines[:, 1] = new_article[lines[:, 1]]
        back_line = new_line[back_line[back_kept]]
        back_number, back_time = back_number[back_kept], back_time[back_kept]
        back_quantity = back_quantity[back_kept]
    return Source(
        table,
        number,
        time,
        customer,
        country,
        *lines.T,
        back_number,
        back_time,
        back_line,
        back_quantity,
    )


def _text(path: Path):
    if path.suffix == ".xz":
        return lzma.open(path, "rt", encoding="utf-8", newline="")
    return path.open(encoding="utf-8", newline="")


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with _text(path) as file:
        yield from csv.DictReader(file)


def _numbers(path: Path) -> np.ndarray:
    with _text(path) as file:
        return np.loadtxt(file, dtype=np.int64, delimiter=",", skiprows=1)
