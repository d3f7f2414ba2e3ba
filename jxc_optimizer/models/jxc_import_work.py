"""What the steps of an import do, in units that can be repeated without harm."""

from __future__ import annotations

import base64
import logging
from collections import Counter

import numpy as np

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..spreadsheet import (
    Options,
    SpreadsheetError,
    build,
    load,
    open_workbook,
    pack,
    propose,
    unpack,
)
from ..spreadsheet.proposal import Proposal
from .jxc_import import WORKING
from .jxc_import_column import LABELS, NAMING, USED
from .jxc_import_match import _bare

_logger = logging.getLogger(__name__)

#: products whose demand one unit of the import writes
PRODUCTS = 2_000
#: what a row of sales must say
REQUIRED = ("date", "quantity")
#: a document with one of these in its status never took place
CANCELLED = ("作废", "取消", "撤销", "void", "cancel", "storno")
#: a document of one of these kinds brings goods back
RETURNED = ("退", "return", "refund", "credit", "retour")
#: faults of the reader that are no reason to ask for the row again
SEPARATOR = "\x1f"


class JxcImport(models.Model):
    _inherit = "jxc.import"

    @api.model
    def _cron_work(self):
        """Work on the imports of all companies, the oldest first."""
        progress = self.env["ir.cron"]._commit_progress
        for record in self.search([("state", "in", WORKING)], order="id"):
            while record._claim() and record.state in WORKING:
                record._do_unit()
                if progress(1, remaining=record._units_left()) <= 0:
                    return

    def _claim(self) -> bool:
        """Lock the import until the next commit; False if somebody has it."""
        self.env.cr.execute(
            SQL(
                "SELECT id FROM jxc_import WHERE id = %s FOR UPDATE SKIP LOCKED",
                self.id,
            )
        )
        claimed = bool(self.env.cr.fetchone())
        self.invalidate_recordset()
        return claimed

    def _units_left(self) -> int:
        return self.search_count([("state", "in", WORKING)])

    def _do_unit(self):
        """The next unit of work; a problem takes the user back to the step before."""
        self.ensure_one()
        record = self.with_company(self.company_id)
        step, before = {
            "reading": (record._read_file, "file"),
            "checking": (record._check_rows, "columns"),
            "importing": (record._import_unit, "check"),
        }[self.state]
        try:
            with self.env.cr.savepoint():
                step()
        except SpreadsheetError as error:
            record._record({"state": before, "message": record._say(error)})
        except UserError as error:
            record._record({"state": before, "message": str(error)})
        except Exception as error:  # pylint: disable=broad-except
            _logger.exception("Import of %s failed", self.name)
            record._record(
                {
                    "state": before,
                    "message": self.env._(
                        "Something unforeseen happened: %(error)s. Nothing was "
                        "imported. Try again, or give the file to your administrator.",
                        error=f"{type(error).__name__}: {error}",
                    ),
                }
            )

    # -- reading -----------------------------------------------------------------------

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

    # -- checking ----------------------------------------------------------------------

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
        options = Options(
            date_order={"date": self.date_order} if self.date_order else {},
            decimal=dict.fromkeys(found, self.decimal) if self.decimal else {},
            required=REQUIRED if self.kind == "sales" else (),
            fill_down=("document",) if "document" in found else (),
        )
        return parts, build(parts, options)

    def _check_rows(self):
        """Read the columns, match the names, stage and judge every row."""
        missing = self._missing_columns()
        if missing:
            self._record({"state": "columns", "message": missing})
            return
        parts, table = self._read_table()
        questions = {(q.meaning, q.code) for q in table.questions}
        date_question = ("date", "date_order") in questions and not self.date_order
        decimal_question = not self.decimal and any(
            code == "decimal" for _meaning, code in questions
        )
        self._record(
            {"date_question": date_question, "decimal_question": decimal_question}
        )
        if date_question or decimal_question:
            self._record({"state": "columns", "message": self._ask(date_question)})
            return
        rows = _Rows(table, self.kind)
        self._match(rows)
        self.env["jxc.import.row"]._stage(self, rows.columns)
        self._record(
            {
                "state": "check",
                "row_count": len(table),
                "counts": {"stated": _stated(table), "cancelled": rows.cancelled,
                           "returned": rows.returned},
            }
        )  # fmt: skip
        self._judge()

    def _missing_columns(self):
        """What the columns lack to be a file of this kind, in words."""
        meanings = set(self.column_ids.mapped("meaning"))
        _ = self.env._
        lacking = []
        if self.kind == "levels":
            if not meanings & set(USED["levels"]):
                lacking.append(_("the minimum, the maximum or the quantity to order"))
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
            if match.status == "chosen" or match.choice in ("skip", "create")
        }
        (self.match_ids - matches.union(*kept.values())).unlink()
        values = (
            matches._match_articles(self, rows.articles)
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
        groups = self.env.execute_query(
            SQL(
                """SELECT status, to_char(day, 'YYYY-MM'), count(*)::int,
                          COALESCE(sum(quantity) FILTER (WHERE quantity != 'NaN'), 0),
                          COALESCE(sum(amount) FILTER (WHERE status = 'ok'), 0),
                          min(day)::text, max(day)::text
                     FROM jxc_import_row WHERE import_id = %s GROUP BY 1, 2""",
                self.id,
            )
        )
        counts = dict(self.counts or {})
        status, months, days = Counter(), {}, []
        for verdict, month, number, quantity, amount, first, last in groups:
            status[verdict] += number
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

    # -- importing ---------------------------------------------------------------------

    def _import_unit(self):
        """Create missing articles; then some products' demand; at last let it count."""
        if self.kind == "levels":
            # one transaction: all of the decisions, or none
            self.change_ids._apply()
            self._switch_on()
            return
        if not self.next_product:
            self._create_articles()
            self.env["jxc.import.row"]._judge(self)
            self._remove_entries()
            self._record({"next_product": 1})
            return
        self.env.cr.execute(
            SQL(
                """SELECT product_id FROM jxc_import_row
                    WHERE import_id = %s AND status = 'ok' AND product_id >= %s
                    GROUP BY product_id ORDER BY product_id LIMIT %s""",
                self.id,
                self.next_product,
                PRODUCTS,
            )
        )
        products = [product for [product] in self.env.cr.fetchall()]
        if not products:
            self._switch_on()
            return
        self._write_entries(products[0], products[-1])
        left = self.env.execute_query(
            SQL(
                """SELECT count(DISTINCT product_id) FILTER (WHERE product_id > %s),
                          count(DISTINCT product_id) FROM jxc_import_row
                    WHERE import_id = %s AND status = 'ok'""",
                products[-1],
                self.id,
            )
        )[0]
        self._record(
            {
                "next_product": products[-1] + 1,
                "progress": 100 * (1 - left[0] / max(left[1], 1)),
            }
        )

    def _create_articles(self):
        """The articles that the user wants created, by one name each."""
        missing = self.match_ids.filtered(
            lambda match: match.kind == "article" and match.choice == "create"
        )
        units = {
            match.key: match.uom_id
            for match in self.match_ids
            if match.kind == "unit" and match.uom_id
        }
        products = self.env["product.product"].create(
            [
                {
                    "name": match.name or match.text,
                    "default_code": match.text if match.text != match.name else False,
                    "type": "consu",
                    "is_storable": True,
                    "company_id": False,
                    **(
                        {"uom_id": units[_bare(match.unit)].id}
                        if _bare(match.unit) in units
                        else {}
                    ),
                }
                for match in missing
            ]
        )
        for match, product in zip(missing, products, strict=True):
            match.sudo().write(  # sudo: an import under way is closed to people
                {"product_id": product.id, "choice": "use", "status": "chosen"}
            )

    def _write_entries(self, first, last):
        """The demand of a range of products; it does not count yet."""
        cr = self.env.cr
        cr.execute(
            SQL(
                """DELETE FROM jxc_demand_entry WHERE batch = %s
                      AND product_id BETWEEN %s AND %s""",
                self._batch(),
                first,
                last,
            )
        )
        cr.execute(
            SQL(
                """INSERT INTO jxc_demand_entry
                          (source, batch, reason, active, company_id, warehouse_id,
                           location_id, product_id, day, quantity, lines, largest,
                           returned, create_uid, write_uid, create_date, write_date)
                   SELECT 'import', %(batch)s, %(name)s, false, %(company)s,
                          place.warehouse_id, row.location_id, row.product_id, row.day,
                          sum(row.amount), count(*) FILTER (WHERE row.amount > 0),
                          COALESCE(max(row.amount) FILTER (WHERE row.amount > 0), 0),
                          COALESCE(-sum(row.amount) FILTER (WHERE row.amount < 0), 0),
                          %(user)s, %(user)s, %(now)s, %(now)s
                     FROM jxc_import_row row
                     JOIN stock_location place ON place.id = row.location_id
                    WHERE row.import_id = %(record)s AND row.status = 'ok'
                      AND row.product_id BETWEEN %(first)s AND %(last)s
                    GROUP BY place.warehouse_id, row.location_id, row.product_id,
                             row.day""",
                batch=self._batch(),
                name=self.name,
                company=self.company_id.id,
                user=self.env.uid,
                now=fields.Datetime.now(),
                record=self.id,
                first=first,
                last=last,
            )
        )
        self.env["jxc.demand.entry"].invalidate_model()

    def _switch_on(self):
        """Let everything count at once."""
        self.env.cr.execute(
            SQL(
                "UPDATE jxc_demand_entry SET active = true WHERE batch = %s",
                self._batch(),
            )
        )
        self.env["jxc.demand.entry"].invalidate_model()
        self._record(
            {
                "state": "done",
                "progress": 100,
                "next_product": 0,
                "imported_at": fields.Datetime.now(),
                "packed": False,
            }
        )

    def _remove_entries(self):
        self.env.cr.execute(
            SQL("DELETE FROM jxc_demand_entry WHERE batch = %s", self._batch())
        )
        self.env["jxc.demand.entry"].invalidate_model()
        self._record({"next_product": 0})

    def _forget_rows(self):
        self.env.cr.execute(
            SQL("DELETE FROM jxc_import_row WHERE import_id = %s", self.id)
        )
        self._record({"packed": False})

    def _batch(self) -> str:
        return f"jxc.import,{self.id}"


#: verdicts that somebody decided or that need no mending
NO_ERRORS = ("ok", "skipped", "cancelled", "after_cutover", "duplicate")


def _stated(table) -> list:
    """Totals of quantities that the file itself states: [sheet, row, value]."""
    return [
        [total.sheet, total.row, total.value]
        for total in table.stated
        if total.meaning == "quantity"
    ]


class _Rows:
    """The records of a file as columns to stage, and the names in them."""

    def __init__(self, table, kind):
        count = len(table)
        unknown = np.full(count, np.nan)
        days = table.columns.get("date", np.full(count, "NaT", "M8[D]"))
        days = days.astype("M8[D]")
        quantity = np.array(table.columns.get("quantity", unknown), float)
        texts = {
            name: [*map(str.strip, table.columns.get(name) or [""] * count)]
            for name in (
                "code", "barcode", "vendor_code", "name", "specification", "unit",
                "document", "document_type", "state", "warehouse",
            )
        }  # fmt: skip
        if "unit" not in table.columns and table.units:
            texts["unit"] = [unit or "" for unit in table.units]
        faults = _faults(table)
        cancelled = _marked(texts["state"], CANCELLED)
        faults[cancelled & (faults == None)] = "cancelled"  # noqa: E711 (elementwise)
        returned = _marked(texts["document_type"], RETURNED) & (quantity > 0)
        quantity[returned] *= -1
        self.cancelled, self.returned = int(cancelled.sum()), int((quantity < 0).sum())
        keys = [
            SEPARATOR.join(map(_bare, parts))
            for parts in zip(
                texts["code"], texts["barcode"], texts["vendor_code"],
                _unless_coded(texts), strict=True,
            )
        ]  # fmt: skip
        known = np.array([bool(key.strip(SEPARATOR)) for key in keys], bool)
        faults[~known & (faults == None)] = "missing:code"  # noqa: E711
        if kind == "levels":
            _judge_levels(table, faults, unknown)
        self.articles = _articles(texts, keys, known)
        self.warehouses = _names(texts["warehouse"])
        self.units = _names(texts["unit"])
        self.columns = {
            "position": np.arange(count),
            "sheet": np.asarray(table.sheet_of, int),
            "row": np.asarray(table.row, int),
            "day": np.array(
                [None if np.isnat(day) else str(day) for day in days], object
            ),
            "quantity": quantity,
            "document": np.array(texts["document"], object),
            "article": np.array(keys, object),
            "warehouse": np.array([_bare(text) for text in texts["warehouse"]], object),
            "unit": np.array([_bare(text) for text in texts["unit"]], object),
            "fault": faults,
            **{name: table.columns.get(name, unknown) for name in USED["levels"]},
        }


def _faults(table) -> np.ndarray:
    """The first reason why a record cannot be used, as code:meaning, or None."""
    faults = np.full(len(table), None, object)
    faults[~table.valid] = "unreadable:"
    place = {}
    for index, (sheet, row) in enumerate(
        zip(table.sheet_of.tolist(), table.row.tolist(), strict=True)
    ):
        if not table.valid[index]:
            place[table.sheets[sheet], row] = index
    for issue in reversed(table.issues):
        faults[place[issue.sheet, issue.row]] = f"{issue.code}:{issue.meaning}"
    return faults


def _judge_levels(table, faults, unknown) -> None:
    """Negative quantities, and a minimum above its maximum, are no levels."""
    low, high, decided = (table.columns.get(n, unknown) for n in USED["levels"])
    free = faults == None  # noqa: E711 (elementwise)
    faults[free & ((low < 0) | (high < 0) | (decided < 0))] = "negative"
    faults[free & (low > high)] = "min_above_max"


def _marked(texts, words) -> np.ndarray:
    """Which texts hold one of the words."""
    verdicts = {
        text: any(word in text.casefold() for word in words) for text in set(texts)
    }
    return np.array([verdicts[text] for text in texts], bool)


def _unless_coded(texts) -> list[str]:
    """The name of each article that has no code of any kind."""
    return [
        "" if any(codes) else name
        for name, *codes in zip(
            texts["name"], texts["code"], texts["barcode"], texts["vendor_code"],
            strict=True,
        )
    ]  # fmt: skip


def _names(texts) -> dict[str, int]:
    """Each name as it stands first, and the rows of all its spellings."""
    first, rows = {}, Counter()
    for text, number in Counter(filter(None, texts)).items():
        rows[first.setdefault(_bare(text), text)] += number
    return rows


def _articles(texts, keys, known) -> dict:
    """Key -> what the file says of the article, and its number of rows."""
    articles = {}
    for index, key in enumerate(keys):
        if not known[index]:
            continue
        article = articles.get(key)
        if article is None:
            name, specification = texts["name"][index], texts["specification"][index]
            articles[key] = article = {
                "code": texts["code"][index],
                "barcode": texts["barcode"][index],
                "vendor_code": texts["vendor_code"][index],
                "name": f"{name} {specification}".strip(),
                "unit": texts["unit"][index],
                "rows": 0,
            }
        article["rows"] += 1
    return articles
