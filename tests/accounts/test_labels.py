"""Labels: edited and put on by officers, read by customers in their language."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from accounts import errors
from accounts.models import AuditRecord, Label
from accounts.services import labels
from accounts.services.officers import Act
from config.kit.errors import Absent
from tests.accounts.threads import at_once
from tests.client import Api
from tests.factories_accounts import customer, officer, token_of
from tests.factories_around import act

URL = "/api/v1/me/labels"


def made(key: str = "vip-desk", *, shown: bool = True, color: str = "#AA3300") -> Label:
    label = Label(
        key=key, color=color, text_en="VIP desk", text_zh_cn="贵宾专席", text_zh_tw="貴賓專席", is_shown_to_customer=shown
    )
    return labels.save(label=label, act=act("compliance"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("lang", "text"), [("en", "VIP desk"), ("zh-CN", "贵宾专席"), ("zh-TW", "貴賓專席"), ("fr", "VIP desk")]
)
def test_a_customer_reads_the_label_in_the_language_of_the_request(api: Api, lang: str, text: str) -> None:
    user = customer()
    labels.put_on(customer=user, key=made().key, act=act())
    shown = [{"key": "vip-desk", "color": "#AA3300", "text": text}]
    assert api.get(URL, token=token_of(user), lang=lang).json() == {"results": shown, "next": None, "previous": None}
    assert api.get("/api/v1/me", token=token_of(user), lang=lang).json()["labels"] == shown


@pytest.mark.django_db
def test_a_label_for_officers_only_and_other_customers_labels_are_not_shown(api: Api) -> None:
    user, other = customer(), customer()
    labels.put_on(customer=user, key=made("watch", shown=False).key, act=act())
    labels.put_on(customer=other, key=made("other").key, act=act())
    assert api.get(URL, token=token_of(user)).json()["results"] == []
    assert [label.key for label in labels.of_customer(user)] == ["watch"]


@pytest.mark.django_db
def test_putting_on_and_taking_off_are_each_recorded_once() -> None:
    user, label = customer(), made()
    assert labels.put_on(customer=user, key=label.key, act=act(reason="a friend of the house"))
    assert not labels.put_on(customer=user, key=label.key, act=act())
    assert labels.take_off(customer=user, key=label.key, act=act())
    assert not labels.take_off(customer=user, key=label.key, act=act())
    written = AuditRecord.objects.filter(subject=f"accounts.user:{user.uid}", act__startswith="accounts.label").order_by("id")
    assert [(row.act, row.facts) for row in written] == [
        ("accounts.label_put_on", {"label": "vip-desk"}),
        ("accounts.label_taken_off", {"label": "vip-desk"}),
    ]
    assert written[0].reason == "a friend of the house"


@pytest.mark.django_db
def test_who_may_not_puts_nothing_on() -> None:
    user, label = customer(), made()
    with pytest.raises(errors.NotAnOfficer):
        labels.put_on(customer=user, key=label.key, act=act("auditor"))
    with pytest.raises(errors.ReasonDue):
        labels.put_on(customer=user, key=label.key, act=act(reason=" "))
    with pytest.raises(errors.NotACustomer):
        labels.put_on(customer=officer()[0], key=label.key, act=act())
    with pytest.raises(Absent):
        labels.put_on(customer=user, key="no-such", act=act())
    assert labels.of_customer(user) == []


@pytest.mark.django_db
def test_changing_a_label_is_recorded_with_its_words() -> None:
    label = made()
    label.text_en = "House desk"
    labels.save(label=label, act=act())
    written = AuditRecord.objects.get(act="accounts.label_changed")
    assert written.subject == f"accounts.label:{label.public_id}"
    assert written.facts["en"] == "House desk"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [{"key": "Über"}, {"key": ""}, {"color": "red"}, {"color": "#12345G"}, {"text_en": " "}, {"text_zh_tw": "a\nb"}],
)
def test_a_label_of_another_form_is_refused(wrong: dict[str, str]) -> None:
    words = {"key": "ok", "color": "#000000", "text_en": "a", "text_zh_cn": "b", "text_zh_tw": "c", **wrong}
    with pytest.raises(errors.LabelInvalid):
        labels.save(label=Label(**words), act=act())
    assert not Label.objects.exists()


@pytest.mark.django_db
def test_a_key_is_given_once() -> None:
    made()
    with pytest.raises(errors.LabelInvalid):
        made()
    assert Label.objects.count() == 1


@pytest.mark.django_db
def test_a_label_that_somebody_carries_is_not_removed() -> None:
    user, label = customer(), made()
    labels.put_on(customer=user, key=label.key, act=act())
    with pytest.raises(errors.LabelInUse):
        labels.remove(label=label, act=act())
    labels.take_off(customer=user, key=label.key, act=act())
    labels.remove(label=label, act=act(reason="not used"))
    assert not Label.objects.exists()
    assert AuditRecord.objects.get(act="accounts.label_removed").facts == {"key": "vip-desk"}


@pytest.mark.django_db
def test_the_database_refuses_another_form_of_colour() -> None:
    label = made()
    with pytest.raises(IntegrityError, match="accounts_label_color_form"), transaction.atomic():
        Label.objects.filter(pk=label.pk).update(color="#ff")


def test_of_many_officers_at_once_one_puts_the_label_on(real_db: None) -> None:
    user, label, who = customer(), made(), act()
    told = at_once(12, lambda _: labels.put_on(customer=user, key=label.key, act=Act(reason="race", officer=who.officer)))
    assert sorted(told, key=str) == [False] * 11 + [True]
    assert AuditRecord.objects.filter(act="accounts.label_put_on").count() == 1
