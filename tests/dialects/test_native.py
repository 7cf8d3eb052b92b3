"""The native dialect serves what it names, describes what it serves, and closes what it doesn't open."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from config.kit.errors import REGISTRY
from tests.client import Api

ENDPOINTS = [tuple(line.split()) for line in (Path(__file__).parent / "native_endpoints.txt").read_text().splitlines()]
OPEN = {
    "post_oauth_authorizations", "get_oauth_authorizations_by_id", "post_oauth_authorizations_by_id_deny",
    "post_oauth_token", "post_oauth_revoke", "get_oauth_userinfo", "get_oauth_kyc_level",
    "post_recovery_cases", "get_recovery_cases_current", "delete_recovery_cases_current", "put_recovery_cases_selfie",
    "post_captchas", "get_liability_proofs",
    "post_codes", "post_registration", "post_sessions", "post_sessions_by_code", "get_countries", "get_coins",
    "get_rates",
    "post_passkey_challenges",
    "post_sessions_by_passkey",
    "post_sessions_by_app_token",
    "get_vip_tiers",
    "post_password_recoveries", "get_password_recoveries", "post_password_recoveries_code",
    "post_password_recoveries_second_code", "post_password_recoveries_proof", "post_password_recoveries_identity",
    "post_password_recoveries_password",
}  # fmt: skip
"""Operations that anybody may call."""
NOTHING_DUE = {"post_captchas"}
"""Operations that need nothing of their body: an unknown field does not make them refuse."""
BAD_BODIES: list[Any] = [None, [], "text", 5, {"unknown": 1}, {"amount": float("nan")}]


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The OpenAPI document, as `/api/v1/schema/` serves it."""
    return dict(SchemaGenerator(urlconf="config.dialects.native.urls_mounted").get_schema(request=None, public=True))


def served(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method.upper(), path, described)
        for path, methods in document["paths"].items()
        for method, described in methods.items()
    ]


def test_every_named_endpoint_is_served_and_every_served_one_is_named(document: dict[str, Any]) -> None:
    found = {(method, re.sub(r"\{\w+\}", "{id}", path)) for method, path, _ in served(document)}
    assert found == set(ENDPOINTS)


def test_the_document_is_valid_openapi(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    validate_schema(document)


def test_every_operation_is_described_with_its_refusals(document: dict[str, Any]) -> None:
    for method, path, described in served(document):
        assert described.get("summary"), f"{method} {path} has no summary"
        assert any(status >= "400" for status in described["responses"]), f"{method} {path} names no refusal"


@pytest.mark.django_db
def test_whatever_is_not_open_asks_for_a_sign_in_or_first_for_the_right_shape(api: Api, document: dict[str, Any]) -> None:
    for method, path, described in served(document):
        if described["operationId"] in OPEN:
            continue
        answer = api.call(method, re.sub(r"\{\w+\}", "4203918275640192", path), {})
        assert answer.status_code in {400, 401, 415}, f"{method} {path}: {answer.status_code}"
        if method == "GET":
            assert answer.status_code == 401
        assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
def test_no_body_whatever_makes_an_endpoint_break(api: Api, document: dict[str, Any]) -> None:
    for method, path, described in served(document):
        if method in {"GET", "DELETE"}:
            continue
        refused_from = 200 if described["operationId"] in NOTHING_DUE else 400
        for body in BAD_BODIES:
            answer = api.call(method, re.sub(r"\{\w+\}", "%00'\"", path), raw=_encoded(body))
            assert refused_from <= answer.status_code < 500, f"{method} {path} {body!r}: {answer.status_code}"


def _encoded(body: Any) -> bytes:
    import json

    return json.dumps(body).encode()


@pytest.mark.django_db
def test_the_schema_and_the_docs_are_served_from_this_host_alone(api: Api) -> None:
    schema = api.get("/api/v1/schema/", headers={"Accept": "application/json"})
    assert schema.status_code == 200
    page = api.get("/api/v1/docs/")
    assert page.status_code == 200
    assert not re.findall(r"(?:src|href)=[\"'](?:https?:)?//", page.content.decode())


def test_every_slug_is_dotted_lower_case_and_says_something() -> None:
    for slug, refusal in REGISTRY.items():
        assert re.fullmatch(r"[a-z_]+\.[a-z0-9_]+", slug), slug
        assert refusal.message, slug


@pytest.mark.django_db
def test_health_and_readiness_answer(api: Api) -> None:
    assert api.get("/healthz").json() == {"status": "ok"}
    assert api.get("/readyz").json() == {"status": "ok", "checks": {"database": True, "migrations": True}}
