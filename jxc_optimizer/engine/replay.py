"""Replay of reorder levels on recorded demand.

Order of events in a period: receipts due, then demand, then the end-of-period
review. An order placed at the end of period t with lead time L arrives at the
start of period t + 1 + L, so a level protects lead time + review period.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from ._arrays import columns, matrix

# Cells (settings x articles) worked on at once: what stays in the cache.
_BLOCK = 1 << 15
# Of a unit: what binary arithmetic may leave of a quantity that is served.
_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Outcome:
    """Sums per window, setting and article, all [w, k, n], in units and counts."""

    periods: np.ndarray  # of the window
    stock: np.ndarray  # end-of-period stock on hand, summed over the periods
    demand: np.ndarray
    filled: np.ndarray  # units of demand served from stock at once
    lines: np.ndarray  # periods with demand
    lines_filled: np.ndarray  # of them served in full at once
    stock_outs: np.ndarray  # periods on sale that end without stock
    orders: np.ndarray  # placed
    ordered: np.ndarray  # units ordered

    def window(self, index: int) -> Outcome:
        """The [k, n] arrays of one window."""
        return Outcome(**{f.name: getattr(self, f.name)[index] for f in fields(self)})

    def rows(self, chosen) -> Outcome:
        """The same of some articles."""
        return Outcome(
            **{f.name: getattr(self, f.name)[..., chosen] for f in fields(self)}
        )


@dataclass(frozen=True)
class Totals:
    """Figures of an assortment, one per window and setting."""

    inventory: np.ndarray  # average value on hand
    fill_value: np.ndarray  # share of demand served at once, weighted by cost
    fill_units: np.ndarray
    fill_lines: np.ndarray
    missed: np.ndarray  # units not served at once
    stock_outs: np.ndarray  # article-periods that end without stock
    orders: np.ndarray
    holding_cost: np.ndarray  # of the window
    order_cost: np.ndarray
    shortage_cost: np.ndarray

    @property
    def cost(self) -> np.ndarray:
        """Holding and ordering cost of the window, without shortages."""
        return self.holding_cost + self.order_cost


def replay(
    demand,
    reorder_point,
    order_up_to,
    lead_time,
    *,
    epochs=None,
    review=1,
    moq=0,
    multiple=0,
    lost_sales=False,
    strict=False,
    opening_stock=None,
    open_orders=None,
    windows=None,
) -> Outcome:
    """Simulate (R, s, S) policies over all articles and settings at once.

    At a review, when stock on hand and on order less backorders is at or below
    s (below s if ``strict``), the difference to S is ordered, at least the
    smallest order, rounded up to the multiple.

    :param demand: [n, t] units; NaN = not on sale, demand below 0 counts as 0
    :param reorder_point: s, [n], [k, n] or [k, e, n]: per setting and epoch; -inf
        never orders
    :param order_up_to: S, same shapes
    :param lead_time: periods, whole, [n], or [n, t] by the period of the order
    :param epochs: [e] rising periods from which each set of levels holds; the
        first also holds before
    :param review: [n] periods between reviews, at periods R-1, 2R-1, ...
    :param moq: [n] smallest order; ``multiple``: [n] pack, 0 = any quantity
    :param lost_sales: unmet demand is lost instead of waiting
    :param opening_stock: [n] or [k, n] at the start; None = S of the first epoch
    :param open_orders: [n, m] units arriving at the start of period 0 .. m-1
    :param windows: [(from, to), ...] periods to measure; None = all in one
    :raises ValueError: on shapes that do not fit, a lead time or review period
        that is not a whole number, NaN levels

    >>> out = replay([[2, 2, 2, 2, 2]], [2], [6], 1)
    >>> out.stock[0, 0], out.filled[0, 0], out.orders[0, 0]
    (array([8.]), array([10.]), array([2.]))
    """
    demand = matrix(demand)
    count, length = demand.shape
    low, high = _levels(reorder_point, count), _levels(order_up_to, count)
    try:
        low, high = np.broadcast_arrays(low, high)
    except ValueError as error:
        raise ValueError(f"s {low.shape} and S {high.shape} do not fit") from error
    settings, eras = low.shape[:2]
    era_of = _eras(epochs, eras, length)
    lead = _whole(lead_time, "lead_time")
    if lead.ndim < 2:
        lead = np.broadcast_to(lead, count)[:, None]
    lead = np.broadcast_to(lead, (count, length))
    review = np.broadcast_to(_whole(review, "review"), count)
    if (review < 1).any():
        raise ValueError("review must be at least 1")
    moq, multiple = columns(moq=moq, multiple=multiple)
    moq, multiple = np.broadcast_to(moq, count), np.broadcast_to(multiple, count)
    if opening_stock is None:
        opening = np.maximum(np.nan_to_num(high[:, 0], neginf=0.0), 0.0)
    else:
        opening = np.asarray(opening_stock, dtype=np.float64)
        opening = np.broadcast_to(opening, (settings, count))
    arriving = np.zeros((count, 0)) if open_orders is None else matrix(open_orders)
    spans = [(0, length)] if windows is None else list(windows)

    shape = (len(spans), settings, count)
    sums = {f.name: np.zeros(shape) for f in fields(Outcome)}
    block = max(1, _BLOCK // settings)
    for start in range(0, count, block):
        part = slice(start, start + block)
        _run(
            demand[part],
            low[:, :, part],
            high[:, :, part],
            lead[part],
            era_of,
            review[part],
            moq[part],
            multiple[part],
            (lost_sales, strict),
            opening[:, part],
            arriving[part],
            spans,
            {name: array[:, :, part] for name, array in sums.items()},
        )
    return Outcome(**sums)


def _run(
    demand, low, high, lead, era_of, review, moq, multiple, mode, opening, arriving,
    spans, sums,
):  # fmt: skip
    """One block of articles through all periods; adds to ``sums`` in place."""
    lost_sales, strict = mode
    settings, _, count = low.shape
    ring = max(int(lead.max(initial=0)) + 2, arriving.shape[1] + 1)
    due_in = np.zeros((ring, settings, count))
    due_in[: arriving.shape[1]] = arriving.T[:, None, :]
    stock = np.array(opening)
    on_order = np.tile(arriving.sum(axis=1), (settings, 1))
    always = bool((review == 1).all())
    needs = np.ascontiguousarray(np.nan_to_num(np.maximum(demand, 0.0)).T)
    on_sale = ~np.isnan(demand.T)
    # Demand is the same in all settings; what is counted is counted in integers.
    wanted = {name: np.zeros((len(spans), count)) for name in ("demand", "lines")}
    counts = {
        name: np.zeros((len(spans), settings, count), np.int32)
        for name in ("lines_filled", "stock_outs", "orders")
    }
    served, on_hand, position = (np.empty_like(stock) for _buffer in range(3))
    flag = np.empty(stock.shape, dtype=bool)
    era = None
    for period in range(demand.shape[1]):
        receipt = due_in[period % ring]
        stock += receipt
        on_order -= receipt
        receipt[:] = 0.0
        need = needs[period]
        np.maximum(stock, 0.0, out=served)
        np.minimum(served, need, out=served)
        stock -= served if lost_sales else need
        active = [w for w, (a, b) in enumerate(spans) if a <= period < b]
        if active:
            asked = need > 0
            np.maximum(stock, 0.0, out=on_hand)
        for w in active:
            sums["stock"][w] += on_hand
            sums["filled"][w] += served
            wanted["demand"][w] += need
            wanted["lines"][w] += asked
            np.greater_equal(served, need - _TOLERANCE, out=flag)
            counts["lines_filled"][w] += np.logical_and(flag, asked, out=flag)
            np.less_equal(on_hand, _TOLERANCE, out=flag)
            counts["stock_outs"][w] += np.logical_and(flag, on_sale[period], out=flag)
        np.add(stock, on_order, out=position)
        if era != era_of[period]:
            era = era_of[period]
            level = low[:, era] + (-_TOLERANCE if strict else _TOLERANCE)
        due = (np.less if strict else np.less_equal)(position, level, out=flag)
        if not always:
            due &= (period + 1) % review == 0
        row, column = np.nonzero(due)
        if not len(row):
            continue
        quantity = high[row, era, column] - position[row, column]
        quantity = np.maximum(quantity, moq[column])
        pack = multiple[column]
        packs = np.ceil(quantity / np.where(pack > 0, pack, 1.0) - _TOLERANCE)
        quantity = np.where(pack > 0, packs * pack, quantity)
        placed = quantity > 0
        row, column, quantity = row[placed], column[placed], quantity[placed]
        slot = (period + 1 + lead[column, period]) % ring
        due_in[slot, row, column] += quantity
        on_order[row, column] += quantity
        for w in active:
            counts["orders"][w][row, column] += 1
            sums["ordered"][w][row, column] += quantity
    for w, (start, stop) in enumerate(spans):
        sums["periods"][w] += max(min(stop, demand.shape[1]) - max(start, 0), 0)
    for name, values in (wanted | counts).items():
        sums[name] += values[:, None] if values.ndim == 2 else values


def totals(
    outcome: Outcome,
    unit_cost,
    *,
    order_cost=0.0,
    holding_rate=0.0,
    shortage_cost=0.0,
    periods_per_year=365.0,
) -> Totals:
    """Sum an outcome over the articles; see ``Totals`` for the figures.

    :param unit_cost: [n] money per unit
    :param order_cost: [n] money per order
    :param holding_rate: [n] share of the value per year
    :param shortage_cost: [n] money per unit not served at once
    """
    cost, order, rate, shortage = columns(
        unit_cost=unit_cost,
        order_cost=order_cost,
        holding_rate=holding_rate,
        shortage_cost=shortage_cost,
    )
    periods = np.maximum(outcome.periods, 1)
    value = outcome.stock / periods * cost
    held = outcome.stock * cost * rate / periods_per_year
    missed = outcome.demand - outcome.filled
    return Totals(
        inventory=value.sum(axis=-1),
        fill_value=_share(outcome.filled * cost, outcome.demand * cost),
        fill_units=_share(outcome.filled, outcome.demand),
        fill_lines=_share(outcome.lines_filled, outcome.lines),
        missed=missed.sum(axis=-1),
        stock_outs=outcome.stock_outs.sum(axis=-1),
        orders=outcome.orders.sum(axis=-1),
        holding_cost=held.sum(axis=-1),
        order_cost=(outcome.orders * order).sum(axis=-1),
        shortage_cost=(missed * shortage).sum(axis=-1),
    )


def _share(part, whole):
    """Sum of part / sum of whole over the articles; 1 where nothing was asked."""
    part, whole = part.sum(axis=-1), whole.sum(axis=-1)
    return np.divide(part, whole, out=np.ones_like(part), where=whole > 0)


def _levels(levels, count):
    """Levels as [k, e, n]."""
    levels = np.asarray(levels, dtype=np.float64)
    if np.isnan(levels).any():
        raise ValueError("levels must not be NaN")
    if levels.ndim < 2:
        levels = np.broadcast_to(levels, (1, 1, count))
    elif levels.ndim == 2:
        levels = levels[:, None]
    if levels.ndim != 3 or levels.shape[2] != count:
        raise ValueError(f"levels must end in [{count}], got {levels.shape}")
    return levels


def _eras(epochs, eras, length):
    """Index of the levels valid in each period."""
    if epochs is None:
        if eras != 1:
            raise ValueError("levels by epoch need epochs")
        return np.zeros(length, dtype=int)
    epochs = np.asarray(epochs)
    if epochs.shape != (eras,) or (np.diff(epochs) <= 0).any():
        raise ValueError(f"epochs must be {eras} rising periods")
    return np.maximum(np.searchsorted(epochs, np.arange(length), "right") - 1, 0)


def _whole(value, name):
    array = np.asarray(value)
    whole = np.round(array).astype(int)
    if (np.abs(whole - array) > 1e-9).any() or (whole < 0).any():
        raise ValueError(f"{name} must be whole periods, not negative")
    return whole
