"""Files as real programs write them: the same rows in every format."""

from __future__ import annotations

import csv
import io
import struct
from datetime import datetime

import openpyxl
import xlwt

DATE_STYLE = "YYYY-MM-DD HH:MM:SS"


def xls(sheets: dict[str, list[list]], date1904: bool = False) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    book.dates_1904 = date1904
    style = xlwt.easyxf(num_format_str=DATE_STYLE)
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if isinstance(value, datetime):
                    sheet.write(r, c, value, style)
                elif value is not None:
                    sheet.write(r, c, value)
            if not r % 1000:
                sheet.flush_row_data()
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def xlsx(sheets: dict[str, list[list]], date1904: bool = False) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    if date1904:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def text(rows: list[list], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter)
    writer.writerows(
        ["" if cell is None else str(cell) for cell in row] for row in rows
    )
    return file.getvalue().encode(encoding)


def html(rows: list[list], encoding: str = "gb18030") -> bytes:
    """What programs without an Excel library save as .xls."""
    lines = "".join(
        "<tr>" + "".join(f"<td>{'' if c is None else c}</td>" for c in row) + "</tr>\n"
        for row in rows
    )
    page = (
        f"<html><head><title>报表</title></head><body><table border=1>{lines}</table>"
    )
    return page.encode(encoding)


def xml2003(rows: list[list], encoding: str = "utf-8") -> bytes:
    """Excel's "XML Spreadsheet 2003", also saved as .xls."""
    lines = []
    for row in rows:
        lines.append("<Row>")
        for c, value in enumerate(row, start=1):
            if value is None:
                continue
            if isinstance(value, datetime):
                kind, value = "DateTime", value.isoformat() + ".000"
            else:
                kind = "String" if isinstance(value, str) else "Number"
            lines.append(
                f'<Cell ss:Index="{c}"><Data ss:Type="{kind}">{value}</Data></Cell>'
            )
        lines.append("</Row>")
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    return (
        f'<?xml version="1.0" encoding="{encoding}"?><Workbook xmlns="{space}" '
        f'xmlns:ss="{space}"><Worksheet ss:Name="销售"><Table>{"".join(lines)}'
        "</Table></Worksheet></Workbook>"
    ).encode(encoding)


def biff5(rows: list[list], codepage: int = 936) -> bytes:
    """Excel 5 records without a container, text in a Windows code page."""

    def record(kind: int, body: bytes) -> bytes:
        return kind.to_bytes(2, "little") + len(body).to_bytes(2, "little") + body

    def word(*numbers: int) -> bytes:
        return b"".join(number.to_bytes(2, "little") for number in numbers)

    encoding = f"cp{codepage}"
    name = "销售".encode(encoding)
    begin = record(0x809, word(0x0500, 0x0005, 0x0DBB, 0x07CC))
    page = record(0x42, word(codepage))
    end = record(0x0A, b"")
    body = [record(0x809, word(0x0500, 0x0010, 0x0DBB, 0x07CC))]
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if isinstance(value, str):
                raw = value.encode(encoding)
                body.append(record(0x204, word(r, c, 0, len(raw)) + raw))
            elif value is not None:
                body.append(record(0x203, word(r, c, 0) + struct.pack("<d", value)))
    body.append(end)

    def bound(offset: int) -> bytes:
        entry = offset.to_bytes(4, "little") + word(0) + bytes([len(name)]) + name
        return record(0x85, entry)

    start = len(begin + page + bound(0) + end)
    return begin + page + bound(start) + end + b"".join(body)
