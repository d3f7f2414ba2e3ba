"""Nights with real commits: killed, two at once, and with users at work meanwhile."""

import os
import random
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from devtools.console import Failure

KILLS = 10 if os.environ.get("JXC_LONG") else 2
#: what a night leaves behind, apart from the numbers of rows and runs
TABLES = {
    "jxc_demand_series": "location_id, product_id",
    "jxc_policy": "product_id, location_id",
    "jxc_policy_history": "product_id, location_id, date_from",
    "stock_warehouse_orderpoint": "id",
}
OTHERS = {"run_id", "create_date", "write_date", "create_uid", "write_uid"}


def figures(database) -> dict:
    """All rows of the tables that nights write, as text."""
    found = {}
    for table, order in TABLES.items():
        columns = [
            name
            for (name,) in database.query(
                "SELECT column_name FROM information_schema.columns"
                " WHERE table_name = %s ORDER BY 1",
                [table],
            )
            if name not in OTHERS
            and (name != "id" or table == "stock_warehouse_orderpoint")
        ]
        names = ", ".join(f'"{name}"' for name in columns)
        found[table] = database.query(
            f"SELECT ROW({names})::text FROM {table} ORDER BY {order}"
        )
    return found


def _until_set(database, parameter, script):
    """Wait until a script has begun, which it says by a parameter."""
    while not script.done() and not database.query(
        "SELECT id FROM ir_config_parameter WHERE key = %s", [parameter]
    ):
        time.sleep(0.2)


@pytest.fixture(scope="module")
def undisturbed(odoo, installed):
    """Sales, and the figures of a night alone; the database is as before it."""
    before = installed.copy("sales")
    before.script("sales")
    alone = before.copy("alone")
    night = alone.script("night", die_at=0, until="")
    yield before, figures(alone), night["statements"]
    odoo.forget(alone.name)
    odoo.forget(before.name)


@pytest.fixture
def evening(odoo, undisturbed):
    """A copy of the database as before the night."""
    before, _expected, _statements = undisturbed
    copy = before.copy("night")
    yield copy
    odoo.forget(copy.name)


def test_killed_nights_end_like_an_undisturbed_one(evening, undisturbed):
    _before, expected, statements = undisturbed
    assert expected["jxc_policy"]
    draw = random.Random(KILLS)
    killed = 0
    for _kill in range(KILLS):
        try:
            evening.script("night", die_at=draw.randint(1, statements), until="")
        except Failure:
            killed += 1
    assert killed
    ended = evening.script("night", die_at=0, until="")
    assert set(ended["states"]) == {"done"}
    assert figures(evening) == expected


def test_two_nights_at_the_same_time(evening, undisturbed):
    _before, expected, _statements = undisturbed
    with ThreadPoolExecutor(2) as pool:
        nights = [
            pool.submit(evening.script, "night", die_at=0, until="") for _twin in "12"
        ]
        states = [night.result()["states"] for night in nights]
    assert all(set(found) == {"done"} for found in states)
    assert figures(evening) == expected


@pytest.mark.parametrize("die_at", [0, 2])
def test_two_work_on_one_night(evening, undisturbed, die_at):
    """The second does some of the parts, or is killed while it does one."""
    _before, expected, _statements = undisturbed
    with ThreadPoolExecutor(1) as pool:
        second = pool.submit(evening.script, "help", die_at=die_at)
        _until_set(evening, "jxc_test.helper", second)
        night = evening.script("night", die_at=0, until="")
        if die_at:
            with pytest.raises(Failure):
                second.result()
        else:
            assert second.result()["parts"], "they did not meet"
    assert set(night["states"]) == {"done"}
    assert figures(evening) == expected


@pytest.mark.parametrize("units", [1, 6, 1000])
def test_a_night_sees_what_another_has_just_done(evening, undisturbed, units):
    """The lock came free, but the transaction that got it began before."""
    _before, expected, _statements = undisturbed
    found = evening.script("late_snapshot", units=units)
    assert set(found["after_another"]) == {"done"}
    assert found["cancelled"] == ["cancelled", *found["after_another"]]
    assert figures(evening) == expected


def test_users_at_work_do_not_wait(evening):
    """Somebody edits rules and delivers goods while the night goes on."""
    with ThreadPoolExecutor(1) as pool:
        user = pool.submit(evening.script, "user_at_work")
        _until_set(evening, "jxc_test.user", user)
        night = evening.script("night", die_at=0, until="")
        worked = user.result()
    assert night["states"] == ["done"]
    assert worked["during_the_night"], "they did not meet"
    assert worked["waited_too_long"] == 0
