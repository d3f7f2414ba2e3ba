"""Inventory mathematics on arrays: numpy in, numpy out.

No Odoo, no database, no clock, no global state. Arrays have one entry per
article; scalars broadcast. Quantities are in the article's unit, money in one
currency, times in days unless a function says periods.
"""
