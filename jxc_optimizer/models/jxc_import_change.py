from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class JxcImportChange(models.Model):
    """What a list of minimum, maximum and orders changes on a reordering rule.

    Empty cells of the file leave a value as it is. The change of minimum and maximum
    goes through the log of applied changes, so it can be reverted there one by one.
    """

    _name = "jxc.import.change"
    _description = "Change by an Imported File"
    _order = "id"
    _log_access = False

    import_id = fields.Many2one("jxc.import", required=True, index=True,
                                ondelete="cascade")  # fmt: skip
    product_id = fields.Many2one("product.product", readonly=True, ondelete="cascade")
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True, ondelete="cascade")
    location_id = fields.Many2one("stock.location", readonly=True, ondelete="cascade")
    orderpoint_id = fields.Many2one(
        "stock.warehouse.orderpoint",
        "Reordering Rule",
        readonly=True,
        ondelete="set null",
        help="Empty where the import creates one.",
    )
    created = fields.Boolean("New Rule", readonly=True)
    old_min = fields.Float("Minimum", digits="Product Unit", readonly=True)
    new_min = fields.Float("New Minimum", digits="Product Unit", readonly=True)
    old_max = fields.Float("Maximum", digits="Product Unit", readonly=True)
    new_max = fields.Float("New Maximum", digits="Product Unit", readonly=True)
    old_order = fields.Float("To Order", digits="Product Unit", readonly=True)
    new_order = fields.Float("Decision", digits="Product Unit", readonly=True)
    orders = fields.Boolean(
        "Decides an Order", readonly=True, help="The file says how much to order."
    )

    @api.model
    def _list(self, record):
        """The changes that the right rows of an import make."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL("DELETE FROM jxc_import_change WHERE import_id = %s", record.id)
        )
        self.env.cr.execute(
            SQL(
                """INSERT INTO jxc_import_change
                          (import_id, product_id, warehouse_id, location_id,
                           orderpoint_id, created, old_min, new_min, old_max, new_max,
                           old_order, new_order, orders)
                   SELECT * FROM (
                   SELECT row.import_id, row.product_id, place.warehouse_id,
                          row.location_id, rule.id, rule.id IS NULL AS created,
                          COALESCE(rule.product_min_qty, 0) AS old_min,
                          COALESCE(row.minimum, rule.product_min_qty, 0)::numeric
                              AS new_min,
                          COALESCE(rule.product_max_qty, 0) AS old_max,
                          greatest(COALESCE(row.maximum, rule.product_max_qty, 0),
                                   COALESCE(row.minimum, rule.product_min_qty, 0)
                                  )::numeric AS new_max,
                          COALESCE(rule.qty_to_order_computed, 0) AS old_order,
                          COALESCE(row.decided, rule.qty_to_order_computed, 0)::numeric
                              AS new_order,
                          row.decided IS NOT NULL AND rule.trigger = 'manual' AS orders
                     FROM jxc_import_row row
                     JOIN stock_location place ON place.id = row.location_id
                     LEFT JOIN stock_warehouse_orderpoint rule
                       ON rule.product_id = row.product_id AND rule.active
                      AND rule.location_id = row.location_id
                    WHERE row.import_id = %s AND row.status = 'ok'
                      AND row.product_id IS NOT NULL
                    ORDER BY row.position) AS change
                    WHERE new_min != old_min OR new_max != old_max
                       OR orders AND new_order != old_order""",
                record.id,
            )
        )
        record.invalidate_recordset(["change_ids"])
        self.invalidate_model()

    def _refuse_changed(self):
        """Nobody's change since the check is written over unseen."""
        for change in self:
            rule = change.orderpoint_id
            if rule and (rule.product_min_qty, rule.product_max_qty) != (
                change.old_min,
                change.old_max,
            ):
                raise UserError(
                    self.env._(
                        "%s was changed since the check. Check the file again.",
                        rule.product_id.display_name,
                    )
                )

    def _apply(self):
        """Write the decisions; rules that are missing are created."""
        rules = self.env["stock.warehouse.orderpoint"]
        missing = self.filtered(lambda change: not change.orderpoint_id)
        made = rules.create(
            [
                {
                    "product_id": change.product_id.id,
                    "warehouse_id": change.warehouse_id.id,
                    "location_id": change.location_id.id,
                    "company_id": change.warehouse_id.company_id.id,
                    "product_min_qty": change.new_min,
                    "product_max_qty": change.new_max,
                }
                for change in missing
            ]
        )
        for change, rule in zip(missing, made, strict=True):
            change.orderpoint_id = rule
        levels = {
            change.orderpoint_id: (change.new_min, change.new_max)
            for change in self - missing
            if (change.new_min, change.new_max) != (change.old_min, change.old_max)
        }
        changed = rules.union(*levels)
        self.env["jxc.change"]._log(changed, levels)
        for rule in changed:
            low, high = levels[rule]
            rule.write({"product_min_qty": low, "product_max_qty": high})
        tomorrow = fields.Date.context_today(self) + timedelta(days=1)
        for change in self.filtered("orders"):
            if change.new_order:
                change.orderpoint_id.qty_to_order = change.new_order
            else:
                # Odoo knows no manual zero: leave the rule out until tomorrow.
                change.orderpoint_id.snoozed_until = tomorrow

    def _take_back(self):
        """Put back what nobody has changed since; created rules are archived."""
        for change in self:
            rule = change.orderpoint_id
            if not rule or (rule.product_min_qty, rule.product_max_qty) != (
                change.new_min,
                change.new_max,
            ):
                continue
            if change.created:
                rule.action_archive()
                continue
            log = self.env["jxc.change"].search(
                [("orderpoint_id", "=", rule.id), ("reverted_at", "=", False)], limit=1
            )
            if (log.new_min, log.new_max) == (change.new_min, change.new_max):
                log.action_revert()
            if change.orders:
                rule.write({"qty_to_order_manual": 0, "snoozed_until": False})
