"""Reads the tables people keep in spreadsheets; knows nothing of Odoo.

``open_workbook`` (files) → ``load`` (grid) → ``find_layout`` (layout)
→ ``recognise`` (columns) → ``build`` (table). Each step's result can be shown,
corrected by hand and handed to the next; the file is parsed once, by ``load``.
"""

from .errors import MESSAGES, SpreadsheetError
from .limits import Limits
from .cells import CellError, column_letter, kind
from .files import Sheet, Workbook, open_workbook
from .grid import Grid, load
from .layout import Layout, find_layout
from .columns import MEANINGS, Recognised, layout_key, recognise
from .dates import DateColumn, parse_dates
from .numbers import NumberColumn, parse_numbers
from .units import normalise_unit
from .table import Issue, Options, Table, build, concatenate
from .neutralise import neutralise
