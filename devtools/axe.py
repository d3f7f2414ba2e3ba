"""axe-core, which looks for what keeps people from using a screen.

Fetched with npm into the cache when the tests need it; not part of the repository.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tarfile
from pathlib import Path

from . import browser, cache, console

VERSION = "4.10.3"
#: SHA-256 of the script in that version's package
DIGEST = "880970c081707360e64f34cea25ff91892f5bc95675b0776925b9709dd8a68bb"
SCRIPT = "axe.min.js"


def script() -> Path | None:
    """Path of the script; None where npm is missing, unless it is required (in CI)."""
    npm = shutil.which("npm")
    if not npm:
        text = "No npm found: apt-get install npm"
        if browser.required():
            raise console.Failure(text)
        console.say(f"! {text} (the accessibility test is skipped)")
        return None

    def build(target: Path) -> None:
        with console.step(f"Fetching axe-core {VERSION}"):
            subprocess.run(
                [npm, "pack", f"axe-core@{VERSION}", "--silent"],
                cwd=target,
                check=True,
                stdout=subprocess.DEVNULL,
            )
        archive = target / f"axe-core-{VERSION}.tgz"
        with tarfile.open(archive) as package:
            content = package.extractfile(f"package/{SCRIPT}").read()
        if hashlib.sha256(content).hexdigest() != DIGEST:
            raise console.Failure(f"axe-core {VERSION} is not what it was.")
        (target / SCRIPT).write_bytes(content)
        archive.unlink()

    return cache.folder(f"axe-core-{VERSION}", build) / SCRIPT
