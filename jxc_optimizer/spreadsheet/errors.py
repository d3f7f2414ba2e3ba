"""What can be wrong with a file as a whole, each with a code and a way out."""

from __future__ import annotations


def _(text: str) -> str:
    """Marks a text for translation; whoever shows it translates it."""
    return text


MESSAGES = {
    "empty": _("The file is empty. Choose the file that holds your data."),
    "too_large": _(
        "The file has %(size)s MB; at most %(limit)s MB can be read. "
        "Split it, or remove pictures and sheets that are not needed."
    ),
    "too_large_unpacked": _(
        "Unpacked, the file would take %(size)s MB; at most "
        "%(limit)s MB can be read. Split it into several files."
    ),
    "zip_bomb": _(
        "The file is packed far more tightly than a spreadsheet ever is, so "
        "it was not opened. Save it again in Excel and try once more."
    ),
    "too_many_sheets": _(
        "The file has %(count)s sheets; at most %(limit)s can be "
        "read. Remove those that are not needed."
    ),
    "too_many_rows": _(
        "The file has more than %(limit)s rows. Split it, for example by year."
    ),
    "too_many_columns": _(
        "Sheet %(sheet)s has data beyond column %(limit)s. Remove "
        "the columns that are not needed."
    ),
    "too_many_cells": _(
        "The file has more than %(limit)s filled cells. Split it, or "
        "remove columns that are not needed."
    ),
    "text_too_long": _(
        "A cell holds more than %(limit)s characters. In a text file "
        "this is most often a quotation mark that is never closed (near row %(row)s)."
    ),
    "password": _(
        "The file is protected by a password. Open it in Excel, remove the "
        "password and save it again."
    ),
    "damaged": _(
        "The file is damaged and cannot be read as %(format)s. Open it in "
        "Excel, save it under a new name and try that one."
    ),
    "unsupported": _(
        "The file is of the kind %(format)s. Save it as .xlsx, .xls or .csv."
    ),
    "not_a_spreadsheet": _(
        "The content is not a spreadsheet and not a text table. "
        "Save it as .xlsx, .xls or .csv."
    ),
    "encoding": _(
        "The text cannot be read with the encoding %(encoding)s. Choose "
        "another encoding, or save the file as CSV UTF-8."
    ),
    "no_data": _("There is no table in the file."),
}


class SpreadsheetError(Exception):
    """A file that cannot be read; ``MESSAGES[code] % arguments`` says why.

    ``arguments`` holds plain numbers and text, so that a message can be translated.
    """

    def __init__(self, code: str, **arguments):
        self.code = code
        self.arguments = arguments
        super().__init__(MESSAGES[code] % arguments)
