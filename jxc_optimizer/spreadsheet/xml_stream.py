"""Feeds XML to expat piece by piece; refuses what no spreadsheet contains."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO
from xml.parsers import expat

CHUNK = 1 << 17
LONGEST_TOKEN = 1 << 20


class HostileXml(ValueError):
    """A document type, an entity or a tag of a megabyte."""


def new_parser(encoding: str | None = None) -> expat.XMLParserType:
    """A parser that delivers text in one piece and knows no entities of its own.

    ``encoding`` overrules what the document says.
    """
    parser = expat.ParserCreate(encoding)
    parser.buffer_text = True
    parser.buffer_size = CHUNK
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    return parser


def _refuse(*declaration) -> None:
    raise HostileXml("document type")


def feed(parser: expat.XMLParserType, stream: IO[bytes]) -> Iterator[None]:
    """Parse ``stream``, pausing after each piece so that results can be taken."""
    fed = 0
    while chunk := stream.read(CHUNK):
        fed += len(chunk)
        parser.Parse(chunk, False)
        # What expat cannot finish it keeps: a tag without end would fill memory.
        if fed - parser.CurrentByteIndex > LONGEST_TOKEN:
            raise HostileXml("token")
        yield
    parser.Parse(b"", True)
    yield


def local(name: str) -> str:
    """An element's or attribute's name without its namespace prefix."""
    return name.rpartition(":")[2]


def unescape(text: str) -> str:
    """Control characters are written as _x000D_ and the like."""
    if "_x" not in text:
        return text
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda m: chr(int(m[1], 16)), text)
