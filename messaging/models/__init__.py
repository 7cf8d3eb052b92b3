"""The tables of codes, limits and messages."""

from __future__ import annotations

from messaging.models.captchas import Captcha, CaptchaKind
from messaging.models.caught import CaughtMessage
from messaging.models.codes import Channel, Code, Purpose
from messaging.models.delivery import BudgetAlarm, MessageTry, Outcome, ProviderState
from messaging.models.inbox import Notice
from messaging.models.limits import Allowance, Budget
from messaging.models.messages import MESSAGE_FLOW, Message, MessageState, MessageTemplate
from messaging.models.webhooks import Webhook, WebhookState

__all__ = [
    "MESSAGE_FLOW",
    "Allowance",
    "Budget",
    "BudgetAlarm",
    "Captcha",
    "CaptchaKind",
    "CaughtMessage",
    "Channel",
    "Code",
    "Message",
    "MessageState",
    "MessageTemplate",
    "MessageTry",
    "Notice",
    "Outcome",
    "ProviderState",
    "Purpose",
    "Webhook",
    "WebhookState",
]
