from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic

import numpy as np

from odoo import models
from odoo.tools import SQL

from ..engine import classify, policy, textbook
from . import jxc_bulk

WEEK = 7
DAYS_PER_YEAR = 365.0
#: below this many weeks since the first demand nothing is suggested
MIN_WEEKS = 4
#: below this many weeks variability is not judged
MIN_WEEKS_XYZ = 26
#: decimals of quantities in explanations; their terms add up in these
DIGITS = 2
ABC = np.array(["A", "B", "C"], dtype=object)
XYZ = np.array(["X", "Y", "Z", None], dtype=object)
PATTERN = np.array(["smooth", "erratic", "intermittent", "lumpy", None], dtype=object)

#: columns of a reordering rule that a run fills
RULE_COLUMNS = {
    "id": "int4",
    "jxc_abc_class": "varchar",
    "jxc_xyz_class": "varchar",
    "jxc_class": "varchar",
    "jxc_note": "varchar",
    "jxc_vendor_id": "int4",
    "jxc_suggested_min": "numeric",
    "jxc_suggested_max": "numeric",
    "jxc_safety_stock": "numeric",
    "jxc_eoq": "numeric",
    "jxc_cover_days": "numeric",
    "jxc_terms": "jsonb",
}


class Stopwatch:
    """Seconds and SQL statements per step."""

    def __init__(self, cr):
        self.cr = cr
        self.steps: dict[str, list] = {}

    @contextmanager
    def step(self, name: str):
        start, statements = monotonic(), self.cr.sql_log_count
        yield
        seconds, count = self.steps.get(name, (0.0, 0))
        self.steps[name] = [
            round(seconds + monotonic() - start, 3),
            count + self.cr.sql_log_count - statements,
        ]


