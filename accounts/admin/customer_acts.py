"""What an officer does on a customer's page: set the tier, put labels on and take them off. Each with a reason."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse

from accounts.admin_site import ReadOnlyAdmin, has_role
from accounts.models import Label, User
from accounts.services import labels, vip
from accounts.services.officers import REASON_CHARACTERS_MAX, Act
from config.kit.errors import DomainError


class CustomerActs(ReadOnlyAdmin):
    """The buttons above a customer's page and the addresses that they post to."""

    change_form_outer_before_template = "admin/accounts/customer_acts.html"

    def get_urls(self) -> list[URLPattern]:
        """The pages and the buttons."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:number>/tier/", wrap(self.set_tier), name="accounts_user_tier"),
            path("<int:number>/labels/", wrap(self.change_label), name="accounts_user_labels"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The customer's page, with those buttons that the officer may press."""
        page: HttpResponse = super().change_view(
            request, object_id, form_url, {**(extra_context or {}), **_choices(request, object_id)}
        )
        return page

    def set_tier(self, request: HttpRequest, number: int) -> HttpResponse:
        """POST with a level and a reason."""
        customer = _customer(request, number, *vip.ROLES)
        if isinstance(customer, HttpResponse):
            return customer
        level = request.POST.get("level", "")
        try:
            wanted = int(level) if level.isascii() and level.isdigit() and len(level) <= 5 else -1
            tier = vip.set_tier(customer=customer, level=wanted, act=_act(request))
            messages.success(request, f"The tier of {customer} is {tier.name}.")
        except DomainError as refusal:
            messages.error(request, refusal.detail)
        return self._back(number)

    def change_label(self, request: HttpRequest, number: int) -> HttpResponse:
        """POST with a label, what to do with it, and a reason."""
        customer = _customer(request, number, *labels.ROLES)
        if isinstance(customer, HttpResponse):
            return customer
        key = request.POST.get("label", "")[:64]
        change, word = (labels.take_off, "off") if request.POST.get("change") == "off" else (labels.put_on, "on")
        try:
            done = change(customer=customer, key=key, act=_act(request))
            messages.success(request, f"The label {key} is {word}." if done else f"The label {key} was {word} already.")
        except DomainError as refusal:
            messages.error(request, refusal.detail)
        return self._back(number)

    def _back(self, number: int) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse(f"{self.admin_site.name}:accounts_user_change", args=[number]))


def _choices(request: HttpRequest, object_id: str) -> dict[str, Any]:
    """What the officer may choose from; nothing on an officer's page."""
    found = User.objects.filter(pk=object_id).first() if object_id.isascii() and object_id.isdigit() else None
    if found is None or found.is_staff:
        return {}
    carried = {label.pk for label in labels.of_customer(found)}
    every = list(Label.objects.order_by("key"))
    may_label = has_role(request, *labels.ROLES)
    return {
        "tiers": vip.listed() if has_role(request, *vip.ROLES) and found.parent_id is None else [],
        "tier_level": vip.level_of(found),
        "labels_off": [label for label in every if label.pk not in carried] if may_label else [],
        "labels_on": [label for label in every if label.pk in carried] if may_label else [],
        "reason_length_max": REASON_CHARACTERS_MAX,
    }


def _customer(request: HttpRequest, number: int, *roles: str) -> User | HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not has_role(request, *roles):
        raise PermissionDenied
    return get_object_or_404(User.objects.select_related("parent"), pk=number)


def _act(request: HttpRequest) -> Act:
    officer = request.user
    if not isinstance(officer, User):
        raise PermissionDenied
    return Act(reason=request.POST.get("reason", "")[: REASON_CHARACTERS_MAX + 1], officer=officer)
