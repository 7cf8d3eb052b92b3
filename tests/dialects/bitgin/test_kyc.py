"""Identity checks on bitgin: the steps, what is shown of them, and what is out of order."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache

from accounts.models import User
from apikeys.models import Scheme
from kyc.models import BankAccount, Case, Document, DocumentKind, Identity
from kyc.services import decisions, identity, one_name
from tests import factories_kyc as kyc
from tests.apikeys import people as keys
from tests.apikeys.independent import BtseClient
from tests.apikeys.test_foreign_requests import issue
from tests.client import Api
from tests.dialects.bitgin import people
from tests.dialects.bitgin.people import ANSWERS, BANK, PASSWORD, Caller, files_of, refused
from tests.kyc import pictures

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_rates() -> None:
    cache.clear()


def status(person: people.Person) -> dict[str, Any]:
    return dict(person.caller.get("kyc/status").json()["data"])


def test_the_whole_way_from_signing_up_to_level_three_through_bitgin_and_seen_natively() -> None:
    person = people.signed_in()
    issued = issue(person.user, Scheme.BTSE, ("read",))
    person.caller.prefix = "/bitgin/v1"
    app = people.bind(person)
    assert person.caller.post("logout").json()["code"] == 1
    person.log_in()
    person.caller.token = person.caller.post("user/check/2FA", {"totpCode": app.code()}).headers["token"]
    assert status(person) == {
        "name": "", "gender": None, "identityNumber": "", "mobilePhone": "", "level": 0, "statusLevel1": 1,
        "idPhotoVerification": 1, "idSelfieVerification": 1, "secondIdPhotoVerification": 1, "addressVerification": 1,
        "statusLevel2": 1, "bankAccountVerification": 1, "statusLevel3": 1, "allowChangeBankAccount": False,
    }  # fmt: skip
    number = people.told_data(person)
    code = people.phone_code(person)
    assert person.caller.post("kyc/verify_basic_data", {"mobilePhone": person.phone, "code": code}).json()["code"] == 1
    phone = f"0{person.phone.removeprefix('+886')}"
    told = status(person)
    assert (told["name"], told["gender"], told["level"], told["statusLevel1"]) == ("林*得", 1, 1, 3)
    assert told["identityNumber"] == f"{number[:3]}****{number[-2:]}"
    assert told["mobilePhone"] == f"{phone[:4]}***{phone[-3:]}"
    people.upload_images(person)
    assert person.caller.post("kyc/apply_level_2", ANSWERS).json()["code"] == 1
    assert {status(person)[name] for name in ("statusLevel2", "idPhotoVerification", "addressVerification")} == {2}
    kyc.decide(decisions.approve, people.case_of(person, 2))
    assert person.caller.get("user").json()["data"]["allowTrade"] is True
    assert person.caller.upload("kyc/apply_level_3", files_of(BANK)).json()["code"] == 1
    assert status(person)["bankAccountVerification"] == 2
    assert person.caller.post("user/bank_accounts").json()["data"] == []
    kyc.decide(decisions.approve, people.case_of(person, 3))
    told = status(person)
    assert (told["level"], told["statusLevel3"], told["bankAccountVerification"]) == (3, 3, 3)
    user = person.caller.get("user").json()["data"]
    assert (user["kycLevel"], user["isKyc"], user["allowFiatWithdrawal"]) == (3, True, True)
    (account,) = person.caller.post("user/bank_accounts", {"currency": "TWD"}).json()["data"]
    shown = account["code"], account["account"], account["accountHolder"], account["swiftCode"]
    assert shown == ("005", BANK["account"], "林*得", "")
    by_key = BtseClient(issued.api_key.key, issued.secret).sign("POST", "/v1/user/bank_accounts", b"{}")
    assert keys.send(by_key).json()["data"] == [{**account, "account": f"****{BANK['account'][-4:]}"}]
    assert person.caller.post("user/bank_accounts", {"currency": "USD"}).json()["data"] == []
    native = Api().post("/api/v1/sessions", {"login": person.email, "password": PASSWORD}).json()
    assert native["methods"][0] == "totp"


def test_each_step_out_of_order_or_done_again_is_told_by_its_number() -> None:
    person = people.signed_in()
    refused(person.caller.post("kyc/apply_level_2", ANSWERS), 400, -19)
    refused(person.caller.upload("kyc/apply_level_3", files_of(BANK)), 400, -19)
    assert not Document.objects.exists()
    person = people.level_one()
    refused(person.caller.post("kyc/basic_data", BASIC), 400, 5605)
    refused(person.caller.post("kyc/verify_basic_data", {"mobilePhone": person.phone, "code": "123456"}), 400, 5605)
    refused(person.caller.post("kyc/apply_level_2", ANSWERS), 400, -2)
    people.upload_images(person)
    person.caller.post("kyc/apply_level_2", ANSWERS)
    refused(person.caller.post("kyc/apply_level_2", ANSWERS), 400, 5601)
    kyc.decide(decisions.approve, people.case_of(person, 2))
    refused(person.caller.post("kyc/apply_level_2", ANSWERS), 400, 5605)
    person.caller.upload("kyc/apply_level_3", files_of(BANK))
    refused(person.caller.upload("kyc/apply_level_3", files_of(BANK)), 400, 5601)
    kyc.decide(decisions.approve, people.case_of(person, 3))
    refused(person.caller.upload("kyc/apply_level_3", files_of(BANK)), 400, 5605)


def test_what_was_sent_back_is_brought_again_and_shown_as_such() -> None:
    person = people.applied_two()
    people.send_back(person, DocumentKind.ID_BACK)
    told = status(person)
    assert (told["statusLevel2"], told["idPhotoVerification"], told["idSelfieVerification"]) == (4, 4, 3)
    answer = person.caller.post("kyc/apply_level_2", ANSWERS)
    refused(answer, 400, -2)
    assert answer.json()["msg"] == "Missing image."
    people.upload_images(person, 2)
    assert person.caller.post("kyc/apply_level_2", ANSWERS).json()["code"] == 1
    assert status(person)["statusLevel2"] == 2


def test_the_questionnaire_comes_nested_or_with_dotted_names() -> None:
    person = people.level_one()
    refused(person.caller.post("kyc/apply_level_2", {"q1": "a"}), 400, 5608)  # what was said comes before what is missing
    people.upload_images(person)
    dotted = {f"{q}.{name}": value for q, answer in ANSWERS.items() for name, value in answer.items()}
    for change in (
        {"q1.value": "nothing"},
        {"q1.otherValue": ""},
        {"q1.otherValue": "x" * 201},
        {"q2.value": 5},
        {"q3.value": None},
    ):
        refused(person.caller.post("kyc/apply_level_2", {**dotted, **change}), 400, 5608)
    refused(person.caller.post("kyc/apply_level_2", {}), 400, 5608)
    refused(person.caller.post("kyc/apply_level_2", {"q1": ["a"]}), 400, 5608)
    raw = "&".join(f"{name}={value}" for name, value in dotted.items()).encode()
    answer = person.caller.call("POST", "kyc/apply_level_2", raw, "application/x-www-form-urlencoded")
    assert answer.json()["code"] == 1, answer.content


def test_a_file_that_is_no_image_or_too_large_is_invalid_and_each_kind_of_image_is_taken() -> None:
    person = people.level_one()
    large = pictures.jpeg() + b"\x00" * (5 * 1024 * 1024)
    for content in (b"", b"junk", large, large * 2):
        answer = person.caller.upload("kyc/image", {"file": people.file(content), "type": 1})
        refused(answer, 400, -2)
        assert answer.json()["msg"] == "Invalid file.", len(content)
    for kind, name in enumerate(("(jpeg)", "(png)", "(pdf)"), start=1):
        assert (
            person.caller.upload("kyc/image", files_of({"file": name, "type": kind})).json()["data"]["contentType"]
            == "image/jpeg"
        )
    for unknown in ("0", "7", "x", "", "1.5"):
        answer = person.caller.upload("kyc/image", files_of({"file": "(jpeg)", "type": unknown}))
        refused(answer, 400, -2)
        assert answer.json()["msg"] == "Invalid type."
    assert person.caller.upload("kyc/image", {"type": 1}).json()["msg"] == "Invalid file."
    refused(person.caller.post("kyc/image", {"type": 1}), 400, -2)


def test_level_three_asks_for_every_part_of_an_account_and_keeps_nothing_of_a_bad_one() -> None:
    person = people.level_two()
    for name in ("code", "branch", "account"):
        for said in ({**BANK, name: ""}, {key: value for key, value in BANK.items() if key != name}):
            answer = person.caller.upload("kyc/apply_level_3", files_of(said))
            refused(answer, 400, -2)
            assert answer.json()["msg"] == "Missing bank account."
        for wrong in ("9" * 41, "x", "１２３"):
            refused(person.caller.upload("kyc/apply_level_3", files_of({**BANK, name: wrong})), 400, -2)
    assert not BankAccount.objects.exists()
    assert status(person)["statusLevel3"] == 1


def test_a_phone_of_another_customer_and_a_number_of_another_customer_open_nothing() -> None:
    owner, person = people.level_one(), people.signed_in()
    number = identity.read(owner.user)
    assert number is not None
    refused(person.caller.post("kyc/basic_data", {**BASIC, "identityNumber": number.id_number}), 400, 10031)
    people.told_data(person)
    User.objects.filter(pk=owner.user.pk).update(phone=None)
    code = people.phone_code(person)
    User.objects.filter(pk=owner.user.pk).update(phone=person.phone)
    refused(person.caller.post("kyc/verify_basic_data", {"mobilePhone": person.phone, "code": code}), 400, 10012)
    assert status(person)["level"] == 0


@pytest.mark.parametrize(("strict", "code"), [(False, 1), (True, 10012)])
def test_whose_phone_it_is_is_told_under_strict_codes_only(strict: bool, code: int, settings: Any) -> None:
    settings.STRICT_CODES = strict
    user = kyc.level_one()
    for written in (user.phone, f"0{(user.phone or '').removeprefix('+886')}"):
        assert Caller().post("kyc/check_mobile", {"mobilePhone": written}).json()["code"] == code
    assert Caller().post("kyc/check_mobile", {"mobilePhone": kyc.phone_number()}).json()["code"] == 1


def test_a_residents_number_is_a_permit_and_its_holder_may_say_another_nationality() -> None:
    person = people.signed_in()
    said = {**BASIC, "name": "Ada King Lovelace", "identityNumber": kyc.permit_number(), "nationality": "GB"}
    assert person.caller.post("kyc/basic_data", said).json()["code"] == 1
    kept = identity.read(person.user)
    assert kept is not None
    assert (kept.id_type, kept.nationality, kept.residence) == ("residence_permit", "GB", "TW")
    assert (kept.first_name, kept.last_name) == ("Ada King", "Lovelace")
    assert status(person)["name"] == "A*e"


@pytest.mark.parametrize(
    ("name", "parts"),
    [("林小得", ("小得", "林")), ("歐陽小得", ("小得", "歐陽")), ("歐陽", ("陽", "歐")), ("Ada Lovelace", ("Ada", "Lovelace"))],
)
def test_a_name_in_one_piece_is_parted_and_joined_again(name: str, parts: tuple[str, str]) -> None:
    assert one_name.split(name) == parts
    assert one_name.joined(first_name=parts[0], last_name=parts[1]) == name


def test_a_key_reads_the_status_and_bank_accounts_and_uploads_nothing() -> None:
    user = kyc.level_one()
    issued = issue(user, Scheme.BTSE, ("read",))
    client = BtseClient(issued.api_key.key, issued.secret)
    start = keys.now_milliseconds()
    assert keys.send(client.sign("GET", "/bitgin/v1/kyc/status", moment=str(start))).json()["data"]["level"] == 1
    assert keys.send(client.sign("POST", "/v1/user/bank_accounts", b"{}", moment=str(start + 1))).json()["data"] == []
    refused(keys.send(client.sign("POST", "/v1/kyc/apply_level_2", b"{}", moment=str(start + 2))), 403, -19)


BASIC = {"name": "林小得", "gender": 1, "birthday": "1990/02/28", "identityNumber": "A123456789"}
PHONE = {"mobilePhone": "+886912345678", "code": "123456"}


@pytest.mark.parametrize(
    ("path", "whole", "name", "values"),
    [("kyc/basic_data", BASIC, "name", (None, "", 5, "x" * 101, "林", "林5得")),
     ("kyc/basic_data", BASIC, "gender", (None, "", 2, "x", -1)),
     ("kyc/basic_data", BASIC, "birthday", (None, "", 5, "1990-02-28", "1990/02/30", "2990/01/01", "2020/01/01", "1800/01/01")),
     ("kyc/basic_data", BASIC, "identityNumber", (None, "", 5, "A123456788", "x" * 65, "A1", "!!!!")),
     ("kyc/verify_basic_data", PHONE, "mobilePhone", (None, "", 5, "x" * 25)),
     ("kyc/verify_basic_data", PHONE, "code", (None, "", "1" * 33, ["a"])),
     ("kyc/check_mobile", {}, "mobilePhone", (None, "", 5, "x" * 25)),
     ("user/bank_accounts", {}, "currency", (5, "x" * 17))],
)  # fmt: skip
def test_a_parameter_that_is_missing_or_no_good_is_named(path: str, whole: dict[str, Any], name: str, values: Any) -> None:
    caller = people.signed_in().caller
    for value in values:
        answer = caller.post(path, {**whole, name: value})
        refused(answer, 400, -2)
        if value in (None, "") and name != "gender":
            assert answer.json()["msg"].startswith((f"[empty {name}]", f"{name}:")), answer.content
    assert not Identity.objects.exists()
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    "path", ["kyc/basic_data", "kyc/verify_basic_data", "kyc/apply_level_2", "kyc/status", "user/bank_accounts"]
)
def test_without_a_session_nothing_of_it_opens(path: str) -> None:
    caller = Caller()
    body = {**BASIC, **PHONE, **ANSWERS}
    answer = caller.get(path) if path == "kyc/status" else caller.post(path, body)
    refused(answer, 401, 10002)
