from __future__ import annotations

from odoo import api, fields, models
from odoo.tools import SQL

from . import jxc_bulk

AXES = [("abc", "ABC"), ("xyz", "XYZ")]
FIGURES = [
    ("value", "Consumption Value"),
    ("quantity", "Quantity"),
    ("lines", "Order Lines"),
    ("margin", "Margin"),
    ("stock", "Stock Value"),
    ("matrix", "Quantity and Stock Value"),
    ("variation", "Variation of Demand"),
]
REASONS = [
    ("up", "The figure rose"),
    ("down", "The figure fell"),
    ("limit", "The other articles moved"),
    ("chosen", "Chosen by hand"),
    ("released", "No longer chosen by hand"),
    ("history", "Enough history now"),
    ("unknown", "Too little history now"),
]
#: a figure moved when it is that share larger or smaller than before
MOVED = 0.01
#: days after which changes are forgotten
KEEP_DAYS = 730


class JxcClassChange(models.Model):
    """An article that changed its class in a run, and the figure that moved."""

    _name = "jxc.class.change"
    _description = "Change of Class"
    _order = "day desc, value_after desc, id"
    _rec_name = "product_id"
    _log_access = False

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    day = fields.Date("Run of", required=True, readonly=True, index=True)
    run_id = fields.Many2one(
        "jxc.run", readonly=True, index="btree_not_null", ondelete="set null"
    )
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, index=True, ondelete="cascade"
    )
    location_id = fields.Many2one(
        "stock.location", required=True, readonly=True, ondelete="cascade"
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse", required=True, readonly=True, ondelete="cascade"
    )
    categ_id = fields.Many2one(related="product_id.categ_id")
    axis = fields.Selection(AXES, required=True, readonly=True)
    before = fields.Char(readonly=True, help="Empty: no class.")
    after = fields.Char(readonly=True, help="Empty: no class.")
    is_up = fields.Boolean(
        "Up", readonly=True, help="Towards A, or towards X: steadier than before."
    )
    figure = fields.Selection(
        FIGURES,
        readonly=True,
        help="What the class is found by. Variation of demand: deviation of a week "
        "from its forecast, as a share of the mean week.",
    )
    value_before = fields.Float("Figure before", digits=(16, 2), readonly=True)
    value_after = fields.Float("Figure after", digits=(16, 2), readonly=True)
    reason = fields.Selection(REASONS, readonly=True)

    @api.model
    def _record(self, company, run, near: SQL) -> None:
        """Note what classes differ between the policies and their new columns.

        Called with the work table of the new policies at hand, before it is written.
        New articles have no class to change.

        :param near: condition on ``policy`` that those of the work table meet
        """
        both = SQL(
            """jxc_policy policy JOIN jxc_new_policy new
                 ON new.product_id = policy.product_id
                AND new.location_id = policy.location_id AND %s""",
            near,
        )
        for axis, figure, old, value, reason in (
            ("abc", company.jxc_abc_measure, *_abc(company)),
            ("xyz", "variation", *_xyz()),
        ):
            letter = SQL.identifier(f"{axis}_class")
            self.env.cr.execute(
                SQL(
                    """INSERT INTO jxc_class_change
                              (company_id, day, run_id, product_id, location_id,
                               warehouse_id, axis, before, after, is_up, figure,
                               value_before, value_after, reason)
                       SELECT %(company)s, %(day)s, %(run)s, new.product_id,
                              new.location_id, new.warehouse_id, %(axis)s,
                              policy.%(letter)s, new.%(letter)s,
                              COALESCE(new.%(letter)s, 'Z')
                              < COALESCE(policy.%(letter)s, 'Z'),
                              %(figure)s, %(old)s, %(value)s, %(reason)s
                         FROM %(both)s
                        WHERE %(differs)s""",
                    company=company.id,
                    day=run.date or self.env["jxc.demand.day"]._today(company),
                    run=run.id or None,
                    axis=axis,
                    letter=letter,
                    figure=figure,
                    old=old,
                    value=value,
                    reason=reason,
                    both=both,
                    differs=jxc_bulk.differs((f"{axis}_class",), "policy", "new"),
                )
            )
        self.invalidate_model()

    @api.autovacuum
    def _gc_old_changes(self):
        limit = fields.Date.subtract(fields.Date.today(), days=KEEP_DAYS)
        self.search([("day", "<", limit)]).unlink()


def _abc(company) -> tuple[SQL, SQL, SQL]:
    """The company's measure before and after, and why the class changed."""
    column = {
        "value": "consumption_value",
        "quantity": "consumption_qty",
        "lines": "consumption_lines",
        "margin": "consumption_margin",
    }.get(company.jxc_abc_measure)

    def measure(table: str) -> SQL:
        if column:
            return SQL("COALESCE(%s, 0)", SQL.identifier(table, column))
        return SQL(
            "COALESCE(greatest(%s, 0) * %s, 0)",
            SQL.identifier(table, "on_hand"),
            SQL.identifier(table, "unit_cost"),
        )

    before, after = measure("policy"), measure("new")
    reason = SQL(
        """CASE WHEN new.abc_is_chosen THEN 'chosen'
                WHEN policy.abc_is_chosen THEN 'released'
                ELSE %s END""",
        _moved(before, after),
    )
    return before, after, reason


def _xyz() -> tuple[SQL, SQL, SQL]:
    def variation(table: str) -> SQL:
        # of a week relative to its mean, from those of a day
        return SQL(
            "%s / NULLIF(%s, 0) / sqrt(7)::numeric",
            SQL.identifier(table, "demand_sd"),
            SQL.identifier(table, "demand_per_day"),
        )

    before, after = variation("policy"), variation("new")
    reason = SQL(
        """CASE WHEN policy.xyz_class IS NULL THEN 'history'
                WHEN new.xyz_class IS NULL THEN 'unknown'
                ELSE %s END""",
        _moved(before, after),
    )
    return before, after, reason


def _moved(before: SQL, after: SQL) -> SQL:
    return SQL(
        """CASE WHEN %(after)s > %(before)s * (1 + %(moved)s) THEN 'up'
                WHEN %(after)s < %(before)s * (1 - %(moved)s) THEN 'down'
                ELSE 'limit' END""",
        before=before,
        after=after,
        moved=MOVED,
    )
