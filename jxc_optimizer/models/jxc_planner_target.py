from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from odoo import models

from ..engine import forward, plan, trial
from .jxc_planner_levels import MIN_WEEKS_XYZ, cleaned_demand

#: with fewer articles of half a year's history there is nothing to learn from others
MIN_SERIES = 50
#: articles from which the shared forecast and variance models are learned
LEARN_SERIES = 8_000
#: articles on which policies are replayed: a few seconds of work
REPLAY_SERIES = 1_000
#: to count up whenever ``_learn`` would say something else about the same sample
SETTLING = 2
#: days after which a target is tried again; a share of articles more or less that
#: does not wait so long
KEEP_DAYS = 7
KEEP_SHARE = 0.1
#: it stays while its service differs from that of a new one by less, at most so long
TOLERANCE = 0.005
MOST_DAYS = 28
#: the company's objective -> the fill rate that a replay measures
FILL = {"lines": "line", "units": "unit", "value": "value", "both": "both"}


class JxcPlanner(models.AbstractModel):
    """Settle: what the whole assortment shares, chosen on its own past."""

    _inherit = "jxc.planner"

    def _may_hold(self, company, previous: dict, today) -> bool:
        """Whether what the last run settled may hold, whatever the articles do."""
        if not previous:
            return False
        reason = previous.get("reason")
        if (reason == "chosen") != (company.jxc_method == "textbook"):
            return False
        return bool(reason) or self._holds(
            previous, self._goal(company), previous["articles"], today
        )

    def _held(
        self, company, payloads: list[dict], others: np.ndarray, previous: dict, today
    ) -> dict | None:
        """What the last run settled, if it holds.

        A target holds for a week, and then as long as a new one would hardly serve
        better or worse (``_settle``): one that changes every night would change all
        articles with it. A changed objective, or a tenth of the articles more or less,
        does not wait.

        :param others: the policies of the articles that were not read
        """
        if not self._may_hold(company, previous, today):
            return None
        if previous.get("reason") == "chosen":
            return previous
        count = len(_eligible(payloads)) + int(
            ((others["quantity"] > 0) & (others["weeks"] >= MIN_WEEKS_XYZ)).sum()
        )
        if previous.get("reason") == "little_history":
            return previous if count < MIN_SERIES else None
        goal = self._goal(company)
        holds = count >= MIN_SERIES and self._holds(previous, goal, count, today)
        return previous if holds else None

    def _settle(
        self, company, payloads: list[dict], demands: Iterable, previous: dict, today
    ) -> dict:
        """Method, target and shared models of a company, as plain data for JSON.

        :param payloads: of all articles
        :param demands: the weekly demand of each payload, in their order
        :param previous: what the last run settled; it stays if the new replay finds
            that its dial serves as the one that would be chosen now
        """
        if company.jxc_method == "textbook":
            return {"method": "textbook", "reason": "chosen"}
        eligible = _eligible(payloads)
        if len(eligible) < MIN_SERIES:
            return {"method": "textbook", "reason": "little_history"}
        sample = _sample(payloads, demands, _evenly(eligible, LEARN_SERIES))
        season = self._find_season(company, sample)
        goal = self._goal(company)
        if not self._may_stay(previous, goal, len(eligible), today):
            previous = {}
        sample = self._without_season(company, sample, season)
        target = self._learn(company, sample, previous)
        if target is previous:
            return {**previous, "checked_on": today.isoformat()}
        return {
            **target,
            "season": season,
            "goal": goal,
            "settled_on": today.isoformat(),
            "articles": len(eligible),
        }

    def _goal(self, company) -> list:
        """What the company asks for: another goal is settled at once."""
        return [
            SETTLING,
            company.jxc_objective,
            company.jxc_fill_rate,
            company.jxc_holding_rate,
            company.jxc_order_cost,
            company.jxc_review_days,
        ]

    def _holds(self, previous: dict, goal: list, articles: int, today) -> bool:
        since = previous.get("checked_on") or previous.get("settled_on")
        return self._is_alike(previous, goal, articles) and _younger(
            since, today, KEEP_DAYS
        )

    def _may_stay(self, previous: dict, goal: list, articles: int, today) -> bool:
        return self._is_alike(previous, goal, articles) and _younger(
            previous["settled_on"], today, MOST_DAYS
        )

    def _is_alike(self, previous: dict, goal: list, articles: int) -> bool:
        if not previous or previous.get("goal") != goal:
            return False
        known = previous["articles"]
        return abs(articles - known) <= KEEP_SHARE * known

    def _learn(self, company, sample: dict, previous: dict) -> dict:
        """Models from the sample, and the dial that a replay of it chooses.

        :returns: ``previous`` itself if its dial serves as well
        """
        objective = company.jxc_objective
        states = self._states(sample)
        shared = plan.learn(
            states, states.shape[1] - 1, self._articles(company, sample), objective
        )
        some = _evenly(np.arange(len(sample["weeks"])), REPLAY_SERIES)
        case = self._case(company, {key: sample[key][some] for key in sample}, shared)
        fill, goal = FILL[objective], company.jxc_fill_rate
        setup = forward.prepare(case)
        curves = forward.curves(setup, ("P1", fill))
        choice, mine, dial = self._dial(setup, curves, fill, goal)
        textbook, last = curves["P1"][0], forward.LAST
        unseen = forward.realised(choice.totals)
        needed = forward.same_service(
            textbook, fill, unseen, textbook.totals.inventory[last]
        )
        final = forward.curve(setup, mine.policy, [dial], mine.objective, mine.share)
        if previous and self._serves_alike(setup, previous, final, fill):
            return previous
        target = {
            "objective": objective,
            "fill_rate": goal,
            "replay": {
                "series": len(some),
                "weeks": int(np.diff(setup.plan.last)[0]),
                "fill": forward.realised(final.totals),
                "stock": float(final.totals.inventory[last, 0]),
                "unseen_fill": unseen,
                "unseen_stock": float(choice.totals.inventory[last, 0]),
                # None: the textbook does not reach this service at all
                "textbook_stock": None if np.isnan(needed) else float(needed),
            },
        }
        if mine.policy == "P1":
            return {**target, "method": "one_factor", "factor": dial}
        parameters = replace(shared, worth=dial, share=mine.share)
        return {**target, "method": "assortment", "parameters": parameters.as_dict()}

    def _serves_alike(self, setup, previous: dict, final, fill: str) -> bool:
        """Whether a target of before delivers, in the new replay, as the new one."""
        if previous["method"] == "one_factor":
            policy, share, dial = "P1", 0.0, previous["factor"]
        else:
            known = previous["parameters"]
            policy, share, dial = "ours", known["share"], known["worth"]
        if (policy, share) != (final.policy, final.share):
            return False
        old = forward.curve(setup, policy, [dial], final.objective, share)
        return all(
            abs(old.fill(name, forward.LAST)[0] - final.fill(name, forward.LAST)[0])
            <= TOLERANCE
            for name in (("line", "value") if fill == "both" else (fill,))
        )

    def _dial(self, setup, curves: dict, fill: str, goal: float):
        """What the earlier weeks choose, its curve, and its dial set on the last ones.

        What was chosen on the earlier weeks has proved itself, or not, on the last
        ones; now they are known too, and say more about the weeks to come.
        """
        choice = forward.choose(setup, curves, fill, fill, goal)
        textbook, last = curves["P1"][0], forward.LAST
        mine = next(
            curve
            for curve in (textbook, *curves[fill])
            if (curve.policy, curve.share) == (choice.policy, choice.share)
        )
        goals = forward.goals_for(textbook, fill, goal, last)
        return choice, mine, forward.dial_for(mine, fill, goals, last)

    def _case(self, company, sample: dict, shared: plan.Parameters) -> trial.Case:
        """The sample as a trial by weeks, from the first week anybody bought."""
        articles = self._articles(company, sample)
        demand = cleaned_demand(sample)
        return trial.Case(
            demand=demand[:, int(sample["start"].min()) :],
            unit_cost=plan.weighed_cost(articles, shared),
            order_cost=articles.order_cost,
            holding_rate=articles.holding_rate,
            lead_time=articles.lead_time,
            lead_time_sd=articles.lead_time_sd,
            review=np.maximum(1, np.round(articles.review)),
            moq=articles.moq,
            multiple=articles.multiple,
        )


