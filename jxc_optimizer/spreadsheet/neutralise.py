"""Keeps text from becoming a formula in the program that opens an export."""

from __future__ import annotations

TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What starts a formula; full-width forms do so in East Asian Excel."""


def neutralise(text: str) -> str:
    """``text`` with an apostrophe in front where it would be taken for a formula.

    Reading it back is left to ``restore``. Numbers are to be written as numbers.

    >>> neutralise("=1+1"), neutralise("M-5"), neutralise(" @SUM(A1)")
    ("'=1+1", 'M-5', "' @SUM(A1)")
    """
    if text.startswith(TRIGGERS) or text.lstrip().startswith(TRIGGERS):
        return f"'{text}"
    return text


def restore(text: str) -> str:
    """The text before ``neutralise``, or before somebody kept a number as text.

    >>> restore("'=1+1"), restore("'0012345"), restore("'n sweater")
    ('=1+1', '0012345', "'n sweater")
    """
    if text.startswith("'") and (
        neutralise(text[1:]) != text[1:] or text[1:].isdecimal()
    ):
        return text[1:]
    return text
