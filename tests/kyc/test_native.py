"""The native endpoints, whole answers and bad input."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from kyc.models import Case, Identity
from messaging.models import Channel, Purpose
from messaging.services import codes
from tests import factories_kyc as make
from tests.client import Api
from tests.factories_messaging import read_code
from tests.kyc import pictures

pytestmark = pytest.mark.django_db

BASIC: dict[str, Any] = {
    "first_name": "Mei-Hua",
    "last_name": "Lin",
    "birthday": "1990-02-28",
    "nationality": "TW",
    "residence": "TW",
    "id_type": "national_id",
    "id_number": "A123456789",
}


@pytest.fixture
def user(api: Api) -> User:
    """A customer, signed in."""
    made = make.customer()
    api.token = make.token_of(made)
    return made


def upload(api: Api, kind: str) -> Any:
    """POST a good picture."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    return api.upload("/api/v1/kyc/documents", {"kind": kind, "file": SimpleUploadedFile("a.jpg", pictures.jpeg())})


def test_the_whole_way_to_review(api: Api, user: User) -> None:
    before = api.get("/api/v1/kyc").json()
    assert (before["level"], before["identity"]) == (0, None)
    assert [case["state"] for case in before["cases"]] == ["not_started"] * 3
    assert before["cases"][0]["missing"] == ["basic", "phone"]
    assert before["cases"][1]["missing"] == ["id_front", "id_back", "selfie", "application"]
    assert before["cases"][2]["missing"] == ["bank_book", "bank_account", "application"]
    assert before["questionnaire"]["questions"][0]["options"][0] == {"value": "investment", "text": "Investment"}
    assert api.post("/api/v1/kyc/basic", BASIC).json()["cases"][0]["missing"] == ["phone"]
    codes.send(
        purpose=Purpose.KYC_PHONE, channel=Channel.SMS, destination="+886912345678", user=user, language="en", ip="127.0.0.1"
    )
    answer = api.post("/api/v1/kyc/phone", {"phone": "+886 912 345 678", "code": read_code("+886912345678")})
    assert answer.status_code == 200
    assert answer.json()["level"] == 1
    assert answer.json()["entitlements"] == {
        "deposit": True,
        "withdraw_crypto": False,
        "trade": False,
        "inside_transfer": False,
        "deposit_fiat": False,
        "withdraw_fiat": False,
        "payment": False,
        "conversion": False,
        "change_bank_account": False,
    }
    for kind in ("id_front", "id_back", "selfie"):
        assert upload(api, kind).status_code == 201
    applied = api.post("/api/v1/kyc/applications", {"level": 2})
    assert applied.status_code == 202
    shown = applied.json()["cases"][1]
    assert (shown["state"], shown["missing"], shown["reason"]) == ("submitted", [], None)
    assert [document["state"] for document in shown["documents"]] == ["uploaded"] * 3
    assert set(shown["documents"][0]) == {"id", "kind", "state", "size_bytes", "page_count", "uploaded_at", "reason"}
    again = api.post("/api/v1/kyc/applications", {"level": 2})
    assert (again.status_code, again.json()["slug"]) == (409, "kyc.under_review")


