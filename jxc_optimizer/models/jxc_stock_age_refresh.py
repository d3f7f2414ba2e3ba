"""Reading the age of the stock from Odoo's tables, for a company at once."""

from __future__ import annotations

from odoo import api, models
from odoo.tools import SQL

from . import jxc_bulk
from .jxc_demand_scope import local_day, own_goods, timezone

VALUES = (
    "company_id", "day", "stage", "on_hand", "value", "oldest_day", "age_days",
    "last_demand_day", "idle_days", "cover_days", "fresh_value", "ageing_value",
    "old_value", "ancient_value", "excess_qty", "excess_value",
)  # fmt: skip
COLUMNS = ("product_id", "warehouse_id", *VALUES)


class JxcStockAge(models.Model):
    _inherit = "jxc.stock.age"

    @api.model
    def _refresh(self, company) -> int:
        """Make the company's rows what its stock is today.

        :returns: number of rows written or deleted
        """
        cr = self.env.cr
        self.env.flush_all()
        # Two at the same time would insert the same rows.
        cr.execute(
            SQL(
                "SELECT pg_advisory_xact_lock(hashtext('jxc_stock_age'), %s)",
                company.id,
            )
        )
        for name, rows in (
            ("jxc_age_stock", _stock(company)),
            ("jxc_age_receipt", _receipts(company)),
            ("jxc_age_layer", _layers()),
            ("jxc_age_coming", _coming(company)),
            ("jxc_age_demand", _last_demand(company)),
            ("jxc_new_age", _rows(company)),
        ):
            self._keep(name, rows)
        cr.execute(
            SQL(
                """UPDATE jxc_stock_age age SET %s FROM jxc_new_age new
                    WHERE age.product_id = new.product_id
                      AND age.warehouse_id = new.warehouse_id AND %s""",
                jxc_bulk.assignments(VALUES, "new"),
                jxc_bulk.differs(VALUES, "age", "new"),
            )
        )
        changed = cr.rowcount
        names = SQL(", ").join(map(SQL.identifier, COLUMNS))
        cr.execute(
            SQL(
                """INSERT INTO jxc_stock_age (%s)
                   SELECT %s FROM jxc_new_age
                       ON CONFLICT (product_id, warehouse_id) DO NOTHING""",
                names,
                names,
            )
        )
        changed += cr.rowcount
        cr.execute(
            SQL(
                """DELETE FROM jxc_stock_age age
                    WHERE company_id = %s AND NOT EXISTS (
                          SELECT FROM jxc_new_age new
                           WHERE new.product_id = age.product_id
                             AND new.warehouse_id = age.warehouse_id)""",
                company.id,
            )
        )
        self.invalidate_model()
        return changed + cr.rowcount

    def _keep(self, name: str, rows: SQL) -> None:
        """Keep rows as a table of this transaction, and let PostgreSQL know how many.

        As subqueries of one statement they are joined by guesses, which take minutes
        where tables are large and were never analysed.
        """
        cr, table = self.env.cr, SQL.identifier(name)
        cr.execute(SQL("DROP TABLE IF EXISTS %s", table))
        cr.execute(SQL("CREATE TEMP TABLE %s ON COMMIT DROP AS %s", table, rows))
        cr.execute(SQL("ANALYZE %s", table))


