from __future__ import annotations

from datetime import date

import numpy as np

from odoo import models
from odoo.tools import SQL

from ..engine import classify
from .jxc_demand_copy import copy_rows

AXES = ("abc", "xyz")
#: what is kept of an axis, and its value for articles without a past
KEPT = {"before": -1, "found_before": -1, "since_before": 0}
#: what the comparison adds to a payload
RESULTS = (
    "abc", "abc_found", "abc_since", "margin", *(f"xyz_{name}" for name in KEPT),
)  # fmt: skip


class JxcPlanner(models.AbstractModel):
    """Compare: the class of each article, which does not swing from run to run."""

    _inherit = "jxc.planner"

    def _abc_basis(self, company) -> str:
        """The settings that decide about ABC classes, as one text."""
        return " ".join(
            map(
                str,
                (
                    company.jxc_abc_measure,
                    company.jxc_abc_scope,
                    company.jxc_abc_limit_a,
                    company.jxc_abc_limit_b,
                ),
            )
        )

    def _classify(
        self, company, payloads: list[dict], today: date, anew: bool = False
    ) -> None:
        """Put the ABC class of every series into its payload, and what it rests on.

        ``abc``: the class in force; ``abc_found``: by the figures of today alone;
        ``abc_since``: since when the two differ (day number, 0 = they do not).
        ``margin``: consumption at sales prices less cost. ``xyz_…`` is what the last
        run found, for ``_settle_xyz``.

        :param anew: whether the classes of the last run do not matter: other settings
        """
        if not payloads:
            return
        merged = {
            key: np.concatenate([payload[key] for payload in payloads])
            for key in (
                "product_id",
                "location_id",
                "consumption_qty",
                "consumption_lines",
                "supply_unit_cost",
                "supply_on_hand",
                "supply_abc_set",
            )
        }
        prices = self.env["jxc.sales.price"]._read(company, merged["product_id"])
        merged["margin"] = np.where(
            prices > 0,
            merged["consumption_qty"] * (prices - merged["supply_unit_cost"]),
            0.0,
        )
        before = self._classes_before(
            company, merged["product_id"], merged["location_id"]
        )
        if anew:
            before["abc_before"][:] = -1
        found, better, worse = self._compare(company, merged)
        settled, since = _settle(
            found, better, worse, {name: before[f"abc_{name}"] for name in KEPT}, today
        )
        chosen = merged["supply_abc_set"]
        merged |= {
            "abc": np.where(chosen >= 0, chosen, settled),
            "abc_found": found,
            "abc_since": since,
            **{f"xyz_{name}": before[f"xyz_{name}"] for name in KEPT},
        }
        start = 0
        for payload in payloads:
            part = slice(start, start + len(payload["product_id"]))
            start = part.stop
            for key in RESULTS:
                payload[key] = merged[key][part]

    def _compare(self, company, merged: dict):
        """Classes by the company's measure, and those a margin up and down."""
        limits = company.jxc_abc_limit_a, company.jxc_abc_limit_b
        measure = company.jxc_abc_measure
        values = _measures(merged)
        count = len(merged["product_id"])
        found, better, worse = (np.full(count, 2, dtype=np.int8) for _part in range(3))
        for group in self._groups(company, merged["location_id"]):
            if measure == "matrix":
                found[group] = classify.abc_matrix(
                    classify.abc_classes(values["quantity"][group], limits),
                    classify.abc_classes(values["stock"][group], limits),
                )
                better[group] = worse[group] = found[group]
            else:
                value = values[measure][group]
                found[group] = classify.abc_classes(value, limits)
                better[group], worse[group] = classify.abc_band(value, found[group])
        return found, better, worse

    def _groups(self, company, location_id: np.ndarray) -> list[np.ndarray]:
        """Which series compete with each other: bool [n] of each group.

        Sub-locations are parts of their warehouse: among themselves, or the same
        demand would count twice.
        """
        warehouses = self._warehouse_locations(company)
        whole = np.isin(location_id, warehouses)
        if company.jxc_abc_scope == "warehouse":
            return [*(location_id == place for place in warehouses), ~whole]
        return [whole, ~whole]

    def _classes_before(self, company, product_id, location_id) -> dict:
        """What the last run left: class, what it found, and since when they differ.

        -1 and 0 for series it did not know. A class that people chose is not what the
        runs go on from.
        """
        self.env["jxc.policy"].flush_model()
        rows = copy_rows(
            self.env.cr,
            SQL(
                """SELECT product_id, location_id,
                          COALESCE(ascii(CASE WHEN abc_is_chosen THEN abc_found
                                              ELSE abc_class END) - 65, -1),
                          COALESCE(ascii(abc_found) - 65, -1),
                          COALESCE(abc_since - '0001-01-01'::date + 1, 0),
                          COALESCE(ascii(xyz_class) - 88, -1),
                          COALESCE(ascii(xyz_found) - 88, -1),
                          COALESCE(xyz_since - '0001-01-01'::date + 1, 0)
                     FROM jxc_policy WHERE company_id = %s
                    ORDER BY product_id, location_id""",
                company.id,
            ),
            {
                "product_id": "i4",
                "location_id": "i4",
                **{f"{axis}_{name}": "i4" for axis in AXES for name in KEPT},
            },
        )
        known = rows["product_id"].astype(np.int64) << 32 | rows["location_id"]
        wanted = product_id.astype(np.int64) << 32 | location_id
        place = np.minimum(np.searchsorted(known, wanted), max(len(known) - 1, 0))
        same = known[place] == wanted if len(known) else np.zeros(len(wanted), bool)
        return {
            f"{axis}_{name}": np.where(
                same, rows[f"{axis}_{name}"][place], nothing
            ).astype(int)
            if len(known)
            else np.full(len(wanted), nothing)
            for axis in AXES
            for name, nothing in KEPT.items()
        }

    def _settle_xyz(self, payload: dict, relative_error, today: date):
        """XYZ class in force, the one found, and since when they differ: [n] each."""
        found = classify.xyz_classes(relative_error)
        better, worse = classify.xyz_band(relative_error)
        # seldom wanted articles are irregular, however equal their orders
        intermittent = (found >= 0) & (payload["pattern"] >= 2)
        found, worse = (np.where(intermittent, 2, part) for part in (found, worse))
        settled, since = _settle(
            found, better, worse, {name: payload[f"xyz_{name}"] for name in KEPT}, today
        )
        return settled, found, since


def _measures(merged: dict) -> dict[str, np.ndarray]:
    quantity, cost = merged["consumption_qty"], merged["supply_unit_cost"]
    return {
        "value": quantity * cost,
        "quantity": quantity,
        "lines": merged["consumption_lines"],
        "margin": merged["margin"],
        "stock": np.maximum(merged["supply_on_hand"], 0) * cost,
    }


def _settle(found, better, worse, kept: dict, today: date):
    """Classes in force, and since when they differ from those found.

    A class that was found on an earlier day, and still is, counts.
    """
    day = today.toordinal()
    again = (kept["since_before"] > 0) & (found == kept["found_before"])
    confirmed = again & (kept["since_before"] < day)
    settled = classify.hysteresis(found, better, worse, kept["before"], confirmed)
    since = np.where(again, kept["since_before"], day)
    return settled, np.where(settled == found, 0, since)
