"""A journal written into Odoo's tables by COPY, column for column as the ORM would.

tests/test_writer.py posts the same journal through the ORM and compares. Not written:
messages in the chatter. Values follow stock_account for the cost method "standard".
"""

from __future__ import annotations

from .copy import checked_later
from .journal import Journal
from .ledger import Ledger
from .places import Places
from .write_moves import write_move_lines, write_moves, write_transfers
from .write_orders import write_order_lines, write_orders, write_references
from .write_quants import write_quants


def write(journal: Journal, places: Places) -> None:
    """Insert everything that the journal notes, in the caller's transaction."""
    places.env.flush_all()
    ledger = Ledger(journal, places)
    write_orders(ledger)
    write_order_lines(ledger)
    write_transfers(ledger)
    with checked_later(ledger.cr, "stock_move", "stock_move_line"):
        write_moves(ledger)
        write_move_lines(ledger)
    write_quants(ledger)
    write_references(ledger)
    # the planner's figures about these tables are those of empty ones
    ledger.cr.execute("ANALYZE stock_move, stock_move_line, stock_picking, stock_quant")
    places.env.invalidate_all()
