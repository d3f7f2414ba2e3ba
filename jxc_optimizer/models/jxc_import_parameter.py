from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date, formatLang

from .jxc_article import CHOSEN_CLASS, NUMBERS, QUANTITIES, SHARES

#: parameters a file can change -> PostgreSQL type of the column
TYPES = {
    **dict.fromkeys(NUMBERS, "numeric"),
    "max_cover_days": "int4",
    "shelf_life_days": "int4",
    "abc_class": "varchar",
    "abc_until": "date",
}


class JxcImportParameter(models.Model):
    """A parameter of an article that an imported file changes.

    Values as text, as PostgreSQL writes them; empty means not set. Empty cells of the
    file leave a parameter as it is, and 0 takes it away.
    """

    _name = "jxc.import.parameter"
    _description = "Parameter Changed by an Imported File"
    _order = "id"
    _log_access = False

    import_id = fields.Many2one("jxc.import", required=True, index=True,
                                ondelete="cascade")  # fmt: skip
    product_id = fields.Many2one("product.product", readonly=True, ondelete="cascade")
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True, ondelete="cascade")
    name = fields.Selection("_select_names", "Parameter", readonly=True)
    created = fields.Boolean("New", readonly=True, help="The first parameter of it.")
    old_value = fields.Char(readonly=True)
    new_value = fields.Char(readonly=True)
    old_text = fields.Char("Before", compute="_compute_texts")
    new_text = fields.Char("After", compute="_compute_texts")

    @api.model
    def _select_names(self):
        """The parameters by their labels on the article."""
        articles = self.env["jxc.article"]._fields
        return [
            (name, articles[name]._description_string(self.env))
            for name in (*NUMBERS, *CHOSEN_CLASS)
        ]

    @api.depends("name", "old_value", "new_value")
    @api.depends_context("lang")
    def _compute_texts(self):
        for change in self:
            change.old_text = change._text(change.old_value)
            change.new_text = change._text(change.new_value)

    def _text(self, value) -> str:
        """A value as the user writes it."""
        if not value:
            return ""
        if self.name == "abc_until":
            return format_date(self.env, value)
        if self.name == "abc_class":
            return value
        if self.name in SHARES:
            return f"{formatLang(self.env, 100 * float(value), digits=1)} %"
        number = float(value)
        return formatLang(self.env, number, digits=0 if number.is_integer() else 2)

    @api.model
    def _list(self, record):
        """The parameters that the right rows of an import change."""
        self.env.flush_all()
        cr = self.env.cr
        cr.execute(
            SQL("DELETE FROM jxc_import_parameter WHERE import_id = %s", record.id)
        )
        cr.execute(
            SQL(
                """INSERT INTO jxc_import_parameter
                          (import_id, product_id, warehouse_id, name, created,
                           old_value, new_value)
                   SELECT import_id, product_id, warehouse_id, name, created,
                          old_value, new_value
                     FROM (SELECT row.import_id, row.product_id, place.warehouse_id,
                                  said.key AS name, row.position,
                                  own.id IS NULL AS created,
                                  %(old)s AS old_value,
                                  CASE WHEN said.key = ANY(%(texts)s) THEN said.value
                                       WHEN said.key = ANY(%(quantities)s)
                                       THEN trim_scale(NULLIF(round(
                                                (said.value::float8
                                                 * COALESCE(row.amount, 1))::numeric,
                                                %(digits)s), 0))::text
                                       ELSE trim_scale(NULLIF(
                                                said.value::numeric, 0))::text
                                  END AS new_value
                             FROM jxc_import_row row
                        LEFT JOIN stock_location place ON place.id = row.location_id
                        LEFT JOIN jxc_article own ON %(own)s
                            CROSS JOIN LATERAL jsonb_each_text(row.terms) said
                            WHERE row.import_id = %(record)s AND row.status = 'ok'
                              AND row.product_id IS NOT NULL) AS change
                    WHERE old_value IS DISTINCT FROM new_value
                    ORDER BY position, name""",
                old=_present("said.key"),
                texts=list(CHOSEN_CLASS),
                quantities=list(QUANTITIES),
                digits=self.env["decimal.precision"].precision_get("Product Unit"),
                own=_same_scope("row", "place", record),
                record=record.id,
            )
        )
        record.invalidate_recordset(["parameter_ids"])
        self.invalidate_model()

    @api.model
    def _apply(self, record):
        """Write the parameters, all in one transaction; missing rows are made."""
        cr = self.env.cr
        cr.execute(
            SQL(
                """INSERT INTO jxc_article
                          (company_id, product_id, warehouse_id, note, order_cost,
                           holding_rate, lead_days, least_order, pack, fill_floor,
                           least_stock, max_cover_days, shelf_life_days,
                           create_uid, write_uid, create_date, write_date)
                   SELECT DISTINCT %(company)s::int, change.product_id,
                          change.warehouse_id, %(name)s, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                          %(user)s::int, %(user)s::int, %(now)s::timestamp,
                          %(now)s::timestamp
                     FROM jxc_import_parameter change
                LEFT JOIN jxc_article own ON %(own)s
                    WHERE change.import_id = %(record)s AND own.id IS NULL""",
                company=record.company_id.id,
                name=record.name,
                user=self.env.uid,
                now=fields.Datetime.now(),
                own=_same_scope("change", "change", record),
                record=record.id,
            )
        )
        self._write_values(record, "new_value")

    @api.model
    def _take_back(self, record):
        """Put back what nobody has changed since; rows that then say nothing go."""
        self.env.flush_all()
        self._write_values(record, "old_value", only_where="new_value")
        empty = SQL(" AND ").join(
            SQL("COALESCE(%s, 0) = 0", SQL.identifier("own", name)) for name in NUMBERS
        )
        self.env.cr.execute(
            SQL(
                """DELETE FROM jxc_article own USING jxc_import_parameter change
                    WHERE change.import_id = %s AND change.created AND %s
                      AND own.abc_class IS NULL AND %s""",
                record.id,
                _same_scope("change", "change", record),
                empty,
            )
        )
        self._forget_articles()

    @api.model
    def _refuse_changed(self, record):
        """Nobody's change since the check is written over unseen."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT change.product_id FROM jxc_import_parameter change
                LEFT JOIN jxc_article own ON %s
                    WHERE change.import_id = %s
                      AND %s IS DISTINCT FROM change.old_value LIMIT 1""",
                _same_scope("change", "change", record),
                record.id,
                _present("change.name"),
            )
        )
        if rows:
            raise UserError(
                self.env._(
                    "%s was changed since the check. Check the file again.",
                    self.env["product.product"].browse(rows[0]).display_name,
                )
            )

    @api.model
    def _write_values(self, record, source: str, only_where: str | None = None):
        """Set each parameter from a column of the changes.

        :param only_where: the column that says what it has to be at present
        """
        for name, kind in TYPES.items():
            value = SQL(
                "%s::%s",
                SQL.identifier("change", source),
                SQL(kind),  # pylint: disable=sql-injection
            )
            if name in NUMBERS:
                value = SQL("COALESCE(%s, 0)", value)
            unchanged = SQL("true")
            if only_where:
                unchanged = SQL(
                    "%s IS NOT DISTINCT FROM %s",
                    _present("change.name"),
                    SQL.identifier("change", only_where),
                )
            self.env.cr.execute(
                SQL(
                    """UPDATE jxc_article own
                          SET %s = %s, write_uid = %s, write_date = %s
                         FROM jxc_import_parameter change
                        WHERE change.import_id = %s AND change.name = %s AND %s
                          AND %s""",
                    SQL.identifier(name),
                    value,
                    self.env.uid,
                    fields.Datetime.now(),
                    record.id,
                    name,
                    _same_scope("change", "change", record),
                    unchanged,
                )
            )
        self._forget_articles()

    def _forget_articles(self):
        articles = self.env["jxc.article"]
        articles.invalidate_model(flush=False)
        articles._forget_order_units()


def _present(key: str) -> SQL:
    """The text of a parameter of ``own`` at present; NULL where it is not set."""
    column = SQL(key)  # pylint: disable=sql-injection
    return SQL(
        """CASE WHEN %(key)s = ANY(%(texts)s) THEN to_jsonb(own)->>%(key)s
                ELSE trim_scale(NULLIF((to_jsonb(own)->>%(key)s)::numeric, 0))::text
           END""",
        key=column,
        texts=list(CHOSEN_CLASS),
    )


def _same_scope(row: str, place: str, record) -> SQL:
    """Condition: the parameters ``own`` are of the product and warehouse of a row."""
    return SQL(
        """own.company_id = %s AND own.product_id = %s
           AND own.warehouse_id IS NOT DISTINCT FROM %s""",
        record.company_id.id,
        SQL.identifier(row, "product_id"),
        SQL.identifier(place, "warehouse_id"),
    )
