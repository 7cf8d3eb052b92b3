"""Mails as they arrive at a real mail server on this machine, and words that read well with only the facts they need."""

from __future__ import annotations

import re

import pytest

from messaging.models import CaughtMessage, Channel, Message
from messaging.services import delivery, notices, previews
from messaging.services.catalogue import CODES, LANGUAGES, TEMPLATES, Template
from messaging.services.outbox import Contents
from messaging.services.rendering import render
from tests.messaging.conftest import customer
from tests.messaging.test_codes import send

LINK = "https://desk.example.com/security/links#4yJm1l9bF5o7rTqWcVdGhNpEsYaBxKI"
EVERY = [(template, language) for template in TEMPLATES.values() for language in LANGUAGES]


@pytest.mark.parametrize(
    ("language", "subject", "button", "phrase_line"),
    [
        ("en", "Your password was changed", "If this was not you, freeze your account at once", "Your anti-phishing phrase: "),
        ("zh-CN", "登录密码已修改", "如非本人操作，请立即冻结账户", "您的防钓鱼码："),
        ("zh-TW", "登入密碼已變更", "如非本人操作，請立即凍結帳戶", "您的防釣魚碼："),
    ],
)
def test_a_security_mail_arrives_with_its_button_and_the_customers_phrase(
    post_office: None, language: str, subject: str, button: str, phrase_line: str
) -> None:
    user = customer("ada@example.com", language=language, anti_phishing_phrase="蒼鷺 & co")
    notices.notify(user=user, template="password_changed", facts={"time": "2026-11-25 02:22 UTC", "link": LINK})
    delivery.sweep()
    caught = CaughtMessage.objects.get()
    assert caught.subject == subject
    assert f'<a href="{LINK}"' in caught.html
    assert button in caught.html
    assert button in caught.text
    assert LINK in caught.text
    assert f"{phrase_line}<strong>蒼鷺 &amp; co</strong>" in caught.html
    assert f"{phrase_line}蒼鷺 & co" in caught.text
    assert "2026-11-25 02:22 UTC" in caught.html
    assert "[TEST]" not in caught.subject


def test_a_mail_without_a_phrase_says_nothing_of_one(post_office: None) -> None:
    notices.notify(user=customer("ada@example.com"), template="password_changed", facts={"link": LINK})
    delivery.sweep()
    caught = CaughtMessage.objects.get()
    assert "phrase" not in caught.html.lower() + caught.text.lower()


def test_a_code_mail_arrives_with_its_facts_and_its_code_is_not_in_the_subject(post_office: None) -> None:
    facts = {"amount": "1.5", "coin": "ETH", "address": "0x52908400098527886E0F7030069857D2E4169EE7"}
    send(user=customer("ada@example.com"), purpose="withdrawal", facts=facts, language="en")
    delivery.sweep()
    caught = CaughtMessage.objects.get()
    assert caught.subject == "Your code for a withdrawal: 1.5 ETH …169EE7"
    assert re.fullmatch(r"\d{6}", caught.code)
    assert caught.code in caught.text
    assert caught.code in caught.html
    assert caught.code not in caught.subject


@pytest.mark.parametrize(("template", "language"), EVERY, ids=lambda value: getattr(value, "name", value))
def test_words_read_well_with_only_the_facts_that_they_need(template: Template, language: str) -> None:
    facts = {need: (previews.SAMPLE_FACTS | {"address_tail": "169EE7"})[need] for need in template.needs}
    code = "482913" if template in CODES.values() else ""
    for channel in Channel.values:
        message = Message(template=template.name, language=language, channel=channel, destination_masked="a***a@example.com")
        made = render(message, Contents("x", facts, code=code, minutes=5))
        words = f"{made.subject}\n{made.text}"
        for clumsy in ("（）", "()", ". .", "..", "。。", " .", " ,", "  ", "验证验证", "驗證驗證", "的API", "行API"):
            assert clumsy not in words.replace(" …", ""), (clumsy, words)
        assert not re.search(r"([\u4e00-\u9fff]{2,4})\1", words), words  # a word said twice
        if language != "en":
            assert not re.search(r"[\u4e00-\u9fff]: ?\S", words), words