def _rows(company) -> SQL:
    """The rows of a company as they should be."""
    return SQL(
        """WITH age AS (
                  SELECT product_id, warehouse_id, min(day) AS oldest_day,
                         sum(quantity * (%(today)s - day)) / sum(quantity) AS age_days,
                         COALESCE(sum(quantity) FILTER (
                             WHERE %(today)s - day < %(slow)s), 0) AS fresh,
                         COALESCE(sum(quantity) FILTER (
                             WHERE %(today)s - day >= %(slow)s
                               AND %(today)s - day < %(excess)s), 0) AS ageing,
                         COALESCE(sum(quantity) FILTER (
                             WHERE %(today)s - day >= %(excess)s
                               AND %(today)s - day < %(dead)s), 0) AS old,
                         COALESCE(sum(quantity) FILTER (
                             WHERE %(today)s - day >= %(dead)s), 0) AS ancient
                    FROM jxc_age_layer GROUP BY product_id, warehouse_id
                ),
                measured AS (
                  SELECT stock.product_id, stock.warehouse_id, stock.on_hand,
                         age.oldest_day, age.age_days, age.fresh, age.ageing, age.old,
                         age.ancient, demand.last_day,
                         %(today)s - greatest(demand.last_day, age.oldest_day)
                             AS idle_days,
                         stock.on_hand / NULLIF(policy.demand_per_day, 0)::float8
                             AS cover_days,
                         CASE WHEN policy.order_up_to IS NULL THEN 0
                              ELSE greatest(0, least(stock.on_hand, stock.on_hand
                                   + COALESCE(coming.quantity, 0)
                                   - policy.order_up_to::float8)) END AS above,
                         COALESCE((product.standard_price->>%(key)s)::float8, 0)
                             AS cost
                    FROM jxc_age_stock stock
                    JOIN age USING (product_id, warehouse_id)
                    JOIN product_product product ON product.id = stock.product_id
                    JOIN stock_warehouse warehouse ON warehouse.id = stock.warehouse_id
                    LEFT JOIN jxc_age_demand demand USING (product_id, warehouse_id)
                    LEFT JOIN jxc_age_coming coming USING (product_id, warehouse_id)
                    LEFT JOIN jxc_policy policy
                      ON policy.product_id = product.id
                     AND policy.location_id = warehouse.lot_stock_id
                ),
                staged AS (
                  SELECT *, CASE
                         WHEN idle_days >= %(dead)s THEN 'dead'
                         WHEN idle_days >= %(excess)s
                              OR above > 0 AND cover_days >= %(excess)s THEN 'excess'
                         WHEN idle_days >= %(slow)s
                              OR above > 0 AND cover_days >= %(slow)s THEN 'review'
                         ELSE 'moving' END AS stage
                    FROM measured
                )
           SELECT product_id, warehouse_id, %(company)s AS company_id,
                  %(today)s AS day, stage::varchar,
                  round(on_hand::numeric, 4) AS on_hand,
                  round((on_hand * cost)::numeric, 2) AS value,
                  oldest_day, round(age_days::numeric, 1) AS age_days,
                  last_day AS last_demand_day, idle_days,
                  round(cover_days::numeric, 1) AS cover_days,
                  round((fresh * cost)::numeric, 2) AS fresh_value,
                  round((ageing * cost)::numeric, 2) AS ageing_value,
                  round((old * cost)::numeric, 2) AS old_value,
                  round((ancient * cost)::numeric, 2) AS ancient_value,
                  round(excess::numeric, 4) AS excess_qty,
                  round((excess * cost)::numeric, 2) AS excess_value
             FROM (SELECT *, CASE WHEN stage = 'dead' THEN on_hand
                                  ELSE above END AS excess
                     FROM staged) AS staged""",
        today=SQL("%s::date", company.env["jxc.demand.day"]._today(company)),
        slow=company.jxc_slow_days,
        excess=company.jxc_excess_days,
        dead=company.jxc_dead_days,
        key=str(company.id),
        company=company.id,
    )


def _stock(company) -> SQL:
    """Own stock on hand: product_id, warehouse_id, on_hand, since."""
    return SQL(
        """SELECT quant.product_id, place.warehouse_id,
                  sum(quant.quantity)::float8 AS on_hand,
                  min(%(day)s) AS since
             FROM stock_quant quant
             JOIN stock_location place
               ON place.id = quant.location_id AND place.usage = 'internal'
             JOIN stock_warehouse warehouse
               ON warehouse.id = place.warehouse_id
              AND warehouse.company_id = %(company)s
            WHERE quant.owner_id IS NULL OR quant.owner_id = %(partner)s
            GROUP BY quant.product_id, place.warehouse_id
           HAVING sum(quant.quantity) > 0""",
        day=local_day(SQL("quant.in_date"), timezone(company)),
        company=company.id,
        partner=company.partner_id.id,
    )


