"""Key figures of a month the slow way: article by article and day by day.

Moves, orders and demand are read through the ORM, and valued by Odoo itself.
"""

from collections import defaultdict
from datetime import datetime, time, timedelta

WANTED = timedelta(days=365)
#: what stock is no stock: sums of decimals
NOTHING = 1e-6


def figures(company, first, last) -> dict:
    """(warehouse id, category id) -> measure -> sum, of ``first`` to ``last``.

    All but excess, which is a figure of today. The company's days are those of UTC.
    """
    env = company.with_company(company).env
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    lines = env["stock.move.line"].search(
        [("company_id", "=", company.id), ("state", "=", "done")], order="date, id"
    )
    stock, fresh, used = _walk(company, lines, days)
    wanted = _demand(env, company, last)
    bought = _purchases(env, company, first, last)
    total = defaultdict(lambda: defaultdict(float))
    pairs = set(stock) | set(bought)
    for product, warehouse in pairs:
        cell = total[warehouse.id, product.categ_id.id]
        ends = stock.get((product, warehouse), [0.0] * len(days))
        demand = wanted.get((product, warehouse), [])
        recent = [day for day, _lines in demand if day > last - WANTED]
        offered = [day for day in days if recent and day >= min(recent)]
        cell["articles"] += bool(offered) or ends[-1] > NOTHING
        cell["article_days"] += len(offered)
        cell["stockout_days"] += sum(
            ends[days.index(day)] <= NOTHING for day in offered
        )
        cell["demand_lines"] += sum(n for day, n in demand if first <= day <= last)
        order_lines, orders = bought.get((product, warehouse), (0, 0.0))
        cell["purchase_lines"] += order_lines
        cell["purchase_orders"] += orders
        cost, quantity, sold_cost = used.get((product, warehouse), (0.0, 0.0, 0.0))
        cell["cogs"] += cost
        if product.lst_price > 0:
            cell["margin"] += quantity * product.lst_price - sold_cost
        latest = max((day for day, _lines in demand), default=None)
        idle = (last - latest).days if latest else 10**6
        dead_days = company.jxc_dead_days
        arrived = sum(
            n
            for day, n in fresh.get((product, warehouse), [])
            if day > last - timedelta(days=dead_days)
        )
        if idle + 1 > dead_days and ends[-1] > arrived + NOTHING:
            cell["dead_value"] += max(_value(product, warehouse, last, ends[-1]), 0.0)
    return total


def values(products, warehouse, days) -> list[float]:
    """What Odoo says the goods of a warehouse were worth at the end of each day."""
    return [
        sum(
            products.with_context(
                # of a date Odoo counts the units at its beginning
                to_date=datetime.combine(day, time(23, 59, 59)),
                warehouse_id=warehouse.id,
            ).mapped("total_value")
        )
        for day in days
    ]


def _value(product, warehouse, day, quantity) -> float:
    return values(product, warehouse, [day])[0] if quantity else 0.0


def _walk(company, lines, days):
    """Stock at the end of each day, arrivals, and what was used up in the month."""
    stock = defaultdict(lambda: [0.0] * len(days))
    fresh = defaultdict(list)
    used = defaultdict(lambda: (0.0, 0.0, 0.0))
    per_move = defaultdict(float)
    for line in lines:
        per_move[line.move_id] += line.quantity_product_uom

    def inside(location):
        return location.company_id == company and location.usage in (
            "internal",
            "transit",
        )

    for line in lines:
        day, quantity = line.date.date(), line.quantity_product_uom
        source, target = line.location_id, line.location_dest_id
        if day > days[-1]:
            continue
        for place, sign in ((source, -1), (target, 1)):
            if inside(place):
                ends = stock[line.product_id, place.warehouse_id]
                for position, one in enumerate(days):
                    if one >= day:
                        ends[position] += sign * quantity
        if (
            inside(target)
            and source.usage != "customer"
            and (
                source.usage != "internal" or source.warehouse_id != target.warehouse_id
            )
        ):
            fresh[line.product_id, target.warehouse_id].append((day, quantity))
        if day < days[0]:
            continue
        share = line.move_id.value * quantity / (per_move[line.move_id] or 1.0)
        for place, other, sign in ((source, target, 1), (target, source, -1)):
            if inside(place) and other.usage in ("customer", "production"):
                sold = other.usage == "customer"
                key = line.product_id, place.warehouse_id
                cost, units, sold_cost = used[key]
                used[key] = (
                    cost + sign * share,
                    units + sign * quantity * sold,
                    sold_cost + sign * share * sold,
                )
    return stock, fresh, used


def _demand(env, company, last) -> dict:
    """(product, warehouse) -> [(day, lines)] of the days with demand until ``last``."""
    found = defaultdict(list)
    stocks = env["stock.warehouse"].search([("company_id", "=", company.id)])
    for row in env["jxc.demand.day"].search(
        [
            ("company_id", "=", company.id),
            ("location_id", "in", stocks.lot_stock_id.ids),
            ("day", "<=", last),
        ]
    ):
        # goods that only came back are no demand
        if row.lines if row.source == "move" else row.quantity > 0:
            found[row.product_id, row.warehouse_id].append((row.day, row.lines))
    return found


def _purchases(env, company, first, last) -> dict:
    """(product, warehouse) -> lines and share of the orders confirmed in the month."""
    found = defaultdict(lambda: (0, 0.0))
    for order in env["purchase.order"].search(
        [("company_id", "=", company.id), ("state", "=", "purchase")]
    ):
        if not first <= order.date_approve.date() <= last:
            continue
        lines = order.order_line.filtered(
            lambda line: line.product_id.is_storable and line.product_qty > 0
        )
        for line in lines:
            key = line.product_id, order.picking_type_id.warehouse_id
            count, orders = found[key]
            found[key] = count + 1, orders + 1 / len(lines)
    return found
