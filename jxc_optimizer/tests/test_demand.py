from datetime import date, datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestDemand(TransactionCase):
    """Demand from stock moves, case by case."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Demand", "country_id": 1})
        cls.company.resource_calendar_id.tz = "Asia/Shanghai"
        cls.env.user.company_ids = [Command.link(cls.company.id)]
        cls.env = cls.env(
            context=dict(cls.env.context, allowed_company_ids=cls.company.ids)
        )
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)]
        )
        cls.stock = cls.warehouse.lot_stock_id
        cls.customers = cls.env.ref("stock.stock_location_customers")
        cls.vendors = cls.env.ref("stock.stock_location_suppliers")
        cls.product = cls.new_product("Bolt")
        cls.demand = cls.env["jxc.demand.day"]

    @classmethod
    def new_product(cls, name):
        return cls.env["product.product"].create(
            {"name": name, "type": "consu", "is_storable": True}
        )

    def move(self, source, target, quantity, when, **values):
        """A done move of the product; the moment is UTC."""
        owner = values.pop("owner_id", False)
        move = self.env["stock.move"].create(
            {
                "product_id": self.product.id,
                "location_id": source.id,
                "location_dest_id": target.id,
                "product_uom_qty": quantity,
                "company_id": self.company.id,
                **values,
            }
        )
        move._action_confirm(merge=False)
        move.quantity = quantity
        move.move_line_ids.owner_id = owner
        move.picked = True
        move._action_done()
        move.date = when
        return move

    def days(self, location=None, product=None):
        """{day: net quantity} of a location as people see it."""
        rows = self.demand.search(
            [
                ("location_id", "=", (location or self.stock).id),
                ("product_id", "=", (product or self.product).id),
            ]
        )
        return {row.day: row.quantity for row in rows}

    def refresh(self):
        return self.demand._refresh(self.company)

    def assertProved(self):
        """A complete count finds nothing to correct."""
        self.assertEqual(self.demand._rebuild(self.company)["differences"], 0)

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

    # -- what is read --------------------------------------------------------------

    def _read_back(self, last_day=date(2026, 3, 14), weeks=4):
        return self.demand._read_weekly(
            self.company, self.product.id, 2**31 - 1, last_day, weeks
        )

    def test_weeks(self):
        """Weeks end on the last day; what is older only starts the series."""
        for day, quantity in ((1, 1), (8, 2), (14, 4), (15, 8)):
            self.move(self.stock, self.customers, quantity, datetime(2026, 3, day))
        self.move(self.stock, self.customers, 16, datetime(2026, 1, 20))
        self.refresh()
        matrix = self._read_back()
        self.assertEqual(matrix.quantity.tolist(), [[0, 0, 1, 6]])
        self.assertEqual(matrix.lines.tolist(), [[0, 0, 1, 2]])
        self.assertEqual(matrix.largest.tolist(), [4])
        self.assertEqual(matrix.first_day.tolist(), [date(2026, 1, 20)])
        self.assertEqual(matrix.latest_day.tolist(), [date(2026, 3, 14)])
        self.assertEqual(matrix.weeks.tolist(), [4])
        self.assertEqual(matrix.warehouse_id.tolist(), self.warehouse.ids)
        self.assertEqual(self._read_back(weeks=52).weeks.tolist(), [8])

    def test_entries_count_and_show_their_source(self):
        self.move(self.stock, self.customers, 5, datetime(2026, 3, 10))
        entry = self.env["jxc.demand.entry"].create(
            {
                "source": "import",
                "batch": "history.xlsx",
                "warehouse_id": self.warehouse.id,
                "product_id": self.product.id,
                "day": date(2026, 2, 20),
                "quantity": 7,
            }
        )
        self.refresh()
        self.assertEqual(self._read_back().quantity.tolist(), [[7, 0, 0, 5]])
        rows = self.demand.search([("product_id", "=", self.product.id)])
        self.assertEqual(rows.mapped("source"), ["move", "import"])
        entry.active = False
        self.assertEqual(self._read_back().quantity.tolist(), [[0, 0, 0, 5]])

    def test_one_off_is_left_out_only_when_confirmed(self):
        self.move(self.stock, self.customers, 2, datetime(2026, 3, 3))
        self.move(self.stock, self.customers, 500, datetime(2026, 3, 10))
        self.refresh()
        mark = self.env["jxc.demand.one.off"].create(
            {
                "location_id": self.stock.id,
                "product_id": self.product.id,
                "day": date(2026, 3, 10),
                "quantity": 490,
            }
        )
        self.assertEqual(self._read_back().quantity.tolist(), [[0, 0, 2, 500]])
        mark.action_confirm()
        self.assertEqual(self._read_back().quantity.tolist(), [[0, 0, 2, 10]])
        mark.action_reject()
        self.assertEqual(self._read_back().quantity.tolist(), [[0, 0, 2, 500]])

    def test_heir(self):
        """A pack of two replaces the bolt; another one replaces the pack."""
        self.move(self.stock, self.customers, 8, datetime(2026, 3, 3))
        self.refresh()
        pack = self.new_product("Pack")
        better = self.new_product("Better pack")
        links = self.env["jxc.demand.heir"].create(
            [
                {
                    "company_id": self.company.id,
                    "product_id": pack.id,
                    "predecessor_id": self.product.id,
                    "factor": 0.5,
                },
                {
                    "company_id": self.company.id,
                    "product_id": better.id,
                    "predecessor_id": pack.id,
                },
            ]
        )
        matrix = self._read_back()
        self.assertEqual(
            matrix.product_id.tolist(), [self.product.id, pack.id, better.id]
        )
        self.assertEqual(matrix.quantity[:, 2].tolist(), [8, 4, 4])
        with self.assertRaises(ValidationError):
            links[0].copy({"product_id": self.product.id, "predecessor_id": better.id})

    def test_booking_lead(self):
        for created, quantity in (
            ("2026-02-01", 6),
            ("2026-03-02", 3),
            ("2026-03-10", 1),
        ):
            move = self.move(self.stock, self.customers, quantity, datetime(2026, 3, 3))
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE stock_move SET create_date = %s WHERE id = %s",
                [created, move.id],
            )
        lead = self.demand._read_booking(
            self.company,
            self.product.id,
            self.product.id,
            date(2026, 3, 1),
            date(2026, 3, 31),
            [0, 1, 14, 60],
        )
        self.assertEqual(lead.quantity.tolist(), [10])
        self.assertEqual(lead.share.tolist(), [[1, 0.9, 0.6, 0]])

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
