#!/usr/bin/env python3
"""Make the demo company's data files from the raw "Online Retail" table.

Usage: clean_online_retail.py SOURCE [TARGET]

SOURCE is the table as .parquet, .csv or .xlsx (UCI Machine Learning Repository,
D. Chen, "Online Retail", CC BY 4.0); TARGET defaults to ../data_files. Needs pandas
(and pyarrow for parquet); the add-on itself reads the result with numpy alone.

What becomes of the raw lines is counted in data_files/counts.json:

- codes that are no article (POST, M, DOT, BANK CHARGES, gift vouchers …) are dropped;
- so are prices <= 0 and negative quantities outside a cancellation: notes about
  damaged, lost or found pieces, without customer and price;
- a cancellation ("C…") is matched with the latest earlier invoices of the same
  customer and article. On the invoice's own day it withdraws the order before it was
  shipped, which takes the two mistaken orders of 74,215 and 80,995 pieces out; later
  it is a return. What finds no invoice (sold before the first day) is dropped;
- lines of one invoice and article are added up, as Odoo does in a delivery.
"""

from __future__ import annotations

import csv
import json
import lzma
import re
import sys
from collections import defaultdict
from pathlib import Path

import pandas as pd

ARTICLE = r"^\d{5}[A-Z]{0,2}$"
#: first match wins; words of the description in capitals
CATEGORIES = (
    ("Christmas", r"CHRISTMAS|XMAS|ADVENT|SANTA|REINDEER|SNOW|ANGEL|BAUBLE|NOEL"),
    ("Bags", r"\bBAGS?\b|SHOPPER|PURSE|RUCKSACK|LUGGAGE|SATCHEL|WALLET"),
    ("Candles & Lights", r"CANDLE|T-LIGHT|TLIGHT|LANTERN|LIGHTS?\b|LAMP|CHANDELIER"),
    (
        "Kitchen & Dining",
        r"MUG|CUP\b|CUPS\b|PLATE|BOWL|TEA|COFFEE|CAKE|BAKING|KITCHEN|SPOON|CUTLERY|"
        r"LUNCH|JUG|GLASS\b|TRAY|EGG|APRON|BOTTLE|JAR|JAM|RECIPE|NAPKIN|PANTRY|BREAD",
    ),
    (
        "Stationery & Crafts",
        r"CARD|PAPER|PEN\b|PENS\b|PENCIL|NOTEBOOK|STICKER|WRAP|RIBBON|SEWING|STAMP|"
        r"CHALK|BOOK|ERASER|ENVELOPE|TAPE|CRAYON|CALENDAR|PASSPORT|DOILIES|KNITTING",
    ),
    (
        "Toys & Party",
        r"TOY|GAME|PARTY|BUNTING|DOLL|CHILD|KIDS?\b|BALLOON|PLAY|PUZZLE|SKITTLES|"
        r"SPACEBOY|CIRCUS|SOLDIER|MAGIC|DOMINOES|JIGSAW|BABY|TEDDY",
    ),
    ("Jewellery", r"NECKLACE|BRACELET|EARRING|\bRING\b|BROOCH|HAIR|BANGLE|CHARM|BEAD"),
    ("Garden", r"GARDEN|FLOWER|PLANT|BIRD|WATERING|GNOME|POT\b|POTS\b|TROWEL|PICNIC"),
    (
        "Home Decoration",
        r"FRAME|CLOCK|MIRROR|SIGN|CUSHION|HOOK|HANGER|WALL|DOOR|HEART|DECORATION|"
        r"WREATH|VASE|BOX|TIN\b|TINS\b|DRAWER|CABINET|STORAGE|BASKET|HOLDER|METAL|RACK",
    ),
)
OTHER = "Gifts"


def read(source: Path) -> pd.DataFrame:
    readers = {".parquet": pd.read_parquet, ".xlsx": pd.read_excel}
    table = readers.get(source.suffix, pd.read_csv)(source)
    table["InvoiceDate"] = pd.to_datetime(table["InvoiceDate"])
    table["InvoiceNo"] = table["InvoiceNo"].astype(str).str.strip()
    table["StockCode"] = table["StockCode"].astype(str).str.strip().str.upper()
    table["CustomerID"] = table["CustomerID"].fillna(0).astype(int)
    return table


