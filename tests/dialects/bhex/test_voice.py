"""Bhex's voice: every refusal has a number, every number a sentence, every path its words."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from config.dialects.bhex import dialect, numbers, texts, urls
from config.kit import errors
from config.kit.errors import REGISTRY, InvalidInput
from config.kit.examples import refusal_of
from config.kit.views import DialectView
from tests.dialects.bhex.people import Browser
from tests.dialects.reach import anywhere

ENDPOINTS = {tuple(line.split()) for line in (Path(__file__).parents[1] / "endpoints" / "bhex.txt").read_text().splitlines()}


def served(patterns: list[Any]) -> set[tuple[str, str]]:
    """Method and path of each route."""
    return {
        (method.upper(), "/" + re.sub(r"<\w+:(\w+)>", r"{\1}", str(pattern.pattern)))
        for pattern in patterns
        for method in pattern.callback.view_class.operations
    }


def test_what_is_served_is_what_is_documented() -> None:
    assert served(urls.described) == ENDPOINTS


def test_apps_call_each_address_of_a_user_under_their_own_prefix() -> None:
    apps = {(method, path) for method, path in served(urls.urlpatterns) if path.startswith("/mapi/")}
    assert apps == {(method, f"/m{path[1:]}") for method, path in served(urls.described) if path.startswith("/api/user/")}


def test_each_documented_address_stands_in_our_own_document_with_what_is_sent_there() -> None:
    told = (Path(__file__).parents[3] / "docs" / "dialects" / "bhex.md").read_text()
    named = {path.removeprefix("/api/user/").removesuffix("/{name}") for _, path in ENDPOINTS}
    assert {name for name in named if not re.search(rf"[`/ ]{re.escape(name)}[`/ ]", told)} == set()


def test_every_number_has_its_sentence_in_three_languages() -> None:
    used = {*numbers.NUMBERS.values(), *numbers.BY_KIND.values(), *numbers.FAILED_SIGN_INS, *numbers.FAILED_RECOVERIES,
            *(number for pair in numbers.FIELDS.values() for number in pair),
            *numbers.OAUTH_ERRORS.values(), numbers.OAUTH_REQUEST, numbers.OAUTH_TOKEN,
            numbers.SMS_CODE, numbers.EMAIL_CODE, numbers.GA_CODE, numbers.KEY_DISABLED,
            *numbers.IMAGES.values(), *numbers.IDENTITY_PARTS.values()}  # fmt: skip
    assert used <= set(texts.TEXTS)
    for number, said in texts.TEXTS.items():
        assert len(set(said)) >= 2, number
        assert all(said), number
        assert not re.search("[一-鿿]", said[0]), number


def reachable() -> set[str]:
    """Every refusal that a view declares, and all that any view can meet."""
    views: set[type[DialectView]] = {pattern.callback.view_class for pattern in urls.urlpatterns}  # type: ignore[attr-defined]  # each is a view's
    declared = {kind.slug for view in views for operation in view.operations.values() for kind in operation.refusals}
    return declared | anywhere(operation for view in views for operation in view.operations.values())


DECIDED = {
    "accounts.wrong_credentials", "accounts.sign_in_locked", "accounts.recovery_code_wrong", "accounts.recovery_proof_wrong",
    "accounts.recovery_locked", "messaging.wrong_code", "messaging.code_expired", "accounts.contact_taken",
    "accounts.oauth_request_refused", "oauth.refused",
    "accounts.recovery_order_due", "accounts.already_registered", "accounts.destination_missing", "accounts.account_stopped",
    "flow.illegal_move", "kyc.image_absent", "kyc.upload_used", "kyc.documents_missing", "kyc.identity_invalid",
}  # fmt: skip
"""Slugs whose number depends on more than the slug."""


def test_each_refusal_that_can_reach_bhex_has_a_number_of_its_own() -> None:
    assert reachable() - DECIDED - set(numbers.NUMBERS) == set()
    assert set(numbers.NUMBERS) <= set(REGISTRY)
    assert set(numbers.BY_KIND) == set(errors.Kind)


def test_each_refusal_whatever_leaves_as_bare_number_and_sentence_never_with_403(rf: Any) -> None:
    for kind in REGISTRY.values():
        told = dialect.refuse(refusal_of(kind), rf.get("/api/user/x"))
        assert set(told.body) == {"code", "msg"}
        assert told.headers["error_code"] == str(told.body["code"])
        assert told.status in {400, 404, 405, 413, 429, 500, 503}
        assert told.status == dialect.status_of(kind)
        assert json.dumps(told.body)


@pytest.mark.parametrize(
    ("field", "reason", "number"),
    [("mobile", "This field is required.", 31001), ("mobile", "no", 31002), ("email", "This field may not be blank.", 31004),
     ("national_code", "no", 31027), ("invite_code", "no", 31020), ("verify_code", "This field may not be null.", 31014),
     ("other", "no", 30003)],
)  # fmt: skip
def test_a_parameter_that_is_missing_or_no_good_has_its_own_number(field: str, reason: str, number: int) -> None:
    assert dialect.number_of(InvalidInput(fields={field: [reason]})) == number


@pytest.mark.django_db
def test_an_unknown_path_and_a_wrong_method_are_answered_in_bhexs_words() -> None:
    browser = Browser(lang="zh-CN")
    for path in ("/api/user/nowhere", "/mapi/user/nowhere", "/api/oauth2/nowhere", "/user/nowhere", "/s_api/nowhere"):
        answer = browser.get(path)
        assert (answer.status_code, answer.json()) == (404, {"code": 30002, "msg": "请求无效"})
        assert answer.headers["error_code"] == "30002"
    wrong = browser.get("/api/user/authorize")
    assert (wrong.status_code, wrong.json()["code"], wrong.headers["Allow"]) == (405, 30002, "POST")


TABLE = {
    500, 30000, 30002, 30003, 30005, 30010, 30016, 30019, 30020, 30040, 30080,
    *range(31001, 31007), 31009, *range(31010, 31017), *range(31019, 31029), *range(31028, 31041), *range(31042, 31054),
    31055, 31056, 31066, 31067, 31074, 31075, 31079, 31080, *range(31100, 31104), *range(31201, 31211),
}  # fmt: skip
"""The numbers that the contract names one by one; of 60001 to 60034 it names the range."""


def test_the_table_has_every_number_that_the_contract_names_and_no_other() -> None:
    assert {number for number in texts.TEXTS if number < 60000} == TABLE
    assert {number for number in texts.TEXTS if number >= 60000} <= set(range(60001, 60035))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("headers", "said"),
    [({"Accept_Language": "zh-CN,zh;q=0.9"}, "请先登录"), ({"lang": "zh_CN"}, "请先登录"), ({"lang": "zh-tw"}, "請先登入"),
     ({"lang": "en_US", "Accept_Language": "zh-CN"}, "Sign in first."), ({"lang": "xx"}, "Sign in first.")],
)  # fmt: skip
def test_the_sentence_is_in_the_language_that_the_client_says_however_it_writes_it(headers: dict[str, str], said: str) -> None:
    assert Browser().post("/api/user/get_base_info", **headers).json() == {"code": 30000, "msg": said}


@pytest.mark.django_db
def test_who_is_not_signed_in_is_told_so_and_all_cookies_are_taken_back() -> None:
    browser = Browser()
    browser.client.cookies.load({"au_token": "x" * 43, "user_id": "1", "account_id": "1", "c_token": "x"})
    answer = browser.post("/api/user/send_verify_code", {"receiver_type": 1, "type": 7})
    assert (answer.status_code, answer.json()["code"]) == (400, 30000)
    assert {name for name, cookie in answer.cookies.items() if cookie["max-age"] == 0} == set(dialect.COOKIES)


def test_the_description_is_valid_and_tells_what_is_served() -> None:
    document = SchemaGenerator(urlconf="config.dialects.bhex.urls_described").get_schema(request=None, public=True)
    validate_schema(document)
    told = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert told == served(urls.described)
    assert set(document["components"]["securitySchemes"]) == {"bhexSession"}
