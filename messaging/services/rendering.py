"""Rendering: template files to subject, text and HTML.

One folder for each template, in it one file for each language and kind: `<language>.html` and `<language>.txt` (its first
line is the subject) for email, `<language>.sms.txt` for SMS. All HTML stands on one layout. The version of a template is
a digest of the files it is made of, so that evidence names the very words that were sent.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.template import Context, Engine

from messaging.models import Channel, Message
from messaging.providers.base import Outgoing
from messaging.services.outbox import Contents

SMS_LENGTH_MAX = 500
"""Characters of an SMS: at most eight parts of 67 characters (3GPP TS 23.040 joins them)."""

TEST_MARK = "[TEST] "
"""Before the subject of what an officer sends to themselves."""

WORDS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "account": "About your sub-account ",
        "test": "This is a test with made-up facts. Nothing has happened.",
        "phrase": "Your anti-phishing phrase: ",
        "no_share": "Nobody from {brand} will ever ask you for a code or a password.",
        "ignore": "If this was not you, change your password and contact support.",
        "automatic": "This message was sent to {destination} automatically; answers are not read.",
    },
    "zh-CN": {
        "account": "关于您的子账户 ",
        "test": "这是一封测试邮件，内容均为虚构，没有发生任何操作。",
        "phrase": "您的防钓鱼码：",
        "no_share": "{brand} 的工作人员绝不会向您索要验证码或密码。",
        "ignore": "如非本人操作，请立即修改密码并联系客服。",
        "automatic": "本邮件由系统自动发送至 {destination}，请勿直接回复。",
    },
    "zh-TW": {
        "account": "關於您的子帳戶 ",
        "test": "這是一封測試郵件，內容均為虛構，沒有發生任何操作。",
        "phrase": "您的防釣魚碼：",
        "no_share": "{brand} 的工作人員絕不會向您索取驗證碼或密碼。",
        "ignore": "如非本人操作，請立即變更密碼並聯絡客服。",
        "automatic": "本郵件由系統自動寄送至 {destination}，請勿直接回覆。",
    },
}


def render(message: Message, contents: Contents) -> Outgoing:
    """The message as it leaves. Raises django's TemplateDoesNotExist where the catalogue and the files disagree."""
    context = _context(message, contents)
    folder = f"messaging/{message.template}/{message.language}"
    subject, html = "", ""
    if message.channel == Channel.EMAIL:
        head, _, text = _text_engine().get_template(f"{folder}.txt").render(Context(context, autoescape=False)).partition("\n")
        subject = TEST_MARK * contents.is_test + " ".join(head.split())
        html = _html_engine().get_template(f"{folder}.html").render(Context({**context, "subject": subject}))
        text = text.strip() + "\n"
    else:
        text = _text_engine().get_template(f"{folder}.sms.txt").render(Context(context, autoescape=False))
        if account := contents.facts.get("account"):
            text = f"[{WORDS[message.language]['account']}{account}] {text}"
        text = " ".join(text.split())[:SMS_LENGTH_MAX]
    return Outgoing(
        public_id=message.public_id,
        channel=message.channel,
        destination=contents.destination,
        language=message.language,
        version=template_version(message.template, message.language, message.channel),
        subject=subject,
        text=text,
        html=html,
        code=contents.code,
        minutes=contents.minutes,
    )


def render_notice(template: str, language: str, facts: dict[str, str]) -> tuple[str, str]:
    """Title and text of a notice for the inbox: the words of the mail, without what only a mail says around them.

    Raises django's TemplateDoesNotExist for a template that is no more.
    """
    context = Context({**facts, "brand": str(settings.PRODUCT_NAME), "language": language}, autoescape=False)
    written = _inbox_engine().get_template(f"messaging/{template}/{language}.txt").render(context)
    title, _, text = written.partition("\n")
    return " ".join(title.split()), text.strip()


def _context(message: Message, contents: Contents) -> dict[str, object]:
    brand = str(settings.PRODUCT_NAME)
    fill = {"brand": brand, "destination": message.destination_masked}
    return {
        **contents.facts,
        "brand": brand,
        "code": contents.code,
        "minutes": contents.minutes,
        "phrase": contents.phrase,
        "is_test": contents.is_test,
        "language": message.language,
        "words": {name: text.format(**fill) for name, text in WORDS[message.language].items()},
        "public_url": settings.PUBLIC_URL,
    }


@lru_cache(maxsize=1024)
def template_version(template: str, language: str, channel: str) -> str:
    """Twelve hexadecimal digits of SHA-256 over the files that make this template."""
    folder = _root() / "messaging"
    if channel == Channel.EMAIL:
        names = [
            f"{template}/{language}.txt",
            f"{template}/{language}.html",
            "layout.txt",
            "layout.html",
            "row.html",
            "code.html",
            "link.html",
        ]
    else:
        names = [f"{template}/{language}.sms.txt"]
    digest = hashlib.sha256()
    for name in names:
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()[:12]


def _root() -> Path:
    return Path(settings.BASE_DIR) / "templates"


@lru_cache(maxsize=1)
def _html_engine() -> Engine:
    return Engine(dirs=[str(_root())], autoescape=True)


@lru_cache(maxsize=1)
def _text_engine() -> Engine:
    return Engine(dirs=[str(_root())], autoescape=False)


@lru_cache(maxsize=1)
def _inbox_engine() -> Engine:
    """The same templates on another layout: the first folder that has a file wins."""
    return Engine(dirs=[str(_root() / "inbox"), str(_root())], autoescape=False)
