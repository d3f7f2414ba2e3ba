from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from odoo import models

from ..engine import apart, forward, plan, standing, trial
from .jxc_demand_matrix import pair_key
from .jxc_goal import Goal
from .jxc_planner import MOST_ID, Stopwatch
from .jxc_planner_levels import MIN_WEEKS_XYZ, cleaned_demand

#: with fewer articles of half a year's history there is nothing to learn from others
MIN_SERIES = 50
#: articles from which the shared forecast and variance models are learned
LEARN_SERIES = 8_000
#: articles on which policies are replayed: a few seconds of work
REPLAY_SERIES = 1_000
#: to count up whenever ``_learn`` would say something else about the same sample
SETTLING = 4
#: days after which a target is looked at again; a share of articles more or less that
#: does not wait so long
KEEP_DAYS = 7
KEEP_SHARE = 0.1
#: days after which shared models are learned anew in any case: by then an eighth of the
#: two years they were learned from is new
LEARN_DAYS = 91


class JxcPlanner(models.AbstractModel):
    """Settle: what the whole assortment shares, chosen on its own past."""

    _inherit = "jxc.planner"

    def _target(
        self, company, payloads: list[dict], demands, before: dict, others, today
    ) -> dict:
        """Method, target and shared models of a company, as plain data for JSON.

        Looked at once a week: it is chosen by a replay of two years, to which another
        day adds next to nothing. A changed goal, or a tenth of the articles more or
        less, does not wait.

        :param payloads: of the articles that were read
        :param demands: gives the weekly demand of each payload, in their order
        :param before: what the last run settled
        :param others: the policies of the articles that were not read
        """
        whole, own = company._jxc_goal(), company._jxc_own_goals()
        if company.jxc_method == "textbook":
            return self._textbook_target("chosen", whole, own)
        articles = _eligible(payloads, others)
        if len(articles) < MIN_SERIES:
            return self._textbook_target("little_history", whole, own)
        asked = self._asked(company, whole, own)
        if self._holds(before, asked, len(articles), today):
            return before
        areas = areas_of(whole, own, articles["warehouse_id"])
        rows = [_evenly(np.flatnonzero(mine), LEARN_SERIES) for mine in areas.values()]
        chosen = articles[np.sort(np.concatenate(rows))]
        sample = self._read_sample(company, payloads, demands(), others, chosen, today)
        # What was settled for other goals is nothing to go on from.
        known = before if before.get("goal") == asked else {}
        return self._settle(company, sample, known, today) | {
            "goal": asked,
            "settled_on": today.isoformat(),
            "articles": len(articles),
        }

    def _settle(self, company, sample: dict, before: dict, today) -> dict:
        """Settle it by a sample of the articles.

        Articles are looked at together where they aim at the same: the company's
        first, and under ``own`` those of each warehouse with another goal. Of each
        area, and of the season of each category, what was settled before stays while
        it serves alike.
        """
        whole, own = company._jxc_goal(), company._jxc_own_goals()
        season = self._find_season(company, sample, before.get("season"))
        sample = self._without_season(company, sample, season)
        known = {
            goal: before.get("own", {}).get(str(number), {})
            for number, goal in own.items()
        }
        known[whole] = before
        found = {}
        for goal, mine in areas_of(whole, own, sample["warehouse_id"]).items():
            count = int(mine.sum())
            if count < MIN_SERIES:
                found[goal] = _plain("little_history" if count else "nothing", goal)
                continue
            part = {key: values[mine] for key, values in sample.items()}
            found[goal] = self._learn(company, part, goal, known[goal], today)
        return {
            **found[whole],
            "own": {str(number): found[goal] for number, goal in own.items()},
            "season": season,
        }

    def _read_sample(
        self, company, payloads: list[dict], demands: Iterable, others, chosen, today
    ) -> dict:
        """The chosen articles: of those read this time, and of others as they were
        when their policies were computed.

        :param chosen: rows of ``_eligible``
        """
        wanted = _keys(chosen)
        parts = list(zip(payloads, demands, strict=True))
        read = [_keys(payload) for payload in payloads]
        missing = chosen[~np.isin(wanted, np.concatenate([*read, wanted[:0]]))]
        if len(missing):
            rest = self._read(
                company,
                0,
                MOST_ID,
                today,
                Stopwatch(self.env.cr),  # all this is one step of the run's
                own_weeks=True,
                only=np.unique(missing["product_id"]).tolist(),
            )
            mine = np.isin(_keys(rest), _keys(missing))
            rest = {key: values[mine] for key, values in rest.items()}
            place = self._places(others, rest["product_id"], rest["location_id"])
            for name in ("lead_days_open", "lead_days_sd"):
                rest[name] = others[name][place].astype(float)
            self._lengthen(company, [rest], today)
            parts.append((rest, rest["demand"]))
        return _sample(parts, wanted)

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

    def _learn(self, company, sample: dict, goal: Goal, before: dict, today) -> dict:
        """Models from the sample, and what a replay of it chooses.

        :param before: the same as it was settled before, which may stay
        """
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
        parameters = replace(shared, share=method.share)
        final = forward.totals_of(setup, method.policy, method.levels(setup))
        found = {
            **goal._asdict(),
            "method": "one_factor" if method.policy == "P1" else "assortment",
            "dial": vars(method),
            "parameters": parameters.as_dict(),
            "since": today.isoformat(),
            "short": 0.0,
            "over": 0.0,
            "replay": {
                "unseen_fill": unseen,
                "unseen_stock": float(choice.totals.inventory[last, 0]),
                # None: the textbook does not reach this service at all
                "textbook_stock": None if np.isnan(needed) else float(needed),
            },
        }
        kept = self._standing(before, goal, setup, textbook, method, parameters, today)
        if kept and kept.serves:
            found = {name: before[name] for name in found}
            found |= {"short": kept.short, "over": kept.over}
            final = kept.totals
        found["replay"] = found["replay"] | {
            "series": len(some),
            "weeks": int(np.diff(setup.plan.last)[0]),
            "fill": forward.realised(final),
            "stock": float(final.inventory[last, 0]),
        }
        return found

    def _standing(self, before: dict, goal, setup, textbook, method, parameters, today):
        """How what was settled before does on the same weeks; None: not to be kept."""
        if "since" not in before:
            return None
        age = today - date.fromisoformat(before["since"])
        if not timedelta(0) <= age < timedelta(days=LEARN_DAYS):
            return None
        kept = plan.Parameters.from_dict(before["parameters"])
        return standing.standing(
            setup,
            textbook,
            standing.Rival(apart.Method(**before["dial"]), kept),
            standing.Rival(method, parameters),
            (goal.fill, goal.target),
            (before["short"], before["over"]),
        )

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


