"""/outbox/: what the development post office caught, for people and for programs."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config.kit.errors import Absent, DomainError
from messaging.models import CaughtMessage, Channel
from messaging.services import captchas
from messaging.services.destinations import normalise

MESSAGES_SHOWN_MAX = 50
MESSAGES_LISTED_MAX = 200
SEARCH_LENGTH_MAX = 254

CONTENT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The latest messages, newest first; `?q=` searches destination, subject and text, `?to=` one destination."""
    _refuse_in_production()
    query = request.GET.get("q", "").replace("\0", "")[:SEARCH_LENGTH_MAX].strip()
    found = CaughtMessage.objects.order_by("-id")
    if destination := request.GET.get("to", "").replace("\0", ""):
        found = found.filter(destination__in=_written_forms(destination))
    if query:
        anywhere = Q(destination__icontains=query) | Q(subject__icontains=query) | Q(text__icontains=query)
        found = found.filter(anywhere | Q(destination__in=_written_forms(query)))
    shown = list(found[: MESSAGES_SHOWN_MAX + 1])
    response = render(
        request,
        "messaging/outbox.html",
        {
            "messages": shown[:MESSAGES_SHOWN_MAX],
            "more": len(shown) > MESSAGES_SHOWN_MAX,
            "q": query,
            "to": destination,
        },
    )
    return _private(response)


@require_safe
def messages(request: HttpRequest) -> HttpResponse:
    """The latest messages to `?to=` (any way of writing it), newest first, as JSON; without it those to everybody."""
    _refuse_in_production()
    found: QuerySet[CaughtMessage] = CaughtMessage.objects.order_by("-id")
    if destination := request.GET.get("to", "").replace("\0", ""):
        found = found.filter(destination__in=_written_forms(destination))
    listed = [
        {
            "id": str(message.pk),
            "channel": message.channel,
            "to": message.destination,
            "from": message.sender,
            "subject": message.subject,
            "text": message.text,
            "html": message.html,
            "code": message.code or None,
            "at": message.caught_at.isoformat().replace("+00:00", "Z"),
        }
        for message in found[:MESSAGES_LISTED_MAX]
    ]
    return _private(JsonResponse(listed, safe=False, json_dumps_params={"ensure_ascii": False}))


@require_safe
def captcha(request: HttpRequest) -> HttpResponse:
    """What the picture `?id=` shows, as JSON, while it is open."""
    _refuse_in_production()
    picture_id = request.GET.get("id", "")
    try:
        answer = captchas.read_answer(picture_id)
    except Absent:
        raise Http404 from None
    return _private(JsonResponse({"id": picture_id, "answer": answer}))


def _refuse_in_production() -> None:
    """A second lock behind the missing route: these pages show codes."""
    if settings.PRODUCTION:
        raise Http404


def _written_forms(destination: str) -> list[str]:
    """What was typed and what it is stored as. A `+` that a form turned into a space is put back for phones."""
    forms = [destination.strip()]
    channel = Channel.EMAIL if "@" in destination else Channel.SMS
    for candidate in (destination, f"+{destination.strip().lstrip('+')}"):
        try:
            forms.append(normalise(channel, candidate))
        except DomainError:
            continue
        if channel == Channel.EMAIL:
            break
    return forms


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Content-Security-Policy"] = CONTENT_POLICY
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
