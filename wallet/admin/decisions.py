"""What the desk's pages of money on its way have in common: the form of a decision and the officer at the desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest

from accounts import step_up
from accounts.models import User
from config.kit.errors import DomainError
from messaging.services.codes import Purpose
from wallet.models.withdrawals import REASON_CHARACTERS_MAX
from wallet.services import desk_claims

CODE_CHARACTERS_MAX = 8
HASH_HEX_CHARACTERS = 64


class DecisionForm(forms.Form):
    """A decision: the officer's reason, the code where one is due, and the hash of what the page showed."""

    seen_hash = forms.RegexField(rf"^[0-9a-f]{{{HASH_HEX_CHARACTERS}}}$", widget=forms.HiddenInput)
    reason = forms.CharField(
        max_length=REASON_CHARACTERS_MAX,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": REASON_CHARACTERS_MAX, "placeholder": "Why?"}),
    )
    code = forms.CharField(
        required=False,
        max_length=CODE_CHARACTERS_MAX,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "placeholder": "Authenticator code"}
        ),
    )
    verdict = forms.CharField(max_length=16)


def take(
    request: HttpRequest, public_id: str, form: DecisionForm, *, acts: Mapping[str, Callable[..., Any]], purpose: Purpose
) -> bool:
    """Let the act of the pressed button decide; whether it did. A refusal is shown as a sentence above the page."""
    if not form.is_valid() or form.cleaned_data["verdict"] not in acts:
        messages.error(request, "A decision needs a reason and one of the buttons.")
        return False
    officer, given = officer_of(request), form.cleaned_data
    try:
        step_up.require(request, officer, given["code"], purpose=purpose, context=f"decision:{public_id}")
        decided = acts[given["verdict"]](
            public_id=public_id, officer=officer, reason=given["reason"], seen_hash=bytes.fromhex(given["seen_hash"])
        )
    except DomainError as refusal:
        messages.error(request, refusal.detail)
        return False
    named = type(decided)._meta.verbose_name  # noqa: SLF001  # Django's documented way to a model's words
    messages.success(request, f"Noted. The {named} is in the state “{decided.state.replace('_', ' ')}”.")
    return True


def claim(request: HttpRequest, subject: str) -> bool:
    """Take a thing onto the desk, or give it back, where a button for that was pressed; whether one was."""
    verb = {"claim": desk_claims.take, "give_back": desk_claims.give_back}.get(request.POST.get("verdict", ""))
    if verb is None:
        return False
    try:
        verb(subject, officer_of(request))
    except DomainError as refusal:
        messages.error(request, refusal.detail)
    return True


def take_or_claim(
    request: HttpRequest,
    public_id: str,
    form: DecisionForm,
    *,
    claim_as: str,
    acts: Mapping[str, Callable[..., Any]],
    purpose: Purpose,
) -> bool:
    """Whichever button was pressed: one that claims it under this name or gives it back, or one of the acts. See `take`."""
    if public_id.isascii() and public_id.isdigit() and claim(request, f"{claim_as}:{public_id}"):
        return True
    return take(request, public_id, form, acts=acts, purpose=purpose)


def approvals_of(row: Any) -> int:
    """How many officers have approved what a queue shows; its decisions came along."""
    return sum(decision.matter == "approval" for decision in row.decisions.all())


def officer_of(request: HttpRequest) -> User:
    """The officer who is signed in: the site lets nobody else in."""
    assert isinstance(request.user, User)
    return request.user
