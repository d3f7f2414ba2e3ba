"""Real sales lines give the same demand from .xls, .xlsx and GB18030 csv.

Some thousand lines by default; JXC_LONG=1 takes the first 130,000.
"""

import os
from collections import defaultdict

import retail

from devtools import cache

LINES = retail.LINES if os.environ.get("JXC_LONG") else 3_000
DEMAND = """SELECT product.default_code, entry.day::text, entry.quantity::float8,
                   entry.lines, entry.largest::float8, entry.returned::float8
              FROM jxc_demand_entry entry
              JOIN product_product product ON product.id = entry.product_id
             WHERE entry.active AND entry.batch = %s"""

ARTICLES = "SELECT product_id FROM jxc_import_match WHERE product_id IS NOT NULL"


def expected(sales):
    """Units, order lines, largest line and returned units by article and day."""
    totals = defaultdict(lambda: [0, 0, 0, 0])
    days = sales["date"].astype("M8[D]").astype(str)
    for code, day, units in zip(sales["code"], days, sales["quantity"], strict=True):
        total = totals[str(code), str(day)]
        total[0] += int(units)
        if units > 0:
            total[1] += 1
            total[2] = max(total[2], int(units))
        else:
            total[3] -= int(units)
    return {key: tuple(total) for key, total in totals.items()}


def test_the_same_demand_from_every_format(database):
    sales = retail.sales(LINES)
    rows, wanted = retail.rows(sales), expected(sales)
    folder = cache.path("logs", "import_retail")
    folder.mkdir(exist_ok=True)
    for name, write in (
        ("sales.xls", retail.as_xls),
        ("sales.xlsx", retail.as_xlsx),
        ("sales.csv", retail.as_csv),
    ):
        (folder / name).write_bytes(write(rows))
        ended = database.script("import_retail", file=str(folder / name))
        assert ended["state"] == "done", ended
        assert (ended["taken"], ended["errors"]) == (len(rows), 0)
        found = {row[:2]: row[2:] for row in database.query(DEMAND, (ended["batch"],))}
        assert found == wanted
        undone = database.script("import_undo", record=ended["id"])
        assert undone["state"] == "undone"
        assert not database.query(DEMAND, (ended["batch"],))
        assert not database.query(ARTICLES)
