from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from odoo import models

from ..engine import apart, forward, plan, trial
from .jxc_goal import Goal
from .jxc_planner_levels import MIN_WEEKS_XYZ, cleaned_demand

#: with fewer articles of half a year's history there is nothing to learn from others
MIN_SERIES = 50
#: articles from which the shared forecast and variance models are learned
LEARN_SERIES = 8_000
#: articles on which policies are replayed: a few seconds of work
REPLAY_SERIES = 1_000
#: to count up whenever ``_learn`` would say something else about the same sample
SETTLING = 3
#: days after which a target is settled anew; a share of articles more or less that
#: does not wait so long
KEEP_DAYS = 7
KEEP_SHARE = 0.1


class JxcPlanner(models.AbstractModel):
    """Settle: what the whole assortment shares, chosen on its own past."""

    _inherit = "jxc.planner"

    def _may_hold(self, company, previous: dict, today) -> bool:
        """Whether what the last run settled may hold, whatever the articles do."""
        if not previous:
            return False
        whole, own = company._jxc_goal(), company._jxc_own_goals()
        if "settled_on" not in previous:
            reason = previous.get("reason")
            return previous == self._textbook_target(reason, whole, own) and (
                (reason == "chosen") == (company.jxc_method == "textbook")
            )
        return company.jxc_method != "textbook" and self._holds(
            previous, self._asked(company, whole, own), previous["articles"], today
        )

    def _held(
        self, company, payloads: list[dict], others: np.ndarray, previous: dict, today
    ) -> dict | None:
        """What the last run settled, if it holds.

        A target holds for a week: it is chosen by a replay of two years, to which
        another day adds next to nothing, and one that changes every night would change
        all articles with it. A changed goal, or a tenth of the articles more or less,
        does not wait.

        :param others: the policies of the articles that were not read
        """
        if not self._may_hold(company, previous, today):
            return None
        count = len(_eligible(payloads)) + int(
            ((others["quantity"] > 0) & (others["weeks"] >= MIN_WEEKS_XYZ)).sum()
        )
        if "settled_on" not in previous:
            holds = previous["reason"] == "chosen" or count < MIN_SERIES
        else:
            holds = count >= MIN_SERIES and self._holds(
                previous, previous["goal"], count, today
            )
        return previous if holds else None

    def _settle(self, company, payloads: list[dict], demands: Iterable, today) -> dict:
        """Method, target and shared models of a company, as plain data for JSON.

        Articles are looked at together where they aim at the same: the company's
        first, and under ``own`` those of each warehouse with another goal.

        :param payloads: of all articles
        :param demands: the weekly demand of each payload, in their order
        """
        whole, own = company._jxc_goal(), company._jxc_own_goals()
        if company.jxc_method == "textbook":
            return self._textbook_target("chosen", whole, own)
        eligible = _eligible(payloads)
        warehouses = _merged(payloads, "warehouse_id")
        areas = areas_of(whole, own, warehouses[eligible])
        rows = [_evenly(eligible[mine], LEARN_SERIES) for mine in areas.values()]
        chosen = np.unique(np.concatenate(rows)) if rows else eligible
        if len(chosen) < MIN_SERIES:
            return self._textbook_target("little_history", whole, own)
        sample = _sample(payloads, demands, chosen)
        season = self._find_season(company, sample)
        sample = self._without_season(company, sample, season)
        found = {}
        for goal, mine in zip(areas, rows, strict=True):
            if len(mine) < MIN_SERIES:
                reason = "little_history" if len(mine) else "nothing"
                found[goal] = _plain(reason, goal)
                continue
            some = np.searchsorted(chosen, mine)
            part = {key: values[some] for key, values in sample.items()}
            found[goal] = self._learn(company, part, goal)
        return {
            **found[whole],
            "own": {str(number): found[goal] for number, goal in own.items()},
            "season": season,
            "goal": self._asked(company, whole, own),
            "settled_on": today.isoformat(),
            "articles": len(eligible),
        }

    def _textbook_target(self, reason: str, whole: Goal, own: dict) -> dict:
        return _plain(reason, whole) | {
            "own": {str(number): _plain(reason, goal) for number, goal in own.items()}
        }

    def _asked(self, company, whole: Goal, own: dict[int, Goal]) -> list:
        """What the company asks for: another goal is settled at once."""
        return [
            SETTLING,
            list(whole),
            [[number, *goal] for number, goal in own.items()],
            company.jxc_holding_rate,
            company.jxc_order_cost,
            company.jxc_review_days,
        ]

    def _holds(self, previous: dict, asked: list, articles: int, today) -> bool:
        if previous.get("goal") != asked:
            return False
        age = today - date.fromisoformat(previous["settled_on"])
        known = previous["articles"]
        return (
            timedelta(0) <= age < timedelta(days=KEEP_DAYS)
            and abs(articles - known) <= KEEP_SHARE * known
        )

    def _learn(self, company, sample: dict, goal: Goal) -> dict:
        """Models from the sample, and what a replay of it chooses."""
        states = self._states(sample)
        shared = plan.learn(
            states,
            states.shape[1] - 1,
            self._articles(company, sample),
            goal.objective,
        )
        some = _evenly(np.arange(len(sample["weeks"])), REPLAY_SERIES)
        part = {key: sample[key][some] for key in sample}
        case = self._case(company, part, shared)
        setup = forward.prepare(case, part["warehouse_id"])
        curves = forward.curves(setup, ("P1", goal.fill))
        ask = goal.fill, goal.fill, goal.target
        choice = apart.choose(setup, curves, *ask)
        method = apart.method(setup, curves, choice, *ask, window=forward.LAST)
        textbook, last = curves["P1"][0], forward.LAST
        unseen = forward.realised(choice.totals)
        # Costs are compared where as many units are delivered.
        same = "unit" if goal.fill == "cost" else goal.fill
        needed = forward.same_service(
            textbook, same, unseen, textbook.totals.inventory[last]
        )
        final = forward.totals_of(setup, method.policy, method.levels(setup))
        return {
            **goal._asdict(),
            "replay": {
                "series": len(some),
                "weeks": int(np.diff(setup.plan.last)[0]),
                "fill": forward.realised(final),
                "stock": float(final.inventory[last, 0]),
                "unseen_fill": unseen,
                "unseen_stock": float(choice.totals.inventory[last, 0]),
                # None: the textbook does not reach this service at all
                "textbook_stock": None if np.isnan(needed) else float(needed),
            },
            "method": "one_factor" if method.policy == "P1" else "assortment",
            "dial": vars(method),
            "parameters": replace(shared, share=method.share).as_dict(),
        }

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


