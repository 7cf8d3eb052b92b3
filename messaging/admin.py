"""Staff see what became of messages, never what they said. The staff site registers these classes."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display

from config.kit.clock import now
from messaging.errors import InvalidEmail, InvalidPhone
from messaging.models import Channel, Message, MessageState, MessageTry, ProviderState
from messaging.services import destination_indexes
from messaging.services.destinations import normalise

REFERENCES_MAX = 100
"""Messages that one provider's reference finds at the most."""
UID_DIGITS_MAX = 9
NUMBER_DIGITS_MAX = 18
"""A longer number is no bigint."""


class _Evidence(ModelAdmin):
    """Shows and never writes."""

    list_per_page = 50
    show_full_result_count = False
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Evidence is written by services."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Evidence does not change."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Evidence goes when its time is over, not before."""
        return False


class TryInline(TabularInline):
    """Which providers were asked, when, and what they said, in our words."""

    model = MessageTry
    fields: ClassVar[tuple[str, ...]] = ("number", "provider", "outcome", "reference", "error", "started_at", "ended_at")
    readonly_fields = fields
    ordering = ("id",)
    extra = max_num = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may see the message."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Tries are written by services."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Evidence does not change."""
        return False


class MessageEvidenceAdmin(_Evidence):
    """The evidence of each message, read-only: the sealed contents are not among the fields, codes are nowhere.

    It is found by the customer's uid, by the whole address or phone (through its keyed hash, for the row shows only a
    mask), by our id, and by the provider's reference of the message or of any of its tries.
    """

    icon = "outgoing_mail"
    list_display = (
        "made",
        "uid",
        "channel",
        "destination_masked",
        "template",
        "language",
        "standing",
        "took",
        "tries",
        "provider",
        "last_error",
    )
    list_filter = ("state", "channel", "is_test", "language", "provider", "template")
    search_fields = ("public_id",)
    search_help_text = "Customer's uid, whole email address or phone, our id, or the provider's reference"
    ordering = ("-id",)
    list_select_related = ("user",)
    inlines = (TryInline,)
    fields: ClassVar[tuple[str, ...]] = (
        "public_id",
        "uid",
        "channel",
        "destination_masked",
        "template",
        "template_version",
        "language",
        "phrase_present",
        "is_test",
        "state",
        "took",
        "tries",
        "provider",
        "provider_reference",
        "last_error",
        "created_at",
        "handed_over_at",
        "ended_at",
        "expires_at",
    )
    readonly_fields = fields

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> tuple[QuerySet[Any], bool]:
        """Exact, and each by an index of its own."""
        term = search_term.strip()
        return (queryset.filter(found(term)) if term else queryset), False

    @admin.display(description="made", ordering="id")
    def made(self, message: Message) -> str:
        """When, in one line."""
        return format_html('<span class="whitespace-nowrap">{}</span>', f"{message.created_at:%m-%d %H:%M:%S}")

    @display(
        description="state",
        ordering="state",
        label={"queued": "info", "handed_over": "info", "accepted": "success", "failed": "danger", "expired": "warning"},
    )
    def standing(self, message: Message) -> tuple[str, str]:
        """In one word."""
        return message.state, message.state.replace("_", " ")

    @admin.display(description="customer", ordering="user")
    def uid(self, message: Message) -> str:
        """The uid; nobody's where the destination had no account."""
        return str(getattr(message.user, "uid", "—"))

    @admin.display(description="took")
    def took(self, message: Message) -> str:
        """From queued to accepted; for what still waits, until now."""
        if message.state == MessageState.ACCEPTED and message.ended_at is not None:
            return f"{(message.ended_at - message.created_at).total_seconds():.1f} s"
        if message.ended_at is None:
            return f"waits {(now() - message.created_at).total_seconds():.0f} s"
        return "—"


def found(term: str) -> Q:
    """The messages that an officer's words name."""
    if "@" in term or term.startswith("+"):
        channel = Channel.EMAIL.value if "@" in term else Channel.SMS.value
        try:
            return destination_indexes.meeting([destination_indexes.tag(channel, normalise(channel, term))])
        except (InvalidEmail, InvalidPhone):
            return Q(pk__in=())
    if term.isascii() and term.isdigit() and len(term) <= UID_DIGITS_MAX:
        return Q(user__uid=int(term))
    if term.isascii() and term.isdigit() and len(term) <= NUMBER_DIGITS_MAX and Message.objects.filter(public_id=term).exists():
        return Q(public_id=int(term))
    tried = MessageTry.objects.filter(reference=term).values_list("message_id", flat=True)[:REFERENCES_MAX]
    told = Message.objects.filter(provider_reference=term).exclude(provider_reference="").values_list("id", flat=True)
    return Q(pk__in={*tried, *told[:REFERENCES_MAX]})


class ProviderStateAdmin(_Evidence):
    """How each provider does, and until when it is passed over."""

    icon = "cell_tower"
    list_display = ("name", "channel", "breaker", "failures", "passed_over_until", "last_failure_at", "last_answer_at")
    list_filter = ("channel",)
    ordering = ("channel", "name")
    fields = readonly_fields = list_display

    @admin.display(description="breaker")
    def breaker(self, state: ProviderState) -> str:
        """Closed: it is asked. Open: it is passed over. Half open: the next worker asks it once."""
        if state.passed_over_until is None:
            return "closed"
        return "open" if state.passed_over_until > now() else "half open"


class BudgetAlarmAdmin(_Evidence):
    """Hours whose budget was nearly or wholly spent."""

    icon = "notifications_active"
    list_display = ("raised_at", "name", "hour", "percent", "spent", "spent_max")
    list_filter = ("percent",)
    search_fields = ("name",)
    ordering = ("-id",)
    fields = readonly_fields = list_display
