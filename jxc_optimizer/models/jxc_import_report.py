"""What the check found, in words: the report on the page and the file of errors."""

from __future__ import annotations

from odoo import models
from odoo.tools import SQL, format_date

from ..spreadsheet import MESSAGES, error_rows, to_xlsx
from .jxc_import_check import NO_ERRORS
from .jxc_import_column import LABELS

#: errors listed on the page; the file of errors has all
SHOWN = 20


class JxcImport(models.Model):
    _inherit = "jxc.import"

    def _say(self, error) -> str:
        """A reader's error in the user's language."""
        return self.env._(MESSAGES[error.code], **error.arguments)

    def _reason(self, status: str) -> str:
        """Why a row is not taken, in words."""
        _ = self.env._
        code, _sep, meaning = status.partition(":")
        column = self._column_label(meaning)
        reasons = {
            "missing": _("The column %(column)s is empty", column=column),
            "date_unreadable": _("The column %(column)s holds no date", column=column),
            "date_out_of_range": _(
                "The column %(column)s holds a date that cannot be", column=column
            ),
            "number_unreadable": _(
                "The column %(column)s holds no number", column=column
            ),
            "number_convention": _(
                "The column %(column)s writes numbers in another way than elsewhere",
                column=column,
            ),
            "cell_error": _(
                "The column %(column)s holds an error of Excel", column=column
            ),
            "unreadable": _("A cell cannot be read"),
            "shortened": _(
                "The column %(column)s was cut to a number like 6.9E+12 by the program "
                "that saved the file: export it as text",
                column=column,
            ),
            "article_unknown": _("No article has this code or name"),
            "article_proposed": _("A similar article waits to be confirmed"),
            "article_ambiguous": _("Several articles have this code or name"),
            "article_chosen": _("The chosen article was deleted"),
            "warehouse": _("No warehouse has this name"),
            "unit": _("The unit is not known"),
            "unit_differs": _("The unit cannot be converted to the article's"),
            "future": _("The date is in the future"),
            "cancelled": _("Cancelled documents"),
            "no_demand": _("Documents of another kind, such as purchases"),
            "skipped": _("Left out by choice"),
            "after_cutover": _("From the cut-over date on"),
            "duplicate": _("Imported already"),
            "automatic": _(
                "The rule orders by itself: make it manual to decide its quantity"
            ),
            "negative": _("The column %(column)s is below 0", column=column)
            if meaning
            else _("The quantity is below 0"),
            "class_unreadable": _("The class is not A, B or C"),
            "service_full": _("A service of 100 % or more cannot be reached"),
            "until_before": _("The last day is before the first"),
            "change_range": _("The expected change is below -100 % or above +5,000 %"),
            "marked": _("Decided already"),
            "nothing": _("Says nothing about the article"),
            "min_above_max": _("The minimum is above the maximum"),
            "repeated": _("The file names this article a second time"),
            "ok": _("Right"),
        }
        return reasons.get(code, reasons["unreadable"])

    def _say_missed(self):
        """Which later imports left rows out because this one had brought them."""
        rows = self.env.execute_query(
            SQL(
                """SELECT other.name, count(DISTINCT row.id)
                     FROM jxc_import_row row
                     JOIN jxc_import other ON other.id = row.import_id
                      AND other.company_id = %s AND other.state = 'done'
                     JOIN jxc_import_row mine ON mine.import_id = %s
                      AND mine.status = 'ok' AND mine.product_id = row.product_id
                      AND mine.location_id = row.location_id AND mine.day = row.day
                      AND mine.document IS NOT DISTINCT FROM row.document
                      AND mine.amount = row.amount
                    WHERE row.status = 'duplicate'
                    GROUP BY other.id, other.name ORDER BY other.id""",
                self.company_id.id,
                self.id,
            )
        )
        return "\n".join(
            self.env._(
                "%(file)s left out %(rows)s rows because this import had brought them. "
                "Undo it and import it again to have them counted.",
                file=name,
                rows=self._number(number),
            )
            for name, number in rows
        )

    def _column_label(self, meaning: str) -> str:
        labels = dict(
            self.env["jxc.import.column"]
            ._fields["meaning"]
            ._description_selection(self.env)
        )
        return labels.get(meaning, LABELS.get(meaning, meaning))

    def _render_report(self):
        counts = self.counts
        return self.env["ir.qweb"]._render(
            "jxc_optimizer.import_report",
            {
                "summary": self._summary(counts),
                "remarks": self._remarks(counts),
                "counts": counts,
                "reasons": sorted(
                    (
                        (status, self._reason(status), number)
                        for status, number in counts.get("status", {}).items()
                        if status not in NO_ERRORS
                    ),
                    key=lambda item: -item[2],
                ),
                "left_out": [
                    (self._reason(status), counts["status"][status])
                    for status in NO_ERRORS
                    if status != "ok" and counts.get("status", {}).get(status)
                ],
                "examples": self._examples(),
                "several_sheets": len(self.sheet_ids.filtered("use")) > 1,
                "number": self._number,
            },
        )

    def _summary(self, counts) -> list[str]:
        """The check in a few sentences."""
        _ = self.env._
        if self.kind == "levels":
            return [
                _(
                    "%(taken)s of %(rows)s rows are right; %(changes)s of them change "
                    "something.",
                    taken=self._number(self.taken_count),
                    rows=self._number(self.row_count),
                    changes=self._number(len(self.change_ids)),
                )
            ]
        if self.kind == "events":
            return [
                _(
                    "%(taken)s of %(rows)s rows are right; they plan %(events)s "
                    "events.",
                    taken=self._number(self.taken_count),
                    rows=self._number(self.row_count),
                    events=self._number(len(self.event_ids)),
                )
            ]
        if self.kind == "articles":
            return [
                _(
                    "%(taken)s of %(rows)s rows are right; they change %(changes)s "
                    "parameters.",
                    taken=self._number(self.taken_count),
                    rows=self._number(self.row_count),
                    changes=self._number(len(self.parameter_ids)),
                )
            ]
        sentences = [
            _(
                "%(taken)s of %(rows)s rows are right: %(units)s units.",
                taken=self._number(self.taken_count),
                rows=self._number(self.row_count),
                units=self._number(
                    sum(total[3] for total in counts.get("months", {}).values())
                ),
            )
        ]
        if counts.get("first"):
            sentences.append(
                _(
                    "The first is of %(first)s, the last of %(last)s.",
                    first=format_date(self.env, counts["first"]),
                    last=format_date(self.env, counts["last"]),
                )
            )
        if counts.get("returned"):
            sentences.append(
                _(
                    "Rows that bring goods back, taken off the demand of their day: "
                    "%(rows)s.",
                    rows=self._number(counts["returned"]),
                )
            )
        # of each sheet the last one: those before are of pages and parts
        stated = {sheet: (row, value) for sheet, row, value in counts.get("stated", [])}
        if stated:
            sentences.append(
                _(
                    "All rows of the file add up to %(units)s units.",
                    units=self._number(counts.get("units", 0)),
                )
            )
        for sheet, (row, value) in stated.items():
            sentences.append(
                _(
                    "The file itself states a total of %(total)s (sheet %(sheet)s, "
                    "row %(row)s).",
                    total=self._number(value),
                    sheet=sheet,
                    row=row,
                )
            )
        return sentences

    def _remarks(self, counts) -> list[str]:
        """What to know about the file, so that nothing is taken or left unseen."""
        _ = self.env._
        notes = {
            "mixed_dates": _(
                "Some cells hold true dates and others text such as 13/5/2024. The "
                "program that saved the file may have taken the day for the month in "
                "the true ones: compare some of them with your documents."
            ),
            "monthly": _(
                "The dates name months, not days: the demand of a month stands on its "
                "first day."
            ),
        }
        kinds = {
            "title": _("titles"),
            "repeated_header": _("repeated headers"),
            "total": _("totals"),
            "note": _("notes"),
            "other_table": _("another table below"),
        }
        remarks = [notes[code] for code, _meaning in counts.get("notes", [])]
        remarks += [
            _(
                "Taken for %(what)s and not read: %(rows)s, the first in row %(row)s "
                "of sheet %(sheet)s.",
                what=kinds[why],
                rows=self._number(number),
                row=row,
                sheet=sheet,
            )
            if sheet
            else _(
                "Taken for %(what)s and not read: %(rows)s, the first in row %(row)s.",
                what=kinds[why],
                rows=self._number(number),
                row=row,
            )
            for why, (number, sheet, row) in counts.get("skipped", {}).items()
            if why in kinds
        ]
        differing = self.match_ids.filtered(
            lambda match: match.differs and match.choice == "use"
        )
        if differing:
            remarks.append(
                _(
                    "Articles found by their code whose name in the file is quite "
                    "another one: %s. Look at them below Names.",
                    self._number(len(differing)),
                )
            )
        unused = self.sheet_ids.filtered(lambda sheet: not sheet.use)
        if unused:
            remarks.append(
                _("Sheets that are not taken: %s.", ", ".join(unused.mapped("name")))
            )
        return remarks

    def _number(self, value) -> str:
        """A quantity as the user writes it."""
        digits = 0 if float(value).is_integer() else 2
        return self.env["ir.qweb.field.float"].value_to_html(
            value, {"precision": digits}
        )

    def _examples(self) -> list[dict]:
        """The first rows in error: sheet, row, reason."""
        rows = self.env.execute_query(
            SQL(
                """SELECT sheet, row, status, day::text FROM jxc_import_row
                    WHERE import_id = %s AND status NOT IN %s
                    ORDER BY position LIMIT %s""",
                self.id,
                NO_ERRORS,
                SHOWN,
            )
        )
        sheets = [sheet.name for sheet in self.sheet_ids if sheet.use]
        letters = {c.meaning: c.letter for c in self.column_ids if c.meaning}
        return [
            {
                "sheet": sheets[sheet] if sheet < len(sheets) else "",
                "row": row,
                "cell": self._cell(status, letters, row),
                "reason": self._reason(status),
            }
            for sheet, row, status, _day in rows
        ]

    @staticmethod
    def _cell(status: str, letters: dict, row: int) -> str:
        code, _sep, meaning = status.partition(":")
        if code.startswith("article_"):
            meaning = next(
                (m for m in ("code", "barcode", "vendor_code", "name") if m in letters),
                "",
            )
        else:
            meaning = {
                "warehouse": "warehouse",
                "unit": "unit",
                "unit_differs": "unit",
                "future": "date",
            }.get(code, meaning)
        return f"{letters[meaning]}{row}" if meaning in letters else ""

    def _error_file(self) -> bytes:
        """The rows in error as they stand in the file, and why."""
        parts, _table = self._read_table()
        found = dict(
            self.env.execute_query(
                SQL(
                    """SELECT position, status FROM jxc_import_row
                        WHERE import_id = %s AND status NOT IN %s""",
                    self.id,
                    NO_ERRORS,
                )
            )
        )
        words = {status: self._reason(status) for status in set(found.values())}
        filled = self.column_ids.filtered("fill_down").mapped("meaning")
        sheets, first = {}, 0
        for part in parts:
            places = range(len(part.layout.rows))
            reasons = {
                place: words[found[first + place]]
                for place in places
                if first + place in found
            }
            first += len(places)
            if reasons:
                sheets[part.grid.sheet] = error_rows(
                    part, reasons, self.env._("Reason"), filled
                )
        return to_xlsx(sheets)
