"""Open Odoo's Python shell on the demo company (env, self and so on are there)."""

from __future__ import annotations

import subprocess

from .. import environment, postgres
from ..odoo import Odoo

DATABASE = "jxc_demo"


def add_arguments(parser):
    parser.add_argument("--database", default=DATABASE, help="default: %(default)s")


def run(options):
    environment.enter()
    odoo = Odoo(postgres.server("demo", durable=True))
    return subprocess.call(
        odoo.command(
            "shell",
            f"--config={odoo.configuration('shell')}",
            f"--database={options.database}",
            "--no-http",
        ),
        env=odoo.environment,
    )
