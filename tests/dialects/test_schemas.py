"""A stranger's client of each other dialect, made from its description alone: no 500, no undocumented answer."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from apikeys.models import Scheme
from config.dialects.bitgin.dialect import BITGIN
from config.dialects.spot.dialect import SPOT
from config.kit.dialect import KeyRates
from config.urls import DESCRIBED
from tests.apikeys import people as keys
from tests.apikeys.independent import BtseClient
from tests.apikeys.test_foreign_requests import issue
from tests.dialects.bhex import people as bhex
from tests.dialects.bitflex import people as bitflex
from tests.dialects.bitgin import people as bitgin
from tests.dialects.schema_checks import known_statuses
from tests.dialects.signing import Signing
from tests.dialects.spot import people as spot
from tests.environment import stranger
from tests.wallet.withdrawals.conftest import network

__all__ = ["network"]

CHECKS = [not_a_server_error, known_statuses, content_type_conformance, response_schema_conformance]
EXAMPLES = settings(
    max_examples=stranger["requests"], deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)  # fmt: skip


def described(name: str) -> Any:
    return schemathesis.openapi.from_dict(dict(SchemaGenerator(urlconf=DESCRIBED[name]).get_schema(request=None, public=True)))


@pytest.fixture
def bhex_headers(real_db: None) -> dict[str, str]:
    """The cookies of a signed-in browser."""
    jar = bhex.signed_up().browser.client.cookies
    return {"Cookie": "; ".join(f"{name}={jar[name].value}" for name in jar)}


@pytest.fixture
def bitflex_headers(real_db: None) -> dict[str, str]:
    """The token of a full session."""
    return {"token": bitflex.signed_in()[0].token}


@described("bhex").parametrize()
@EXAMPLES
def test_a_stranger_breaks_nothing_of_bhex(case: Any, live_server: Any, bhex_headers: dict[str, str]) -> None:
    case.validate_response(case.call(base_url=live_server.url, headers=bhex_headers), checks=CHECKS)


@described("bitflex").parametrize()
@EXAMPLES
def test_a_stranger_breaks_nothing_of_bitflex(case: Any, live_server: Any, bitflex_headers: dict[str, str]) -> None:
    case.validate_response(case.call(base_url=live_server.url, headers=bitflex_headers), checks=CHECKS)


@pytest.fixture
def spot_key(real_db: None, network: Any, monkeypatch: pytest.MonkeyPatch) -> Signing:
    """A key that may do everything, as often as it likes, of a customer who has money."""
    monkeypatch.setitem(SPOT.__dict__, "key_rates", KeyRates())
    return Signing(spot.program().client)


@described("spot").parametrize()
@EXAMPLES
def test_a_stranger_breaks_nothing_of_spot(case: Any, live_server: Any, spot_key: Signing) -> None:
    case.validate_response(case.call(base_url=live_server.url, auth=spot_key), checks=CHECKS)


@pytest.fixture
def bitgin_key(real_db: None, monkeypatch: pytest.MonkeyPatch) -> Signing:
    """The same on bitgin."""
    monkeypatch.setitem(BITGIN.__dict__, "key_rates", KeyRates())
    issued = issue(keys.customer(), Scheme.BTSE, ("read", "trade", "transfer"))
    return Signing(BtseClient(issued.api_key.key, issued.secret))


@described("bitgin").include(method="GET").parametrize()
@EXAMPLES
def test_a_stranger_with_a_key_breaks_nothing_of_bitgin(case: Any, live_server: Any, bitgin_key: Signing) -> None:
    case.validate_response(case.call(base_url=live_server.url, auth=bitgin_key), checks=CHECKS)


@pytest.fixture
def bitgin_headers(real_db: None) -> dict[str, str]:
    """The token of a full session."""
    return {"token": bitgin.signed_in().caller.token}


@described("bitgin").parametrize()
@EXAMPLES
def test_a_stranger_breaks_nothing_of_bitgin(case: Any, live_server: Any, bitgin_headers: dict[str, str]) -> None:
    case.validate_response(case.call(base_url=live_server.url, headers=bitgin_headers), checks=CHECKS)


@described("exx").parametrize()
@EXAMPLES
def test_a_stranger_breaks_nothing_of_exx(case: Any, live_server: Any, real_db: None) -> None:
    case.validate_response(case.call(base_url=live_server.url), checks=CHECKS)
