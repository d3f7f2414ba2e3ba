"""Demand by an obvious loop over the stock move lines: slow, and shares no code.

It states the definition a second time, from what a storekeeper would say, and is what
the count in SQL is compared with.
"""

from collections import defaultdict
from datetime import timedelta, timezone
from zoneinfo import ZoneInfo

UNWANTED = ("supplier", "inventory", "view")


def demand(company, key, tz):
    """What was wanted from a place, per product and day.

    :param key: a warehouse's stock location (the whole warehouse) or a sub-location
    :returns: {(product id, day): [net quantity, order lines, largest, returned]}
    """
    inside, day, counted, moves = _view(company, key, tz)
    result = defaultdict(lambda: [0.0, 0, 0.0, 0.0])
    for move in moves:
        if not move.origin_returned_move_id:
            order_lines = defaultdict(float)
            for line in counted(move):
                place = (line.product_id.id, day(line))
                here, there = inside(line.location_id), inside(line.location_dest_id)
                unwanted = line.location_dest_id.usage in (
                    "supplier",
                    "inventory",
                    "view",
                )
                if here and not there and not unwanted:
                    order_lines[place] += line.quantity_product_uom
                if line.location_id.usage == "customer" and there:
                    result[place][0] -= line.quantity_product_uom
                    result[place][3] += line.quantity_product_uom
            for place, quantity in order_lines.items():
                figures = result[place]
                figures[0] += quantity
                figures[1] += 1
                figures[2] = max(figures[2], quantity)
            continue
        # A return: give its quantity back to the lines the first move left by.
        sign, first = -1, move.origin_returned_move_id
        while first.origin_returned_move_id:
            sign, first = -sign, first.origin_returned_move_id
        quantity = sum(line.quantity_product_uom for line in counted(move))
        total = sum(line.quantity_product_uom for line in counted(first))
        for line in counted(first):
            here, there = inside(line.location_id), inside(line.location_dest_id)
            unwanted = line.location_dest_id.usage in UNWANTED
            if total and here and not there and not unwanted:
                part = quantity * line.quantity_product_uom / total
                figures = result[line.product_id.id, day(line)]
                figures[0] += sign * part
                figures[3] -= sign * part
    return result


def without_stock(company, key, tz, wanted):
    """Days on which a place had nothing of a product that was wanted from it.

    Nothing at the beginning and at the end, and nothing wanted in between.

    :param wanted: {(product id, day): ...}, what ``demand`` returns
    :returns: {product id: (days without stock until the last move, whether there is
        none after it, last day below zero or None, whether below zero after it)}
    """
    inside, day, counted, moves = _view(company, key, tz)
    changes = defaultdict(lambda: defaultdict(float))
    for move in moves:
        for line in counted(move):
            change = inside(line.location_dest_id) - inside(line.location_id)
            changes[line.product_id.id][day(line)] += change * line.quantity_product_uom
    result = {}
    for product in {product for product, _day in wanted}:
        days, stock, out, negative = changes[product], 0.0, [], None
        # a day on which something was wanted need not have changed the stock
        known = [d for d, change in days.items() if abs(change) > 1e-9]
        known += [d for p, d in wanted if p == product]
        today = min(known)
        while today <= max(known):
            before, stock = stock, stock + days.get(today, 0.0)
            begun = today > min(known)
            if begun and abs(before) < 1e-4 > abs(stock):
                if (product, today) not in wanted:
                    out.append(today)
            if stock <= -1e-4:
                negative = today
            today += timedelta(1)
        result[product] = (out, abs(stock) < 1e-4, negative, stock <= -1e-4)
    return result


def _view(company, key, tz):
    """What is inside a place, a line's day, a move's lines that count, and moves."""
    env = company.env
    warehouse = env["stock.warehouse"].search([("lot_stock_id", "=", key.id)])
    top = warehouse.view_location_id or key

    def inside(location):
        if location.usage not in ("internal", "transit"):
            return False
        while location and location != top:
            location = location.location_id
        return bool(location)

    def day(line):
        return line.date.replace(tzinfo=timezone.utc).astimezone(ZoneInfo(tz)).date()

    def counted(move):
        return [
            line
            for line in move.move_line_ids
            if line.state == "done"
            and line.company_id == company
            and line.owner_id in (env["res.partner"], company.partner_id)
        ]

    moves = env["stock.move"].search(
        [("state", "=", "done"), ("company_id", "=", company.id)]
    )
    return inside, day, counted, moves
