"""Measure speed and decision quality; each benchmark tells its options with --help.

Benchmarks live in benchmarks/, one script each: ./dev bench decisions FOLDER …
"""

from __future__ import annotations

import os
import subprocess

from .. import cache, console, environment, odoo_source

PASS_ON = True


def _names() -> list[str]:
    folder = cache.CHECKOUT / "benchmarks"
    return sorted(
        file.stem
        for file in folder.glob("*.py")
        if not file.stem.startswith(("_", "prepare_"))
    )


def add_arguments(parser):
    parser.add_argument("name", choices=_names(), help="which benchmark")


def run(options):
    environment.enter()
    script = cache.CHECKOUT / "benchmarks" / f"{options.name}.py"
    if not script.exists():
        raise console.Failure(f"There is no benchmark {options.name}.")
    paths = [cache.CHECKOUT, cache.CHECKOUT / "jxc_optimizer", odoo_source.find()]
    return subprocess.call(
        [environment.server_python(), script, *options.rest],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths))},
    )
