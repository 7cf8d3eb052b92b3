"""The number of a verified document as second proof of a password's recovery."""

from __future__ import annotations

import pytest

from accounts.models import LoginRecord, PasswordRecovery, User
from accounts.services import passwords
from kyc.models import Identity
from kyc.services import recovery
from tests.accounts.changing import NEW, holds_of
from tests.accounts.recovering import URL, begin, finish, first_code
from tests.client import Api
from tests.factories_accounts import PASSWORD, bind_totp
from tests.factories_kyc import customer, id_number, level_one, level_two, permit_number

pytestmark = pytest.mark.django_db


def tell(api: Api, token: str, number: str) -> dict[str, object]:
    answer = api.post(f"{URL}/identity", {"token": token, "id_number": number})
    return {**answer.json(), "http": answer.status_code}


def verified() -> tuple[User, str, str]:
    """A customer with a verified document and the phone alone, its number, and the phone."""
    number = id_number()
    user = level_two(level_one(customer(), id_number=number))
    User.objects.filter(pk=user.pk).update(email=None)
    user.refresh_from_db()
    return user, number, user.phone or ""


def test_with_one_channel_and_a_verified_document_its_number_is_due_and_holds_money_for_three_days(api: Api) -> None:
    user, number, phone = verified()
    before = holds_of(user)
    token = begin(api, phone=phone)
    answer = first_code(api, token, phone=phone).json()
    assert (answer["state"], answer["methods"]) == ("code_proven", ["id_card"])
    assert finish(api, token).status_code == 409
    spelled = f"{number[:1].lower()}-{number[1:4]} {number[4:]}"
    assert tell(api, token, spelled)["state"] == "proven"
    assert PasswordRecovery.objects.get().used_id_card
    assert finish(api, token).status_code == 204
    assert holds_of(user)[len(before) :] == [("recovery", 72)]
    assert api.post("/api/v1/sessions", {"phone": phone, "password": NEW}).status_code == 201


def test_wrong_numbers_are_counted_and_lock(api: Api) -> None:
    user, number, phone = verified()
    token = begin(api, phone=phone)
    first_code(api, token, phone=phone)
    told = [tell(api, token, wrong) for wrong in (id_number(), "?", "x" * 64, "A1", id_number())]
    assert [one["slug"] for one in told] == ["accounts.recovery_proof_wrong"] * 5
    assert [one["failures"] for one in told] == [1, 2, 3, 4, 5]
    assert tell(api, token, number)["slug"] == "accounts.recovery_locked"
    assert LoginRecord.objects.filter(user=user, act="second_factor_failed").count() == 5


def test_a_document_that_no_officer_saw_is_not_asked_for(api: Api) -> None:
    number = id_number()
    user = level_one(customer(), id_number=number)
    User.objects.filter(pk=user.pk).update(email=None)
    token = begin(api, phone=user.phone or "")
    assert first_code(api, token, phone=user.phone or "").json()["state"] == "proven"
    assert tell(api, token, number)["http"] == 409
    assert not recovery.number_fits(user, number)


def test_the_number_takes_the_place_of_no_other_proof(api: Api) -> None:
    user, number, phone = verified()
    passwords.store(user, passwords.encode_forms(passwords.plain(PASSWORD)))
    bind_totp(user)
    token = begin(api, phone=phone)
    assert "totp" in first_code(api, token, phone=phone).json()["methods"]
    assert tell(api, token, number)["slug"] == "accounts.recovery_invalid"


def test_the_number_takes_the_place_of_the_other_channel_neither(api: Api) -> None:
    user, number, phone = verified()
    User.objects.filter(pk=user.pk).update(email="alice@example.com")
    token = begin(api, phone=phone)
    assert first_code(api, token, phone=phone).json()["methods"] == ["email"]
    assert tell(api, token, number)["slug"] == "accounts.recovery_invalid"


def test_another_customers_number_proves_nothing(api: Api) -> None:
    _, number, _ = verified()
    _, _, phone = verified()
    token = begin(api, phone=phone)
    first_code(api, token, phone=phone)
    assert tell(api, token, number)["slug"] == "accounts.recovery_proof_wrong"


def test_the_number_of_a_residence_permit_is_that_of_the_country_of_residence(api: Api) -> None:
    number = permit_number()
    user = level_two(level_one(customer(), id_number=number, nationality="JP", residence="TW", id_type="residence_permit"))
    assert Identity.objects.get(user=user).nationality == "JP"
    assert recovery.number_fits(user, number)
