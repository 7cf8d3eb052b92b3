"""A stranger's client of each other dialect, made from its description alone: no 500, no undocumented answer."""

from __future__ import annotations

from typing import Any

import pytest

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
from tests.dialects.signing import Signing
from tests.dialects.spot import people as spot
from tests.dialects.strangers import ask, described, named, of, operation
from tests.wallet.withdrawals.conftest import network

__all__ = ["network", "operation"]


@pytest.mark.parametrize("name", DESCRIBED)
def test_every_operation_that_is_described_is_asked(name: str) -> None:
    assert sorted(described(name)) == sorted(named(name))


@pytest.fixture
def bhex_headers(real_db: None) -> dict[str, str]:
    """The cookies of a signed-in browser."""
    jar = bhex.signed_up().browser.client.cookies
    return {"Cookie": "; ".join(f"{name}={jar[name].value}" for name in jar)}


@pytest.fixture
def bitflex_headers(real_db: None) -> dict[str, str]:
    """The token of a full session."""
    return {"token": bitflex.signed_in()[0].token}


@of("bhex")
def test_a_stranger_breaks_nothing_of_bhex(operation: Any, live_server: Any, bhex_headers: dict[str, str]) -> None:
    ask(operation, base_url=live_server.url, headers=bhex_headers)


@of("bitflex")
def test_a_stranger_breaks_nothing_of_bitflex(operation: Any, live_server: Any, bitflex_headers: dict[str, str]) -> None:
    ask(operation, base_url=live_server.url, headers=bitflex_headers)


@pytest.fixture
def spot_key(real_db: None, network: Any, monkeypatch: pytest.MonkeyPatch) -> Signing:
    """A key that may do everything, as often as it likes, of a customer who has money."""
    monkeypatch.setitem(SPOT.__dict__, "key_rates", KeyRates())
    return Signing(spot.program().client)


@of("spot")
def test_a_stranger_breaks_nothing_of_spot(operation: Any, live_server: Any, spot_key: Signing) -> None:
    ask(operation, base_url=live_server.url, auth=spot_key)


@pytest.fixture
def bitgin_key(real_db: None, monkeypatch: pytest.MonkeyPatch) -> Signing:
    """The same on bitgin."""
    monkeypatch.setitem(BITGIN.__dict__, "key_rates", KeyRates())
    issued = issue(keys.customer(), Scheme.BTSE, ("read", "trade", "transfer"))
    return Signing(BtseClient(issued.api_key.key, issued.secret))


@of("bitgin", "GET")
def test_a_stranger_with_a_key_breaks_nothing_of_bitgin(operation: Any, live_server: Any, bitgin_key: Signing) -> None:
    ask(operation, base_url=live_server.url, auth=bitgin_key)


@pytest.fixture
def bitgin_headers(real_db: None) -> dict[str, str]:
    """The token of a full session."""
    return {"token": bitgin.signed_in().caller.token}


@of("bitgin")
def test_a_stranger_breaks_nothing_of_bitgin(operation: Any, live_server: Any, bitgin_headers: dict[str, str]) -> None:
    ask(operation, base_url=live_server.url, headers=bitgin_headers)


@of("exx")
def test_a_stranger_breaks_nothing_of_exx(operation: Any, live_server: Any, real_db: None) -> None:
    ask(operation, base_url=live_server.url)
