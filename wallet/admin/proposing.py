"""Pages on which an officer proposes what another one will let happen: a form, its fields by kind, and one button."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from accounts import step_up
from accounts.admin_site import has_role
from accounts.models import User
from config.kit.errors import DomainError
from config.kit.ids import random_id
from wallet.admin.decisions import CODE_CHARACTERS_MAX, officer_of
from wallet.admin.pairs import PairAdmin
from wallet.models.withdrawals import REASON_CHARACTERS_MAX
from wallet.services import officers

PLAIN = {"autocomplete": "off", "spellcheck": "false"}
UID_CHARACTERS_MAX = 9
AMOUNT_CHARACTERS_MAX = 40


class ProposalForm(forms.Form):
    """What every proposal says beside its own facts: why, and the code where one is due. `key` makes it one, sent twice."""

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
    key = forms.CharField(max_length=16, widget=forms.HiddenInput)

    @property
    def facts(self) -> list[forms.BoundField]:
        """The fields of what is proposed, in their order."""
        return [field for field in self if field.name not in {"reason", "code", "key"}]


def customer_field() -> forms.CharField:
    """The customer, by uid."""
    widget = forms.TextInput(attrs={**PLAIN, "inputmode": "numeric", "placeholder": "Nine digits"})
    return forms.CharField(label="Customer (uid)", max_length=UID_CHARACTERS_MAX, widget=widget)


def amount_field(placeholder: str) -> forms.CharField:
    """An amount as it is written; the service reads it."""
    widget = forms.TextInput(attrs={**PLAIN, "inputmode": "decimal", "placeholder": placeholder})
    return forms.CharField(max_length=AMOUNT_CHARACTERS_MAX, widget=widget)


class ProposingAdmin(PairAdmin):
    """A queue from which one may also propose. A subclass names the form and the service."""

    form_class: ClassVar[type[ProposalForm]]
    propose_title: ClassVar[str]
    hint: ClassVar[str]
    """What the officer should know before proposing."""

    def propose(self, officer: User, given: dict[str, Any]) -> Any:
        """Call the service with what the form says; the row."""
        raise NotImplementedError

    def initial(self, request: HttpRequest) -> dict[str, Any]:
        """What the form holds when it is opened."""
        return {}

    def get_urls(self) -> list[URLPattern]:
        """The pages of pairs, and the one to propose on."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_propose"
        return [path("propose/", self.admin_site.admin_view(self.propose_view), name=name), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The queue, with the way to the form for who may propose."""
        offered = has_role(request, officers.ROLE)
        way = {"propose_address": self.address("propose"), "propose_title": self.propose_title} if offered else {}
        return super().changelist_view(request, {**way, **(extra_context or {})})

    def propose_view(self, request: HttpRequest) -> HttpResponse:
        """The form; a POST proposes."""
        context = self.page(request, self.propose_title)
        if not has_role(request, officers.ROLE):
            raise Http404
        posted = request.method == "POST"
        form = (
            self.form_class(request.POST) if posted else self.form_class(initial=self.initial(request) | {"key": random_id()})
        )
        if posted and (made := self._proposed(request, form)) is not None:
            return HttpResponseRedirect(self.address("change", made.public_id))
        more = {"form": form, "hint": self.hint, "code_is_due": step_up.is_due(request), "back": self.address("changelist")}
        return TemplateResponse(request, "admin/wallet/pair/propose.html", context | more, status=409 if posted else 200)

    def _proposed(self, request: HttpRequest, form: ProposalForm) -> Any | None:
        if not form.is_valid():
            messages.error(request, "Something is missing.")
            return None
        officer, given = officer_of(request), dict(form.cleaned_data)
        try:
            matter = self.kind.matter.value
            step_up.require(request, officer, given.pop("code"), purpose=self.purpose, context=f"proposal:{matter}")
            made = self.propose(officer, given)
        except DomainError as refusal:
            messages.error(request, refusal.detail)
            return None
        messages.success(request, "Proposed. Another officer confirms it.")
        return made
