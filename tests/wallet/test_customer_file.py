"""What the money adds to one customer's file for a regulator."""

from __future__ import annotations

import csv
import io
import json
import zipfile

import pytest

from accounts.services.officers import Act
from kyc.services import export, identity
from tests.factories_kyc import personal_data
from tests.wallet.withdrawals import arrange
from tests.wallet.withdrawals.conftest import network
from wallet.models import Entry
from wallet.models.ledger import CUSTOMER_KINDS
from wallet.services.leaving import _forget_words
from wallet.services.travel_rule import recording
from wallet.services.travel_rule.recording import Told

__all__ = ["network"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("network")]


def person(first_name: str):
    user = arrange.customer()
    identity.write(user, personal_data(first_name=first_name, last_name="Lin", id_number=f"A{first_name}"))
    return user


def file_of(user) -> dict[str, bytes]:
    """The entries of the customer's file."""
    target = io.BytesIO()
    export.write(customer=user, act=Act(reason="order 12", by="ops"), target=target)
    with zipfile.ZipFile(target) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_every_line_that_ever_moved_and_everything_told_of_beneficiaries_stand_in_the_file():
    user, stranger, officer = person("Mei-Hua"), person("Other"), arrange.officer()
    waiting = arrange.ask(user)
    recording.tell(customer=user, public_id=waiting.public_id, told=Told(is_own=True))
    found = Told(is_own=False, beneficiary="Ada Lovelace", provider="Kraken")
    recording.complete(public_id=waiting.public_id, officer=officer, reason="by telephone", told=found)
    theirs = arrange.ask(stranger)
    recording.tell(customer=stranger, public_id=theirs.public_id, told=Told(is_own=False, beneficiary="Somebody Else"))
    contents = file_of(user)
    lines = list(csv.DictReader(io.StringIO(contents["wallet/statement.csv"].decode())))
    entries = Entry.objects.filter(account__owner=user, account__kind__in=CUSTOMER_KINDS).order_by("pk")
    assert [int(line["id"]) for line in lines] == list(entries.values_list("pk", flat=True))
    assert "10" in {line["amount"] for line in lines}
    records = [json.loads(line) for line in contents["wallet/travel_rule.jsonl"].splitlines()]
    named = ("withdrawal", "by", "reason", "originator", "beneficiary", "provider", "is_own", "address", "coin", "amount")
    about = (arrange.ADDRESS, "ETH", "1")
    number = str(waiting.public_id)
    assert [tuple(record[name] for name in named) for record in records] == [
        (number, "customer", "", "Mei-Hua Lin", "", "", True, *about),
        (number, str(officer.uid), "by telephone", "Mei-Hua Lin", "Ada Lovelace", "Kraken", False, *about),
    ]
    listed = json.loads(contents["manifest.json"])["entries"]
    assert {"wallet/statement.csv", "wallet/travel_rule.jsonl"} <= listed.keys()
    everything = b"".join(contents.values())
    assert b"Somebody Else" not in everything
    assert str(theirs.public_id).encode() not in everything


def test_what_was_erased_is_said_to_be_erased():
    user = person("Mei-Hua")
    waiting = arrange.ask(user)
    recording.tell(customer=user, public_id=waiting.public_id, told=Told(is_own=True))
    _forget_words([user])
    record = json.loads(file_of(user)["wallet/travel_rule.jsonl"])
    assert (record["is_erased"], "originator" in record, record["withdrawal"]) == (True, False, str(waiting.public_id))
