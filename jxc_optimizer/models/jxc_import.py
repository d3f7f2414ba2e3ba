import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.mimetypes import fix_filename_extension

#: how text files of the regions write their characters
ENCODINGS = [
    ("utf-8", "Unicode (UTF-8)"),
    ("utf-16-le", "Unicode (UTF-16)"),
    ("utf-16-be", "Unicode (UTF-16, big-endian)"),
    ("gb18030", "Simplified Chinese (GBK, GB18030)"),
    ("big5", "Traditional Chinese (Big5)"),
    ("cp932", "Japanese (Windows-932)"),
    ("cp949", "Korean (Windows-949)"),
    ("cp1252", "Western European (Windows-1252)"),
    ("cp1250", "Central European (Windows-1250)"),
    ("cp1251", "Cyrillic (Windows-1251)"),
    ("cp1253", "Greek (Windows-1253)"),
    ("cp1254", "Turkish (Windows-1254)"),
]
KINDS = [
    ("sales", "Sales or Consumption History"),
    ("levels", "Minimum, Maximum and Quantity to Order"),
    ("articles", "Article Parameters"),
    ("events", "Promotions and Events"),
    ("marks", "One-off Demand"),
]
STATES = [
    ("file", "File"),
    ("reading", "Reading"),
    ("columns", "Columns"),
    ("checking", "Checking"),
    ("check", "Check"),
    ("importing", "Importing"),
    ("done", "Imported"),
    ("cancelled", "Cancelled"),
    ("undoing", "Being Undone"),
    ("undone", "Undone"),
]
WORKING = ("reading", "checking", "importing", "undoing")
#: files up to this size are read while the user waits
SMALL = 1_000_000


