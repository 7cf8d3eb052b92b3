"""Rows of CSV that a spreadsheet shows and never runs."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from io import StringIO

BYTE_ORDER_MARK = "\ufeff".encode()
"""Ahead of a file that people open: without it some spreadsheets take UTF-8 for their own country's letters."""
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # some read full-width signs alike
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def plain(text: str) -> str:
    """The text as a spreadsheet shows it: what would be read as a formula begins with an apostrophe. Numbers stay numbers.

    After OWASP, "CSV Injection".
    """
    return f"'{text}" if text.startswith(_STARTS) and not _NUMBER.fullmatch(text) else text


def row(cells: Iterable[str]) -> bytes:
    """One line of CSV in UTF-8, every cell `plain`."""
    target = StringIO()
    csv.writer(target).writerow([plain(cell) for cell in cells])
    return target.getvalue().encode()
