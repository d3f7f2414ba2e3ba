"""What a projection is computed from, read from Odoo's tables for many rules.

Each function that reads is one statement.
"""

from __future__ import annotations

import numpy as np

from odoo.tools import SQL

from ..engine import projection
from .jxc_demand_copy import copy_rows
from .jxc_demand_scope import own_goods

KEYS = ("id", "product_id", "warehouse_id")
#: what is read of each rule, and its type for numpy
RULE = {
    "id": "i4",
    "product_id": "i4",
    "warehouse_id": "i4",
    "suggested": "i4",
    "on_hand": "f8",
    "per_day": "f8",
    "sd": "f8",
    "booked_days": "f8",
    "lead_days": "f8",
    "lead_days_sd": "f8",
    "review_days": "f8",
    "minimum": "f8",
    "maximum": "f8",
    "buffer": "f8",
    "moq": "f8",
    "multiple": "f8",
    "unit_cost": "f8",
    "unit_price": "f8",
    "promised_days": "f8",
}
#: all locations below those that the rules stand for
_PLACES = SQL(
    """SELECT top.id AS top, place.id
         FROM stock_location AS top
         JOIN stock_location AS place
           ON place.parent_path LIKE top.parent_path || '%%'
        WHERE top.id IN (SELECT top FROM jxc_scope_rule)"""
)
#: the products of the scope: an array leads to their rows, where a join with many of
#: them reads all rows of the company; of the few that PostgreSQL expects of an array,
#: outer joins keep all that are in scope in its plan
_ARTICLES = SQL("ARRAY(SELECT product_id FROM jxc_scope_rule)")
#: the scope is in tables
_TABLES = SQL("")
#: where levels and notes of the rules are
_RULES = SQL("stock_warehouse_orderpoint")


def rules_in(company, chosen: SQL) -> SQL:
    """Rows of the scope: the company's rules that meet a condition on ``rule``."""
    return SQL(
        """SELECT row_number() OVER (ORDER BY rule.id)::int4 AS row, rule.id,
                  rule.product_id, rule.location_id, rule.warehouse_id,
                  COALESCE(warehouse.view_location_id, rule.location_id) AS top
             FROM stock_warehouse_orderpoint AS rule
        LEFT JOIN stock_warehouse AS warehouse
               ON warehouse.lot_stock_id = rule.location_id
            WHERE rule.company_id = %s AND rule.active AND %s""",
        company.id,
        chosen,
    )


def scope_of(rows: SQL) -> SQL:
    """A small scope as part of the query: reading it needs no tables."""
    return SQL("jxc_scope_rule AS (%s), jxc_scope_place AS (%s),", rows, _PLACES)


def create_scope(company, chosen: SQL) -> int:
    """Temporary tables of the rules and of the locations they stand for.

    A rule of a warehouse's stock location stands for the whole warehouse.

    :returns: number of rules; with none, places are not asked for
    """
    cr = company.env.cr
    cr.execute(SQL("DROP TABLE IF EXISTS jxc_scope_rule, jxc_scope_place"))
    count = _create(cr, "jxc_scope_rule", rules_in(company, chosen))
    if count:
        _create(cr, "jxc_scope_place", _PLACES)
    return count


def _create(cr, table: str, rows: SQL) -> int:
    name = SQL.identifier(table)
    cr.execute(SQL("CREATE TEMP TABLE %s ON COMMIT DROP AS %s", name, rows))
    count = cr.rowcount
    cr.execute(SQL("ANALYZE %s", name))
    return count


