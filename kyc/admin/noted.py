"""Lists and forms of Django's own that show customers: each look at one is in the audit log."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from kyc.services import looks

_WORD = re.compile(r"[A-Za-z0-9_,-]{1,64}")
"""What of an address goes into the log: numbers and words of ours, nothing that somebody may have typed about a person."""


class NotedPages:
    """For admins before ReadOnlyAdmin or PageAdmin: notes each list that is shown. The past of a row is in the audit log."""

    opts: Any
    admin_site: Any

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, and a record of the look at it."""
        answer: Any = super().changelist_view(request, extra_context)  # type: ignore[misc]  # of the class behind
        shown = getattr(answer, "context_data", None) or {}
        if answer.status_code == 200 and "cl" in shown:
            officer: Any = request.user
            rows = len(shown["cl"].result_list)
            looks.note_list(officer, self.opts.label_lower, rows=rows, chosen=_chosen(request.GET.items()))
        return answer

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseRedirect:
        """Django's own log knows nothing of what services do: back to the page."""
        place = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_change"
        return HttpResponseRedirect(reverse(place, args=(object_id,)))


def _chosen(said: Iterable[tuple[str, Any]]) -> dict[str, str]:
    return {name: text if _WORD.fullmatch(text) else "…" for name, text in said if text and _WORD.fullmatch(name)}
