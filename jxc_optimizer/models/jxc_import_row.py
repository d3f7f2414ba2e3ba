"""The rows of a file between the check and the import, judged in the database."""

from __future__ import annotations

from odoo import fields, models
from odoo.tools import SQL

from . import jxc_bulk

#: columns of a row as the check stages it
STAGED = {
    "position": "int4",
    "sheet": "int4",
    "row": "int4",
    "day": "date",
    "quantity": "float8",
    "document": "varchar",
    "article": "varchar",
    "warehouse": "varchar",
    "unit": "varchar",
    "document_type": "varchar",
    "state": "varchar",
    "fault": "varchar",
    "minimum": "float8",
    "maximum": "float8",
    "decided": "float8",
    "terms": "jsonb",
}


class JxcImportRow(models.Model):
    """A row of a file: what it says, and whether it is taken.

    ``fault``: why the cells cannot be used; ``status``: the verdict. Rows of a
    finished import stay, so that the next one knows which were imported already.
    """

    _name = "jxc.import.row"
    _description = "Row of an Imported File"
    _order = "position"
    _log_access = False

    import_id = fields.Many2one("jxc.import", required=True, index=True,
                                ondelete="cascade")  # fmt: skip
    position = fields.Integer()
    sheet = fields.Integer()
    row = fields.Integer()
    day = fields.Date()
    document = fields.Char()
    article = fields.Char()
    warehouse = fields.Char()
    unit = fields.Char()
    document_type = fields.Char()
    state = fields.Char(help="Of the document, as the file says.")
    fault = fields.Char()
    status = fields.Char()
    product_id = fields.Many2one("product.product", ondelete="set null")
    location_id = fields.Many2one("stock.location", ondelete="set null")

    _duplicates = models.Index("(product_id, day) WHERE status = 'ok'")

    def init(self):
        # Plain numbers: a numeric each would make 200,000 rows slow.
        self.env.cr.execute(
            SQL(
                """ALTER TABLE jxc_import_row
                     ADD COLUMN IF NOT EXISTS quantity float8,
                     ADD COLUMN IF NOT EXISTS amount float8,
                     ADD COLUMN IF NOT EXISTS minimum float8,
                     ADD COLUMN IF NOT EXISTS maximum float8,
                     ADD COLUMN IF NOT EXISTS decided float8,
                     ADD COLUMN IF NOT EXISTS terms jsonb"""
            )
        )

    def _stage(self, record, columns):
        """Replace the rows of an import."""
        cr = self.env.cr
        jxc_bulk.load(cr, "jxc_new_row", STAGED, columns)
        cr.execute(SQL("DELETE FROM jxc_import_row WHERE import_id = %s", record.id))
        names = SQL(", ").join(map(SQL.identifier, STAGED))
        cr.execute(
            SQL(
                "INSERT INTO jxc_import_row (import_id, %s) SELECT %s, %s "
                "FROM jxc_new_row",
                names,
                record.id,
                names,
            )
        )
        cr.execute(SQL("ANALYZE jxc_import_row"))

    def _judge(self, record):
        """Give every row of an import its product, place, amount and verdict."""
        self.env.flush_all()
        cr = self.env.cr
        twice = {"sales": _known, "marks": _marked, "events": _planned}.get(
            record.kind, _repeated
        )(record)
        cr.execute(
            SQL(
                """UPDATE jxc_import_row AS row
                      SET product_id = judged.product_id,
                          location_id = judged.location_id,
                          amount = judged.amount, status = judged.status
                     FROM (%s) AS judged
                    WHERE row.id = judged.id
                      AND (row.product_id, row.location_id, row.amount, row.status)
                          IS DISTINCT FROM (judged.product_id, judged.location_id,
                                            judged.amount, judged.status)""",
                _judged(record),
            )
        )
        self._mark(twice)

    def _mark_known(self, record) -> int:
        """Leave out what other imports have brought since; how many rows that is."""
        return self._mark(_known(record))

    def _mark(self, verdicts: SQL) -> int:
        """Give rows another verdict: id, status."""
        self.env.cr.execute(
            SQL(
                """UPDATE jxc_import_row AS row SET status = verdict.status
                     FROM (%s) AS verdict WHERE row.id = verdict.id""",
                verdicts,
            )
        )
        changed = self.env.cr.rowcount
        self.invalidate_model()
        return changed


