"""Which articles need somebody, on a day, and what that is worth."""

from __future__ import annotations

from datetime import date, timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .jxc_among import Chosen, every
from .jxc_demand_scope import local_day, own_goods, start_of, timezone

#: states of moves that are still to come
OPEN = ("waiting", "confirmed", "partially_available", "assigned")

EXCEPTIONS = [
    ("out", "Out of Stock"),
    ("soon", "Soon out of Stock"),
    ("surplus", "Surplus Orders"),
    ("excess", "Excess"),
    ("unknown", "New or Unknown"),
]


class JxcPolicy(models.Model):
    _inherit = "jxc.policy"

    exception = fields.Selection(
        EXCEPTIONS,
        compute="_compute_exception",
        search="_search_exception",
        help="Out of stock: nothing on hand of what is wanted. Soon: stock and what "
        "arrives within the lead time do not last for the lead time. Surplus: open "
        "orders lift the stock above the order-up-to level. Excess: the stock on hand "
        "is above it. Unknown: too little history, or no cost. The first that is true.",
    )

    def _compute_exception(self):
        rows = self.env.execute_query(
            SQL(
                "SELECT policy_id, exception FROM jxc_exception WHERE policy_id = ANY"
                " (%s)",
                self.ids,
            )
        )
        found = dict(rows)
        for policy in self:
            policy.exception = found.get(policy.id)

    def _search_exception(self, operator, value):
        if operator != "in":
            return NotImplemented
        if False in value:
            raise UserError(
                self.env._("Articles without exception cannot be searched for.")
            )
        return Domain(
            "id",
            "in",
            SQL(
                """(SELECT policy_id FROM jxc_exception
                     WHERE company_id = ANY (%s) AND exception = ANY (%s))""",
                self.env.companies.ids,
                list(value),
            ),
        )

    def _exceptions(self, company, chosen: Chosen = every) -> SQL:
        """Policies of warehouses with what is exceptional now, found from the stock:
        id, at, exception, on_hand, coming, value.

        The value is in the company's currency, at cost: a week's demand where there is
        no stock, the demand that is not covered, the surplus ordered or kept, and what
        is on hand of unknown articles. Each article counts once.

        :param chosen: only those of some products
        """
        self.env.flush_all()
        return _found(
            company,
            [_today(company)],
            _hand(company, chosen),
            _coming(company, chosen),
            chosen,
        )

    def _past_exceptions(self, company, days: list[date]) -> SQL:
        """The same at the end of past days, which stand in ``at``.

        Stock and open orders are those of the day, levels those of the last run. An
        article counts from the week on in which its history begins.
        """
        self.env.flush_all()
        return SQL(
            """SELECT past.* FROM (%s) AS past JOIN jxc_policy policy USING (id)
                WHERE %s::date - 7 * COALESCE(policy.history_weeks, 0) <= past.at""",
            _found(
                company, days, _past_hand(company, days), _past_coming(company, days)
            ),
            _today(company),
        )


def _today(company) -> date:
    return company.env["jxc.demand.day"]._today(company)


def _hand(company, chosen: Chosen = every) -> SQL:
    """Stock of now: at, product_id, warehouse_id, quantity."""
    return SQL(
        """SELECT %(today)s::date AS at, l.product_id, place.warehouse_id,
                  sum(l.quantity)::float8 AS quantity
             FROM stock_quant l
             JOIN stock_location place
               ON place.id = l.location_id AND place.usage = 'internal'
            WHERE l.company_id = %(company)s AND %(own)s AND %(chosen)s
            GROUP BY l.product_id, place.warehouse_id""",
        company=company.id,
        own=own_goods(company),
        chosen=chosen(SQL("l.product_id")),
        today=_today(company),
    )


def _past_hand(company, days: list[date]) -> SQL:
    """Stock at the end of days: that of now, without what moved since."""
    tz = timezone(company)

    def moved(sign: SQL, location: SQL) -> SQL:
        return SQL(
            """SELECT l.product_id, place.warehouse_id, %s AS day,
                      %s l.quantity_product_uom::float8 AS quantity
                 FROM stock_move_line l
                 JOIN stock_location place
                   ON place.id = %s AND place.usage = 'internal'
                WHERE l.state = 'done' AND l.company_id = %s AND %s AND l.date >= %s""",
            local_day(SQL("l.date"), tz),
            sign,
            location,
            company.id,
            own_goods(company),
            start_of(SQL("%s::date", min(days) + timedelta(days=1)), tz),
        )

    return SQL(
        """SELECT moment.at, change.product_id, change.warehouse_id,
                  sum(change.quantity) AS quantity
             FROM (SELECT product_id, warehouse_id, 'infinity'::date AS day, quantity
                     FROM (%s) AS hand
                    UNION ALL
                   SELECT product_id, warehouse_id, day, sum(quantity)
                     FROM (%s UNION ALL %s) AS move
                    GROUP BY product_id, warehouse_id, day) AS change
             JOIN moment ON change.day > moment.at
            GROUP BY moment.at, change.product_id, change.warehouse_id""",
        _hand(company),
        moved(SQL("-"), SQL("l.location_dest_id")),
        moved(SQL(""), SQL("l.location_id")),
    )


def _inside(company) -> list[int]:
    """Places that hold stock. Named one by one they are found by an index of moves,
    beside that of the state: open moves are few, and mostly deliveries."""
    rows = company.env.execute_query(
        SQL("SELECT id FROM stock_location WHERE usage = 'internal'")
    )
    return [row[0] for row in rows]


