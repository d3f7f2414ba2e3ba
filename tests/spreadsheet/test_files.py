"""Every kind of file gives the same cells, or says what is wrong with it."""

import csv
import io
import zipfile
from dataclasses import replace
from datetime import datetime

import openpyxl
import pytest
import writers
import xlwt
from spreadsheet import CellError, Limits, SpreadsheetError, load, open_workbook

ROWS = [
    ["商品编码", "品名", "数量", "单价"],
    ["A001", "螺丝刀", 3.0, 12.5],
    ["A002", "扳手，大号", 1200.0, 0.25],
    ["A003", 'He said "yes"\nand left', -4.0, None],
]
DAY = datetime(2024, 3, 5, 14, 30)


def cells(data, **options):
    return load(open_workbook(data, **options))[0].rows


def code(data, **options):
    with pytest.raises(SpreadsheetError) as caught:
        load(open_workbook(data, **options), options.get("limits", Limits()))
    assert str(caught.value)
    return caught.value.code


def trimmed(rows):
    return [row[:-1] if row[-1] is None else row for row in rows]


@pytest.mark.parametrize("write", [writers.xls, writers.xlsx])
@pytest.mark.parametrize("date1904", [False, True])
def test_excel(write, date1904):
    data = write({"一月": [*ROWS, [DAY, True]], "二月": ROWS}, date1904)
    workbook = open_workbook(data)
    assert workbook.date1904 is date1904
    first, second = load(workbook)
    assert (first.sheet, second.sheet) == ("一月", "二月")
    assert first.rows == [*trimmed(ROWS), [DAY, True]]
    assert first.rows[-1][1] is True
    assert first.numbers == [1, 2, 3, 4, 5]


def as_texts(rows):
    return [[None if c is None else str(c) for c in row] for row in trimmed(rows)]


@pytest.mark.parametrize("delimiter", ["\t", ";", ",", "|"])
@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk"],
)
def test_text(encoding, delimiter):
    data = writers.text(ROWS, encoding, delimiter)
    workbook = open_workbook(data)
    assert workbook.delimiter == delimiter
    assert load(workbook)[0].rows == as_texts(ROWS)


@pytest.mark.parametrize(
    "encoding, words",
    [
        ("cp1252", "Größe für Säge, café crème, año, Übergröße, señor, naïf"),
        ("cp1250", "żółta łódź, ściągacz, kąpiel, źrebię, większość, główka"),
        ("cp1251", "Отвёртка крестовая, гаечный ключ, молоток слесарный"),
        ("big5", "螺絲起子與扳手, 電動工具組, 業務單據編號, 庫存數量不足"),
        ("gb18030", "螺丝刀与扳手, 电动工具组, 业务单据编号, 库存数量不足"),
    ],
)
def test_code_pages(encoding, words):
    data = "\r\n".join(f"A{i};{word};{i}" for i, word in enumerate(words.split(", ")))
    workbook = open_workbook(data.encode(encoding))
    assert (workbook.encoding, workbook.encoding_certain) == (encoding, False)
    assert [row[1] for row in load(workbook)[0].rows] == words.split(", ")


def test_encoding_by_hand():
    data = "A1;žluť\n".encode("cp1250")
    assert cells(data, encoding="cp1250") == [["A1", "žluť"]]
    assert code(b"A1;\xff\xff\n", encoding="utf-8") == "encoding"
    assert code(b"A1;1\n", encoding="no such") == "encoding"


def test_text_written_by_excel():
    assert cells(b'sep=;\r\n="00123";1,5\r\n') == [["00123", "1,5"]]
    assert open_workbook(b"a;b\n1,5;2,5\n").delimiter == ";"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_html_called_xls(encoding):
    workbook = open_workbook(writers.html(ROWS, encoding))
    assert workbook.format == "html"
    expected = as_texts(ROWS)
    expected[3][1] = 'He said "yes" and left'
    assert load(workbook)[0].rows == expected


