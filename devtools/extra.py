"""Odoo with add-ons of others, as pip brings them; used when needed, never stored."""

from __future__ import annotations

import os

from . import cache, console
from .odoo import Odoo
from .postgres import Server


class OdooWith(Odoo):
    """Odoo that also finds the add-ons of some packages, kept in the cache."""

    def __init__(self, server: Server, name: str, *packages: str):
        super().__init__(server)
        self.name = name
        self.folder = cache.path("packages", name)
        with cache.lock(f"packages-{name}"):
            if not (self.folder / "odoo" / "addons").is_dir():
                self._fetch(packages)
        path = self.environment["PYTHONPATH"]
        self.environment["PYTHONPATH"] = f"{path}{os.pathsep}{self.folder}"

    def _fetch(self, packages) -> None:
        with console.step(f"Fetching {', '.join(packages)}"):
            console.call(
                [
                    *(self.python, "-m", "pip", "install", "--quiet", "--no-deps"),
                    *("--pre", "--target", self.folder, *packages),
                ],
                advice="The package index must be reachable.",
                log=self.logs / f"packages-{self.name}.log",
            )

    def configuration(self, name: str, **settings: object):
        paths = [self.root / "odoo" / "addons", cache.CHECKOUT]
        paths.append(self.folder / "odoo" / "addons")
        values = {"addons_path": ",".join(map(str, paths)), **settings}
        return super().configuration(f"{self.name}-{name}", **values)
