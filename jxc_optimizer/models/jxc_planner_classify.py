from __future__ import annotations

import numpy as np

from odoo import models
from odoo.tools import SQL

from ..engine import classify
from .jxc_demand_copy import copy_rows

AXES = ("abc", "xyz")
#: what is kept of an axis, and its value for articles without a past
KEPT = {"before": -1, "found_before": -1, "since_before": 0}
#: what articles are compared by: its name in a payload, and in a policy of the last run
FIGURES = {
    "product_id": "product_id",
    "location_id": "location_id",
    "consumption_qty": "quantity",
    "consumption_lines": "lines",
    "supply_unit_cost": "cost",
    "supply_on_hand": "on_hand",
    "margin": "margin",
}
#: what is measured of an article's surroundings on its own day
MEASURED_COUNTS = ("lead_receipts", "lead_vendor_receipts", "lead_measured")
MEASURED_DAYS = ("lead_days_open", "lead_days_sd", "booked_days")
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
        self,
        company,
        payloads: list[dict],
        before: np.ndarray,
        *,
        kept: np.ndarray | None = None,
        anew: bool = False,
    ) -> None:
        """Put the ABC class of every series into its payload, and what it rests on.

        ``abc``: the class in force; ``abc_found``: by the present figures alone;
        ``abc_since``: since when the two differ (day number, 0 = they do not).
        ``margin``: consumption at sales prices less cost. ``xyz_…`` is what the last
        run found, for ``_settle_xyz``. All articles are compared, those that were not
        read with the figures of their policies.

        :param before: the policies of the last run, as by ``_policies_before``
        :param kept: bool [n], series that keep their class: it is not their day
        :param anew: whether the classes of the last run do not matter: other settings
        """
        if not payloads:
            return
        merged = {
            key: np.concatenate([payload[key] for payload in payloads])
            for key in (
                *FIGURES.keys() - {"margin"},
                "supply_abc_set",
                "weeks_until",
            )
        }
        count = len(merged["product_id"])
        kept = np.zeros(count, bool) if kept is None else kept
        place = self._places(before, merged["product_id"], merged["location_id"])
        known = _before(before, place, anew)
        prices = self.env["jxc.sales.price"]._read(company, merged["product_id"])
        margin = np.where(
            prices > 0,
            merged["consumption_qty"] * (prices - merged["supply_unit_cost"]),
            0.0,
        )
        merged["margin"] = np.where(
            kept, before["margin"][place] if len(before) else 0.0, np.round(margin, 2)
        )
        found, better, worse = self._compare_with_others(company, merged, before)
        settled, since = _settle(
            found,
            better,
            worse,
            {name: known[f"abc_{name}"] for name in KEPT},
            merged["weeks_until"] + 1,
        )
        settled, found, since = (
            np.where(kept, known[f"abc_{name}"], new)
            for name, new in zip(KEPT, (settled, found, since), strict=True)
        )
        chosen = merged["supply_abc_set"]
        merged |= {
            "abc": np.where(chosen >= 0, chosen, settled),
            "abc_found": found,
            "abc_since": since,
            **{f"xyz_{name}": known[f"xyz_{name}"] for name in KEPT},
        }
        start = 0
        for payload in payloads:
            part = slice(start, start + len(payload["product_id"]))
            start = part.stop
            for key in RESULTS:
                payload[key] = merged[key][part]

    def _compare_with_others(self, company, merged: dict, before: np.ndarray):
        """Classes of the articles read, among all of the company."""
        others = before[~np.isin(before["product_id"], merged["product_id"])]
        every = {
            key: np.concatenate([merged[key], others[name].astype(float)])
            for key, name in FIGURES.items()
        }
        # Equal figures rank by article, however many were read.
        order = np.lexsort((every["location_id"], every["product_id"]))
        back = np.empty(len(order), int)
        back[order] = np.arange(len(order))
        mine = back[: len(merged["product_id"])]
        ranked = {key: values[order] for key, values in every.items()}
        return (part[mine] for part in self._compare(company, ranked))

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

    def _policies_before(self, company) -> np.ndarray:
        """What the last run left of each article: classes, and what they rest on.

        A class that people chose is not what the runs go on from. Ordered by product
        and location.
        """
        self.env["jxc.policy"].flush_model()
        return copy_rows(
            self.env.cr,
            SQL(
                """SELECT product_id, location_id, warehouse_id,
                          COALESCE(ascii(CASE WHEN abc_is_chosen THEN abc_found
                                              ELSE abc_class END) - 65, -1),
                          COALESCE(ascii(abc_found) - 65, -1),
                          COALESCE(abc_since - '0001-01-01'::date + 1, 0),
                          COALESCE(ascii(xyz_class) - 88, -1),
                          COALESCE(ascii(xyz_found) - 88, -1),
                          COALESCE(xyz_since - '0001-01-01'::date + 1, 0),
                          history_weeks, COALESCE(consumption_lines, 0),
                          COALESCE(lead_receipts, 0),
                          COALESCE(lead_vendor_receipts, 0),
                          COALESCE(lead_measured, false)::int4,
                          COALESCE(consumption_qty, 0)::float8,
                          COALESCE(unit_cost, 0)::float8,
                          COALESCE(on_hand, 0)::float8,
                          COALESCE(consumption_margin, 0)::float8,
                          COALESCE(lead_days - lead_days_closed, 0)::float8,
                          COALESCE(lead_days_sd, 0)::float8,
                          COALESCE(booked_days, 0)::float8
                     FROM jxc_policy WHERE company_id = %s
                    ORDER BY product_id, location_id""",
                company.id,
            ),
            {
                "product_id": "i4",
                "location_id": "i4",
                "warehouse_id": "i4",
                **{f"{axis}_{name}": "i4" for axis in AXES for name in KEPT},
                **dict.fromkeys(("weeks", "lines", *MEASURED_COUNTS), "i4"),
                **dict.fromkeys(("quantity", "cost", "on_hand", "margin"), "f8"),
                **dict.fromkeys(MEASURED_DAYS, "f8"),
            },
        )

    def _places(self, before: np.ndarray, product_id, location_id) -> np.ndarray:
        """Rows of the last run's policies for the series [n]; -1 = it had none."""
        known = before["product_id"].astype(np.int64) << 32 | before["location_id"]
        wanted = product_id.astype(np.int64) << 32 | location_id
        place = np.minimum(np.searchsorted(known, wanted), max(len(known) - 1, 0))
        if not len(known):
            return np.full(len(wanted), -1)
        return np.where(known[place] == wanted, place, -1)

    def _keep_measured(self, payload: dict, before: np.ndarray, kept) -> None:
        """Lead time and bookings are measured on an article's own day, and kept till
        the next.

        :param before: the policies of the last run
        :param kept: bool [n], series that keep theirs
        """
        if not kept.any():
            return
        place = self._places(before, payload["product_id"], payload["location_id"])
        for name in (*MEASURED_COUNTS, *MEASURED_DAYS):
            old = before[name][place].astype(payload[name].dtype)
            payload[name] = np.where(kept, old, payload[name])

    def _settle_xyz(self, payload: dict, relative_error):
        """XYZ class in force, the one found, and since when they differ: [n] each."""
        found = classify.xyz_classes(relative_error)
        better, worse = classify.xyz_band(relative_error)
        # seldom wanted articles are irregular, however equal their orders
        intermittent = (found >= 0) & (payload["pattern"] >= 2)
        found, worse = (np.where(intermittent, 2, part) for part in (found, worse))
        settled, since = _settle(
            found,
            better,
            worse,
            {name: payload[f"xyz_{name}"] for name in KEPT},
            payload["weeks_until"] + 1,
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


def _before(before: np.ndarray, place: np.ndarray, anew: bool) -> dict:
    """What the last run left of each series: class, what it found, since when they
    differ; -1 and 0 for those it did not know."""
    known = {
        f"{axis}_{name}": np.where(
            place >= 0, before[f"{axis}_{name}"][place], nothing
        ).astype(int)
        if len(before)
        else np.full(len(place), nothing)
        for axis in AXES
        for name, nothing in KEPT.items()
    }
    if anew:
        known["abc_before"][:] = -1
    return known


def _settle(found, better, worse, kept: dict, day: np.ndarray):
    """Classes in force, and since when they differ from those found.

    A class that was found on an earlier day, and still is, counts.

    :param day: [n] number of each article's day
    """
    again = (kept["since_before"] > 0) & (found == kept["found_before"])
    confirmed = again & (kept["since_before"] < day)
    settled = classify.hysteresis(found, better, worse, kept["before"], confirmed)
    since = np.where(again, kept["since_before"], day)
    return settled, np.where(settled == found, 0, since)