def _judged(record) -> SQL:
    """id, product_id, location_id, amount, status of the rows of an import."""
    default = record.warehouse_id.lot_stock_id.id or None
    # Parameters and events without warehouse hold for all of them, and know no today.
    everywhere = record.kind in ("articles", "events")
    if everywhere:
        default = None
    return SQL(
        """SELECT row.id,
                  CASE WHEN article.choice = 'use' THEN article.product_id END
                      AS product_id,
                  CASE WHEN row.warehouse = '' THEN %(default)s
                       ELSE house.lot_stock_id END AS location_id,
                  CASE WHEN row.unit = '' OR product_unit.id IS NULL
                            OR article.choice = 'create' OR unit.uom_id IS NULL
                       THEN signed.quantity
                       ELSE signed.quantity * unit_of.factor / product_unit.factor
                   END::float8 AS amount,
                  CASE WHEN state.choice = 'skip' THEN 'cancelled'
                       WHEN kind.choice = 'skip' THEN 'no_demand'
                       WHEN row.fault IS NOT NULL THEN row.fault
                       WHEN article.choice = 'skip' OR place.choice = 'skip'
                            OR unit.choice = 'skip' THEN 'skipped'
                       WHEN article.choice IS NULL
                            OR article.choice = 'use' AND article.product_id IS NULL
                            THEN 'article_' || COALESCE(article.status, 'unknown')
                       WHEN row.warehouse != '' AND place.warehouse_id IS NULL
                            THEN 'warehouse'
                       WHEN row.warehouse = '' AND %(default)s::int IS NULL
                            AND NOT %(everywhere)s THEN 'warehouse'
                       WHEN row.unit != '' AND unit.choice IS NULL THEN 'unit'
                       WHEN row.unit != '' AND article.choice = 'use'
                            AND unit_of.id IS NOT NULL
                            AND split_part(unit_of.parent_path, '/', 1)
                                != split_part(product_unit.parent_path, '/', 1)
                            THEN 'unit_differs'
                       WHEN %(everywhere)s AND row.terms IS NULL THEN 'nothing'
                       WHEN NOT %(everywhere)s AND row.day > %(today)s THEN 'future'
                       WHEN row.day >= %(cutover)s THEN 'after_cutover'
                       ELSE 'ok' END AS status
             FROM jxc_import_row row
             LEFT JOIN jxc_import_match article
               ON article.import_id = row.import_id AND article.kind = 'article'
              AND article.key = row.article
             LEFT JOIN jxc_import_match place
               ON place.import_id = row.import_id AND place.kind = 'warehouse'
              AND place.key = row.warehouse
             LEFT JOIN stock_warehouse house ON house.id = place.warehouse_id
             LEFT JOIN jxc_import_match unit
               ON unit.import_id = row.import_id AND unit.kind = 'unit'
              AND unit.key = row.unit
             LEFT JOIN jxc_import_match kind
               ON kind.import_id = row.import_id AND kind.kind = 'document'
              AND kind.key = row.document_type
             LEFT JOIN jxc_import_match state
               ON state.import_id = row.import_id AND state.kind = 'state'
              AND state.key = row.state
            CROSS JOIN LATERAL (
                  SELECT CASE WHEN kind.choice = 'return' THEN -abs(row.quantity)
                              ELSE row.quantity END AS quantity) AS signed
             LEFT JOIN uom_uom unit_of ON unit_of.id = unit.uom_id
             LEFT JOIN product_product product ON product.id = article.product_id
             LEFT JOIN product_template template
               ON template.id = product.product_tmpl_id
             LEFT JOIN uom_uom product_unit ON product_unit.id = template.uom_id
            WHERE row.import_id = %(record)s""",
        default=default,
        everywhere=everywhere,
        today=record.env["jxc.demand.day"]._today(record.company_id),
        cutover=record.cutover_day or None,
        record=record.id,
    )


