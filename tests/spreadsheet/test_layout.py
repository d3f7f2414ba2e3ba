"""Where the table is on a sheet."""

from datetime import datetime

import pytest
from spreadsheet import Grid, find_layout, layout_key, propose, recognise


def grid(rows, **options):
    kept = [(i, row) for i, row in enumerate(rows, start=1) if any(row)]
    return Grid("s", [i for i, _ in kept], [row for _, row in kept], **options)


BODY = [
    ["2024-01-02", "XS001", "A001", "螺丝刀", 3, 12.5, 37.5],
    ["2024-01-02", "XS001", "A002", "扳手", 1, 30, 30],
    ["2024-01-03", "XS002", "A001", "螺丝刀", 2, 12.5, 25],
    ["2024-01-04", "XS003", "A003", "锤子", 5, 20, 100],
]
HEADER = ["日期", "单据号", "商品编码", "品名", "数量", "单价", "金额"]


def shown(rows, skipped):
    layout = find_layout(grid(rows))
    assert layout.names == tuple(HEADER)
    return len(layout.rows), sorted(layout.skipped.values()) == sorted(skipped)


def test_plain():
    assert shown([HEADER, *BODY], ["header"]) == (4, True)


def test_titles_totals_and_notes():
    rows = [
        ["某某公司销售明细表"],
        [],
        ["期间：2024-01-01 至 2024-01-31", None, None, None, None, "单位：元"],
        HEADER,
        *BODY[:2],
        [None, None, "小计", None, 4, None, 67.5],
        *BODY[2:],
        ["合 计", None, None, None, 11, None, 192.5],
        ["制单人：张三", None, None, "审核：李四"],
        ["第 1 页 共 1 页"],
    ]
    skipped = ["title", "title", "header", "total", "total", "note", "note"]
    assert shown(rows, skipped) == (4, True)


def test_totals_of_groups():
    """As Excel's subtotals and other programs write them."""
    day = datetime(2024, 1, 2)
    rows = [
        ["日期", "货号", "品名", "数量", "仓库"],
        [day, "A001", "螺丝刀", 3, "总仓"],
        [day, "A001", "螺丝刀", 1, "总仓"],
        [None, "A001 汇总", None, 4, None],
        ["A001小计", None, None, 4, None],
        ["2024-01-02 小计", None, None, 4, None],
        ["扳手类合计：", None, None, 0, None],
        [day, "A002", "科目汇总", 2, "总仓"],
        [day, "A002", "科目汇总", 5, None],
        ["日合计:", None, None, 7, None],
        [None, None, "本年累计", 11, "总仓"],
        ["【合计】", None, None, 11, None],
        [None, "A002 Total", None, 7, None],
        ["Grand Total", None, None, 11, None],
    ]
    layout = find_layout(grid(rows))
    assert [layout.skipped[i] for i in sorted(layout.skipped)][1:] == ["total"] * 9
    assert layout.rows == (1, 2, 7, 8)


def test_page_headers_repeat():
    rows = [
        HEADER,
        *BODY[:2],
        HEADER,
        *BODY[2:],
        ["Total", *[None] * 3, 11, None, 192.5],
    ]
    assert shown(rows, ["header", "repeated_header", "total"]) == (4, True)


def test_another_table_below_is_not_read_as_this_one():
    """Returned goods below the sales would else count as sold."""
    day = datetime(2024, 1, 2)
    head = ["日期", "货号", "品名", "数量", "仓库"]
    sold = [[day, f"A{i}", "螺丝刀", i, "总仓"] for i in range(4)]
    other = ["日期", "货号", "品名", "退货数量", "原因"]
    back = [[day, f"A{i}", "螺丝刀", 1, "坏"] for i in range(2)]
    page = [*head, "第2页"]
    rows = [["销售"], head, *sold, ["退货"], other, *back, page, *sold[:1]]
    layout = find_layout(grid(rows))
    assert layout.rows == (2, 3, 4, 5, 11)
    assert {why for i, why in layout.skipped.items() if 7 <= i <= 9} == {"other_table"}
    assert layout.skipped[10] == "repeated_header"


