"""Put faults into the engine, one at a time, and count how many its tests notice.

The faults are drawn with a fixed seed. Each is tried in a process of its own that runs
the tests which reach the changed module, until one of them fails.
"""

from __future__ import annotations

import sys
from pathlib import Path

from .. import cache, environment

ENGINE = "jxc_optimizer/engine"


def add_arguments(parser):
    parser.add_argument(
        "--count", type=int, default=300, help="faults to draw (default: 300)"
    )
    parser.add_argument("--seed", type=int, default=1, help="default: 1")
    parser.add_argument(
        "--jobs", type=int, default=2, help="processes at a time (default: 2)"
    )
    parser.add_argument(
        "--only", metavar="MODULE", help="draw from one module of the engine only"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")


def run(options):
    environment.enter()
    from .. import mutation

    results = mutation.run(
        cache.CHECKOUT, ENGINE, options.count, options.seed, options.jobs, options.only
    )
    if options.json:
        options.json.write_text(mutation.as_json(results))
    mutation.report(results, sys.stdout)
