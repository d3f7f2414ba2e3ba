from __future__ import annotations

import numpy as np

from odoo import models

from ..engine import apart, classify, plan, rerun, textbook, trial
from . import jxc_replay_read as past
from .jxc_planner import MIN_WEEKS_XYZ, WEEK, Stopwatch
from .jxc_replay_settle import EPOCH_WEEKS, area_masks


class JxcReplay(models.Model):
    """Reading and replaying: arrays in, figures out."""

    _inherit = "jxc.replay"

    # -- read ------------------------------------------------------------------------

    def _read_part(self, shard):
        """Keep what is replayed of a range of products, and what is known of it."""
        company, first_day = self.company_id, self.first_day
        first, last = shard.first_product_id, shard.last_product_id
        planner = self.env["jxc.planner"]
        today = self.env["jxc.demand.day"]._today(company)
        payload = planner._read(company, first, last, today, Stopwatch(self.env.cr))
        pair = payload["location_id"], payload["product_id"]
        rows = self.env["jxc.demand.day"]._read_days(
            company, first, last, first_day, self.last_day
        )
        weeks = self._weeks()
        # NaN where nothing was in stock all week
        before = np.maximum(np.nan_to_num(payload["demand"][:, :-weeks]), 0.0)
        known = payload["demand"].shape[1] - payload["start"] - weeks
        payload |= {
            "weeks": np.maximum(known, 0),
            # a line of the weeks before is what was sold in a week
            "consumption_qty": before.sum(axis=1, dtype=float),
            "consumption_lines": (before > 0).sum(axis=1),
            "pattern": self._pattern(payload, weeks),
        }
        rule = past.rules(company, *pair)
        low, high = past.levels_as_they_were(
            company, rule["rule_id"], rule["minimum"], rule["maximum"], first_day, weeks
        )
        opening = payload["supply_on_hand"] - past.stock_change(
            company, *pair, first_day
        )
        shard._store(
            {
                **payload,
                "daily": past.daily(rows, *pair, first_day, weeks * WEEK).astype(
                    np.float32
                ),
                "opening": np.maximum(opening, 0.0),
                "arriving": past.arrivals(company, *pair, first_day),
                "own_low": low,
                "own_high": high,
                **rule,
            }
        )

    def _pattern(self, payload, weeks: int) -> np.ndarray:
        """The demand pattern [n] as it was known on the first day."""
        window = max(self.company_id.jxc_history_days // WEEK, 1)
        demand = np.asarray(payload["demand"][:, :-weeks], dtype=float)[:, -window:]
        first = payload["demand"].shape[1] - weeks - demand.shape[1]
        start = np.maximum(payload["start"] - first, 0)
        return classify.demand_pattern(demand, start)[2]

    # -- conditions -------------------------------------------------------------------

    def _adjusted(self, payload: dict, scenario) -> dict:
        """The payload under the conditions of a scenario."""
        changed = dict(payload)
        count = len(payload["supply_moq"])
        for name, value in (
            ("supply_holding_rate", scenario.holding_rate),
            ("supply_order_cost", scenario.order_cost),
            ("supply_review_days", scenario.review_days),
        ):
            if value:
                changed[name] = np.full(count, float(value))
        for name, percent in (
            ("lead_days", scenario.lead_percent),
            ("lead_days_sd", scenario.lead_percent),
            ("real_lead_days", scenario.lead_percent),
            ("real_lead_days_sd", scenario.lead_percent),
            ("supply_moq", scenario.moq_percent),
            ("demand", scenario.growth_percent),
            ("daily", scenario.growth_percent),
        ):
            if percent and name in changed:
                changed[name] = changed[name] * (1.0 + percent / 100.0)
        return changed

    # -- replay ----------------------------------------------------------------------

    def _replay_part(self, shard):
        """Replay a range of products with every scenario, and keep the figures."""
        payload = {**shard._load(), **shard._load_bulky()}
        keep = payload.pop("keep")
        if not keep.any():
            return
        payload = {name: values[keep] for name, values in payload.items()}
        base = None
        if payload["rule_id"].any():
            for kind in ("own", "today"):
                scenario = self.scenario_ids.filtered(
                    lambda each, k=kind: each.kind == k
                )
                found = self._played_rules(payload, kind)
                base = found if base is None else base
                scenario._keep(payload, {scenario.target: found}, base)
        asked = self.scenario_ids.filtered(lambda each: each.kind == "method")
        for scenarios in asked.grouped(lambda each: each._conditions()).values():
            changed = self._adjusted(payload, scenarios[0])
            goals = sorted({goal for each in scenarios for goal in each._goals()})
            levels = self._levels(changed, scenarios, goals)
            figures = self._play(changed, *levels, EPOCH_WEEKS, strict=False)
            for scenario in scenarios:
                own = {
                    goal: {name: values[place] for name, values in figures.items()}
                    for place, goal in enumerate(goals)
                    if goal in scenario._goals()
                }
                scenario._keep(changed, own, base)

    def _played_rules(self, payload, kind: str) -> dict:
        """Figures [n] of minimum and maximum as Odoo counts with them."""
        weeks = self._weeks()
        if kind == "own":
            low, high = payload["own_low"].T, payload["own_high"].T
        else:
            low = np.tile(payload["minimum"], (weeks, 1))
            high = np.tile(payload["maximum"], (weeks, 1))
        # Odoo takes booked deliveries off the forecast first: what is usually booked
        # belongs to the level that the stock on hand and on order is compared with.
        means = np.stack(
            [
                self._at(payload, end)["mean"]
                for end in self._ends(payload["demand"].shape[1])
            ]
        )
        booked = means[np.arange(weeks) // EPOCH_WEEKS] * payload["booked_days"]
        figures = self._play(
            payload, (low + booked)[None], (high + booked)[None], 1, True
        )
        return {name: values[0] for name, values in figures.items()}

    def _play(self, payload, low, high, step: int, strict: bool) -> dict:
        """Figures [k, n] of levels [k, e, n] that hold for ``step`` weeks each."""
        articles = self.env["jxc.planner"]._articles(self.company_id, payload)
        demand = np.maximum(payload["daily"], 0.0)
        leads = trial.Case(
            demand=demand,
            unit_cost=articles.unit_cost,
            order_cost=articles.order_cost,
            holding_rate=articles.holding_rate,
            lead_time=payload["real_lead_days"],
            lead_time_sd=payload["real_lead_days_sd"],
            period="day",
        ).leads
        stretch = rerun.Stretch(
            demand=demand,
            leads=leads,
            opening=payload["opening"],
            arriving=payload["arriving"],
            review=np.maximum(1, np.round(payload["supply_review_days"])).astype(int),
            moq=articles.moq,
            multiple=articles.multiple,
            lost_sales=self.lost_sales,
        )
        epochs = np.arange(low.shape[1]) * step * WEEK
        outcome = stretch.play(low, high, epochs, strict)
        return rerun.figures(
            outcome, articles.unit_cost, articles.order_cost, articles.holding_rate
        )

    def _levels(self, payload, scenarios, goals):
        """(s, S) [k, e, n] that would have been suggested for each target."""
        ends = self._ends(payload["demand"].shape[1])
        low = np.zeros((len(goals), len(ends), len(payload["product_id"])))
        high = np.zeros_like(low)
        areas = [dict(area) for area in scenarios[0].settled]
        for each in scenarios[1:]:
            for area, other in zip(areas, each.settled, strict=True):
                area["dials"] = area["dials"] | other["dials"]
        masks = area_masks(
            {number: area["warehouses"] for number, area in enumerate(areas)},
            payload["warehouse_id"],
        )
        for area, mine in zip(areas, masks, strict=True):
            rows = np.flatnonzero(mine)
            if len(rows):
                part = {name: values[rows] for name, values in payload.items()}
                low[..., rows], high[..., rows] = self._method_levels(
                    part, area, goals, ends
                )
        unit = payload["whole_units"].astype(float)
        return rerun.raised(low, high, payload["supply_least_stock"], unit)

    def _method_levels(self, payload, area: dict, goals, ends):
        """(s, S) [k, e, n] of articles with the same goal."""
        planner, company = self.env["jxc.planner"], self.company_id
        count = len(payload["product_id"])
        low = np.zeros((len(goals), len(ends), count))
        high = np.zeros_like(low)
        dials = [area["dials"][f"{goal:.4f}"] for goal in goals]
        spread = [
            apart.Method(**dial).spread(payload["warehouse_id"], payload["pattern"])
            if dial
            else (np.full(count, np.nan),) * 2
            for dial in dials
        ]
        pooled = [k for k, (worth, _z) in enumerate(spread) if (worth == worth).any()]
        if pooled:
            low[pooled], high[pooled] = rerun.assortment_levels(
                planner._states(payload),
                ends,
                planner._articles(company, payload),
                [plan.Parameters.from_dict(each) for each in area["parameters"]],
                [
                    # a worth of nothing where the textbook's levels follow
                    (np.nan_to_num(spread[k][0]), dials[k]["share"])
                    for k in pooled
                ],
                area["objective"],
            )
        single = {
            k: np.flatnonzero(np.isnan(worth)) for k, (worth, _z) in enumerate(spread)
        }
        single = {k: rows for k, rows in single.items() if len(rows)}
        for epoch, end in enumerate(ends if single else ()):
            known = self._at(payload, end)
            for k, rows in single.items():
                part = {name: values[rows] for name, values in known.items()}
                if dials[k]:
                    found = planner._plan_one_factor(
                        company, part, {"factor": spread[k][1][rows]}
                    )
                else:
                    fill = goals[k] or area["fill_rate"]
                    fill = np.maximum(fill, part["supply_fill_floor"])
                    found = planner._textbook_levels(company, part, fill)
                low[k, epoch, rows] = found.reorder_point
                high[k, epoch, rows] = found.reorder_point + found.quantity
        return low, high

    def _at(self, payload, end: int) -> dict:
        """The payload with mean and deviation as they were after a week."""
        window = max(self.company_id.jxc_history_days // WEEK, 1)
        demand = payload["demand"][:, : end + 1]
        known = np.clip(demand.shape[1] - payload["start"], 1, window)
        stats = textbook.weekly_statistics(
            demand[:, -window:].astype(float), known, MIN_WEEKS_XYZ
        )
        return payload | {
            "mean": stats.mean,
            "sd": stats.sd,
            "relative_error": stats.relative_error,
            # a season takes two years to be found, more than is known at the start
            "season": np.ones(len(stats.mean)),
        }
