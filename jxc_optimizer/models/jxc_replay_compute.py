from __future__ import annotations

import numpy as np

from odoo import models

from ..engine import forward, plan, rerun, textbook, trial
from . import jxc_replay_read as past
from .jxc_planner import MIN_WEEKS_XYZ, WEEK, Stopwatch
from .jxc_planner_levels import MIN_WEEKS
from .jxc_planner_target import (
    FILL,
    MIN_SERIES,
    REPLAY_SERIES,
    _evenly,
    _merged,
    _sample,
)  # fmt: skip

#: weeks between two computations of the levels
EPOCH_WEEKS = 4


class JxcReplay(models.Model):
    """Reading, settling and replaying: arrays in, figures out."""

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
        before = np.maximum(payload["demand"][:, :-weeks], 0.0)
        known = payload["demand"].shape[1] - payload["start"] - weeks
        payload |= {
            "weeks": np.maximum(known, 0),
            # a line of the weeks before is what was sold in a week
            "consumption_qty": before.sum(axis=1, dtype=float),
            "consumption_lines": (before > 0).sum(axis=1),
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

    # -- settle ----------------------------------------------------------------------

    def _settle(self):
        """What needs all articles: lead times, shared models, dials of each target."""
        company = self.company_id
        planner = self.env["jxc.planner"]
        shards = self.shard_ids
        payloads = [shard._load() for shard in shards]
        today = self.env["jxc.demand.day"]._today(company)
        # How long vendors really took, and what was known of it on the first day.
        planner._measure(company, payloads, today)
        planner._measure_bookings(company, payloads, today)
        for payload in payloads:
            payload["real_lead_days"] = payload.pop("lead_days")
            payload["real_lead_days_sd"] = payload.pop("lead_days_sd")
        planner._measure(company, payloads, self.first_day)
        any_rule = any(payload["rule_id"].any() for payload in payloads)
        left_out, count = {}, 0
        for shard, payload in zip(shards, payloads, strict=True):
            keep, reasons = self._kept(payload, any_rule)
            for name, number in reasons.items():
                left_out[name] = left_out.get(name, 0) + number
            count += int(keep.sum())
            shard._store({**payload, "keep": keep})
        self.write({"left_out": left_out, "articles": count})
        sample = self._past_sample(shards, payloads)
        settled = {}
        for scenario in self.scenario_ids.filtered(lambda each: each.kind == "method"):
            conditions = scenario._conditions()
            if conditions not in settled:
                settled[conditions] = self._tried(
                    sample and self._adjusted(sample, scenario)
                )
            scenario.settled = self._dialled(settled[conditions], scenario._goals())
            methods = scenario.settled["dials"][f"{scenario.target:.4f}"]
            scenario.method = methods["method"]

    def _kept(self, payload, any_rule: bool):
        """Which pairs are replayed, and how many are left out why."""
        young = payload["weeks"] < MIN_WEEKS
        without = (payload["rule_id"] == 0) if any_rule else np.zeros(len(young), bool)
        scoped = self._in_scope(payload)
        keep = scoped & ~young & ~without
        reasons = {
            "no_rule": int((scoped & without & ~young).sum()),
            "young": int((scoped & young).sum()),
        }
        return keep, reasons

    def _in_scope(self, payload) -> np.ndarray:
        products = payload["product_id"]
        keep = np.ones(len(products), dtype=bool)
        if self.warehouse_id:
            keep &= payload["warehouse_id"] == self.warehouse_id.id
        if self.vendor_id:
            keep &= payload["supply_vendor_id"] == self.vendor_id.id
        if self.categ_id:
            found = self.env["product.product"].with_context(active_test=False)
            ids = found.search([("categ_id", "child_of", self.categ_id.id)]).ids
            keep &= np.isin(products, ids)
        if self.abc_class:
            policies = self.env["jxc.policy"].search_fetch(
                [
                    ("company_id", "=", self.company_id.id),
                    ("abc_class", "=", self.abc_class),
                ],
                ["product_id", "location_id"],
            )
            wanted = past.key(
                [policy.location_id.id for policy in policies],
                [policy.product_id.id for policy in policies],
            )
            keep &= np.isin(past.key(payload["location_id"], products), wanted)
        return keep

    def _past_sample(self, shards, payloads):
        """The sample that methods learn from, as it was known on the first day.

        With the whole demand: the caller cuts it. None where the textbook counts.
        """
        if self.company_id.jxc_method == "textbook":
            return None
        known = _merged(payloads, "weeks")
        sells = _merged(payloads, "consumption_qty") > 0
        eligible = np.flatnonzero(sells & (known >= MIN_WEEKS_XYZ))
        if len(eligible) < MIN_SERIES:
            return None
        rows = _evenly(eligible, REPLAY_SERIES)
        return _sample(payloads, (part._load_demand() for part in shards), rows)

    def _tried(self, sample):
        """Methods tried out before the first day, and shared models of each epoch."""
        if sample is None:
            return None
        planner, company, weeks = (
            self.env["jxc.planner"],
            self.company_id,
            self._weeks(),
        )
        before = {**sample, "demand": sample["demand"][:, :-weeks]}
        articles = planner._articles(company, sample)
        states = planner._states(sample)
        shared = [
            plan.learn(states, end, articles, self.objective).as_dict()
            for end in self._ends(states.shape[1])
        ]
        first = plan.Parameters.from_dict(shared[0])
        setup = forward.prepare(planner._case(company, before, first))
        return setup, forward.curves(setup, ("P1", FILL[self.objective])), shared

    def _dialled(self, tried, goals) -> dict:
        """Method and dial of each target, from the weeks before the first day."""
        if tried is None:
            textbooks = {f"{goal:.4f}": {"method": "textbook"} for goal in goals}
            return {"dials": textbooks, "parameters": []}
        setup, curves, shared = tried
        fill, dials = FILL[self.objective], {}
        for goal in goals:
            _choice, mine, dial = self.env["jxc.planner"]._dial(
                setup, curves, fill, goal
            )
            dials[f"{goal:.4f}"] = (
                {"method": "one_factor", "factor": dial}
                if mine.policy == "P1"
                else {"method": "assortment", "worth": dial, "share": mine.share}
            )
        return {"dials": dials, "parameters": shared}

    def _ends(self, known_weeks: int) -> list[int]:
        """Last week known at each epoch."""
        weeks = self._weeks()
        return [
            known_weeks - weeks + start - 1 for start in range(0, weeks, EPOCH_WEEKS)
        ]

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
            settled = {"dials": {}, "parameters": scenarios[0].settled["parameters"]}
            for each in scenarios:
                settled["dials"] |= each.settled["dials"]
            levels = self._method_levels(changed, settled, goals)
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

    def _method_levels(self, payload, settled: dict, goals):
        """(s, S) [k, e, n] that would have been suggested for each target."""
        planner, company = self.env["jxc.planner"], self.company_id
        dials = [settled["dials"][f"{goal:.4f}"] for goal in goals]
        ends = self._ends(payload["demand"].shape[1])
        low = np.zeros((len(goals), len(ends), len(payload["product_id"])))
        high = np.zeros_like(low)
        pooled = [k for k, dial in enumerate(dials) if dial["method"] == "assortment"]
        if pooled:
            low[pooled], high[pooled] = rerun.assortment_levels(
                planner._states(payload),
                ends,
                planner._articles(company, payload),
                [plan.Parameters.from_dict(each) for each in settled["parameters"]],
                [(dials[k]["worth"], dials[k]["share"]) for k in pooled],
                self.objective,
            )
        single = [k for k in range(len(goals)) if k not in pooled]
        for epoch, end in enumerate(ends if single else ()):
            known = self._at(payload, end)
            for k in single:
                if dials[k]["method"] == "one_factor":
                    found = planner._plan_one_factor(company, known, dials[k])
                else:
                    fill = np.maximum(goals[k], known["supply_fill_floor"])
                    found = planner._textbook_levels(company, known, fill)
                low[k, epoch] = found.reorder_point
                high[k, epoch] = found.reorder_point + found.quantity
        unit = payload["whole_units"].astype(float)
        return rerun.raised(low, high, payload["supply_least_stock"], unit)

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
