"""Verifying an identity on bhex: typed data, two own images and a code, once; what became of it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.cache import cache

from kyc.models import Case, CaseState, Document, Identity, Level, Upload
from kyc.services import decisions, documents, entitlements, identity, names
from kyc.services.readings import Reading
from messaging.models import Code, Purpose
from tests import factories_kyc
from tests.dialects.bhex import identities, people
from tests.dialects.bhex.identities import case_of, info, proof, typed, user_of, verify
from tests.kyc import pictures
from tests.kyc.test_one_step import BORN

pytestmark = pytest.mark.django_db(transaction=True)
EMPTY = {
    "nationality": "", "firstName": "", "secondName": "", "gender": 0, "cardType": "", "cardNo": "", "cardFrontUrl": "",
    "cardHandUrl": "", "verifyStatus": 0, "refusedReason": "", "refusedReasonId": 0,
}  # fmt: skip


def number(answer: Any) -> int:
    assert answer.status_code == 400, answer.content
    return int(answer.json()["code"])


def test_what_was_handed_in_is_reviewed_approved_and_shown() -> None:
    person = people.signed_up()
    assert info(person) == EMPTY
    assert person.browser.get("/user/verify_info").json() == person.browser.get("/api/user/verify_info").json() == EMPTY
    assert verify(person).json() == {"success": True}
    case = case_of(person)
    assert (case.state, case.level, case.country) == (CaseState.SUBMITTED, Level.DOCUMENTS, "TW")
    kept = identity.read(user_of(person))
    assert kept is not None
    assert (kept.last_name, kept.first_name, kept.gender, kept.id_type) == ("林", "美華", "female", "national_id")
    shown = info(person, lang="zh-CN")
    assert {**shown, "cardFrontUrl": "", "cardHandUrl": ""} == {
        **EMPTY, "nationality": "台湾", "firstName": "林", "secondName": "美華", "gender": 2, "cardType": "身份证",
        "cardNo": f"{kept.id_number[:3]}****{kept.id_number[-2:]}", "verifyStatus": 1,
    }  # fmt: skip
    factories_kyc.decide(decisions.approve, case, read=BORN)
    assert entitlements.level_of(user_of(person)) == 2
    assert (info(person)["verifyStatus"], info(person)["cardType"]) == (2, "ID card")


def test_what_is_begun_elsewhere_and_not_handed_in_is_not_told() -> None:
    person = people.signed_up()
    documents.upload(user=user_of(person), kind="id_front", content=pictures.jpeg())
    identity.submit(user=user_of(person), details=factories_kyc.personal_data())
    assert info(person) == EMPTY


def test_the_two_images_are_shown_to_their_owner_by_whole_addresses() -> None:
    person = people.signed_up()
    verify(person)
    shown = info(person)
    for name in ("cardFrontUrl", "cardHandUrl"):
        origin, _, rest = shown[name].partition("/api/os/kyc_image/")
        assert (origin, bool(rest)) == ("http://testserver", True)
        answer = person.browser.get(shown[name].removeprefix(origin))
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
        assert people.signed_up().browser.get(shown[name].removeprefix(origin)).json()["code"] == 30010


@pytest.mark.parametrize(
    "card", [("1", "110105194912310", 31035), ("1", "11010519491231002X", 0), ("2", "E12345678", 0), ("2", "E", 31035)]
)
def test_a_number_is_held_to_its_countrys_rule(card: tuple[str, str, int]) -> None:
    person = people.signed_up()
    answer = verify(person, nationality="156", card_type=card[0], card_no=card[1])
    assert (answer.json() == {"success": True}) if not card[2] else (number(answer) == card[2])


@pytest.mark.parametrize("nationality", ["TW", "tw", "TWN", "158"])
def test_a_country_is_named_by_its_code_or_its_number(nationality: str) -> None:
    person = people.signed_up()
    assert verify(person, nationality=nationality).json() == {"success": True}
    assert case_of(person).country == "TW"


NO_GOOD: list[tuple[dict[str, Any], int]] = [
    ({"nationality": None}, 31028), ({"nationality": ""}, 31028), ({"nationality": "XX"}, 31029),
    ({"nationality": "999"}, 31029), ({"nationality": "Taiwan"}, 31029), ({"nationality": "x" * 9}, 31029),
    ({"first_name": None}, 31030), ({"first_name": ""}, 31030), ({"first_name": "<b>"}, 31030),
    ({"first_name": "x" * 101}, 31030),
    ({"second_name": None}, 31031), ({"second_name": ""}, 31031), ({"second_name": "1"}, 31031),
    ({"second_name": "x" * 101}, 31031),
    ({"gender": None}, 31032), ({"gender": ""}, 31032), ({"gender": "3"}, 31032), ({"gender": "male"}, 31032),
    ({"card_type": None}, 31033), ({"card_type": ""}, 31033), ({"card_type": "3"}, 31033), ({"card_type": "x"}, 31033),
    ({"card_no": None}, 31034), ({"card_no": ""}, 31034), ({"card_no": "A123456788"}, 31035), ({"card_no": "x" * 65}, 31035),
    ({"card_front_url": None}, 31036), ({"card_front_url": ""}, 31036), ({"card_front_url": "x" * 1_001}, 31036),
    ({"card_hand_url": None}, 31037), ({"card_hand_url": ""}, 31037), ({"card_hand_url": "nowhere"}, 31037),
    ({"auth_type": None}, 30003), ({"auth_type": "4"}, 30003), ({"order_id": None}, 30003), ({"order_id": "x"}, 30003),
    ({"verify_code": None}, 31014), ({"verify_code": ""}, 31014), ({"verify_code": "1" * 33}, 30003),
]  # fmt: skip


def test_each_parameter_that_is_missing_or_no_good_has_its_number_and_spends_no_code() -> None:
    person = people.signed_up()
    fields = {**typed(person), **proof(person)}
    for change, refusal in NO_GOOD:
        cache.clear()
        sent = {name: value for name, value in {**fields, **change}.items() if value is not None}
        assert number(person.browser.post("/api/user/verify", sent)) == refusal, change
    assert Code.objects.filter(consumed_at=None, purpose=Purpose.KYC).exists()
    assert not Case.objects.exists()
    assert not Identity.objects.exists()
    assert person.browser.post("/api/user/verify", fields).json() == {"success": True}


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:9/os/kyc_image/x.jpg", "https://evil.example/a.jpg?e=1", "file:///etc/passwd", "/os/kyc_image/x.jpg",
     "/os/kyc_image/" + "A" * 43 + ".jpg?e=1&token=x", "//evil.example/os/kyc_image/" + "A" * 43 + ".jpg"],
)  # fmt: skip
def test_an_image_that_is_not_ours_is_refused_and_never_fetched(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    person = people.signed_up()
    fields = {**typed(person), **proof(person)}
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: pytest.fail("it was asked for"))
    assert number(person.browser.post("/api/user/verify", {**fields, "card_front_url": url})) == 31036
    assert number(person.browser.post("/api/user/verify", {**fields, "card_hand_url": url})) == 31037
    assert not Case.objects.exists()


def test_another_customers_image_one_for_both_or_a_used_one_is_refused() -> None:
    person, other = people.signed_up(), people.signed_up()
    foreign, own = identities.image(other.browser), identities.image(person.browser)
    assert number(verify(person, card_front_url=foreign)) == 31036
    assert Code.objects.filter(consumed_at=None, purpose=Purpose.KYC).exists()
    assert number(verify(person, card_hand_url=foreign)) == 31037
    assert number(verify(person, card_front_url=own, card_hand_url=own)) == 31037
    assert not Document.objects.exists()
    assert verify(person).json() == {"success": True}


def test_an_image_that_waited_too_long_is_refused() -> None:
    person = people.signed_up()
    fields = {**typed(person), **proof(person)}
    path = fields["card_hand_url"].partition("?")[0]
    late = next(upload for upload in Upload.objects.all() if names.path_of(upload) == path)
    Upload.objects.filter(pk=late.pk).update(expires_at=late.created_at)
    assert number(person.browser.post("/api/user/verify", fields)) == 31037
    assert not Case.objects.exists()


def test_an_address_counts_by_its_path_alone_whatever_stands_around_it() -> None:
    person = people.signed_up()
    front, hand = identities.image(person.browser), identities.image(person.browser)
    fields = {**typed(person, card_front_url=f"https://www.bhex.cn/s_api{front}", card_hand_url=hand), **proof(person)}
    escaped = urlencode(fields).encode()
    answer = person.browser.call("POST", "/api/user/verify", escaped, "application/x-www-form-urlencoded")
    assert answer.json() == {"success": True}
    again = people.signed_up()
    body = json.dumps({**typed(again), **proof(again), "gender": 2, "card_type": 1}).encode()
    assert again.browser.call("POST", "/mapi/user/verify", body, "application/json").json() == {"success": True}
    third = people.signed_up()
    assert third.browser.upload("/api/user/verify", {**typed(third), **proof(third)}).json() == {"success": True}


def test_it_is_handed_in_once_until_it_is_sent_back() -> None:
    person = people.signed_up()
    verify(person)
    assert number(verify(person)) == 31067
    case = case_of(person)
    front = Document.objects.get(case=case, kind="id_front")
    factories_kyc.decide(decisions.send_back, case, refused={front.public_id: "image_unclear"})
    told = info(person)
    assert (told["verifyStatus"], told["refusedReasonId"]) == (3, 1)
    assert told["refusedReason"] == "The photo is not clear, please upload it again."
    assert info(person, lang="zh-TW")["refusedReason"] == "照片不清晰，請重新上傳。"
    card = identity.read(user_of(person))
    assert card is not None
    same = {"card_no": card.id_number, "card_hand_url": told["cardHandUrl"]}
    assert number(verify(person, **same, card_front_url=told["cardFrontUrl"])) == 31036
    assert verify(person, **same).json() == {"success": True}
    assert (info(person)["verifyStatus"], info(person)["refusedReason"]) == (1, "")
    factories_kyc.decide(decisions.approve, case_of(person), read=Reading(birthday=BORN.birthday))
    assert number(verify(person, card_no=card.id_number)) == 31067


def test_a_card_that_somebody_else_has_shown_is_refused() -> None:
    first, second = people.signed_up(), people.signed_up()
    card = factories_kyc.id_number()
    verify(first, card_no=card)
    assert number(verify(second, card_no=card)) == 31066
    assert info(second) == EMPTY


def test_a_child_is_refused() -> None:
    person = people.signed_up()
    assert number(verify(person, nationality="CN", card_no="110105202001010016")) in {30080, 31035}
    assert not Case.objects.exists()


def test_a_wrong_foreign_or_spent_code_hands_in_nothing() -> None:
    person, other = people.signed_up(), people.signed_up()
    fields, shown = typed(person), proof(person)
    for wrong in ({**shown, "verify_code": "000000"}, proof(other), {"auth_type": 1, **people.own_code(person, 11)},
                  {**shown, "auth_type": "3", "order_id": ""}):  # fmt: skip
        assert number(person.browser.post("/api/user/verify", {**fields, **wrong})) in {31015, 31024}
    assert not Case.objects.exists()
    spent = proof(person)
    assert person.browser.post("/api/user/verify", {**fields, **spent}).json() == {"success": True}
    assert number(person.browser.post("/api/user/verify", {**fields, **spent})) == 31015


def test_who_is_not_signed_in_is_told_so() -> None:
    browser = people.Browser()
    for path in ("/user/verify_info", "/api/user/verify_info", "/mapi/user/verify_info"):
        assert number(browser.get(path)) == number(browser.post(path)) == 30000
