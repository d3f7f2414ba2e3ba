"""Run all tests in one pytest session: engine, dev tools, Odoo, browser tours.

Further arguments go to pytest, for example: ./dev test -k scheduler -x
"""

from __future__ import annotations

import os
import subprocess

from .. import axe, browser, cache, console, environment, native, postgres
from ..odoo import ADDONS, Odoo

PASS_ON = True
FOLDERS = ("tests", *(f"{name}/tests" for name in ADDONS))


def add_arguments(parser):
    parser.add_argument(
        "--long",
        action="store_true",
        help="the full figures: many examples per property, long simulations",
    )
    parser.add_argument(
        "--native",
        action="store_true",
        help="instead: the add-on's tests with Odoo's own runner, and Odoo's tests of "
        "stock, purchase and purchase_stock without and with the add-on",
    )
    parser.add_argument(
        "--keep",
        metavar="DATABASE",
        help="keep the test database under this name and only update it next time",
    )


def run(options):
    environment.enter()
    browser.check()
    odoo = Odoo(postgres.server("test", durable=False))
    if options.native:
        return native.run(odoo)
    database = options.keep or f"jxc_test_{os.getpid()}"
    modules = [name for name in ADDONS if (cache.CHECKOUT / name).is_dir()]
    if options.keep and database in odoo.server.databases():
        odoo.install(database, modules, "Updating the add-on", update=True)
    else:
        odoo.build(database, modules)
    try:
        return _pytest(odoo, database, options)
    finally:
        if not options.keep:
            odoo.forget(database)


def _pytest(odoo: Odoo, database: str, options) -> int:
    folders = [name for name in FOLDERS if (cache.CHECKOUT / name).is_dir()]
    given = [part for part in options.rest if (cache.CHECKOUT / part).exists()]
    settings = odoo.configuration(database, http_port=odoo.free_port())
    accessibility = axe.script()
    console.say("→ Running pytest")
    return subprocess.call(
        [
            odoo.python,
            "-m",
            "pytest",
            *(() if given else folders),
            *options.rest,
            f"--odoo-config={settings}",
            f"--odoo-database={database}",
            "--odoo-http",
        ],
        cwd=cache.CHECKOUT,
        env={
            **odoo.environment,
            "JXC_LONG": "1" if options.long else "",
            "JXC_AXE": str(accessibility or ""),
        },
    )