def _younger(day: str, today: date, days: int) -> bool:
    return timedelta(0) <= today - date.fromisoformat(day) < timedelta(days=days)


def _eligible(payloads: list[dict]) -> np.ndarray:
    """Rows of articles that sell and whose history says something about others."""
    sells = _merged(payloads, "consumption_qty") > 0
    return np.flatnonzero(sells & (_merged(payloads, "weeks") >= MIN_WEEKS_XYZ))


#: columns of a payload that a sample keeps
_SAMPLE = (
    "start", "weeks", "weeks_until", "whole_units", "consumption_qty",
    "consumption_lines", "supply_unit_cost", "supply_order_cost", "supply_moq",
    "supply_multiple", "supply_holding_rate", "supply_review_days",
    "supply_max_cover_days", "supply_fill_floor", "supply_categ_id", "lead_days",
    "lead_days_sd",
)  # fmt: skip


def _merged(payloads: list[dict], key: str) -> np.ndarray:
    return np.concatenate([payload[key] for payload in payloads] or [np.empty(0)])


def _evenly(rows: np.ndarray, most: int) -> np.ndarray:
    """At most so many of the rows, evenly: the same ones every time."""
    if len(rows) <= most:
        return rows
    return rows[np.linspace(0, len(rows) - 1, most).round().astype(int)]


def _sample(payloads: list[dict], demands: Iterable, rows: np.ndarray) -> dict:
    """The given rows of all payloads, each payload's demand read only once."""
    parts, start = [], 0
    for payload, demand in zip(payloads, demands, strict=True):
        end = start + len(payload["weeks"])
        mine = rows[(rows >= start) & (rows < end)] - start
        part = {key: payload[key][mine] for key in _SAMPLE}
        parts.append({**part, "demand": demand[mine]})
        start = end
    sample = {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}
    # Price breaks decide lots, not what articles share.
    none = np.empty((len(rows), 0))
    return {**sample, "supply_break_qty": none, "supply_break_price": none}
