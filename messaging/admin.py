"""Staff see what became of messages, never what they said. The staff site registers these classes."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest
from unfold.admin import ModelAdmin


class MessageEvidenceAdmin(ModelAdmin):
    """The evidence of each message, read-only: the sealed contents are not among the fields, codes are nowhere."""

    list_display = (
        "created_at",
        "channel",
        "destination_masked",
        "template",
        "language",
        "state",
        "tries",
        "provider",
        "last_error",
    )
    list_filter = ("state", "channel", "template", "language")
    search_fields = ("public_id", "provider_reference", "destination_masked")
    search_help_text = "Our id, the provider's reference, or the masked destination"
    ordering = ("-id",)
    list_per_page = 50
    show_full_result_count = False
    list_select_related = False
    fields: ClassVar[tuple[str, ...]] = (
        "public_id",
        "user",
        "channel",
        "destination_masked",
        "template",
        "template_version",
        "language",
        "phrase_present",
        "state",
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

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Messages are written by services."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Evidence does not change."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Evidence goes when its time is over, not before."""
        return False
