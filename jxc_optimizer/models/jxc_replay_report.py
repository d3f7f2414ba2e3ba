from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date, formatLang

from .jxc_export import Column

#: column of the table for Excel -> its kind
EXPORTED = {
    "stock_value": "money",
    "turns": "number",
    "fill_lines": "percent",
    "fill_units": "percent",
    "fill_value": "percent",
    "availability": "percent",
    "stockout_days": "number",
    "missed_qty": "number",
    "orders": "number",
    "orders_per_week": "number",
    "holding_cost": "money",
    "order_cost_total": "money",
    "total_cost": "money",
}
CONDITIONS = {
    "target": "percent",
    "holding_rate": "percent",
    "order_cost": "money",
    "review_days": "number",
    "lead_percent": "number",
    "moq_percent": "number",
    "growth_percent": "number",
}


class JxcReplay(models.Model):
    """What a replay tells: its basis, its articles, its table for Excel."""

    _inherit = "jxc.replay"

    condition_ids = fields.One2many(
        "jxc.replay.scenario",
        "replay_id",
        "Conditions",
        domain=[("kind", "=", "method")],
        copy=True,
        default=lambda self: [fields.Command.create({"name": self.env._("As it is")})],
    )
    basis = fields.Text(compute="_compute_basis")

    @api.depends("state", "left_out", "lost_sales")
    @api.depends_context("lang")
    def _compute_basis(self):
        _ = self.env._
        objectives = dict(self._fields["objective"]._description_selection(self.env))
        for replay in self:
            if replay.state != "done":
                replay.basis = False
                continue
            left_out = replay.left_out or {}
            lines = [
                _(
                    "Replayed day by day from %(first)s to %(last)s (%(weeks)s weeks), "
                    "with the demand, the stock and the open orders that were there, "
                    "at today's cost.",
                    first=format_date(self.env, replay.first_day),
                    last=format_date(self.env, replay.last_day),
                    weeks=replay._weeks(),
                ),
                _("Demand that is not served at once is lost.")
                if replay.lost_sales
                else _("Demand that is not served at once waits for the next receipt."),
                _(
                    "Suggestions are computed every 4 weeks, from the weeks before, "
                    "never from later ones. Their service target counts: %s.",
                    objectives.get(replay.objective, ""),
                ),
                *replay._own_goal_lines(objectives),
                _("An order line is what an article sold on a day."),
            ]
            if left_out.get("no_rule"):
                lines.append(
                    _("Left out, without reordering rule: %s.", left_out["no_rule"])
                )
            if left_out.get("young"):
                lines.append(
                    _(
                        "Left out, less than 4 weeks of history on the first day: %s.",
                        left_out["young"],
                    )
                )
            replay.basis = "\n".join(lines)

    def _own_goal_lines(self, objectives: dict) -> list[str]:
        """What warehouses with a goal of their own aimed at."""
        _ = self.env._
        lines = []
        for ids, objective, rate, price in self.goals or []:
            # sudo: the basis names all warehouses of the company
            found = self.env["stock.warehouse"].sudo().with_context(active_test=False)
            names = found.search([("id", "in", ids or [])]).mapped("name")
            if objective == "cost":
                aim = formatLang(self.env, price, currency_obj=self.currency_id)
            else:
                aim = f"{formatLang(self.env, 100 * rate, digits=1)} %"
            if names:
                lines.append(
                    _(
                        "%(warehouses)s: %(objective)s, %(aim)s.",
                        warehouses=", ".join(names),
                        objective=objectives[objective],
                        aim=aim,
                    )
                )
        return lines

    def _articles_title(self) -> str:
        """Period and treatment of shortages, above the figures of articles."""
        _ = self.env._
        values = {
            "first": format_date(self.env, self.first_day),
            "last": format_date(self.env, self.last_day),
        }
        if self.lost_sales:
            return _("Replayed from %(first)s to %(last)s, shortages lost", **values)
        return _("Replayed from %(first)s to %(last)s, shortages wait", **values)

    def action_open_articles(self, verdict: str | None = None):
        """The replayed articles of this replay."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "jxc_optimizer.action_jxc_replay_article"
        )
        context = {"search_default_suggested": 1}
        if verdict == "worse":
            context["search_default_worse"] = 1
        if len(self.condition_ids) > 1:
            context["search_default_by_scenario"] = 1
        title = self._articles_title()
        return action | {
            "name": title,
            "display_name": title,
            "domain": [("replay_id", "=", self.id)],
            "context": context,
        }

    def action_export(self):
        """The scenarios beside each other, for Excel."""
        self.ensure_one()
        self.check_access("read")
        scenarios = self.scenario_ids.sorted("sequence")
        export = self.env["jxc.export"]
        columns = [
            Column(
                scenarios._fields["name"]._description_string(self.env),
                "",
                scenarios.mapped("display_name"),
            ),
            export._field_column(scenarios, "method"),
        ]
        for names in (CONDITIONS, EXPORTED):
            columns += [
                export._field_column(scenarios, name, kind)
                for name, kind in names.items()
            ]
        # a condition of 0 is none
        asked = range(2, 2 + len(CONDITIONS))
        columns = [
            Column(
                each.name,
                each.help,
                [value or None for value in each.values]
                if number in asked
                else each.values,
                each.kind,
            )
            for number, each in enumerate(columns)
        ]
        data = export._workbook(self.name, columns, self.basis or "")
        return export._download(self.name, data)


class JxcReplayScenario(models.Model):
    """Conditions that become settings."""

    _inherit = "jxc.replay.scenario"

    def action_apply(self):
        """Write the conditions into the settings of what was replayed.

        The target and what holds for the whole company go to its settings; of a
        warehouse the target becomes its own. Of a part of the assortment holding rate
        and order cost go to the articles. Lead times, minimum orders and demand are
        assumptions about others, not settings.
        """
        self.ensure_one()
        if not self.env.user.has_group("jxc_optimizer.group_planner"):
            raise AccessError(self.env._("Only planners can change the settings."))
        self.check_access("read")
        replay = self.replay_id
        if replay.state != "done" or self.kind != "method":
            raise UserError(self.env._("Only a finished scenario can be applied."))
        part = replay.categ_id or replay.vendor_id or replay.abc_class
        if part:
            written = self._apply_articles()
        elif replay.warehouse_id:
            written = self._apply_warehouse() + self._apply_articles()
        else:
            written = self._apply_company()
        if not written:
            raise UserError(
                self.env._(
                    "This scenario changes nothing that is a setting: lead times, "
                    "minimum orders and demand are assumptions, the target holds for "
                    "a whole warehouse or company, and the review period for the "
                    "company."
                )
            )
        message = self.env._("Settings changed: %s.", ", ".join(written))
        return self._announce(message, self.company_id)

    def _labels(self, names) -> list[str]:
        return [self._fields[name]._description_string(self.env) for name in names]

    def _apply_company(self) -> list[str]:
        # With a cost per missed unit service is not aimed at.
        goal = self.company_id._jxc_goal()
        target = 0.0 if goal.objective == "cost" else self.target
        values = {
            "jxc_fill_rate": target,
            "jxc_holding_rate": self.holding_rate,
            "jxc_order_cost": self.order_cost,
            "jxc_review_days": self.review_days,
        }
        values = {name: value for name, value in values.items() if value}
        # sudo: planners decide settings of the optimisation, not of the company
        self.company_id.sudo().write(values)
        names = ["holding_rate", "order_cost", "review_days"]
        asked = ["target"] * bool(target) + [name for name in names if self[name]]
        return self._labels(asked)

    def _apply_warehouse(self) -> list[str]:
        warehouse = self.replay_id.warehouse_id
        if not self.target or warehouse._jxc_goal().objective == "cost":
            return []
        # sudo: planners decide the goals, not the other settings of a warehouse
        warehouse.sudo().jxc_fill_rate = self.target
        return self._labels(["target"])

    def _apply_articles(self) -> list[str]:
        names = [name for name in ("holding_rate", "order_cost") if self[name]]
        if not names:
            return []
        replay, articles = self.replay_id, self.env["jxc.article"]
        values = {name: self[name] for name in names}
        products = (
            self.env["jxc.replay.article"]
            .search([("scenario_id", "=", self.id)])
            .product_id
        )
        known = articles.search(
            [
                ("company_id", "=", self.company_id.id),
                ("product_id", "in", products.ids),
                ("warehouse_id", "=", replay.warehouse_id.id),
            ]
        )
        known.write(values)
        articles.create(
            [
                {
                    "company_id": self.company_id.id,
                    "product_id": product.id,
                    "warehouse_id": replay.warehouse_id.id,
                    "note": replay.name,
                    **values,
                }
                for product in products - known.product_id
            ]
        )
        return self._labels(names)

    @api.model
    def _announce(self, message: str, company) -> dict:
        """Have suggestions computed anew, and say so."""
        # sudo: planners start runs but do not write the log
        self.env["jxc.run"].sudo()._start(company, self.env.user)
        self.env.ref("jxc_optimizer.ir_cron_recompute").sudo()._trigger()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%s The suggestions are being computed anew.", message
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
