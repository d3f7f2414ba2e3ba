from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

#: figures of a scenario that people read; written when the replay is done
FIGURES = (
    "stock_value", "turns", "fill_lines", "fill_units", "fill_value", "availability",
    "stockout_days", "missed_qty", "orders", "orders_per_week", "holding_cost",
    "order_cost_total", "total_cost",
)  # fmt: skip


class JxcReplayScenario(models.Model):
    """Levels that a replay tries: the company's own, or suggested under conditions."""

    _name = "jxc.replay.scenario"
    _description = "Scenario of a Replay"
    _order = "replay_id, sequence, id"

    replay_id = fields.Many2one(
        "jxc.replay", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="replay_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    sequence = fields.Integer(default=10)
    name = fields.Char("Scenario", translate=False)
    kind = fields.Selection(
        [
            ("own", "Own rules as they were"),
            ("today", "Today's rules"),
            ("method", "Suggestions"),
        ],
        required=True,
        default="method",
        readonly=True,
    )

    target = fields.Float("Service Target", digits=(16, 4), help="0: as it is set.")
    holding_rate = fields.Float(digits=(16, 4), help="0: as it is set.")
    order_cost = fields.Monetary("Cost of an Order Line", help="0: as it is set.")
    review_days = fields.Integer("Review Period", help="Days. 0: as it is set.")
    lead_percent = fields.Float(
        "Lead Times ± %",
        digits=(16, 1),
        help="Longer (above 0) or shorter, in percent.",
    )
    moq_percent = fields.Float(
        "Minimum Orders ± %", digits=(16, 1), help="Larger or smaller, in percent."
    )
    growth_percent = fields.Float(
        "Demand ± %", digits=(16, 1), help="More or less of every sale, in percent."
    )

    settled = fields.Json(readonly=True, copy=False, groups="base.group_system")
    sums = fields.Json(readonly=True, copy=False, groups="base.group_system")
    curve = fields.Json(
        readonly=True, copy=False, help="The same figures at other targets."
    )
    by_warehouse = fields.Json(
        readonly=True, copy=False, help="The same figures of each warehouse."
    )
    method = fields.Selection(
        [
            ("assortment", "One target for the assortment"),
            ("one_factor", "Textbook, one safety factor"),
            ("textbook", "Textbook, one fill rate"),
        ],
        readonly=True,
        copy=False,
        help="How levels were computed, as the weeks before chose it. A warehouse's "
        "articles of one demand pattern get the other method where it needed less.",
    )
    articles = fields.Integer(readonly=True, copy=False)
    stock_value = fields.Monetary(
        "Inventory",
        readonly=True,
        copy=False,
        help="Average value on hand at the end of a day, at today's cost.",
    )
    turns = fields.Float(
        digits=(16, 2),
        readonly=True,
        copy=False,
        help="How often a year the stock is sold, at cost.",
    )
    fill_lines = fields.Float(
        "Lines at Once",
        digits=(16, 4),
        readonly=True,
        copy=False,
        help="Share of order lines delivered in full at once. A line is what an "
        "article sold on a day.",
    )
    fill_units = fields.Float(
        "Units at Once", digits=(16, 4), readonly=True, copy=False
    )
    fill_value = fields.Float(
        "Value at Once", digits=(16, 4), readonly=True, copy=False
    )
    availability = fields.Float(
        "In Stock",
        digits=(16, 4),
        readonly=True,
        copy=False,
        help="Share of days that end with stock.",
    )
    stockout_days = fields.Integer("Days out of Stock", readonly=True, copy=False)
    missed_qty = fields.Float(
        "Units Not at Once",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="Asked for and not delivered at once, in each article's own unit.",
    )
    orders = fields.Integer("Order Lines Placed", readonly=True, copy=False)
    orders_per_week = fields.Float(digits=(16, 1), readonly=True, copy=False)
    holding_cost = fields.Monetary(readonly=True, copy=False)
    order_cost_total = fields.Monetary("Ordering Cost", readonly=True, copy=False)
    total_cost = fields.Monetary(
        readonly=True,
        copy=False,
        help="Holding and ordering in the period, without what shortages cost.",
    )

    @api.depends("name", "kind", "replay_id.is_own")
    @api.depends_context("lang")
    def _compute_display_name(self):
        """What people called it; in the reader's language where nobody did."""
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for scenario in self:
            named = scenario.kind == "method" and not scenario.replay_id.is_own
            scenario.display_name = (named and scenario.name) or kinds[scenario.kind]

    @api.constrains(
        "target", "holding_rate", "order_cost", "review_days", "lead_percent",
        "moq_percent", "growth_percent",
    )  # fmt: skip
    def _check_conditions(self):
        _ = self.env._
        for scenario in self:
            if scenario.target and not 0.5 <= scenario.target <= 0.999:
                raise ValidationError(_("The service target must be 50 to 99.9 %."))
            if not 0 <= scenario.holding_rate <= 2:
                raise ValidationError(_("The holding rate must be 0 to 200 %."))
            if scenario.order_cost < 0:
                raise ValidationError(
                    _("The cost of an order line must not be negative.")
                )
            if not 0 <= scenario.review_days <= 365:
                raise ValidationError(_("The review period must be 0 to 365 days."))
            for value in (
                scenario.lead_percent, scenario.moq_percent, scenario.growth_percent,
            ):  # fmt: skip
                if not -100 <= value <= 400:
                    raise ValidationError(_("Changes in percent must be -100 to 400."))

    @api.model_create_multi
    def create(self, vals_list):
        self._check_conditions_only(vals_list)
        scenarios = super().create(vals_list)
        scenarios._check_draft()
        return scenarios

    def write(self, vals):
        self._check_conditions_only([vals])
        self._check_draft()
        return super().write(vals)

    def _check_draft(self):
        if not self.env.su and any(s.replay_id.state != "draft" for s in self):
            raise UserError(
                self.env._(
                    "A replay that was started stays as it is: duplicate it to change "
                    "something."
                )
            )

    def _check_conditions_only(self, vals_list):
        computed = {n for n, field in self._fields.items() if field.readonly}
        allowed = [{"kind": "method"}]
        for vals in vals_list:
            asked = {n: vals[n] for n in computed & set(vals)}
            if asked and asked not in allowed and not self.env.su:
                raise AccessError(
                    self.env._("The figures of a replay are computed, not entered.")
                )

    def _prepare(self, replay):
        """Name the scenarios, and put the company's own rules beside them."""
        _ = self.env._
        self.filtered(lambda scenario: scenario.kind != "method").unlink()
        asked = self.exists().sorted("sequence")
        asked.write(
            dict.fromkeys(FIGURES, 0)
            | {
                "curve": False,
                "by_warehouse": False,
                "sums": False,
                "settled": False,
                "articles": 0,
            }
        )
        # With other goals than one target, 0 stays: what is set.
        plain = len(replay._areas()) == 1 and replay.company_id.jxc_objective != "cost"
        for number, scenario in enumerate(asked, 1):
            scenario.sequence = 10 + number
            if not scenario.target and plain:
                scenario.target = replay.company_id.jxc_fill_rate
            if not scenario.name:
                scenario.name = (
                    _("Suggestions") if len(asked) == 1 else _("Scenario %s", number)
                )
        self.create(
            [
                {"replay_id": replay.id, "sequence": place, "kind": kind}
                for place, kind in ((1, "own"), (2, "today"))
            ]
        )

    def _conditions(self) -> tuple:
        """What decides levels apart from the target."""
        self.ensure_one()
        return (
            self.holding_rate, self.order_cost, self.review_days, self.lead_percent,
            self.moq_percent, self.growth_percent,
        )  # fmt: skip

    def _settled_method(self) -> str:
        """The method that most articles get at the scenario's own target."""
        dial = self.settled[0]["dials"][f"{self.target:.4f}"]
        if not dial:
            return "textbook"
        return "one_factor" if dial["policy"] == "P1" else "assortment"

    def _sum_up(self, weeks: int) -> None:
        """Ratios of the sums of all parts, of the whole and of each warehouse."""
        for scenario in self:
            sums = scenario.sums or {}
            places = {place for each in sums.values() for place in each}
            chosen, curve = scenario._points(sums, places, weeks)
            parts = {place: scenario._points(sums, {place}, weeks) for place in places}
            values = {
                "curve": curve,
                "by_warehouse": {
                    place: {"chosen": own, "curve": points}
                    for place, (own, points) in parts.items()
                },
                "sums": False,
                "settled": False,
            }
            if chosen:
                values |= {name: chosen[name] for name in (*FIGURES, "articles")}
            scenario.write(values)

    def _points(self, sums: dict, places, weeks: int) -> tuple[dict, list[dict]]:
        """(figures at the scenario's own goal, figures by target) of some places."""
        points = []
        for goal, by_place in sums.items():
            mine = [by_place[place] for place in places if place in by_place]
            if mine:
                total = {name: sum(each[name] for each in mine) for name in mine[0]}
                points.append({"target": float(goal), **_figures(total, weeks)})
        points.sort(key=lambda point: point["target"])
        chosen = next(
            (
                point
                for point in points
                if self.kind != "method" or abs(point["target"] - self.target) < 1e-9
            ),
            False,
        )
        if self.kind == "method":  # 0 is what is set, no target of the curve
            points = [point for point in points if point["target"]]
        return chosen, points


def _figures(sums: dict, weeks: int) -> dict:
    """What people read, from sums over articles."""

    def share(part, whole):
        return sums[part] / sums[whole] if sums[whole] else 0.0

    year = 52.0 / max(weeks, 1)
    return {
        "articles": int(sums["articles"]),
        "stock_value": sums["stock_value"],
        "turns": share("served_value", "stock_value") * year,
        "fill_lines": share("lines_served", "lines"),
        "fill_units": share("served_qty", "demand_qty"),
        "fill_value": share("served_value", "demand_value"),
        "availability": 1.0 - share("stockout_days", "article_days"),
        "stockout_days": int(sums["stockout_days"]),
        "missed_qty": sums["demand_qty"] - sums["served_qty"],
        "orders": int(sums["orders"]),
        "orders_per_week": sums["orders"] / max(weeks, 1),
        "holding_cost": sums["holding_cost"],
        "order_cost_total": sums["order_cost"],
        "total_cost": sums["holding_cost"] + sums["order_cost"],
    }
