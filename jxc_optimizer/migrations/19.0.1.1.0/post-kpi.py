"""Key figures have more columns: count the months again."""


def migrate(cr, _version):
    cr.execute("UPDATE jxc_kpi_month SET state = 'waiting'")
