"""Locks: of replenishment as a whole, and of a record whose work one job does.

The first keeps the optimiser's runs and Odoo's scheduler apart. Both update reordering
rules; at the same time one of them would fail. All who work on a run share it; one of
them leads.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import psycopg2

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

#: arbitrary keys of our own among PostgreSQL's advisory locks
REPLENISHMENT, LEAD = 0x6A7863_01, 0x6A7863_02
#: longer than any single step of a run
PATIENCE = "120s"
#: rules applied in one transaction, less than a second's: they stay locked until then
APPLY_AT_ONCE = 200


@contextmanager
def replenishment_lock(cr, *, wait: bool, shared: bool = False) -> Iterator[bool]:
    """Hold the lock on the session of ``cr``; survives commits, ends with the block.

    :param wait: wait for whoever holds it (psycopg2.errors.LockNotAvailable after
        PATIENCE); otherwise give up at once
    :param shared: with others that share it, for parts of one run that go on together
    :returns: whether the lock is held
    """
    kind = SQL("_shared") if shared else SQL()
    with _session_lock(cr, REPLENISHMENT, kind, wait=wait) as held:
        yield held


@contextmanager
def lead_lock(cr) -> Iterator[bool]:
    """Lead the runs: nobody else does, but others may help; gives up at once.

    :returns: whether the lock is held
    """
    with ExitStack() as stack:
        yield (
            stack.enter_context(_session_lock(cr, LEAD, SQL(), wait=False))
            and stack.enter_context(replenishment_lock(cr, wait=False, shared=True))
        )


@contextmanager
def _session_lock(cr, key: int, kind: SQL, *, wait: bool) -> Iterator[bool]:
    if wait:
        # lock_timeout is kept to this statement: nothing else here may time out
        with cr.savepoint(flush=False):
            cr.execute(SQL("SELECT set_config('lock_timeout', %s, true)", PATIENCE))
            cr.execute(SQL("SELECT pg_advisory_lock%s(%s)", kind, key))
            cr.execute(SQL("SELECT set_config('lock_timeout', '0', true)"))
        held = True
    else:
        cr.execute(SQL("SELECT pg_try_advisory_lock%s(%s)", kind, key))
        [held] = cr.fetchone()
    try:
        yield held
    finally:
        if held:
            _release(cr, SQL("SELECT pg_advisory_unlock%s(%s)", kind, key))


def _release(cr, unlock: SQL) -> None:
    try:
        cr.execute(unlock)
    except psycopg2.Error:
        # The work failed and took its transaction with it: clear that first.
        cr.rollback()
        cr.execute(unlock)


def claim(record) -> bool:
    """Lock a record until the next commit; False if somebody has it.

    To be called where nothing waits to be committed: if the record was changed since
    this transaction began, it begins anew.
    """
    cr = record.env.cr
    statement = SQL(
        "SELECT id FROM %s WHERE id = %s FOR UPDATE SKIP LOCKED",
        SQL.identifier(record._table),
        record.id,
    )
    try:
        cr.execute(statement, log_exceptions=False)
    except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
        cr.rollback()
        cr.execute(statement)
    claimed = bool(cr.fetchone())
    record.invalidate_recordset()
    return claimed
