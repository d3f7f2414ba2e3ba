"""What a replay found, kept: sums of a scenario, and how each article fares."""

from __future__ import annotations

import numpy as np

from odoo import models

#: targets of the curve, beside the one that is asked for
GOALS = (0.80, 0.85, 0.90, 0.93, 0.95, 0.97, 0.98, 0.99)
#: figures of an article that are sums over its days
SUMS = (
    "stock_value", "demand_value", "served_value", "demand_qty", "served_qty", "lines",
    "lines_served", "article_days", "stockout_days", "orders", "holding_cost",
    "order_cost",
)  # fmt: skip


def _verdict(own: dict, base: dict, own_cost, base_cost) -> np.ndarray:
    """How each article fares [n] against the rules it had."""
    tolerance = 1e-6
    service = np.sign(np.round((own["served_qty"] - base["served_qty"]) / tolerance))
    saved = np.sign(np.round((base_cost - own_cost) / 0.005))
    names = np.full(len(service), "same", dtype=object)
    names[(service >= 0) & (saved >= 0) & (service + saved > 0)] = "better"
    names[(service <= 0) & (saved <= 0) & (service + saved < 0)] = "worse"
    names[(service > 0) & (saved < 0)] = "more"
    names[(service < 0) & (saved > 0)] = "less"
    return names


class JxcReplayScenario(models.Model):
    _inherit = "jxc.replay.scenario"

    def _goals(self) -> list[float]:
        """Targets that are replayed; the company's own replay has a whole curve."""
        goals = {round(self.target, 4)}
        if self.replay_id.is_own:
            goals |= set(GOALS)
        return sorted(goals)

    def _keep(self, payload, figures: dict[float, dict], base: dict | None) -> None:
        """Add the figures [n] of a part by target, and the articles at our own."""
        sums = dict(self.sums or {})
        for goal, found in figures.items():
            name = f"{goal:.4f}"
            sums[name] = places = dict(sums.get(name, {}))
            for place in np.unique(payload["warehouse_id"]).tolist():
                mine = payload["warehouse_id"] == place
                before = places.get(str(place), {})
                places[str(place)] = {
                    key: before.get(key, 0.0) + float(found[key][mine].sum())
                    for key in SUMS
                } | {"articles": before.get("articles", 0) + int(mine.sum())}
        self.sums = sums
        own = figures[round(self.target, 4)]
        cost = own["holding_cost"] + own["order_cost"]
        missed = own["demand_value"] - own["served_value"]
        count = len(cost)
        columns = {
            "scenario_id": np.full(count, self.id),
            "product_id": payload["product_id"],
            "location_id": payload["location_id"],
            "warehouse_id": payload["warehouse_id"],
            "vendor_id": np.array(
                [vendor or None for vendor in payload["supply_vendor_id"].tolist()],
                dtype=object,
            ),
            "total_cost": np.round(cost, 2),
            "missed_value": np.round(missed, 2),
            "stock_change": np.zeros(count),
            "cost_change": np.zeros(count),
            "missed_change": np.zeros(count),
            "verdict": np.full(count, None, dtype=object),
        }
        for name in SUMS:
            whole = name in (
                "lines", "lines_served", "article_days", "stockout_days", "orders",
            )  # fmt: skip
            columns[name] = own[name].astype(int) if whole else np.round(own[name], 4)
        if base is not None and own is not base:
            base_cost = base["holding_cost"] + base["order_cost"]
            columns |= {
                "stock_change": np.round(own["stock_value"] - base["stock_value"], 2),
                "cost_change": np.round(cost - base_cost, 2),
                "missed_change": np.round(
                    missed - (base["demand_value"] - base["served_value"]), 2
                ),
                "verdict": _verdict(own, base, cost, base_cost),
            }
        self.env["jxc.replay.article"]._add(self.replay_id, columns)
