"""Start a real Odoo 19 with a company of real sales; Ctrl-C stops all of it."""

from __future__ import annotations

import time
import urllib.error
import urllib.request

from .. import cache, console, environment, postgres
from ..odoo import ADDONS, Odoo, stop

DATABASE = "jxc_demo"
RECOMPUTE = """
env["jxc.run"]._cron_recompute()
env["jxc.stock.age"]._cron_refresh()
env.cr.commit()
"""
FILL = """
env["jxc.demo.company"]._load()
env.cr.commit()
"""
FILL += RECOMPUTE
SCREENS = (
    ("Replenishment", "replenishment"),
    ("Stock policies", "stock-policies"),
    ("Optimisation runs", "optimisation-runs"),
)


def add_arguments(parser):
    parser.add_argument(
        "--port", type=int, default=8069, help="where Odoo listens (default: 8069)"
    )
    parser.add_argument(
        "--fresh",
        action="store_true",
        help="forget the demo company and make a new one",
    )


def run(options):
    environment.enter()
    odoo = Odoo(postgres.server("demo", durable=True))
    with cache.lock("demo-database"):
        prepare(odoo, fresh=options.fresh)
    settings = odoo.configuration(
        "demo", http_port=options.port, dbfilter=f"^{DATABASE}$", max_cron_threads=1
    )
    address = f"http://127.0.0.1:{options.port}"
    with console.step("Starting Odoo"):
        server = odoo.serve(
            f"--config={settings}", f"--database={DATABASE}", "--log-level=warn"
        )
        try:
            wait_for(server, f"{address}/web/login")
        except BaseException:
            stop(server)
            raise
    console.say(f"\n  {address}/odoo    login: admin    password: admin\n")
    for title, path in SCREENS:
        console.say(f"  {title:20} {address}/odoo/{path}")
    console.say("\n  Ctrl-C stops everything.")
    try:
        return server.wait()
    finally:
        stop(server)


def prepare(odoo: Odoo, *, fresh: bool = False) -> None:
    """Make the demo database, or bring an existing one up to date."""
    key = cache.digest(*(cache.CHECKOUT / name for name in ADDONS))
    mark = cache.path("demo-database.key")
    if fresh:
        odoo.forget(DATABASE)
    if DATABASE not in odoo.server.databases():
        draft = f"{DATABASE}_draft"
        odoo.build(draft, ADDONS)
        odoo.script(
            draft, FILL, "Loading a year of real sales and computing suggestions"
        )
        odoo.rename(draft, DATABASE)
    elif not mark.exists() or mark.read_text() != key:
        odoo.install(DATABASE, ADDONS, "Updating the add-ons", update=True)
        odoo.script(DATABASE, RECOMPUTE, "Computing suggestions")
    mark.write_text(key)


def wait_for(server, address: str, patience: float = 120) -> None:
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if server.poll() is not None:
            raise console.Failure(
                "Odoo stopped while starting. Is the port in use? "
                "Try another one: ./dev demo --port 8070"
            )
        try:
            with urllib.request.urlopen(address, timeout=10):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise console.Failure(f"Odoo does not answer at {address}.")