def test_html_spans_and_nesting():
    page = (
        b"<html><table><tr><td><table><tr><th colspan=2>t<tr><td>a<td>b</table>"
        b"</td></tr></table></html>"
    )
    grids = load(open_workbook(page))
    assert [["t"], ["a", "b"]] in [grid.rows for grid in grids]


@pytest.mark.parametrize("encoding", ["utf-8", "gb2312", "utf-16"])
def test_xml_called_xls(encoding):
    workbook = open_workbook(writers.xml2003([*ROWS, [DAY]], encoding))
    assert workbook.format == "xml"
    assert load(workbook)[0].rows == [*trimmed(ROWS), [DAY]]


def test_excel_5_with_chinese_code_page():
    assert cells(writers.biff5(ROWS)) == trimmed(ROWS)


def test_formulas_errors_and_rich_text():
    book = openpyxl.Workbook()
    book.active.append(["=1+1", "#N/A", "a_x000D_b"])
    book.active["B1"].data_type = "e"
    file = io.BytesIO()
    book.save(file)
    row = cells(file.getvalue())[0]
    assert isinstance(row[0], CellError) and isinstance(row[1], CellError)
    assert row[2] == "a\rb"


def repack(data, changes):
    """An .xlsx with some parts replaced (None: removed)."""
    old, file = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in {**dict.fromkeys(old.namelist()), **changes}:
            body = changes.get(name, b"") if name in changes else old.read(name)
            if body is not None:
                new.writestr(name, body)
    return file.getvalue()


SMALL = writers.xlsx({"a": ROWS})
SHEET = "xl/worksheets/sheet1.xml"
SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def sheet(body: str) -> bytes:
    return f'<x:worksheet xmlns:x="{SPACE}">{body}</x:worksheet>'.encode()


def test_prefixes_and_missing_references():
    body = "<x:sheetData><x:row><x:c><x:v>1</x:v></x:c><x:c t='inlineStr'><x:is>"
    body += "<x:t>东</x:t><x:rPh><x:t>dong</x:t></x:rPh><x:r><x:t>西</x:t></x:r>"
    body += "</x:is></x:c></x:row></x:sheetData>"
    assert cells(repack(SMALL, {SHEET: sheet(body)})) == [[1.0, "东西"]]


def test_builtin_chinese_date_formats():
    styles = f'<styleSheet xmlns="{SPACE}"><cellXfs><xf numFmtId="0"/>'
    styles += '<xf numFmtId="31"/><xf numFmtId="57"/></cellXfs></styleSheet>'
    body = "<x:sheetData><x:row r='7'><x:c r='B7' s='1'><x:v>45356</x:v></x:c>"
    body += "<x:c s='0'><x:v>45356</x:v></x:c></x:row></x:sheetData>"
    data = repack(SMALL, {"xl/styles.xml": styles, SHEET: sheet(body)})
    grid = load(open_workbook(data))[0]
    assert grid.rows == [[None, datetime(2024, 3, 5), 45356.0]]
    assert grid.numbers == [7]


def test_named_failures():
    assert code(b"") == code(b"\r\n \n") == "empty"
    assert code(b"%PDF-1.7\n") == "unsupported"
    assert code(bytes(range(256)) * 3) == "not_a_spreadsheet"
    assert code(SMALL[:-200]) == "damaged"
    assert code(repack(SMALL, {"xl/workbook.bin": b"x"})) == "unsupported"
    assert code(repack(SMALL, {"xl/workbook.xml": None})) == "damaged"
    assert code(repack(SMALL, {SHEET: sheet("<x:row></x:sheetData>")})) == "damaged"
    assert code(b"<html><p>Session expired, please log in.</p></html>") == (
        "not_a_spreadsheet"
    )
    assert code(writers.xlsx({"a": []})) == "no_data"


def test_passwords():
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000)
    assert code(ole + "EncryptedPackage".encode("utf-16-le")) == "password"
    plain = writers.biff5(ROWS)
    page = plain.index(b"\x42\x00\x02\x00")
    locked = plain[:page] + b"\x2f\x00\x04\x00\x12\x34\x56\x78" + plain[page:]
    assert code(locked) == "password"


