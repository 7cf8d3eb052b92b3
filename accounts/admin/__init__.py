"""The desk's pages of this app. All of them show; none edits a password, a session or an audit row."""

from __future__ import annotations

from accounts.admin.around import CountryAdmin, LabelAdmin, VipTierAdmin
from accounts.admin.audit import AuditRecordAdmin
from accounts.admin.customers import UserAdmin
from accounts.admin.evidence import register_message_evidence
from accounts.admin.message_templates import MessageTemplateAdmin
from accounts.admin.oauth import OAuthApplicationAdmin
from accounts.admin.webhooks import WebhookAdmin

register_message_evidence()

__all__ = [
    "AuditRecordAdmin",
    "CountryAdmin",
    "LabelAdmin",
    "MessageTemplateAdmin",
    "OAuthApplicationAdmin",
    "UserAdmin",
    "VipTierAdmin",
    "WebhookAdmin",
]
