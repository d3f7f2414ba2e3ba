from datetime import date, datetime, timedelta
from unittest.mock import patch

from odoo.tests import tagged

from .demand_case import DemandCase


@tagged("post_install", "-at_install")
class TestDemand(DemandCase):
    """Demand from stock moves, case by case."""

    def test_empty(self):
        counts = self.refresh()
        self.assertEqual(counts["inserted"], 0)
        self.assertEqual(self.days(), {})
        matrix = self.demand._read_weekly(self.company, 1, 2**31 - 1, date.today(), 8)
        self.assertEqual(matrix.quantity.shape, (0, 8))
        self.assertEqual(len(matrix.weeks), 0)

    def test_days_of_the_company(self):
        """17:00 UTC is the next day in Shanghai."""
        self.refresh()
        self.move(self.stock, self.customers, 5, datetime(2026, 3, 1, 15, 59))
        self.move(self.stock, self.customers, 3, datetime(2026, 3, 1, 17))
        self.refresh()
        self.assertEqual(self.days(), {date(2026, 3, 1): 5, date(2026, 3, 2): 3})

    def test_twice_in_a_row_writes_nothing(self):
        self.move(self.stock, self.customers, 5, datetime(2026, 3, 1))
        self.assertEqual(self.refresh()["inserted"], 1)
        self.env.cr.execute("SELECT xmin, ctid FROM jxc_demand_series")
        before = self.env.cr.fetchall()
        counts = self.refresh()
        self.assertFalse(any(counts.values()), counts)
        self.assertProved()
        self.env.cr.execute("SELECT xmin, ctid FROM jxc_demand_series")
        self.assertEqual(self.env.cr.fetchall(), before)

    def test_back_dating_leaves_the_old_day(self):
        self.refresh()
        move = self.move(self.stock, self.customers, 5, datetime(2026, 3, 2, 9))
        self.refresh()
        move.date = datetime(2026, 1, 5, 9)
        self.refresh()
        self.assertEqual(self.days(), {date(2026, 1, 5): 5})
        move.move_line_ids.date = datetime(2026, 1, 7, 9)
        self.refresh()
        self.assertEqual(self.days(), {date(2026, 1, 7): 5})
        self.assertProved()

    def test_sql_without_write_date(self):
        """Nothing escapes, however it is written."""
        self.refresh()
        move = self.move(self.stock, self.customers, 5, datetime(2026, 3, 2, 9))
        self.refresh()
        self.env.cr.execute(
            "UPDATE stock_move_line SET quantity_product_uom = 7 WHERE move_id = %s",
            [move.id],
        )
        self.refresh()
        self.assertEqual(self.days(), {date(2026, 3, 2): 7})
        self.assertProved()

    def test_moves_back_dated_without_their_lines(self):
        """A script writes the moves' dates only: the lines' day stays, and counts."""
        self.refresh()
        today = datetime.now().replace(hour=4, minute=0, second=0, microsecond=0)
        move = self.move(self.stock, self.customers, 5, today)
        move.move_line_ids.date = today
        self.refresh()
        expected = self.days()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE stock_move SET date = date - interval '3 days' WHERE id = %s",
            [move.id],
        )
        self.refresh()
        other = self.move(self.stock, self.customers, 2, today)
        other.move_line_ids.date = today
        self.refresh()
        [(day, quantity)] = expected.items()
        self.assertEqual(self.days(), {day: quantity + 2})
        self.assertProved()

    def test_lines_off_their_moves_before_the_complete_count(self):
        """Late entries of its last days find all lines of their day."""
        day = date.today() - timedelta(days=2)
        noon = datetime.combine(day, datetime.min.time()) + timedelta(hours=4)
        move = self.move(self.stock, self.customers, 5, noon)
        move.date = noon - timedelta(days=30)
        move.move_line_ids.date = noon
        self.refresh()
        self.assertEqual(self.days(), {day: 5})
        for quantity, expected in ((3, 8), (2, 10)):
            self.move(self.stock, self.customers, quantity, noon)
            self.refresh()
            self.assertEqual(self.days(), {day: expected})
        self.assertProved()
        self.move(self.stock, self.customers, 1, noon)
        self.refresh()
        self.assertEqual(self.days(), {day: 11})
        self.assertProved()

    def test_return_counts_with_its_original(self):
        self.refresh()
        move = self.move(self.stock, self.customers, 5, datetime(2026, 1, 5))
        back = self.move(
            self.customers,
            self.stock,
            2,
            datetime(2026, 3, 1),
            origin_returned_move_id=move.id,
        )
        self.refresh()
        self.assertEqual(self.days(), {date(2026, 1, 5): 3})
        again = self.move(
            self.stock,
            self.customers,
            1,
            datetime(2026, 3, 9),
            origin_returned_move_id=back.id,
        )
        self.refresh()
        self.assertEqual(self.days(), {date(2026, 1, 5): 4})
        again.quantity = 2
        self.refresh()
        self.assertEqual(self.days(), {date(2026, 1, 5): 5})
        self.move(self.customers, self.stock, 1, datetime(2026, 3, 20))
        self.refresh()
        self.assertEqual(self.days(), {date(2026, 1, 5): 5, date(2026, 3, 20): -1})
        self.assertProved()

    def test_what_is_no_demand(self):
        self.refresh()
        owner = self.env["res.partner"].create({"name": "Owner"})
        scrap = self.env["stock.location"].search(
            [("usage", "=", "inventory"), ("company_id", "=", self.company.id)], limit=1
        )
        when = datetime(2026, 3, 1)
        receipt = self.move(self.vendors, self.stock, 9, when)
        self.move(self.vendors, self.customers, 9, when)
        self.move(self.stock, scrap, 1, when)
        self.move(self.stock, self.vendors, 1, when)
        self.move(self.stock, self.vendors, 1, when, origin_returned_move_id=receipt.id)
        self.move(self.stock, self.customers, 1, when, owner_id=owner.id)
        self.move(self.stock, self.warehouse.wh_output_stock_loc_id, 1, when)
        self.refresh()
        self.assertEqual(self.days(), {})
        self.move(self.warehouse.wh_output_stock_loc_id, self.customers, 1, when)
        self.refresh()
        self.assertEqual(self.days(), {date(2026, 3, 1): 1})
        self.assertProved()

    # -- limits --------------------------------------------------------------------

    def statements(self, products):
        """SQL statements of a refresh and of a read, for so many products."""
        for _product in range(products):
            self.product = self.new_product("One more")
            self.move(self.stock, self.customers, 1, datetime(2026, 3, 3))
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self.assertGreaterEqual(self.refresh()["changes"], products)
        between = self.env.cr.sql_log_count
        self.demand._read_weekly(self.company, 1, 2**31 - 1, date(2026, 3, 9), 9)
        return between - before, self.env.cr.sql_log_count - between

    def test_constant_number_of_statements(self):
        self.refresh()
        self.statements(1)
        few, many = self.statements(2), self.statements(12)
        self.assertEqual(few, many)
        self.assertLess(sum(many), 50)

    def test_nothing_is_left_behind(self):
        """Without its table the triggers are gone and stock moves work."""
        self.env.flush_all()
        with self.env.cr.savepoint(flush=False) as savepoint:
            self.env.cr.execute("DROP TABLE jxc_demand_change CASCADE")
            self.env.cr.execute(
                """SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'jxc_demand%'"""
            )
            self.assertEqual(self.env.cr.fetchone(), (0,))
            self.move(self.stock, self.customers, 1, datetime(2026, 3, 3))
            savepoint.rollback()
        self.env.invalidate_all()
        self.env.cr.execute(
            """SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'jxc_demand%'"""
        )
        self.assertEqual(self.env.cr.fetchone(), (4,))

    def test_weekly_proof(self):
        """Repairs what went wrong and says so; a second call finds nothing due."""

        def call():
            with (
                patch.object(self.registry["ir.cron"], "_commit_progress") as progress,
                patch.object(type(self.demand), "_companies_to_prove", due),
            ):
                progress.return_value = 60.0
                self.demand._cron_rebuild()

        def due(model):
            return [c for c in find(model) if c == self.company]

        find = type(self.demand)._companies_to_prove
        state = self.env["jxc.demand.state"].search
        mine = [("company_id", "=", self.company.id)]
        self.move(self.stock, self.customers, 5, datetime(2026, 3, 1))
        call()  # never counted before
        self.assertEqual(self.days(), {date(2026, 3, 1): 5})
        self.env.cr.execute("UPDATE jxc_demand_series SET quantity = '{4}'")
        self.demand.invalidate_model()
        call()  # counted this week
        self.assertEqual(self.days(), {date(2026, 3, 1): 4})
        state(mine).rebuilt_at -= timedelta(7)
        name = "odoo.addons.jxc_optimizer.models.jxc_demand_proof"
        with self.assertLogs(name, "WARNING"):
            call()
        self.assertEqual(self.days(), {date(2026, 3, 1): 5})
        self.assertEqual(state(mine).differences, 1)
        self.assertEqual(due(self.demand), [])

    def test_many_lines_at_once_mean_counting_everything(self):
        self.refresh()
        self.env["jxc.demand.change"].create({"company_id": self.company.id})
        self.assertIn("differences", self.refresh())
        self.assertFalse(
            self.env["jxc.demand.change"].search([("company_id", "=", self.company.id)])
        )
