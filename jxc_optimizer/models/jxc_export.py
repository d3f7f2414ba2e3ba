"""Tables for Excel: formatted, with filters, and a sheet that explains the columns."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import timedelta
from unicodedata import east_asian_width

import xlsxwriter

from odoo import api, fields, models

from ..spreadsheet import neutralise

#: characters a column is wide at least and at most
NARROW, WIDE = 10, 60
#: rows looked at to find the width of a column
LOOKED_AT = 200
#: light yellow, as spreadsheets mark what may be changed
EDITABLE = "#FFF9DB"
#: how long a file waits to be fetched
KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Column:
    """A column of an exported table.

    name, help:  in the user's language
    values:      one for each row: text, number, date or None
    kind:        text, number, money, percent or date
    editable:    whether the file can be imported again with it changed
    """

    name: str
    help: str
    values: list
    kind: str = "text"
    editable: bool = False


def _shape(column: Column) -> str:
    """The format of a column: whole numbers without decimals, and what people may
    change as they type it."""
    if column.kind != "number":
        return column.kind
    if column.editable:
        return "typed"
    whole = all(float(value or 0).is_integer() for value in column.values)
    return "whole" if whole else "number"


def _width(text: str) -> int:
    """Characters a text is wide; a Chinese one takes two."""
    return sum(1 + (east_asian_width(character) in "WF") for character in text)


class JxcExport(models.AbstractModel):
    """Builds .xlsx files; text that Excel would take for a formula is neutralised."""

    _name = "jxc.export"
    _description = "Export to Excel"

    @api.model
    def _workbook(self, title: str, columns: list[Column], note: str = "") -> bytes:
        """A file with the table and a sheet that explains it."""
        file = io.BytesIO()
        book = xlsxwriter.Workbook(
            file,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "default_date_format": "yyyy-mm-dd",
                "remove_timezone": True,
            },
        )
        formats = self._formats(book)
        self._write_table(book.add_worksheet(self._sheet_name(title)), columns, formats)
        self._write_help(
            book.add_worksheet(self._sheet_name(self.env._("Explanation"))),
            columns,
            formats,
            note,
        )
        book.set_properties({"title": title, "company": self.env.company.name})
        book.close()
        return file.getvalue()

    @staticmethod
    def _sheet_name(name: str) -> str:
        return "".join(c for c in name if c not in "[]:*?/\\")[:31]

    @staticmethod
    def _formats(book) -> dict:
        shapes = {
            "text": {},
            "number": {"num_format": "#,##0.00"},
            "whole": {"num_format": "#,##0"},
            "typed": {"num_format": "General"},
            "money": {"num_format": "#,##0.00"},
            "percent": {"num_format": "0.0%"},
            "date": {"num_format": "yyyy-mm-dd"},
        }
        formats = {
            (kind, editable): book.add_format(
                {**shape, **({"bg_color": EDITABLE} if editable else {})}
            )
            for kind, shape in shapes.items()
            for editable in (False, True)
        }
        head = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}
        formats["head"] = book.add_format(head)
        formats["editable head"] = book.add_format({**head, "bg_color": EDITABLE})
        formats["wrapped"] = book.add_format({"text_wrap": True, "valign": "top"})
        return formats

    @staticmethod
    def _write_table(sheet, columns, formats) -> None:
        rows = max((len(column.values) for column in columns), default=0)
        for place, column in enumerate(columns):
            head = formats["editable head" if column.editable else "head"]
            sheet.write_string(0, place, column.name, head)
            style = formats[_shape(column), column.editable]
            width = max(NARROW, _width(column.name) + 1)
            for row, value in enumerate(column.values, start=1):
                if value is None or value is False or value == "":
                    sheet.write_blank(row, place, None, style)
                elif column.kind == "text":
                    text = neutralise(str(value))
                    sheet.write_string(row, place, text, style)
                    if row < LOOKED_AT:
                        width = max(width, _width(text) + 1)
                elif column.kind == "date":
                    sheet.write_datetime(row, place, value, style)
                else:
                    sheet.write_number(row, place, value, style)
            sheet.set_column(place, place, min(width, WIDE))
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(rows, 1), max(len(columns) - 1, 0))

    def _write_help(self, sheet, columns, formats, note) -> None:
        _ = self.env._
        sheet.set_column(0, 0, 30)
        sheet.set_column(1, 1, 100)
        row = 0
        if note:
            sheet.merge_range(0, 0, 0, 1, note, formats["wrapped"])
            sheet.set_row(0, 60)
            row = 2
        sheet.write_string(row, 0, _("Column"), formats["head"])
        sheet.write_string(row, 1, _("Meaning"), formats["head"])
        for place, column in enumerate(columns, start=row + 1):
            style = formats["editable head" if column.editable else "wrapped"]
            sheet.write_string(place, 0, column.name, style)
            sheet.write_string(place, 1, column.help or "", formats["wrapped"])

    @api.model
    def _export(self, records, fields: dict[str, str]):
        """The action that downloads some fields of records as a table.

        :param fields: name -> kind of column
        """
        records.check_access("read")
        title = self.env["ir.model"]._get(records._name).name
        columns = [
            self._field_column(records, name, kind) for name, kind in fields.items()
        ]
        return self._download(title, self._workbook(title, columns))

    @api.model
    def _download(self, name: str, data: bytes):
        """The action that gives a file to the browser."""
        attachment = self.env["ir.attachment"].create(
            {
                "name": f"{name}.xlsx",
                "raw": data,
                "res_model": self._name,
                "mimetype": "application/"
                "vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            }
        )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{attachment.id}?download=true",
            "target": "download",
        }

    @api.autovacuum
    def _gc_files(self):
        """Files that were made for a download are not kept."""
        self.env["ir.attachment"].search(
            [
                ("res_model", "=", self._name),
                ("create_date", "<", fields.Datetime.now() - KEPT),
            ]
        ).unlink()

    @api.model
    def _field_column(self, records, name: str, kind: str = "text") -> Column:
        """A column that shows a field with its own label and help."""
        field = records._fields[name]
        labels = dict(
            field._description_selection(self.env) if field.type == "selection" else ()
        )

        def plain(value):
            if field.type == "many2one":
                return value.display_name or None
            return labels.get(value, value)

        return Column(
            field._description_string(self.env),
            field._description_help(self.env) or "",
            [plain(record[name]) for record in records],
            kind,
        )
