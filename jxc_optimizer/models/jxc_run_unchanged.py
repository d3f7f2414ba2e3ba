from __future__ import annotations

from odoo import fields, models
from odoo.tools import SQL

#: Odoo's tables that a run reads whole; the moves are noted by triggers
TABLES = (
    "decimal_precision",
    "ir_module_module",
    "mrp_bom",
    "product_category",
    "product_product",
    "product_supplierinfo",
    "product_template",
    "purchase_order",
    "purchase_order_line",
    "res_company",
    "res_currency_rate",
    "res_partner",
    "resource_calendar",
    "stock_location",
    "stock_quant",
    "stock_route",
    "stock_route_categ",
    "stock_route_product",
    "stock_route_warehouse",
    "stock_rule",
    "stock_warehouse",
    "uom_uom",
)
#: our own tables that runs and reports write; all others are read by runs
OUTPUTS = (
    "jxc.change",
    "jxc.class.change",
    "jxc.demand.change",
    "jxc.demand.one.off",
    "jxc.demand.state",
    "jxc.exception",
    "jxc.import",
    "jxc.kpi",
    "jxc.policy",
    "jxc.replay",
    "jxc.replenish",
    "jxc.run",
    "jxc.season",
    "jxc.stock",
)
#: scheduled actions that take over what a run has found
FOLLOWERS = ("ir_cron_stock_age", "ir_cron_pace", "ir_cron_kpi")
#: what a run reads of a reordering rule, of which it writes the other columns
RULE = (
    "id",
    "active",
    "company_id",
    "product_id",
    "location_id",
    "route_id",
    "supplier_id",
    "replenishment_uom_id",
    "trigger",
    "product_min_qty",
    "product_max_qty",
    "jxc_mode",
)


class JxcRun(models.Model):
    """Runs that would find what the last one found are over at once."""

    _inherit = "jxc.run"

    inputs = fields.Char(
        readonly=True, help="A digest of all that the run has read, as of its start."
    )

    outputs = fields.Char(
        readonly=True, help="A digest of the policies, as of the end of the run."
    )

    def _take_over(self) -> bool:
        """Whether nothing has changed since the company's last run of this day.

        Then its figures are those of the last run. What today needs follows the open
        moves by itself (``jxc_replenish_mark``).
        """
        self.inputs = self._digest_inputs()
        last = self.search(
            [("company_id", "=", self.company_id.id), ("state", "=", "done")], limit=1
        )
        if not last.target or (last.inputs, last.date) != (self.inputs, self.date):
            return False
        if last.outputs != self._digest([_state_of("jxc_policy")]):
            return False
        self.write(
            {
                "state": "done",
                "outputs": last.outputs,
                "started_at": fields.Datetime.now(),
                "finished_at": fields.Datetime.now(),
                "series": last.series,
                "method": last.method,
                "target": last.target,
                "abc_basis": last.abc_basis,
                "exceptions_at": last.exceptions_at,
            }
        )
        return True

    def _finish(self) -> None:
        if not self._last_done(self.company_id):
            # Nobody has to wait a night for the screens that follow the first run.
            for name in FOLLOWERS:
                self.env.ref(f"jxc_optimizer.{name}")._trigger()
        self.outputs = self._digest([_state_of("jxc_policy")])
        self._sum_up()
        self.write({"state": "done", "finished_at": fields.Datetime.now()})
        self.env["jxc.exception.week"]._record(self.company_id)

    def _digest_inputs(self) -> str:
        tables = [
            model._table
            for name, model in self.env.items()
            if name.startswith("jxc.")
            and model._auto
            and not model._abstract
            and not model._transient
            and not name.startswith(OUTPUTS)
        ]
        [[found]] = self.env.execute_query(
            SQL(
                "SELECT array_agg(relname::text ORDER BY relname) FROM pg_class"
                " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
                " AND relname = ANY(%s)",
                [*TABLES, *tables],
            )
        )
        rules = SQL(
            """(SELECT concat_ws(' ', count(*),
                       sum(hashtextextended(ROW(%s)::text, 0)))
                  FROM stock_warehouse_orderpoint)""",
            SQL(", ").join(map(SQL.identifier, RULE)),
        )
        # Runs propose one-offs; only the confirmed ones count.
        one_offs = SQL("%s WHERE state = 'confirmed')", _counted("jxc_demand_one_off"))
        self.env["jxc.replenish.mark"]._write_marks()
        marks = SQL("(SELECT count(*) FROM jxc_replenish_mark)")
        return self._digest([*map(_state_of, found), one_offs, rules, marks])

    def _digest(self, parts: list[SQL]) -> str:
        self.env.flush_all()
        [[digest]] = self.env.execute_query(
            SQL("SELECT md5(concat_ws(',', %s))", SQL(", ").join(parts))
        )
        return digest


def _state_of(table: str) -> SQL:
    """What tells one state of a table from another.

    Whatever writes to a row gives it another ``xmin``, in the same transaction at least
    another place; a row that is gone changes the count. So one look at each row is
    enough, and no index is needed.
    """
    return SQL("%s)", _counted(table))


def _counted(table: str) -> SQL:
    return SQL(
        "(SELECT concat_ws(' ', count(*), sum(hashtextextended("
        "xmin::text || ctid::text, 0))) FROM %s",
        SQL.identifier(table),
    )
