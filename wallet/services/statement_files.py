"""A statement as a file: CSV of any length, written as it is read, and a PDF to print, of as many lines as people read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from config.kit.money import to_text
from config.kit.spreadsheets import row
from wallet.errors import StatementTooLong
from wallet.models.ledger import AccountKind, PostingKind
from wallet.services.statement import StatementLine
from wallet.services.statement_lines import AccountSums, Period

COLUMNS = ("time", "id", "posting", "coin", "account", "kind", "amount", "counterparty")
PDF_LINES_MAX = 5_000
"""A PDF is held in memory until it is whole: some 200 bytes of each line, and nobody prints more."""
FONT = "STSong-Light"
"""Adobe's Chinese font, which every reader brings: counterparties have names in any script."""
LINE_HEIGHT = 4.6 * mm
MARGIN = 16 * mm
STOPS = (MARGIN, 50 * mm, 66 * mm, 96 * mm, 164 * mm)
"""Where columns begin; the amount ends at the last."""


def csv_of(period: Period) -> Iterator[bytes]:
    """The lines, oldest first, in UTF-8; amounts in the coin's own unit, below zero for what was lost, moments in UTC."""
    yield row(COLUMNS)
    for line in period.lines():
        yield row(_cells(line))


def _cells(line: StatementLine) -> Sequence[str]:
    moment = line.created_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    told = (moment, str(line.id), str(line.posting_id), line.coin, line.account, line.kind, to_text(line.amount))
    return (*told, line.counterparty)


def pdf_of(period: Period, target: IO[bytes]) -> None:
    """Write the statement as a PDF: balances at both ends, then the lines. Raises StatementTooLong, with nothing written."""
    if period.count() > PDF_LINES_MAX:
        raise StatementTooLong(lines_max=PDF_LINES_MAX)
    _Pages(period, target).write()


class _Pages:
    """A page after the other, from the top down."""

    def __init__(self, period: Period, target: IO[bytes]) -> None:
        if FONT not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(UnicodeCIDFont(FONT))
        self.period, self.page, self.y = period, 0, 0.0
        self.canvas = Canvas(target, pagesize=A4, pageCompression=1, invariant=1)
        self.canvas.setTitle(f"Statement {period.first} to {period.last}")

    def write(self) -> None:
        self._begin()
        self._heading("Balances")
        for sums in self.period.sums():
            self._sums(sums)
        self._heading("Movements")
        count = 0
        for line in self.period.lines():
            self._movement(line)
            count += 1
        self._text(MARGIN, f"{count} lines." if count else "Nothing moved in this period.")
        self.canvas.showPage()
        self.canvas.save()

    def _begin(self) -> None:
        if self.page:
            self.canvas.showPage()
        self.page += 1
        self.y = A4[1] - MARGIN
        self.canvas.setFont(FONT, 13)
        coin = f", {self.period.coin}" if self.period.coin else ""
        self.canvas.drawString(MARGIN, self.y, f"Statement {self.period.first} to {self.period.last} (UTC){coin}")
        self.canvas.setFont(FONT, 8)
        made = self.period.made_at.strftime("%Y-%m-%d %H:%M:%S UTC")
        self.canvas.drawString(MARGIN, MARGIN / 2, f"Account {self.period.customer.uid}, made {made}")
        self.canvas.drawRightString(A4[0] - MARGIN, MARGIN / 2, f"Page {self.page}")
        self.y -= 2 * LINE_HEIGHT

    def _next(self) -> None:
        self.y -= LINE_HEIGHT
        if self.y < MARGIN + LINE_HEIGHT:
            self._begin()

    def _heading(self, text: str) -> None:
        self._next()
        self.canvas.setFont(FONT, 10)
        self.canvas.drawString(MARGIN, self.y, text)
        self.canvas.setFont(FONT, 8)
        self._next()

    def _text(self, x: float, text: str) -> None:
        self.canvas.drawString(x, self.y, text)

    def _sums(self, sums: AccountSums) -> None:
        self._text(MARGIN, sums.coin)
        self._text(STOPS[1], AccountKind(sums.account).label)
        self.canvas.drawRightString(130 * mm, self.y, to_text(sums.opening))
        self.canvas.drawRightString(A4[0] - MARGIN, self.y, to_text(sums.closing))
        self._next()

    def _movement(self, line: StatementLine) -> None:
        self._text(STOPS[0], line.created_at.strftime("%Y-%m-%d %H:%M:%S"))
        self._text(STOPS[1], line.coin)
        self._text(STOPS[2], AccountKind(line.account).label)
        self._text(STOPS[3], PostingKind(line.kind).label)
        self.canvas.drawRightString(A4[0] - MARGIN, self.y, to_text(line.amount))
        self._next()
        if line.counterparty:
            self._text(STOPS[2], line.counterparty[:90])
            self._next()
