"""Python environments of the cache, pinned by requirements/."""

from __future__ import annotations

import os
import sys
import venv
from pathlib import Path

from . import cache, console

REQUIREMENTS = cache.CHECKOUT / "requirements"
#: set once the running interpreter is the one of the server environment
INSIDE = "JXC_DEV_PYTHON"
#: packages whose own dependencies are documentation tools nobody runs here
WITHOUT_DEPENDENCIES = "test-nodeps.txt"


def python(*names: str) -> Path:
    """The interpreter of an environment with the named requirement files installed."""
    if not (3, 10) <= sys.version_info[:2] <= (3, 13):
        raise console.Failure(
            f"Odoo 19 runs on Python 3.10 to 3.13, this is {sys.version.split()[0]}. "
            "Start ./dev with one of those, for example: python3.12 dev demo"
        )
    files = [REQUIREMENTS / name for name in names]
    version = ".".join(map(str, sys.version_info[:3]))
    key = cache.digest(version, sys.base_prefix, *files)

    def build(target: Path) -> None:
        title = f"Installing Python packages ({', '.join(names)})"
        with console.step(title):
            venv.create(target, with_pip=True)
            pip = [target / "bin" / "python", "-m", "pip", "install", "--quiet"]
            advice = (
                "Check that pip reaches its package index (pip download numpy), "
                "then start again."
            )
            normal = [f for f in files if f.name != WITHOUT_DEPENDENCIES]
            arguments = [part for file in normal for part in ("-r", file)]
            console.call([*pip, *arguments], advice=advice)
            for file in files:
                if file not in normal:
                    console.call([*pip, "--no-deps", "-r", file], advice=advice)

    home = cache.folder(f"python-{names[0].split('.')[0]}-{key}", build, in_place=True)
    return home / "bin" / "python"


def server_python() -> Path:
    return python("server.txt", "test.txt", WITHOUT_DEPENDENCIES)


def enter() -> None:
    """Go on in the server environment: replaces this process unless already there."""
    interpreter = server_python()
    if os.environ.get(INSIDE) == str(interpreter):
        return
    os.environ[INSIDE] = str(interpreter)
    os.execv(interpreter, [str(interpreter), *sys.argv])
