"""Damaged and hostile files end in a named error, in bounded memory.

A few seconds by default; JXC_LONG=1 runs 20,000 files.
"""

from __future__ import annotations

import os
import random
import resource
import struct
import zipfile
from datetime import datetime
from io import BytesIO

import pytest
import writers
from spreadsheet import (
    MESSAGES,
    Limits,
    SpreadsheetError,
    build,
    load,
    open_workbook,
    propose,
)

FILES = 20_000 if os.environ.get("JXC_LONG") else 500
MOST_MEMORY = 400  # MB on top of what the tests before took
DAY = datetime(2024, 3, 5)
ROWS = [["日期", "货号", "品名", "数量", "单价"]] + [
    [DAY, f"A{i % 7}", "螺丝刀" * (i % 5 + 1), i, i / 8] for i in range(60)
]
TEXT_ROWS = [[str(cell) for cell in row] for row in ROWS]
ORIGINALS = {
    "xls": writers.xls({"一": ROWS, "二": ROWS}),
    "biff5": writers.biff5([[str(row[0]), *row[1:]] for row in ROWS]),
    "xlsx": writers.xlsx({"一": ROWS, "二": ROWS}),
    "csv": writers.text(TEXT_ROWS, "gb18030"),
    "utf-16": writers.text(TEXT_ROWS, "utf-16"),
    "html": writers.html(TEXT_ROWS),
    "xml": writers.xml2003(ROWS),
}


def outcome(data: bytes) -> str:
    """The error's code, or "read" if the file was whole enough after all."""
    try:
        proposals = propose(load(open_workbook(data)))
        build([item.part for item in proposals])
    except SpreadsheetError as error:
        assert error.code in MESSAGES and "%" not in str(error)
        return error.code
    return "read"


def random_bytes(rng: random.Random) -> bytes:
    starts = [
        b"",
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"\x09\x08\x10\0",
    ]
    return rng.choice(starts) + rng.randbytes(rng.randint(200, 20_000))


def truncated(rng: random.Random) -> bytes:
    data = ORIGINALS[rng.choice(list(ORIGINALS))]
    return data[: rng.randint(1, len(data) - 1)]


def bytes_changed(rng: random.Random) -> bytes:
    data = bytearray(ORIGINALS[rng.choice(list(ORIGINALS))])
    for _ in range(rng.choice((1, 5, 50, 500))):
        data[rng.randrange(len(data))] = rng.choice((0, 255, rng.randrange(256)))
    return bytes(data)


def blocks_moved(rng: random.Random) -> bytes:
    data = ORIGINALS[rng.choice(list(ORIGINALS))]
    a, b, c = sorted(rng.randrange(len(data)) for _ in range(3))
    return data[:a] + data[b:c] + data[a:b] + data[c:] + data[a:b] * rng.randint(0, 2)


def records_changed(rng: random.Random) -> bytes:
    """BIFF records with wrong lengths, kinds and numbers inside."""
    data = bytearray(ORIGINALS[rng.choice(("biff5", "xls"))])
    start = 512 if data.startswith(b"\xd0\xcf") else 0
    places, here = [], start
    while here + 4 <= len(data):
        places.append(here)
        here += 4 + int.from_bytes(data[here + 2 : here + 4], "little")
    for _ in range(rng.randint(1, 8)):
        place = rng.choice(places) + rng.choice((0, 2, 4, 6, 8, 10, 12))
        if place + 2 <= len(data):
            wild = rng.choice((0, 1, 0x7FFF, 0x8000, 0xFFFF, rng.randrange(65536)))
            struct.pack_into("<H", data, place, wild)
    return bytes(data)


def parts_changed(rng: random.Random) -> bytes:
    """A whole zip whose parts are broken XML."""
    old, file = zipfile.ZipFile(BytesIO(ORIGINALS["xlsx"])), BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            body = bytearray(old.read(name))
            if rng.random() < 0.5:
                for _ in range(rng.choice((1, 3, 30))):
                    at = rng.randrange(len(body))
                    wild = rng.choice(
                        (b"<", b">", b'"', b"9", b"-", b"", b"e9", b"&x;")
                    )
                    body[at : at + rng.randint(0, 3)] = wild
            new.writestr(name, bytes(body))
    return file.getvalue()


def hostile_zip(rng: random.Random) -> bytes:
    """Parts that unpack to far more than the file."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        old = zipfile.ZipFile(BytesIO(ORIGINALS["xlsx"]))
        victim = rng.choice(["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"])
        for name in old.namelist():
            if name != victim:
                new.writestr(name, old.read(name))
        piece = rng.choice((b" ", b"<row/>", b"<si><t>a</t></si>", b"<c><v>1</v></c>"))
        size = rng.choice((1, 5, 20)) * 1_000_000
        new.writestr(victim, b"<x><row>" + piece * (size // len(piece)) + b"</row></x>")
    return file.getvalue()


DAMAGES = {
    random_bytes: 0.1,
    truncated: 0.2,
    bytes_changed: 0.25,
    blocks_moved: 0.1,
    records_changed: 0.2,
    parts_changed: 0.14,
    hostile_zip: 0.01,
}


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_damaged_files_are_named(damage):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    outcomes = set()
    for seed in range(round(FILES * DAMAGES[damage])):
        data = damage(random.Random(f"{damage.__name__} {seed}"))
        outcomes.add(outcome(data))
    assert outcomes - {"read"}, "no file was damaged enough to test anything"
    if damage is random_bytes:
        assert "read" not in outcomes
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown < MOST_MEMORY


@pytest.mark.parametrize("name", ["xls", "xlsx"])
def test_no_truncated_workbook_is_read_as_a_whole_one(name):
    data = ORIGINALS[name]
    rng = random.Random(1)
    for _ in range(FILES // 10):
        cut = data[: rng.randint(8, len(data) - 600)]
        try:
            grids = load(open_workbook(cut))
        except SpreadsheetError:
            continue
        assert [len(grid.rows) for grid in grids] == [61, 61]


def test_bomb_is_not_unpacked():
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        old = zipfile.ZipFile(BytesIO(ORIGINALS["xlsx"]))
        for name in old.namelist():
            new.writestr(name, old.read(name))
        with new.open("xl/bomb.xml", "w") as part:
            for _ in range(64):
                part.write(bytes(1 << 22))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert outcome(file.getvalue()) == "zip_bomb"
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 50 * 1024


def test_a_directory_that_lies_about_sizes():
    """More data than stated is not unpacked: the checksum fails first."""
    data = bytearray(ORIGINALS["xlsx"])
    name = b"xl/worksheets/sheet1.xml"
    entry = data.rindex(name) - 46
    assert data[entry : entry + 4] == b"PK\x01\x02"
    struct.pack_into("<I", data, entry + 24, 100)
    assert outcome(bytes(data)) == "damaged"


def test_limits_bound_the_work():
    limits = Limits(rows=10)
    with pytest.raises(SpreadsheetError) as caught:
        load(open_workbook(ORIGINALS["xls"]), limits)
    assert caught.value.code == "too_many_rows"
