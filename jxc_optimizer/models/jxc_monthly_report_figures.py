"""The figures of the monthly report: read once, in a fixed number of statements."""

from __future__ import annotations

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL, format_date, formatLang

from .jxc_policy_exception import EXCEPTIONS
from .jxc_stock_age import STAGES
from .jxc_stock_case import DECISIONS

#: this month and the same one a year ago
MONTHS = 13
#: articles named in each list
NAMED = 5
#: of a bar with the space beside it, and of the chart; pixels
WIDTH, HEIGHT = 56, 110
#: key figure -> decimals; money has none, shares are in percent
RATIOS = {"turns": 1, "inventory_days": 0, "availability": 1, "fill_lines": 1}
#: those that are shares
SHARES = ("availability", "fill_lines")
#: the lower, the better
LOW = ("dead", "inventory_days")


class JxcMonthlyReport(models.Model):
    _inherit = "jxc.monthly.report"

    def _figures(self) -> dict:
        """Everything on the two pages, written in the language of the context."""
        self.ensure_one()
        report = self.with_company(self.company_id)
        months = report._months()
        return {
            "key_figures": report._key_figures(months),
            "bars": _bars(months),
            "exceptions": report._exceptions(),
            "stages": report._stages(),
            "recovered": report._recovered(),
            "best": report._sellers(),
            "worst": report._worst(),
            "levels": report._levels(),
            "forecast": report._forecast(),
        }

    # -- writing -----------------------------------------------------------------------

    def _money(self, amount) -> str:
        """Without decimals, the symbol where the currency has it."""
        text = formatLang(self.env, amount or 0.0, digits=0)
        symbol = self.currency_id.symbol or self.currency_id.name
        if self.currency_id.position == "before":
            return f"{symbol} {text}"
        return f"{text} {symbol}"

    def _ratio(self, name: str, value) -> str:
        if value is None:
            return "–"
        if name in SHARES:
            return f"{formatLang(self.env, 100 * value, digits=1)} %"
        return formatLang(self.env, value, digits=RATIOS[name])

    def _change(self, now, then) -> str:
        """The change on a year ago in percent; a dash where there is nothing to say."""
        if now is None or not then:
            return "–"
        change = 100 * (now - then) / abs(then)
        sign = "+" if change >= 0 else "−"
        return f"{sign}{formatLang(self.env, abs(change), digits=0)} %"

    # -- page one ----------------------------------------------------------------------

    def _end(self):
        return self.month + relativedelta(months=1, days=-1)

    def _own(self):
        return Domain("company_id", "=", self.company_id.id)

    def _months(self) -> list[dict]:
        """Stock and dead stock at the end of the months of a year, last one last."""
        since = self.month - relativedelta(months=MONTHS - 1)
        rows = self.env["jxc.kpi"]._read_group(
            self._own()
            & Domain("month", ">=", since)
            & Domain("month", "<=", self.month),
            ["month:month"],
            ["stock_value:avg", "dead_value:avg", "availability:avg"],
            order="month:month",
        )
        return [
            {
                "month": month,
                "label": format_date(self.env, month, date_format="MM/yy"),
                "stock": float(stock or 0),
                "dead": float(dead or 0),
                "availability": None if available is None else float(available),
            }
            for month, stock, dead, available in rows
        ]

    def _year(self, end) -> dict:
        """Ratios of the twelve months up to one; None without a year of history."""
        since = end - relativedelta(months=11)
        [(first, *row)] = self.env["jxc.kpi"]._read_group(
            self._own() & Domain("month", ">=", since) & Domain("month", "<=", end),
            [],
            ["month:min", *(f"{name}:avg" for name in RATIOS)],
        )
        if first != since:
            return dict.fromkeys(RATIOS)
        return {
            name: None if value is None else float(value)
            for name, value in zip(RATIOS, row, strict=True)
        }

    def _key_figures(self, months: list[dict]) -> list[dict]:
        """Value, turnover, service and dead stock, against last year and targets."""
        _ = self.env._
        year = self.month - relativedelta(years=1)
        now = next((row for row in months if row["month"] == self.month), {})
        then = next((row for row in months if row["month"] == year), {})
        ratio, before = self._year(self.month), self._year(year)
        targets = self.env["jxc.overview"]._targets(self.company_id)
        dead = targets["dead_share"] and targets["dead_share"] * now.get("stock", 0.0)
        figures = [
            self._figure(label, name, now.get(name), then.get(name), target)
            for label, name, target in (
                (_("Inventory at the end of the month"), "stock", None),
                (_("of which dead"), "dead", dead),
            )
        ]
        labels = {
            "turns": _("Turns a year"),
            "inventory_days": _("Days of inventory"),
            "fill_lines": _("Order lines filled, twelve months"),
            "availability": _("Days in stock, twelve months"),
        }
        figures += [
            self._figure(label, name, ratio[name], before[name], targets[name])
            for name, label in labels.items()
        ]
        name = "availability"
        figures.append(
            self._figure(
                _("Days in stock, this month"),
                name,
                now.get(name),
                then.get(name),
                targets[name],
            )
        )
        return figures

    def _figure(self, label: str, name: str, now, then, target) -> dict:
        """A row of the key figures; ``reached`` is None without a target."""

        def text(value):
            if value is None:
                return "–"
            return self._ratio(name, value) if name in RATIOS else self._money(value)

        reached = None
        if now is not None and target:
            # as it is shown: what looks equal has been reached
            reached = text(now) == text(target) or (now < target) == (name in LOW)
        return {
            "label": label,
            "value": text(now),
            "past": text(then),
            "change": self._change(now, then),
            "target": text(target or None),
            "reached": reached,
        }

    def _exceptions(self) -> list[dict]:
        """What needs attention on the day the report is made."""
        overview = self.env["jxc.overview"]
        tiles = overview._tiles(self.company_id, overview._chosen({}))
        labels = dict(
            self.env["jxc.policy"]._fields["exception"]._description_selection(self.env)
        )
        _ = self.env._
        meaning = {
            "out": _("of demand a week is not met"),
            "soon": _("is not covered until a new order arrives"),
            "surplus": _("is ordered beyond need"),
            "excess": _("lies above need"),
            "unknown": _("on hand without history or cost"),
        }
        return [
            {
                "label": labels[name],
                "meaning": meaning[name],
                "count": formatLang(self.env, tile["count"], digits=0),
                "value": self._money(tile["value"]),
                "amount": tile["value"],
                "articles": tile["articles"],
            }
            for tile in tiles
            for name in [tile["exception"]]
            if name in dict(EXCEPTIONS)
        ]

    # -- page two ----------------------------------------------------------------------

    def _stages(self) -> list[dict]:
        """Stock by how long it has lain, on the day the report is made."""
        groups = self.env["jxc.stock.age"]._read_group(
            self._own(), ["stage"], ["__count", "value:sum"]
        )
        found = {stage: (count, value) for stage, count, value in groups}
        labels = dict(
            self.env["jxc.stock.age"]._fields["stage"]._description_selection(self.env)
        )
        return [
            {
                "label": labels[stage],
                "count": formatLang(self.env, found.get(stage, (0, 0))[0], digits=0),
                "value": self._money(found.get(stage, (0, 0))[1]),
                "amount": float(found.get(stage, (0, 0))[1] or 0),
            }
            for stage, _label in STAGES
        ]

    def _recovered(self) -> dict:
        """What was done about slow and dead stock in the month, and what it brought."""
        cases = self.env["jxc.stock.case"]
        closed = (
            self._own()
            & Domain("state", "=", "done")
            & Domain("closed_day", ">=", self.month)
            & Domain("closed_day", "<=", self._end())
        )
        labels = dict(cases._fields["decision"]._description_selection(self.env))
        groups = cases._read_group(
            closed, ["decision"], ["__count", "value:sum", "recovered_value:sum"]
        )
        found = {decision: row for decision, *row in groups}
        [(waiting, worth)] = cases._read_group(
            self._own() & Domain("state", "in", ["open", "proposed", "decided"]),
            [],
            ["__count", "value:sum"],
        )
        largest = cases.search(closed, order="recovered_value desc, id", limit=NAMED)
        return {
            "decisions": [
                {
                    "label": labels[decision],
                    "count": formatLang(self.env, found[decision][0], digits=0),
                    "value": self._money(found[decision][1]),
                    "recovered": self._money(found[decision][2]),
                }
                for decision, _label in DECISIONS
                if decision in found
            ],
            "total": self._money(sum(row[2] or 0 for row in found.values())),
            "cases": [
                {
                    "name": case.product_id.display_name,
                    "decision": labels.get(case.decision, ""),
                    "value": self._money(case.value),
                    "recovered": self._money(case.recovered_value),
                }
                for case in largest
            ],
            "waiting": formatLang(self.env, waiting, digits=0),
            "waiting_value": self._money(worth),
        }

    def _sellers(self) -> list[dict]:
        """Articles that sold most in the month, at cost, and what they did before."""
        before = self.month - relativedelta(months=1)
        rows = self.env.execute_query(
            SQL(
                """SELECT product_id, sum(worth) FILTER (WHERE day >= %(month)s) AS now,
                          sum(worth) FILTER (WHERE day < %(month)s) AS before
                     FROM (SELECT demand.product_id, demand.day,
                                  (demand.quantity * policy.unit_cost)::float8 AS worth
                             FROM jxc_demand_day demand
                             JOIN stock_warehouse warehouse
                               ON warehouse.lot_stock_id = demand.location_id
                             JOIN jxc_policy policy USING (product_id, location_id)
                            WHERE demand.company_id = %(company)s
                              AND demand.day BETWEEN %(before)s AND %(end)s) AS sold
                    GROUP BY product_id
                   HAVING sum(worth) FILTER (WHERE day >= %(month)s) > 0
                    ORDER BY 2 DESC, product_id LIMIT %(named)s""",
                company=self.company_id.id,
                month=self.month,
                before=before,
                end=self._end(),
                named=NAMED,
            )
        )
        products = self.env["product.product"].browse(row[0] for row in rows)
        return [
            {
                "name": product.display_name,
                "value": self._money(now),
                "change": self._change(now, then),
            }
            for product, (_id, now, then) in zip(products, rows, strict=True)
        ]

    def _worst(self) -> list[dict]:
        """Where most money lies that nobody asks for."""
        ages = self.env["jxc.stock.age"].search(
            self._own() & Domain("excess_value", ">", 0),
            order="excess_value desc, id",
            limit=NAMED,
        )
        return [
            {
                "name": age.product_id.display_name,
                "value": self._money(age.excess_value),
                "idle": formatLang(self.env, age.idle_days, digits=0),
            }
            for age in ages
        ]

    def _levels(self) -> dict:
        """Changes of minimum and maximum in the month, and the stock they plan less.

        On average a rule's stock lies about halfway between its levels.
        """
        [[count, automatic, reverted, saved]] = self.env.execute_query(
            SQL(
                """SELECT count(*), count(*) FILTER (WHERE automatic),
                          count(*) FILTER (WHERE reverted_at IS NOT NULL),
                          sum((old_min + old_max - new_min - new_max) / 2
                              * COALESCE(policy.unit_cost, 0))
                              FILTER (WHERE reverted_at IS NULL)
                     FROM jxc_change change
                     JOIN stock_warehouse_orderpoint rule
                       ON rule.id = change.orderpoint_id
                LEFT JOIN jxc_policy policy ON policy.product_id = rule.product_id
                      AND policy.location_id = rule.location_id
                    WHERE change.company_id = %s
                      AND change.create_date >= %s AND change.create_date < %s""",
                self.company_id.id,
                self.month,
                self._end() + timedelta(days=1),
            )
        )
        saved = float(saved or 0)
        return {
            "count": formatLang(self.env, count, digits=0),
            "automatic": formatLang(self.env, automatic, digits=0),
            "reverted": formatLang(self.env, reverted, digits=0),
            "less": saved >= 0,
            "stock": self._money(abs(saved)),
            "any": bool(count),
        }

    def _forecast(self) -> dict | None:
        """How near the month's forecasts came; None where none was made."""
        [(wape, naive, bias, added)] = self.env["jxc.accuracy"]._read_group(
            self._own()
            & Domain("month", "=", self.month)
            & Domain("is_complete", "=", True),
            [],
            ["wape:avg", "wape_naive:avg", "bias:avg", "value_added:sum"],
        )
        if wape is None:
            return None
        return {
            "wape": formatLang(self.env, 100 * wape, digits=0),
            "naive": formatLang(self.env, 100 * (naive or 0), digits=0),
            "high": (bias or 0) >= 0,
            "bias": formatLang(self.env, 100 * abs(bias or 0), digits=0),
            "better": (added or 0) >= 0,
            "added": self._money(abs(added or 0)),
            "adjusted": bool(added),
        }


def _bars(months: list[dict]) -> list[dict]:
    """The months as bars of a chart: places in pixels, from the top left."""
    top = max((row["stock"] for row in months), default=0.0)
    scale = HEIGHT / top if top > 0 else 0.0
    return [
        {
            "label": row["label"],
            "x": number * WIDTH,
            "width": round(WIDTH * 0.7),
            "height": round(max(row["stock"], 0.0) * scale),
            "top": HEIGHT - round(max(row["stock"], 0.0) * scale),
            "dead": round(max(row["dead"], 0.0) * scale),
            "dead_top": HEIGHT - round(max(row["dead"], 0.0) * scale),
        }
        for number, row in enumerate(months)
    ]
