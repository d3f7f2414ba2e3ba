"""Random layouts, formats, encodings and locales give the same records back."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import writers
from hypothesis import given
from hypothesis import strategies as st
from spreadsheet import Options, build, load, open_workbook, propose

NAMES = {
    "date": ["日期", "单据日期", "销售日期", "Order Date", "Date", "date"],
    "document": ["单据号", "单据编号", "订单号", "Order No", "Invoice No."],
    "code": ["商品编码", "货号", "SKU", "Item Code", "物料编码"],
    "name": ["品名", "商品名称", "Product Name", "Description"],
    "quantity": ["数量", "销量", "Qty", "Quantity"],
    "price": ["单价", "Unit Price", "售价"],
    "warehouse": ["仓库", "Warehouse", "仓库名称"],
}
DATE_TEXTS = {
    "iso": lambda d: f"{d:%Y-%m-%d}",
    "digits": lambda d: f"{d:%Y%m%d}",
    "chinese": lambda d: f"{d.year}年{d.month}月{d.day}日",
    "short": lambda d: f"{d.year}/{d.month}/{d.day}",
    "dmy": lambda d: f"{d.day}/{d.month}/{d.year}",
    "mdy": lambda d: f"{d.month}/{d.day}/{d.year}",
}


def english(number, places):
    return f"{number:,.{places}f}"


def german(number, places):
    return english(number, places).translate(str.maketrans(",.", ".,"))


NUMBER_TEXTS = {
    "plain": lambda n, p: f"{n:.{p}f}",
    "english": english,
    "german": german,
    "french": lambda n, p: english(n, p).replace(",", "\u00a0").replace(".", ","),
    "yuan": lambda n, p: f"¥{english(n, p)}",
    "brackets": lambda n, p: f"({english(-n, p)})" if n < 0 else english(n, p),
    "trailing": lambda n, p: f"{english(-n, p)}-" if n < 0 else english(n, p),
    "wide": lambda n, p: f"{n:.{p}f}".translate(
        {
            ord(a): ord(b)
            for a, b in zip("0123456789.", "０１２３４５６７８９．", strict=True)
        }
    ),
}
WORDS = st.sampled_from(
    ["螺丝刀", "扳手, 大", "锤子;木柄", 'A "quoted" one', "砂纸\n120目"]
)
RECORD = st.fixed_dictionaries(
    {
        "date": st.datetimes(datetime(2015, 1, 1), datetime(2029, 12, 31)).map(
            lambda d: d.replace(hour=0, minute=0, second=0, microsecond=0)
        ),
        "document": st.integers(1, 99999).map(lambda n: f"XS-{n:05}"),
        "code": st.integers(1, 9999).map(lambda n: f"AB{n:04}"),
        "name": WORDS,
        "quantity": st.integers(-5000, 200_000),
        "price": st.integers(1, 9_000_000).map(lambda n: n / 100),
        "warehouse": st.sampled_from(["总仓", "二号仓", "East"]),
    }
)
SETTLED = {  # so that the column itself tells its order and its decimal sign
    "date": datetime(2024, 1, 31),
    "document": "XS-1",
    "code": "AB1",
    "name": "锤子",
    "quantity": 1,
    "price": 1234.56,
    "warehouse": "总仓",
}


@st.composite
def files(draw):
    records = [*draw(st.lists(RECORD, min_size=4, max_size=25)), SETTLED]
    order = draw(st.permutations(list(NAMES)))
    form = draw(st.sampled_from(["xls", "xlsx", "csv", "html", "xml"]))
    dates = draw(st.sampled_from(list(DATE_TEXTS)))
    numbers = draw(st.sampled_from(list(NUMBER_TEXTS)))
    native = form in ("xls", "xlsx", "xml") and draw(st.booleans())
    if not native and numbers in ("german", "french", "english"):
        # A column of whole numbers does not show its thousands separator.
        whole = NUMBER_TEXTS["plain"]
    else:
        whole = NUMBER_TEXTS[numbers]

    def cell(record, key):
        value = record[key]
        if native:
            return value
        if key == "date":
            return DATE_TEXTS[dates](value)
        if key == "quantity":
            return whole(value, 0)
        return NUMBER_TEXTS[numbers](value, 2) if key == "price" else value

    header = [draw(st.sampled_from(NAMES[key])) for key in order]
    table = [header] + [[cell(record, key) for key in order] for record in records]
    total = [None] * len(order)
    total[0] = draw(st.sampled_from(["合计", "总计：", "Total", "合 计"]))
    total[-1] = 9 if native else "9"
    gap = draw(st.integers(0, len(order)))
    if draw(st.booleans()):  # an empty column
        table = [row[:gap] + [None] + row[gap:] for row in table]
    if draw(st.booleans()):
        table.insert(draw(st.integers(2, len(table))), [])
    rows = [
        *draw(
            st.sampled_from([[], [["销售明细表"]], [["某公司"], [], ["期间: 2024"]]])
        ),
        *table,
        *draw(st.sampled_from([[], [total], [total, ["制单人：张三"]]])),
    ]
    return records, _write(draw, form, rows, table)


def _write(draw, form, rows, table):
    if form == "csv":
        codec = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"])
        return writers.text(rows, draw(codec), draw(st.sampled_from("\t;,")))
    if form == "html":
        return writers.html(rows, draw(st.sampled_from(["utf-8", "gb18030"])))
    if form == "xml":
        return writers.xml2003(rows)
    write = writers.xls if form == "xls" else writers.xlsx
    cover = draw(st.booleans())
    sheets = {"封面": [["某某公司"]], "明细": rows} if cover else {"明细": rows}
    return write(sheets, draw(st.booleans()))


@given(files())
def test_the_same_records_come_back(file):
    records, data = file
    proposals = propose(load(open_workbook(data)))
    table = build([item.part for item in proposals if item.use], Options())
    assert set(table.columns) == set(NAMES)
    assert table.issues == [] and len(table) == len(records)
    for key in ("document", "code", "warehouse"):
        assert table.columns[key] == [record[key] for record in records]
    # Web pages do not keep line breaks.
    assert [" ".join(name.split()) for name in table.columns["name"]] == [
        " ".join(record["name"].split()) for record in records
    ]
    for key in ("quantity", "price"):
        expected = [record[key] for record in records]
        assert np.array_equal(table.columns[key], np.array(expected, float))
    days = np.array([record["date"] for record in records], "M8[s]")
    assert (table.columns["date"] == days).all()
    asked = {(question.meaning, question.code) for question in table.questions}
    assert not asked - {("quantity", "decimal")}