def split(table: pd.DataFrame, counts: dict) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Sales and cancellations of articles; the rest is counted and dropped."""
    counts["raw lines"] = len(table)

    def keep(mask: pd.Series, reason: str) -> None:
        nonlocal table
        counts["dropped: " + reason] = int((~mask).sum())
        table = table[mask]

    keep(table["StockCode"].str.match(ARTICLE), "code is no article")
    keep(table["UnitPrice"] > 0, "price not positive")
    cancels = table["InvoiceNo"].str.startswith("C")
    keep(cancels | (table["Quantity"] > 0), "negative quantity, no cancellation")
    keep(~cancels | (table["Quantity"] < 0), "cancellation with positive quantity")
    cancels = table["InvoiceNo"].str.startswith("C")
    counts["sales lines"] = int((~cancels).sum())
    counts["cancellation lines"] = int(cancels.sum())
    return table[~cancels], table[cancels]


def articles(sales: pd.DataFrame) -> pd.DataFrame:
    """One row per code: commonest description, median price, category."""
    grouped = sales.groupby("StockCode")
    name = grouped["Description"].agg(lambda d: d.dropna().mode().iloc[0].strip())
    found = pd.DataFrame({"name": name, "price": grouped["UnitPrice"].median()})
    found["category"] = [
        next((label for label, words in CATEGORIES if re.search(words, text)), OTHER)
        for text in found["name"].str.upper()
    ]
    found["name"] = found["name"].map(readable)
    return found.reset_index(names="code")


def readable(text: str) -> str:
    """WHITE CHILDREN'S T-LIGHT → White Children's T-Light."""
    text = re.sub(r"\s+", " ", text).strip(" .,")
    return re.sub(r"[A-Za-z]+('[A-Za-z]+)?", lambda w: w[0].capitalize(), text)


def match(sales: pd.DataFrame, cancels: pd.DataFrame, counts: dict):
    """Withdrawn pieces per sales row, and returns (number, time, sales row, pieces)."""
    open_rows = defaultdict(list)
    left = {}
    named = sales[sales["CustomerID"] > 0].sort_values("InvoiceDate", kind="stable")
    for row in named.itertuples():
        open_rows[row.CustomerID, row.StockCode].append((row.InvoiceDate, row.Index))
        left[row.Index] = row.Quantity
    withdrawn, returned = defaultdict(int), []
    unmatched = pieces = 0
    for row in cancels.sort_values("InvoiceDate", kind="stable").itertuples():
        wanted = -row.Quantity
        for date, index in reversed(open_rows[row.CustomerID, row.StockCode]):
            if date > row.InvoiceDate or not left[index]:
                continue
            taken = min(wanted, left[index])
            left[index] -= taken
            wanted -= taken
            if date.date() == row.InvoiceDate.date():
                withdrawn[index] += taken
            else:
                returned.append((row.InvoiceNo[1:], row.InvoiceDate, index, taken))
            if not wanted:
                break
        unmatched += wanted == -row.Quantity
        pieces += wanted
    counts["dropped: cancellation without invoice"] = unmatched
    counts["pieces of cancellations without invoice"] = int(pieces)
    counts["lines withdrawn on the day"] = len(withdrawn)
    counts["return lines"] = len(returned)
    return withdrawn, returned


def write(path: Path, header: list[str], rows) -> None:
    opener = lzma.open if path.suffix == ".xz" else open
    with opener(path, "wt", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main(source: Path, target: Path) -> None:
    counts: dict[str, int] = {}
    sales, cancels = split(read(source), counts)
    items = articles(sales)
    withdrawn, returned = match(sales, cancels, counts)
    sales = sales.assign(
        article=sales["StockCode"].map({c: i for i, c in enumerate(items["code"])}),
        withdrawn=pd.Series(withdrawn, dtype="int64"),
    ).fillna({"withdrawn": 0})
    orders = (
        sales.groupby("InvoiceNo")
        .agg(time=("InvoiceDate", "min"), customer=("CustomerID", "first"))
        .join(sales.groupby("InvoiceNo")["Country"].first())
        .sort_values(["time"], kind="stable")
        .reset_index()
    )
    sales["invoice"] = sales["InvoiceNo"].map(
        {number: i for i, number in enumerate(orders["InvoiceNo"])}
    )
    lines = (
        sales.groupby(["invoice", "article"])[["Quantity", "withdrawn"]]
        .sum()
        .astype(int)
        .reset_index()
    )
    counts |= {
        "articles": len(items),
        "orders": len(orders),
        "order lines": len(lines),
        "customers": int(orders["customer"].nunique()),
    }
    moment = orders["time"].dt.strftime("%Y-%m-%d %H:%M")
    write(
        target / "articles.csv",
        ["code", "name", "category", "price"],
        zip(
            items["code"],
            items["name"],
            items["category"],
            items["price"].round(2),
            strict=True,
        ),
    )
    write(
        target / "orders.csv.xz",
        ["number", "time", "customer", "country"],
        zip(
            orders["InvoiceNo"],
            moment,
            orders["customer"],
            orders["Country"],
            strict=True,
        ),
    )
    write(
        target / "lines.csv.xz",
        ["order", "article", "quantity", "withdrawn"],
        lines.itertuples(index=False),
    )
    back = sales.loc[[index for _, _, index, _ in returned], ["invoice", "article"]]
    write(
        target / "returns.csv.xz",
        ["number", "time", "order", "article", "quantity"],
        (
            (number, f"{time:%Y-%m-%d %H:%M}", order, article, pieces)
            for (number, time, _, pieces), (order, article) in zip(
                returned, back.itertuples(index=False), strict=True
            )
        ),
    )
    (target / "counts.json").write_text(json.dumps(counts, indent=1) + "\n")
    print(json.dumps(counts, indent=1))


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 3:
        sys.exit(__doc__)
    folder = Path(__file__).resolve().parent.parent / "data_files"
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) == 3 else folder)
