from __future__ import annotations

import numpy as np

from odoo import models

from ..engine import apart, forward, plan
from . import jxc_replay_read as past
from .jxc_planner import booking_days
from .jxc_planner_levels import MIN_WEEKS, MIN_WEEKS_XYZ
from .jxc_planner_target import (
    MIN_SERIES,
    REPLAY_SERIES,
    _evenly,
    _keys,
    _merged,
    _sample,
)

#: weeks between two computations of the levels
EPOCH_WEEKS = 4


class JxcReplay(models.Model):
    """Settling: what needs all articles, from the weeks before the first day."""

    _inherit = "jxc.replay"

    def _settle(self):
        """What needs all articles: lead times, shared models, dials of each target."""
        company = self.company_id
        planner = self.env["jxc.planner"]
        shards = self.shard_ids
        payloads = [shard._load() for shard in shards]
        today = self.env["jxc.demand.day"]._today(company)
        # How long vendors really took, and what was known of it on the first day.
        planner._measure(company, payloads, today)
        booked = planner._read_booked(company, *booking_days(today))
        planner._measure_bookings(company, payloads, [booked])
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
        areas = self._areas()
        self.goals = [[ids, *goal] for goal, ids in areas.items()]
        samples = self._past_samples(shards, payloads, areas)
        settled = {}
        for scenario in self.scenario_ids.filtered(lambda each: each.kind == "method"):
            conditions = scenario._conditions()
            if conditions not in settled:
                settled[conditions] = [
                    self._tried(sample and self._adjusted(sample, scenario), goal)
                    for goal, sample in zip(areas, samples, strict=True)
                ]
            scenario.settled = [
                {"warehouses": ids, **self._dialled(tried, goal, scenario._goals())}
                for (goal, ids), tried in zip(
                    areas.items(), settled[conditions], strict=True
                )
            ]
            scenario.method = scenario._settled_method()

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

    def _areas(self) -> dict:
        """Goals, each with the warehouses that have it; None: all others."""
        whole, own = self.company_id._jxc_goal(), self.company_id._jxc_own_goals()
        areas = {whole: None}
        for number, goal in own.items():
            areas.setdefault(goal, []).append(number)
        return areas

    def _past_samples(self, shards, payloads, areas: dict) -> list:
        """The samples that methods learn from, as it was known on the first day.

        With the whole demand: the caller cuts it. None where the textbook counts.
        """
        if self.company_id.jxc_method == "textbook":
            return [None] * len(areas)
        known = _merged(payloads, "weeks")
        sells = _merged(payloads, "consumption_qty") > 0
        eligible = np.flatnonzero(sells & (known >= MIN_WEEKS_XYZ))
        found = area_masks(areas, _merged(payloads, "warehouse_id")[eligible])
        rows = [_evenly(eligible[mine], REPLAY_SERIES) for mine in found]
        chosen = np.unique(np.concatenate(rows))
        if not len(chosen):
            return [None] * len(areas)
        keys = np.concatenate([_keys(payload) for payload in payloads])
        wanted = np.sort(keys[chosen])
        demands = (part._load_demand() for part in shards)
        sample = _sample(zip(payloads, demands, strict=True), wanted)
        return [
            {
                name: values[np.searchsorted(wanted, keys[mine])]
                for name, values in sample.items()
            }
            if len(mine) >= MIN_SERIES
            else None
            for mine in rows
        ]

    def _tried(self, sample, goal):
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
            plan.learn(states, end, articles, goal.objective).as_dict()
            for end in self._ends(states.shape[1])
        ]
        first = plan.Parameters.from_dict(shared[0])
        setup = forward.prepare(
            planner._case(company, before, first), sample["warehouse_id"]
        )
        return setup, forward.curves(setup, ("P1", goal.fill)), shared

    def _dialled(self, tried, goal, targets) -> dict:
        """Method and dial of each target, from the weeks before the first day.

        :param targets: 0 is the goal itself, another one a share delivered at once
        """
        dials = dict.fromkeys((f"{target:.4f}" for target in targets), None)
        found = {**goal._asdict(), "dials": dials, "parameters": []}
        if tried is None:
            return found
        setup, curves, found["parameters"] = tried
        for target in targets:
            ask = (goal.fill, goal.fill, goal.target)
            if target and goal.fill == "cost":  # the same curve, read at its units
                ask = (goal.fill, "unit", target)
            elif target:
                ask = (goal.fill, goal.fill, target)
            choice = forward.choose(setup, curves, *ask)
            method = apart.method(setup, curves, choice, *ask, window=forward.LAST)
            dials[f"{target:.4f}"] = vars(method)
        return found

    def _ends(self, known_weeks: int) -> list[int]:
        """Last week known at each epoch."""
        weeks = self._weeks()
        return [
            known_weeks - weeks + start - 1 for start in range(0, weeks, EPOCH_WEEKS)
        ]


def area_masks(areas: dict, warehouse_id) -> list[np.ndarray]:
    """Which articles [n] belong to each of the areas, by their warehouses."""
    named = [number for ids in areas.values() for number in ids or ()]
    return [
        ~np.isin(warehouse_id, named) if ids is None else np.isin(warehouse_id, ids)
        for ids in areas.values()
    ]