def test_an_article_called_total_is_a_record():
    body = [*BODY, ["2024-01-05", "XS004", "A009", "Total", 1, 5, 5]]
    assert shown([HEADER, *body], ["header"]) == (5, True)


def test_two_header_rows():
    rows = [
        ["商品", None, "销售", None, "日期"],
        ["编码", "名称", "数量", "金额", None],
        ["A001", "螺丝刀", 3, 37.5, datetime(2024, 1, 2)],
        ["A002", "扳手", 1, 30.0, datetime(2024, 1, 2)],
        ["A003", "锤子", 5, 100.0, datetime(2024, 1, 4)],
    ]
    layout = find_layout(grid(rows))
    assert layout.names == (
        "商品 / 编码",
        "商品 / 名称",
        "销售 / 数量",
        "销售 / 金额",
        "日期",
    )
    assert len(layout.rows) == 3
    found = [item.meaning for item in recognise(grid(rows), layout)]
    assert found == ["code", "name", "quantity", "amount", "date"]


def test_empty_columns_and_rows():
    rows = [[None, *HEADER[:4], None, *HEADER[4:]], []]
    for row in BODY:
        rows += [[None, *row[:4], None, *row[4:]], [None, None]]
    layout = find_layout(grid(rows))
    assert layout.names == tuple(HEADER) and len(layout.rows) == 4
    assert layout.letters == ("B", "C", "D", "E", "G", "H", "I")


def test_no_header():
    layout = find_layout(grid(BODY))
    assert layout.header == (0, 0) and len(layout.rows) == 4
    found = recognise(grid(BODY), layout)
    assert found[0].meaning == "date"
    assert found[4].meaning is None, "a bare number may be anything"


@pytest.mark.parametrize(
    "names, meanings",
    [
        (
            "货号,品名,规格,单位,销量,单价,销售日期,仓库,客户,单据编号",
            "code,name,specification,unit,quantity,price,date,warehouse,customer,document",
        ),
        (
            "存货编码,存货名称,规格型号,主单位,出库数量,含税单价,单据日期,仓库名称,"
            "购货单位,单据号",
            "code,name,specification,unit,quantity,price,date,warehouse,customer,document",
        ),
        (
            "SKU,Product Name,Variant,UoM,Qty (pcs),Unit Price,Order Date,Warehouse,"
            "Customer Name,Order No.",
            "code,name,specification,unit,quantity,price,date,warehouse,customer,document",
        ),
        (
            "StockCode,Description,Size,Unit,Quantity,UnitPrice,InvoiceDate,Store,"
            "CustomerID,InvoiceNo",
            "code,name,specification,unit,quantity,price,date,warehouse,customer,document",
        ),
    ],
)
def test_names_in_both_languages(names, meanings):
    row = [
        "A{}",
        "螺丝刀 {}",
        "10x{}",
        "件",
        3,
        12.5,
        "2024-01-02",
        "总仓",
        "甲",
        "XS{}",
    ]
    rows = [names.split(",")] + [
        [c.format(i % 7) if isinstance(c, str) else c for c in row] for i in range(20)
    ]
    found = recognise(grid(rows), find_layout(grid(rows)))
    assert [item.meaning for item in found] == meanings.split(",")
    assert all(item.confidence > 0.5 for item in found)
    assert found[0].samples[:2] == ("A0", "A1")


def meanings(rows):
    sheet = grid(rows)
    return [item.meaning for item in recognise(sheet, find_layout(sheet))]


def test_quantity_in_the_unit_of_the_article():
    """Boxes beside bottles: the number of bottles counts, and is not converted."""
    names = ["日期", "货号", "单位", "数量", "基本数量"]
    body = [["2024-01-05", f"A{i}", "箱", 2, 48] for i in range(5)]
    assert meanings([names, *body]) == ["date", "code", None, None, "quantity"]
    names, body = [*names, "基本单位"], [[*row, "瓶"] for row in body]
    assert meanings([names, *body])[2:] == [None, None, "quantity", "unit"]
    alone = [[*row[:3], row[4]] for row in [names, *body]]
    assert meanings(alone) == ["date", "code", "unit", "quantity"]


