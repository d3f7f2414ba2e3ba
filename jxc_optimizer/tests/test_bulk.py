from __future__ import annotations

import random
import struct
from datetime import date

import numpy as np

from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from ..models import jxc_bulk, jxc_rows

COLUMNS = {
    "int4": [0, -7, 2**31 - 1, None],
    "int8": [2**62, -1, 5, 6],
    "bool": [True, False, None, True],
    "float8": [0.1, -1e300, float("nan"), 5e-324],
    "numeric": [0.1, -123456789.123456, None, 3.0],
    "date": [date(1999, 12, 31), date(2000, 1, 1), None, date(2026, 2, 28)],
    "varchar": ["", "Größe 进销存", None, "\\N\t\n'"],
    "text": ["a" * 3000, "a", "a", None],
    "jsonb": ['{"a": [1, 2.50, null]}', None, '"x"', "[]"],
}


@tagged("post_install", "-at_install", "jxc")
class TestBulk(TransactionCase):
    """Rows that numpy puts together are what PostgreSQL reads from their text."""

    def _load(self, types, columns) -> list[tuple]:
        jxc_bulk.load(self.env.cr, "jxc_new_test", types, columns)
        names = SQL(", ").join(SQL("%s::text", SQL.identifier(name)) for name in types)
        return self.env.execute_query(
            SQL("SELECT %s FROM jxc_new_test ORDER BY ctid", names)
        )

    def _cast(self, kind: str, values) -> list[str | None]:
        """The text PostgreSQL makes of what it reads from the values' own."""
        texts = [
            None if value is None or value != value else str(value) for value in values
        ]
        return [
            self.env.execute_query(
                SQL("SELECT %s::%s::text", text, SQL(kind))  # pylint: disable=E8103
            )[0][0]
            for text in texts
        ]

    def test_each_type(self):
        types = {f"a_{kind}": kind for kind in COLUMNS}
        columns = {f"a_{kind}": values for kind, values in COLUMNS.items()}
        expected = [self._cast(kind, values) for kind, values in COLUMNS.items()]
        self.assertEqual(self._load(types, columns), list(zip(*expected, strict=True)))

    def test_numerics_to_the_last_digit(self):
        draw = random.Random(5)
        values = [0.0, 1e-7, 1e22, 123456789012345680.0, 1e9, 999999999.999999, 0.3]
        values += [float("inf"), -float("inf")]
        values += [
            round(draw.uniform(-1e6, 1e6), draw.randrange(9)) for _ in range(200)
        ]
        values += [
            value
            for value in (struct.unpack("d", draw.randbytes(8))[0] for _ in range(300))
            if abs(value) < 1e100
        ]
        found = self._load({"value": "numeric"}, {"value": np.array(values)})
        self.assertEqual([text for [text] in found], self._cast("numeric", values))

    def test_nothing(self):
        self.assertEqual(self._load({"a": "int4", "b": "text"}, {"a": [], "b": []}), [])

    def test_halves_of_long_texts(self):
        most = jxc_rows._MOST
        self.addCleanup(setattr, jxc_rows, "_MOST", most)
        jxc_rows._MOST = 1000
        texts = ["a" * 900, *"bcdefgh", "i" * 2000]
        found = self._load(
            {"n": "int4", "text": "text"}, {"n": range(9), "text": texts}
        )
        expected = [(str(n), text) for n, text in enumerate(texts)]
        self.assertEqual(found, expected)
