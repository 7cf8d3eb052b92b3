"""Who the beneficiary is, on a withdrawal's page at the desk: masked, opened with a reason, and told by an officer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest

from accounts import step_up
from accounts.services import unmasking
from config.kit.errors import DomainError
from messaging.services.codes import Purpose
from wallet.admin.decisions import CODE_CHARACTERS_MAX, officer_of
from wallet.models.withdrawals import REASON_CHARACTERS_MAX, Withdrawal
from wallet.services import officers
from wallet.services.travel_rule import recording
from wallet.services.travel_rule.recording import NAME_CHARACTERS_MAX, PROVIDER_CHARACTERS_MAX, Told
from wallet.services.withdrawals import dossier

ACTS = ("travel_reveal", "travel_tell")


class TravelRuleForm(forms.Form):
    """What an officer tells, why, and the code where one is due."""

    is_own = forms.TypedChoiceField(
        choices=[("0", "Another person or company"), ("1", "The customer")],
        coerce=lambda value: value == "1",
    )
    beneficiary = forms.CharField(required=False, max_length=NAME_CHARACTERS_MAX)
    provider = forms.CharField(required=False, max_length=PROVIDER_CHARACTERS_MAX)
    reason = forms.CharField(max_length=REASON_CHARACTERS_MAX)
    code = forms.CharField(required=False, max_length=CODE_CHARACTERS_MAX)


def act(request: HttpRequest, public_id: str) -> bool | None:
    """Do what a button of the card asks for; whether it was done, or None where no such button was pressed."""
    pressed = request.POST.get("verdict", "")
    if pressed not in ACTS:
        return None
    officer, reason = officer_of(request), request.POST.get("reason", "")[:REASON_CHARACTERS_MAX]
    try:
        if pressed == "travel_reveal":
            recording.reveal(dossier.find(public_id), officer=officer, reason=reason)
            return True
        form = TravelRuleForm(request.POST)
        if not form.is_valid():
            messages.error(request, "Say whose wallet it is, and why you know it.")
            return False
        given = form.cleaned_data
        step_up.require(request, officer, given["code"], purpose=Purpose.WITHDRAWAL, context=f"travel rule:{public_id}")
        told = Told(given["is_own"], given["beneficiary"], given["provider"])
        recording.complete(public_id=public_id, officer=officer, reason=given["reason"], told=told)
    except DomainError as refusal:
        messages.error(request, refusal.detail)
        return False
    messages.success(request, "Noted who the beneficiary is.")
    return True


def card(request: HttpRequest, withdrawal: Withdrawal) -> dict[str, Any]:
    """What the card shows to this officer."""
    officer = officer_of(request)
    return {
        "shown": recording.shown(withdrawal, officer),
        "may_tell": officers.is_one(officer)
        and withdrawal.customer_id != officer.pk
        and withdrawal.state in recording.TELLABLE,
        "reveal_reasons": unmasking.REASONS,
        "name_characters_max": NAME_CHARACTERS_MAX,
    }
