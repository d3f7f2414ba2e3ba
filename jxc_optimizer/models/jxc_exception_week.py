from __future__ import annotations

from datetime import date, timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .jxc_policy_exception import EXCEPTIONS

#: weeks that the overview shows
WEEKS = 13
#: weeks that are kept: the overview's, and those a year before
KEEP_WEEKS = 52 + WEEKS


class JxcExceptionWeek(models.Model):
    """How many articles needed somebody in a week, and their money.

    A row per week × exception × warehouse × category × vendor × buyer. Each run writes
    the week that runs anew; the weeks before the first run are told once, from the
    stock they had and today's levels.
    """

    _name = "jxc.exception.week"
    _description = "Exceptions of a Week"
    _order = "week desc, exception, value desc, id"
    _rec_name = "week"
    _log_access = False

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    week = fields.Date(required=True, readonly=True, help="The Monday it began on.")
    exception = fields.Selection(EXCEPTIONS, required=True, readonly=True)
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True, ondelete="cascade")
    categ_id = fields.Many2one(
        "product.category", "Category", readonly=True, ondelete="cascade"
    )
    vendor_id = fields.Many2one("res.partner", readonly=True, ondelete="set null")
    buyer_id = fields.Many2one(
        "res.users",
        readonly=True,
        ondelete="set null",
        help="Responsible for the product.",
    )
    articles = fields.Integer(readonly=True)
    value = fields.Monetary(readonly=True)
    is_past = fields.Boolean(
        "Before the First Run",
        readonly=True,
        help="Found afterwards: the stock of the week, the levels of the first run.",
    )

    _company_week = models.Index("(company_id, week)")

    @api.model
    def _record(self, company) -> None:
        """Write the week that runs anew from today's exceptions as they are kept."""
        today = self.env["jxc.demand.day"]._today(company)
        found = SQL(
            """SELECT policy_id AS id, %s::date AS at, exception, value
                 FROM jxc_exception WHERE company_id = %s""",
            today,
            company.id,
        )
        self._write_weeks(company, [monday(today)], found, is_past=False)
        self.env.cr.execute(
            SQL(
                "DELETE FROM jxc_exception_week WHERE company_id = %s AND week < %s",
                company.id,
                monday(today) - timedelta(weeks=KEEP_WEEKS),
            )
        )

    @api.model
    def _backfill(self, company) -> None:
        """Tell the weeks before the first recorded one, unless that was done."""
        today = self.env["jxc.demand.day"]._today(company)
        self.env.cr.execute(
            SQL(
                """SELECT min(week), COALESCE(bool_or(is_past), false)
                     FROM jxc_exception_week WHERE company_id = %s""",
                company.id,
            )
        )
        first, done = self.env.cr.fetchone()
        oldest = monday(today) - timedelta(weeks=WEEKS - 1)
        if done or not first or first <= oldest:
            return
        count = (first - oldest).days // 7
        weeks = [oldest + timedelta(weeks=number) for number in range(count)]
        found = self.env["jxc.policy"]._past_exceptions(
            company, [week + timedelta(days=6) for week in weeks]
        )
        self._write_weeks(company, weeks, found, is_past=True)

    def _write_weeks(self, company, weeks: list[date], found: SQL, *, is_past) -> None:
        """Make the rows of the weeks what was found on a day of each."""
        self.env.cr.execute(
            SQL(
                """DELETE FROM jxc_exception_week
                    WHERE company_id = %s AND week = ANY(%s)""",
                company.id,
                weeks,
            )
        )
        self.env.cr.execute(
            SQL(
                """INSERT INTO jxc_exception_week
                          (company_id, week, is_past, exception, warehouse_id, categ_id,
                           vendor_id, buyer_id, articles, value)
                   SELECT %(company)s, date_trunc('week', found.at)::date, %(is_past)s,
                          found.exception, policy.warehouse_id, template.categ_id,
                          policy.vendor_id, buyer.id, count(*),
                          round(sum(found.value)::numeric, 2)
                     FROM (%(found)s) AS found
                     JOIN jxc_policy policy ON policy.id = found.id
                     JOIN product_product product ON product.id = policy.product_id
                     JOIN product_template template
                       ON template.id = product.product_tmpl_id
                     LEFT JOIN res_users buyer
                       ON buyer.id = (template.responsible_id->>%(key)s)::int
                    GROUP BY 2, 4, 5, 6, 7, 8""",
                company=company.id,
                key=str(company.id),
                is_past=is_past,
                found=found,
            )
        )
        self.invalidate_model()

    @api.model
    def _trend(self, company, chosen: Domain, today: date) -> dict[str, list]:
        """Exception -> count and value of each of the last weeks, the latest last.

        None for weeks of which nothing is known.
        """
        weeks = [
            monday(today) - timedelta(weeks=number) for number in range(WEEKS)[::-1]
        ]
        own = Domain("company_id", "=", company.id) & Domain("week", "in", weeks)
        known = {week for [week] in self._read_group(own, ["week:day"])}
        found = {
            (name, week): {"count": articles, "value": float(value)}
            for name, week, articles, value in self._read_group(
                own & chosen, ["exception", "week:day"], ["articles:sum", "value:sum"]
            )
        }
        nothing = {"count": 0, "value": 0.0}
        return {
            name: [
                {"week": week.isoformat(), **found.get((name, week), nothing)}
                if week in known
                else None
                for week in weeks
            ]
            for name, _label in EXCEPTIONS
        }


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
