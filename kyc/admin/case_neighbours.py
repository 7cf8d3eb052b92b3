"""Other customers' pictures beside those of a case: what the page shows of them, and the button that opens one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse

from config.kit.errors import DomainError
from config.kit.ids import read_public_id
from kyc.models import Case
from kyc.services import desk, links, neighbours

COMPARE = "compare"
"""What the button posts as `act`, with the number of the picture as `document`."""


def compare(request: HttpRequest, case: Case, officer: Any) -> HttpResponseRedirect:
    """Open the picture beside the case's own, or tell why not."""
    number = read_public_id(request.POST.get("document", "")) or 0
    try:
        neighbours.open_picture(case=case, document_id=number, officer=officer)
    except DomainError as refusal:
        messages.error(request, refusal.detail)
        return HttpResponseRedirect(request.path)
    return HttpResponseRedirect(f"{request.path}#picture-{number}")


def beside(view: desk.CaseView, *, site: str, viewer: str) -> dict[int, list[dict[str, Any]]]:
    """By primary key of the case's document: the pictures that are like it and open to the officer, with their links."""
    opened = {document.public_id: document for document in view.compared}
    found: dict[int, list[dict[str, Any]]] = {}
    for pk, noticed in view.hints.items():
        for alike in noticed.neighbours:
            if alike.document_id in opened:
                path = reverse(f"{site}:kyc_document_page", args=(alike.document_id, 1))
                shown = {"alike": alike, "document": opened[alike.document_id], "url": links.signed(path, viewer=viewer)}
                found.setdefault(pk, []).append(shown)
    return found
