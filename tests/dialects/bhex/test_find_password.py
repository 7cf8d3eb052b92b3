"""A forgotten password on bhex: each step in its order, and all that must lead nowhere."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine

from accounts.models import PasswordForm, PasswordRecovery, Session, User
from config.kit.clock import now
from tests.accounts.changing import holds_of
from tests.dialects.bhex import people
from tests.dialects.bhex.given_recovery import (
    NEW,
    PASSWORDS,
    begun,
    first_fields,
    forgetful,
    proven,
    second_fields,
)
from tests.dialects.bhex.given_security import with_authenticator
from tests.dialects.bhex.people import DIGEST, Browser, Person
from tests.dialects.bhex.test_bindings import CODE_LIFETIME, OVERLONG, WRONG_ORDER, changed, refused
from tests.factories_kyc import customer, id_number, level_one, level_two
from tests.factories_messaging import read_code
from tests.factories_passkeys import add_passkey

pytestmark = pytest.mark.django_db
SEQUENCE = [31201, 31202, 31203, 31204, 31205, 31206]
STEP1, STEP2, LAST = "/api/user/mobile_find_pwd_check1", "/api/user/find_pwd_check2", "/api/user/find_pwd"
SECOND_CODE = "/api/user/send_verify_code/find_pwd"


def stored(person: Person) -> set[str]:
    return set(PasswordForm.objects.filter(user__phone=person.phone).values_list("encoded", flat=True))


def opens(person: Person, digest: str) -> bool:
    fields = {"national_code": "86", "mobile": person.mobile, "password": digest}
    return bool(Browser().post("/api/user/mobile_authorize", fields).status_code == 200)


def test_a_password_is_found_by_both_steps_and_ends_all_sessions() -> None:
    person = forgetful()
    assert Session.objects.filter(user__phone=person.phone, ended_at__isnull=True).exists()
    answer = person.browser.post(LAST, {"request_id": proven(person), **PASSWORDS})
    assert answer.json() == {"success": True, "needFrozenLogin": False}
    assert not Session.objects.filter(user__phone=person.phone, ended_at__isnull=True).exists()
    assert (opens(person, NEW), opens(person, DIGEST)) == (True, False)
    assert ("recovery", 24) in holds_of(User.objects.get(phone=person.phone))


def test_without_a_second_way_the_code_is_enough_by_the_old_address_too() -> None:
    person = forgetful(with_email=False)
    told = begun(person)
    assert (told["need2FA"], told["authType"]) == ("false", "")
    answer = person.browser.post("/api/user/mobile_find_pwd_check", first_fields(person))
    assert set(answer.json()) == {"requestId"}
    assert person.browser.post(LAST, {"request_id": answer.json()["requestId"], **PASSWORDS}).status_code == 200
    assert opens(person, NEW)


def test_the_old_address_leads_past_no_second_step() -> None:
    person = forgetful()
    before = stored(person)
    request_id = person.browser.post("/api/user/mobile_find_pwd_check", first_fields(person)).json()["requestId"]
    assert refused(person, LAST, {"request_id": request_id, **PASSWORDS}) == 30010
    assert stored(person) == before


@pytest.mark.parametrize(
    ("name", "value", "number"),
    [("mobile", OVERLONG, 31002), ("mobile", "18600009999", 31201), ("order_id", WRONG_ORDER, 31201), ("order_id", "0", 31201),
     ("verify_code", "000000", 31201)],
)  # fmt: skip
@pytest.mark.parametrize("path", [STEP1, "/api/user/mobile_find_pwd_check"])
def test_the_first_step_by_phone_needs_all_of_it(path: str, name: str, value: str | None, number: int) -> None:
    person = forgetful(with_email=False)
    assert refused(person, path, changed(first_fields(person), name, value)) == number
    assert list(PasswordRecovery.objects.values_list("state", flat=True)) == ["started"]


@pytest.mark.parametrize(
    ("name", "value", "number"),
    [("email", "x@", 31005), ("email", "other@example.com", 31201), ("order_id", WRONG_ORDER, 31201),
     ("verify_code", "00000000", 31201)],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/api/user/email_find_pwd_check1", "/api/user/email_find_pwd_check"])
def test_the_first_step_by_email_needs_all_of_it(path: str, name: str, value: str | None, number: int) -> None:
    person = people.signed_up("email")
    assert refused(person, path, changed(first_fields(person, "email"), name, value)) == number
    assert list(PasswordRecovery.objects.values_list("state", flat=True)) == ["started"]


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("asked", [True, False])
@pytest.mark.parametrize("wrong", [{"verify_code": "000000"}, {"order_id": WRONG_ORDER}])
def test_wrong_codes_and_orders_are_numbered_alike_for_every_name(known: bool, asked: bool, wrong: dict[str, str]) -> None:
    person = forgetful(with_email=False) if known else people.somebody()
    fields = {"national_code": "86", "mobile": person.mobile, "order_id": WRONG_ORDER, "verify_code": "123456"}
    if asked and known:
        fields |= first_fields(person)
    elif asked:
        fields["order_id"] = people.order(person.browser, "/api/common/send_sms_verify_code", {**fields, "type": 3})
    told = [person.browser.post(STEP1, {**fields, **wrong}) for _ in SEQUENCE]
    assert [answer.json()["code"] for answer in told] == SEQUENCE
    assert {answer.status_code for answer in told} == {400}
    assert int(told[-1].headers["Retry-After"]) > 0
    assert refused(person, STEP1, fields) == 31206


def test_a_stranger_who_locks_the_name_does_not_lock_out_its_owners_device() -> None:
    person = people.signed_up()
    fields = first_fields(person)
    stranger = Person(person.number, Browser(ip="127.0.0.9"))
    for _ in range(4):
        refused(stranger, STEP1, {**fields, "order_id": WRONG_ORDER})
    assert refused(stranger, STEP1, {**fields, "order_id": WRONG_ORDER}) == 31205
    again = first_fields(person)
    assert refused(stranger, STEP1, again) == 31206
    assert person.browser.post(STEP1, again).status_code == 200


def test_a_first_code_is_good_once_and_not_for_long() -> None:
    person = forgetful()
    fields = first_fields(person)
    assert person.browser.post(STEP1, fields).status_code == 200
    assert refused(person, STEP1, fields) == 31201
    fields = first_fields(person)
    with time_machine.travel(now() + CODE_LIFETIME, tick=False):
        assert refused(person, STEP1, fields) == 31202


def test_the_request_of_a_former_code_is_over_once_the_next_is_asked_for() -> None:
    person = forgetful()
    former = first_fields(person)
    assert person.browser.post(STEP1, first_fields(person)).status_code == 200
    assert refused(person, STEP1, former) == 31201


@pytest.mark.parametrize(
    ("name", "value", "number"),
    [("request_id", "x" * 43, 30010), ("order_id", None, 31209), ("order_id", "", 31209), ("order_id", "0", 31209),
     ("order_id", WRONG_ORDER, 31201), ("verify_code", "9" * 65, 30003), ("verify_code", "000000", 31201)],
)  # fmt: skip
def test_the_second_step_needs_all_of_it(name: str, value: str | None, number: int) -> None:
    person = forgetful()
    fields = second_fields(person, str(begun(person)["requestId"]), person.email)
    assert refused(person, STEP2, changed(fields, name, value)) == number
    assert PasswordRecovery.objects.get().state == "code_proven"


def test_wrong_second_codes_are_counted_with_the_first_ones_and_lock() -> None:
    person = forgetful()
    fields = second_fields(person, str(begun(person)["requestId"]), person.email)
    assert [refused(person, STEP2, {**fields, "verify_code": "000000"}) for _ in SEQUENCE] == SEQUENCE
    assert refused(person, STEP2, fields) == 31206
    assert PasswordRecovery.objects.get().state == "code_proven"


def test_an_email_recovery_goes_on_by_phone() -> None:
    person = forgetful()
    told = begun(person, "email")
    assert (told["need2FA"], told["authType"]) == ("true", "MOBILE")
    assert refused(person, STEP2, {"request_id": told["requestId"], "verify_code": "123456"}) == 31210
    fields = second_fields(person, told["requestId"], person.phone)
    assert person.browser.post(STEP2, fields).json() == {"success": True}


def test_an_authenticator_is_the_only_second_step_where_one_is_bound() -> None:
    person, app = with_authenticator()
    person.browser = Browser()
    told = begun(person)
    assert (told["need2FA"], told["authType"]) == ("true", "GA")
    named = {"request_id": told["requestId"]}
    assert refused(person, SECOND_CODE, named) == 30010
    assert refused(person, LAST, {**named, **PASSWORDS}) == 30010
    assert refused(person, STEP2, {**named, "order_id": "0", "verify_code": "000000"}) == 31201
    assert person.browser.post(STEP2, {**named, "order_id": "0", "verify_code": app.code()}).json() == {"success": True}
    assert person.browser.post(LAST, {**named, **PASSWORDS}).status_code == 200


def test_the_number_of_a_verified_document_is_due_where_there_is_no_other_way() -> None:
    number = id_number()
    user = level_two(level_one(customer(), id_number=number))
    User.objects.filter(pk=user.pk).update(email=None)
    person = Person(0, Browser())
    named = {"national_code": "886", "mobile": str(user.phone).removeprefix("+886")}
    order = people.order(person.browser, "/api/common/send_sms_verify_code", {**named, "type": 3})
    fields = {**named, "order_id": order, "verify_code": read_code(str(user.phone))}
    told = person.browser.post(STEP1, fields).json()
    assert (told["need2FA"], told["authType"]) == ("true", "ID_CARD")
    request = {"request_id": told["requestId"], "order_id": ""}
    assert refused(person, LAST, {"request_id": told["requestId"], **PASSWORDS}) == 30010
    assert refused(person, STEP2, {**request, "verify_code": id_number()}) == 31201
    assert person.browser.post(STEP2, {**request, "verify_code": number}).json() == {"success": True}
    assert person.browser.post(LAST, {"request_id": told["requestId"], **PASSWORDS}).status_code == 200
    assert holds_of(user)[-1] == ("recovery", 72)


def test_an_account_whose_only_factor_is_a_passkey_is_recovered_elsewhere() -> None:
    person = people.signed_up()
    user = User.objects.get(phone=person.phone)
    add_passkey(user, Session.objects.get(user=user))
    person.browser = Browser()
    assert refused(person, STEP1, first_fields(person)) == 30080
    request_id = person.browser.post("/api/user/mobile_find_pwd_check", first_fields(person)).json()["requestId"]
    assert refused(person, LAST, {"request_id": request_id, **PASSWORDS}) == 30010
    assert refused(person, STEP2, {"request_id": request_id, "verify_code": "123456"}) == 31201


def test_the_last_step_needs_all_of_it() -> None:
    person = forgetful()
    before = stored(person)
    fields: dict[str, Any] = {"request_id": proven(person), **PASSWORDS}
    for change, number in (
        ({"request_id": "x" * 43}, 30010),
        ({"password2": DIGEST}, 31012),
        ({"password1": "short", "password2": "short"}, 31013),
        ({"password1": "a" * 1025, "password2": "a" * 1025}, 31013),
    ):
        assert refused(person, LAST, {**fields, **change}) == number
    assert stored(person) == before
    assert PasswordRecovery.objects.get().state == "proven"


def test_steps_skipped_and_repeated_are_refused_and_change_nothing() -> None:
    person = forgetful()
    before = stored(person)
    named = {"request_id": str(begun(person)["requestId"])}
    assert refused(person, LAST, {**named, **PASSWORDS}) == 30010
    fields = second_fields(person, named["request_id"], person.email)
    assert person.browser.post(STEP2, fields).status_code == 200
    assert refused(person, STEP2, fields) == 30010
    assert refused(person, SECOND_CODE, named) == 30010
    assert stored(person) == before
    assert person.browser.post(LAST, {**named, **PASSWORDS}).status_code == 200
    after = stored(person)
    assert refused(person, LAST, {**named, **PASSWORDS}) == 30010
    assert stored(person) == after


def test_one_customers_second_code_proves_nothing_for_another() -> None:
    person, other = forgetful(), forgetful()
    mine, theirs = str(begun(person)["requestId"]), str(begun(other)["requestId"])
    second_fields(person, mine, person.email)
    foreign = second_fields(other, theirs, other.email)
    assert refused(person, STEP2, {**foreign, "request_id": mine}) == 31201
    assert other.browser.post(STEP2, foreign).status_code == 200
