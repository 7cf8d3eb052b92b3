"""After an erasure nothing in the whole database says where the customer was, how to reach them or what they wrote."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.conf import LazySettings
from django.db.models import Q

from accounts.models import KnownDevice, LoginRecord, RecoveryCase, Session, User
from accounts.models.logins import LoginAct
from accounts.models.users import Status
from accounts.services import changes, clients, preferences
from accounts.services.officers import Act
from apikeys.models import RefusedRequest
from apikeys.services import keys
from config.kit.clock import now
from kyc.models import Case
from messaging.models import Message, MessageTry, Purpose
from messaging.services import destination_indexes, destinations
from tests import factories_kyc as make
from tests import levels
from tests.apikeys import people
from tests.factories_around import sub_account
from tests.factories_wallet import fund, owner, transfer
from tests.house.personal_columns import COLUMNS, GONE, WIPED
from tests.kyc.test_privacy import dumped
from tests.wallet.fiat import arrange as fiat
from tests.wallet.transfers import arrange as gifts
from tests.wallet.withdrawals import arrange
from tests.wallet.withdrawals.conftest import network  # noqa: F401  # the fixture
from wallet.models import CoinNetwork, TrustedAddress
from wallet.services import leaving
from wallet.services.fiat_withdrawals import cancel
from wallet.services.travel_rule import recording

NETWORK, IP, LABEL = "198.51.100.0/24", "198.51.100.77", "Planted by Xanthippe"
CLIENT = clients.describe(ip=IP, user_agent="Planted/1.0")
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("network")]
WAYS = ("user", "customer", "sender", "api_key__user", "message__user")


def known() -> User:
    """A customer who left a trace in each table that an erasure empties."""
    user = make.level_two()
    user.registered_ip, user.referral_code, user.anti_phishing_phrase = IP, "PLANTED1", LABEL
    user.save()
    make.token_of(user)
    session = Session.objects.get(user=user)
    preferences.change(user=user, changes={"checks_other_places": True}, proof=None, fresh=True, session=session, client=CLIENT)
    changes.follow(user=user, act=LoginAct.PASSWORD_CHANGED, client=CLIENT)
    people.issue(user, networks=(NETWORK,))
    key = keys.change(
        customer=user,
        public_id=str(user.api_keys.get().public_id),
        proof=people.proof(user, Purpose.API_KEY_CHANGE),
        label=LABEL,
    )
    RefusedRequest.objects.create(api_key=key, slug="x", signed_text=f"GET /?from={IP}", ip=IP, at=now())
    RecoveryCase.objects.create(
        user=user, cause="freeze", state="cancelled", token_hash=b"1", statement=LABEL, created_at=now(), ended_at=now(), ip=IP
    )
    where = dict.fromkeys(("city", "device", "os", "browser"), LABEL) | {"ip": IP, "place": "TW"}
    LoginRecord.objects.filter(user=user).update(**where)
    Session.objects.filter(user=user).update(**where, user_agent=LABEL)
    KnownDevice.objects.create(
        user=user, token_hash=b"2", network=NETWORK, created_at=now(), last_used_at=now(), expires_at=now()
    )
    message = Message.objects.filter(user=user)[0]
    Message.objects.filter(pk=message.pk).update(provider_reference=LABEL, last_error=LABEL)
    MessageTry.objects.create(
        message=message,
        number=9,
        provider="x",
        outcome="refused",
        reference=LABEL,
        error=LABEL,
        started_at=now(),
        ended_at=now(),
    )
    moneys(user)
    child = sub_account(user, username="planted_child", label=LABEL)
    User.objects.filter(pk=child.pk).update(status=Status.DELETED)
    Case.objects.filter(user=user).update(country="TW", questionnaire_sealed=b"x", document_expires_on=now().date())
    return User.objects.get(pk=user.pk)


def moneys(user: User) -> None:
    """An address with a memo, twice; a withdrawal, one to a bank and a transfer that ended."""
    coin_network = CoinNetwork.objects.get(coin__code="ETH", network__code="ETHEREUM")
    for memo in (LABEL, f"{LABEL} 2"):
        TrustedAddress.objects.create(
            customer=user, label=LABEL, coin_network=coin_network, address="0x1", memo=memo, usable_from=now()
        )
    fund(user, "1")
    asked = arrange.ask(user, amount="0.5", client_reference="order-7", ip=IP)
    recording.tell(customer=user, public_id=asked.public_id, told=recording.Told(is_own=True))
    assert arrange.take_back(user, asked).requested_from == IP
    given = gifts.ask(user, gifts.customer(funds="0"), amount="0.5", remark=LABEL, ip=IP)
    assert gifts.take_back(user, given).requested_from == IP
    transfer(user, owner(), "1")
    to_a_bank(user)


def to_a_bank(user: User) -> None:
    """Taken back, and the money given away."""
    fiat.open_bank()
    levels.give(user, 3, at=now() - timedelta(days=400), above=2)
    fund(user, "5000", coin="TWD")
    asked = fiat.ask(user, amount="4000", ip=IP)
    assert cancel.cancel(customer=user, public_id=asked.public_id).requested_from == IP
    transfer(user, owner(), "5000", coin="TWD")


def rows_of(user: User) -> dict[str, dict[Any, Any]]:
    """The family's rows of each table that has a way to its customer, by primary key."""
    found = {}
    for label in COLUMNS:
        model: Any = apps.get_model(label)
        names = {field.name for field in model._meta.concrete_fields if field.is_relation}
        way = "pk" if model is User else next((way for way in WAYS if way.split("__")[0] in names), "")
        if way:
            head = way if model is User else f"{way}__pk"
            family = Q(**{head: user.pk}) | Q(**{"parent" if model is User else f"{way}__parent": user.pk})
            found[label] = {row.pk: row for row in model.objects.filter(family)}
    return found


