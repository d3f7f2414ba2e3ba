"""Reads the tables people keep in spreadsheets; knows nothing of Odoo.

``open_workbook`` (files) → ``load`` (grid) → ``propose`` (layout and columns)
→ ``build`` (table). Each step's result can be shown and corrected before the next;
the file is parsed once, by ``load``.
"""

from .errors import MESSAGES, SpreadsheetError
from .limits import Limits
from .cells import CellError, as_text, column_letter, kind
from .files import Sheet, Workbook, open_workbook
from .encoding import CHOICES as ENCODINGS
from .grid import Grid, load
from .layout import Layout, find_header, find_layout, with_rows
from .names import MEANINGS
from .columns import Recognised, layout_key, recognise
from .dates import DateColumn, parse_dates
from .numbers import NumberColumn, parse_numbers
from .units import normalise_unit
from .proposal import Proposal, propose
from .filling import repeated_below
from .table import Issue, Options, Part, Question, Stated, Table, build
from .neutralise import neutralise, restore
from .pack import pack, unpack
from .error_file import error_rows, to_xlsx
