"""Runs the engine's tests against faults: each in a forked process of its own."""

from __future__ import annotations

import doctest
import importlib
import importlib.machinery
import json
import os
import random
import re
import resource
import sys
import tempfile
from collections import Counter
from pathlib import Path

from . import mutants

TESTS = "tests/engine"
#: seconds of processor time a fault may take beyond what the sound engine takes
EXTRA = 20
KILLED, SURVIVED, LATE = "killed", "survived", "late"


def run(root: Path, engine: str, count: int, seed: int, jobs: int, only=None) -> list:
    """(mutant, outcome, seconds) of faults drawn with a seed."""
    sources = {
        path.stem: path.read_text(encoding="utf-8")
        for path in sorted((root / engine).glob("*.py"))
        if path.stem != "__init__"
    }
    drawn = [
        mutant
        for name, source in sources.items()
        if only in (None, name)
        for mutant in mutants.mutants(name, source)
    ]
    random.Random(seed).shuffle(drawn)
    drawn = sorted(drawn[:count], key=lambda mutant: (mutant.file, mutant.place))
    tests = {name: _tests(root, name, sources) for name in sources}
    _prepare(root)
    limits = {}
    for name in sorted({mutant.file for mutant in drawn}):
        sound = str(root / engine / f"{name}.py")
        number = _start(tests[name], sound, None, 3600)
        outcome, seconds = _wait(number)
        if outcome != SURVIVED:
            raise SystemExit(f"The tests of {name} fail without any fault.")
        limits[name] = round(2 * seconds) + EXTRA
        print(f"  {name}: {' '.join(tests[name])} ({seconds:.0f} s)", flush=True)
    results, running, waiting = [], {}, drawn[::-1]
    while waiting or running:
        while waiting and len(running) < jobs:
            mutant = waiting.pop()
            tree = mutants.with_fault(sources[mutant.file], mutant.place)
            path = str(root / engine / f"{mutant.file}.py")
            code = compile(tree, path, "exec", dont_inherit=True)
            limit = limits[mutant.file]
            running[_start(tests[mutant.file], path, code, limit)] = mutant
        number, status, used = os.wait4(-1, 0)
        mutant = running.pop(number)
        results.append((mutant, _outcome(status), used.ru_utime + used.ru_stime))
        if results[-1][1] == SURVIVED:
            print(f"  survived: {mutant}", flush=True)
    return sorted(results, key=lambda item: (item[0].file, item[0].place))


def _tests(root: Path, name: str, sources: dict) -> list[str]:
    """The tests that reach a module of the engine, the nearest first."""
    reaching = {name}
    while True:  # the modules that use it, and those that use these
        more = {
            other
            for other, source in sources.items()
            if any(_uses(source, module) for module in reaching)
        } - reaching
        if not more:
            break
        reaching |= more
    near, far = [], []
    for path in sorted((root / TESTS).glob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        place = str(path.relative_to(root))
        if "odoo.addons" in text:
            continue
        if path.stem == f"test_{name}":
            near.insert(0, place)
        elif _uses(text, name):
            near.append(place)
        elif any(_uses(text, module) for module in reaching):
            far.append(place)
    return [*near, *far]


def _uses(text: str, module: str) -> bool:
    """Whether a source imports a module of the engine."""
    names = rf"(?:[\w, ]*\b)?{module}\b"
    return bool(
        re.search(rf"^from (?:engine)?\.{module} import", text, re.MULTILINE)
        or re.search(rf"^from (?:engine|\.) import {names}", text, re.MULTILINE)
    )


def _prepare(root: Path) -> None:
    """Import what all tests need once, before the processes part."""
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = tempfile.mkdtemp()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    sys.path[:0] = [str(root / "jxc_optimizer"), str(root)]
    os.chdir(root)
    import hypothesis  # noqa: F401
    import numpy  # noqa: F401
    import pytest  # noqa: F401


def _start(tests: list[str], path: str, code, limit: int) -> int:
    number = os.fork()
    if number:
        return number
    status = 70
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 5))
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        if code:
            _replace(path, code)
        status = _test(Path(path).stem, tests)
    finally:
        os._exit(int(status))


def _test(name: str, tests: list[str]) -> int:
    """Run the examples of a module's docstrings, then its tests; 0 if all pass."""
    import pytest

    if doctest.testmod(importlib.import_module(f"engine.{name}")).failed:
        return 1
    if not tests:
        return 0
    return pytest.main(
        ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:odoo", "--hypothesis-seed=0",
         *tests]
    )  # fmt: skip


def _replace(path: str, code) -> None:
    """Have the faulty code imported instead of the file's."""
    sound = importlib.machinery.SourceFileLoader.get_code

    def get_code(self, name):
        return code if self.path == path else sound(self, name)

    importlib.machinery.SourceFileLoader.get_code = get_code


def _wait(number: int) -> tuple[str, float]:
    _number, status, used = os.wait4(number, 0)
    return _outcome(status), used.ru_utime + used.ru_stime


def _outcome(status: int) -> str:
    if os.WIFSIGNALED(status):
        return LATE  # the processor time ran out: the fault was noticed
    return SURVIVED if os.WEXITSTATUS(status) == 0 else KILLED


def as_json(results) -> str:
    return json.dumps(
        [
            {"mutant": str(mutant), "outcome": outcome, "seconds": round(seconds, 1)}
            for mutant, outcome, seconds in results
        ],
        ensure_ascii=False,
        indent=1,
    )


def report(results, stream) -> None:
    """The share of faults noticed, per module and together."""
    counts: Counter = Counter()
    for mutant, outcome, _seconds in results:
        counts[mutant.file, outcome != SURVIVED] += 1
    for name in sorted({mutant.file for mutant, *_rest in results}):
        noticed, all_ = counts[name, True], counts[name, True] + counts[name, False]
        stream.write(f"  {name:16} {noticed:4} of {all_:4}\n")
    noticed = sum(outcome != SURVIVED for _mutant, outcome, _seconds in results)
    share = noticed / (len(results) or 1)
    stream.write(f"  killed: {noticed} of {len(results)} ({share:.1%})\n")
