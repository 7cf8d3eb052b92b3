"""A stranger's client, made from our own description alone, finds no 500 and no undocumented answer."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from tests import factories_kyc
from tests.dialects.schema_checks import known_statuses
from tests.environment import stranger

document: dict[str, Any] = dict(
    SchemaGenerator(urlconf="config.dialects.native.urls_mounted").get_schema(request=None, public=True)
)
schema = schemathesis.openapi.from_dict(document)


@pytest.fixture
def token(real_db: None) -> str:
    """The token of a customer with level 1."""
    return factories_kyc.token_of(factories_kyc.level_one())


@schema.parametrize()
@settings(
    max_examples=stranger["requests"], deadline=None, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
def test_a_stranger_breaks_nothing(case: Any, live_server: Any, token: str) -> None:
    answer = case.call(base_url=live_server.url, headers={"Authorization": f"Bearer {token}"})
    case.validate_response(
        answer, checks=[not_a_server_error, known_statuses, content_type_conformance, response_schema_conformance]
    )