def _known(record) -> SQL:
    """Rows that an earlier import of the company has brought already.

    Two rows of one file may be equal; so the first of them matches the first of
    those that count already, and so on.
    """
    ranked = SQL(
        """SELECT row.id, row.status, row.product_id, row.location_id, row.day,
                  row.document, row.amount,
                  row_number() OVER (
                      PARTITION BY row.product_id, row.location_id, row.day,
                                   row.document, row.amount
                      ORDER BY row.id) AS number
             FROM jxc_import_row row"""
    )
    return SQL(
        """WITH mine AS (%(mine)s WHERE row.import_id = %(record)s
                                    AND row.status IN ('ok', 'duplicate')
                                    AND row.product_id IS NOT NULL),
                span AS (SELECT min(day) AS first, max(day) AS last FROM mine),
                theirs AS (%(theirs)s
                  JOIN jxc_import import ON import.id = row.import_id
                   AND import.company_id = %(company)s AND import.state = 'done'
                   AND import.kind = 'sales' AND import.id != %(record)s
                  JOIN span ON row.day BETWEEN span.first AND span.last
                 WHERE row.status = 'ok')
           SELECT DISTINCT mine.id, 'duplicate' AS status FROM mine JOIN theirs
             ON mine.status = 'ok' AND theirs.product_id = mine.product_id
            AND theirs.location_id = mine.location_id AND theirs.day = mine.day
            AND theirs.document IS NOT DISTINCT FROM mine.document
            AND theirs.amount = mine.amount AND theirs.number = mine.number""",
        mine=ranked,
        theirs=ranked,
        record=record.id,
        company=record.company_id.id,
    )


def _repeated(record) -> SQL:
    """Rows whose article the file has named before, or whose rule decides alone."""
    return SQL(
        """SELECT id,
                  CASE WHEN number > 1 THEN 'repeated' ELSE 'automatic' END AS status
             FROM (SELECT row.id, row.decided, rule.trigger, rule.qty_to_order_computed,
                          row_number() OVER (
                              PARTITION BY row.product_id, row.location_id
                              ORDER BY position) AS number
                     FROM jxc_import_row row
                     LEFT JOIN stock_warehouse_orderpoint rule
                       ON rule.product_id = row.product_id AND rule.active
                      AND rule.location_id = row.location_id
                    WHERE row.import_id = %s AND row.status = 'ok'
                      AND row.product_id IS NOT NULL) AS row
            WHERE number > 1
               OR decided IS NOT NULL AND COALESCE(trigger, 'auto') = 'auto'
                  AND decided != COALESCE(qty_to_order_computed, 0)""",
        record.id,
    )


def _marked(record) -> SQL:
    """Rows of one-off demand that somebody has decided on already."""
    return SQL(
        """SELECT row.id, 'marked' AS status
             FROM jxc_import_row row
             JOIN jxc_demand_one_off mark
               ON mark.product_id = row.product_id AND mark.day = row.day
              AND mark.location_id = row.location_id AND mark.state != 'proposed'
            WHERE row.import_id = %s AND row.status = 'ok'""",
        record.id,
    )


def _planned(record) -> SQL:
    """Rows of events that are planned for the article already."""
    return SQL(
        """SELECT row.id, 'duplicate' AS status
             FROM jxc_import_row row
            WHERE row.import_id = %s AND row.status = 'ok' AND EXISTS (
                  SELECT FROM jxc_demand_event event
                    JOIN jxc_demand_event_product_product_rel taking
                      ON taking.jxc_demand_event_id = event.id
                   WHERE event.active AND event.company_id = %s
                     AND taking.product_product_id = row.product_id
                     AND event.date_from = row.day
                     AND event.date_to::text = row.terms->>'until'
                     AND row.terms->>'name' IN ('', event.name))""",
        record.id,
        record.company_id.id,
    )