def _receipts(company) -> SQL:
    """What came into a warehouse from outside it, by day.

    Not what customers send back: those goods are as old as they were.
    """
    return SQL(
        """SELECT l.product_id, target.warehouse_id, %(day)s AS day,
                  sum(l.quantity_product_uom)::float8 AS quantity
             FROM stock_move_line l
             JOIN stock_location target ON target.id = l.location_dest_id
             JOIN stock_location source ON source.id = l.location_id
             JOIN jxc_age_stock stock
               ON stock.product_id = l.product_id
              AND stock.warehouse_id = target.warehouse_id
            WHERE l.state = 'done' AND l.company_id = %(company)s AND %(own)s
              AND target.usage = 'internal' AND source.usage != 'customer'
              AND (source.usage != 'internal'
                   OR source.warehouse_id IS DISTINCT FROM target.warehouse_id)
            GROUP BY l.product_id, target.warehouse_id, day
           HAVING sum(l.quantity_product_uom) > 0""",
        day=local_day(SQL("l.date"), timezone(company)),
        company=company.id,
        own=own_goods(company),
    )


def _layers() -> SQL:
    """The latest receipts that make up the stock: product, warehouse, day, quantity.

    Stock that no receipt explains is as old as the first one, or as Odoo says.
    """
    return SQL(
        """SELECT product_id, warehouse_id, day,
                  least(quantity, on_hand - later) AS quantity
             FROM (SELECT receipt.*, stock.on_hand,
                          sum(receipt.quantity) OVER (
                              PARTITION BY product_id, warehouse_id
                              ORDER BY day DESC) - receipt.quantity AS later
                     FROM jxc_age_receipt receipt
                     JOIN jxc_age_stock stock USING (product_id, warehouse_id)
                  ) AS receipt
            WHERE later < on_hand
            UNION ALL
           SELECT product_id, warehouse_id, least(min(day), min(since)),
                  min(on_hand) - COALESCE(sum(quantity), 0)
             FROM jxc_age_stock
             LEFT JOIN jxc_age_receipt USING (product_id, warehouse_id)
            GROUP BY product_id, warehouse_id
           HAVING min(on_hand) > COALESCE(sum(quantity), 0)"""
    )


def _coming(company) -> SQL:
    """Open receipts from outside the warehouse."""
    return SQL(
        """SELECT move.product_id, target.warehouse_id,
                  sum(move.product_qty)::float8 AS quantity
             FROM stock_move move
             JOIN stock_location target ON target.id = move.location_dest_id
             JOIN stock_location source ON source.id = move.location_id
             JOIN jxc_age_stock stock
               ON stock.product_id = move.product_id
              AND stock.warehouse_id = target.warehouse_id
            WHERE move.company_id = %s AND target.usage = 'internal'
              AND move.state IN ('waiting', 'confirmed', 'partially_available',
                                 'assigned')
              AND (source.usage != 'internal'
                   OR source.warehouse_id IS DISTINCT FROM target.warehouse_id)
            GROUP BY move.product_id, target.warehouse_id""",
        company.id,
    )


def _last_demand(company) -> SQL:
    """The last day on which something was wanted of a product in a warehouse."""
    return SQL(
        """SELECT product_id, warehouse_id, max(day) AS last_day
             FROM (SELECT series.product_id, series.warehouse_id,
                          series.days[array_upper(series.days, 1)] AS day
                     FROM jxc_demand_series series
                     JOIN stock_warehouse warehouse
                       ON warehouse.lot_stock_id = series.location_id
                    WHERE series.company_id = %(company)s
                    UNION ALL
                   SELECT product_id, warehouse_id, day FROM jxc_demand_entry
                    WHERE active AND company_id = %(company)s AND quantity > 0
                  ) AS demand
            GROUP BY product_id, warehouse_id""",
        company=company.id,
    )
