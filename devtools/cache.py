"""The one folder outside the checkout that holds all that is downloaded or built.

Everything in it is keyed by what it was made from, so a stale entry is never used, and
made under a lock in a temporary place first, so that two runs can share the folder and
an interrupted one leaves nothing half done.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
_root: Path | None = None


def select(folder: str | None) -> None:
    """Use ``folder`` (or $JXC_CACHE, or the user's cache folder) from now on."""
    global _root
    chosen = folder or os.environ.get("JXC_CACHE")
    if not chosen:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        chosen = Path(base) / "jxc_optimizer"
    _root = Path(chosen).expanduser().resolve()
    _root.mkdir(parents=True, exist_ok=True)
    os.environ["JXC_CACHE"] = str(_root)


def path(*parts: str) -> Path:
    if _root is None:
        select(None)
    return _root.joinpath(*parts)


def digest(*contents: str | bytes | Path) -> str:
    """A short key of the given texts and files (folders count with all they hold)."""
    total = hashlib.sha256()
    for content in contents:
        if isinstance(content, Path):
            files = sorted(content.rglob("*")) if content.is_dir() else [content]
            for file in files:
                if file.is_file() and "__pycache__" not in file.parts:
                    total.update(str(file.relative_to(content.parent)).encode())
                    total.update(file.read_bytes())
        else:
            total.update(content if isinstance(content, bytes) else content.encode())
    return total.hexdigest()[:12]


@contextmanager
def lock(name: str, *, shared: bool = False) -> Iterator[None]:
    """Hold the named lock of this cache; waits for other runs."""
    folder = path("locks")
    folder.mkdir(exist_ok=True)
    with (folder / name).open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield


def folder(name: str, build: Callable[[Path], None], *, in_place: bool = False) -> Path:
    """The folder ``name`` of the cache, made by ``build`` when it is not there yet.

    :param build: fills the empty folder it is given.
    :param in_place: build at the final address, for content that knows its own path
        (virtual environments); a mark tells a finished folder from an interrupted one.
    """
    target = path(name)
    mark = path(f"{name}.done")
    with lock(name):
        if mark.exists() and target.is_dir():
            return target
        shutil.rmtree(target, ignore_errors=True)
        if in_place:
            target.mkdir(parents=True)
            build(target)
        else:
            with tempfile.TemporaryDirectory(dir=path()) as work:
                draft = Path(work) / "draft"
                draft.mkdir()
                build(draft)
                draft.rename(target)
        mark.touch()
    return target
