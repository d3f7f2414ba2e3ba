"""What the person at the terminal sees: steps with their time, failures with advice."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


class Failure(Exception):
    """A step failed; the message says what happened and what to do about it."""


def say(text: str) -> None:
    print(text, flush=True)


def error(text: str) -> None:
    print(f"\n✗ {text}", file=sys.stderr, flush=True)


@contextmanager
def step(title: str) -> Iterator[None]:
    """Announce a step and tell how long it took."""
    say(f"→ {title}")
    start = time.monotonic()
    yield
    say(f"✓ {title} ({time.monotonic() - start:.1f} s)")


def call(
    command: Sequence[str | Path],
    *,
    advice: str,
    log: Path | None = None,
    **options,
) -> None:
    """Run a command; when it fails, show the end of what it printed, and ``advice``."""
    if log:
        with log.open("wb") as out:
            result = subprocess.run(
                list(map(str, command)),
                stdout=out,
                stderr=subprocess.STDOUT,
                **options,
            )
        output = log.read_text(errors="replace")
    else:
        result = subprocess.run(
            list(map(str, command)),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            **options,
        )
        output = result.stdout
    if result.returncode:
        tail = "\n".join(output.splitlines()[-40:])
        name = Path(str(command[0])).name
        where = f"\nFull output: {log}" if log else ""
        raise Failure(
            f"{name} ended with {result.returncode}:\n{tail}\n\n{advice}{where}"
        )
