"""Reads the Markdown that our READMEs use, and writes it as HTML or reStructuredText.

Known are headings, paragraphs, lists of one level, tables, fenced code, pictures on a
line of their own, and within a line bold, italics, code and links. Anything else stays
as it stands. What stands between ``<!-- page: off -->`` and ``<!-- page: on -->`` is
left out.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field

HIDDEN = re.compile(r"<!-- page: off -->\n.*?<!-- page: on -->\n", re.DOTALL)
HEADING = re.compile(r"(#+) (.+)")
PICTURE = re.compile(r"!\[(.*?)\]\((.+?)\)$")
ITEM = re.compile(r"(?:- |\d+\. )(.*)")
INLINE = re.compile(
    r"`(?P<code>[^`]+)`|\*\*(?P<bold>.+?)\*\*|\*(?P<italic>.+?)\*"
    r"|\[(?P<text>.+?)\]\((?P<target>.+?)\)"
)
UNDERLINES = "=-~"


@dataclass
class Block:
    """``lines``: the text of a paragraph or code, items of a list, rows of a table."""

    kind: str  # heading, picture, code, table, bullets, numbers, paragraph
    lines: list = field(default_factory=list)
    level: int = 0
    target: str = ""


def parse(text: str) -> list[Block]:
    """The visible blocks of a Markdown text."""
    lines = HIDDEN.sub("", text).split("\n")
    blocks = []
    while lines:
        if lines[0].strip():
            blocks.append(_take(lines))
        else:
            lines.pop(0)
    return blocks


def _take(lines: list[str]) -> Block:
    """Remove the block at the head of ``lines`` and return it."""
    first = lines.pop(0)
    if found := HEADING.match(first):
        return Block("heading", [found[2]], level=len(found[1]))
    if found := PICTURE.match(first):
        return Block("picture", [found[1]], target=found[2])
    if first.startswith("```"):
        end = lines.index("```")
        code = lines[:end]
        del lines[: end + 1]
        return Block("code", code)
    body = [first]
    while lines and lines[0].strip():
        body.append(lines.pop(0))
    if first.startswith("|"):
        rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in body]
        return Block("table", [rows[0], *rows[2:]])
    if ITEM.match(first):
        return Block("bullets" if first.startswith("-") else "numbers", _items(body))
    return Block("paragraph", [_join(body)])


def _items(body: list[str]) -> list[str]:
    items: list[list[str]] = []
    for line in body:
        if found := ITEM.match(line):
            items.append([found[1]])
        else:
            items[-1].append(line)
    return [_join(item) for item in items]


def _join(lines: list[str]) -> str:
    """One line of several; between Chinese characters a line break is no blank."""
    text = lines[0].strip()
    for line in map(str.strip, lines[1:]):
        ends = text[-1], line[0]
        close = all(map(_is_wide, ends)) or any(map(_is_wide_mark, ends))
        text += line if close else f" {line}"
    return text


def _is_wide_mark(character: str) -> bool:
    return _is_wide(character) and unicodedata.category(character).startswith("P")


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


def to_html(blocks: list[Block], picture: Callable[[str], str]) -> str:
    """The blocks as HTML with the classes of Odoo's description pages.

    :param picture: address in the page of a picture with the given target
    """
    parts = []
    for block in blocks:
        if block.kind == "picture":
            parts.append(
                f'<img class="img-fluid border my-3" src="{picture(block.target)}" '
                f'alt="{html.escape(block.lines[0])}"/>'
            )
        elif block.kind == "table":
            parts.append(_html_table(block.lines))
        elif block.kind == "code":
            parts.append(f"<pre>{html.escape(chr(10).join(block.lines))}</pre>")
        elif block.kind in ("bullets", "numbers"):
            tag = "ul" if block.kind == "bullets" else "ol"
            items = "\n".join(f"<li>{_inline_html(item)}</li>" for item in block.lines)
            parts.append(f"<{tag}>\n{items}\n</{tag}>")
        else:
            tag = f"h{block.level + 1}" if block.kind == "heading" else "p"
            parts.append(f"<{tag}>{_inline_html(block.lines[0])}</{tag}>")
    return "\n".join(parts) + "\n"


def _html_table(rows: list[list[str]]) -> str:
    def row(cells, tag):
        return "".join(f"<{tag}>{_inline_html(cell)}</{tag}>" for cell in cells)

    head, *body = rows
    lines = "\n".join(f"<tr>{row(cells, 'td')}</tr>" for cells in body)
    return (
        f'<table class="table table-sm">\n<thead><tr>{row(head, "th")}</tr></thead>\n'
        f"<tbody>\n{lines}\n</tbody>\n</table>"
    )


def _inline_html(text: str) -> str:
    """Links lose their target: a description page must not lead elsewhere."""

    def replace(found):
        if found["code"]:
            return f"<code>{found['code']}</code>"
        if found["bold"]:
            return f"<b>{found['bold']}</b>"
        if found["italic"]:
            return f"<i>{found['italic']}</i>"
        return found["text"]

    return INLINE.sub(replace, html.escape(text, quote=False))


def to_rst(blocks: list[Block], picture: Callable[[str], str]) -> str:
    """The blocks as reStructuredText; see ``to_html``."""
    parts = []
    for block in blocks:
        if block.kind == "picture":
            address = picture(block.target)
            parts.append(f".. image:: {address}\n   :alt: {block.lines[0]}")
        elif block.kind == "heading":
            title = _inline_rst(block.lines[0])
            width = sum(2 if _is_wide(character) else 1 for character in title)
            parts.append(f"{title}\n{UNDERLINES[block.level - 1] * width}")
        elif block.kind == "table":
            parts.append(_rst_table(block.lines))
        elif block.kind == "code":
            code = "\n".join(f"   {line}".rstrip() for line in block.lines)
            parts.append(f"::\n\n{code}")
        elif block.kind in ("bullets", "numbers"):
            mark = "-" if block.kind == "bullets" else "#."
            parts.append("\n".join(f"{mark} {_inline_rst(i)}" for i in block.lines))
        else:
            parts.append(_inline_rst(block.lines[0]))
    return "\n\n".join(parts) + "\n"


def _rst_table(rows: list[list[str]]) -> str:
    lines = [".. list-table::", "   :header-rows: 1", ""]
    for row in rows:
        for number, cell in enumerate(row):
            mark = "-" if number else "* -"
            lines.append(f"   {mark:>3} {_inline_rst(cell)}")
    return "\n".join(lines)


def _inline_rst(text: str) -> str:
    def replace(found):
        if found["code"]:
            return f"``{found['code']}``"
        if found["text"]:
            return found["text"]
        return found[0]

    return INLINE.sub(replace, text)
