"""Files that LibreOffice has written, where it is installed."""

from __future__ import annotations

import shutil
import subprocess
from datetime import datetime

import pytest
import writers
from spreadsheet import (
    Options,
    SpreadsheetError,
    build,
    load,
    open_workbook,
    propose,
    repeated_below,
)

OFFICE = shutil.which("soffice")
ROWS = [
    ["销售出库单序时簿"],
    ["日期", "单据编号", "发货仓库", "产品代码", "产品名称", "单位", "实发数量"],
    [datetime(2024, 1, 5), "X1", "成品仓", "01.001", "电机A", "台", 3],
    [None, None, None, "01.002", "电机B", "台", 2.5],
    [datetime(2024, 1, 20), "X2", "总仓", "01.001", "电机A", "台", -4],
    ["合计", None, None, None, None, None, 1.5],
]
FILTERS = {
    "xls": "xls:MS Excel 97",
    "xlsx": "xlsx:Calc MS Excel 2007 XML",
    "csv": "csv:Text - txt - csv (StarCalc):9,34,GB18030",
    "html": "html:HTML (StarCalc)",
    "ods": "ods",
}


@pytest.fixture(scope="module")
def convert(tmp_path_factory):
    folder = tmp_path_factory.mktemp("office")
    (folder / "source.xlsx").write_bytes(writers.xlsx({"明细": ROWS}))

    def run(ending):
        subprocess.run(
            [OFFICE, f"-env:UserInstallation={(folder / 'profile').as_uri()}",
             "--headless", "--convert-to", FILTERS[ending],
             "--outdir", folder / ending, folder / "source.xlsx"],
            check=True, capture_output=True, timeout=300,
        )  # fmt: skip
        return (folder / ending / f"source.{ending}").read_bytes()

    return run


@pytest.mark.parametrize("ending", ["xls", "xlsx", "csv", "html"])
def test_the_same_records(convert, ending):
    proposals = propose(load(open_workbook(convert(ending))))
    parts = [item.part for item in proposals if item.use]
    filled = repeated_below(parts)
    assert set(filled) == {"document", "date", "warehouse"}
    table = build(parts, Options(required=("date", "quantity"), fill_down=filled))
    assert not table.issues
    assert table.columns["quantity"].tolist() == [3, 2.5, -4]
    assert table.columns["code"] == ["01.001", "01.002", "01.001"]
    assert table.columns["document"] == ["X1", "X1", "X2"]
    assert table.columns["warehouse"] == ["成品仓", "成品仓", "总仓"]
    days = table.columns["date"].astype("M8[D]").astype(str).tolist()
    assert days == ["2024-01-05", "2024-01-05", "2024-01-20"]
    assert [total.value for total in table.stated] == [1.5]


def test_open_document_is_named(convert):
    with pytest.raises(SpreadsheetError) as caught:
        load(open_workbook(convert("ods")))
    assert caught.value.code == "unsupported"
    assert "OpenDocument" in str(caught.value)
