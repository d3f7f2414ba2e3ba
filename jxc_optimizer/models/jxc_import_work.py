"""What the steps of an import do, in units that can be repeated without harm."""

from __future__ import annotations

import logging

from odoo import api, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..spreadsheet import SpreadsheetError
from .jxc_import import WORKING
from .jxc_lock import claim

_logger = logging.getLogger(__name__)


class JxcImport(models.Model):
    _inherit = "jxc.import"

    @api.model
    def _cron_work(self):
        """Work on the imports of all companies, the oldest first.

        An import that somebody else held for a moment is looked at again: who did
        some work looks once more when all others are done.
        """
        worked = True
        while worked:
            worked = False
            for record in self.search([("state", "in", WORKING)], order="id"):
                while claim(record) and record.state in WORKING:
                    worked = True
                    if not record._work_once():
                        return

    def _work_once(self) -> bool:
        """One unit and its commit; False when this job's time is over."""
        try:
            self._do_unit()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            self.env.cr.rollback()  # somebody was faster: the unit once more
            return True
        progress = self.env["ir.cron"]._commit_progress
        return progress(1, remaining=self._units_left()) > 0

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
            "undoing": (record._undo_unit, "done"),
        }[self.state]
        try:
            with self.env.cr.savepoint():
                step()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise  # the whole unit is tried again
        except SpreadsheetError as error:
            record._record({"state": before, "message": record._say(error)})
        except UserError as error:
            record._record({"state": before, "message": str(error)})
        except Exception as error:  # pylint: disable=broad-except
            _logger.exception("Import of %s failed", self.name)
            record._record({"state": before, "message": record._say_unforeseen(error)})

    def _say_unforeseen(self, error):
        """What an error that nobody thought of has left, and what to do."""
        text = f"{type(error).__name__}: {error}"
        if self.state == "undoing":
            return self.env._(
                "Something unforeseen happened: %(error)s. What the import brought "
                "counts no longer, but articles that it created are left. Undo it "
                "again, or tell your administrator.",
                error=text,
            )
        return self.env._(
            "Something unforeseen happened: %(error)s. Nothing was imported. Try "
            "again, or give the file to your administrator.",
            error=text,
        )
