"""Running Odoo: configuration, command line, databases built from templates."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import textwrap
from collections.abc import Sequence
from pathlib import Path

from . import cache, console, environment, odoo_source
from .postgres import Server

#: the first one becomes that of the first user
LANGUAGES = ("en_US", "zh_CN")
#: what every database starts from; the add-ons of the checkout come on top
BASE_MODULES = ("stock", "purchase_stock")
#: the add-ons of this repository
ADDONS = ("jxc_optimizer", "jxc_optimizer_dashboard", "jxc_optimizer_demo")
#: need more of Odoo or add-ons of others: only tests of their own install them
COMPANIONS = ("jxc_optimizer_queue_job", "jxc_optimizer_sale")


class Odoo:
    """Odoo 19 on one PostgreSQL server, with the add-ons of this checkout."""

    def __init__(self, server: Server):
        self.server = server
        self.root = odoo_source.find()
        self.python = environment.server_python()
        self.environment = {**os.environ, "PYTHONPATH": str(self.root)}
        self.logs = cache.path("logs")
        self.logs.mkdir(exist_ok=True)

    def configuration(self, name: str, **settings: object) -> Path:
        """Write an Odoo configuration file and return its path."""
        folder = cache.path("config")
        folder.mkdir(exist_ok=True)
        values = {
            "db_host": self.server.host,
            "db_port": self.server.port,
            "db_user": self.server.role,
            "addons_path": f"{self.root / 'odoo' / 'addons'},{cache.CHECKOUT}",
            "data_dir": cache.path("data"),
            "http_interface": "127.0.0.1",
            "admin_passwd": "admin",
            "list_db": "False",
            **settings,
        }
        if self.server.password:
            values["db_password"] = self.server.password
        lines = [f"{key} = {value}" for key, value in values.items()]
        file = folder / f"{name}.conf"
        file.write_text("[options]\n" + "\n".join(lines) + "\n")
        return file

    @staticmethod
    def free_port() -> int:
        """A port that nobody listens on at the moment."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return probe.getsockname()[1]

    def command(self, *arguments: str | Path) -> list[str]:
        return [str(self.python), "-m", "odoo", *map(str, arguments)]

    def run(self, title: str, log: str, *arguments: str | Path) -> None:
        """Run Odoo to its end as one step."""
        with console.step(title):
            console.call(
                self.command(*arguments),
                advice="The log above tells which module failed.",
                log=self.logs / f"{log}.log",
                env=self.environment,
                cwd=cache.CHECKOUT,
            )

    def install(
        self, database: str, modules: Sequence[str], title: str, *, update: bool = False
    ) -> None:
        self.run(
            title,
            f"install-{database}",
            f"--config={self.configuration('build')}",
            f"--database={database}",
            # what is installed already is not touched by this
            f"--init={','.join(modules)}",
            *([f"--update={','.join(modules)}"] if update else []),
            f"--load-language={','.join(LANGUAGES)}",
            "--stop-after-init",
            "--no-http",
            "--log-level=warn",
        )

    def base_template(self, modules: Sequence[str] = BASE_MODULES) -> str:
        """A database with Odoo's own modules installed, made once."""
        key = cache.digest(str(self.root), *modules, *LANGUAGES)
        name = f"jxc_base_{key}"
        with cache.lock(name):
            if name not in self.server.databases():
                draft = f"{name}_draft"
                self.server.drop(draft)
                self.install(draft, modules, f"Installing {', '.join(modules)} in Odoo")
                self.rename(draft, name)
        return name

    def build(self, database: str, modules: Sequence[str], base=BASE_MODULES) -> None:
        """Make ``database`` anew from the base template, with ``modules`` installed."""
        template = self.base_template(base)
        self.server.drop(database)
        self.duplicate(template, database)
        if modules:
            self.install(database, modules, f"Installing {', '.join(modules)}")

    def script(self, database: str, code: str, title: str) -> None:
        """Run Python code in an Odoo shell as one step; an exception fails it."""
        # The shell itself goes on after an error and ends well: leave at once instead.
        guarded = "import os, traceback\ntry:\n" + textwrap.indent(code, "    ")
        guarded += (
            "\nexcept BaseException:\n    traceback.print_exc()\n    os._exit(1)\n"
        )
        with console.step(title):
            console.call(
                self.command(
                    "shell",
                    f"--config={self.configuration('build')}",
                    f"--database={database}",
                    "--no-http",
                    "--log-level=info",
                ),
                advice="The message above tells what went wrong.",
                log=self.logs / f"script-{database}.log",
                env=self.environment,
                cwd=cache.CHECKOUT,
                text=True,
                input=guarded,
            )

    def rename(self, old: str, new: str) -> None:
        """Rename a database and the folder of its attachments."""
        self.server.execute(f'ALTER DATABASE "{old}" RENAME TO "{new}"')
        stores = cache.path("data", "filestore")
        if (stores / old).is_dir():
            shutil.rmtree(stores / new, ignore_errors=True)
            (stores / old).rename(stores / new)

    def duplicate(self, source: str, database: str) -> None:
        """Copy a database that nobody is connected to, with its attachments."""
        with cache.lock(source):
            self.server.copy(source, database)
        stores = cache.path("data", "filestore")
        if (stores / source).is_dir():
            shutil.rmtree(stores / database, ignore_errors=True)
            shutil.copytree(stores / source, stores / database, copy_function=os.link)

    def forget(self, database: str) -> None:
        """Drop a database and its attachments."""
        self.server.drop(database)
        store = cache.path("data", "filestore", database)
        shutil.rmtree(store, ignore_errors=True)

    def serve(self, *arguments: str | Path) -> subprocess.Popen:
        """Start Odoo as a server in a process group of its own."""
        return subprocess.Popen(
            self.command(*arguments),
            env=self.environment,
            cwd=cache.CHECKOUT,
            start_new_session=True,
        )


def stop(process: subprocess.Popen) -> None:
    """End a server started by ``Odoo.serve`` with all its workers."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