class JxcImport(models.Model):
    """A file on its way into the system: file → columns → check → imported.

    What takes long is done by units of work (``jxc_import_work.py``), while the user
    waits for a small file and by a scheduled action for a large one. Nothing counts
    before the last step of the import, then all of it.
    """

    _name = "jxc.import"
    _description = "Import from a Spreadsheet"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char("File Name", required=True, default="")
    kind = fields.Selection(KINDS, required=True, default="sales")
    state = fields.Selection(STATES, required=True, default="file", readonly=True,
                             index=True)  # fmt: skip
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
        ondelete="cascade",
    )
    file = fields.Binary(attachment=True)
    file_hash = fields.Char(readonly=True, index=True)
    packed = fields.Binary(attachment=True, readonly=True)
    message = fields.Text(readonly=True, help="Why the last step did not end well.")
    encoding = fields.Selection(
        ENCODINGS,
        help="How a text file writes its characters; found out when left empty.",
    )
    encoding_found = fields.Char("Read as", readonly=True)
    encoding_certain = fields.Boolean(readonly=True, default=True)
    date_order = fields.Selection(
        [
            ("ymd", "Year, month, day"),
            ("dmy", "Day, month, year"),
            ("mdy", "Month, day, year"),
        ],
        help="Which number of a date like 03/04/2024 is the month.",
    )
    date_question = fields.Boolean(readonly=True)
    decimal = fields.Selection(
        [(".", "Point: 1,234.5"), (",", "Comma: 1.234,5")],
        "Decimal Sign",
        help="Whether 1.234 is more than a thousand or about one.",
    )
    decimal_question = fields.Boolean(readonly=True)
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        default=lambda self: self.env["stock.warehouse"].search(
            [("company_id", "=", self.env.company.id)], limit=1
        ),
        check_company=True,
        help="Where rows belong that name no warehouse.",
    )
    missing_articles = fields.Selection(
        [("skip", "Leave out"), ("create", "Create")],
        default="skip",
        required=True,
        help="What to do with articles that the system does not know.",
    )
    cutover_day = fields.Date(
        "Cut-over Date",
        help="From this day on stock moves tell the demand: rows of that day and later "
        "are left out, so that nothing counts twice.",
    )
    sheet_ids = fields.One2many("jxc.import.sheet", "import_id", "Sheets")
    column_ids = fields.One2many("jxc.import.column", "import_id", "Columns")
    match_ids = fields.One2many("jxc.import.match", "import_id", "Names in the File")
    event_ids = fields.One2many(
        "jxc.demand.event",
        string="Events",
        compute="_compute_event_ids",
        context={"active_test": False},
        help="Planned once the file is imported.",
    )
    unclear_count = fields.Integer(compute="_compute_match_counts")
    proposal_count = fields.Integer(compute="_compute_match_counts")
    change_ids = fields.One2many("jxc.import.change", "import_id", "Changes")
    parameter_ids = fields.One2many(
        "jxc.import.parameter", "import_id", "Changed Parameters"
    )
    counts = fields.Json(readonly=True)
    report = fields.Html(
        compute="_compute_report", sanitize=False, help="What the check found."
    )
    row_count = fields.Integer("Rows", readonly=True)
    taken_count = fields.Integer("Rows to Import", readonly=True)
    error_count = fields.Integer("Rows in Error", readonly=True)
    progress = fields.Float(readonly=True)
    next_product = fields.Integer(
        readonly=True, help="Products below this id have their demand already."
    )
    imported_at = fields.Datetime("Imported on", readonly=True)

    @api.depends("match_ids.status", "match_ids.choice")
    def _compute_match_counts(self):
        groups = self.env["jxc.import.match"]._read_group(
            [("import_id", "in", self.ids), ("choice", "=", False)],
            ["import_id"],
            ["__count", "proposal_id:count_distinct"],
        )
        found = {record: counts for record, *counts in groups}
        for record in self:
            record.unclear_count, record.proposal_count = found.get(record, (0, 0))

    def _compute_event_ids(self):
        events = self.env["jxc.demand.event"].with_context(active_test=False)
        for record in self:
            record.event_ids = record.kind == "events" and events.search(
                [("batch", "=", record._batch())], order="date_from, name"
            )

    @api.depends("name", "kind")
    def _compute_display_name(self):
        for record in self:
            record.display_name = record.name or self.env._("New Import")

    @api.depends("counts", "state")
    @api.depends_context("lang")
    def _compute_report(self):
        for record in self:
            record.report = record._render_report() if record.counts else False

    @api.model_create_multi
    def create(self, vals_list):
        for values in vals_list:
            # what the steps find out is not for whoever uploads a file to say
            for name in ("state", "file_hash", "packed", "counts", "next_product"):
                values.pop(name, None)
        records = super().create(vals_list)
        for record in records:
            record._identify()
        return records

    def write(self, vals):
        if not self.env.su and "state" in vals:
            raise UserError(self.env._("Use the buttons to go on."))
        if "file" in vals and any(record.state != "file" for record in self):
            raise UserError(
                self.env._("The file was read already. Start a new import.")
            )
        done = super().write(vals)
        if "file" in vals:
            for record in self:
                record._identify()
        return done

    @api.ondelete(at_uninstall=False)
    def _unlink_except_imported(self):
        if any(record.state in ("importing", "done", "undoing") for record in self):
            raise UserError(
                self.env._("Undo the import first: its history counts at present.")
            )

    def _identify(self):
        data = base64.b64decode(self.file or b"")
        self._record({"file_hash": hashlib.sha256(data).hexdigest()})

    def _record(self, values):
        # sudo: the steps write what people may not
        self.sudo().write(values)

    # -- the buttons -----------------------------------------------------------------

    def action_read(self):
        """Read the file and recognise its columns."""
        self.ensure_one()
        if not self.file:
            raise UserError(self.env._("Choose a file first."))
        self._begin("reading", "file", "columns")
        self._refuse_twice()
        return self._go_on()

    def action_check(self):
        """Match names and look at every row; nothing is imported yet."""
        self._refuse_creation()
        self._begin("checking", "columns", "check")
        return self._go_on()

    def action_import(self):
        """Let the rows count that the check found right."""
        self.ensure_one()
        if self.state == "check" and not self.taken_count:
            raise UserError(self.env._("There is no row to import."))
        self._refuse_twice()
        self._refuse_creation()
        self._begin("importing", "check")
        return self._go_on()

    def action_cancel(self):
        """Drop the import; nothing of it counts."""
        self.check_access("write")
        for record in self:
            if record.state in ("done", "undoing", "undone"):
                raise UserError(self.env._("It is imported already. You can undo it."))
            record._remove_entries()
            record._forget_rows()
            record._record({"state": "cancelled"})

    def action_back(self):
        """Go back to the columns."""
        self._begin("columns", "check")

    def action_recompute(self):
        """Compute suggestions from what was imported."""
        self.ensure_one()
        return self.env["jxc.run"].action_recompute()

    def action_open_matches(self):
        """The names in the file and what they stand for."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "jxc_optimizer.action_jxc_import_match"
        )
        return action | {
            "domain": [("import_id", "=", self.id)],
            "context": {"search_default_unclear": self.unclear_count > 0},
        }

    def action_download_errors(self):
        """The rows in error as a file of the same shape, with the reasons."""
        self.ensure_one()
        self.check_access("read")
        name = fix_filename_extension(
            self.env._("%s, rows in error", self.name.rsplit(".", 1)[0]),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        )
        attachment = self.env["ir.attachment"].create(
            {
                "name": name,
                "raw": self._error_file(),
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{attachment.id}?download=true",
            "target": "download",
        }

    def _begin(self, state, *allowed):
        self.ensure_one()
        self.check_access("write")
        if self.state not in allowed:
            raise UserError(
                self.env._("This step was taken already. Reload the page to go on.")
            )
        self._record({"state": state, "message": False, "progress": 0})

    def _refuse_creation(self):
        """Say at once that somebody may not create articles, not after the work."""
        creates = (
            self.missing_articles == "create"
            or "create" in self.match_ids.mapped("choice")
        )
        if creates and not self.env["product.product"].has_access("create"):
            raise UserError(
                self.env._(
                    "You may not create articles. Leave missing articles out, or ask "
                    "somebody who may create products to run this import."
                )
            )

    def _refuse_twice(self):
        """The same file again would change nothing: say so before any work."""
        same = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("kind", "=", self.kind),
                ("file_hash", "=", self.file_hash),
                ("state", "in", ("importing", "done", "undoing")),
                ("id", "!=", self.id),
            ],
            limit=1,
        )
        if same.state == "undoing":
            raise UserError(
                self.env._(
                    "This very file was imported before and is just being undone. "
                    "Try again when that has ended."
                )
            )
        if same:
            raise UserError(
                self.env._(
                    "This very file was imported already on %(day)s. Undo that import "
                    "first if you want to import it again.",
                    day=fields.Date.to_string(same.imported_at or same.create_date),
                )
            )

    def _go_on(self):
        """Do the work now if it is little, else let the scheduled action do it."""
        if self._is_little():
            while self.state in WORKING:
                self._do_unit()
        else:
            self.env.ref("jxc_optimizer.ir_cron_import")._trigger()
        return True

    def _is_little(self) -> bool:
        """Whether the present step is done while the user waits."""
        return len(self.file or b"") * 3 // 4 <= SMALL
