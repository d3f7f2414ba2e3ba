"""Odoo's own tests of the extended apps, without and with the add-on."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from . import cache, console
from .odoo import Odoo

EXTENDED = ("stock", "purchase", "purchase_stock")
#: one line per test that may fail with the add-on: name, two spaces, why it is right
INTENDED = cache.CHECKOUT / "tests" / "native_changes.txt"
MOST_INTENDED = 10
FAILURE = re.compile(r"(?:FAIL|ERROR): (\w+\.\w+|setUpClass \(.*?\))")
SUMMARY = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")


def run(odoo: Odoo) -> int:
    """Compare both runs; returns 0 when no test fails only with the add-on."""
    intended = _intended()
    own = _run(odoo, "own", ("jxc_optimizer",), ("jxc_optimizer",))
    without = _run(odoo, "without", (), EXTENDED)
    with_addon = _run(odoo, "with", ("jxc_optimizer",), EXTENDED)
    broken = with_addon - without
    for name in sorted(broken & intended.keys()):
        console.say(f"  intended: {name} ({intended[name]})")
    unexpected = sorted((broken - intended.keys()) | own)
    if unexpected:
        listing = "\n  ".join(unexpected)
        raise console.Failure(f"Tests that fail because of the add-on:\n  {listing}")
    passed = "all pass" if not with_addon else f"{len(with_addon)} fail either way"
    console.say(f"✓ Odoo's tests of {', '.join(EXTENDED)}: {passed}")
    return 0


def _intended() -> dict[str, str]:
    lines = [
        line
        for line in INTENDED.read_text().splitlines()
        if line and not line.startswith("#")
    ]
    if len(lines) > MOST_INTENDED:
        raise console.Failure(f"{INTENDED.name} names more than {MOST_INTENDED} tests.")
    return dict(line.split("  ", 1) for line in lines)


def _run(odoo: Odoo, title: str, addons, tested) -> set[str]:
    """Names of the tests that failed."""
    database = f"jxc_native_{title}_{os.getpid()}"
    odoo.build(database, addons)
    log = odoo.logs / f"native-{title}.log"
    try:
        with console.step(f"Odoo's runner: {', '.join(tested)} ({title})"):
            output = _test(odoo, database, tested, log)
    finally:
        odoo.forget(database)
    summary = SUMMARY.findall(output)
    if not summary or not int(summary[-1][2]):
        raise console.Failure(f"No test ran. Full output: {log}")
    failed = set(FAILURE.findall(output))
    console.say(f"  {summary[-1][2]} tests, {len(failed)} failed")
    return failed


def _test(odoo: Odoo, database: str, tested, log: Path) -> str:
    with log.open("wb") as out:
        subprocess.call(
            odoo.command(
                f"--config={odoo.configuration(database, http_port=odoo.free_port())}",
                f"--database={database}",
                f"--update={','.join(tested)}",
                "--test-tags=" + ",".join(f"/{name}" for name in tested),
                "--stop-after-init",
                "--log-level=info",
            ),
            stdout=out,
            stderr=subprocess.STDOUT,
            env=odoo.environment,
            cwd=cache.CHECKOUT,
        )
    return log.read_text(errors="replace")