def test_goods_that_come_in_are_no_demand():
    names = ["日期", "货号", "入库数量", "出库数量", "期末数量"]
    body = [["2024-01-05", f"A{i}", 9, i, 4] for i in range(5)]
    assert meanings([names, *body]) == ["date", "code", None, "quantity", None]
    rows = [
        ["日期", "存货编码", "收入", None, "发出", None],
        [None, None, "数量", "金额", "数量", "金额"],
        *([datetime(2024, 1, 5), f"A{i}", 9, 90, i, 10 * i] for i in range(5)),
    ]
    assert meanings(rows)[2] is None and meanings(rows)[4] == "quantity"


def test_names_in_traditional_characters():
    rows = [["單據日期", "貨號", "品名", "銷售數量", "單位", "倉庫"]] + [
        ["2024-01-05", f"A{i}", f"螺絲起子 {i}", i, "個", "總倉"] for i in range(5)
    ]
    found = ["date", "code", "name", "quantity", "unit", "warehouse"]
    assert meanings([*rows, ["總計", None, None, 10]]) == found
    assert 6 not in find_layout(grid([*rows, ["總計", None, None, 10]])).rows


def test_names_in_two_languages_at_once():
    rows = [
        ["日期 Date", "货号 Item No.", "品名 Description", "数量 Qty", "单位/Unit"]
    ] + [["2024-01-05", f"A{i}", f"螺丝刀 {i}", i, "pcs"] for i in range(5)]
    assert meanings(rows) == ["date", "code", "name", "quantity", "unit"]


def test_content_decides_between_like_names():
    rows = [["编码", "条码", "供应商货号", "单位", "往来单位"]] + [
        [f"A{i}", "6901234567892", f"V-{i}", "箱", f"公司{i}"] for i in range(9)
    ]
    found = recognise(grid(rows), find_layout(grid(rows)))
    assert [item.meaning for item in found] == [
        "code",
        "barcode",
        "vendor_code",
        "unit",
        "customer",
    ]


def test_a_rival_meaning_is_not_taken_for_a_wanted_one():
    rows = [
        ["供应商货号", "数量", "日期"],
        ["V1", 1, "2024-01-02"],
        ["V2", 2, "2024-01-03"],
    ]
    found = recognise(grid(rows), find_layout(grid(rows)), ["code", "quantity", "date"])
    assert [item.meaning for item in found] == [None, "quantity", "date"]


def test_choices_of_the_user():
    sheet = grid([HEADER, *BODY])
    found = recognise(sheet, find_layout(sheet), chosen={3: "note", 4: None})
    assert found[3].meaning == "note" and found[4].meaning is None
    proposal = propose([sheet])[0].correct({6: "quantity"})
    assert proposal.mapping["quantity"] == 6
    assert 4 not in proposal.mapping.values()


def test_remembered_by_layout():
    first, second = grid([HEADER, *BODY]), grid([["x"], HEADER, *BODY[:2]])
    assert layout_key(find_layout(first)) == layout_key(find_layout(second))
    memory = {propose([first])[0].key: {"金额": "cost", "单价": None}}
    columns = propose([second], memory=memory.get)[0].columns
    assert [item.meaning for item in columns][-2:] == [None, "cost"]


def test_sheets_that_go_on():
    proposals = propose(
        [
            grid([["封面"], ["某某公司"]]),
            grid([HEADER, *BODY]),
            grid(BODY),
            grid([["说明", "内容"], ["a", "b"]]),
            grid([HEADER, *BODY], hidden=True),
        ]
    )
    assert [item.use for item in proposals] == [False, True, True, False, False]
    assert proposals[2].mapping == proposals[1].mapping
