from __future__ import annotations

from odoo import api, fields, models
from odoo.tools import SQL

from .jxc_link import Link
from .jxc_policy import ABC_CLASSES, METHODS, XYZ_CLASSES

#: what makes a new row when it changes
DECIDED = (
    "vendor_id",
    "method",
    "abc_class",
    "xyz_class",
    "suggested_min",
    "suggested_max",
)
#: kept with it, as it was then
BESIDE = (
    "demand_per_day",
    "lead_days",
    "safety_stock",
    "reorder_point",
    "order_qty",
    "unit_cost",
)


class JxcPolicyHistory(models.Model):
    """What was advised for a product in a warehouse, and from when to when.

    One row for each time the advice changed: class, vendor, method, suggested minimum
    or maximum. The row without an end is what counts. Written by runs only.
    """

    _name = "jxc.policy.history"
    _description = "History of a Stock Policy"
    _order = "date_from desc, id desc"
    _rec_name = "product_id"
    _log_access = False

    company_id = Link("res.company", required=True, readonly=True, ondelete="cascade")
    product_id = Link(
        "product.product", required=True, readonly=True, ondelete="cascade"
    )
    warehouse_id = Link(
        "stock.warehouse", required=True, readonly=True, ondelete="cascade"
    )
    location_id = Link(
        "stock.location", required=True, readonly=True, ondelete="cascade"
    )
    date_from = fields.Date("From", required=True, readonly=True)
    date_to = fields.Date(
        "Until", readonly=True, help="The day of the next change. Empty: still."
    )
    vendor_id = Link("res.partner", readonly=True, ondelete="set null")
    method = fields.Selection(METHODS, readonly=True)
    abc_class = fields.Selection(ABC_CLASSES, "ABC Class", readonly=True)
    xyz_class = fields.Selection(XYZ_CLASSES, "XYZ Class", readonly=True)
    suggested_min = fields.Float(digits="Product Unit", readonly=True)
    suggested_max = fields.Float(digits="Product Unit", readonly=True)
    demand_per_day = fields.Float("Demand per Day", digits=(16, 4), readonly=True)
    lead_days = fields.Float("Lead Time", digits=(16, 1), readonly=True)
    safety_stock = fields.Float(digits="Product Unit", readonly=True)
    reorder_point = fields.Float(digits="Product Unit", readonly=True)
    order_qty = fields.Float("Order Lot", digits="Product Unit", readonly=True)
    unit_cost = fields.Float(digits="Product Price", readonly=True)

    _current = models.UniqueIndex("(product_id, location_id) WHERE date_to IS NULL")
    _product_location = models.Index("(product_id, location_id, date_from)")

    @api.model
    def _record(self, company, chosen: SQL, today) -> None:
        """Follow the policies of some products, in three statements.

        Two changes on one day leave the last one.

        :param chosen: condition on ``product_id``
        """
        self.flush_model()
        scope = SQL(
            "known.company_id = %s AND %s AND known.date_to IS NULL",
            company.id,
            chosen,
        )
        same = SQL(
            """policy.product_id = known.product_id
               AND policy.location_id = known.location_id
               AND (%s) IS NOT DISTINCT FROM (%s)""",
            _columns("policy", DECIDED),
            _columns("known", DECIDED),
        )
        cr = self.env.cr
        cr.execute(
            SQL(
                """DELETE FROM jxc_policy_history AS known
                    WHERE %s AND known.date_from >= %s
                      AND NOT EXISTS (SELECT FROM jxc_policy AS policy WHERE %s)""",
                scope,
                today,
                same,
            )
        )
        cr.execute(
            SQL(
                """UPDATE jxc_policy_history AS known SET date_to = %s
                    WHERE %s
                      AND NOT EXISTS (SELECT FROM jxc_policy AS policy WHERE %s)""",
                today,
                scope,
                same,
            )
        )
        names = ("company_id", "product_id", "warehouse_id", "location_id")
        names = (*names, *DECIDED, *BESIDE)
        cr.execute(
            SQL(
                """INSERT INTO jxc_policy_history (date_from, %s)
                   SELECT %s, %s
                     FROM jxc_policy AS policy
                    WHERE company_id = %s AND %s
                      AND NOT EXISTS (
                          SELECT FROM jxc_policy_history AS known
                           WHERE known.product_id = policy.product_id
                             AND known.location_id = policy.location_id
                             AND known.date_to IS NULL)""",
                SQL(", ").join(map(SQL.identifier, names)),
                today,
                _columns("policy", names),
                company.id,
                chosen,
            )
        )
        self.invalidate_model()

    @api.autovacuum
    def _gc_history(self):
        """Forget what ended longer ago than the company keeps."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """DELETE FROM jxc_policy_history AS known USING res_company AS company
                    WHERE company.id = known.company_id
                      AND known.date_to < %s - company.jxc_policy_keep_days""",
                fields.Date.today(),
            )
        )
        self.invalidate_model()


def _columns(table: str, names) -> SQL:
    return SQL(", ").join(SQL.identifier(table, name) for name in names)
