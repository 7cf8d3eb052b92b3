"""What a sub-account has of its parent and what it may not: no way out for money, no identity of its own, no heirs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from accounts.errors import NotForSubAccounts
from accounts.models import User
from accounts.services import second_factor
from config.kit.clock import now
from kyc.models import Case, CaseState
from kyc.services import entitlements
from tests import levels
from tests.client import Api
from tests.factories_accounts import CLIENT, customer, token_of
from tests.factories_around import SUB_PASSWORD, proof_body, sub_account, sub_token
from tests.factories_wallet import available, fund
from tests.kyc import pictures
from tests.wallet.withdrawals.crowd import at_once, patiently
from wallet.services import sub_accounts as family

ADDRESS = "0x52908400098527886E0F7030069857D2E4169EE7"
URL = "/api/v1/sub-accounts"


def verified(level: int = 2) -> User:
    """A customer of this identity level."""
    user = customer()
    levels.give(user, level, at=now())
    return user


@pytest.mark.django_db
def test_a_sub_account_has_its_parents_identity_level() -> None:
    parent = verified(2)
    sub = sub_account(parent)
    assert entitlements.level_of(sub) == 2
    opened = entitlements.allowed(sub)
    assert (opened["deposit"], opened["trade"]) == (True, True)
    assert not any(opened[act] for act in entitlements.CLOSED_TO_SUB_ACCOUNTS)
    assert entitlements.allowed(parent)["withdraw_crypto"]
    Case.objects.filter(user=parent, level=2).update(state=CaseState.REJECTED)
    assert entitlements.level_of(sub) == 1


@pytest.mark.django_db
def test_its_money_does_not_leave_by_withdrawal(api: Api) -> None:
    parent = verified(2)
    sub = sub_account(parent)
    fund(sub, "5")
    body = {"coin": "ETH", "network": "ETHEREUM", "address": ADDRESS, "amount": "1"}
    refused = api.post("/api/v1/withdrawals", body, token=sub_token(sub))
    assert (refused.status_code, refused.json()["slug"]) == (403, "accounts.not_for_sub_accounts")
    assert available(sub) == 5


@pytest.mark.django_db
def test_it_is_verified_through_its_parent_only(api: Api) -> None:
    sub = sub_account(customer())
    token = sub_token(sub)
    data = {
        "first_name": "Mei", "last_name": "Lin", "birthday": "1990-02-28", "nationality": "TW", "residence": "TW",
        "id_type": "national_id", "id_number": "A123456789",
    }  # fmt: skip
    from django.core.files.uploadedfile import SimpleUploadedFile

    picture = SimpleUploadedFile("a.jpg", pictures.jpeg(), "image/jpeg")
    answers: list[Any] = [
        api.post("/api/v1/kyc/basic", data, token=token),
        api.post("/api/v1/kyc/phone", {"phone": "+886912345678", "code": "123456"}, token=token),
        api.post("/api/v1/kyc/applications", {"level": 2}, token=token),
        api.post("/api/v1/codes", {"purpose": "kyc_phone", "phone": "+886912345678"}, token=token),
        api.upload("/api/v1/kyc/documents", {"kind": "id_front", "file": picture}, token=token),
    ]
    for answer in answers:
        assert (answer.status_code, answer.json()["slug"]) == (403, "accounts.not_for_sub_accounts")
    assert not Case.objects.filter(user=sub).exists()


@pytest.mark.django_db
def test_an_empty_one_is_removed_with_a_proof_and_everything_of_it_ends(api: Api) -> None:
    parent = customer()
    sub = sub_account(parent, username="desk.two")
    token, theirs = token_of(parent), sub_token(sub)
    bare = api.delete(f"{URL}/{sub.uid}", token=token)
    assert 400 <= bare.status_code < 500
    assert api.delete(f"{URL}/{sub.uid}", proof_body(parent, "sub_account_delete"), token=token).status_code == 204
    assert api.get("/api/v1/me", token=theirs).status_code == 401
    assert api.post("/api/v1/sessions", {"username": "desk.two", "password": SUB_PASSWORD}).status_code == 401
    assert api.get(URL, token=token).json()["results"] == []
    assert api.get(f"{URL}/{sub.uid}", token=token).status_code == 404
    fund(parent, "1")
    gone = api.post(f"{URL}/transfers", {"target": str(sub.uid), "coin": "ETH", "amount": "1"}, token=token)
    assert (gone.status_code, gone.json()["slug"], available(parent)) == (404, "api.absent", 1)
    again = {"username": "desk.two", "password": SUB_PASSWORD, **proof_body(parent, "sub_account_add")}
    assert api.post(URL, again, token=token).json()["slug"] == "accounts.username_taken"


@pytest.mark.django_db
def test_one_with_money_is_not_removed(api: Api) -> None:
    parent = customer()
    sub = sub_account(parent)
    fund(sub, "0.5")
    refused = api.delete(f"{URL}/{sub.uid}", proof_body(parent, "sub_account_delete"), token=token_of(parent))
    assert (refused.status_code, refused.json()["slug"]) == (409, "accounts.sub_account_not_empty")
    assert (refused.json()["coin"], refused.json()["amount"]) == ("ETH", "0.5")
    sub.refresh_from_db()
    assert sub.status == "normal"


@pytest.mark.django_db
def test_nothing_is_credited_to_a_removed_one() -> None:
    parent = verified(2)
    sub = sub_account(parent)
    User.objects.filter(pk=sub.pk).update(status="deleted")
    sub.refresh_from_db()
    assert entitlements.level_of(sub) == 0
    assert not entitlements.allowed(sub)["deposit"]


@pytest.mark.parametrize("turn", range(4))
def test_money_and_removal_at_once_never_leave_money_on_a_removed_one(
    real_db: None, monkeypatch: pytest.MonkeyPatch, turn: int
) -> None:
    parent = customer()
    sub = sub_account(parent)
    monkeypatch.setattr(second_factor, "require", lambda *_args, **_named: None)
    fund(parent, "10")
    give = patiently(lambda: family.transfer(parent=parent, source=None, target=sub.uid, coin="ETH", amount="1"))
    end = patiently(lambda: family.remove(parent=parent, uid=sub.uid, proof=None, client=CLIENT))
    at_once([give, end, give, end] if turn % 2 else [end, give, end, give])
    sub.refresh_from_db()
    left = available(sub)
    assert sub.status != "deleted" or left == 0
    assert available(parent) + left == Decimal(10)


@pytest.mark.django_db
def test_officers_have_no_sub_accounts() -> None:
    from tests.factories_accounts import officer

    with pytest.raises(NotForSubAccounts):
        family.movements(officer()[0])