class JxcPlanner(models.AbstractModel):
    """From history to policies: read, classify, plan, publish.

    Each step takes plain arrays and returns plain arrays; a shard is a range of
    products of one company, and its payload a dict of arrays of equal length.
    """

    _name = "jxc.planner"
    _description = "Stock Planner"

    def _product_ranges(self, company, size: int) -> list[tuple[int, int]]:
        """Ranges of product ids with history, policies or rules, ``size`` each."""
        rows = self.env.execute_query(
            SQL(
                """SELECT product_id FROM jxc_demand_series
                    WHERE company_id = %(company)s
                    UNION
                   SELECT product_id FROM jxc_demand_entry
                    WHERE company_id = %(company)s AND active
                    UNION
                   SELECT product_id FROM jxc_demand_heir
                    WHERE active
                    UNION
                   SELECT product_id FROM jxc_policy WHERE company_id = %(company)s
                    UNION
                   SELECT product_id FROM stock_warehouse_orderpoint
                    WHERE company_id = %(company)s
                    ORDER BY 1""",
                company=company.id,
            )
        )
        ids = [product_id for (product_id,) in rows]
        return [
            (ids[start], ids[min(start + size, len(ids)) - 1])
            for start in range(0, len(ids), size)
        ]

    def _read(self, company, first, last, today, watch: Stopwatch) -> dict:
        """History and supply terms of a product range, reduced to statistics."""
        weeks = max(company.jxc_history_days // WEEK, 1)
        with watch.step("read demand"):
            # Today is not over: history ends yesterday.
            history = self.env["jxc.demand.day"]._read_weekly(
                company, first, last, today - timedelta(days=1), weeks
            )
        with watch.step("read supply"):
            supply = self.env["jxc.supply"]._read(
                company, history.product_id, history.location_id
            )
        with watch.step("statistics"):
            demand = np.asarray(history.quantity, dtype=float)
            known_weeks = history.weeks
            stats = textbook.weekly_statistics(demand, known_weeks, MIN_WEEKS_XYZ)
            pattern = classify.demand_pattern(demand, demand.shape[1] - known_weeks)[2]
            payload = {
                "product_id": history.product_id,
                "location_id": history.location_id,
                "warehouse_id": history.warehouse_id,
                "whole_units": (demand == np.round(demand)).all(axis=1),
                "consumption_qty": np.maximum(demand.sum(axis=1), 0.0),
                "consumption_lines": history.lines.sum(axis=1).astype(int),
                "pattern": pattern,
                "mean": stats.mean,
                "sd": stats.sd,
                "weeks": stats.weeks,
                "relative_error": stats.relative_error,
                **{f"supply_{key}": value for key, value in vars(supply).items()},
            }
            keep = payload["supply_active"]
            return {key: value[keep] for key, value in payload.items()}

    def _classify(self, company, payloads: list[dict]) -> list[np.ndarray]:
        """ABC class of every series among all warehouses of the company."""
        if not payloads:
            return []
        merged = {
            key: np.concatenate([payload[key] for payload in payloads])
            for key in (
                "consumption_qty",
                "consumption_lines",
                "supply_unit_cost",
                "supply_on_hand",
                "location_id",
            )
        }
        limits = company.jxc_abc_limit_a, company.jxc_abc_limit_b
        quantity = merged["consumption_qty"]
        value = quantity * merged["supply_unit_cost"]
        stock = np.maximum(merged["supply_on_hand"], 0) * merged["supply_unit_cost"]
        measure = company.jxc_abc_measure
        classes = np.full(len(quantity), 2, dtype=np.int8)
        # Sub-locations are parts of their warehouse: among themselves, or the same
        # demand would count twice.
        warehouses = np.isin(merged["location_id"], self._warehouse_locations(company))
        for group in (warehouses, ~warehouses):
            if measure == "matrix":
                classes[group] = classify.abc_matrix(
                    classify.abc_classes(quantity[group], limits),
                    classify.abc_classes(stock[group], limits),
                )
            else:
                by = {
                    "value": value,
                    "quantity": quantity,
                    "lines": merged["consumption_lines"],
                }[measure]
                classes[group] = classify.abc_classes(by[group], limits)
        ends = np.cumsum([len(payload["product_id"]) for payload in payloads])
        return np.split(classes, ends[:-1])

    def _warehouse_locations(self, company) -> list[int]:
        warehouses = self.env["stock.warehouse"].with_context(active_test=False)
        # sudo: a run sees all warehouses of its company, whoever starts it
        return (
            warehouses.sudo().search([("company_id", "=", company.id)]).lot_stock_id.ids
        )

    def _plan(self, company, payload: dict) -> dict:
        """Policy columns of a shard from its statistics and ABC classes."""
        count = len(payload["product_id"])
        # What is sold in whole pieces is ordered in whole pieces.
        multiple = np.where(
            payload["whole_units"] & (payload["supply_multiple"] == 0),
            1.0,
            payload["supply_multiple"],
        )
        terms = textbook.Terms(
            unit_cost=payload["supply_unit_cost"],
            order_cost=payload["supply_order_cost"],
            holding_rate=np.full(count, company.jxc_holding_rate),
            lead_time=payload["supply_lead_days"],
            lead_time_sd=payload["supply_lead_days_sd"],
            review=np.full(count, float(company.jxc_review_days)),
            moq=payload["supply_moq"],
            multiple=multiple,
            max_cover_days=np.full(count, float(company.jxc_max_cover_days)),
            break_qty=payload["supply_break_qty"],
            break_price=payload["supply_break_price"],
        )
        mean = payload["mean"]
        plan = textbook.plan(mean, payload["sd"], terms, company.jxc_fill_rate)
        levels = plan.levels
        # Terms are rounded before they are added up, so that what people read adds up.
        demand = np.round(levels.protection_demand, DIGITS)
        lead_time = np.round(levels.safety_stock_lead_time, DIGITS)
        safety = np.round(levels.safety_stock, DIGITS)
        lot = np.round(plan.quantity, DIGITS)
        smallest = 10.0 ** -self.env["decimal.precision"].precision_get("Product Unit")
        unit = np.where(payload["whole_units"], 1.0, smallest)
        reorder_point = np.round(demand + safety, DIGITS)
        odoo = policy.odoo_min_max(reorder_point, reorder_point + lot, unit, multiple)
        cover = np.divide(
            np.maximum(payload["supply_on_hand"], 0),
            mean,
            out=np.full(count, np.nan),
            where=mean > 0,
        )
        known = payload["weeks"] >= MIN_WEEKS
        xyz = classify.xyz_classes(payload["relative_error"])
        intermittent = payload["pattern"] >= 2
        xyz = np.where((xyz >= 0) & intermittent, 2, xyz)
        abc = ABC[payload["abc"]]
        xyz = XYZ[xyz]
        return {
            "company_id": np.full(count, company.id),
            "product_id": payload["product_id"],
            "warehouse_id": payload["warehouse_id"],
            "location_id": payload["location_id"],
            "vendor_id": _or_none(payload["supply_vendor_id"]),
            "abc_class": abc,
            "xyz_class": xyz,
            "matrix_class": np.array(
                [a + (x or "") for a, x in zip(abc, xyz, strict=True)], dtype=object
            ),
            "pattern": PATTERN[payload["pattern"]],
            "confidence": self._confidence(payload),
            "history_weeks": payload["weeks"],
            "consumption_qty": np.round(payload["consumption_qty"], DIGITS),
            "consumption_value": np.round(
                payload["consumption_qty"] * payload["supply_unit_cost"], 2
            ),
            "consumption_lines": payload["consumption_lines"],
            "demand_per_day": np.round(mean, 4),
            "demand_sd": np.round(payload["sd"], 4),
            "unit_cost": np.round(payload["supply_unit_cost"], 6),
            "order_price": np.round(plan.price, 6),
            "lead_days": np.round(payload["supply_lead_days"], 1),
            "lead_days_sd": np.round(payload["supply_lead_days_sd"], 1),
            "eoq": np.round(plan.eoq, DIGITS),
            "order_qty": lot,
            "service_factor": np.round(np.maximum(plan.safety_factor, 0), 4),
            "protection_days": np.round(levels.protection_days, 1),
            "protection_demand": demand,
            "safety_stock": safety,
            "safety_stock_lead_time": lead_time,
            "reorder_point": reorder_point,
            "order_up_to": np.round(reorder_point + lot, DIGITS),
            "suggested_min": np.where(known, odoo.minimum, np.nan),
            "suggested_max": np.where(known, odoo.maximum, np.nan),
            "has_rule": payload["supply_has_rule"],
            "on_hand": np.round(payload["supply_on_hand"], DIGITS),
            "cover_days": np.round(cover, 1),
            # not columns of a policy but terms of the explanation
            "min_rounding": odoo.minimum_rounding,
            "strict_unit": odoo.strict_unit,
            "lot_rounding": odoo.lot_rounding,
            "clipped": levels.clipped,
        }

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

    def _publish_rules(self, company, products: tuple[int, int], plan: dict) -> int:
        """Write the suggestions to the reordering rules of a product range.

        :returns: number of rules changed
        """
        cr = self.env.cr
        rules = self.env["stock.warehouse.orderpoint"]
        rules.flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT rule.id, rule.product_id, rule.location_id
                     FROM stock_warehouse_orderpoint AS rule
                    WHERE rule.company_id = %s AND rule.product_id BETWEEN %s AND %s
                    ORDER BY rule.id""",
                company.id,
                *products,
            )
        )
        jxc_bulk.load(
            cr, "jxc_new_rule", RULE_COLUMNS, _rule_columns(company, rows, plan)
        )
        values = [name for name in RULE_COLUMNS if name != "id"]
        cr.execute(
            SQL(
                """UPDATE stock_warehouse_orderpoint AS rule
                      SET %s,
                          jxc_has_change = new.jxc_suggested_min IS NOT NULL AND (
                              new.jxc_suggested_min != rule.product_min_qty
                              OR new.jxc_suggested_max != rule.product_max_qty)
                     FROM jxc_new_rule AS new
                    WHERE rule.id = new.id AND %s""",
                jxc_bulk.assignments(values, "new"),
                jxc_bulk.differs(values, "rule", "new"),
            )
        )
        changed = cr.rowcount
        rules.invalidate_model([*values, "jxc_has_change"])
        return changed


def _or_none(ids: np.ndarray) -> np.ndarray:
    return np.array([value or None for value in ids.tolist()], dtype=object)


def _rule_columns(company, rows: list[tuple], plan: dict) -> dict:
    """Values of RULE_COLUMNS for the given (id, product, location) rows."""
    position = {
        pair: index
        for index, pair in enumerate(
            zip(plan["product_id"].tolist(), plan["location_id"].tolist(), strict=True)
        )
    }
    found = np.array([position.get(row[1:], -1) for row in rows], dtype=int)
    known = found >= 0
    columns = {"id": np.array([row[0] for row in rows], dtype=int)}
    for name, source in (
        ("jxc_abc_class", "abc_class"),
        ("jxc_xyz_class", "xyz_class"),
        ("jxc_class", "matrix_class"),
        ("jxc_vendor_id", "vendor_id"),
        ("jxc_suggested_min", "suggested_min"),
        ("jxc_suggested_max", "suggested_max"),
        ("jxc_safety_stock", "safety_stock"),
        ("jxc_eoq", "eoq"),
        ("jxc_cover_days", "cover_days"),
    ):
        values = plan[source]
        missing = None if values.dtype == object else np.nan
        column = np.full(len(rows), missing, dtype=object if missing is None else float)
        column[known] = values[found[known]]
        columns[name] = column
    short = np.isnan(columns["jxc_suggested_min"])
    note = np.where(known, np.where(short, "short_history", "suggested"), "no_history")
    columns["jxc_note"] = note.astype(object)
    columns["jxc_terms"] = np.array(
        [
            _terms(company, plan, index) if index >= 0 else None
            for index in found.tolist()
        ],
        dtype=object,
    )
    return columns


#: key in the explanation -> column of the plan and its decimals
TERMS = {
    "demand": ("protection_demand", DIGITS),
    "safety": ("safety_stock", DIGITS),
    "safety_lead_time": ("safety_stock_lead_time", DIGITS),
    "min_rounding": ("min_rounding", DIGITS),
    "strict_unit": ("strict_unit", DIGITS),
    "lot": ("order_qty", DIGITS),
    "lot_rounding": ("lot_rounding", DIGITS),
    "eoq": ("eoq", DIGITS),
    "lead_days": ("lead_days", 1),
    "lead_days_sd": ("lead_days_sd", 1),
    "days": ("protection_days", 1),
    "per_day": ("demand_per_day", 4),
    "weeks": ("history_weeks", 0),
    "price": ("order_price", 6),
}


def _terms(company, plan: dict, index: int) -> str:
    """The explanation as a JSON object: the terms, and the parameters behind them."""
    explanation = {
        key: round(float(plan[column][index]), digits)
        for key, (column, digits) in TERMS.items()
    }
    explanation["clipped"] = bool(plan["clipped"][index])
    explanation["confidence"] = plan["confidence"][index]
    explanation["fill_rate"] = company.jxc_fill_rate
    explanation["review_days"] = company.jxc_review_days
    return json.dumps(explanation)
