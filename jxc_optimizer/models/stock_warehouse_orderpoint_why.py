from __future__ import annotations

from collections import defaultdict

from odoo import models
from odoo.tools import formatLang
from odoo.tools.misc import format_date


class StockWarehouseOrderpoint(models.Model):
    """Why a suggestion is what it is, in words and sums."""

    _inherit = "stock.warehouse.orderpoint"

    def _jxc_explain(self) -> dict:
        """Suggested min and max as sums of their terms, in the user's language."""
        self.ensure_one()
        _ = self.env._
        content = {
            "title": _("Why this suggestion?"),
            "popoverTemplate": "jxc_optimizer.WhyPopover",
            "position": "right",
            "icon": "fa-question-circle",
            "sums": [],
            "facts": [],
            "productId": self.product_id.id,
            "locationId": self.location_id.id,
        }
        # what is 0 is left out of them
        terms = defaultdict(float, self.jxc_terms or {})
        if self.jxc_note != "suggested" or not terms:
            content["color"] = "text-muted"
            content["message"] = self._jxc_missing_text()
            content["sums"] += self._jxc_order_sum()
            return content
        content["sums"] += self._jxc_order_sum()
        minimum = [
            (
                _("expected demand in the lead time"),
                terms["lead_time_demand"],
                "demand",
            ),
            (
                _("expected demand until the next review"),
                terms["review_demand"],
                "demand",
            ),
            (
                _("safety for demand"),
                terms["safety"] - terms["safety_lead_time"],
                "demand",
            ),
            (_("safety for lead time"), terms["safety_lead_time"], "lead_time"),
            (
                _("expected demand left uncovered: stock for it costs too much"),
                -terms["uncovered"],
            ),
            (_("planned events"), terms["events"], "events"),
            (
                _("usually booked by then: Odoo's forecast has it off already"),
                -terms["booked"],
            ),
            (_("rounding up"), terms["min_rounding"]),
            (_("Odoo orders below, not at, the minimum"), terms["strict_unit"]),
            (_("raised to the least minimum set"), terms["raised"]),
        ]
        maximum = [
            (_("suggested minimum"), self.jxc_suggested_min),
            (_("order lot"), terms["lot"], "lot"),
            (_("rounding up to the pack"), terms["lot_rounding"]),
            (_("without the extra unit of the minimum"), -terms["strict_unit"]),
        ]
        for label, total, parts in (
            (_("Minimum"), self.jxc_suggested_min, minimum),
            (_("Maximum"), self.jxc_suggested_max, maximum),
        ):
            content["sums"].append(self._jxc_sum(label, total, parts))
        content["facts"] = self._jxc_facts(terms)
        return content

    def _jxc_order_sum(self) -> list[dict]:
        """What to order today as a sum; nothing where nothing is to be ordered."""
        terms = self.jxc_order_terms
        if not terms or not terms["quantity"]:
            return []
        _ = self.env._
        suggested = terms["suggested"]
        booked_later = terms["maximum"] - terms["usually_booked"]
        level = self.jxc_suggested_max if suggested else self.product_max_qty
        parts = [
            (_("suggested maximum") if suggested else _("maximum"), level),
            (_("usually booked for later: not counted here yet"), booked_later - level),
            (_("on hand"), -terms["on_hand"], "on_hand"),
            (_("arriving within lead time and review"), -terms["incoming"], "incoming"),
            (_("booked deliveries in that time"), terms["booked"], "booked"),
        ]
        rounding = terms["quantity"] - sum(value for _label, value, *_key in parts)
        parts.append((_("rounding up to what the vendor sells"), rounding, "lot"))
        return [self._jxc_sum(_("Order today"), terms["quantity"], parts)]

    def _jxc_sum(self, label: str, total: float, parts: list[tuple]) -> dict:
        """A total and its terms, written with the same number of decimals.

        :param parts: label, value, and the key of what is behind it if there is more
            to see (``action_jxc_open_term``)
        """
        parts = [part for part in parts if round(part[1], 2)]
        whole = all(float(value).is_integer() for _text, value, *_key in parts)

        def number(value):
            return formatLang(self.env, abs(value), digits=0 if whole else 2)

        return {
            "label": label,
            "total": f"= {number(total)}",
            "unit": self.product_uom_name,
            "terms": [
                {
                    "label": text,
                    "value": f"{'−' if value < 0 else '+'} {number(value)}",
                    "key": key[0] if key else False,
                }
                for text, value, *key in parts
            ],
        }

    def _jxc_facts(self, terms: dict) -> list[str]:
        _ = self.env._

        def number(value, digits=0):
            return formatLang(self.env, value, digits=digits)

        facts = [
            _(
                "Demand %(quantity)s a day, from %(weeks)s weeks until %(day)s",
                quantity=number(terms["per_day"], 2),
                weeks=number(terms["weeks"]),
                # terms of before the weeks ended on a day of their own
                day=format_date(self.env, terms.get("until")) or _("yesterday"),
            ),
            *self._jxc_censored_facts(terms),
            *self._jxc_season_facts(terms),
            self._jxc_lead_time_fact(terms),
            *self._jxc_closed_facts(terms),
            _("Days between two reviews: %s", number(terms["review_days"])),
            *self._jxc_target_facts(terms),
            *self._jxc_chosen_facts(terms),
        ]
        if terms["lot"] != terms["eoq"]:
            facts.append(
                _(
                    "Economic order quantity %(eoq)s; %(lot)s with price breaks, "
                    "minimum, pack and cover limit",
                    eoq=number(terms["eoq"], 1),
                    lot=number(terms["lot"], 1),
                )
            )
        if terms.get("clipped"):
            facts.append(
                _("The order lot alone reaches the target: no safety stock needed")
            )
        confidence = dict(
            self.env["jxc.policy"]
            ._fields["confidence"]
            ._description_selection(self.env)
        )
        facts.append(_("Confidence %s", confidence.get(terms["confidence"], "")))
        return facts

    def _jxc_censored_facts(self, terms: dict) -> list[str]:
        """Days on which nothing could be sold."""
        share = 100 * terms.get("censored", 0.0)
        if share < 0.05:
            return []
        return [
            self.env._(
                "Without stock on %s %% of the days: they do not count as days without "
                "demand",
                formatLang(self.env, share, digits=1),
            )
        ]

    def _jxc_season_facts(self, terms: dict) -> list[str]:
        """How the coming time compares with an average one."""
        change = 100 * (terms["season"] - 1.0)
        if abs(change) < 0.5:
            return []
        share = formatLang(self.env, abs(change), digits=0)
        if change > 0:
            return [
                self.env._(
                    "Season of the category: %s %% more than usual until the next "
                    "review's order arrives",
                    share,
                )
            ]
        return [
            self.env._(
                "Season of the category: %s %% less than usual until the next "
                "review's order arrives",
                share,
            )
        ]

    def _jxc_target_facts(self, terms: dict) -> list[str]:
        """What is aimed at, and how this article takes part in it."""
        _ = self.env._
        rate = formatLang(self.env, 100 * terms["fill_rate"], digits=1)
        if terms["method"] == "textbook":
            return [_("Target: %s %% of the demand delivered at once", rate)]
        facts = [
            {
                "both": _(
                    "Target for all articles together: %s %% of order lines delivered "
                    "at once, and as much of the value as by the textbook",
                    rate,
                ),
                "lines": _(
                    "Target for all articles together: %s %% of order lines delivered "
                    "at once",
                    rate,
                ),
                "units": _(
                    "Target for all articles together: %s %% of units delivered at "
                    "once",
                    rate,
                ),
                "value": _(
                    "Target for all articles together: %s %% of value delivered at "
                    "once",
                    rate,
                ),
                "cost": _(
                    "A unit that is not delivered at once counts %s: stock is kept as "
                    "long as it costs less",
                    formatLang(
                        self.env,
                        terms.get("missed_cost", 0.0),
                        currency_obj=self.company_id.currency_id,
                    ),
                ),
            }[terms["objective"]]
        ]
        if terms["method"] == "one_factor":
            facts.append(
                _(
                    "The textbook with one safety factor, %s: on your own history it "
                    "did better for articles like this one",
                    formatLang(self.env, terms["factor"], digits=2),
                )
            )
        elif terms["chance"]:
            facts.append(
                _(
                    "A shortage is accepted in %s %% of this article's order cycles: "
                    "preventing more of them costs more than it is worth",
                    formatLang(self.env, 100 * terms["chance"], digits=1),
                )
            )
        if terms["uncovered"]:
            facts.append(_("No safety stock: keeping it would cost too much"))
        return facts

    def _jxc_chosen_facts(self, terms: dict) -> list[str]:
        """What people set for the article or its class."""
        _ = self.env._
        facts = []
        if terms.get("fill_floor"):
            facts.append(
                _(
                    "At least %s %% of this article's demand delivered at once",
                    formatLang(self.env, 100 * terms["fill_floor"], digits=1),
                )
            )
        if terms.get("abc_set"):
            facts.append(_("Class %s was chosen, not computed", self.jxc_abc_class))
        return facts

    def _jxc_lead_time_fact(self, terms: dict) -> str:
        """The lead time, and whether it was measured or promised."""
        _ = self.env._
        days, deviation, receipts = (
            formatLang(self.env, terms[key], digits=0 if terms[key] % 1 == 0 else 1)
            for key in ("lead_days", "lead_days_sd", "lead_receipts")
        )
        if terms.get("lead_set"):
            return _(
                "Lead time %(days)s ± %(deviation)s days; the days were set by hand",
                days=days,
                deviation=deviation,
            )
        vendor = self.jxc_vendor_id.display_name
        if not vendor:
            return _("Lead time %s days (no vendor)", days)
        if not terms["lead_measured"]:
            return _(
                "Lead time %(days)s ± %(deviation)s days, as promised by %(vendor)s: "
                "too few receipts yet",
                days=days,
                deviation=deviation,
                vendor=vendor,
            )
        if not terms["lead_receipts"]:
            return _(
                "Lead time %(days)s ± %(deviation)s days; receipts of other products "
                "from %(vendor)s: %(receipts)s",
                days=days,
                deviation=deviation,
                receipts=formatLang(self.env, terms["lead_vendor_receipts"], digits=0),
                vendor=vendor,
            )
        return _(
            "Lead time %(days)s ± %(deviation)s days; receipts from %(vendor)s: "
            "%(receipts)s",
            days=days,
            deviation=deviation,
            receipts=receipts,
            vendor=vendor,
        )

    def _jxc_closed_facts(self, terms: dict) -> list[str]:
        """Days of the lead time on which nobody works."""
        if not terms.get("lead_closed"):
            return []
        days = formatLang(self.env, terms["lead_closed"], digits=0)
        return [
            self.env._(
                "of which the vendor or the company is closed on %s: an order of the "
                "next review will meet these days",
                days,
            )
        ]

    def _jxc_missing_text(self) -> str:
        """Why there is no suggestion, and what to do about it."""
        _ = self.env._
        if self.jxc_note == "short_history":
            return _(
                "The first demand was less than 4 weeks ago: too little for a "
                "suggestion. It comes by itself."
            )
        if self.jxc_note == "manual":
            return _("Planned by hand: no minimum and maximum are suggested.")
        if self.jxc_note == "no_history":
            if self.location_id == self.warehouse_id.lot_stock_id:
                return _(
                    "Nothing has left this warehouse yet. A suggestion comes with the "
                    "first weeks of deliveries or consumption."
                )
            return _(
                "Nothing has left this location yet. Suggestions for a sub-location "
                "come only from what leaves it."
            )
        return _("Not computed yet: the next run will do it.")
