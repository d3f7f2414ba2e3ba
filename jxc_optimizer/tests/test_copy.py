from __future__ import annotations

import random
from decimal import Decimal

import numpy as np

from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from ..models.jxc_copy_arrays import copy_arrays
from ..models.jxc_demand_copy import copy_rows
from ..models.jxc_demand_scope import local_day, local_days

ZONES = ("UTC", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe")


def _amount(draw: random.Random) -> Decimal:
    whole = draw.choice([0, 8, 10, 12, draw.randint(1, 30), draw.randint(1, 10**9)])
    odd = draw.randint(-(10 ** draw.randint(1, 40)), 10 ** draw.randint(1, 40))
    return draw.choice(
        [
            Decimal(whole),
            Decimal(whole),
            Decimal(whole).scaleb(-draw.randint(0, 6)),
            Decimal(f"{whole}.00"),
            Decimal(-whole),
            Decimal(odd).scaleb(-draw.randint(0, 30)),
            Decimal(draw.choice(["NaN", "Infinity", "-Infinity"])),
        ]
    )


@tagged("post_install", "-at_install", "jxc")
class TestCopy(TransactionCase):
    """What is read in PostgreSQL's binary form is what PostgreSQL itself says."""

    def _arrays(self, query: SQL, **columns: str) -> dict[str, np.ndarray]:
        return copy_arrays(self.env.cr, query, columns)

    def test_numerics(self):
        draw = random.Random(11)
        for _case in range(100):
            amounts = [_amount(draw) for _row in range(draw.randint(1, 300))]
            [[wanted]] = self.env.execute_query(
                SQL("SELECT %s::numeric[]::float8[]", amounts)
            )
            found = self._arrays(SQL("SELECT %s::numeric[]", amounts), it="numeric")
            np.testing.assert_array_equal(found["it"], wanted)

    def test_rows_one_after_another(self):
        """A row without lines has no array at all."""
        found = self._arrays(
            SQL(
                """SELECT it.* FROM unnest(ARRAY[1, 0, 2]) AS many
                    CROSS JOIN LATERAL (
                          SELECT array_agg(n), array_agg((n + 1) * %s + n + 2),
                                 array_agg(date '2000-01-01' + n)
                            FROM generate_series(1, many) AS n) AS it""",
                2**32,
            ),
            one="i4",
            two="2i4",
            day="i4",
        )
        self.assertEqual(found["one"].tolist(), [1, 1, 2])
        self.assertEqual(found["two"].tolist(), [[2, 2, 3], [3, 3, 4]])
        self.assertEqual(found["day"].tolist(), [1, 1, 2])
        nothing = self._arrays(SQL("SELECT NULL::int8[] WHERE false"), two="2i4")
        self.assertEqual(nothing["two"].shape, (2, 0))

    def test_days_of_a_time_zone(self):
        draw = np.random.default_rng(12)
        half_hour, year = 1_800_000_000, 365 * 86_400_000_000
        for zone in ZONES:
            for first, last in ((20, 40), (26, 26.01)):
                moments = draw.uniform(first * year, last * year, 3_000).astype(int)
                moments = np.concatenate([moments, moments // half_hour * half_hour])
                wanted = copy_rows(
                    self.env.cr,
                    SQL(
                        """SELECT %s FROM unnest(%s::int8[]) WITH ORDINALITY
                                          AS given(microseconds, place)
                            CROSS JOIN LATERAL (
                                  SELECT timestamp '2000-01-01' + microseconds
                                         * interval '1 microsecond' AS moment) AS it
                            ORDER BY place""",
                        local_day(SQL("moment"), zone),
                        moments.tolist(),
                    ),
                    {"day": "i4"},
                )
                found = local_days(self.env.cr, moments, zone)
                np.testing.assert_array_equal(found, wanted["day"], zone)
        none = np.zeros(0, dtype=np.int64)
        self.assertEqual(len(local_days(self.env.cr, none, ZONES[1])), 0)
