from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .jxc_stock_age import STAGES

DECISIONS = [
    ("discount", "Sell at a Discount"),
    ("bundle", "Sell in a Bundle"),
    ("return", "Return to Vendor"),
    ("transfer", "Transfer to Another Warehouse"),
    ("scrap", "Scrap"),
    ("keep", "Keep"),
]
STATES = [
    ("open", "Open"),
    ("proposed", "To Approve"),
    ("decided", "Decided"),
    ("done", "Done"),
    ("cancelled", "Cancelled"),
]
UNFINISHED = ("open", "proposed", "decided")
#: days until somebody should have decided
PATIENCE = 14
#: what people decide, as long as the case is open
DECIDED_FIELDS = frozenset(
    (
        "decision", "reason", "quantity", "pricelist_id", "discount", "discount_until",
        "vendor_id", "target_warehouse_id", "stop_ordering", "product_id",
        "warehouse_id",
    )
)  # fmt: skip
#: what only the buttons change
GUARDED_FIELDS = frozenset(
    (
        "state", "stage", "on_hand", "value", "idle_days", "pricelist_item_id",
        "picking_id", "scrap_id", "stopped_rule_ids", "decided_day", "decided_by_id",
        "closed_day",
    )
)  # fmt: skip


class JxcStockCase(models.Model):
    """Somebody decides what becomes of slow or dead stock, and what it brought.

    Open → (To Approve →) Decided → Done. What a decision does in Odoo stands in
    ``jxc_stock_case_decision.py``.
    """

    _name = "jxc.stock.case"
    _description = "Slow or Dead Stock Case"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_deadline, value desc, id"
    _rec_name = "product_id"
    _check_company_auto = True

    company_id = fields.Many2one(related="warehouse_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    warehouse_id = fields.Many2one(
        "stock.warehouse", required=True, index=True, ondelete="cascade"
    )
    product_id = fields.Many2one(
        "product.product",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
        domain="[('is_storable', '=', True)]",
    )
    uom_id = fields.Many2one(related="product_id.uom_id")
    state = fields.Selection(STATES, default="open", required=True, readonly=True,
                             tracking=True, index=True)  # fmt: skip
    stage = fields.Selection(STAGES, readonly=True, help="When the case was opened.")
    on_hand = fields.Float("Stock at the Start", digits="Product Unit", readonly=True)
    value = fields.Monetary(
        "Value at the Start", readonly=True, help="Stock at the start, at cost."
    )
    idle_days = fields.Integer("Days without Demand", readonly=True)
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        default=lambda self: self.env.user,
        tracking=True,
        index=True,
        check_company=True,
        domain="[('share', '=', False)]",
    )
    date_deadline = fields.Date(
        "Due", default=lambda self: fields.Date.today() + timedelta(days=PATIENCE),
        required=True, tracking=True,
    )  # fmt: skip

    decision = fields.Selection(DECISIONS, tracking=True)
    reason = fields.Text(help="Why this decision; required to keep the goods.")
    quantity = fields.Float(
        digits="Product Unit", help="How much of the stock the decision is about."
    )
    pricelist_id = fields.Many2one("product.pricelist", check_company=True)
    discount = fields.Float(digits=(16, 2), help="In percent of the sales price.")
    discount_until = fields.Date("Discount Ends")
    vendor_id = fields.Many2one("res.partner", check_company=True)
    target_warehouse_id = fields.Many2one(
        "stock.warehouse",
        "To Warehouse",
        domain="[('company_id', '=', company_id), ('id', '!=', warehouse_id)]",
        check_company=True,
    )
    stop_ordering = fields.Boolean(
        help="Archives the article's reordering rules in this warehouse.",
    )
    pricelist_item_id = fields.Many2one(
        "product.pricelist.item", "Price Rule", readonly=True, copy=False,
        ondelete="set null",
    )  # fmt: skip
    picking_id = fields.Many2one(
        "stock.picking", "Transfer", readonly=True, copy=False, ondelete="set null"
    )
    scrap_id = fields.Many2one(
        "stock.scrap", readonly=True, copy=False, ondelete="set null"
    )
    stopped_rule_ids = fields.Many2many(
        "stock.warehouse.orderpoint",
        "jxc_stock_case_rule_rel",
        "case_id",
        "rule_id",
        "Archived Rules",
        readonly=True,
        copy=False,
        context={"active_test": False},
    )
    decided_day = fields.Date("Decided on", readonly=True, copy=False)
    decided_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    closed_day = fields.Date("Closed on", readonly=True, copy=False, index=True)
    left_qty = fields.Float(
        "Gone since the Decision",
        digits="Product Unit",
        compute="_compute_left",
        help="Demand since the decision; for a return, transfer or scrap what that "
        "document moved.",
    )
    left_value = fields.Monetary(
        "Worth",
        compute="_compute_left",
        help="What has gone, at the price of the decision: sales price after the "
        "discount, the vendor's price for a return, cost for a transfer, nothing for "
        "scrap.",
    )
    recovered_value = fields.Monetary(
        "Recovered",
        tracking=True,
        copy=False,
        help="What the decision brought. When the case is closed without an amount, "
        "the worth of what has gone is taken.",
    )

    _one_open = models.UniqueIndex(
        "(product_id, warehouse_id) WHERE state IN ('open', 'proposed', 'decided')",
        "This article has an open case in this warehouse already.",
    )

    @api.constrains("discount", "quantity", "recovered_value")
    def _check_amounts(self):
        for case in self:
            if not 0 <= case.discount <= 100:
                raise ValidationError(
                    self.env._("The discount must be between 0 and 100 %.")
                )
            if case.quantity < 0 or case.recovered_value < 0:
                raise ValidationError(
                    self.env._("Quantity and recovered value must not be negative.")
                )

    @api.depends("product_id", "warehouse_id")
    def _compute_display_name(self):
        for case in self:
            case.display_name = (
                f"{case.product_id.display_name}, {case.warehouse_id.code}"
            )

    # -- taking up ---------------------------------------------------------------

    @api.model
    def _take_up(self, ages):
        """One unfinished case for each of the given stock ages, new where missing."""
        cases = ages.case_id
        new = self.create(
            [
                {
                    "product_id": age.product_id.id,
                    "warehouse_id": age.warehouse_id.id,
                    "user_id": (age.product_id.responsible_id or self.env.user).id,
                }
                for age in ages
                if not age.case_id
            ]
        )
        for case in new:
            case.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=case.date_deadline,
                user_id=case.user_id.id,
                summary=self.env._("Decide what becomes of this stock"),
            )
        return cases | new

    @api.model_create_multi
    def create(self, vals_list):
        """Fill in what is known of the stock when the case is opened."""
        for values in vals_list:
            self._check_guarded(values)
        cases = super().create(vals_list)
        ages = {
            (age.product_id, age.warehouse_id): age
            for age in self.env["jxc.stock.age"].search(
                [
                    ("product_id", "in", cases.product_id.ids),
                    ("warehouse_id", "in", cases.warehouse_id.ids),
                ]
            )
        }
        for case in cases:
            age = ages.get((case.product_id, case.warehouse_id))
            if age:
                case._record(
                    {
                        "stage": age.stage,
                        "on_hand": age.on_hand,
                        "value": age.value,
                        "idle_days": age.idle_days,
                        "quantity": case.quantity or age.excess_qty or age.on_hand,
                    }
                )
        return cases

    def write(self, vals):
        self._check_guarded(vals)
        if (
            not self.env.su
            and DECIDED_FIELDS & set(vals)
            and any(case.state != "open" for case in self)
        ):
            raise UserError(
                self.env._("The decision stands. Take it back before you change it.")
            )
        return super().write(vals)

    def _check_guarded(self, values):
        """Only the buttons move a case on: they check who may."""
        if not self.env.su and GUARDED_FIELDS & set(values):
            raise AccessError(
                self.env._("Use the buttons of the case to change its state.")
            )

    def _record(self, values):
        # sudo: the buttons, which have checked who may, write what people may not
        self.sudo().write(values)

    # -- the way of a case -------------------------------------------------------

    def action_decide(self):
        """Carry the decision out, or ask a planner to approve it first."""
        self.check_access("write")
        for case in self._in_state("open"):
            case._check_decision()
            if case._needs_approval():
                case._record({"state": "proposed"})
            else:
                case._carry_out()

    def action_approve(self):
        """Carry out what somebody else proposed."""
        if not self.env.user.has_group("jxc_optimizer.group_planner"):
            raise AccessError(self.env._("Only planners can approve a decision."))
        self.check_access("write")
        for case in self._in_state("proposed"):
            case._check_decision()
            case._carry_out()

    def action_reopen(self):
        """Take a decision back: what it made and nobody used is removed."""
        self.check_access("write")
        for case in self._in_state("proposed", "decided"):
            case._take_back()
            case._record(
                {"state": "open", "decided_day": False, "decided_by_id": False}
            )

    def action_close(self):
        """Close the case with what the decision brought."""
        self.check_access("write")
        for case in self._in_state("decided"):
            case._record(
                {
                    "state": "done",
                    "closed_day": fields.Date.context_today(case),
                    "recovered_value": case.recovered_value or case.left_value,
                }
            )
            case.activity_unlink(["mail.mail_activity_data_todo"])

    def action_cancel(self):
        """Drop the case, and what its decision made and nobody used."""
        self.check_access("write")
        for case in self._in_state(*UNFINISHED):
            case._take_back()
            case._record({"state": "cancelled"})
            case.activity_unlink(["mail.mail_activity_data_todo"])

    def _in_state(self, *states):
        """``self``, if all are in one of the states."""
        if any(case.state not in states for case in self):
            raise UserError(
                self.env._("Somebody was faster: reload the page and look again.")
            )
        return self

    def _needs_approval(self) -> bool:
        """Whether the one who decides may not do so alone."""
        if self.env.user.has_group("jxc_optimizer.group_planner"):
            return False
        return self.stop_ordering or (
            self.decision != "keep" and self.value > self.company_id.jxc_case_approval
        )

    def _check_decision(self):
        """Say what is still missing."""
        self.ensure_one()
        _ = self.env._
        missing = {
            "discount": not (self.pricelist_id and self.discount)
            and _("Choose a price list and a discount."),
            "return": not self.vendor_id and _("Choose the vendor."),
            "transfer": not self.target_warehouse_id
            and _("Choose the warehouse that takes the goods."),
            "keep": not (self.reason or "").strip()
            and _("Say why the goods are kept."),
        }
        if not self.decision:
            message = _("Choose a decision first.")
        elif missing.get(self.decision):
            message = missing[self.decision]
        elif self.decision != "keep" and self.quantity <= 0:
            message = _("Say how much of the stock the decision is about.")
        else:
            return
        raise UserError(
            _("%(article)s: %(message)s", article=self.display_name, message=message)
        )
