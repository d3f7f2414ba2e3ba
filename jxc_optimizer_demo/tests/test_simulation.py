"""The data files and the simulated year, without a database."""

import numpy as np

from odoo.tests import BaseCase, tagged

from ..loader import journal as j
from ..loader import source
from ..loader.simulation import simulate
from ..loader.vendors import offers


def year(articles, seed=1):
    sales = source.read(articles)
    random = np.random.default_rng(seed)
    bought = offers(sales.articles["price"], random)
    return sales, simulate(sales, bought, random)


@tagged("post_install", "-at_install")
class TestSimulation(BaseCase):
    def test_data_files_hold_what_their_counts_say(self):
        sales = source.read()
        # published: 541,909 lines from 2010-12-01 to 2011-12-09
        self.assertEqual(str(sales.order_time[0].astype("M8[D]")), "2010-12-01")
        self.assertEqual(str(sales.order_time[-1].astype("M8[D]")), "2011-12-09")
        self.assertGreater(len(sales.line_order), 500_000)
        self.assertTrue((np.diff(sales.line_order) >= 0).all())
        self.assertTrue((sales.line_quantity > 0).all())
        self.assertTrue((sales.line_withdrawn <= sales.line_quantity).all())
        # the two mistaken orders were withdrawn before they were shipped
        huge = np.flatnonzero(sales.line_quantity > 70_000)
        self.assertEqual(sorted(sales.line_quantity[huge].tolist()), [74215, 80995])
        left = sales.line_quantity - sales.line_withdrawn
        self.assertEqual(left[huge].tolist(), [0, 0])
        self.assertTrue((sales.articles["price"] > 0).all())
        # a return brings back no more than was ordered
        back = np.bincount(
            sales.return_line, sales.return_quantity, len(sales.line_order)
        )
        self.assertTrue((back <= left).all())

    def test_same_seed_same_year(self):
        (_, one), (_, two), (_, other) = year(60), year(60), year(60, seed=2)
        for table in ("orders", "order_lines", "transfers", "moves"):
            first = getattr(one.journal, table).array.tobytes()
            self.assertEqual(first, getattr(two.journal, table).array.tobytes(), table)
        moves = other.journal.moves.array.tobytes()
        self.assertNotEqual(one.journal.moves.array.tobytes(), moves)

    def test_stock_never_falls_below_nothing(self):
        """Every warehouse and article, after every single movement in time."""
        sales, made = year(150)
        moves = made.journal.moves.array
        transfers = made.journal.transfers.array
        moves = moves[moves["state"] == j.DONE]
        moves = moves[np.argsort(moves["date"], kind="stable")]
        stock = {}
        for move in moves.tolist():
            row = dict(zip(moves.dtype.names, move, strict=True))
            out = row["transfer"] >= 0 and (
                transfers["kind"][row["transfer"]] == j.DELIVERY
            )
            key = row["warehouse"], row["product"]
            stock[key] = stock.get(key, 0) + row["quantity"] * (-1 if out else 1)
            self.assertGreaterEqual(stock[key], 0, key)
        self.assertLess(
            moves["date"][-1], sales.order_time[-1] + np.timedelta64(1, "D")
        )

    def test_every_order_is_accounted_for(self):
        """Ordered = shipped + cancelled + still open, piece by piece."""
        sales, made = year(80)
        moves = made.journal.moves.array
        inside = moves["transfer"] >= 0
        kind = np.where(
            inside, made.journal.transfers.array["kind"][moves["transfer"]], 9
        )
        asked = moves[kind == j.DELIVERY]
        ordered = np.bincount(sales.line_article, sales.line_quantity)
        self.assertEqual(
            ordered.tolist(), np.bincount(asked["product"], asked["demand"]).tolist()
        )
