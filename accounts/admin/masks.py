"""Contacts on a customer's page: masked until an officer opens them, with a reason, for a few minutes. Officers' are not."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse

from accounts.admin_site import ReadOnlyAdmin, has_role
from accounts.models import User
from accounts.services import unmasking
from accounts.services.officers import REASON_CHARACTERS_MAX, Act
from config.kit.errors import DomainError

OPENED = "opened_fields"
"""What the officer of this request has open, noted on the row that is shown."""


def opened(request: HttpRequest, customer: User) -> frozenset[str]:
    """What this officer has open of the customer now; everything of an officer's own kind, who is no customer."""
    if customer.is_staff:
        return frozenset(unmasking.CONTACT_FIELDS)
    if not isinstance(request.user, User):
        return frozenset()
    subject = f"accounts.user:{customer.uid}"
    return frozenset(unmasking.opened(customer=customer, officer=request.user, subject=subject))


def is_open(row: Any, field: str) -> bool:
    """Whether the field of this row may be shown whole. A row of a list has nothing open, unless it is an officer's."""
    return field in getattr(row, OPENED, ()) or bool(getattr(row, "is_staff", False))


class MaskedContacts(ReadOnlyAdmin):
    """The masked columns, and the button that opens them."""

    def get_urls(self) -> list[URLPattern]:
        """The button."""
        address = path("<int:number>/reveal/", self.admin_site.admin_view(self.reveal), name="accounts_user_reveal")
        return [address, *super().get_urls()]

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The customer, knowing what of the contacts is open to this officer."""
        found = super().get_object(request, object_id, from_field)
        if found is not None:
            setattr(found, OPENED, opened(request, found))
        return found

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The customer's page, with what can be opened."""
        may = has_role(request, *unmasking.CONTACT_ROLES)
        asked = {"maskable": unmasking.CONTACT_FIELDS if may else (), "reveal_reasons": unmasking.REASONS}
        context = {**(extra_context or {}), **asked, "reason_length_max": REASON_CHARACTERS_MAX}
        page: HttpResponse = super().change_view(request, object_id, form_url, context)
        return page

    def reveal(self, request: HttpRequest, number: int) -> HttpResponse:
        """POST with fields and a reason."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        officer = request.user
        if not isinstance(officer, User) or not has_role(request, *unmasking.CONTACT_ROLES):
            raise PermissionDenied
        customer = get_object_or_404(User, pk=number)
        act = Act(reason=request.POST.get("reason", "")[: REASON_CHARACTERS_MAX + 1], officer=officer)
        try:
            unmasking.reveal_contacts(customer=customer, fields=request.POST.getlist("fields")[:8], act=act)
            messages.success(request, f"Shown for {unmasking.UNMASKED_SECONDS // 60} minutes; it is in the audit log.")
        except DomainError as refusal:
            messages.error(request, refusal.detail)
        return HttpResponseRedirect(reverse(f"{self.admin_site.name}:accounts_user_change", args=[number]))

    @admin.display(description="email", ordering="email")
    def email_shown(self, user: User) -> str:
        """`a***e@example.com`."""
        return (user.email if is_open(user, "email") else unmasking.masked_email(user.email)) or "—"

    @admin.display(description="phone", ordering="phone")
    def phone_shown(self, user: User) -> str:
        """`+886******678`."""
        return (user.phone if is_open(user, "phone") else unmasking.masked_phone(user.phone)) or "—"

    @admin.display(description="user name", ordering="username")
    def username_shown(self, user: User) -> str:
        """`a***e`; a sub-account's is its parent's word for it."""
        whole = is_open(user, "username") or user.parent_id is not None
        return (user.username if whole else unmasking.masked_name(user.username)) or "—"

    @admin.display(description="registered from")
    def registered_from(self, user: User) -> str:
        """`203.0.113.*`."""
        return (user.registered_ip if is_open(user, "places") else unmasking.masked_address(user.registered_ip)) or "—"
