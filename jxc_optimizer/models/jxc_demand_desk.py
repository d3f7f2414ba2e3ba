"""The demand desk of an article: what was sold, what is expected, who says so."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .jxc_planner import WEEK

#: weeks on the screen, behind and ahead
WEEKS_BACK = 52
WEEKS_AHEAD = 13
#: of normal errors, four of five lie within so many deviations
FOUR_OF_FIVE = 1.2816


class JxcDemandDesk(models.AbstractModel):
    _name = "jxc.demand.desk"
    _description = "Demand Desk"

    @api.model
    def get_desk(self, product_id: int, location_id: int | None = None) -> dict:
        """Everything on the screen, of an article in the current company.

        :param location_id: the place to look at; the one with most demand if none
        """
        self.env["jxc.demand.day"].check_access("read")
        company = self.env.company
        product = self.env["product.product"].browse(int(product_id)).exists()
        if not product:
            raise UserError(self.env._("This article does not exist any more."))
        product.check_access("read")
        today = self.env["jxc.demand.day"]._today(company)
        last_day = today - timedelta(days=1)
        found = self.env["jxc.demand.outlook"]._read(
            company, product.id, product.id, last_day
        )
        row = self._row(found.history, location_id)
        desk = {
            "product": {
                "id": product.id,
                "name": product.display_name,
                "uom": product.uom_id.name,
            },
            "places": self._places(found.history),
            "rights": self._rights(),
            "weeks": [],
        }
        if row is None:
            return desk
        location = self.env["stock.location"].browse(
            int(found.history.location_id[row])
        )
        warehouse_id = int(found.history.warehouse_id[row])
        rate, sd = float(found.rate[row]), float(found.sd[row])
        policy = self._policy(product, location)
        events = self._events(company, product, warehouse_id, last_day)
        one_offs = self.env["jxc.demand.one.off"].search(
            [("product_id", "=", product.id), ("location_id", "=", location.id)]
        )
        return desk | {
            "location_id": location.id,
            "weeks": self._weeks(found, row, last_day),
            "ahead": self._ahead(company, product, warehouse_id, today, rate, sd),
            "one_offs": one_offs.read(
                ["day", "quantity", "usual_qty", "state", "reason", "write_uid"],
                load=None,
            ),
            "events": [self._event(event, rate / WEEK) for event in events],
            "heirs": self._heirs(company, product),
            "per_week": rate,
            "suggestion": self._suggestion(company, policy, today, rate / WEEK),
        }

    def _row(self, history, location_id) -> int | None:
        """Row of the place that is looked at; None where nothing was ever wanted."""
        if not len(history):
            return None
        wanted = np.flatnonzero(history.location_id == (location_id or 0))
        if len(wanted):
            return int(wanted[0])
        return int(np.maximum(history.quantity, 0).sum(axis=1).argmax())

    def _places(self, history) -> list[dict]:
        # sudo: the names of places tell nothing that their demand does not
        places = self.env["stock.location"].sudo().browse(history.location_id.tolist())
        return [{"id": place.id, "name": place.display_name} for place in places]

    def _rights(self) -> dict[str, bool]:
        events = self.env["jxc.demand.event"]
        return {
            "decide": self.env["jxc.demand.one.off"].has_access("write"),
            "plan": self.env.user.has_group("jxc_optimizer.group_planner"),
            "announce": events.has_access("create"),
            "levels": self.env["jxc.policy"].has_access("read"),
        }

    def _weeks(self, found, row: int, last_day) -> list[dict]:
        """The weeks on sale, the latest last."""
        history = found.history
        count = min(int(history.weeks[row]), WEEKS_BACK)
        starts = self.env["jxc.demand.outlook"]._week_starts(last_day, count)
        total = history.quantity.shape[1]
        return [
            {
                "start": start.isoformat(),
                "quantity": float(history.quantity[row, column]),
                "usual": float(found.usual[row, column]),
                "without_stock": float(found.out[row, column]),
                "lines": int(history.lines[row, column]),
                "expected": _number(found.before[row, column]),
            }
            for start, column in zip(starts, range(total - count, total), strict=True)
        ]

    def _ahead(self, company, product, warehouse_id, today, rate, sd) -> list[dict]:
        """The weeks to come: what is expected, and between what it will likely lie."""
        profile = self.env["jxc.season"]._profile(
            company,
            np.array([product.id]),
            np.array([warehouse_id]),
            today,
            WEEKS_AHEAD * WEEK,
        )
        share = np.zeros(WEEKS_AHEAD)
        if profile is not None:
            share = profile[0, :-1].reshape(WEEKS_AHEAD, WEEK).mean(axis=1)
        weeks = []
        for number, more in enumerate(share.tolist()):
            mean, spread = rate * (1 + more), FOUR_OF_FIVE * sd * (1 + more)
            weeks.append(
                {
                    "start": (today + timedelta(days=WEEK * number)).isoformat(),
                    "ordinary": rate,
                    "mean": mean,
                    "low": max(mean - spread, 0.0),
                    "high": mean + spread,
                }
            )
        return weeks

    def _events(self, company, product, warehouse_id, last_day):
        """Events and adjustments of the article, as far as the screen looks."""
        return self.env["jxc.demand.event"].search(
            Domain("company_id", "=", company.id)
            & Domain("warehouse_id", "in", [False, warehouse_id])
            & Domain("date_to", ">", last_day - timedelta(days=WEEKS_BACK * WEEK))
            & (
                Domain("scope", "=", "all")
                | Domain("product_ids", "=", product.id)
                & Domain("scope", "=", "products")
                | Domain("categ_id", "parent_of", product.categ_id.ids)
                & Domain("scope", "=", "category")
            )
        )

    def _event(self, event, per_day: float) -> dict:
        """An event with who, why, and what it does to the demand of its days."""
        user = self.env.user
        change = event.measured_change if event.is_measured else event.expected_change
        days = (event.date_to - event.date_from).days + 1
        names = dict(event._fields["kind"]._description_selection(self.env))
        departments = dict(event._fields["department"]._description_selection(self.env))
        return {
            "id": event.id,
            "name": event.name,
            "kind": event.kind,
            "kind_name": names[event.kind],
            "from": event.date_from.isoformat(),
            "to": event.date_to.isoformat(),
            "expected": event.expected_change,
            "measured": event.measured_change if event.is_measured else None,
            "effect": change * per_day * days,
            # sudo: the name of who planned it, whoever looks
            "user": event.sudo().create_uid.name,
            "department": departments.get(event.department) or "",
            "reason": event.note or "",
            "editable": event.has_access("write")
            and (
                user.has_group("jxc_optimizer.group_planner")
                or event.kind == "adjustment"
                and event.create_uid == user
            ),
        }

    def _heirs(self, company, product) -> list[dict]:
        """Whose demand the article takes over, and who takes over its own."""
        links = self.env["jxc.demand.heir"].search(
            [
                ("company_id", "=", company.id),
                "|",
                ("product_id", "=", product.id),
                ("predecessor_id", "=", product.id),
            ]
        )
        return [
            {
                "id": link.id,
                "inherits": link.product_id == product,
                "name": (link.predecessor_id + link.product_id - product).display_name,
                "factor": link.factor,
            }
            for link in links
        ]

    def _policy(self, product, location):
        policies = self.env["jxc.policy"]
        if not policies.has_access("read"):
            return policies
        return policies.search(
            [("product_id", "=", product.id), ("location_id", "=", location.id)]
        )

    def _suggestion(self, company, policy, today, per_day: float) -> dict | None:
        """The suggested levels, and what the next run will likely change about them.

        By what was decided and announced since the last run: the expected demand of
        the protection interval, and what events add to it.
        """
        if not policy or policy.history_weeks < 4:
            return None
        days = np.array([policy.protection_days])
        extra = self.env["jxc.demand.event"]._extra_days(
            company,
            np.array([policy.product_id.id]),
            np.array([policy.warehouse_id.id]),
            today,
            days,
        )
        demand = (per_day - policy.demand_per_day) * policy.season_factor
        events = extra.item() * per_day * policy.season_factor
        events = max(events, -policy.reorder_point)
        change = demand * policy.protection_days + events - policy.event_demand
        return {
            "minimum": policy.suggested_min,
            "maximum": policy.suggested_max,
            "change": max(change, -policy.suggested_min),
            "days": policy.protection_days,
            "events": events,
            "safety": policy.safety_stock,
        }


def _number(value) -> float | None:
    return None if np.isnan(value) else float(value)
