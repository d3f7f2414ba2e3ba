"""Odoo's scheduler with real commits: it must order today's need and not fail."""


def test_scheduler_orders_todays_need(database):
    database.script("stale_rules")
    first = database.script("run_scheduler", without_fix=False)
    assert first == {"error": "", "lines": 60}
    second = database.script("run_scheduler", without_fix=False)
    assert second == {"error": "", "lines": 60}


def test_the_defect_is_still_there_without_the_fix(database):
    """When this fails, Odoo has mended its scheduler, and our override can go."""
    database.script("stale_rules")
    first = database.script("run_scheduler", without_fix=True)
    assert first["lines"] == 0 or first["error"] == "SerializationFailure"


def test_scheduler_waits_for_a_run(database):
    """While a run holds the lock, the scheduler does not start; after it, it does."""
    database.script("stale_rules")
    other = database.odoo.server.connect(database.name)
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [0x6A786301])
    waiting = database.script("scheduler_meets_run")
    assert waiting == {"error": "LockNotAvailable", "lines": 0}
    other.close()
    assert database.script("run_scheduler", without_fix=False)["lines"] == 60
