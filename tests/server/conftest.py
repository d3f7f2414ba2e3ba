"""Databases for tests that need real commits, several connections or a real server."""

import json
import os
from pathlib import Path

import pytest

from devtools import cache, postgres
from devtools.odoo import Odoo

SCRIPTS = Path(__file__).parent / "scripts"
#: not modules: they run in Odoo's shell
collect_ignore = ["scripts"]


class Database:
    """A database of its own that scripts run on in Odoo's shell."""

    def __init__(self, odoo: Odoo, name: str):
        self.odoo = odoo
        self.name = name

    def script(self, name: str, **values) -> dict:
        """Run tests/server/scripts/NAME.py; it leaves its findings in ``result``."""
        answer = cache.path("logs", f"{self.name}-{name}.json")
        answer.unlink(missing_ok=True)
        code = (SCRIPTS / f"{name}.py").read_text()
        lines = [
            "import json",
            *(f"{key} = {value!r}" for key, value in values.items()),
            "result = {}",
            code,
            f"open({str(answer)!r}, 'w').write(json.dumps(result, default=str))",
        ]
        self.odoo.script(self.name, "\n".join(lines), f"script {name}")
        return json.loads(answer.read_text())

    def copy(self, suffix: str) -> "Database":
        """A copy of this database, which nobody may be connected to."""
        copy = Database(self.odoo, f"{self.name}_{suffix}")
        self.odoo.forget(copy.name)
        self.odoo.duplicate(self.name, copy.name)
        return copy

    def query(self, statement: str, parameters=None) -> list:
        return self.odoo.server.execute(statement, parameters, database=self.name)


@pytest.fixture(scope="session")
def odoo() -> Odoo:
    return Odoo(postgres.server("test", durable=False))


def _fresh(odoo: Odoo, suffix: str, modules):
    database = Database(odoo, f"jxc_server_{os.getpid()}_{suffix}")
    odoo.build(database.name, modules)
    yield database
    odoo.forget(database.name)


@pytest.fixture(scope="session")
def plain(odoo):
    """Odoo without the add-on."""
    yield from _fresh(odoo, "plain", ())


@pytest.fixture(scope="session")
def installed(odoo):
    """The add-on and nothing else, to make copies of."""
    yield from _fresh(odoo, "installed", ("jxc_optimizer",))


@pytest.fixture
def database(odoo, installed):
    """A copy of ``installed`` for one test."""
    copy = installed.copy("copy")
    yield copy
    odoo.forget(copy.name)
