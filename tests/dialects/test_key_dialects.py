"""Spot and bitgin: what is served, what each refusal says, and how they are described."""

from __future__ import annotations

import json
import time
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.db import OperationalError
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from accounts.models import User
from apikeys.models import RefusedRequest, Scheme
from apikeys.services import keys
from config.dialects.bitgin import dialect as bitgin
from config.dialects.bitgin import urls as bitgin_urls
from config.dialects.bitgin import urls_described as bitgin_described
from config.dialects.spot import dialect as spot
from config.dialects.spot import urls as spot_urls
from config.kit import errors
from config.kit.errors import REGISTRY, DomainError
from config.kit.examples import refusal_of
from config.kit.rendering import ExactJSONRenderer, ExactNumber
from config.kit.views import DialectView
from tests.apikeys import people
from tests.apikeys.independent import BtseClient, SpotClient
from tests.apikeys.test_foreign_requests import issue
from tests.apikeys.wording import BITGIN, SPOT, slug_of
from tests.client import Api
from tests.dialects.reach import anywhere
from tests.factories_around import sub_account
from tests.factories_wallet import fund

foreign = pytest.mark.urls("tests.apikeys.urls_foreign")
VOICES: dict[str, Any] = {"spot": (spot, spot_urls, SPOT), "bitgin": (bitgin, bitgin_urls, BITGIN)}
ADMISSION = ("headers_invalid", "target_invalid", "key_refused", "address_not_allowed", "clock_outside_window",
             "signature_wrong", "nonce_used")  # fmt: skip
ROADS = {"spot": "/api/spot/v1/user/account", "bitgin": "/api/v3.2/user/wallet"}


@pytest.fixture
def ada(db: None) -> User:
    cache.clear()
    return people.customer()


def signer(name: str, user: User, scopes: tuple[str, ...] = ("read",)) -> Any:
    issued = issue(user, Scheme.SPOT if name == "spot" else Scheme.BTSE, scopes)
    return (SpotClient if name == "spot" else BtseClient)(issued.api_key.key, issued.secret)


def reachable(index: Any) -> set[type[DomainError]]:
    """Every refusal that a view of the index declares, and all that any view can meet."""
    operations = [one for pattern in index.urlpatterns for one in pattern.callback.view_class.operations.values()]
    found = {REGISTRY[slug] for slug in anywhere(operations)} | {REGISTRY[f"apikeys.{name}"] for name in ADMISSION}
    for operation in operations:
        found |= set(operation.refusals)
    return found


@pytest.mark.parametrize("name", sorted(VOICES))
def test_each_refusal_that_can_reach_a_dialect_has_a_number_of_its_own(name: str) -> None:
    voice, index, _ = VOICES[name]
    table = voice.CODES if name == "spot" else voice.ERRORS
    assert {kind.slug for kind in reachable(index)} <= set(table)
    assert set(voice.BY_KIND) == set(errors.Kind)
    for kind in REGISTRY.values():
        told = voice.refuse(refusal_of(kind), None)
        assert told.status == voice.status_of(kind)
        assert json.dumps(told.body)


@pytest.mark.parametrize("name", sorted(VOICES))
def test_the_numbers_and_statuses_are_those_of_the_document(name: str) -> None:
    voice, _, documented = VOICES[name]
    for slug, (status, code) in documented.items():
        told = voice.refuse(refusal_of(REGISTRY[slug]), None)
        assert (told.status, told.body["code"]) == (status, code), slug


def served(index: Any) -> set[tuple[str, str]]:
    return {
        (method.upper(), f"/{pattern.pattern}")
        for pattern in index.urlpatterns
        for method in pattern.callback.view_class.operations
    }


@pytest.mark.parametrize("name", sorted(VOICES))
def test_the_description_is_valid_and_tells_what_is_served_in_the_dialects_shapes(name: str) -> None:
    index = bitgin_described if name == "bitgin" else spot_urls
    document = SchemaGenerator(urlconf=index.__name__).get_schema(request=None, public=True)
    validate_schema(document)
    assert {(method.upper(), path) for path, methods in document["paths"].items() for method in methods} == served(index)
    schemes = {"bitginKey", "bitginSession"} if name == "bitgin" else {"spotKey"}
    assert set(document["components"]["securitySchemes"]) == schemes
    assert "Problem" not in document["components"]["schemas"]
    assert f"{name.capitalize()}Refusal" in document["components"]["schemas"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["native", "spot", "bitgin"])