def _eligible(payloads: list[dict]) -> np.ndarray:
    """Rows of articles that sell and whose history says something about others."""
    sells = _merged(payloads, "consumption_qty") > 0
    return np.flatnonzero(sells & (_merged(payloads, "weeks") >= MIN_WEEKS_XYZ))


#: columns of a payload that a sample keeps
_SAMPLE = (
    "warehouse_id", "start", "weeks", "weeks_until", "whole_units", "consumption_qty",
    "consumption_lines",
    "supply_unit_cost", "supply_order_cost", "supply_moq", "supply_multiple",
    "supply_holding_rate", "supply_review_days", "supply_max_cover_days",
    "supply_fill_floor", "supply_categ_id", "lead_days", "lead_days_sd",
)  # fmt: skip


def areas_of(
    whole: Goal, own: dict[int, Goal], warehouse_id: np.ndarray
) -> dict[Goal, np.ndarray]:
    """Which of some articles aim at each goal, by the warehouse they are in."""
    apart_ids = list(own)
    areas = {whole: ~np.isin(warehouse_id, apart_ids)}
    for goal in own.values():
        ids = [number for number, each in own.items() if each == goal]
        areas[goal] = np.isin(warehouse_id, ids)
    return areas


def _plain(reason: str, goal: Goal) -> dict:
    return {"method": "textbook", "reason": reason, **goal._asdict()}


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