def _coming(company, chosen: Chosen = every) -> SQL:
    """Open receipts: at, product_id, warehouse_id, day, quantity."""
    return SQL(
        """SELECT %(today)s::date AS at, move.product_id, target.warehouse_id,
                  move.date::date AS day, sum(move.product_qty)::float8 AS quantity
             FROM stock_move move
             JOIN stock_location target ON target.id = move.location_dest_id
             JOIN stock_location source ON source.id = move.location_id
            WHERE move.company_id = %(company)s AND move.state IN %(open)s
              AND move.location_dest_id = ANY (%(inside)s) AND %(chosen)s
              AND (source.usage != 'internal'
                   OR source.warehouse_id IS DISTINCT FROM target.warehouse_id)
            GROUP BY move.product_id, target.warehouse_id, move.date::date""",
        company=company.id,
        today=_today(company),
        open=OPEN,
        inside=_inside(company),
        chosen=chosen(SQL("move.product_id")),
    )


def _past_coming(company, days: list[date]) -> SQL:
    """What was ordered by the end of days and had not come: it came, or is to come."""
    return SQL(
        """SELECT moment.at, move.product_id, target.warehouse_id,
                  move.date::date AS day, sum(move.product_qty)::float8 AS quantity
             FROM stock_move move
             JOIN stock_location target
               ON target.id = move.location_dest_id AND target.usage = 'internal'
             JOIN stock_location source ON source.id = move.location_id
             LEFT JOIN purchase_order_line line ON line.id = move.purchase_line_id
             LEFT JOIN purchase_order purchase ON purchase.id = line.order_id
             JOIN moment
               ON COALESCE(purchase.date_approve, move.create_date)::date <= moment.at
              AND (move.state != 'done' OR move.date::date > moment.at)
            WHERE move.company_id = %(company)s
              AND (move.state IN %(open)s
                   OR move.state = 'done' AND move.date >= %(first)s)
              AND (source.usage != 'internal'
                   OR source.warehouse_id IS DISTINCT FROM target.warehouse_id)
            GROUP BY moment.at, move.product_id, target.warehouse_id,
                     move.date::date""",
        company=company.id,
        first=min(days),
        open=OPEN,
    )


def _found(
    company, days: list[date], hand: SQL, coming: SQL, chosen: Chosen = every
) -> SQL:
    """What is exceptional at the end of the days, given stock and open receipts."""
    # Materialized: where PostgreSQL takes the policies to be few, it would add up all
    # stock and open moves again for each of them.
    return SQL(
        """WITH moment AS (
                SELECT unnest(%(days)s::date[]) AS at
           ), hand AS MATERIALIZED (%(hand)s
           ), coming AS (%(coming)s
           ), ordered AS MATERIALIZED (
                SELECT policy.id, coming.at, sum(coming.quantity) AS quantity,
                       sum(coming.quantity) FILTER (
                           WHERE day <= coming.at + policy.lead_days::int
                       ) AS soon
                  FROM coming
                  JOIN jxc_policy policy USING (product_id, warehouse_id)
                 WHERE %(chosen)s
                 GROUP BY policy.id, coming.at
           ), known AS (
                SELECT policy.id, moment.at, COALESCE(policy.confidence, 'D') = 'D'
                           OR COALESCE(policy.unit_cost, 0) <= 0 AS unknown,
                       COALESCE(policy.unit_cost, 0)::float8 AS cost,
                       COALESCE(policy.demand_per_day, 0)::float8 AS demand,
                       COALESCE(policy.lead_days, 0)::float8 AS lead,
                       policy.order_up_to::float8 AS top,
                       COALESCE(hand.quantity, 0) AS on_hand,
                       COALESCE(ordered.quantity, 0) AS coming,
                       COALESCE(ordered.soon, 0) AS soon
                  FROM jxc_policy policy
                  JOIN stock_warehouse warehouse
                    ON warehouse.lot_stock_id = policy.location_id
                 CROSS JOIN moment
                  LEFT JOIN hand ON hand.product_id = policy.product_id
                                AND hand.warehouse_id = policy.warehouse_id
                                AND hand.at = moment.at
                  LEFT JOIN ordered ON ordered.id = policy.id
                                   AND ordered.at = moment.at
                 WHERE policy.company_id = %(company)s AND %(chosen)s
           ), named AS (
                SELECT *, CASE
                       WHEN unknown THEN 'unknown'
                       WHEN on_hand <= 0 AND demand > 0 THEN 'out'
                       WHEN on_hand + soon < demand * lead THEN 'soon'
                       WHEN coming > 0 AND on_hand + coming > top THEN 'surplus'
                       WHEN on_hand > top THEN 'excess' END AS exception
                  FROM known
           )
           SELECT id, at, exception, on_hand, coming, CASE exception
                  WHEN 'unknown' THEN greatest(on_hand, 0) * cost
                  WHEN 'out' THEN 7 * demand * cost
                  WHEN 'soon' THEN (demand * lead - on_hand - soon) * cost
                  WHEN 'surplus' THEN least(coming, on_hand + coming - top) * cost
                  ELSE (on_hand - top) * cost END AS value
             FROM named WHERE exception IS NOT NULL""",
        company=company.id,
        days=days,
        hand=hand,
        coming=coming,
        chosen=chosen(SQL("policy.product_id")),
    )
