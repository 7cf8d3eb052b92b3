"""A sub-account has no mailbox: what it would be told, its parent is told, and which account it is about."""

from __future__ import annotations

import pytest

from accounts.models import User
from messaging.models import Message
from messaging.services.outbox import open_contents
from messaging.services.rendering import render
from tests.factories_accounts import bind_totp, customer
from tests.factories_around import SUB_PASSWORD, sub_account, sub_token

pytestmark = pytest.mark.django_db


def told(sub: User, template: str) -> Message:
    return Message.objects.get(user=sub, template=template)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "About your sub-account "), ("zh-CN", "关于您的子账户 "), ("zh-TW", "關於您的子帳戶 ")],
)
def test_the_parent_is_told_in_its_language_with_its_phrase_and_the_name_of_the_account(language: str, words: str) -> None:
    parent = customer(email="ada@example.com")
    User.objects.filter(pk=parent.pk).update(language=language, anti_phishing_phrase="blue whale")
    parent.refresh_from_db()
    sub = sub_account(parent, username="desk.nine")
    sub_token(sub)
    message = told(sub, "new_login")
    contents = open_contents(message)
    assert (contents.destination, message.language, contents.phrase) == ("ada@example.com", language, "blue whale")
    sent = render(message, contents)
    for text in (sent.text, sent.html.replace("<strong>", "").replace("</strong>", "")):
        assert f"{words}desk.nine ({sub.uid})" in text


def test_a_message_on_the_phone_names_the_account_first() -> None:
    parent = customer(phone="+886912345678")
    User.objects.filter(pk=parent.pk).update(email="ada@example.com")
    parent.refresh_from_db()
    sub = sub_account(parent, username="desk.nine")
    bind_totp(sub, password=SUB_PASSWORD)
    message = Message.objects.get(user=sub, template="totp_bound", channel="sms")
    text = render(message, open_contents(message)).text
    assert text.startswith(f"[About your sub-account desk.nine ({sub.uid})] ")


def test_what_is_about_the_parent_names_no_sub_account() -> None:
    parent = customer()
    sub_account(parent, username="desk.nine")
    message = Message.objects.get(user=parent, template="sub_account_added")
    assert "About your sub-account" not in render(message, open_contents(message)).text
