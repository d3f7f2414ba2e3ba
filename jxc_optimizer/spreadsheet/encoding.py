"""Finds the encoding of a text file that does not state it.

Unicode is proved, not guessed: a mark at the start, the zero bytes of UTF-16, or
bytes that follow UTF-8's rules to the end of the file. Of the older encodings the
double-byte ones are told from the single-byte ones by where their bytes fall, and
the single-byte ones from each other by which of them yields words.
"""

from __future__ import annotations

import codecs
import re

from .errors import SpreadsheetError

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CHOICES = (
    "utf-8",
    "gb18030",
    "big5",
    "utf-16-le",
    "utf-16-be",
    "cp1252",
    "cp1250",
    "cp1251",
    "cp1253",
    "cp1254",
    "cp932",
    "cp949",
)
"""What a user may choose from."""

CHUNK = 1 << 20
SAMPLE = 1 << 18
PAIR = re.compile(rb"[\x81-\xfe][\x30-\xfe]")
HIGH_RUN = re.compile(rb"[\x80-\xff]+")
CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f\x1a"))
BETWEEN_LETTERS = re.compile(r"(?<=[^\W\d_])[¹³¿¼¾£¥ª¯†œ](?=[^\W\d_])")


def find_encoding(data: bytes) -> tuple[str, bool]:
    """A codec's name and whether it is certain.

    Raises SpreadsheetError ``not_a_spreadsheet`` for bytes that are no text.
    """
    for mark, name in MARKS:
        if data.startswith(mark):
            if not decodes(data, name):
                raise SpreadsheetError("encoding", encoding=name.upper())
            return name, True
    wide = _utf16(data)
    if wide:
        return wide, True
    if len(data.translate(None, CONTROL)) != len(data):
        raise SpreadsheetError("not_a_spreadsheet")
    if decodes(data, "utf-8"):
        return "utf-8", True
    return _legacy(data), False


def decodes(data: bytes, encoding: str) -> bool:
    """Whether all of ``data`` follows the rules of ``encoding``; holds one piece."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        for start in range(0, len(data), CHUNK):
            decoder.decode(data[start : start + CHUNK])
        decoder.decode(b"", True)
    except UnicodeError:
        return False
    return True


def _utf16(data: bytes) -> str | None:
    """UTF-16 without a mark: separators and digits leave zeros on one side only."""
    sample = data[: SAMPLE & ~1]
    if len(data) % 2 or not sample.count(0):
        return None
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    for encoding, many, few in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if many * 20 > len(sample) // 2 and few * 10 <= many:
            return encoding if decodes(data, encoding) else None
    return None


def _legacy(data: bytes) -> str:
    runs = HIGH_RUN.findall(data[: SAMPLE * 4])[:20_000]
    pairs = PAIR.findall(data[: SAMPLE * 4])[:20_000]
    # Chinese as written in GB 2312 has both bytes above A0; a Western letter is
    # most often followed by an ASCII one.
    if pairs and decodes(data, "gb18030"):
        both = sum(pair[0] >= 0xA1 and pair[1] >= 0xA1 for pair in pairs)
        common = sum(0xB0 <= pair[0] <= 0xF7 or pair[0] <= 0xA9 for pair in pairs)
        if both >= 0.8 * len(pairs) and common >= 0.8 * len(pairs):
            return "gb18030"
        leads = sum(0xA1 <= pair[0] <= 0xC6 for pair in pairs)
        if leads >= 0.9 * len(pairs) and decodes(data, "big5"):
            return "big5"
        if both >= 0.5 * len(pairs):
            return "gb18030"
    elif pairs and decodes(data, "big5"):
        return "big5"
    return _single_byte(data, runs)


def _single_byte(data: bytes, runs: list[bytes]) -> str:
    letters = sum(map(len, runs))
    long_runs = sum(len(run) for run in runs if len(run) >= 3)
    # Cyrillic words consist of high bytes; Latin ones hold one here and there.
    if letters and long_runs > 0.6 * letters and decodes(data, "cp1251"):
        return "cp1251"
    western = data[: SAMPLE * 4].decode("cp1252", "replace")
    odd = len(BETWEEN_LETTERS.findall(western))
    if (odd * 10 > letters or "\ufffd" in western) and decodes(data, "cp1250"):
        return "cp1250"
    return "cp1252" if decodes(data, "cp1252") else "latin-1"
