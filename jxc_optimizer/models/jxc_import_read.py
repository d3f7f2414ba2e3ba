"""From the file to its columns, and from the columns to a table of records."""

from __future__ import annotations

import base64

from odoo import models
from odoo.tools import SQL

from ..spreadsheet import (
    Options,
    SpreadsheetError,
    build,
    load,
    open_workbook,
    pack,
    propose,
    repeated_below,
    unpack,
)
from ..spreadsheet.proposal import Proposal
from .jxc_import_column import NAMING, USED

#: what a row of a kind must say
REQUIRED = {
    "sales": ("date", "quantity"),
    "events": ("date", "date_to"),
    "marks": ("date", "quantity"),
}
#: columns that tell nothing of demand: "free" below the price is no error
ASIDE = ("price", "cost", "amount", "customer")


class JxcImport(models.Model):
    _inherit = "jxc.import"

    def _read_file(self):
        """Parse the file, once, and recognise its columns."""
        data = base64.b64decode(self.file or b"")
        workbook = open_workbook(data, encoding=self.encoding or None)
        grids = load(workbook)
        self._record(
            {
                "encoding_found": workbook.encoding,
                "encoding_certain": bool(self.encoding) or workbook.encoding_certain,
            }
        )
        layouts = self.env["jxc.import.layout"].sudo()  # sudo: what the layout
        # means is remembered for everybody of the company

        def memory(key):
            return layouts._recall(self.company_id, self.kind, key)

        proposals = propose(grids, self._wanted(), memory)
        self.sheet_ids.unlink()
        self.column_ids.unlink()
        self.env["jxc.import.sheet"].create(
            [
                {
                    "import_id": self.id,
                    "position": place,
                    "name": item.grid.sheet,
                    "header_row": self._header_row(item),
                    "row_count": len(item.layout.rows),
                    "hidden": item.grid.hidden,
                    "use": item.use,
                }
                for place, item in enumerate(proposals)
            ]
        )
        lead = self._lead(proposals)
        repeated = repeated_below([item.part for item in proposals if item.use])
        self.env["jxc.import.column"].create(
            [
                {
                    "import_id": self.id,
                    "position": column.column,
                    "letter": column.letter,
                    "name": column.name,
                    "samples": " · ".join(sample[:40] for sample in column.samples),
                    "meaning": column.meaning,
                    "confidence": column.confidence,
                    "fill_down": column.meaning in repeated,
                }
                for column in lead.columns
            ]
        )
        self._record(
            {
                "packed": base64.b64encode(pack(grids)),
                "state": "columns",
                "row_count": sum(
                    len(item.layout.rows) for item in proposals if item.use
                ),
                "cutover_day": self.kind == "sales" and self._first_move_day(),
                "progress": 100,
            }
        )

    @staticmethod
    def _header_row(item: Proposal) -> int:
        start, end = item.layout.header
        return item.grid.numbers[end - 1] if end > start else 0

    @staticmethod
    def _lead(proposals: list[Proposal]) -> Proposal:
        """The sheet whose columns the user sees; the others follow it."""
        return max(
            proposals,
            key=lambda item: (item.use, len(item.mapping), len(item.layout.rows)),
        )

    def _first_move_day(self):
        """The first day on which stock moves tell demand, if there is one."""
        self.env["jxc.demand.day"]._refresh(self.company_id)
        self.env.cr.execute(
            SQL(
                "SELECT min(days[1]) FROM jxc_demand_series WHERE company_id = %s",
                self.company_id.id,
            )
        )
        return self.env.cr.fetchone()[0]

    def _parts(self):
        """The sheets that are taken, with the columns as the user chose them."""
        chosen = {column.position: column.meaning or None for column in self.column_ids}
        taken = {sheet.position for sheet in self.sheet_ids if sheet.use}
        proposals = propose(unpack(base64.b64decode(self.packed)), self._wanted())
        lead = self._lead(proposals)
        parts = []
        for place, item in enumerate(proposals):
            if place in taken:
                places = {c.column for c in item.columns}
                given = {c: m for c, m in chosen.items() if c in places}
                parts.append(item.correct(given).part)
        names = {column.column: column.name for column in lead.columns}
        return parts, lead.key, {names[c]: m for c, m in chosen.items() if c in names}

    def _wanted(self) -> tuple[str, ...]:
        """Meanings of columns that a file of this kind can have."""
        return (*NAMING, *USED[self.kind])

    def _read_table(self):
        parts, key, meanings = self._parts()
        if not parts:
            raise SpreadsheetError("no_data")
        layouts = self.env["jxc.import.layout"].sudo()  # sudo: as above
        layouts._remember(self.company_id, self.kind, key, meanings)
        found = {meaning for part in parts for meaning in part.mapping}
        required = set(REQUIRED.get(self.kind, ()))
        if "returned" in found:  # one of the two is enough
            required.discard("quantity")
        options = Options(
            date_order=dict.fromkeys(("date", "date_to"), self.date_order)
            if self.date_order
            else {},
            decimal=dict.fromkeys(found, self.decimal) if self.decimal else {},
            required=tuple(required),
            aside=ASIDE,
            fill_down=tuple(
                column.meaning
                for column in self.column_ids
                if column.fill_down and column.meaning
            ),
        )
        return parts, build(parts, options)
