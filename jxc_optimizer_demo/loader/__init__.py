"""From the data files to Odoo's tables: source → simulation → journal → writer.

Only `masters` and `writer` know Odoo; the others are numpy alone.
"""
