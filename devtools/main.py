"""Reads the command line and hands over to the module of the command."""

from __future__ import annotations

import argparse
import importlib
import signal

from . import cache, console

COMMANDS = {
    "demo": "start a living demo company in a real Odoo 19",
    "test": "run all tests: engine, Odoo, browser tours",
    "lint": "check style: ruff, pylint-odoo, OCA hooks",
    "shell": "open an Odoo shell on the demo company",
    "bench": "measure speed and decision quality",
    "mutate": "put faults into the engine and count how many its tests notice",
    "translate": "bring translation files up to date with the sources",
    "screenshots": "photograph the main screens in English and Chinese",
    "readme": "write the add-on's README and description page from README.md",
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="dev", description="Work on jxc_optimizer in a real Odoo 19."
    )
    parser.add_argument(
        "--cache",
        metavar="DIR",
        help="folder for everything that is downloaded or built; safe to delete "
        "(default: $JXC_CACHE or the user's cache folder)",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    modules = {}
    for name, summary in COMMANDS.items():
        module = importlib.import_module(f"devtools.commands.{name}")
        modules[name] = module
        command = commands.add_parser(
            name, help=summary, description=(module.__doc__ or summary).strip()
        )
        module.add_arguments(command)
    options, rest = parser.parse_known_args(arguments)
    if rest and not getattr(modules[options.command], "PASS_ON", False):
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    options.rest = rest
    cache.select(options.cache)
    # A polite end ends what was started, too, however this was started itself.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        return modules[options.command].run(options) or 0
    except console.Failure as failure:
        console.error(str(failure))
        return 1
    except KeyboardInterrupt:
        print()
        return 130
