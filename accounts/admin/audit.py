"""The audit log, newest first, read-only."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.admin_site import ReadOnlyAdmin, site
from accounts.models import AuditRecord


@admin.register(AuditRecord, site=site)
class AuditRecordAdmin(ReadOnlyAdmin):
    """Who did what, when and why, with each record's place in the chain."""

    icon = "history"
    view_roles = ("compliance", "auditor")
    list_display = ("at", "act", "subject", "who", "reason", "position")
    list_filter = ("actor_kind",)
    search_fields = ("subject__startswith", "act__startswith", "=actor__uid")
    search_help_text = "subject, act, or uid of the actor"
    ordering = ("-id",)
    fields = ("at", "act", "subject", "who", "actor_kind", "reason", "facts_shown", "position", "hash_shown")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditRecord]:
        """With actor and link, in one query."""
        return super().get_queryset(request).select_related("actor", "link")

    @admin.display(description="who")
    def who(self, record: AuditRecord) -> str:
        """The person's email or uid, or the role where there is no person."""
        return record.actor.get_full_name() if record.actor else record.get_actor_kind_display()

    @admin.display(description="place in the chain")
    def position(self, record: AuditRecord) -> Any:
        """The number of its link."""
        return record.link.position if hasattr(record, "link") else "—"

    @admin.display(description="facts")
    def facts_shown(self, record: AuditRecord) -> SafeString:
        """As indented JSON."""
        text = json.dumps(record.facts, indent=2, ensure_ascii=False, sort_keys=True)
        return format_html('<pre class="whitespace-pre-wrap">{}</pre>', text)

    @admin.display(description="hashes")
    def hash_shown(self, record: AuditRecord) -> SafeString:
        """Of the record and of its link."""
        link = bytes(record.link.link_hash).hex() if hasattr(record, "link") else "—"
        return format_html("<code>record {}</code><br><code>link&nbsp;&nbsp; {}</code>", bytes(record.record_hash).hex(), link)
