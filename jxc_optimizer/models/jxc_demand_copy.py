"""Reading many rows into numpy: COPY in PostgreSQL's binary form."""

from __future__ import annotations

import io

import numpy as np

from odoo.tools import SQL

#: signature, flags and length of the header's extension
_HEADER = 19
#: the file ends with a row of -1 columns
_TRAILER = 2
#: day 0 of PostgreSQL's dates
EPOCH = np.datetime64("2000-01-01", "D")


def copy_rows(cr, query: SQL, columns: dict[str, str]) -> np.ndarray:
    """Rows of ``query`` as a structured array.

    :param columns: name -> numpy type of each column, of the size PostgreSQL sends:
        i4 for int4 and date (days since EPOCH), f8 for float8; none may be NULL
    """
    layout = [("columns", ">i2")]
    for name, kind in columns.items():
        layout += [(f"size {name}", ">i4"), (name, f">{kind}")]
    statement = cr._obj.mogrify(query.code, query.params).decode()
    buffer = io.BytesIO()
    cr._obj.copy_expert(f"COPY ({statement}) TO STDOUT (FORMAT binary)", buffer)
    cr.sql_log_count += 1
    rows = np.frombuffer(buffer.getbuffer()[_HEADER:-_TRAILER], dtype=layout)
    return rows