@pytest.mark.parametrize(
    ("change", "status", "slug", "field"),
    [
        ({"first_name": "R2-D2"}, 400, "kyc.identity_invalid", "first_name"),
        ({"last_name": "<script>"}, 400, "kyc.identity_invalid", "last_name"),
        ({"last_name": "---"}, 400, "kyc.identity_invalid", "last_name"),
        ({"first_name": 5}, 400, "api.invalid", "first_name"),
        ({"first_name": "a\u0000b"}, 400, "api.malformed", ""),
        ({"first_name": None}, 400, "api.invalid", "first_name"),
        ({"birthday": "28.02.1990"}, 400, "api.invalid", "birthday"),
        ({"birthday": "1990-02-30"}, 400, "api.invalid", "birthday"),
        ({"birthday": "2990-02-28"}, 400, "kyc.birthday_invalid", "birthday"),
        ({"birthday": "1790-02-28"}, 400, "kyc.birthday_invalid", "birthday"),
        ({"birthday": "2020-02-28"}, 422, "kyc.too_young", "birthday"),
        ({"nationality": "XX"}, 400, "kyc.identity_invalid", "nationality"),
        ({"nationality": "TWN"}, 400, "api.invalid", "nationality"),
        ({"residence": "１２"}, 400, "kyc.identity_invalid", "residence"),
        ({"id_type": "library_card"}, 400, "api.invalid", "id_type"),
        ({"id_type": ["passport"]}, 400, "api.invalid", "id_type"),
        ({"id_number": "12"}, 400, "kyc.id_number_invalid", "id_number"),
        ({"id_number": "A12345678ß"}, 400, "kyc.id_number_invalid", "id_number"),
        ({"id_number": {"$ne": 1}}, 400, "api.invalid", "id_number"),
        ({"address": "a" * 301}, 400, "api.invalid", "address"),
    ],
)
def test_bad_data_name_the_field_and_write_nothing(
    change: dict[str, Any], status: int, slug: str, field: str, api: Api, user: User
) -> None:
    response = api.post("/api/v1/kyc/basic", {**BASIC, **change})
    assert (response.status_code, response.json()["slug"]) == (status, slug)
    assert not field or field in response.json()["fields"]
    assert not Identity.objects.exists()
    assert not Case.objects.exists()


def test_a_taken_number_is_a_conflict(api: Api, user: User) -> None:
    make.level_one(id_number="A123456789")
    response = api.post("/api/v1/kyc/basic", BASIC)
    assert (response.status_code, response.json()["slug"]) == (409, "kyc.id_number_taken")
    assert list(response.json()["fields"]) == ["id_number"]


@pytest.mark.parametrize(
    ("body", "status", "slug"),
    [
        ({}, 400, "api.invalid"),
        ({"level": 1}, 400, "api.invalid"),
        ({"level": True}, 400, "api.invalid"),
        ({"level": "2; DROP"}, 400, "api.invalid"),
        ({"level": 2, "questionnaire": "yes"}, 400, "api.invalid"),
        ({"level": 3, "bank_account": {"country": "TW"}}, 400, "api.invalid"),
        ({"level": 2}, 409, "kyc.level_out_of_order"),
        ({"level": 3}, 409, "kyc.level_out_of_order"),
    ],
)
def test_bad_applications_are_refused(body: dict[str, Any], status: int, slug: str, api: Api, user: User) -> None:
    response = api.post("/api/v1/kyc/applications", body)
    assert (response.status_code, response.json()["slug"]) == (status, slug)


@pytest.mark.parametrize("account", ["1", "x" * 41, "12345678ß", "<b>12345</b>"])
def test_a_bad_bank_account_is_named(account: str, api: Api) -> None:
    customer = make.level_two()
    api.token = make.token_of(customer)
    upload(api, "bank_book")
    bank = {"country": "TW", "bank_code": "812", "account_number": account}
    response = api.post("/api/v1/kyc/applications", {"level": 3, "bank_account": bank})
    assert response.status_code == 400
    assert any(name.startswith("bank_account") for name in response.json()["fields"])


@pytest.mark.parametrize("path", ["", "/basic", "/phone", "/documents", "/applications"])
def test_nobody_gets_in_without_a_session(path: str, api: Api) -> None:
    response = api.get("/api/v1/kyc") if not path else api.upload(f"/api/v1/kyc{path}", {})
    assert response.status_code in {401, 415, 400}
    assert api.call("GET", "/api/v1/kyc").status_code == 401


def test_reasons_are_told_in_the_language_of_the_request(api: Api) -> None:
    from kyc.services import decisions, evidence

    case = make.submitted()
    front = evidence.of(case).documents[0].public_id
    make.decide(decisions.send_back, case, refused=[front], reason="image_unclear")
    shown = api.get("/api/v1/kyc", token=make.token_of(case.user), lang="zh-CN").json()["cases"][1]
    reason = {"slug": "image_unclear", "number": 1, "text": "照片不清晰，请重新上传。"}
    assert (shown["state"], shown["reason"]) == ("sent_back", reason)
    assert shown["missing"] == ["id_front", "application"]
    assert shown["documents"][0]["reason"] == reason