def test_each_description_is_served(name: str) -> None:
    answer = Api().get(f"/schema/{name}/", headers={"Accept": "application/json"})
    assert answer.status_code == 200
    assert answer.json()["openapi"].startswith("3.1")


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(VOICES))
@pytest.mark.parametrize("path", ["/v1/nowhere", "/v1/user/nowhere", "/", ""])
def test_an_unknown_path_is_404_in_the_words_of_its_owner(name: str, path: str) -> None:
    answer = Api().get(f"/{'api/spot' if name == 'spot' else 'bitgin'}{path}")
    assert answer.status_code == 404
    body = answer.json()
    assert (body["code"], body["success"], body["data"]) == ("2" if name == "spot" else -2, False, None)


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(VOICES))
def test_another_method_and_a_large_body_are_refused_in_the_dialects_words(name: str) -> None:
    answer = Api().call("DELETE", ROADS[name])
    assert (slug_of(answer), answer.headers["Allow"]) == ("api.method_not_allowed", "GET")
    assert slug_of(Api().call("POST", ROADS[name], raw=b"x" * (2 * 1024 * 1024))) == "api.too_large"


@foreign
@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/spot/v1/broken", "/bitgin/v1/broken"])
def test_a_defect_is_told_in_the_dialects_words(path: str) -> None:
    assert slug_of(Api().get(path)) == "api.unexpected"


@foreign
@pytest.mark.parametrize("name", sorted(VOICES))
def test_a_body_that_can_not_be_read_is_refused_in_the_dialects_words(name: str, ada: User) -> None:
    client = _Ticking(signer(name, ada, ("read", "withdraw")), iter(range(100)))
    road = client.client.road
    assert slug_of(people.send(client.sign("POST", road, b"{"))) == "api.malformed"
    wrong = people.send(client.sign("POST", road, b'{"amount": [1]}'))
    assert (wrong.status_code, wrong.json()["code"]) == VOICES[name][2]["api.invalid"]
    assert "amount: Not a valid string." in wrong.json()["msg"]
    signed = client.sign("POST", road, b"{}")
    other = Api().call("POST", signed.target, raw=b"{}", content_type="application/xml", headers=signed.headers)
    assert slug_of(other) == "api.unsupported_media"


@foreign
def test_bitgin_counts_fifteen_a_second_per_key_and_thirty_per_user_and_spot_ten_per_address_and_endpoint() -> None:
    assert (bitgin.BITGIN.key_rates.per_key, bitgin.BITGIN.key_rates.per_owner) == ("15/s", "30/s")
    assert spot.SPOT.key_rates.per_address_and_endpoint == "10/s"


def until_refused(client: Any, target: str, ip: str = "127.0.0.1", at_most: int = 200) -> tuple[int, Any]:
    """How many answers came before the first that was too fast (a window may begin anew meanwhile), and that one."""
    for count in range(at_most):
        answer = people.send(client.sign("GET", target), ip=ip)
        if answer.status_code == 429:
            return count, answer
        assert answer.status_code == 200, answer.content
    raise AssertionError("never too fast")


@pytest.mark.parametrize(("name", "rate"), [("spot", 10), ("bitgin", 15)])
def test_who_asks_too_fast_is_told_when_to_come_again(name: str, rate: int, ada: User, monkeypatch: Any) -> None:
    voice = VOICES[name][0]
    dialect = voice.SPOT if name == "spot" else voice.BITGIN
    slower = {field: value and value.replace("/s", "/h") for field, value in vars(dialect.key_rates).items()}
    monkeypatch.setitem(dialect.__dict__, "key_rates", type(dialect.key_rates)(**slower))  # the clock does not decide
    client = signer(name, ada)
    moments = iter(range(10**6))
    count, answer = until_refused(_Ticking(client, moments), ROADS[name])
    assert count == rate
    assert slug_of(answer) == "api.throttled"
    assert int(answer.headers["Retry-After"]) >= 1


