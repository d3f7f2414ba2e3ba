"""The key figures of one month of a company, from arrays of what happened."""

from __future__ import annotations

from datetime import date

import numpy as np

from ..engine.valuation import fifo_value, running_average
from . import jxc_kpi_cost
from . import jxc_kpi_read as read
from .jxc_service_read import service

#: sums of quantities come out to less than this of each other
DECIMALS = 6
#: decimals of measures that are not money
ROUND = dict.fromkeys(("purchase_orders", "due_units", "filled_units"), DECIMALS)
#: measures that are whole numbers
COUNTS = (
    "articles", "demand_lines", "article_days", "stockout_days", "purchase_lines",
    "due_lines", "filled_lines", "estimated_lines",
)  # fmt: skip
CELL = ("warehouse_id", "categ_id", "abc", "xyz")


def month_cells(company, first: date, last: date, current: bool) -> dict:
    """Columns of the key figures, one row per warehouse × category × class.

    :param last: last day that counts; ``current``: whether that is today
    """
    days = (last - first).days + 1
    goods = read.products(company)
    bought = read.purchases(company, first, last)
    forecast = read.accuracy(company, first)
    asked = service(company, first, last)
    read.create_lines(company, first, last)
    series = _Series(goods, read.changes(company), (bought, forecast, asked), days)
    stock = series.on_hand[:, 1:]
    cost = _unit_costs(company, goods, series, first, last, current)
    value = stock * cost[series.product]

    wanted = read.demand(company, first, last)
    row, known = series.find(wanted)
    counted = np.zeros((len(stock), days), dtype=bool)
    counted[row] = np.arange(1, days + 1) >= wanted["since"][known, None]
    latest = np.full(len(stock), -(10**6))
    latest[row] = wanted["latest"][known]

    used = read.consumption(company)
    price = company.env["jxc.sales.price"]._read(company, goods["product_id"])
    price = price[series.product]
    revenue = series.sum(used, "sold") * price

    dead = (days - latest >= company.jxc_dead_days) & (stock[:, -1] > 0)
    unsold = np.unique(goods["product_id"][series.product[dead]])
    fresh = series.sum(read.arrivals(company, unsold, last), "quantity")
    dead &= stock[:, -1] > fresh

    return _by_cell(
        company,
        goods,
        series,
        {
            "articles": (counted.any(axis=1) | (stock[:, -1] > 0)).astype(float),
            "stock_value": value[:, -1],
            "value_days": value.sum(axis=1),
            "cogs": series.sum(used, "value"),
            "margin": np.where(
                price > 0, revenue - series.sum(used, "sold_value"), 0.0
            ),
            "priced_value_days": np.where(price > 0, value.sum(axis=1), 0.0),
            "demand_lines": series.sum(wanted, "lines"),
            "article_days": counted.sum(axis=1),
            "stockout_days": (counted & (stock <= 0)).sum(axis=1),
            "due_lines": series.sum(asked, "lines"),
            "filled_lines": series.sum(asked, "filled_lines"),
            "estimated_lines": series.sum(asked, "estimated_lines"),
            "due_units": series.sum(asked, "units"),
            "filled_units": series.sum(asked, "filled_units"),
            "due_value": series.sum(asked, "units") * cost[series.product, -1],
            "filled_value": series.sum(asked, "filled_units")
            * cost[series.product, -1],
            "purchase_lines": series.sum(bought, "lines"),
            "purchase_orders": series.sum(bought, "orders"),
            "forecast_error": series.sum(forecast, "error"),
            "forecast_sold": series.sum(forecast, "sold"),
            "dead_value": np.where(dead, np.maximum(value[:, -1], 0.0), 0.0),
            "excess_value": series.sum(read.excess(company), "value")
            if current
            else np.zeros(len(stock)),
        },
    )


class _Series:
    """Product × warehouse pairs with stock, purchases or forecasts, by product.

    ``product`` [n] index in the goods, ``warehouse_id`` [n], ``on_hand`` [n, days + 1]
    at the end of each slot, ``total`` [goods, days] of all warehouses.
    """

    def __init__(self, goods, changes, others, days: int):
        changes, *others = (
            rows[np.isin(rows["product_id"], goods["product_id"])]
            for rows in (changes, *others)
        )
        self._keys = np.unique(np.concatenate(list(map(_key, (changes, *others)))))
        place = np.searchsorted(self._keys, _key(changes))
        width = days + 1
        moved = np.bincount(
            place * width + changes["slot"],
            changes["quantity"],
            minlength=len(self._keys) * width,
        ).reshape(-1, width)
        self.on_hand = np.round(moved.cumsum(axis=1), DECIMALS)
        self.product = np.searchsorted(goods["product_id"], self._keys >> 32)
        self.warehouse_id = self._keys & 0xFFFFFFFF
        self.total = np.zeros((len(goods), days))
        # the series stand in order of the products
        some, start = np.unique(self.product, return_index=True)
        if len(some):
            self.total[some] = np.add.reduceat(self.on_hand[:, 1:], start, axis=0)
        self.total = np.round(self.total, DECIMALS)

    def find(self, rows) -> tuple[np.ndarray, np.ndarray]:
        """Index of the series of the rows that have one, and which rows those are."""
        keys = _key(rows)
        at = np.searchsorted(self._keys, keys)
        known = np.zeros(len(keys), dtype=bool)
        inside = at < len(self._keys)
        known[inside] = self._keys[at[inside]] == keys[inside]
        return at[known], known

    def sum(self, rows, column: str) -> np.ndarray:
        """Sum [n] of a column over the rows of each series."""
        at, known = self.find(rows)
        return np.bincount(at, rows[column][known], minlength=len(self._keys))


