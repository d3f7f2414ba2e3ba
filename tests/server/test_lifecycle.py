"""Installing, upgrading and uninstalling on real databases; running as a service."""

import os
import signal
import subprocess
import time

import pytest

STOCK_MOVE = """
    SELECT 'column', column_name FROM information_schema.columns
     WHERE table_name IN ('stock_move', 'stock_move_line')
     UNION ALL
    SELECT 'index', indexname FROM pg_indexes
     WHERE tablename IN ('stock_move', 'stock_move_line')
     ORDER BY 1, 2
"""


def test_install_leaves_stock_moves_alone(plain, installed):
    assert installed.query(STOCK_MOVE) == plain.query(STOCK_MOVE)


def test_upgrade_on_a_filled_database(odoo, database):
    database.script("sales")
    database.script("recompute")
    policies = "SELECT * FROM jxc_policy ORDER BY id"
    before = database.query(policies)
    assert len(before) == 12
    odoo.install(database.name, ("jxc_optimizer",), "Upgrading", update=True)
    assert database.query(policies) == before


def test_uninstall_leaves_applied_levels(database):
    database.script("sales")
    applied = database.script("uninstall")["applied"]
    assert len(applied) == 12
    after = database.script("after_uninstall")
    assert after["levels"] == applied
    assert after["orders"] > 0
    assert after["left_over"] == []
    assert after["models"] == []


@pytest.mark.parametrize("workers", [2])
def test_scheduled_actions_with_workers(odoo, database, workers):
    """Both nightly jobs, under Odoo's default limits for worker processes."""
    database.script("sales")
    crons = database.script("make_due")
    settings = odoo.configuration(
        database.name,
        http_port=odoo.free_port(),
        gevent_port=odoo.free_port(),
        workers=workers,
        max_cron_threads=1,
        limit_time_cpu=60,
        limit_time_real=120,
    )
    server = odoo.serve(f"--config={settings}", f"--database={database.name}")
    try:
        _wait_for_crons(database, crons["ids"])
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
    assert database.query("SELECT DISTINCT state FROM jxc_run") == [("done",)]
    assert database.query("SELECT count(*) FROM jxc_policy") == [(12,)]
    lines = database.query("SELECT count(*) FROM purchase_order_line")
    assert lines[0][0] == 12
    failures = "SELECT id FROM ir_cron WHERE failure_count > 0 AND id = ANY(%s)"
    assert database.query(failures, [crons["ids"]]) == []


def _wait_for_crons(database, ids, patience=150):
    later = "SELECT count(*) FROM ir_cron WHERE nextcall > now() AND id = ANY(%s)"
    end = time.monotonic() + patience
    while database.query(later, [ids]) != [(len(ids),)]:
        assert time.monotonic() < end, "the scheduled actions did not run"
        time.sleep(0.5)