class _Ticking:
    """Signs each request a millisecond after the one before: to BTSE's clients the moment is the nonce."""

    def __init__(self, client: Any, moments: Any) -> None:
        self.client, self.moments, self.start = client, moments, int(time.time() * 1000) - 30_000

    def sign(self, method: str, target: str, body: bytes = b"") -> Any:
        return self.client.sign(method, target, body, moment=str(self.start + next(self.moments)))


def test_all_keys_of_one_user_share_bitgins_thirty(ada: User, monkeypatch: Any) -> None:
    dialect = bitgin.BITGIN
    monkeypatch.setitem(dialect.__dict__, "key_rates", type(dialect.key_rates)(per_owner="3/h"))
    one, two = (_Ticking(signer("bitgin", ada), iter(range(100))) for _ in range(2))
    assert [people.send(one.sign("GET", ROADS["bitgin"])).status_code for _ in range(2)] == [200, 200]
    assert [people.send(two.sign("GET", ROADS["bitgin"])).status_code for _ in range(2)] == [200, 429]


@pytest.mark.parametrize("name", sorted(VOICES))
def test_without_a_database_a_refusal_is_still_the_dialects(name: str, ada: User, monkeypatch: Any) -> None:
    def down(*_given: Any, **_named: Any) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(RefusedRequest.objects, "create", down)
    client = signer(name, ada)
    wrong = people.send(type(client)(client.key, "0" * 64).sign("GET", ROADS[name]))
    assert slug_of(wrong) == "apikeys.signature_wrong"


def test_the_balances_of_spot(ada: User) -> None:
    fund(ada, "1.123456789012345678")
    told = people.send(signer("spot", ada).sign("GET", ROADS["spot"]))
    body = json.loads(told.content, parse_float=Decimal, parse_int=Decimal)
    assert (body["code"], body["msg"], body["success"]) == ("0", "result.success", True)
    rows = {row.pop("coin"): row for row in body["data"]}
    assert rows["ETH"] == {"balance": Decimal("1.123456789012345678"), "balanceLocked": Decimal(0)}
    assert len(rows) > 1


@pytest.mark.parametrize("road", ["/api/v3.2/user/wallet", "/spot/api/v3.2/user/wallet"])
def test_the_wallet_of_bitgin(ada: User, road: str) -> None:
    fund(ada, "1.123456789012345678")
    told = people.send(signer("bitgin", ada).sign("GET", road))
    rows = json.loads(told.content, parse_float=Decimal, parse_int=Decimal)
    found = {row.pop("currency"): row for row in rows}
    assert found["ETH"] == dict.fromkeys(("total", "available"), Decimal("1.123456789012345678"))


def test_a_sub_accounts_key_tells_the_masters_uid(ada: User) -> None:
    child = sub_account(ada)
    client = signer("spot", ada)
    assert people.send(client.sign("GET", "/api/spot/v1/user/info")).json()["data"] == {"uid": ada.uid}
    issued = keys.create(
        customer=ada, proof=people.proof(ada), label="child", scopes=("trade",), scheme="spot", sub_account=str(child.uid)
    )
    other = SpotClient(issued.api_key.key, issued.secret)
    assert people.send(other.sign("GET", "/api/spot/v1/user/info")).json()["data"] == {"uid": ada.uid}


def test_a_number_leaves_with_all_its_digits_and_nothing_else_looks_like_one() -> None:
    data = {"a": ExactNumber(Decimal("1E-18")), "b": "exact:1", "c": '"\\u0000exact:1"', "d": ExactNumber(Decimal("-12.50"))}
    rendered = ExactJSONRenderer().render(data)
    assert json.loads(rendered, parse_float=str) == {
        "a": "0.000000000000000001", "b": "exact:1", "c": '"\\u0000exact:1"', "d": "-12.50",
    }  # fmt: skip
    with pytest.raises(ValueError, match="no such number"):
        ExactNumber(Decimal("NaN"))


def test_each_view_of_an_index_is_a_view_of_its_dialect() -> None:
    for name, (voice, index, _) in VOICES.items():
        for pattern in index.urlpatterns:
            view = pattern.callback.view_class
            assert issubclass(view, DialectView)
            assert view.dialect is (voice.SPOT if name == "spot" else voice.BITGIN)
