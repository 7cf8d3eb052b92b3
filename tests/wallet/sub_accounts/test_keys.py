"""A removed sub-account's keys end with it."""

from __future__ import annotations

import pytest

from accounts.models import AuditRecord
from accounts.services import second_factor
from apikeys.models import ApiKey, State
from apikeys.services import keys
from config.kit.errors import Absent
from tests.factories_accounts import CLIENT, customer
from tests.factories_around import sub_account
from wallet.services import sub_accounts as family

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def any_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second factor has tests of its own."""
    monkeypatch.setattr(second_factor, "require", lambda *_given, **_named: None)


def test_the_keys_of_a_removed_one_are_deleted_with_their_secrets_and_listed_no_more() -> None:
    parent = customer()
    sub, other = sub_account(parent), sub_account(parent)
    for uid in (str(sub.uid), str(sub.uid), str(other.uid), ""):
        keys.create(customer=parent, proof=None, label="robot", scopes=["read"], sub_account=uid)
    keys.change(customer=parent, public_id=ApiKey.objects.filter(user=sub).earliest("pk").public_id, proof=None, enabled=False)
    family.remove(parent=parent, uid=sub.uid, proof=None, client=CLIENT)
    ended = ApiKey.objects.filter(user=sub).values_list("state", "sealed_secret")
    assert list(ended) == [(State.DELETED, None)] * 2
    assert {key.user_id for key in keys.of_customer(parent)} == {parent.pk, other.pk}
    assert AuditRecord.objects.filter(act="apikeys.delete").count() == 2


def test_no_key_is_made_for_one_that_is_removed_while_the_proof_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    parent = customer()
    sub = sub_account(parent)

    def meanwhile(*_given: object, **_named: object) -> None:
        monkeypatch.setattr(second_factor, "require", lambda *_given, **_named: None)
        family.remove(parent=parent, uid=sub.uid, proof=None, client=CLIENT)

    monkeypatch.setattr(second_factor, "require", meanwhile)
    with pytest.raises(Absent):
        keys.create(customer=parent, proof=None, label="robot", scopes=["read"], sub_account=str(sub.uid))
    assert not ApiKey.objects.exists()
