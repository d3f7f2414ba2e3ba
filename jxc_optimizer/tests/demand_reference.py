"""Demand by an obvious loop over the stock move lines: slow, and shares no code.

It states the definition a second time, from what a storekeeper would say, and is what
the count in SQL is compared with.
"""

from collections import defaultdict
from datetime import timezone
from zoneinfo import ZoneInfo

UNWANTED = ("supplier", "inventory", "view")


def demand(company, key, tz):
    """What was wanted from a place, per product and day.

    :param key: a warehouse's stock location (the whole warehouse) or a sub-location
    :returns: {(product id, day): [net quantity, order lines, largest, returned]}
    """
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

    result = defaultdict(lambda: [0.0, 0, 0.0, 0.0])
    moves = env["stock.move"].search(
        [("state", "=", "done"), ("company_id", "=", company.id)]
    )
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
