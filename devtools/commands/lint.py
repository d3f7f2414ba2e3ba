"""Check style without changing anything: ruff, pylint-odoo, OCA's hooks."""

from __future__ import annotations

import subprocess
import sys

from .. import cache, console, environment
from ..odoo import ADDONS, COMPANIONS

#: "_ = self.env._" at the head of a method is what it asks for, but does not see;
#: one model may have several files, one idea each
UNHELPFUL = "prefer-env-translation,consider-merging-classes-inherited"


def add_arguments(parser):
    parser.add_argument(
        "--fix", action="store_true", help="let ruff mend and format what it can"
    )


def run(options):
    tools = environment.python("lint.txt").parent
    addons = [
        name for name in (*ADDONS, *COMPANIONS) if (cache.CHECKOUT / name).is_dir()
    ]
    if options.fix:
        subprocess.call([tools / "ruff", "check", "--fix", "."], cwd=cache.CHECKOUT)
        subprocess.call([tools / "ruff", "format", "."], cwd=cache.CHECKOUT)
    pylint = [tools / "pylint", "--rcfile=.pylintrc", f"--disable={UNHELPFUL}"]
    checks = {
        "ruff check": [tools / "ruff", "check", "."],
        "ruff format": [tools / "ruff", "format", "--check", "."],
        "pylint-odoo": [*pylint, *addons],
        "OCA hooks: modules": [tools / "oca-checks-odoo-module", *addons],
        "OCA hooks: translations": [tools / "oca-checks-po", *_translations(addons)],
        "description page": [sys.executable, "dev", "readme", "--check"],
    }
    failed = []
    for title, command in checks.items():
        console.say(f"→ {title}")
        if subprocess.call(list(map(str, command)), cwd=cache.CHECKOUT):
            failed.append(title)
    if failed:
        raise console.Failure(
            f"Not clean: {', '.join(failed)}. './dev lint --fix' mends what ruff can."
        )
    console.say("✓ Clean")


def _translations(addons: list[str]) -> list[str]:
    return [
        str(file.relative_to(cache.CHECKOUT))
        for name in addons
        for file in sorted((cache.CHECKOUT / name / "i18n").glob("*.po*"))
    ]
