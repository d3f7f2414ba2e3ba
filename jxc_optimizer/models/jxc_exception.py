"""Which articles need somebody today, kept so that screens need not find it out."""

from __future__ import annotations

from functools import partial

from odoo import api, fields, models
from odoo.tools import SQL

from . import jxc_bulk
from .jxc_among import Chosen, among, every
from .jxc_link import Link, hold
from .jxc_policy_exception import EXCEPTIONS

VALUES = (
    "company_id", "product_id", "warehouse_id", "categ_id", "vendor_id", "buyer_id",
    "exception", "value", "on_hand", "coming",
)  # fmt: skip


class JxcRun(models.Model):
    _inherit = "jxc.run"

    exceptions_at = fields.Datetime(
        "Exceptions Found at",
        readonly=True,
        help="When the exceptions were last compared with the stock, by these levels.",
    )

    @api.model
    def _last_done(self, company):
        """The run that levels and classes are of."""
        # sudo: buyers see when the figures are from, not the log of the runs
        return self.sudo().search_fetch(
            [("company_id", "=", company.id), ("state", "=", "done")],
            ["date", "exceptions_at"],
            limit=1,
        )


class JxcException(models.Model):
    """An article that needs somebody today: a row per policy, while there is something.

    Each run finds all anew, each part of it those of its products, and the scheduled
    action those of products that moved, with their reordering rules
    (``jxc.replenish.mark``). Neither works while the other does. Screens read the rows
    and add up nothing from stock or moves.
    """

    _name = "jxc.exception"
    _description = "Exception of Today"
    _order = "value desc, id"
    _rec_name = "product_id"
    _log_access = False

    company_id = Link("res.company", required=True, readonly=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    policy_id = fields.Many2one(
        "jxc.policy", required=True, readonly=True, ondelete="cascade"
    )
    product_id = Link(
        "product.product", required=True, readonly=True, index=True, ondelete="cascade"
    )
    warehouse_id = Link("stock.warehouse", readonly=True, ondelete="cascade")
    categ_id = Link("product.category", "Category", readonly=True, ondelete="cascade")
    vendor_id = Link("res.partner", readonly=True, ondelete="set null")
    buyer_id = Link(
        "res.users",
        readonly=True,
        ondelete="set null",
        help="Responsible for the product.",
    )
    exception = fields.Selection(EXCEPTIONS, required=True, readonly=True)
    value = fields.Monetary(
        readonly=True,
        help="At cost. Out of stock: a week's demand. Soon: the demand that is not "
        "covered. Surplus and excess: what is above the order-up-to level. Unknown: "
        "what is on hand.",
    )
    on_hand = fields.Float(digits="Product Unit", readonly=True)
    coming = fields.Float(
        "On the Way", digits="Product Unit", readonly=True, help="Open receipts."
    )
    uom_id = fields.Many2one(related="product_id.uom_id")
    matrix_class = fields.Char(related="policy_id.matrix_class")
    demand_per_day = fields.Float(related="policy_id.demand_per_day")
    lead_days = fields.Float(related="policy_id.lead_days")
    order_up_to = fields.Float(related="policy_id.order_up_to")

    _policy = models.UniqueIndex("(policy_id)")
    _largest = models.Index("(company_id, exception, value DESC, id)")

    @api.model
    def _refresh(self, company, chosen: Chosen = every) -> int:
        """Make the company's rows what is true now.

        :param chosen: only those of some products
        :returns: number of rows written or deleted
        """
        cr = self.env.cr
        found = self.env["jxc.policy"]._exceptions(company, chosen)
        cr.execute(SQL("DROP TABLE IF EXISTS jxc_new_exception"))
        cr.execute(
            SQL(
                """CREATE TEMP TABLE jxc_new_exception ON COMMIT DROP AS
                   SELECT policy.id AS policy_id, policy.company_id, policy.product_id,
                          policy.warehouse_id, template.categ_id, policy.vendor_id,
                          buyer.id AS buyer_id, found.exception::varchar,
                          round(found.value::numeric, 2) AS value,
                          round(found.on_hand::numeric, 4) AS on_hand,
                          round(found.coming::numeric, 4) AS coming
                     FROM (%s) AS found
                    CROSS JOIN LATERAL (
                          SELECT * FROM jxc_policy WHERE id = found.id OFFSET 0
                          ) AS policy
                    -- one by one: no table is read whole for some of its rows
                    CROSS JOIN LATERAL (
                          SELECT categ_id, responsible_id
                            FROM product_product product
                            JOIN product_template template
                              ON template.id = product.product_tmpl_id
                           WHERE product.id = policy.product_id OFFSET 0) AS template
                LEFT JOIN res_users buyer
                       ON buyer.id = (template.responsible_id->>%s)::int""",
                found,
                str(company.id),
            )
        )
        cr.execute(SQL("ANALYZE jxc_new_exception (policy_id, product_id)"))
        hold(self, "jxc_new_exception", ("categ_id", "vendor_id", "buyer_id"))
        cr.execute(
            SQL(
                """DELETE FROM jxc_exception known
                    WHERE company_id = %s AND %s AND NOT EXISTS (
                          SELECT FROM jxc_new_exception new
                           WHERE new.policy_id = known.policy_id)""",
                company.id,
                chosen(SQL("known.product_id")),
            )
        )
        changed = cr.rowcount
        cr.execute(
            SQL(
                """UPDATE jxc_exception known SET %s FROM jxc_new_exception new
                    WHERE known.policy_id = new.policy_id AND %s""",
                jxc_bulk.assignments(VALUES, "new"),
                jxc_bulk.differs(VALUES, "known", "new"),
            )
        )
        changed += cr.rowcount
        names = SQL(", ").join(map(SQL.identifier, ("policy_id", *VALUES)))
        cr.execute(
            SQL(
                """INSERT INTO jxc_exception (%s) SELECT %s FROM jxc_new_exception
                       ON CONFLICT (policy_id) DO NOTHING""",
                names,
                names,
            )
        )
        changed += cr.rowcount
        if changed:
            keys = ("policy_id", "product_id", "company_id")
            jxc_bulk.know_size(cr, "jxc_exception", keys)
        self.invalidate_model()
        self.env["jxc.policy"].invalidate_model(["exception"])
        return changed

    @api.model
    def _refresh_products(self, products: list[int]) -> None:
        """Follow what happened to products, in every company that has policies."""
        policies = self.env["jxc.policy"]._read_group(
            [("product_id", "in", products)], ["company_id"]
        )
        for [company] in policies:
            self._refresh(company, partial(among, sorted(products)))
            self.env["jxc.run"]._last_done(company).write(
                {"exceptions_at": fields.Datetime.now()}
            )

    @api.model
    def _as_of(self, company):
        """The moment that the rows are of: now, unless a product is to be looked at."""
        day = self.env["jxc.demand.day"]._today(company)
        run = self.env["jxc.run"]._last_done(company)
        # sudo: nobody but the scheduled action sees the marks themselves
        waiting = self.env["jxc.replenish.mark"].sudo().search_count([], limit=1)
        if run.date == day and not waiting:
            return fields.Datetime.now()
        return run.exceptions_at

    def action_open_policy(self):
        """The levels of the article, and what they are the sum of."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "jxc.policy",
            "res_id": self.policy_id.id,
            "views": [(False, "form")],
        }

    def action_open_policies(self):
        """The policies of the selection, to create rules or export figures."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "jxc_optimizer.action_jxc_policy"
        )
        return action | {
            "domain": [("id", "in", self.policy_id.ids)],
            "context": {},
            # its address would open it without the filter
            "path": False,
        }

    def action_open_rules(self):
        """The reordering rules of the selection, to order by."""
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reordering Rules"),
            "res_model": "stock.warehouse.orderpoint",
            "views": [
                (
                    self.env.ref("stock.view_warehouse_orderpoint_tree_editable").id,
                    "list",
                ),
                (False, "form"),
            ],
            "domain": [
                ("product_id", "in", self.product_id.ids),
                ("warehouse_id", "in", self.warehouse_id.ids),
            ],
        }
