"""Imports with real commits: killed on the way, and two at the same time."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from devtools.console import Failure

DEMAND = """SELECT batch, product_id, day, quantity, lines, largest, returned, active
              FROM jxc_demand_entry ORDER BY 1, 2, 3"""


def expected():
    """What the two files of import_begin.py say, added up."""
    totals = {}
    for line in range(2000):
        key = (line % 40, line % 200)
        quantity, lines, largest = totals.get(key, (0, 0, 0))
        amount = 1 + line % 7
        totals[key] = (quantity + amount, lines + 1, max(largest, amount))
    return sorted(totals.values())


def counted(database, batch):
    return sorted(
        (float(row[3]), row[4], float(row[5]))
        for row in database.query(DEMAND)
        if row[0] == batch and row[7]
    )


def test_killed_imports_go_on(database):
    database.script("import_begin")
    for units in (1, 3, 5):
        with pytest.raises(Failure):
            database.script("import_work", units=units)
        assert not any(
            row[7] and row[0].endswith(",2") for row in database.query(DEMAND)
        ), "the second import counts before it is complete"
    ended = database.script("import_work", units=0)
    assert set(ended["states"]) == {"done"}
    assert counted(database, "jxc.import,1") == expected()
    assert counted(database, "jxc.import,2") == expected()
    before = database.query(DEMAND)
    database.script("import_work", units=0)
    assert database.query(DEMAND) == before


def test_two_at_the_same_time_do_not_mix(database):
    database.script("import_begin")
    with ThreadPoolExecutor(2) as pool:
        for _end in pool.map(
            lambda _number: database.script("import_work", units=0), range(2)
        ):
            pass
    assert counted(database, "jxc.import,1") == expected()
    assert counted(database, "jxc.import,2") == expected()
