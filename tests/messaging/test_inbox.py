"""The customers' inbox: every notice, in the language of whoever reads it now, and nobody else's."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from config.kit.clock import now
from config.kit.crypto import seal, unseal
from messaging.models import Message, Notice
from messaging.services import inbox, notices
from messaging.services.catalogue import LANGUAGES, NOTICES, Template
from tests.client import Api
from tests.factories_accounts import customer, token_of
from tests.messaging.test_templates import FACTS

LINK = "https://desk.example.com/security/links#a-secret-token"


@pytest.fixture
def user(db: None) -> Any:
    made: Any = customer()
    made.token = token_of(made)
    Notice.objects.all().delete()  # of the sign-in itself
    return made


def tell(user: Any, template: str = "deposit_credited", **facts: str) -> Notice:
    notices.notify(user=user, template=template, facts=facts or {"amount": "1.5", "coin": "ETH"})
    return Notice.objects.latest("id")


def test_a_notice_is_listed_and_read_in_the_language_of_the_reader(user: Any) -> None:
    notice = tell(user)
    api = Api(token=user.token)
    titles = {lang: api.get("/api/v1/notices", lang=lang).json()["results"][0]["title"] for lang in LANGUAGES}
    assert titles["en"] == "Deposit credited: 1.5 ETH"
    assert titles["zh-TW"] == "充幣已入帳：1.5 ETH"
    assert len(set(titles.values())) == 3
    one = api.get(f"/api/v1/notices/{notice.public_id}", lang="zh-CN").json()
    assert one["id"] == str(notice.public_id)
    assert one["template"] == "deposit_credited"
    assert one["read_at"] is None
    assert "1.5 ETH" in one["text"]
    assert set(one) == {"id", "template", "title", "text", "created_at", "read_at"}


def test_who_asks_for_no_language_reads_the_one_that_they_chose(user: Any) -> None:
    type(user).objects.filter(pk=user.pk).update(language="zh-TW")
    tell(user)
    assert Api(token=user.token).get("/api/v1/notices").json()["results"][0]["title"] == "充幣已入帳：1.5 ETH"


def test_a_link_that_acts_is_in_the_mail_and_not_in_the_inbox(user: Any) -> None:
    notice = tell(user, "password_changed", time="now", link=LINK)
    kept = unseal(bytes(notice.sealed), context=f"messaging.notice:{notice.public_id}")
    assert json.loads(kept) == {"time": "now"}
    text = Api(token=user.token).get(f"/api/v1/notices/{notice.public_id}").json()["text"]
    assert "#" not in text
    assert "http" not in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", NOTICES.values(), ids=lambda template: template.name)
def test_every_notice_reads_well_in_the_inbox(db: None, template: Template, language: str) -> None:
    made = Notice(template=template.name, created_at=now())
    facts = {name: value for name, value in FACTS.items() if name in template.needs}
    made.sealed = seal(json.dumps(facts | {"address_tail": "169EE7"}).encode(), context=f"messaging.notice:{made.public_id}")
    reading = inbox.read(made, language=language)
    assert reading.title
    assert reading.text
    for leftover in ("{{", "{%", "None", "http", ": \n", "-- \n", "\n\n\n"):
        assert leftover not in reading.title + reading.text + "\n"


def test_the_contents_are_sealed_and_bound_to_their_row(user: Any) -> None:
    first, second = tell(user), tell(user)
    assert b"ETH" not in bytes(first.sealed)
    second.sealed = first.sealed
    reading = inbox.read(second, language="en")
    assert (reading.title, reading.text) == ("", "")


def test_a_notice_of_a_template_that_is_no_more_does_not_break_the_list(user: Any) -> None:
    tell(user)
    Notice.objects.update(template="love_letter")
    answer = Api(token=user.token).get("/api/v1/notices")
    assert (answer.status_code, answer.json()["results"][0]["title"]) == (200, "")


def test_reading_counts_once_and_can_be_taken_back(user: Any) -> None:
    notice, other = tell(user), tell(user)
    api = Api(token=user.token)
    path = f"/api/v1/notices/{notice.public_id}"
    assert api.get("/api/v1/notices/unread-count").json() == {"unread": 2}
    first = api.patch(path, {"read": True}).json()["read_at"]
    assert first
    assert api.patch(path, {"read": True}).json()["read_at"] == first
    assert api.get("/api/v1/notices/unread-count").json() == {"unread": 1}
    listed = {
        word: [row["id"] for row in api.get(f"/api/v1/notices?unread={word}").json()["results"]] for word in ("true", "false")
    }
    assert listed == {"true": [str(other.public_id)], "false": [str(notice.public_id)]}
    assert api.patch(path, {"read": False}).json()["read_at"] is None
    assert api.post("/api/v1/notices/read-all").json() == {"unread": 0}
    assert api.get("/api/v1/notices?unread=true").json()["results"] == []


def test_anothers_notice_is_absent_and_stays_as_it_was(user: Any) -> None:
    notice = tell(user)
    thief = Api(token=token_of(customer()))
    path = f"/api/v1/notices/{notice.public_id}"
    absent = thief.get("/api/v1/notices/1234567890123456").json()
    for answer in (thief.get(path), thief.patch(path, {"read": True})):
        assert (answer.status_code, answer.json()) == (404, absent)
    thief.post("/api/v1/notices/read-all")
    assert str(notice.public_id) not in thief.get("/api/v1/notices").content.decode()
    notice.refresh_from_db()
    assert notice.read_at is None


@pytest.mark.parametrize("name", ["x", "0", "-1", "1" * 17, "１234567890123456", "%00", "read", "1e15"])
def test_what_is_no_id_names_nothing(user: Any, name: str) -> None:
    assert Api(token=user.token).get(f"/api/v1/notices/{name}").status_code == 404


@pytest.mark.parametrize("body", [{}, {"read": None}, {"read": "perhaps"}, {"read": []}, [], "x"])
def test_an_input_of_another_shape_is_refused_and_changes_nothing(user: Any, body: Any) -> None:
    notice = tell(user)
    answer = Api(token=user.token).patch(f"/api/v1/notices/{notice.public_id}", body)
    assert answer.status_code == 400
    notice.refresh_from_db()
    assert notice.read_at is None


def test_a_page_costs_the_same_whatever_its_size_and_pages_join(user: Any) -> None:
    for _ in range(7):
        tell(user)
    api = Api(token=user.token)
    seen: list[str] = []
    address, counts = "/api/v1/notices?size=3", []
    while address:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = api.get(address).json()
        counts.append(sum("messaging_notice" in query["sql"] for query in queries))
        seen += [row["id"] for row in page["results"]]
        address = page["next"]
    assert seen == [
        str(number) for number in Notice.objects.filter(user=user).order_by("-id").values_list("public_id", flat=True)
    ]
    assert set(counts) == {1}


def test_a_notice_by_two_channels_is_one_in_the_inbox_and_a_second_telling_can_be_kept_out(user: Any) -> None:
    type(user).objects.filter(pk=user.pk).update(phone="+886912345678")
    user.refresh_from_db()
    Message.objects.all().delete()
    notices.notify(user=user, template="totp_bound")
    notices.notify(user=user, template="totp_bound", channels=("email",), to_inbox=False)
    assert (Notice.objects.count(), Message.objects.count()) == (1, 3)


def test_a_rolled_back_act_leaves_no_notice(user: Any) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        tell(user)
        raise ZeroDivisionError
    assert not Notice.objects.exists()


def test_the_database_refuses_a_notice_that_was_read_before_it_was_written(user: Any) -> None:
    tell(user)
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.update(read_at=now() - timedelta(days=1))
