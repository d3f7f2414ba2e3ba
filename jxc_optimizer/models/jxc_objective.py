from __future__ import annotations

import numpy as np

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import formatLang

from ..engine import trial
from .jxc_replay import WORKING
from .jxc_replay_scenario import FIGURES

#: of a scenario the screen shows
SHOWN = (
    "stock_value", "turns", "fill_lines", "fill_units", "fill_value", "availability",
    "stockout_days", "orders_per_week", "holding_cost", "order_cost_total",
    "total_cost", "missed_qty",
)  # fmt: skip
#: objective -> the fill on the screen's curve
FILL = {
    "both": "fill_lines",
    "lines": "fill_lines",
    "units": "fill_units",
    "value": "fill_value",
    "cost": "fill_units",
}


class JxcObjective(models.AbstractModel):
    """What the page of the objective shows: inventory money against service.

    A constant number of statements, whatever the number of articles.
    """

    _name = "jxc.objective"
    _description = "Objective"

    @api.model
    def get_objective(self, warehouse_id: int | bool = False) -> dict:
        """Everything on the screen, of the current company or one of its warehouses."""
        replays = self.env["jxc.replay"]
        replays.check_access("read")
        company = self.env.company
        warehouse = self._warehouse(warehouse_id)
        own = [("company_id", "=", company.id), ("is_own", "=", True)]
        done = replays.search([*own, ("state", "=", "done")], limit=1)
        last = replays.search(own, limit=1)
        history = replays._history(company)
        goal = (warehouse or company)._jxc_goal()
        found = self._result(done, warehouse) if done else False
        own_goals = company._jxc_own_goals()
        return {
            "company": company.name,
            "currency_id": company.currency_id.id,
            "may_decide": self.env.user.has_group("jxc_optimizer.group_planner"),
            "warehouse_id": warehouse.id,
            "warehouses": [
                {"id": each.id, "name": each.name, "is_own": each.id in own_goals}
                for each in self._warehouses()
            ],
            "has_own_goals": bool(own_goals),
            "is_own_goal": warehouse.id in own_goals,
            "target": goal.fill_rate,
            "price": goal.price,
            "is_cost": goal.objective == "cost",
            "objective": goal.objective,
            "objective_name": self._objective_name(goal),
            "is_stale": bool(done) and self._is_stale(done),
            "fill": FILL[goal.objective],
            "history": history
            | {"ready_on": fields.Date.to_string(history["ready_on"] or None)},
            "working": self._progress(last) if last.state in WORKING else False,
            "error": last.error if last.state == "failed" else False,
            "replay": found,
        }

    def _warehouses(self):
        """The company's, where there are several."""
        found = self.env["stock.warehouse"].search(
            [("company_id", "=", self.env.company.id)]
        )
        return found if len(found) > 1 else found.browse()

    def _warehouse(self, warehouse_id):
        """One of the company's warehouses, or none."""
        return self._warehouses().filtered(lambda each: each.id == warehouse_id)

    def _objective_name(self, goal) -> str:
        names = dict(
            self.env["res.company"]
            ._fields["jxc_objective"]
            ._description_selection(self.env)
        )
        return names[goal.objective]

    def _is_stale(self, replay) -> bool:
        """Whether service counts in another way than when it was replayed."""
        if not replay.goals:  # made before warehouses had goals
            return replay.objective != self.env.company.jxc_objective
        return _asked(replay.goals) != _asked(
            [[ids, *goal] for goal, ids in replay._areas().items()]
        )

    def _progress(self, replay) -> dict:
        states = dict(replay._fields["state"]._description_selection(self.env))
        return {
            "id": replay.id,
            "progress": replay.progress,
            "state": states[replay.state],
        }

    def _result(self, replay, warehouse) -> dict:
        """The scenarios, the curve, and what may be said of them."""
        scenarios = replay.scenario_ids.sorted("sequence").filtered("articles")
        figures = {each: self._figures(each, warehouse) for each in scenarios}
        scenarios = scenarios.filtered(lambda each: figures[each]["chosen"])
        method = scenarios.filtered(lambda each: each.kind == "method")[:1]
        own = scenarios.filtered(lambda each: each.kind == "own")
        curve = figures[method]["curve"] if method else []
        domain = [("scenario_id", "=", method.id)]
        if warehouse:
            domain.append(("warehouse_id", "=", warehouse.id))
        verdicts = dict(
            self.env["jxc.replay.article"]._read_group(domain, ["verdict"], ["__count"])
        )
        return {
            "id": replay.id,
            "weeks": replay._weeks(),
            "articles": figures[method]["chosen"]["articles"] if method else 0,
            "basis": (replay.basis or "").split("\n"),
            "lost_sales": replay.lost_sales,
            "method": method.method,
            "target": method.target,
            "curve": curve,
            "scenarios": [
                {"kind": each.kind, "name": each.display_name}
                | {name: figures[each]["chosen"][name] for name in SHOWN}
                for each in scenarios
            ],
            "verdicts": {name: count for name, count in verdicts.items() if name},
            "same_service": self._same_service(
                curve, figures[own]["chosen"] if own else False
            ),
        }

    def _figures(self, scenario, warehouse) -> dict:
        """{chosen, curve} of a scenario, or of its part in a warehouse."""
        if warehouse:
            none = {"chosen": False, "curve": []}
            return (scenario.by_warehouse or {}).get(str(warehouse.id), none)
        chosen = {name: scenario[name] for name in (*FIGURES, "articles")}
        return {"chosen": chosen, "curve": scenario.curve or []}

    @api.model
    def _same_service(self, curve: list[dict], own: dict | bool):
        """Inventory of the suggestions where both fills are at least the own rules'.

        By order lines and by value at once: only then it is the same service.

        :returns: {stock_value, change}, or False where the curve does not get there
        """
        if not (curve and own and own["stock_value"]):
            return False
        lines, value = (
            np.array([point[name] for point in curve])
            for name in ("fill_lines", "fill_value")
        )
        stock = np.array([point["stock_value"] for point in curve])
        passed = np.minimum(lines - own["fill_lines"], value - own["fill_value"])
        if passed[0] >= 0:
            needed = float(stock[0])
        else:
            needed = trial.at_fill(passed, stock, 0.0)
        if np.isnan(needed):
            return False
        return {"stock_value": needed, "change": needed / own["stock_value"] - 1.0}

    @api.model
    def use_target(self, target: float, warehouse_id: int | bool = False) -> dict:
        """Make a target the company's or a warehouse's, and compute suggestions for it.

        Where a missed unit has a cost, that cost is what is set.
        """
        if not self.env.user.has_group("jxc_optimizer.group_planner"):
            raise AccessError(self.env._("Only planners can change the target."))
        company, warehouse = self.env.company, self._warehouse(warehouse_id)
        # sudo: planners decide the goals, not the other settings of company and
        # warehouse
        place = (warehouse or company).sudo()
        where = warehouse.name or company.name
        if place._jxc_goal().objective == "cost":
            place.jxc_missed_cost = company.currency_id.round(float(target))
            message = self.env._(
                "%(where)s: a missed unit now costs %(price)s.",
                where=where,
                price=formatLang(
                    self.env, place.jxc_missed_cost, currency_obj=company.currency_id
                ),
            )
        else:
            place.jxc_fill_rate = round(float(target), 4)
            message = self.env._(
                "%(where)s: the service target is now %(rate)s %%.",
                where=where,
                rate=round(100 * float(target), 1),
            )
        return self.env["jxc.replay.scenario"]._announce(message, company)

    @api.model
    def use_company_goal(self, warehouse_id: int) -> dict:
        """Have a warehouse follow the company again."""
        if not self.env.user.has_group("jxc_optimizer.group_planner"):
            raise AccessError(self.env._("Only planners can change the target."))
        warehouse = self._warehouse(warehouse_id)
        # sudo: planners decide the goals, not the other settings of a warehouse
        warehouse.sudo().write(
            {"jxc_objective": False, "jxc_fill_rate": 0, "jxc_missed_cost": 0}
        )
        message = self.env._("%s: as the company's.", warehouse.name)
        return self.env["jxc.replay.scenario"]._announce(message, self.env.company)

    @api.model
    def start_replay(self) -> bool:
        """Have the company's own past replayed now, in the background."""
        replays = self.env["jxc.replay"]
        replays._check_planner()
        company = self.env.company
        history = replays._history(company)
        if not history["replayed"]:
            raise UserError(replays._too_short(history))
        running = replays.search(
            [
                ("company_id", "=", company.id),
                ("is_own", "=", True),
                ("state", "in", WORKING),
            ]
        )
        if not running:
            # sudo: planners start replays but do not write their figures
            replays.sudo()._start_own(company, self.env.user)
        return True


def _asked(goals) -> list:
    """What the page depends on: objectives and prices; targets where they differ."""
    several = len(goals or []) > 1
    return [
        [ids, objective, rate if several else None, price]
        for ids, objective, rate, price in goals or []
    ]