def _key(rows) -> np.ndarray:
    return rows["product_id"].astype(np.int64) << 32 | rows["warehouse_id"]


def _unit_costs(company, goods, series, first, last, current) -> np.ndarray:
    """Unit cost [goods, days] at the end of each day, by each category's method."""
    days = series.total.shape[1]
    methods = _methods(company, goods)
    average = np.unique(goods["categ_id"][methods == "average"]).tolist()
    fifo = np.unique(goods["categ_id"][methods == "fifo"]).tolist()

    cost = _set_costs(
        goods, methods, jxc_kpi_cost.prices(company, average, first, last), days + 1
    )
    if current:
        standard = methods == "standard"
        cost[standard, -1] = goods["price"][standard]
    if fifo:
        rows = np.flatnonzero(methods == "fifo")
        cost[rows] = _fifo_costs(
            goods[rows],
            series.total[rows],
            jxc_kpi_cost.receipts(company, fifo, first, last),
        )
    return cost


def _methods(company, goods) -> np.ndarray:
    """Cost method of each product, as Odoo finds it."""
    categories = company.env["product.category"].with_company(company).search([])
    methods = {
        category.id: category.property_cost_method or company.cost_method
        for category in categories
    }
    found, place = np.unique(goods["categ_id"], return_inverse=True)
    names = [methods.get(categ, company.cost_method) for categ in found.tolist()]
    return np.array(names, dtype="U8")[place] if len(goods) else np.array([], "U8")


def _set_costs(goods, methods, events, width: int) -> np.ndarray:
    """Standard price and running average [goods, days] from their events.

    Before its first price a standard cost is what that price says, or today's.
    """
    events = events[np.isin(events["product_id"], goods["product_id"])]
    article = np.searchsorted(goods["product_id"], events["product_id"])
    # Odoo values goods at standard cost by the prices that were set.
    kept = (events["is_price"] == 1) & (methods[article] == "standard")
    kept |= methods[article] == "average"
    events, article = events[kept], article[kept]
    after = running_average(
        article,
        events["before"],
        events["received"],
        events["value"],
        events["is_price"] == 1,
    )
    cost = np.full((len(goods), width), np.nan)
    cost[article, events["slot"]] = after  # the last event of a day stays
    standard = methods == "standard"
    first = np.unique(article, return_index=True)[1]
    before = np.where(standard, goods["price"], 0.0).astype(float)
    before[article[first]] = np.where(
        standard[article[first]], events["value"][first], 0.0
    )
    cost[:, 0] = np.where(np.isnan(cost[:, 0]), before, cost[:, 0])
    known = np.where(np.isnan(cost), 0, np.arange(width))
    known = np.maximum.accumulate(known, axis=1)
    return np.take_along_axis(cost, known, axis=1)[:, 1:]


def _fifo_costs(goods, total, receipts) -> np.ndarray:
    """Value per unit on hand [goods, days], first in, first out."""
    days = total.shape[1]
    receipts = receipts[np.isin(receipts["product_id"], goods["product_id"])]
    article = np.searchsorted(goods["product_id"], receipts["product_id"])
    start = np.searchsorted(article, np.arange(len(goods)))
    # how many of an article's receipts there were at the end of each day
    arrived = np.bincount(
        article * (days + 1) + receipts["slot"], minlength=len(goods) * (days + 1)
    ).reshape(-1, days + 1)
    end = start[:, None] + arrived.cumsum(axis=1)[:, 1:]
    price = np.repeat(goods["price"].astype(float), days)
    units = np.where(total == 0, 1.0, total).ravel()
    value = fifo_value(
        np.repeat(start, days),
        end.ravel(),
        receipts["received"],
        receipts["value"],
        units,
        price,
    )
    return np.where(total.ravel() == 0, price, value / units).reshape(-1, days)


def _by_cell(company, goods, series, measures: dict) -> dict:
    """Sums of the measures by warehouse, category and class; empty cells left out."""
    classes = read.classes(company)
    at, known = series.find(classes)
    cell = np.zeros((len(series.product), len(CELL)), dtype=np.int64)
    cell[:, 0] = series.warehouse_id
    cell[:, 1] = goods["categ_id"][series.product]
    cell[at, 2] = classes["abc"][known]
    cell[at, 3] = classes["xyz"][known]
    cells, place = np.unique(cell, axis=0, return_inverse=True)
    sums = {
        name: np.bincount(place.ravel(), values, minlength=len(cells)).round(
            ROUND.get(name, 2)
        )
        for name, values in measures.items()
    }
    full = np.zeros(len(cells), dtype=bool)
    for values in sums.values():
        full |= values != 0
    letters = np.array([None, *map(chr, range(1, 128))], dtype=object)
    return {
        "warehouse_id": _ids(cells[full, 0]),
        "categ_id": _ids(cells[full, 1]),
        "abc_class": letters[cells[full, 2]],
        "xyz_class": letters[cells[full, 3]],
        **{
            name: values[full].astype(int if name in COUNTS else float)
            for name, values in sums.items()
        },
    }


def _ids(values) -> np.ndarray:
    """Ids with None for 0."""
    return np.array([value or None for value in values.tolist()], dtype=object)
