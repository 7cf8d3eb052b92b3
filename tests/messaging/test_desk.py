"""The officers' pages of messages: evidence that is found by what support is told, and templates to look at."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.admin_site import SIGNED_IN_AT
from accounts.errors import NotAnOfficer
from accounts.models import AuditRecord
from accounts.services import message_tests
from messaging.errors import TooManyTests
from messaging.models import Message, MessageState
from messaging.providers.base import ProviderUnavailable
from messaging.services import breakers, delivery, limits, previews
from messaging.services.catalogue import LANGUAGES, TEMPLATES
from tests.factories_accounts import officer
from tests.factories_messaging import read_message
from tests.messaging.conftest import customer
from tests.messaging.test_budgets import NOON
from tests.messaging.test_codes import send
from tests.messaging.test_failover import two_carriers

EVIDENCE = "/admin/messaging/message/"
TEMPLATES_PAGE = "/admin/messaging/messagetemplate/"


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    session = client.session
    session[SIGNED_IN_AT] = int(time.time())
    session.save()
    return client


@pytest.fixture
def desk(db: None) -> Client:
    made, _ = officer("compliance")
    Message.objects.all().delete()
    return signed_in(made)


@pytest.fixture
def sent(desk: Client, monkeypatch: pytest.MonkeyPatch) -> Message:
    """A code to a customer that the second provider carried."""
    two_carriers(monkeypatch, (ProviderUnavailable("the SMS gateway answered 503"),), ())
    send(user=customer("ada@example.com"), purpose="second_factor")
    delivery.sweep()
    return Message.objects.get()


def test_a_message_is_found_by_uid_address_our_id_and_either_reference(desk: Client, sent: Message) -> None:
    send(destination="bob@example.com", ip="127.0.0.9")
    uid = str(sent.user.uid)
    for term in (uid, " Ada@Example.com ", str(sent.public_id), sent.provider_reference):
        page = desk.get(EVIDENCE, {"q": term}).content.decode()
        assert f"/{sent.pk}/change/" in page, term
        assert "b***b@example.com" not in page, term
    for term in (
        "eve@example.com",
        "+886912345678",
        "nobody@",
        "+1",
        "123456789",
        "9" * 16,
        "9" * 40,
        "r-2",
        "' OR 1=1 --",
        "\u0661",
    ):
        answer = desk.get(EVIDENCE, {"q": term})
        assert answer.status_code == 200, term
        assert f"/{sent.pk}/change/" not in answer.content.decode(), term


def test_the_page_of_a_message_shows_its_tries_and_never_what_it_said(desk: Client, sent: Message) -> None:
    page = desk.get(f"{EVIDENCE}{sent.pk}/change/").content.decode()
    for shown in ("carrier-0", "carrier-1", "the SMS gateway answered 503", "Accepted", "r-1", str(sent.public_id)):
        assert shown in page
    assert "ada@example.com" not in page
    assert desk.post(f"{EVIDENCE}{sent.pk}/change/", {"state": "failed"}).status_code == 403
    assert desk.get(f"{EVIDENCE}add/").status_code == 403


def test_the_list_costs_the_same_for_three_messages_as_for_thirty(desk: Client) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(EVIDENCE).status_code == 200
        return len(queries)

    desk.get(EVIDENCE)
    for number in range(3):
        send(user=customer(f"user{number}@example.com"), destination=f"user{number}@example.com", ip=f"127.0.1.{number}",
             purpose="second_factor")  # fmt: skip
    few = cost()
    for number in range(3, 30):
        send(user=customer(f"user{number}@example.com"), destination=f"user{number}@example.com", ip=f"127.0.2.{number}",
             purpose="second_factor")  # fmt: skip
    assert cost() == few
    assert few <= 14


def test_the_page_of_a_message_costs_the_same_for_one_try_as_for_eight(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from messaging.models import MessageTry, Outcome

    send()
    message = Message.objects.get()

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(f"{EVIDENCE}{message.pk}/change/").status_code == 200
        return len(queries)

    def tried(number: int) -> None:
        MessageTry.objects.create(
            message=message, number=number, provider="p", outcome=Outcome.UNKNOWN, started_at=NOON, ended_at=NOON
        )

    tried(1)
    cost()
    one = cost()
    for number in range(2, 9):
        tried(number)
    assert cost() == one


def test_alarms_and_breakers_are_on_the_desk(desk: Client) -> None:
    limits.spend("sms +886", 1, at=NOON)
    for _ in range(3):
        breakers.note_failure(channel="sms", name="twilio")
    page = desk.get("/admin/messaging/budgetalarm/").content.decode()
    assert "sms +886" in page
    page = desk.get("/admin/messaging/providerstate/").content.decode()
    assert "twilio" in page
    assert ">open<" in page.replace("\n", "").replace(" ", "")


@pytest.mark.parametrize("role", ["compliance", "treasury", "auditor"])
def test_each_role_looks_at_every_template(db: None, role: str) -> None:
    client = signed_in(officer(role)[0])
    page = client.get(TEMPLATES_PAGE).content.decode()
    for name in TEMPLATES:
        assert f"{TEMPLATES_PAGE}{name}/change/" in page
    shown = client.get(f"{TEMPLATES_PAGE}password_changed/change/", {"language": "zh-TW"}).content.decode()
    assert "登入密碼已變更" in shown
    assert 'sandbox=""' in shown
    assert ("Send a test" in shown) == (role != "auditor")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_template_can_be_previewed(db: None, language: str) -> None:
    for row in previews.listed():
        for channel in row.channels:
            made = previews.preview(name=row.template.name, language=language, channel=channel)
            assert made.text
            assert "{{" not in made.text + made.html
    assert not Message.objects.exists()


def test_a_preview_runs_nothing_and_fetches_nothing(desk: Client) -> None:
    answer = desk.get(f"{TEMPLATES_PAGE}code_withdrawal/html/", {"language": "zh-CN"})
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert policy.endswith("sandbox")
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "123456" in answer.content.decode()
    assert "blue heron" in answer.content.decode()
    assert "blue heron" not in desk.get(f"{TEMPLATES_PAGE}code_withdrawal/html/", {"phrase": "0"}).content.decode()


@pytest.mark.parametrize("path", ["love_letter/change/", "love_letter/html/", "code_withdrawal/delete/"])
def test_a_template_that_is_none_is_not_there(desk: Client, path: str) -> None:
    assert desk.get(TEMPLATES_PAGE + path).status_code in {403, 404}


def test_strange_words_in_the_address_count_for_nothing(desk: Client) -> None:
    for query in ({"language": "../../etc"}, {"language": "xx"}, {"phrase": "\x01"}):
        assert desk.get(f"{TEMPLATES_PAGE}totp_bound/change/", query).status_code == 200
    assert desk.get(f"{TEMPLATES_PAGE}totp_bound/change/", {"phrase": "\x00"}).status_code == 400


def test_strangers_and_customers_see_no_template(db: None) -> None:
    assert Client().get(TEMPLATES_PAGE).status_code == 302
    assert Client().get(f"{TEMPLATES_PAGE}totp_bound/html/").status_code == 302
    assert signed_in(customer("eve@example.com")).get(f"{TEMPLATES_PAGE}totp_bound/html/").status_code == 302


def test_a_test_goes_to_the_officers_own_address_is_marked_and_is_recorded(desk: Client) -> None:
    made = type(officer()[0]).objects.get(pk=desk.session["_auth_user_id"])
    answer = desk.post(
        f"{TEMPLATES_PAGE}password_changed/change/", {"language": "zh-TW", "to": "eve@example.com", "email": "eve@example.com"}
    )
    assert answer.status_code == 302
    message = Message.objects.get()
    assert (message.is_test, message.channel, message.user, message.language) == (True, "email", made, "zh-TW")
    contents = read_message(made.email or "")
    assert contents.destination == made.email
    from messaging.services.rendering import render

    mail = render(message, contents)
    assert mail.subject == "[TEST] 登入密碼已變更"
    assert "這是一封測試郵件" in mail.html
    assert mail.text.startswith("這是一封測試郵件")
    record = AuditRecord.objects.get(act="messaging.template_tested")
    assert (record.actor, record.subject) == (made, "messaging.template:password_changed")


def test_an_auditor_a_customer_and_a_busy_officer_send_no_test(db: None) -> None:
    auditor = officer("auditor")[0]
    assert signed_in(auditor).post(f"{TEMPLATES_PAGE}totp_bound/change/").status_code == 302
    for who in (auditor, customer("eve@example.com")):
        with pytest.raises(NotAnOfficer):
            message_tests.send(officer=who, name="totp_bound", language="en")
    busy = officer("treasury")[0]
    for _ in range(previews.TESTS_PER_HOUR):
        message_tests.send(officer=busy, name="totp_bound", language="en")
    with pytest.raises(TooManyTests):
        message_tests.send(officer=busy, name="totp_bound", language="en")
    assert Message.objects.filter(is_test=True).count() == previews.TESTS_PER_HOUR
    assert AuditRecord.objects.filter(act="messaging.template_tested").count() == previews.TESTS_PER_HOUR
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.QUEUED}
