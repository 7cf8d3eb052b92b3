"""The key of the blind indexes is exchanged while everything runs: at no time is a number taken twice, or not found."""

from __future__ import annotations

import json
import secrets
import threading
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.conf import LazySettings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import IntegrityError, models, transaction

from accounts.models import User
from accounts.services.officers import Act
from config.environment import blind_index_keys
from config.kit.clock import now
from config.kit.crypto import Unsealable
from kyc.errors import BankAccountKnown, IdNumberTaken
from kyc.models import BankAccount, Case, Identity, NamedNumber
from kyc.services import (
    bank_accounts,
    bank_details,
    blind_indexes,
    contested,
    identity,
    index_rotation,
    named_numbers,
    neighbours,
    recovery,
    vault,
)
from kyc.services.bank_details import BankDetails
from kyc.services.refusals import spoken
from tests import factories_kyc as make
from tests.accounts.threads import at_once
from tests.kyc.test_bank_accounts import add, applied, approve

pytestmark = pytest.mark.django_db
OLD, NEW = secrets.token_bytes(32), secrets.token_bytes(32)
BOTH = {"1": OLD, "2": NEW}


@pytest.fixture(autouse=True)
def old_key(settings: LazySettings) -> None:
    """What is written at first is indexed under the first key alone."""
    settings.BLIND_INDEX_KEYS = {"1": OLD}


def rotate(*arguments: str) -> dict[str, Any]:
    """What the command reports; its exit code is asked by `ok`."""
    out = StringIO()
    try:
        call_command("rotate_indexes", "--json", *arguments, stdout=out)
    except SystemExit:
        assert not json.loads(out.getvalue())["ok"]
    told: dict[str, Any] = json.loads(out.getvalue())
    return told


def refused(number: str) -> bool:
    """Whether somebody new is refused this number."""
    user = make.customer()
    try:
        with transaction.atomic():
            identity.submit(user=user, details=make.personal_data(id_number=number))
            raise Unsealable  # taken: undo it
    except Unsealable:
        return False
    except IdNumberTaken:
        return True


def test_a_number_is_refused_and_found_before_while_and_after_its_key_is_exchanged(settings: LazySettings) -> None:
    number = make.id_number()
    holder = make.level_two(make.level_one(id_number=number))
    stages = [{"1": OLD}, BOTH, BOTH, {"2": NEW}, {"2": NEW}]
    for place, keys in enumerate(stages):
        settings.BLIND_INDEX_KEYS = keys
        if place in (2, 4):
            assert rotate()["ok"]
        assert refused(number), place
        assert recovery.number_fits(holder, number), place
        assert not recovery.number_fits(holder, make.id_number()), place
    row = Identity.objects.get(user=holder)
    assert row.number_index is None
    assert row.second_number_index is not None
    assert not NamedNumber.objects.exclude(number_index=None).exists()
    assert rotate()["tables"]["kyc.Identity"] == {"seen": 0, "turned": 0, "unreadable": 0, "refused": 0}


def test_neighbours_of_one_key_and_of_both_find_each_other_once(settings: LazySettings) -> None:
    number = make.id_number()
    case = make.submitted(make.level_one(id_number=number))
    settings.BLIND_INDEX_KEYS = BOTH
    assert refused(number)
    claimant = make.customer()
    with pytest.raises(IdNumberTaken):
        identity.submit(user=claimant, details=make.personal_data(id_number=number))
    for done in (False, True):
        assert not done or rotate()["ok"]
        assert {near.user.pk for near in neighbours.of_number(claimant)} == {case.user_id}
        assert claimant.pk in {near.user.pk for near in neighbours.of_number(case.user)}
        assert neighbours.counts([case.pk])[case.pk] == len(neighbours.of_number(case.user))
    settings.BLIND_INDEX_KEYS = {"2": NEW}
    assert {near.user.pk for near in neighbours.of_number(claimant)} == {case.user_id}


def test_bank_accounts_are_known_and_meet_while_their_key_is_exchanged(settings: LazySettings) -> None:
    one, other = approve(applied()), applied()  # everybody names the same account
    details = bank_accounts.details_of(add(one))
    settings.BLIND_INDEX_KEYS = BOTH
    insert_again(one, details)
    assert [row.user_id for row in neighbours.of_bank_account(other)] == [one.pk]
    tag = bank_details.tag(details)
    assert rotate()["ok"]
    assert not BankAccount.objects.filter(second_number_index=None).exists()
    settings.BLIND_INDEX_KEYS = {"2": NEW}
    assert rotate()["ok"]
    insert_again(one, details)
    assert [row.user_id for row in neighbours.of_bank_account(other)] == [one.pk]
    assert bank_details.tag(details) == tag


def insert_again(user: User, details: BankDetails) -> None:
    """The same account a second time is refused by the database."""
    with pytest.raises(BankAccountKnown), spoken(), transaction.atomic():
        bank_accounts._insert(user, details, "Lin", case=None)


def test_either_column_refuses_twins_beneath_the_services(settings: LazySettings) -> None:
    settings.BLIND_INDEX_KEYS = BOTH
    one, other = (Identity.objects.get(user=make.level_one()) for _ in range(2))
    for column in ("number_index", "second_number_index"):
        with pytest.raises(IntegrityError, match="_unique"), transaction.atomic():
            Identity.objects.filter(pk=other.pk).update(**{column: getattr(one, column)})
    with pytest.raises(IntegrityError, match="kyc_identity_number_indexed"), transaction.atomic():
        Identity.objects.filter(pk=one.pk).update(number_index=None, second_number_index=None)


