"""Turn raw public demand data into folders for ``./dev bench decisions``.

    python benchmarks/prepare_decision_sets.py SOURCE TARGET [NAME ...]

SOURCE holds the raw sets (``uci_online_retail``, ``man_spareparts_odd``,
``iowa_liquor``, ``carparts``) as published; each becomes TARGET/NAME with
``meta.json``, ``items.csv`` and ``demand.csv``. Needs numpy and, for the two
parquet files, pyarrow. What is assumed because the data does not hold it stands
in each function and in the set's ``meta.json`` under ``assumed``.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections import Counter, defaultdict
from datetime import timedelta
from pathlib import Path

import numpy as np

ITEM_COLUMNS = [
    "item",
    "unit_cost",
    "order_cost",
    "holding_rate",
    "lead_time",
    "lead_time_sd",
    "moq",
    "multiple",
]


def write_set(folder: Path, meta: dict, items: list[dict], names, demand) -> None:
    """Write one set; NaN cells, not on sale, stay empty."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "meta.json").write_text(json.dumps(meta, indent=1) + "\n")
    with (folder / "items.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, ITEM_COLUMNS)
        writer.writeheader()
        writer.writerows(items)
    with (folder / "demand.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["item", *names])
        for item, row in zip(items, demand, strict=True):
            cells = ["" if np.isnan(x) else f"{x:.10g}" for x in row]
            writer.writerow([item["item"], *cells])
    print(f"{folder.name}: {demand.shape[0]} items, {demand.shape[1]} periods")


def start_at_first_sale(demand: np.ndarray) -> np.ndarray:
    """Periods before the first sale become NaN: the article was not there yet."""
    started = np.maximum.accumulate(demand > 0, axis=1)
    return np.where(started, demand, np.nan)


def online_retail(source: Path):
    """Daily sales of a UK wholesaler (Chen, UCI Machine Learning Repository).

    Articles are stock codes that begin with five digits. Credit notes are left
    out, and so are the sales a credit note of the same customer, article and
    quantity takes back within two days (two typing mistakes of 75,000 pieces
    among them).
    """
    import pyarrow.parquet as parquet

    rows = parquet.read_table(source / "online_retail.parquet").to_pylist()
    credits = defaultdict(list)
    for row in rows:
        if row["Quantity"] < 0:
            key = row["CustomerID"], row["StockCode"], -row["Quantity"]
            credits[key].append(row["InvoiceDate"])
    sales, prices = Counter(), defaultdict(list)
    for row in rows:
        code, date = row["StockCode"], row["InvoiceDate"]
        if row["Quantity"] <= 0 or row["UnitPrice"] <= 0 or not code[:5].isdigit():
            continue
        taken_back = credits.get((row["CustomerID"], code, row["Quantity"]), [])
        match = [d for d in taken_back if timedelta() <= d - date <= timedelta(days=2)]
        if match:
            taken_back.remove(match[0])
            continue
        sales[code.upper(), date.date()] += row["Quantity"]
        prices[code.upper()].append(row["UnitPrice"])
    first = min(day for _, day in sales)
    days = (max(day for _, day in sales) - first).days + 1
    codes = sorted(prices)
    index = {code: i for i, code in enumerate(codes)}
    demand = np.zeros((len(codes), days))
    for (code, day), quantity in sales.items():
        demand[index[code], (day - first).days] = quantity
    meta = {
        "name": "online_retail",
        "period": "day",
        "lost_sales": True,
        "review": 1,
        "source": "D. Chen, Online Retail, UCI Machine Learning Repository",
        "assumed": "cost 0.6 x median price; order cost 2; holding 25 % a year; "
        "lead time 14 days; sales lost when out of stock",
    }
    items = [
        dict(
            item=code,
            unit_cost=round(0.6 * float(np.median(prices[code])), 4),
            order_cost=2,
            holding_rate=0.25,
            lead_time=14,
            lead_time_sd=0,
            moq=1,
            multiple=1,
        )
        for code in codes
    ]
    names = [(first + timedelta(days=i)).isoformat() for i in range(days)]
    return meta, items, names, start_at_first_sale(demand)


def spare_parts(source: Path):
    """Weekly demand of a manufacturer's spare parts; all columns are data.

    Quantities and costs are per pack, and demand comes in whole pieces of it
    (0.748 of a pack of 1,000), so the multiple is one piece.
    """
    with (source / "demand_weekly_wide.csv").open() as file:
        header, *rows = csv.reader(file)
    demand = {row[0]: [float(x or 0) for x in row[1:]] for row in rows}
    items = []
    with (source / "items.csv").open() as file:
        for row in csv.DictReader(file):
            cost = float(row["cost_price_eur"])
            holding = float(row["holding_cost_eur_per_year"])
            items.append(
                dict(
                    item=row["sku"],
                    unit_cost=cost,
                    order_cost=float(row["order_cost_eur"]),
                    holding_rate=round(holding / cost, 6) if cost > 0 else 0.2,
                    lead_time=int(row["lead_time_weeks"]),
                    lead_time_sd=0,
                    moq=float(row["min_order_qty"] or 0),
                    multiple=1 / float(row["units_per_pack"] or 1),
                )
            )
    items = [item for item in items if item["item"] in demand]
    meta = {
        "name": "spare_parts",
        "period": "week",
        "lost_sales": False,
        "review": 1,
        "source": "manufacturer's spare parts, Rotterdam benchmark",
        "assumed": "demand waits when out of stock",
    }
    matrix = np.array([demand[item["item"]] for item in items])
    return meta, items, header[1:], matrix


def iowa(source: Path):
    """Weekly litres by item and city (Iowa open data).

    Cost is the price without the state's markup of one half.
    """
    import pyarrow.parquet as parquet

    table = parquet.read_table(source / "iowa_weekly_item_city.parquet")
    rows = table.to_pylist()
    weeks = sorted({row["weekStarting"] for row in rows})
    week_index = {week: i for i, week in enumerate(weeks)}
    keys = sorted({(row["item"], row["store_location_city"]) for row in rows})
    index = {key: i for i, key in enumerate(keys)}
    demand = np.zeros((len(keys), len(weeks)))
    dollars = np.zeros(len(keys))
    for row in rows:
        i = index[row["item"], row["store_location_city"]]
        demand[i, week_index[row["weekStarting"]]] += max(row["sum_sale_liters"], 0)
        dollars[i] += row["sum_sale_dollars"]
    keep = demand.sum(axis=1) > 0
    price = dollars[keep] / demand[keep].sum(axis=1)
    meta = {
        "name": "iowa",
        "period": "week",
        "lost_sales": True,
        "review": 1,
        "source": "State of Iowa, Iowa Liquor Sales",
        "assumed": "cost = price / 1.5; order cost 2; holding 25 % a year; lead "
        "time 2 weeks; sales lost when out of stock",
    }
    names = [
        f"{item} @ {city}" for (item, city), k in zip(keys, keep, strict=True) if k
    ]
    items = [
        dict(
            item=name,
            unit_cost=round(max(cost, 0) / 1.5, 4),
            order_cost=2,
            holding_rate=0.25,
            lead_time=2,
            lead_time_sd=0,
            moq=0,
            multiple=0,
        )
        for name, cost in zip(names, price, strict=True)
    ]
    dates = [week.date().isoformat() for week in weeks]
    return meta, items, dates, start_at_first_sale(demand[keep])


def carparts(source: Path):
    """Monthly demand of car parts (Hyndman et al. 2008), without prices."""
    with (source / "demand_monthly_wide.csv").open() as file:
        header, *rows = csv.reader(file)
    demand = np.array([[float(x) if x else np.nan for x in r[1:]] for r in rows])
    items = [
        dict(
            item=row[0],
            unit_cost=10,
            order_cost=2,
            holding_rate=0.25,
            lead_time=1,
            lead_time_sd=0,
            moq=1,
            multiple=1,
        )
        for row in rows
    ]
    meta = {
        "name": "carparts",
        "period": "month",
        "lost_sales": False,
        "review": 1,
        "source": "Hyndman, Koehler, Ord and Snyder (2008), car parts",
        "assumed": "equal cost 10; order cost 2; holding 25 % a year; lead time 1 "
        "month; demand waits when out of stock",
    }
    return meta, items, header[1:], demand


SETS = {
    "online_retail": ("uci_online_retail", online_retail),
    "spare_parts": ("man_spareparts_odd", spare_parts),
    "iowa": ("iowa_liquor", iowa),
    "carparts": ("carparts", carparts),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("source", type=Path, help="folder of the raw sets")
    parser.add_argument("target", type=Path, help="folder to write the sets into")
    parser.add_argument("names", nargs="*", help=f"some of {', '.join(SETS)}")
    options = parser.parse_args()
    for name in options.names or SETS:
        folder, convert = SETS[name]
        write_set(options.target / name, *convert(options.source / folder))


if __name__ == "__main__":
    main()