def test_hostile_xml():
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    assert code(repack(SMALL, {SHEET: bomb + sheet("&b;")})) == "damaged"
    token = sheet("<x:row r='" + "1" * 3_000_000 + "'/>")
    assert code(repack(SMALL, {SHEET: token})) == "damaged"
    wide = "<x:row><x:c r='ZZZZZ1'><x:v>1</x:v></x:c></x:row>"
    assert code(repack(SMALL, {SHEET: sheet(wide)})) == "damaged"


def test_numbers_beyond_the_sheet():
    for row in ("0", "-3", "1048577", "9" * 30):
        body = sheet(f"<x:row r='{row}'><x:c><x:v>1</x:v></x:c></x:row>")
        assert code(repack(SMALL, {SHEET: body})) == "damaged"
    shared = sheet("<x:row><x:c t='s'><x:v>-1</x:v></x:c></x:row>")
    assert code(repack(SMALL, {SHEET: shared})) == "damaged"
    far = writers.xml2003(ROWS).replace(b"<Row>", b'<Row ss:Index="99999999999999">', 1)
    assert code(far) == "damaged"


def test_macros_are_ignored():
    data = repack(SMALL, {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 not looked at"})
    assert cells(data) == trimmed(ROWS)


def test_style_bomb_and_directory_bomb():
    many = b"<x><cellXfs>" + b"<xf/>" * 7_000_000 + b"</cellXfs></x>"
    assert code(repack(SMALL, {"xl/styles.xml": many})) in ("damaged", "zip_bomb")
    entries = {f"x{i}": b"" for i in range(6000)}
    assert code(repack(SMALL, entries)) == "zip_bomb"


def test_limits():
    small = replace(Limits(), size=100)
    assert code(SMALL, limits=small) == "too_large"
    zeros = repack(SMALL, {"xl/media/x.bin": bytes(40_000_000)})
    assert code(zeros) == "zip_bomb"
    assert code(SMALL, limits=replace(Limits(), unpacked=1000)) == "too_large_unpacked"
    assert code(SMALL, limits=replace(Limits(), parts=3)) == "zip_bomb"
    two = writers.xls({"a": ROWS, "b": ROWS})
    for data in (two, writers.xlsx({"a": ROWS, "b": ROWS})):
        assert code(data, limits=replace(Limits(), sheets=1)) == "too_many_sheets"
        assert code(data, limits=replace(Limits(), rows=7)) == "too_many_rows"
        assert code(data, limits=replace(Limits(), columns=3)) == "too_many_columns"
        assert code(data, limits=replace(Limits(), cells=9)) == "too_many_cells"
    comma = writers.text(ROWS)
    assert code(comma, limits=replace(Limits(), columns=3)) == "too_many_columns"
    before = csv.field_size_limit(500_000_000)  # as Odoo does for its whole process
    try:
        assert code(b'a,b\n1,"' + b"never closed\n" * 20_000) == "text_too_long"
        assert code(b"a,b\n1," + b"x" * 200_000) == "text_too_long"
    finally:
        csv.field_size_limit(before)


def test_painted_cells_far_away_do_not_count():
    body = "<x:sheetData><x:row><x:c r='A1'><x:v>1</x:v></x:c><x:c r='XFD1' s='1'/>"
    data = repack(SMALL, {SHEET: sheet(body + "</x:row></x:sheetData>")})
    assert cells(data) == [[1.0]]


@pytest.mark.parametrize("ending", ["xls", "xlsx"])
def test_zeros_in_front_of_codes(ending):
    """A format like 00000 is how programs show a code that Excel holds as a number."""
    file, rows = io.BytesIO(), [["货号", "数量"], [123, 7], [45600, 8]]
    if ending == "xls":
        book = xlwt.Workbook()
        sheet, style = book.add_sheet("s"), xlwt.easyxf(num_format_str="00000")
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                sheet.write(r, c, value, *([style] if r and not c else []))
    else:
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        for r in (2, 3):
            book.active.cell(r, 1).number_format = "00000"
    book.save(file)
    [grid] = load(open_workbook(file.getvalue()))
    assert grid.rows[1:] == [["00123", 7], ["45600", 8]]
