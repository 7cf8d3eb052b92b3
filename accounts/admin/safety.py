"""A customer's safety at the desk: freeze and thaw, sign out everywhere, set, lengthen and (in pairs) shorten holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from accounts.admin_site import ReadOnlyAdmin, has_role
from accounts.models import HoldShortening, SecurityHold, User
from accounts.services import clients, freezing, hold_desk, hold_shortening, holds, safety_desk
from accounts.services.officers import REASON_CHARACTERS_MAX, Act
from config.kit.errors import DomainError
from config.kit.network import UNKNOWN_ADDRESS

SHORTENINGS_SHOWN_MAX = 20
OFFICE = clients.describe(ip=UNKNOWN_ADDRESS, user_agent="")
"""In the customer's own log an officer's act has no place and no browser."""


class SafetyForm(forms.Form):
    """What a button of the page says; which of it is needed, the act knows."""

    act = forms.CharField(max_length=16)
    hours = forms.IntegerField(required=False, min_value=0, max_value=100_000)
    hold = forms.CharField(required=False, max_length=16)
    proposal = forms.CharField(required=False, max_length=16)
    until = forms.DateTimeField(required=False, input_formats=["%Y-%m-%dT%H:%M"])
    seen_until = forms.CharField(required=False, max_length=40)
    seen_hash = forms.RegexField(r"^[0-9a-f]{64}$", required=False)


class SafetyPage(ReadOnlyAdmin):
    """The page beside a customer's, and what its buttons do."""

    def get_urls(self) -> list[URLPattern]:
        """The page ahead of Django's own."""
        view = self.admin_site.admin_view(self.safety_view)
        return [path("<int:number>/safety/", view, name="accounts_user_safety"), *super().get_urls()]

    def safety_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """The page; a POST acts and comes back."""
        if not self.has_view_permission(request):
            raise Http404
        customer = get_object_or_404(User.objects.select_related("parent"), pk=number, is_staff=False)
        if request.method == "POST":
            _act(request, customer)
            return HttpResponseRedirect(request.path)
        if request.method != "GET":
            return HttpResponseNotAllowed(["GET", "POST"])
        frozen = freezing.current(customer)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Safety of %(customer)s") % {"customer": customer.uid},
            "opts": self.opts,
            "customer": customer,
            "frozen": frozen,
            "holds": [(hold, hold.until.isoformat()) for hold in holds.active(customer)],
            "shortenings": [_shown(row, request) for row in hold_shortening.of_customer(customer, most=SHORTENINGS_SHOWN_MAX)],
            "may_freeze": has_role(request, *safety_desk.FREEZE_ROLES) and (frozen is None or not frozen.reason),
            "may_thaw": has_role(request, *safety_desk.THAW_ROLES) and frozen is not None and bool(frozen.reason),
            "may_sign_out": has_role(request, *safety_desk.SIGN_OUT_ROLES),
            "may_hold": has_role(request, *hold_desk.ROLES),
            "may_shorten": has_role(request, *hold_shortening.ROLES),
            "reason_length_max": REASON_CHARACTERS_MAX,
            "back": reverse(f"{self.admin_site.name}:accounts_user_change", args=[number]),
        }
        return TemplateResponse(request, "admin/accounts/safety.html", context)


def _shown(row: HoldShortening, request: HttpRequest) -> dict[str, Any]:
    return {
        "row": row,
        "hash": bytes(row.payload_hash).hex(),
        "waits": row.state == "proposed",
        "is_own": row.proposer_id == request.user.pk,
    }


def _act(request: HttpRequest, customer: User) -> None:
    """Do what the button says; a refusal is shown as a sentence above the page."""
    form = SafetyForm(request.POST)
    verb = ACTS.get(form.cleaned_data["act"]) if form.is_valid() else None
    officer = request.user
    assert isinstance(officer, User)
    act = Act(reason=request.POST.get("reason", "")[: REASON_CHARACTERS_MAX + 1], officer=officer)
    if verb is None:
        messages.error(request, _("Something is missing or no good."))
        return
    try:
        messages.success(request, verb(customer, act, form.cleaned_data))
    except DomainError as refusal:
        messages.error(request, refusal.detail)


def _freeze(customer: User, act: Act, given: dict[str, Any]) -> str:
    safety_desk.freeze(customer=customer, act=act, client=OFFICE)
    return _("The account is frozen.")


def _thaw(customer: User, act: Act, given: dict[str, Any]) -> str:
    opened = safety_desk.thaw(customer=customer, act=act, client=OFFICE)
    return _("The account is open again.") if opened else _("The owner's own freeze goes on.")


def _sign_out(customer: User, act: Act, given: dict[str, Any]) -> str:
    ended = safety_desk.sign_out(customer=customer, act=act, client=OFFICE)
    return _("Signed out everywhere; sessions ended: %(number)d.") % {"number": ended}


def _set(customer: User, act: Act, given: dict[str, Any]) -> str:
    hold = hold_desk.set_hold(customer=customer, hours=given["hours"] or 0, act=act)
    return _("No money leaves until %(until)s.") % {"until": hold_desk.text(hold.until)}


def _lengthen(customer: User, act: Act, given: dict[str, Any]) -> str:
    hold = _own(SecurityHold.objects.filter(user=customer), given["hold"])
    changed = hold_desk.lengthen(hold_id=hold, hours=given["hours"] or 0, seen_until=_moment(given["seen_until"]), act=act)
    return _("No money leaves until %(until)s.") % {"until": hold_desk.text(changed.until)}


def _propose(customer: User, act: Act, given: dict[str, Any]) -> str:
    hold, seen = _own(SecurityHold.objects.filter(user=customer), given["hold"]), _moment(given["seen_until"])
    hold_shortening.propose(hold_id=hold, until=given["until"], seen_until=seen, act=act)
    return _("Proposed. Another compliance officer lets it happen.")


def _confirm(customer: User, act: Act, given: dict[str, Any]) -> str:
    proposal = _own(HoldShortening.objects.filter(customer=customer), given["proposal"])
    done = hold_shortening.confirm(public_id=proposal, seen_hash=bytes.fromhex(given["seen_hash"]), act=act)
    return _("The hold ends on %(until)s.") % {"until": hold_desk.text(done.until_after)}


def _reject(customer: User, act: Act, given: dict[str, Any]) -> str:
    proposal = _own(HoldShortening.objects.filter(customer=customer), given["proposal"])
    hold_shortening.reject(public_id=proposal, seen_hash=bytes.fromhex(given["seen_hash"]), act=act)
    return _("The hold stays as it is.")


def _own(rows: QuerySet[Any], text: str) -> str:
    """The number where it is one of these rows, else none: the page of one customer acts upon no other's."""
    return text if text.isascii() and text.isdigit() and rows.filter(public_id=int(text)).exists() else ""


def _moment(text: str) -> datetime:
    """The end of the hold as the page showed it; the beginning of time for what is no moment."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


ACTS: dict[str, Callable[[User, Act, dict[str, Any]], str]] = {
    "freeze": _freeze,
    "thaw": _thaw,
    "sign_out": _sign_out,
    "set": _set,
    "lengthen": _lengthen,
    "propose": _propose,
    "confirm": _confirm,
    "reject": _reject,
}
