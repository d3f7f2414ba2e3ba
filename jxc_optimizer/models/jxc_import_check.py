"""The check: names matched, every row judged; nothing is imported by it."""

from __future__ import annotations

from collections import Counter

from odoo import models
from odoo.tools import SQL

from .jxc_import_column import LABELS, USED
from .jxc_import_records import PARAMETERS, Records

#: verdicts that somebody decided or that need no mending
NO_ERRORS = ("ok", "skipped", "cancelled", "no_demand", "after_cutover", "duplicate",
             "nothing", "marked")  # fmt: skip


class JxcImport(models.Model):
    _inherit = "jxc.import"

    def _check_rows(self):
        """Read the columns, match the names, stage and judge every row."""
        missing = self._missing_columns()
        if missing:
            self._record({"state": "columns", "message": missing})
            return
        parts, table = self._read_table()
        questions = {(q.meaning, q.code) for q in table.questions}
        date_question = not self.date_order and any(
            code == "date_order" for _meaning, code in questions
        )
        decimal_question = not self.decimal and any(
            code == "decimal" for _meaning, code in questions
        )
        self._record(
            {"date_question": date_question, "decimal_question": decimal_question}
        )
        if date_question or decimal_question:
            self._record({"state": "columns", "message": self._ask(date_question)})
            return
        headers = {column.meaning: column.name for column in self.column_ids}
        rows = Records(table, self.kind, headers)
        self._match(rows)
        self.env["jxc.import.row"]._stage(self, rows.columns)
        self._record(
            {
                "state": "check",
                "row_count": len(table),
                "counts": _told(parts, table),
            }
        )
        self._judge()

    def _missing_columns(self):
        """What the columns lack to be a file of this kind, in words."""
        meanings = set(self.column_ids.mapped("meaning"))
        _ = self.env._
        lacking = []
        if self.kind == "levels":
            if not meanings & set(USED["levels"]):
                lacking.append(_("the minimum, the maximum or the quantity to order"))
        elif self.kind == "articles":
            if not meanings & set(PARAMETERS):
                lacking.append(_("a parameter: minimum order, lead time or another"))
        elif self.kind == "events":
            if "date" not in meanings:
                lacking.append(_("the first day"))
            if "date_to" not in meanings:
                lacking.append(_("the last day"))
            if not meanings & {"increase", "factor"}:
                lacking.append(_("the expected change"))
        else:
            if "date" not in meanings:
                lacking.append(_("the date"))
            if "quantity" not in meanings:
                lacking.append(_("the quantity"))
        if not meanings & {"code", "barcode", "vendor_code", "name"}:
            lacking.append(_("what tells the article: code, barcode or name"))
        twice = [
            LABELS[meaning]
            for meaning, count in Counter(self.column_ids.mapped("meaning")).items()
            if meaning and count > 1
        ]
        if lacking:
            return _(
                "Choose the columns that hold %(what)s, then check again.",
                what=", ".join(lacking),
            )
        if twice:
            return _(
                "Two columns cannot mean the same: %(what)s. Leave one of them out.",
                what=", ".join(twice),
            )
        return False

    def _ask(self, date_question):
        if date_question:
            return self.env._(
                "No date in the file shows which number is the month. Choose the date "
                "order, then check again."
            )
        return self.env._(
            "No number in the file shows which sign is the decimal one. Choose it, "
            "then check again."
        )

    def _match(self, rows):
        matches = self.env["jxc.import.match"]
        # What was chosen by hand before the columns were corrected stays.
        kept = {
            (match.kind, match.key): match
            for match in self.match_ids
            if match.status == "chosen"
        }
        (self.match_ids - matches.union(*kept.values())).unlink()
        vendors = matches._match_vendors(self, rows.vendors)
        partners = {value["key"]: value["partner_id"] for value in vendors} | {
            key: match.partner_id.id
            for (kind, key), match in kept.items()
            if kind == "vendor"
        }
        values = (
            matches._match_articles(self, rows.articles, partners)
            + vendors
            + matches._match_documents(self, rows.documents)
            + matches._match_states(self, rows.states)
            + matches._match_warehouses(self, rows.warehouses)
            + matches._match_units(self, rows.units)
        )
        matches.create(
            [value for value in values if (value["kind"], value["key"]) not in kept]
        )

    def _judge(self):
        """Verdict and figures of all rows, after the check and after each choice."""
        rows = self.env["jxc.import.row"]
        rows._judge(self)
        if self.kind == "levels":
            self.env["jxc.import.change"]._list(self)
        elif self.kind == "articles":
            self.env["jxc.import.parameter"]._list(self)
        elif self.kind == "events":
            self._prepare_events()
        groups = self.env.execute_query(
            SQL(
                """SELECT status, to_char(day, 'YYYY-MM'), count(*)::int,
                          COALESCE(sum(quantity) FILTER (WHERE quantity != 'NaN'), 0),
                          COALESCE(sum(amount) FILTER (WHERE status = 'ok'), 0),
                          min(day)::text, max(day)::text,
                          count(*) FILTER (WHERE status = 'ok' AND amount < 0)::int
                     FROM jxc_import_row WHERE import_id = %s GROUP BY 1, 2""",
                self.id,
            )
        )
        counts = dict(self.counts or {})
        status, months, days, returned, units = Counter(), {}, [], 0, 0
        for verdict, month, number, quantity, amount, first, last, back in groups:
            status[verdict] += number
            returned += back
            units += quantity
            if month:
                total = months.setdefault(month, [0, 0.0, 0, 0.0])
                total[0] += number
                total[1] += quantity
                if verdict == "ok":
                    total[2] += number
                    total[3] += amount
                    days += [first, last]
        counts |= {
            "status": dict(status),
            "months": dict(sorted(months.items())),
            "first": min(days, default=None),
            "last": max(days, default=None),
            "returned": returned,
            "units": units,
        }
        self._record(
            {
                "counts": counts,
                "taken_count": status["ok"],
                "error_count": sum(
                    number for verdict, number in status.items()
                    if verdict not in NO_ERRORS
                ),
            }
        )  # fmt: skip


def _told(parts, table) -> dict:
    """What the report says of the file itself.

    stated:   totals of quantities that stand in it: [sheet, row, value]
    notes:    what to know about it: [code, meaning of the column]
    skipped:  rows that are no records: why -> [number, sheet and row of the first]
    """
    skipped = {}
    for part in parts:
        for index, why in sorted(part.layout.skipped.items()):
            row = part.grid.numbers[index]
            skipped.setdefault(why, [0, part.grid.sheet, row])[0] += 1
    return {
        "stated": [
            [total.sheet, total.row, total.value]
            for total in table.stated
            if total.meaning == "quantity"
        ],
        "notes": [
            [question.code, question.meaning]
            for question in table.questions
            if question.code in ("mixed_dates", "monthly")
        ],
        "skipped": skipped,
    }