def rules(company, scope=_TABLES, known=_RULES) -> np.ndarray:
    """Levels and demand of the rules in scope, ordered by row.

    Without a suggestion the rule's own minimum and maximum count; they are what
    people chose with Odoo's arithmetic, so nothing is booked on top of them.

    :param known: rules with id, supplier_id, product_min_qty, product_max_qty, jxc_note
    """
    return copy_rows(
        company.env.cr,
        SQL(
            """WITH %(scope)s hand AS (
                    SELECT l.product_id AS article, place.top,
                           sum(l.quantity)::float8 AS quantity
                      FROM stock_quant l
                      JOIN jxc_scope_place place ON place.id = l.location_id
                      JOIN stock_location location
                        ON location.id = place.id AND location.usage = 'internal'
                     WHERE l.product_id = ANY (%(articles)s) AND %(own)s
                     GROUP BY l.product_id, place.top
               ), promise AS (
                    SELECT product_tmpl_id AS template, partner_id AS vendor,
                           max(delay) AS days
                      FROM product_supplierinfo
                     WHERE product_tmpl_id = ANY (ARRAY(
                               SELECT product_tmpl_id FROM product_product
                                WHERE id = ANY (%(articles)s)))
                       AND (company_id IS NULL OR company_id = %(company)s)
                     GROUP BY product_tmpl_id, partner_id
               ), known AS (
                    SELECT scope.row, scope.id, scope.product_id AS article, scope.top,
                           product.product_tmpl_id AS template,
                           COALESCE((SELECT partner_id FROM product_supplierinfo
                                      WHERE id = rule.supplier_id),
                                    policy.vendor_id) AS vendor,
                           scope.warehouse_id AS warehouse,
                           (rule.id IS NULL OR rule.jxc_note = 'suggested')
                               AND policy.suggested_min IS NOT NULL AS suggested,
                           rule.product_min_qty, rule.product_max_qty,
                           product.standard_price, policy.*
                      FROM jxc_scope_rule scope
                 LEFT JOIN %(known)s rule
                        ON rule.id = scope.id
                       AND rule.id = ANY (ARRAY(SELECT id FROM jxc_scope_rule))
                 LEFT JOIN product_product product
                        ON product.id = scope.product_id
                       AND product.id = ANY (%(articles)s)
                 LEFT JOIN (SELECT product_id, location_id, vendor_id,
                                   demand_per_day,
                                   demand_sd, lead_days, lead_days_sd, review_days,
                                   safety_stock, uncovered_demand, booked_demand,
                                   suggested_min, suggested_max, vendor_minimum,
                                   vendor_multiple, unit_cost, order_price
                              FROM jxc_policy
                             WHERE product_id = ANY (%(articles)s)) policy
                        ON policy.product_id = scope.product_id
                       AND policy.location_id = scope.location_id
               )
               SELECT id, article, warehouse, COALESCE(suggested, false)::int4,
                      COALESCE(hand.quantity, 0)::float8,
                      COALESCE(demand_per_day, 0)::float8,
                      COALESCE(demand_sd, 0)::float8,
                      CASE WHEN demand_per_day > 0
                           THEN booked_demand / demand_per_day
                           ELSE 0 END::float8,
                      COALESCE(lead_days, %(lead)s)::float8,
                      COALESCE(lead_days_sd, 0)::float8,
                      COALESCE(review_days, %(review)s)::float8,
                      COALESCE(CASE WHEN suggested
                                    THEN suggested_min + booked_demand
                                    ELSE product_min_qty END, 0)::float8,
                      COALESCE(CASE WHEN suggested
                                    THEN suggested_max + booked_demand
                                    ELSE product_max_qty END, 0)::float8,
                      COALESCE(CASE WHEN suggested
                                    THEN safety_stock - uncovered_demand END,
                               0)::float8,
                      COALESCE(vendor_minimum, 0)::float8,
                      COALESCE(vendor_multiple, 0)::float8,
                      COALESCE(unit_cost, (standard_price->>%(key)s)::numeric,
                               0)::float8,
                      COALESCE(order_price, unit_cost,
                               (standard_price->>%(key)s)::numeric, 0)::float8,
                      COALESCE(promise.days + %(purchase)s, 0)::float8
                 FROM known LEFT JOIN hand USING (article, top)
            LEFT JOIN promise USING (template, vendor)
                ORDER BY row""",
            scope=scope,
            known=known,
            articles=_ARTICLES,
            own=own_goods(company),
            lead=company.jxc_default_lead_days,
            review=company.jxc_review_days,
            key=str(company.id),
            company=company.id,
            purchase=company.days_to_purchase,
        ),
        RULE,
    )


def flows(company, today, scope=_TABLES, without=None) -> np.ndarray:
    """Receipts and booked deliveries by rule and day; what is late counts today.

    Open moves over the border of the rule's place, and requests for quotation.

    :param without: a purchase order that is left out
    """
    return copy_rows(
        company.env.cr,
        SQL(
            """WITH %(scope)s flow AS (
                    SELECT scope.row, move.date, move.product_qty AS quantity,
                           target.id IS NOT NULL OR final.id IS NOT NULL AS enters,
                           source.id IS NOT NULL AS leaves
                      FROM jxc_scope_rule scope
                      JOIN stock_move move ON move.product_id = scope.product_id
                 LEFT JOIN jxc_scope_place source
                        ON source.top = scope.top AND source.id = move.location_id
                 LEFT JOIN jxc_scope_place target
                        ON target.top = scope.top
                       AND target.id = move.location_dest_id
                 LEFT JOIN jxc_scope_place final
                        ON final.top = scope.top
                       AND final.id = move.location_final_id
                 LEFT JOIN purchase_order_line bought
                        ON bought.id = move.purchase_line_id
                     WHERE move.product_id = ANY (%(articles)s)
                       AND move.state IN ('waiting', 'confirmed',
                                          'partially_available', 'assigned')
                       AND move.company_id = %(company)s
                       AND bought.order_id IS DISTINCT FROM %(without)s
                    UNION ALL
                    SELECT scope.row, line.date_planned, line.product_uom_qty,
                           true, false
                      FROM jxc_scope_rule scope
                      JOIN purchase_order_line line
                        ON line.product_id = scope.product_id
                      JOIN purchase_order ON purchase_order.id = line.order_id
                       AND purchase_order.state IN ('draft', 'sent', 'to approve')
                       AND purchase_order.company_id = %(company)s
                       AND purchase_order.id != %(without)s
                      JOIN stock_picking_type kind
                        ON kind.id = purchase_order.picking_type_id
                 LEFT JOIN stock_warehouse_orderpoint wanted
                        ON wanted.id = line.orderpoint_id
                      JOIN jxc_scope_place place
                        ON place.top = scope.top
                       AND place.id = COALESCE(wanted.location_id,
                                               line.location_final_id,
                                               kind.default_location_dest_id)
               ), dated AS (
                    SELECT row, enters, quantity,
                           greatest(date::date - %(today)s::date, 0) AS day
                      FROM flow
                     WHERE enters != leaves AND quantity > 0 AND date IS NOT NULL
               )
               SELECT row::int4, day::int4,
                      COALESCE(sum(quantity) FILTER (WHERE enters), 0)::float8,
                      COALESCE(sum(quantity) FILTER (WHERE NOT enters), 0)::float8
                 FROM dated WHERE day <= %(days)s
                GROUP BY row, day""",
            scope=scope,
            articles=_ARTICLES,
            company=company.id,
            without=(without and without._origin.id) or 0,
            today=today,
            days=projection.DAYS,
        ),
        {"row": "i4", "day": "i4", "incoming": "f8", "booked": "f8"},
    )
