"""Many copies of a row that Odoo made; goes before a script for Odoo's shell."""

CLONE = '''
def clone(table, record, rows, **values):
    """A copy of a row for each of ``rows`` (named n), with other values."""
    cr.execute("SELECT column_name FROM information_schema.columns"
               " WHERE table_name = %s AND column_name != 'id'", [table])
    columns = [name for [name] in cr.fetchall()]
    if "id" in values:
        columns.insert(0, "id")
    cr.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT "
        + ", ".join(values.get(name, f"row.{name}") for name in columns)
        + f" FROM {rows}, {table} row WHERE row.id = {record.id}")

def top(table):
    cr.execute(f"SELECT max(id) FROM {table}")
    return cr.fetchone()[0]
'''
