"""The officers' page of what holds money back in the house as a whole: the switch, and the caps with their use."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from accounts import step_up
from accounts.admin_site import has_role, site
from accounts.services.officers import Act
from config.kit.errors import DomainError
from messaging.services.codes import Purpose
from wallet.admin.decisions import CODE_CHARACTERS_MAX, officer_of
from wallet.admin.queues import DeskAdmin
from wallet.models.coins import Coin
from wallet.models.outflow import EVERYTHING, OutflowStop
from wallet.models.withdrawals import REASON_CHARACTERS_MAX
from wallet.services.outflow import stopping
from wallet.services.outflow.caps import Caps

HISTORY_MAX = 20
ID_CHARACTERS_MAX = 20


class StopForm(forms.Form):
    """An officer's act: which one, upon which coin or stop, why, and the code where one is due."""

    act = forms.ChoiceField(choices=[(name, name) for name in ("stop", "ask_lift", "agree_lift")])
    scope = forms.CharField(required=False, max_length=16)
    stop_id = forms.CharField(required=False, max_length=ID_CHARACTERS_MAX)
    reason = forms.CharField(
        max_length=REASON_CHARACTERS_MAX,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": REASON_CHARACTERS_MAX, "placeholder": "Why?"}),
    )
    code = forms.CharField(
        required=False,
        max_length=CODE_CHARACTERS_MAX,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "placeholder": "Authenticator code"}
        ),
    )


@admin.register(OutflowStop, site=site)
class OutflowStopAdmin(DeskAdmin):
    """One page: what is stopped, what is used of each cap, and what was stopped before."""

    icon = "block"
    view_roles = ("treasury", "compliance", "auditor")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The page; a POST stops, asks to lift, or agrees."""
        context = self.page(request, "What leaves")
        form = StopForm(request.POST) if request.method == "POST" else StopForm()
        if request.method == "POST" and self._acted(request, form):
            return HttpResponseRedirect(request.path)
        officer, stops = officer_of(request), stopping.standing()
        may_lift = has_role(request, *stopping.LIFT_ROLES)
        lifted = OutflowStop.objects.filter(lifted_at__isnull=False).order_by("-lifted_at")
        context |= {
            "form": form,
            "code_is_due": step_up.is_due(request),
            "may_stop": has_role(request, *stopping.STOP_ROLES),
            "stops": [
                {
                    "stop": one,
                    "can_ask": may_lift and one.lift_asked_by_id is None,
                    "can_agree": may_lift and one.lift_asked_by_id not in {None, officer.pk},
                    "asked_myself": one.lift_asked_by_id == officer.pk,
                }
                for one in stops
            ],
            "scopes": [
                EVERYTHING,
                *Coin.objects.filter(is_enabled=True).order_by("position", "code").values_list("code", flat=True),
            ],
            "caps": Caps().views(),
            "history": lifted.select_related("coin", "stopped_by", "lift_asked_by", "lifted_by")[:HISTORY_MAX],
        }
        status = 409 if request.method == "POST" else 200
        return TemplateResponse(request, "admin/wallet/outflow/desk.html", context, status=status)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """There is one page for all of them."""
        self.page(request, "")
        return HttpResponseRedirect(self.address("changelist"))

    def _acted(self, request: HttpRequest, form: StopForm) -> bool:
        """Whether the act of the pressed button was done. A refusal is shown as a sentence above the page."""
        if not form.is_valid():
            messages.error(request, "This needs a reason and one of the buttons.")
            return False
        given, officer = form.cleaned_data, officer_of(request)
        act = Act(reason=given["reason"], officer=officer)
        try:
            step_up.require(request, officer, given["code"], purpose=Purpose.WITHDRAWAL, context=f"outflow:{given['act']}")
            if given["act"] == "stop":
                done = stopping.stop(scope=given["scope"], act=act)
            elif given["act"] == "ask_lift":
                done = stopping.ask_lift(stop_id=given["stop_id"], act=act)
            else:
                done = stopping.agree_lift(stop_id=given["stop_id"], act=act)
        except DomainError as refusal:
            messages.error(request, refusal.detail)
            return False
        messages.success(request, f"Noted: {SAID[given['act']].format(scope=stopping.made_of(done.scope))}")
        return True


SAID = {
    "stop": "{scope} is stopped.",
    "ask_lift": "another officer has to agree before {scope} leaves again.",
    "agree_lift": "{scope} may leave again.",
}
