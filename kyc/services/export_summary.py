"""The summary of a customer's file: a PDF to read and print, with Chinese names in the fonts that every reader brings."""

from __future__ import annotations

from datetime import date, datetime
from html import escape
from io import BytesIO
from typing import Any

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

FONT = "STSong-Light"
"""Adobe's Simplified Chinese font, which holds the traditional forms as well (Adobe-GB1-4, GBK)."""
BODY = ParagraphStyle("body", fontName=FONT, fontSize=9, leading=13, wordWrap="CJK")
HEAD = ParagraphStyle("head", parent=BODY, fontSize=13, leading=18, spaceBefore=10)
TITLE = ParagraphStyle("title", parent=BODY, fontSize=18, leading=24)
GRID = TableStyle(
    [
        ("LINEBELOW", (0, 0), (-1, -1), 0.25, colors.lightgrey),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("BACKGROUND", (0, 0), (0, -1), colors.whitesmoke),
    ]
)
LISTS = {
    "Document numbers named": "numbers_named",
    "Bank accounts": "bank_accounts",
    "Recoveries": "recoveries",
    "Legal holds": "legal_holds",
    "Kept until": "retention",
}
"""What comes behind the cases, and where it stands in the facts."""


def pdf(facts: dict[str, Any], *, by: str, reason: str) -> bytes:
    """The summary of what `kyc.services.export` gathered."""
    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    uid = facts["account"]["uid"]
    story: list[Flowable] = [
        Paragraph(f"Customer {uid}", TITLE),
        _table({"Made": facts["exported_at"], "By": by, "Why": reason}),
    ]
    story += [Paragraph("Account", HEAD), _table(facts["account"])]
    story += [Paragraph("Person", HEAD), _table(facts["person"] or {"": "No basic data were given, or they are erased."})]
    for case in facts["cases"]:
        story += _case(case)
    for title, name in LISTS.items():
        if rows := facts[name]:
            story += [Paragraph(title, HEAD), *(_table(_plain(row)) for row in rows)]
    target = BytesIO()
    page = SimpleDocTemplate(
        target, pagesize=A4, title=f"Customer {uid}", leftMargin=18 * mm, rightMargin=18 * mm, topMargin=16 * mm
    )
    page.build(story)
    return target.getvalue()


def _case(case: dict[str, Any]) -> list[Flowable]:
    parts: list[Flowable] = [Paragraph(f"Level {case['level']}, case {case['id']}", HEAD), _table(_plain(case))]
    if case["bank_account"]:
        parts.append(_table(case["bank_account"]))
    for question, answer in case["questionnaire"].items():
        parts.append(_table({question: ", ".join(str(part) for part in answer.values())}))
    for document in case["documents"]:
        name = f"{document['kind']} ({document['state']})"
        parts.append(_table({name: f"{_text(document['uploaded_at'])}, SHA-256 {document['sha256']}"}))
    parts += [_table({_text(event["at"]): _moved(event)}) for event in case["events"]]
    parts += [_table({_text(decision["at"]): _decided(decision)}) for decision in case["decisions"]]
    return [*parts, Spacer(1, 4 * mm)]


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """What fits in a line each; the rest stands in data.json."""
    return {name: value for name, value in row.items() if not isinstance(value, list | dict)}


def _moved(event: dict[str, Any]) -> str:
    return f"{event['from'] or 'opened'} → {event['to']}, by {event['by']} {event['reason']}"


def _decided(decision: dict[str, Any]) -> str:
    return f"{decision['verdict']} by officer {decision['by']} {decision['reason']}"


def _table(rows: dict[str, Any]) -> Table:
    lines = [[_cell(str(name).replace("_", " ")), _cell(_text(value))] for name, value in rows.items()]
    return Table(lines, colWidths=(45 * mm, 125 * mm), style=GRID)


def _cell(text: str) -> Paragraph:
    return Paragraph(escape(text), BODY)


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S} UTC"
    if isinstance(value, date):
        return value.isoformat()
    return "—" if value in (None, "") else str(value)
