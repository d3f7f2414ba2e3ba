"""On which weekday an article's weeks end: its own, so that a night moves on a seventh.

The end of the last whole week follows from the product and the date alone, so a night
that was left out, killed or repeated comes to the same weeks.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from odoo.tools import SQL

from .jxc_rows import EPOCH

#: weekdays on which weeks end
WEEKDAYS = 7


def week_end(product_id: np.ndarray, last_day: date) -> np.ndarray:
    """Last day of each product's last whole week up to ``last_day``, datetime64[D]."""
    day = np.datetime64(last_day, "D")
    passed = (_number(day) - product_id.astype(np.int64)) % WEEKDAYS
    return day - passed


def next_week(product_id: np.ndarray, today: date) -> np.ndarray:
    """The day after today on which each product's weeks move on, datetime64[D]."""
    return week_end(product_id, today - timedelta(days=1)) + WEEKDAYS + 1


def week_end_sql(product_id: SQL, last_day: date) -> SQL:
    """The same for a column of product ids."""
    return SQL(
        "(%s::date - mod(%s - mod(%s, %s) + %s, %s))",
        last_day,
        _number(np.datetime64(last_day, "D")) % WEEKDAYS,
        product_id,
        WEEKDAYS,
        WEEKDAYS,
        WEEKDAYS,
    )


def _number(day: np.datetime64) -> int:
    return int((day - EPOCH).astype(int))
