from __future__ import annotations

import json

import numpy as np

from odoo import models
from odoo.tools import SQL

from . import jxc_bulk, jxc_projection
from .jxc_planner_levels import DIGITS

#: columns of a reordering rule that a run fills
RULE_COLUMNS = {
    "id": "int4",
    "jxc_abc_class": "varchar",
    "jxc_xyz_class": "varchar",
    "jxc_class": "varchar",
    "jxc_note": "varchar",
    "jxc_confidence": "varchar",
    "jxc_vendor_id": "int4",
    "jxc_suggested_min": "numeric",
    "jxc_suggested_max": "numeric",
    "jxc_can_order": "numeric",
    "jxc_safety_stock": "numeric",
    "jxc_eoq": "numeric",
    "jxc_cover_days": "numeric",
    "jxc_terms": "jsonb",
}
#: the rules as they will be
_PUBLISHED = SQL(
    """(SELECT id, supplier_id, product_min_qty, product_max_qty, new.jxc_note
          FROM stock_warehouse_orderpoint JOIN jxc_new_rule AS new USING (id))"""
)


class JxcPlanner(models.AbstractModel):
    """Publish: suggestions and their explanations on the reordering rules."""

    _inherit = "jxc.planner"

    def _publish_rules(self, company, chosen: SQL, plan: dict) -> int:
        """Write the suggestions to the reordering rules of some products, and what
        they need today by these suggestions: each rule is written once.

        :param chosen: condition on ``product_id``
        :returns: number of rules whose suggestion changed
        """
        cr = self.env.cr
        rules = self.env["stock.warehouse.orderpoint"]
        rules.flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT rule.id, rule.product_id, rule.location_id, rule.jxc_mode
                     FROM stock_warehouse_orderpoint AS rule
                    WHERE rule.company_id = %s AND %s
                    ORDER BY rule.id""",
                company.id,
                chosen,
            )
        )
        jxc_bulk.load(
            cr,
            "jxc_new_rule",
            RULE_COLUMNS,
            _rule_columns(rows, plan, self._manual_classes(company)),
            ("id",),
        )
        cr.execute(
            SQL(
                """UPDATE jxc_new_rule AS new SET jxc_vendor_id = NULL
                    WHERE jxc_vendor_id IS NOT NULL AND NOT EXISTS (
                          SELECT FROM res_partner WHERE id = new.jxc_vendor_id)"""
            )
        )
        self.env["jxc.projection"]._load(company, chosen, known=_PUBLISHED)
        values = [name for name in RULE_COLUMNS if name != "id"]
        differs = jxc_bulk.differs(values, "before", "new")
        cr.execute(
            SQL(
                """UPDATE stock_warehouse_orderpoint AS rule
                      SET %(values)s, %(projected)s,
                          jxc_has_change = new.jxc_suggested_min IS NOT NULL AND (
                              new.jxc_suggested_min != rule.product_min_qty
                              OR new.jxc_suggested_max != rule.product_max_qty)
                     FROM jxc_new_rule AS new
                     JOIN stock_warehouse_orderpoint AS before ON before.id = new.id
                LEFT JOIN jxc_new_projection AS today ON today.id = new.id
                    WHERE rule.id = new.id
                      -- not all of the company's rules are looked at for some of them
                      AND rule.id BETWEEN %(first)s AND %(last)s
                      AND before.id BETWEEN %(first)s AND %(last)s
                      AND (%(differs)s OR today.id IS NOT NULL AND %(moves)s)
                RETURNING %(differs)s""",
                values=jxc_bulk.assignments(values, "new"),
                # archived rules are not projected
                projected=SQL(", ").join(
                    SQL(
                        "%(it)s = CASE WHEN today.id IS NULL THEN rule.%(it)s"
                        " ELSE today.%(it)s END",
                        it=SQL.identifier(name),
                    )
                    for name in jxc_projection.VALUES
                ),
                differs=differs,
                first=rows[0][0] if rows else 0,
                last=rows[-1][0] if rows else 0,
                moves=jxc_bulk.differs(jxc_projection.VALUES, "before", "today"),
            )
        )
        changed = sum(differing for [differing] in cr.fetchall())
        rules.invalidate_model([*values, "jxc_has_change", *jxc_projection.VALUES])
        return changed

    def _manual_classes(self, company) -> set[str]:
        """Classes without suggestions."""
        # sudo: a run does what the company settled, whoever starts it
        cells = self.env["jxc.cell"].sudo()
        chosen = [("company_id", "=", company.id), ("mode", "=", "manual")]
        return set(cells.search(chosen).mapped("name"))


def _rule_columns(rows: list[tuple], plan: dict, by_hand: set[str]) -> dict:
    """Values of RULE_COLUMNS for the given (id, product, location, mode) rows.

    :param by_hand: classes whose rules people plan, unless a rule has its own mode
    """
    position = {
        pair: index
        for index, pair in enumerate(
            zip(plan["product_id"].tolist(), plan["location_id"].tolist(), strict=True)
        )
    }
    found = np.array([position.get(row[1:3], -1) for row in rows], dtype=int)
    known = found >= 0
    columns = {"id": np.array([row[0] for row in rows], dtype=int)}
    for name, source in (
        ("jxc_abc_class", "abc_class"),
        ("jxc_xyz_class", "xyz_class"),
        ("jxc_class", "matrix_class"),
        ("jxc_confidence", "confidence"),
        ("jxc_vendor_id", "vendor_id"),
        ("jxc_suggested_min", "suggested_min"),
        ("jxc_suggested_max", "suggested_max"),
        ("jxc_can_order", "can_order"),
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
    manual = np.array(
        [
            (mode or ("manual" if name in by_hand else "")) == "manual"
            for (*_ids, mode), name in zip(rows, columns["jxc_class"], strict=True)
        ],
        dtype=bool,
    )
    columns["jxc_note"] = np.where(manual & (note == "suggested"), "manual", note)
    for name in ("jxc_suggested_min", "jxc_suggested_max", "jxc_can_order"):
        columns[name][manual] = np.nan
    columns["jxc_note"] = columns["jxc_note"].astype(object)
    terms = _all_terms(plan)
    columns["jxc_terms"] = np.array(
        [terms[index] if index >= 0 else None for index in found.tolist()],
        dtype=object,
    )
    return columns


#: key in the explanation -> column of the plan and its decimals
TERMS = {
    "lead_time_demand": ("lead_time_demand", DIGITS),
    "review_demand": ("review_demand", DIGITS),
    "safety": ("safety_stock", DIGITS),
    "safety_lead_time": ("safety_stock_lead_time", DIGITS),
    "uncovered": ("uncovered_demand", DIGITS),
    "events": ("event_demand", DIGITS),
    "booked": ("booked_demand", DIGITS),
    "factor": ("service_factor", 4),
    "raised": ("raised", DIGITS),
    "fill_floor": ("fill_floor", 4),
    "min_rounding": ("min_rounding", DIGITS),
    "strict_unit": ("strict_unit", DIGITS),
    "lot": ("order_qty", DIGITS),
    "lot_rounding": ("lot_rounding", DIGITS),
    "eoq": ("eoq", DIGITS),
    "lead_days": ("lead_days", 1),
    "lead_days_sd": ("lead_days_sd", 1),
    "lead_closed": ("lead_days_closed", 0),
    "lead_receipts": ("lead_receipts", 0),
    "lead_vendor_receipts": ("lead_vendor_receipts", 0),
    "lead_measured": ("lead_measured", 0),
    "lead_set": ("lead_set", 0),
    "abc_set": ("abc_is_chosen", 0),
    "review_days": ("review_days", 1),
    "per_day": ("demand_per_day", 4),
    "weeks": ("history_weeks", 0),
    "censored": ("censored_share", 4),
    "season": ("season_factor", 4),
    "price": ("order_price", 6),
    "fill_rate": ("fill_rate", 4),
    "missed_cost": ("missed_cost", 2),
    "chance": ("shortage_chance", 6),
}


def _all_terms(plan: dict) -> list[str]:
    """The explanations as JSON objects: the terms, and the parameters behind them.

    What is 0 is left out: half of them.
    """
    columns = [
        _numbers(name, plan[column], digits) for name, (column, digits) in TERMS.items()
    ]
    columns += [
        _words(name, plan[name])
        for name in ("method", "confidence", "objective", "clipped")
    ]
    columns.append(_words("until", plan["weeks_until"].astype(str)))
    return [f"{{{''.join(row)[1:]}}}" for row in zip(*columns, strict=True)]


def _numbers(name: str, values: np.ndarray, digits: int) -> list[str]:
    """A member of each object; a whole number is written faster than a fraction."""
    scaled = np.rint(np.nan_to_num(np.asarray(values, dtype=float)) * 10**digits)
    if not scaled.any():
        return [""] * len(values)
    return [
        f',"{name}":{value}e-{digits}' if value else ""
        for value in scaled.astype(np.int64).tolist()
    ]


def _words(name: str, values: np.ndarray) -> list[str]:
    """The same of a few different words."""
    values = values.tolist()
    texts = {value: f',"{name}":{json.dumps(value)}' for value in set(values) if value}
    return [texts.get(value, "") for value in values]
