"""Every message exists in every language and by every channel, and says what it must."""

from __future__ import annotations

from typing import Any

import pytest

from messaging.models import Channel, Message
from messaging.providers.base import Outgoing
from messaging.services.catalogue import CODES, FACT_LENGTH_MAX, LANGUAGES, TEMPLATES, Template, cleaned
from messaging.services.outbox import Contents
from messaging.services.rendering import render

FACTS = {
    "amount": "1.5", "coin": "ETH", "address": "0x52908400098527886E0F7030069857D2E4169EE7", "network": "Ethereum",
    "fee": "0.001", "reason": "The picture is not sharp", "time": "2026-11-21 07:09 UTC", "ip": "203.0.113.7",
    "device": "Firefox on Linux", "place": "Taipei", "level": "2", "name": "trading bot", "scopes": "read, withdraw",
    "transaction": "0xabc", "label": "cold", "uid": "123456789", "until": "2026-11-22 07:09 UTC",
    "phone": "+886******678", "email": "a***a@example.com", "channel": "email", "left": "9",
    "receiver": "482913507", "sender": "b***b@example.com (204918375566)", "remark": "Dinner",
    "date": "2026-12-24", "bank": "First Commercial Bank", "account_tail": "8901",
    "reference": "TX20260131-000451", "number": "4203918275640192", "service": "Listing of a coin",
    "source": "100 USDT", "target": "0.033 ETH", "coins": "BTC, TRX",
}  # fmt: skip
MINIMAL_TAIL = {"address_tail": "169EE7"}
EVERY = [(template, language) for template in TEMPLATES.values() for language in LANGUAGES]


def rendered(template: Template, language: str, channel: str, **contents: Any) -> Outgoing:
    message = Message(template=template.name, language=language, channel=channel, destination_masked="a***a@example.com")
    is_code = template in CODES.values()
    facts = cleaned(template, contents.pop("facts", FACTS))
    return render(
        message,
        Contents(destination="ada@example.com", facts=facts, code="482913" if is_code else "", minutes=5, **contents),
    )


@pytest.mark.parametrize(("template", "language"), EVERY, ids=lambda value: getattr(value, "name", value))
def test_an_email_has_subject_text_and_html_that_say_the_same(template: Template, language: str) -> None:
    mail = rendered(template, language, Channel.EMAIL, phrase="blue heron")
    assert mail.subject.strip() == mail.subject != ""
    assert "\n" not in mail.subject
    for body in (mail.text, mail.html):
        assert "{{" not in body
        assert "{%" not in body
        assert "blue heron" in body
        assert "a***a@example.com" in body
        if template in CODES.values():
            assert "482913" in body
            assert "5" in body
        for need in template.needs:
            assert (FACTS | MINIMAL_TAIL)[need] in body
    assert f'<html lang="{language}">' in mail.html
    assert "http" not in mail.html.replace("http-equiv", "")  # no link to learn to click on
    assert "482913" not in mail.subject


def test_a_security_mail_carries_its_link_where_there_is_one_and_shows_the_address_in_full() -> None:
    link = "http://127.0.0.1:8000/security/links#abc"
    for language in LANGUAGES:
        mail = rendered(TEMPLATES["password_changed"], language, Channel.EMAIL, facts={"link": link})
        assert mail.html.count(link) == 2
        assert link in mail.text


@pytest.mark.parametrize(("template", "language"), EVERY, ids=lambda value: getattr(value, "name", value))
def test_an_sms_is_one_short_line(template: Template, language: str) -> None:
    sms = rendered(template, language, Channel.SMS)
    assert "\n" not in sms.text
    assert "Quaestor" in sms.text
    assert len(sms.text) <= 200
    assert "{{" not in sms.text
    assert (sms.subject, sms.html) == ("", "")
    if template in CODES.values():
        assert "482913" in sms.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [name for name in TEMPLATES if "withdrawal" in name])
def test_the_subject_of_a_withdrawal_names_amount_and_the_tail_of_address_or_account(name: str, language: str) -> None:
    tail = "8901" if "fiat" in name else "169EE7"
    assert rendered(TEMPLATES[name], language, Channel.EMAIL).subject.endswith(f"1.5 ETH …{tail}")


@pytest.mark.parametrize(("template", "language"), EVERY, ids=lambda value: getattr(value, "name", value))
def test_no_message_needs_more_than_its_facts(template: Template, language: str) -> None:
    facts = {need: (FACTS | MINIMAL_TAIL)[need] for need in template.needs}
    mail = rendered(template, language, Channel.EMAIL, facts=facts)
    assert ": \n" not in mail.text
    assert "None" not in mail.html


def test_facts_can_neither_inject_markup_nor_headers_nor_pages_of_text() -> None:
    facts = FACTS | {"name": "<script>alert(1)</script>\r\nBcc: eve@example.com" + "x" * 500}
    mail = rendered(TEMPLATES["api_key_created"], "en", Channel.EMAIL, facts=facts)
    assert "<script>" not in mail.html
    assert "\n" not in mail.subject
    assert "\r" not in mail.text
    assert len(cleaned(TEMPLATES["api_key_created"], facts)["name"]) == FACT_LENGTH_MAX


def test_the_version_names_the_words_that_were_sent() -> None:
    versions = {rendered(t, language, Channel.EMAIL).version for t, language in EVERY}
    assert len(versions) == len(EVERY)