@pytest.mark.usefixtures("real_db")
def test_of_processes_of_which_some_know_the_new_key_one_gets_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    number, people, known = make.id_number(), [make.customer() for _ in range(4)], threading.local()
    monkeypatch.setattr(blind_indexes, "_keys", lambda: known.keys)

    def submit(place: int) -> object:
        known.keys = BOTH if place % 2 else {"1": OLD}
        return identity.submit(user=people[place], details=make.personal_data(id_number=number))

    results = at_once(4, submit)
    assert sum(isinstance(result, Case) for result in results) == 1
    assert sum(isinstance(result, IdNumberTaken) for result in results) == 3


def test_what_is_interrupted_or_changed_meanwhile_is_finished_by_the_next_run(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_rotation, "ROWS_AT_ONCE", 2)
    users = [make.customer() for _ in range(4)]
    for user in users:
        identity.submit(user=user, details=make.personal_data())
    number, freed = make.id_number(), users[3]
    settings.BLIND_INDEX_KEYS = BOTH
    assert [one["turned"] for one in rotate("--dry-run")["tables"].values()][:3] == [4, 4, 0]
    assert not Identity.objects.exclude(second_number_index=None).exists()
    meanwhile = {
        users[1].pk: lambda: identity.submit(user=users[1], details=make.personal_data(id_number=number)),
        freed.pk: lambda: contested.release(holder=freed, act=Act(reason="the owner showed the card", by="ops")),
    }

    def read(row: Identity) -> dict[str, Any]:
        """What is to be written; behind it the customer is faster."""
        found = index_rotation.TABLES[0].columns(row)
        meanwhile[row.user_id]() if row.user_id in meanwhile else None
        return found

    work = index_rotation.turn(replace(index_rotation.TABLES[0], columns=read), dry=False)
    tally = next(work)
    assert (tally.seen, tally.turned) == (2, 1)
    del work  # interrupted
    assert (index_rotation.due(index_rotation.TABLES[0]), list(meanwhile)) == (2, [users[1].pk, freed.pk])
    (*_, tally) = index_rotation.turn(replace(index_rotation.TABLES[0], columns=read), dry=False)
    assert (tally.seen, tally.turned) == (2, 1)
    assert rotate()["ok"]
    assert refused(number)
    released = Identity.objects.get(user=freed)
    assert not refused(vault.unseal_facts(freed.pk, released.sealed, context=released.seal_context)["id_number"])
    assert index_rotation.due(index_rotation.TABLES[0]) == 0


def test_a_column_is_not_filled_under_a_second_key_before_it_was_emptied(settings: LazySettings) -> None:
    make.level_one()
    settings.BLIND_INDEX_KEYS = {"1": NEW}
    with pytest.raises(CommandError, match=r"kyc\.Identity\.number_index is filled under another key"):
        rotate()


def test_a_row_that_can_not_be_opened_is_told_and_left(settings: LazySettings) -> None:
    user: User = make.level_one()
    Identity.objects.filter(user=user).update(sealed=b"broken")
    settings.BLIND_INDEX_KEYS = BOTH
    report = rotate()
    assert (report["ok"], report["tables"]["kyc.Identity"]["unreadable"]) == (False, 1)


def test_of_many_rows_a_twin_alone_is_refused(settings: LazySettings) -> None:
    people = [make.level_one() for _ in range(4)]
    settings.BLIND_INDEX_KEYS = BOTH
    twin = Identity.objects.get(user=people[1])
    taken = named_numbers.held(twin).indexes.second_number_index
    Identity.objects.filter(user=people[3]).update(second_number_index=taken, released_at=now())
    report = rotate()
    assert (report["ok"], report["tables"]["kyc.Identity"]) == (False, {"seen": 3, "turned": 2, "unreadable": 0, "refused": 1})
    assert Identity.objects.get(second_number_index=None) == twin


def test_keys_that_are_at_hand_are_of_these_customers_and_for_a_while() -> None:
    one, other = make.level_one(), make.level_one()
    with vault.keys_at_hand({one.pk}):
        assert vault.opening_key_of(one.pk)
        with pytest.raises(Unsealable):
            vault.opening_key_of(other.pk)
    assert vault.opening_key_of(other.pk)


def test_every_blind_index_has_its_turn() -> None:
    names = ("_index", "destination_hash")
    found = {
        model
        for model in apps.get_models()
        if not model._meta.proxy
        if any(isinstance(field, models.BinaryField) and field.name.endswith(names) for field in model._meta.concrete_fields)
    }
    assert found == {table.model for table in index_rotation.TABLES}


def test_keys_of_indexes_are_read_from_the_environment_and_nonsense_is_refused() -> None:
    hash_key, new = b"h" * 40, "QUJD" * 10 + "QUI="
    assert blind_index_keys("", hash_key=hash_key) == {"1": hash_key}
    keys = blind_index_keys(f"2:{new}, 1:HASH_KEY", hash_key=hash_key)
    assert keys == {"2": b"ABC" * 10 + b"AB", "1": hash_key}
    for bad in ("x", "3:HASH_KEY", "1:QUJD", f"1:{new},1:{new}", "1:***"):
        with pytest.raises(ImproperlyConfigured, match="BLIND_INDEX_KEYS"):
            blind_index_keys(bad, hash_key=hash_key)