def test_each_column_that_is_said_to_be_wiped_is_wiped(django_capture_on_commit_callbacks: Any, settings: LazySettings) -> None:
    settings.BLIND_INDEX_KEYS = {"1": settings.HASH_KEY, "2": b"2" * 32}  # both columns of indexes are filled
    user = known()
    leaving.close(customer=user, act=Act(reason="asked", by="ops"))
    before = rows_of(user)
    leaving.erase(customer=user, act=Act(reason="asked", by="ops"))
    after = rows_of(user)
    for label, columns in COLUMNS.items():
        if GONE in columns.values():
            assert not after.get(label), label
        for column in [name for name, fate in columns.items() if fate == WIPED]:
            filled = {pk: getattr(row, column) for pk, row in before[label].items() if getattr(row, column)}
            if (label, column) not in {("messaging.Message", "sealed"), ("apikeys.ApiKey", "sealed_secret")}:
                assert filled, (label, column)
            for pk, value in filled.items():
                assert getattr(after[label][pk], column) != value, (label, column)


def test_nothing_in_the_database_leads_to_who_was_erased() -> None:
    user = known()
    contacts = [destination_indexes.tag("email", user.email or ""), destination_indexes.tag("sms", user.phone or "")]
    masks = [destinations.mask("email", user.email or ""), destinations.mask("sms", user.phone or "")]
    searched = [user.email, user.phone, *masks, *[index.hex() for index in contacts], IP, NETWORK, LABEL, "planted_child"]
    left = [text for text in searched if text and text.encode() not in dumped()]
    assert left == []
    assert LoginRecord.objects.filter(user=user, ip=IP).exists()
    leaving.close(customer=user, act=Act(reason="asked", by="ops"))
    leaving.erase(customer=user, act=Act(reason="asked", by="ops"))
    dump = dumped()
    assert [text for text in searched if text and text.encode() in dump] == []
