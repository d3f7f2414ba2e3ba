"""Nights that do what is due, and whether computing all again would change anything."""

from odoo.tools import SQL

from .common import OptimizerCase

#: not figures
OTHERS = {"id", "run_id", "create_date", "write_date", "create_uid", "write_uid"}
#: what a projection finds
PROJECTED = ("status", "out_date", "order_date", "order_qty", "order_value",
             "order_cover", "waiting_cost", "order_terms", "look_on")  # fmt: skip


class NightCase(OptimizerCase):
    """Weeks end on each article's own weekday, as on a server."""

    weekdays = 7

    def _figures(self):
        """All policies and suggestions, as text."""
        self.env.flush_all()
        found = {}
        for table, order in (
            ("jxc_policy", "product_id, location_id"),
            ("stock_warehouse_orderpoint", "id"),
        ):
            rows = self.env.execute_query_dict(
                SQL(
                    "SELECT * FROM %s WHERE company_id = %s ORDER BY %s",
                    SQL.identifier(table),
                    self.company.id,
                    SQL(order),
                )
            )
            left_out = OTHERS | {f"jxc_{name}" for name in PROJECTED}
            left_out |= {"jxc_projected_on"}
            found[table] = [
                {key: row[key] for key in row if key not in left_out} for row in rows
            ]
        return found

    def _assert_all_again_is_the_same(self):
        figures = self._figures()
        with self.env.cr.savepoint() as savepoint:
            run = self.env["jxc.run"]._start(self.company, whole=True)
            run._work(lambda _done, remaining: float("inf"))
            self.assertEqual(run.state, "done", run.error)
            self.assertTrue(run.shard_ids)
            self.assertEqual(self._figures(), figures)
            savepoint.rollback()
        self.env.invalidate_all()
