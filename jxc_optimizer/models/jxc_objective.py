from __future__ import annotations

import numpy as np

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine import trial
from .jxc_replay import WORKING

#: of a scenario the screen shows
SHOWN = (
    "stock_value", "turns", "fill_lines", "fill_units", "fill_value", "availability",
    "stockout_days", "orders_per_week", "holding_cost", "order_cost_total",
    "total_cost",
)  # fmt: skip
#: objective -> the fill on the screen's curve
FILL = {
    "both": "fill_lines",
    "lines": "fill_lines",
    "units": "fill_units",
    "value": "fill_value",
}


class JxcObjective(models.AbstractModel):
    """What the page of the objective shows: inventory money against service.

    A constant number of statements, whatever the number of articles.
    """

    _name = "jxc.objective"
    _description = "Objective"

    @api.model
    def get_objective(self) -> dict:
        """Everything on the screen, of the current company."""
        replays = self.env["jxc.replay"]
        replays.check_access("read")
        company = self.env.company
        own = [("company_id", "=", company.id), ("is_own", "=", True)]
        done = replays.search([*own, ("state", "=", "done")], limit=1)
        last = replays.search(own, limit=1)
        history = replays._history(company)
        objectives = dict(replays._fields["objective"]._description_selection(self.env))
        objective = done.objective or company.jxc_objective
        return {
            "company": company.name,
            "currency_id": company.currency_id.id,
            "may_decide": self.env.user.has_group("jxc_optimizer.group_planner"),
            "target": company.jxc_fill_rate,
            "objective": objective,
            "objective_name": objectives[objective],
            "is_stale": bool(done) and done.objective != company.jxc_objective,
            "fill": FILL[objective],
            "history": history
            | {"ready_on": fields.Date.to_string(history["ready_on"] or None)},
            "working": self._progress(last) if last.state in WORKING else False,
            "error": last.error if last.state == "failed" else False,
            "replay": self._result(done) if done else False,
        }

    def _progress(self, replay) -> dict:
        states = dict(replay._fields["state"]._description_selection(self.env))
        return {
            "id": replay.id,
            "progress": replay.progress,
            "state": states[replay.state],
        }

    def _result(self, replay) -> dict:
        """The scenarios, the curve, and what may be said of them."""
        scenarios = replay.scenario_ids.sorted("sequence").filtered("articles")
        method = scenarios.filtered(lambda each: each.kind == "method")[:1]
        own = scenarios.filtered(lambda each: each.kind == "own")
        verdicts = dict(
            self.env["jxc.replay.article"]._read_group(
                [("scenario_id", "=", method.id)], ["verdict"], ["__count"]
            )
        )
        return {
            "id": replay.id,
            "weeks": replay._weeks(),
            "articles": replay.articles,
            "basis": (replay.basis or "").split("\n"),
            "method": method.method,
            "target": method.target,
            "curve": method.curve or [],
            "scenarios": [
                {"kind": each.kind, "name": each.name}
                | {name: each[name] for name in SHOWN}
                for each in scenarios
            ],
            "verdicts": {name: count for name, count in verdicts.items() if name},
            "same_service": self._same_service(method.curve or [], own),
        }

    @api.model
    def _same_service(self, curve: list[dict], own):
        """Inventory of the suggestions where both fills are at least the own rules'.

        By order lines and by value at once: only then it is the same service.

        :returns: {stock_value, change}, or False where the curve does not get there
        """
        if not (curve and own and own.stock_value):
            return False
        lines, value = (
            np.array([point[name] for point in curve])
            for name in ("fill_lines", "fill_value")
        )
        stock = np.array([point["stock_value"] for point in curve])
        passed = np.minimum(lines - own.fill_lines, value - own.fill_value)
        if passed[0] >= 0:
            needed = float(stock[0])
        else:
            needed = trial.at_fill(passed, stock, 0.0)
        if np.isnan(needed):
            return False
        return {"stock_value": needed, "change": needed / own.stock_value - 1.0}

    @api.model
    def use_target(self, target: float) -> dict:
        """Make a target the company's, and have suggestions computed for it."""
        if not self.env.user.has_group("jxc_optimizer.group_planner"):
            raise AccessError(self.env._("Only planners can change the target."))
        company = self.env.company
        # sudo: planners decide the service target, not the company's other settings
        company.sudo().jxc_fill_rate = round(float(target), 4)
        return self.env["jxc.replay.scenario"]._announce(
            self.env._(
                "The service target is now %s %%.", round(100 * float(target), 1)
            ),
            company,
        )

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
