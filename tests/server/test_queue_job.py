"""The companion for OCA's queue_job, with the real one from the package index."""

import os
import signal
import subprocess
import time

import pytest

from devtools.extra import OdooWith

PACKAGES = ("odoo-addon-queue_job==19.0.*", "openupgradelib")
PATIENCE = 300


@pytest.fixture(scope="module")
def queue(odoo):
    return OdooWith(odoo.server, "queue_job", *PACKAGES)


def _run_states(database):
    return database.query(
        """SELECT run.state, count(shard.id), count(shard.id)
                  FILTER (WHERE shard.state = 'done')
             FROM jxc_run run LEFT JOIN jxc_run_shard shard ON shard.run_id = run.id
            GROUP BY run.id"""
    )


def test_the_shards_of_a_night_are_jobs(queue, installed):
    """A server with job runner and workers ends a night like one without them."""
    database = installed.copy("queue")
    database.script("sales")
    alone = database.copy("alone")
    alone.script("night", die_at=0, until="")
    database.odoo = queue
    queue.install(database.name, ["queue_job"], "Installing queue_job")
    companion = database.query(
        "SELECT state FROM ir_module_module WHERE name = 'jxc_optimizer_queue_job'"
    )
    assert companion == [("installed",)], "it installs itself"
    database.script("night_as_jobs")
    jobs = "SELECT state, count(*) FROM queue_job GROUP BY state"
    assert dict(database.query(jobs)) == {"pending": 4}
    settings = queue.configuration(
        database.name,
        workers=2,
        max_cron_threads=1,
        http_port=queue.free_port(),
        db_name=database.name,
        server_wide_modules="base,rpc,web,queue_job",
    )
    server = queue.serve(f"--config={settings}")
    try:
        end = time.monotonic() + PATIENCE
        # a job that met another one at work comes again when the run is done
        while _run_states(database) != [("done", 4, 4)] or dict(
            database.query(jobs)
        ).keys() != {"done"}:
            assert server.poll() is None, "the server has ended"
            assert time.monotonic() < end, (
                _run_states(database),
                database.query(jobs),
            )
            time.sleep(1)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()
    assert dict(database.query(jobs)).keys() == {"done"}
    policies = """SELECT product_id, location_id, suggested_min, suggested_max,
                         safety_stock, abc_class FROM jxc_policy ORDER BY 1, 2"""
    assert database.query(policies) == alone.query(policies)
    assert database.query(policies)
    [[changed]] = database.query("SELECT policies_changed FROM jxc_run")
    assert changed == len(database.query(policies))
    for [timings] in database.query("SELECT timings FROM jxc_run_shard"):
        assert {"read demand", "plan", "project"} <= timings.keys()
    for copy in (database, alone):
        copy.odoo.forget(copy.name)
