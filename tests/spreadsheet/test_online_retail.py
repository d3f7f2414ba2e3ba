"""130,000 real sales lines come back the same from .xls, .xlsx and GB18030 csv."""

from __future__ import annotations

import numpy as np
import pytest
import retail
from spreadsheet import Options, build, load, open_workbook, propose


@pytest.fixture(scope="module")
def sales():
    return retail.sales()


@pytest.fixture(scope="module")
def rows(sales):
    return retail.rows(sales)


@pytest.mark.parametrize("write", [retail.as_xls, retail.as_xlsx, retail.as_csv])
def test_same_sales_in_every_format(write, rows, sales):
    grids = load(open_workbook(write(rows)))
    proposals = propose(grids)
    assert all(item.use for item in proposals)
    required = ("date", "code", "quantity")
    table = build([item.part for item in proposals], Options(required=required))
    assert len(table) == retail.LINES and table.valid.all() and not table.questions
    assert list(table.columns) == list(sales)
    for key in ("document", "code", "name"):
        assert table.columns[key] == sales[key].tolist()
    assert np.array_equal(table.columns["quantity"], sales["quantity"])
    assert np.array_equal(table.columns["price"], sales["price"])
    assert np.array_equal(table.columns["date"], sales["date"])

    first, last = sales["date"].astype("M8[D]")[[0, -1]]
    assert table.period() == (first, last)
    months = sales["date"].astype("M8[M]")
    independent = {
        str(month): float(sales["quantity"][months == month].sum())
        for month in np.unique(months)
    }
    assert table.by_month() == independent
