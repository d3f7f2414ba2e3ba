"""What a run found, written to the policies that differ from it."""

from __future__ import annotations

from odoo import api, models
from odoo.tools import SQL

from . import jxc_bulk
from .jxc_among import between
from .jxc_link import hold

#: columns a run fills, with their PostgreSQL type in the work table
COLUMNS = {
    "company_id": "int4",
    "product_id": "int4",
    "warehouse_id": "int4",
    "location_id": "int4",
    "vendor_id": "int4",
    "method": "varchar",
    "abc_class": "varchar",
    "xyz_class": "varchar",
    "matrix_class": "varchar",
    "abc_found": "varchar",
    "abc_since": "date",
    "abc_is_chosen": "bool",
    "xyz_found": "varchar",
    "xyz_since": "date",
    "pattern": "varchar",
    "confidence": "varchar",
    "history_weeks": "int4",
    "weeks_until": "date",
    "censored_share": "numeric",
    "season_factor": "numeric",
    "consumption_qty": "numeric",
    "consumption_value": "numeric",
    "consumption_lines": "int4",
    "consumption_margin": "numeric",
    "demand_per_day": "numeric",
    "demand_sd": "numeric",
    "unit_cost": "numeric",
    "order_price": "numeric",
    "lead_days": "numeric",
    "lead_days_sd": "numeric",
    "lead_days_closed": "int4",
    "lead_receipts": "int4",
    "lead_vendor_receipts": "int4",
    "lead_measured": "bool",
    "booked_days": "numeric",
    "eoq": "numeric",
    "order_qty": "numeric",
    "service_factor": "numeric",
    "shortage_chance": "numeric",
    "protection_days": "numeric",
    "review_days": "numeric",
    "protection_demand": "numeric",
    "review_demand": "numeric",
    "safety_stock": "numeric",
    "safety_stock_lead_time": "numeric",
    "uncovered_demand": "numeric",
    "event_demand": "numeric",
    "booked_demand": "numeric",
    "reorder_point": "numeric",
    "order_up_to": "numeric",
    "suggested_min": "numeric",
    "suggested_max": "numeric",
    "can_order": "numeric",
    "vendor_minimum": "numeric",
    "vendor_multiple": "numeric",
    "has_rule": "bool",
    "on_hand": "numeric",
    "cover_days": "numeric",
}
KEY = ("product_id", "location_id")
LINKS = (*KEY, "company_id", "warehouse_id", "vendor_id")


class JxcPolicy(models.Model):
    _inherit = "jxc.policy"

    def _forget_deleted(self):
        """Leave out what was deleted since the run read it, and hold the rest."""
        self.env.cr.execute(
            SQL(
                """DELETE FROM jxc_new_policy AS new
                    WHERE NOT EXISTS (
                          SELECT FROM product_product WHERE id = new.product_id
                             AND id = ANY (ARRAY(
                                 SELECT DISTINCT product_id FROM jxc_new_policy)))
                       OR NOT EXISTS (
                          SELECT FROM stock_location WHERE id = new.location_id)"""
            )
        )
        self.env.cr.execute(
            SQL(
                """UPDATE jxc_new_policy AS new SET vendor_id = NULL
                    WHERE vendor_id IS NOT NULL AND NOT EXISTS (
                          SELECT FROM res_partner WHERE id = new.vendor_id)"""
            )
        )
        hold(self, "jxc_new_policy", LINKS)

    @api.model
    def _write_changes(self, company, run, chosen: SQL, columns) -> int:
        """Make the company's rows of some products equal to ``columns``.

        :param chosen: condition on ``product_id``; rows that meet it and that
            ``columns`` does not name are deleted
        :param columns: name -> values for all of COLUMNS
        :returns: number of rows inserted, changed or deleted
        """
        cr = self.env.cr
        self.flush_model()
        jxc_bulk.load(cr, "jxc_new_policy", COLUMNS, columns, KEY)
        self._forget_deleted()
        # so not all policies are looked at for some of them
        products = columns["product_id"]
        near = between(
            int(min(products, default=0)),
            int(max(products, default=0)),
            column=SQL.identifier("policy", "product_id"),
        )
        self.env["jxc.class.change"]._record(company, run, near)
        values = [name for name in COLUMNS if name not in KEY]
        changed = 0
        cr.execute(
            SQL(
                """UPDATE jxc_policy AS policy
                      SET %s, run_id = %s
                     FROM jxc_new_policy AS new
                    WHERE policy.product_id = new.product_id
                      AND policy.location_id = new.location_id
                      AND %s AND %s""",
                jxc_bulk.assignments(values, "new"),
                run.id or None,
                near,
                jxc_bulk.differs(values, "policy", "new"),
            )
        )
        changed += cr.rowcount
        names = SQL(", ").join(map(SQL.identifier, COLUMNS))
        cr.execute(
            SQL(
                """INSERT INTO jxc_policy (%s, run_id)
                   SELECT %s, %s
                     FROM jxc_new_policy AS new
                    WHERE NOT EXISTS (
                          SELECT 1 FROM jxc_policy AS policy
                           WHERE policy.product_id = new.product_id
                             AND policy.location_id = new.location_id
                             AND %s)""",
                names,
                names,
                run.id or None,
                near,
            )
        )
        inserted = cr.rowcount
        if inserted:
            jxc_bulk.know_size(cr, "jxc_policy", (*KEY, "company_id"))
        changed += inserted
        cr.execute(
            SQL(
                """DELETE FROM jxc_policy AS policy
                    WHERE company_id = %s AND %s
                      AND NOT EXISTS (
                          SELECT 1 FROM jxc_new_policy AS new
                           WHERE policy.product_id = new.product_id
                             AND policy.location_id = new.location_id)""",
                company.id,
                chosen,
            )
        )
        changed += cr.rowcount
        self.invalidate_model()
        return changed
