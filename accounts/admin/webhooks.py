"""Webhooks at the desk: what became of each delivery, and the button that sends again what was given up."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseForbidden, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from unfold.decorators import display

from accounts.admin_site import ReadOnlyAdmin, has_role, site
from accounts.models import User
from accounts.services import webhook_repeats
from accounts.services.officers import REASON_CHARACTERS_MAX, Act
from config.kit.errors import DomainError
from messaging.models import Webhook, WebhookState

LABELS = {"queued": "info", "sending": "info", "accepted": "success", "failed": "danger"}


@admin.register(Webhook, site=site)
class WebhookAdmin(ReadOnlyAdmin):
    """Deliveries, newest first. Nothing personal is in a body, and no secret or whole address of an endpoint is shown."""

    icon = "webhook"
    view_roles = ("compliance", "treasury", "auditor")
    list_display = ("public_id", "event", "endpoint", "standing", "tries", "last_status", "last_error", "created_at")
    list_filter = ("state", "endpoint")
    search_fields = ("=public_id", "=event_id")
    search_help_text = "Number of a delivery, or of an event (without evt_)"
    ordering = ("-id",)
    fields = (
        "public_id", "event_id", "event", "endpoint", "body", "state", "tries", "due_at", "last_status", "last_error",
        "created_at", "ended_at",
    )  # fmt: skip
    readonly_fields = fields
    change_form_outer_before_template = "admin/messaging/send_again.html"

    @display(description="state", ordering="state", label=LABELS)
    def standing(self, webhook: Webhook) -> tuple[str, str]:
        """The state as a coloured label."""
        return webhook.state, webhook.get_state_display()

    def get_urls(self) -> list[URLPattern]:
        """The pages and the button."""
        again = path("<int:number>/again/", self.admin_site.admin_view(self.again_view), name="messaging_webhook_again")
        return [again, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The delivery, with the button where it was given up and the officer may press it."""
        if not (object_id.isascii() and object_id.isdigit() and len(object_id) < 19):
            raise Http404
        failed = Webhook.objects.filter(pk=object_id, state=WebhookState.FAILED).exists()
        button = {
            "may_send_again": failed and has_role(request, *webhook_repeats.ROLES),
            "reason_length_max": REASON_CHARACTERS_MAX,
        }
        page: HttpResponse = super().change_view(request, object_id, form_url, {**(extra_context or {}), **button})
        return page

    def again_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """POST with a reason: it is queued again."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        officer = request.user
        if not (isinstance(officer, User) and has_role(request, *webhook_repeats.ROLES)):
            return HttpResponseForbidden("Auditors look and send nothing.", content_type="text/plain")
        webhook = Webhook.objects.filter(pk=number).first() if len(str(number)) < 19 else None
        if webhook is None:
            raise Http404
        act = Act(reason=request.POST.get("reason", "")[: REASON_CHARACTERS_MAX + 1], officer=officer)
        try:
            webhook_repeats.send_again(public_id=webhook.public_id, act=act)
        except DomainError as refusal:
            messages.error(request, refusal.detail)
        else:
            messages.success(request, f"The webhook {webhook.public_id} is queued again.")
        return HttpResponseRedirect(reverse(f"{self.admin_site.name}:messaging_webhook_change", args=[number]))
