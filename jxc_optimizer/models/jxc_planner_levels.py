from __future__ import annotations

from datetime import date

import numpy as np

from odoo import models

from ..engine import demand, forecast, plan, policy, textbook
from ..engine._arrays import round_down, round_up
from ..engine.joint import early_quantity
from ..engine.order_quantity import eoq
from .jxc_levels import Levels
from .jxc_planner import DIGITS

DAYS_PER_WEEK = 7.0
DAYS_PER_YEAR = 365.0
#: below this many weeks since the first demand nothing is suggested
MIN_WEEKS = 4
#: below this many weeks variability is not judged
MIN_WEEKS_XYZ = 26
ABC = np.array(["A", "B", "C"], dtype=object)
XYZ = np.array(["X", "Y", "Z", None], dtype=object)
PATTERN = np.array(["smooth", "erratic", "intermittent", "lumpy", None], dtype=object)


class JxcPlanner(models.AbstractModel):
    """Plan: from statistics, supply terms and the target to policies."""

    _inherit = "jxc.planner"

    def _articles(self, company, payload: dict) -> plan.Articles:
        """The articles of a payload as the engine wants them, times in weeks."""
        lines = np.maximum(payload["consumption_lines"], 1)
        return plan.Articles(
            unit_cost=payload["supply_unit_cost"],
            order_cost=payload["supply_order_cost"],
            holding_rate=payload["supply_holding_rate"],
            lead_time=payload["lead_days"] / DAYS_PER_WEEK,
            lead_time_sd=payload["lead_days_sd"] / DAYS_PER_WEEK,
            review=payload["supply_review_days"] / DAYS_PER_WEEK,
            moq=payload["supply_moq"],
            multiple=_multiple(payload),
            line_size=payload["consumption_qty"] / lines,
            unit=0.0,  # min and max are rounded by Odoo's rules, later
            least_fill=payload["supply_fill_floor"],
            max_cover_days=payload["supply_max_cover_days"],
            break_qty=payload["supply_break_qty"],
            break_price=payload["supply_break_price"],
            per_year=DAYS_PER_YEAR / DAYS_PER_WEEK,
        )

    def _states(self, payload: dict) -> forecast.States:
        """What is known of the articles after each week since their first demand."""
        return forecast.states(cleaned_demand(payload))

    def _plan(self, company, payload: dict, target: dict) -> dict:
        """Policy columns of a shard from its statistics and the company's target."""
        payload = self._without_season(company, payload, target.get("season"))
        count = len(payload["product_id"])
        levels, basis = self._levels(company, payload, target)
        levels = levels.rounded(DIGITS)
        smallest = 10.0 ** -self.env["decimal.precision"].precision_get("Product Unit")
        unit = np.where(payload["whole_units"], 1.0, smallest)
        coming = levels.per_day * payload["season"]
        # Planned events within the protection interval; a level is not below 0.
        covers_review = basis["method"] != "one_factor"
        interval = payload["lead_days"] + payload["supply_review_days"] * covers_review
        days = self.env["jxc.demand.event"]._extra_days(
            company,
            payload["product_id"],
            payload["warehouse_id"],
            self.env["jxc.demand.day"]._today(company),
            interval,
        )
        events = np.maximum(
            np.round(coming * days, DIGITS),
            -np.round(levels.reorder_point, DIGITS),
        )
        reorder_point = np.round(levels.reorder_point + events, DIGITS)
        order_up_to = np.round(reorder_point + levels.quantity, DIGITS)
        # Odoo's forecast has these deliveries off already; a min is not below 0.
        booked = np.minimum(
            np.round(coming * payload["booked_days"], DIGITS), reorder_point
        )
        odoo = policy.odoo_min_max(
            np.round(reorder_point - booked, DIGITS),
            np.round(order_up_to - booked, DIGITS),
            unit,
            _multiple(payload),
        )
        least = payload["supply_least_stock"]
        raised = round_up(np.maximum(least - odoo.minimum, 0.0), unit)
        economic = eoq(
            levels.per_day * DAYS_PER_YEAR,
            payload["supply_order_cost"],
            payload["supply_unit_cost"] * payload["supply_holding_rate"],
            levels.per_day * payload["supply_max_cover_days"],
        )
        early = early_quantity(
            levels.quantity,
            levels.per_day * DAYS_PER_YEAR,
            payload["supply_order_cost"],
            company.jxc_joint_line_share,
            payload["supply_unit_cost"] * payload["supply_holding_rate"],
        )
        joins = odoo.minimum + round_down(early, unit)
        per_day = np.round(levels.per_day, 4)
        known = payload["weeks"] >= MIN_WEEKS
        xyz, xyz_found, xyz_since = self._settle_xyz(payload, levels.relative_error)
        abc = ABC[payload["abc"]]
        xyz = XYZ[xyz]
        return {
            "company_id": np.full(count, company.id),
            "product_id": payload["product_id"],
            "warehouse_id": payload["warehouse_id"],
            "location_id": payload["location_id"],
            "vendor_id": _or_none(payload["supply_vendor_id"]),
            "method": basis["method"],
            "abc_class": abc,
            "xyz_class": xyz,
            "matrix_class": np.array(
                [a + (x or "") for a, x in zip(abc, xyz, strict=True)], dtype=object
            ),
            "abc_found": ABC[payload["abc_found"]],
            "abc_since": _days(payload["abc_since"]),
            "abc_is_chosen": payload["supply_abc_set"] >= 0,
            "xyz_found": XYZ[xyz_found],
            "xyz_since": _days(xyz_since),
            "pattern": PATTERN[payload["pattern"]],
            "confidence": self._confidence(payload),
            "history_weeks": payload["weeks"],
            "weeks_until": _days(payload["weeks_until"]),
            "censored_share": np.round(payload["censored_share"], 4),
            "season_factor": np.round(payload["season"], 4),
            "consumption_qty": payload["consumption_qty"],
            "consumption_value": np.round(
                payload["consumption_qty"] * payload["supply_unit_cost"], 2
            ),
            "consumption_lines": payload["consumption_lines"],
            "consumption_margin": payload["margin"],
            "demand_per_day": per_day,
            "demand_sd": np.round(levels.sd, 4),
            "unit_cost": payload["supply_unit_cost"],
            "order_price": np.round(levels.price, 6),
            "lead_days": payload["lead_days"],
            "lead_days_sd": payload["lead_days_sd"],
            "lead_days_closed": payload["lead_days_closed"],
            "lead_receipts": payload["lead_receipts"],
            "lead_vendor_receipts": payload["lead_vendor_receipts"],
            "lead_measured": payload["lead_measured"],
            "booked_days": payload["booked_days"],
            "eoq": np.round(economic, DIGITS),
            "order_qty": levels.quantity,
            "service_factor": np.round(levels.factor, 4),
            "shortage_chance": np.round(levels.chance, 6),
            "protection_days": np.round(interval, 1),
            "review_days": np.round(payload["supply_review_days"], 1),
            "protection_demand": np.round(
                levels.lead_time_demand + levels.review_demand, DIGITS
            ),
            "review_demand": levels.review_demand,
            "safety_stock": levels.safety_stock,
            "safety_stock_lead_time": levels.safety_lead_time,
            "uncovered_demand": levels.uncovered,
            "event_demand": events,
            "booked_demand": booked,
            "reorder_point": reorder_point,
            "order_up_to": order_up_to,
            "suggested_min": np.where(known, odoo.minimum + raised, np.nan),
            "suggested_max": np.where(known, odoo.maximum + raised, np.nan),
            "can_order": np.where(
                known, np.minimum(joins, odoo.maximum) + raised, np.nan
            ),
            "vendor_minimum": np.round(payload["supply_moq"], DIGITS),
            "vendor_multiple": np.round(_multiple(payload), DIGITS),
            "has_rule": payload["supply_has_rule"],
            "on_hand": payload["supply_on_hand"],
            "cover_days": cover_days(payload["supply_on_hand"], per_day),
            # not columns of a policy but terms of the explanation
            "objective": basis["objective"],
            "fill_rate": basis["fill_rate"],
            "missed_cost": basis["price"],
            "lead_time_demand": levels.lead_time_demand,
            "min_rounding": odoo.minimum_rounding,
            "strict_unit": odoo.strict_unit,
            "lot_rounding": odoo.lot_rounding,
            "clipped": levels.clipped,
            "raised": raised,
            "fill_floor": payload["supply_fill_floor"],
            "lead_set": ~np.isnan(payload["supply_lead_set"]),
        }

    def _plan_assortment(self, company, payload: dict, target: dict) -> Levels:
        """Pooled forecasts, and shortages where they cost least to prevent."""
        articles = self._articles(company, payload)
        states = self._states(payload)
        parameters = plan.Parameters.from_dict(target["parameters"])
        result = plan.plan(
            states,
            states.shape[1] - 1,
            articles,
            parameters,
            season=payload["season"],
        )
        estimates = result.estimates
        # The deviation of a week: without what unreliable lead times add.
        late = (estimates.rate * articles.lead_time_sd) ** 2
        weekly = np.maximum(estimates.sigmas**2 - late, 1e-300) / articles.interval
        weekly = np.exp(np.log(weekly).mean(axis=0) / 2) * (estimates.sigma > 0)
        safety = result.safety_demand + result.safety_lead_time
        return Levels(
            per_day=estimates.rate / DAYS_PER_WEEK,
            sd=weekly / np.sqrt(DAYS_PER_WEEK),
            relative_error=np.where(
                payload["weeks"] >= MIN_WEEKS_XYZ,
                _divide(weekly, estimates.rate, np.nan),
                np.nan,
            ),
            quantity=result.quantity,
            price=result.unit_price,
            lead_time_demand=result.lead_time_demand,
            review_demand=result.review_demand,
            safety_stock=safety,
            safety_lead_time=result.safety_lead_time,
            uncovered=result.uncovered,
            factor=_divide(safety, estimates.sigma, 0.0),
            chance=np.where(result.annual_demand > 0, result.shortage_probability, 0.0),
            clipped=np.zeros(len(safety), dtype=bool),
        )

    def _plan_textbook(self, company, payload: dict, target: dict) -> Levels:
        fill = np.maximum(target["fill_rate"], payload["supply_fill_floor"])
        return self._textbook_levels(company, payload, fill)

    def _textbook_levels(self, company, payload: dict, fill_rate) -> Levels:
        """Trailing mean and deviation, and the same fill rate for each article."""
        mean, sd = payload["mean"], payload["sd"]
        terms = self._buying_terms(company, payload)
        season = payload["season"]
        result = textbook.plan(mean, sd, terms, fill_rate, season)
        levels = result.levels
        return Levels(
            per_day=mean,
            sd=sd,
            relative_error=payload["relative_error"],
            quantity=result.quantity,
            price=result.price,
            lead_time_demand=mean * season * terms.lead_time,
            review_demand=mean * season * terms.review,
            safety_stock=levels.safety_stock,
            safety_lead_time=levels.safety_stock_lead_time,
            uncovered=np.zeros(len(mean)),
            factor=np.maximum(result.safety_factor, 0),
            chance=np.full(len(mean), np.nan),
            clipped=levels.clipped,
        )

    def _plan_one_factor(self, company, payload: dict, target: dict) -> Levels:
        """The textbook as it was replayed: s = mean L + z sd sqrt(L), one z for all.

        The replay found the z that reaches the target with the review period and
        unreliable lead times left out of the formula; so they are left out here.
        """
        mean, sd = payload["mean"], payload["sd"]
        terms = self._buying_terms(company, payload)
        lots = textbook.plan(mean, sd, terms, company.jxc_fill_rate)
        sigma = sd * payload["season"] * np.sqrt(terms.lead_time)
        safety = target["factor"] * sigma
        expected = mean * payload["season"] * terms.lead_time
        none = np.zeros(len(mean))
        chosen = Levels(
            per_day=mean,
            sd=sd,
            relative_error=payload["relative_error"],
            quantity=lots.quantity,
            price=lots.price,
            lead_time_demand=expected,
            review_demand=none,
            safety_stock=np.maximum(safety, 0.0),
            safety_lead_time=none,
            uncovered=np.minimum(np.maximum(-safety, 0.0), expected),
            factor=np.full(len(mean), target["factor"]),
            chance=np.full(len(mean), np.nan),
            clipped=np.zeros(len(mean), dtype=bool),
        )
        floor = payload["supply_fill_floor"]
        if not floor.any():
            return chosen
        least = self._textbook_levels(company, payload, floor)
        raised = (floor > 0) & (least.reorder_point > chosen.reorder_point)
        return chosen.replaced(raised, least)

    def _buying_terms(self, company, payload: dict) -> textbook.Terms:
        return textbook.Terms(
            unit_cost=payload["supply_unit_cost"],
            order_cost=payload["supply_order_cost"],
            holding_rate=payload["supply_holding_rate"],
            lead_time=payload["lead_days"],
            lead_time_sd=payload["lead_days_sd"],
            review=payload["supply_review_days"],
            moq=payload["supply_moq"],
            multiple=_multiple(payload),
            max_cover_days=payload["supply_max_cover_days"],
            break_qty=payload["supply_break_qty"],
            break_price=payload["supply_break_price"],
        )

    def _confidence(self, payload: dict) -> np.ndarray:
        """Grade A to D of each series by what it rests on."""
        weeks = payload["weeks"]
        incomplete = (payload["supply_unit_cost"] <= 0) | (
            payload["supply_vendor_id"] == 0
        )
        grade = np.select(
            [weeks < 8, (weeks < 26) | incomplete, weeks < 52], ["D", "C", "B"], "A"
        )
        return grade.astype(object)


def cleaned_demand(payload: dict) -> np.ndarray:
    """Weekly demand [n, t] from the first one on, NaN before."""
    return demand.clean(payload["demand"], first_period=payload["start"]).demand


def cover_days(on_hand: np.ndarray, per_day: np.ndarray) -> np.ndarray:
    """How many days the stock lasts [n]; NaN without demand."""
    return np.round(_divide(np.maximum(on_hand, 0), per_day, np.nan), 1)


def _multiple(payload: dict) -> np.ndarray:
    """Packs; what is sold in whole pieces is ordered in whole pieces."""
    pack = payload["supply_multiple"]
    return np.where(payload["whole_units"] & (pack == 0), 1.0, pack)


def _divide(values: np.ndarray, by: np.ndarray, otherwise: float) -> np.ndarray:
    return np.divide(values, by, out=np.full(len(by), otherwise), where=by > 0)


def _or_none(ids: np.ndarray) -> np.ndarray:
    return np.array([value or None for value in ids.tolist()], dtype=object)


def _days(numbers: np.ndarray) -> np.ndarray:
    """Dates of day numbers, None for 0."""
    return np.array(
        [date.fromordinal(day) if day else None for day in numbers.tolist()],
        dtype=object,
    )