def _eligible(payloads: list[dict], others: np.ndarray) -> np.ndarray:
    """Articles that sell and whose history says something about others.

    Of those that were read and of those that were not, in one order: that of places,
    within it of products.
    """
    parts = []
    for table, quantity in (*((each, "consumption_qty") for each in payloads),
                            (others, "quantity")):  # fmt: skip
        some = (table[quantity] > 0) & (table["weeks"] >= MIN_WEEKS_XYZ)
        part = np.empty(int(some.sum()), [(name, "i4") for name in _KEYS])
        for name in _KEYS:
            part[name] = table[name][some]
        parts.append(part)
    found = np.concatenate(parts)
    return found[np.argsort(_keys(found))]


def _keys(table) -> np.ndarray:
    return pair_key(table["location_id"], table["product_id"])


_KEYS = ("location_id", "product_id", "warehouse_id")
#: columns of a payload that a sample keeps
_SAMPLE = (
    *_KEYS, "start", "weeks", "weeks_until", "whole_units", "consumption_qty",
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


def _sample(parts: Iterable[tuple[dict, np.ndarray]], wanted: np.ndarray) -> dict:
    """The articles of given keys, in order of their keys.

    :param parts: payloads, each with its demand
    """
    found = []
    for payload, demand in parts:
        mine = np.isin(_keys(payload), wanted)
        part = {key: payload[key][mine] for key in _SAMPLE}
        found.append({**part, "demand": demand[mine]})
    sample = {key: np.concatenate([part[key] for part in found]) for key in found[0]}
    order = np.argsort(_keys(sample))
    sample = {key: values[order] for key, values in sample.items()}
    # Price breaks decide lots, not what articles share.
    none = np.empty((len(order), 0))
    return {**sample, "supply_break_qty": none, "supply_break_price": none}
