from __future__ import annotations

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .jxc_exception_week import monday
from .jxc_policy_exception import EXCEPTIONS

WORST = 5
#: this month and the same one a year ago
MONTHS = 13


class JxcOverview(models.AbstractModel):
    """What the overview shows: today's exceptions, and the key figures of a year.

    A constant number of statements, whatever the number of articles.
    """

    _name = "jxc.overview"
    _description = "Inventory Overview"

    @api.model
    def get_overview(self, filters: dict | None = None) -> dict:
        """Everything on the screen, of the current company.

        :param filters: warehouse_id, categ_id (with those below it), vendor_id,
            buyer_id (responsible for the product); the last two do not bear on the key
            figures, which know neither
        """
        self.env["jxc.kpi"].check_access("read")
        self.env["jxc.policy"].check_access("read")
        company = self.env.company
        chosen = self._chosen(filters)
        months = self._months(company, chosen)
        return {
            "company": company.name,
            "currency_id": company.currency_id.id,
            "filters": chosen,
            "options": self._options(company),
            "targets": self._targets(company),
            "tiles": self._tiles(company, chosen),
            "run_day": self._run_day(company),
            "as_of": self._as_of(company),
            "can_edit": self.env.user.has_group("jxc_optimizer.group_planner"),
            "months": months,
            "year": self._year(company, chosen, 0),
            "year_before": self._year(company, chosen, 12),
            "last_day": months[-1]["last_day"] if months else False,
        }

    @api.model
    def _chosen(self, filters: dict | None) -> dict[str, int]:
        """The ids that are filtered by, 0 for all."""
        return {
            name: int((filters or {}).get(name) or 0)
            for name in ("warehouse_id", "categ_id", "vendor_id", "buyer_id")
        }

    def _kpi_domain(self, company, chosen):
        domain = Domain("company_id", "=", company.id)
        if chosen["warehouse_id"]:
            domain &= Domain("warehouse_id", "=", chosen["warehouse_id"])
        if chosen["categ_id"]:
            domain &= Domain("categ_id", "child_of", chosen["categ_id"])
        return domain

    def _policy_domain(self, company, chosen):
        domain = Domain("company_id", "=", company.id)
        if chosen["warehouse_id"]:
            domain &= Domain("warehouse_id", "=", chosen["warehouse_id"])
        if chosen["categ_id"]:
            domain &= Domain("product_id.categ_id", "child_of", chosen["categ_id"])
        if chosen["vendor_id"]:
            domain &= Domain("vendor_id", "=", chosen["vendor_id"])
        if chosen["buyer_id"]:
            domain &= Domain("product_id.responsible_id", "=", chosen["buyer_id"])
        return domain

    def _week_domain(self, chosen):
        """Of exceptions, today's and those of weeks."""
        domain = Domain.TRUE
        for name in ("warehouse_id", "vendor_id", "buyer_id"):
            if chosen[name]:
                domain &= Domain(name, "=", chosen[name])
        if chosen["categ_id"]:
            domain &= Domain("categ_id", "child_of", chosen["categ_id"])
        return domain

    def _exception_domain(self, company, chosen):
        return Domain("company_id", "=", company.id) & self._week_domain(chosen)

    def _targets(self, company) -> dict:
        """What the company aims at; None where it set nothing."""
        turns = company.jxc_target_turns
        return {
            "turns": turns or None,
            "inventory_days": 365 / turns if turns else None,
            "availability": company.jxc_target_in_stock or None,
            # a target of units, value or cost is none of order lines
            "fill_lines": company.jxc_fill_rate
            if company.jxc_objective in ("both", "lines")
            else None,
            "dead_share": company.jxc_target_dead or None,
        }

    def _run_day(self, company) -> str | bool:
        """The day of the run that levels and classes are of."""
        run = self.env["jxc.run"]._last_done(company)
        return run.date.isoformat() if run else False

    def _as_of(self, company) -> str | bool:
        """The moment (UTC) that the exceptions are of."""
        return fields.Datetime.to_string(self.env["jxc.exception"]._as_of(company))

    def _this_month(self, company):
        return self.env["jxc.demand.day"]._today(company).replace(day=1)

    def _months(self, company, chosen) -> list[dict]:
        """Levels at the end of each month of the last year, the present one last."""
        since = self._this_month(company) - relativedelta(months=MONTHS - 1)
        rows = self.env["jxc.kpi"]._read_group(
            self._kpi_domain(company, chosen) & Domain("month", ">=", since),
            ["month:month"],
            ["last_day:max", "stock_value:avg", "dead_value:avg", "availability:avg"],
            order="month:month",
        )
        return [
            {
                "month": month.isoformat(),
                "last_day": last_day.isoformat(),
                "stock_value": float(value or 0),
                "dead_value": float(dead or 0),
                "availability": None if available is None else float(available),
            }
            for month, last_day, value, dead, available in rows
        ]

    def _year(self, company, chosen, months_ago: int) -> dict:
        """Ratios and sums of twelve months: up to now, or up to some months ago.

        None where there is no history of that length to compare with.
        """
        end = self._this_month(company) - relativedelta(months=months_ago)
        domain = Domain("month", "<=", end) & Domain(
            "month", ">", end - relativedelta(months=12)
        )
        names = (
            "turns", "inventory_days", "availability", "fill_lines", "stockout_days",
        )  # fmt: skip
        [(first, *row)] = self.env["jxc.kpi"]._read_group(
            self._kpi_domain(company, chosen) & domain,
            [],
            ["month:min", *(f"{name}:avg" for name in names[:-1]), "stockout_days:sum"],
        )
        if months_ago and first != end - relativedelta(months=11):
            return dict.fromkeys(names)
        return {
            name: None if value is None else float(value)
            for name, value in zip(names, row, strict=True)
        }

    def _tiles(self, company, chosen) -> list[dict]:
        domain = self._exception_domain(company, chosen)
        totals = self.env["jxc.exception"]._read_group(
            domain, ["exception"], ["__count", "value:sum"]
        )
        tiles = {
            name: {"exception": name, "count": 0, "value": 0.0, "articles": []}
            for name, _label in EXCEPTIONS
        }
        for name, count, value in totals:
            tiles[name].update(count=count, value=float(value))
        for row in self._worst(domain):
            tiles[row.exception]["articles"].append(
                {
                    "id": row.policy_id.id,
                    "name": row.product_id.display_name,
                    "warehouse": row.warehouse_id.code,
                    "uom": row.uom_id.name,
                    "on_hand": row.on_hand,
                    "value": row.value,
                }
            )
        today = self.env["jxc.demand.day"]._today(company)
        trends = self.env["jxc.exception.week"]._trend(
            company, self._week_domain(chosen), today
        )
        for name, trend in trends.items():
            # the week that runs: what is true now
            now = {key: tiles[name][key] for key in ("count", "value")}
            tiles[name]["trend"] = [
                *trend[:-1],
                {"week": monday(today).isoformat(), **now},
            ]
        return list(tiles.values())

    def _worst(self, domain):
        """The dearest rows of each exception, by an index that ends with the value."""
        exceptions = self.env["jxc.exception"]
        queries = [
            exceptions._search(
                domain & Domain("exception", "=", name),
                order=exceptions._order,
                limit=WORST,
            )
            for name, _label in EXCEPTIONS
        ]
        rows = self.env.execute_query(
            SQL(" UNION ALL ").join(SQL("(%s)", query.select()) for query in queries)
        )
        found = exceptions.browse(row[0] for row in rows)
        found.product_id.fetch(["display_name"])
        return found

    def _options(self, company) -> dict:
        """What can be filtered by: id and name, in order of the names."""

        def named(records):
            return [
                {"id": record.id, "name": record.display_name}
                for record in records.sorted("display_name")
            ]

        policies = self.env["jxc.policy"]
        own = [("company_id", "=", company.id)]
        groups = policies._read_group(own, ["vendor_id"])
        vendors = self.env["res.partner"].union(*[vendor for [vendor] in groups])
        groups = self.env["jxc.kpi"]._read_group(own, ["categ_id"])
        categories = self.env["product.category"].union(*[categ for [categ] in groups])
        warehouses = self.env["stock.warehouse"].search_fetch(own, ["name"])
        return {
            "warehouses": named(warehouses),
            "categories": named(categories),
            "vendors": named(vendors),
            "buyers": named(self._buyers(company)),
        }

    def _buyers(self, company):
        """Who is responsible for a storable product."""
        rows = self.env.execute_query(
            SQL(
                """SELECT buyer.id
                     FROM (SELECT DISTINCT responsible_id->>%s AS id
                             FROM product_template WHERE is_storable) AS responsible
                     JOIN res_users buyer ON buyer.id = responsible.id::int""",
                str(company.id),
            )
        )
        return self.env["res.users"].browse(row[0] for row in rows)

    @api.model
    def get_exception_action(self, exception: str, filters: dict | None = None) -> dict:
        """The list behind a tile, with the same filters."""
        exceptions = self.env["jxc.exception"]
        exceptions.check_access("read")
        company = self.env.company
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "jxc_optimizer.action_jxc_exception"
        )
        names = exceptions._fields["exception"]._description_selection(self.env)
        name = dict(names).get(exception)
        return action | {
            "name": name,
            "display_name": name,
            "domain": list(
                self._exception_domain(company, self._chosen(filters))
                & Domain("exception", "=", exception)
            ),
            "context": {},
            # its address would open it without the filter
            "path": False,
        }
