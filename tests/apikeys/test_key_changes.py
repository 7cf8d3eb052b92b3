"""What a key's owner may change, what a key learns of itself, and keys of other schemes and of sub-accounts."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import ed25519, x25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from accounts.models import AuditRecord, RegisterType, User
from apikeys.models import ApiKey, DailyCap, Nonce, Scheme, State
from apikeys.services import admission, keys, known_keys
from config.kit.clock import now
from messaging.models import Message, Purpose
from tests.apikeys import people, urls
from tests.apikeys.independent import Client, Ed25519Client
from tests.client import Api

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.apikeys.urls")]
ROAD = "/api/v1/api-keys"
PRIVATE = ed25519.Ed25519PrivateKey.generate()
X25519_PEM = (
    x25519.X25519PrivateKey.generate().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
)
PEM = PRIVATE.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.fixture
def ada() -> User:
    return people.customer()


@pytest.fixture
def signed_in(ada: User) -> Api:
    return Api(token=people.token(ada))


def change(api: Api, user: User, issued: keys.IssuedKey, **body: Any) -> Any:
    code = people.key_code(user, Purpose.API_KEY_CHANGE)
    return api.patch(f"{ROAD}/{issued.api_key.public_id}", {"code": code, **body})


def reads(issued: keys.IssuedKey, ip: str = "127.0.0.1") -> int:
    return int(people.send(people.signer(issued).sign("GET", "/api/v1/reading"), ip=ip).status_code)


def test_a_paused_key_is_refused_until_its_owner_lets_it_go_on(ada: User, signed_in: Api) -> None:
    issued = people.issue(ada)
    assert change(signed_in, ada, issued, enabled=False).json()["state"] == "paused"
    assert reads(issued) == 401
    assert change(signed_in, ada, issued, enabled=True).json()["state"] == "active"
    assert reads(issued) == 200
    assert AuditRecord.objects.filter(act="apikeys.change").count() == 2
    assert Message.objects.filter(template="api_key_changed", user=ada).count() == 2


def test_what_an_officer_disabled_its_owner_can_not_enable(ada: User, signed_in: Api) -> None:
    issued = people.issue(ada)
    keys.disable(api_key=issued.api_key, officer=people.customer("officer@example.com"), reason="leaked")
    answer = change(signed_in, ada, issued, enabled=True)
    assert (answer.status_code, answer.json()["slug"]) == (409, "flow.illegal_move")
    assert reads(issued) == 401


def test_a_key_bound_to_other_networks_is_refused_from_the_old_ones_at_once(ada: User, signed_in: Api) -> None:
    issued = people.issue(ada, networks=("127.0.0.1",))
    assert reads(issued) == 200
    assert change(signed_in, ada, issued, networks=["192.0.2.0/24"]).status_code == 200
    assert (reads(issued), reads(issued, "192.0.2.9")) == (403, 200)


def test_a_key_that_withdraws_stays_bound_and_is_young_again_with_other_networks_or_after_a_pause(
    ada: User, signed_in: Api, settings: Any
) -> None:
    settings.API_KEY_WITHDRAW_AGE_SECONDS = 3600
    issued = people.issue(ada, scopes=("read", "withdraw"), networks=("127.0.0.1",))
    assert change(signed_in, ada, issued, networks=[]).json()["slug"] == "apikeys.networks_required"
    with time_machine.travel(now() + timedelta(hours=2)):
        stored = ApiKey.objects.get()
        assert "withdraw" in stored.scopes_at(now())
        stored.networks, stored.aged_from = ["192.0.2.1"], now()
        assert change(Api(token=people.token(ada)), ada, issued, networks=["192.0.2.1"]).status_code == 200
        assert "withdraw" not in ApiKey.objects.get().scopes_at(now())
    ApiKey.objects.update(aged_from=now() - timedelta(hours=2))
    assert change(signed_in, ada, issued, label="renamed").status_code == 200
    assert (ApiKey.objects.get().label, "withdraw" in ApiKey.objects.get().scopes_at(now())) == ("renamed", True)
    for enabled in (False, True):
        assert change(signed_in, ada, issued, enabled=enabled).status_code == 200
    assert "withdraw" not in ApiKey.objects.get().scopes_at(now())


@pytest.mark.parametrize("body", [{"enabled": False}, {"networks": ["192.0.2.1"]}, {"label": "x"}])
def test_without_a_proof_nothing_changes(ada: User, signed_in: Api, body: dict[str, Any]) -> None:
    issued = people.issue(ada)
    before = ApiKey.objects.values().get()
    road = f"{ROAD}/{issued.api_key.public_id}"
    assert signed_in.patch(road, body).json()["slug"] == "accounts.second_factor_required"
    other = people.key_code(ada, Purpose.API_KEY)
    assert signed_in.patch(road, {**body, "code": other}).status_code == 422
    assert ApiKey.objects.values().get() == before


def test_a_foreign_key_can_not_be_changed_and_is_absent(ada: User, signed_in: Api) -> None:
    foreign = people.issue(people.customer("bob@example.com"))
    assert change(signed_in, ada, foreign, enabled=False).status_code == 404
    assert ApiKey.objects.get().state == State.ACTIVE


@pytest.mark.parametrize("form", ["pem", "base64"])
def test_an_ed25519_key_keeps_nothing_secret_here_and_signs(ada: User, signed_in: Api, form: str) -> None:
    public = PEM if form == "pem" else base64.b64encode(PRIVATE.public_key().public_bytes_raw()).decode()
    body = {
        "label": "robot",
        "scopes": ["read"],
        "code": people.key_code(ada),
        "scheme": "native_ed25519",
        "public_key": public,
    }
    answer = signed_in.post(ROAD, body)
    assert (answer.status_code, answer.json()["secret"]) == (201, "")
    stored = ApiKey.objects.get()
    assert stored.sealed_secret is None
    client = Ed25519Client(stored.key, PRIVATE.private_bytes_raw().hex())
    assert people.send(client.sign("GET", "/api/v1/reading?b=2&a=1")).status_code == 200
    assert people.send(client.sign("GET", "/api/v1/reading").with_header("X-Nonce", "another-nonce")).status_code == 401


@pytest.mark.parametrize(
    "public",
    [
        "",
        "x",
        "A" * 401,
        "AAAA",
        "A" * 43 + "=",
        base64.b64encode((1 << 255 | 1).to_bytes(32, "little")).decode(),
        base64.b64encode(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85")).decode(),
        base64.b64encode(bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa")).decode(),
        base64.b64encode((2**255 - 18).to_bytes(32, "little")).decode(),
        PEM.replace("MCow", "MCox"),
        X25519_PEM,
        "-----BEGIN PUBLIC KEY-----\nä\n-----END PUBLIC KEY-----",
    ],
    ids=[
        "none",
        "short",
        "long",
        "few bytes",
        "small order",
        "with a sign",
        "order of eight",
        "the other of eight",
        "beyond the prime",
        "broken PEM",
        "another kind",
        "not ASCII",
    ],
)
def test_what_is_no_ed25519_key_is_refused_and_makes_nothing(ada: User, signed_in: Api, public: str) -> None:
    body = {
        "label": "robot",
        "scopes": ["read"],
        "code": people.key_code(ada),
        "scheme": "native_ed25519",
        "public_key": public,
    }
    answer = signed_in.post(ROAD, body)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["public_key"])
    assert not ApiKey.objects.exists()


def test_a_key_of_another_scheme_signs_nothing_here(ada: User) -> None:
    made = keys.create(customer=ada, proof=people.proof(ada), label="robot", scopes=["read"], scheme=Scheme.SPOT)
    assert reads(made) == 401


class HashedAsForSpot(Client):
    """Signs the native text as a key of spot hashes."""

    def signature(self, text: bytes) -> str:
        return hashlib.sha256((hashlib.sha256(text).hexdigest() + self.secret).encode()).hexdigest()


def test_a_key_of_another_scheme_signs_nothing_here_by_its_own_hash_either(ada: User) -> None:
    made = keys.create(customer=ada, proof=people.proof(ada), label="robot", scopes=["read"], scheme=Scheme.SPOT)
    answer = people.send(HashedAsForSpot(made.api_key.key, made.secret).sign("GET", "/api/v1/reading"))
    assert (answer.status_code, answer.json()["slug"]) == (401, "apikeys.signature_wrong")


def test_a_sub_accounts_key_is_its_parents_to_manage_and_acts_for_the_sub_account(ada: User, signed_in: Api) -> None:
    child = User.objects.create(parent=ada, username="desk.one", register_type=RegisterType.SUB_ACCOUNT, registered_at=now())
    body = {"label": "robot", "scopes": ["read"], "code": people.key_code(ada), "sub_account": str(child.uid)}
    made = signed_in.post(ROAD, body).json()
    issued = keys.IssuedKey(ApiKey.objects.get(), made["secret"])
    answer = people.send(people.signer(issued).sign("GET", "/api/v1/reading"))
    assert answer.json()["uid"] == made["uid"] == str(child.uid)
    assert [row["id"] for row in signed_in.get(ROAD).json()["results"]] == [made["id"]]
    User.objects.filter(pk=ada.pk).update(status="locked")
    assert reads(issued) == 401


@pytest.mark.parametrize("uid", ["123456789", "abc", "1", "²²²²²²²²²"])
def test_nobody_elses_account_gets_a_key(ada: User, signed_in: Api, uid: str) -> None:
    people.customer("bob@example.com")
    body = {"label": "robot", "scopes": ["read"], "code": people.key_code(ada), "sub_account": uid}
    assert signed_in.post(ROAD, body).status_code == 404
    assert not ApiKey.objects.exists()


def test_a_key_learns_what_it_may_do_and_a_session_does_not(ada: User, signed_in: Api, settings: Any) -> None:
    settings.API_KEY_WITHDRAW_AGE_SECONDS = 3600
    issued = people.issue(ada, scopes=("read", "withdraw"), networks=("127.0.0.1",))
    DailyCap.objects.create(api_key=issued.api_key, coin="ETH", amount="1.5")
    told = people.send(people.signer(issued).sign("GET", f"{ROAD}/self")).json()
    assert (told["scopes"], told["scopes_now"], told["seen_from"]) == (["read", "withdraw"], ["read"], "127.0.0.1")
    assert (told["daily_caps"], told["lapses_at"]) == ([{"coin": "ETH", "amount": "1.5"}], None)
    assert told["requests_per_key"] == settings.API_KEY_RATE_PER_KEY
    assert issued.secret not in str(told)
    answer = signed_in.get(f"{ROAD}/self")
    assert (answer.status_code, answer.json()["slug"]) == (403, "api.key_required")
    unbound = people.issue(ada, scopes=("trade",))
    assert people.send(people.signer(unbound).sign("GET", f"{ROAD}/self")).json()["lapses_at"] is not None


def test_caps_are_made_with_the_key_and_a_coin_stands_once(ada: User, signed_in: Api) -> None:
    body = {"label": "robot", "scopes": ["read"], "code": people.key_code(ada)}
    caps = [{"coin": "ETH", "amount": "1.5"}, {"coin": "USDT", "amount": "0"}]
    assert signed_in.post(ROAD, {**body, "daily_caps": [*caps, caps[0]]}).status_code == 400
    assert signed_in.post(ROAD, {**body, "daily_caps": [{"coin": "ETH", "amount": "-1"}]}).status_code == 400
    for coin in ("eth", "ETH ", "Ξ", "E", "ETH\u200b"):
        answer = signed_in.post(ROAD, {**body, "daily_caps": [{"coin": coin, "amount": "1"}]})
        if coin != "ETH ":  # white space around a text is taken off
            assert (answer.status_code, list(answer.json()["fields"])) == (400, ["daily_caps.0.coin"])
            continue
        assert answer.json()["daily_caps"] == [{"coin": "ETH", "amount": "1"}]
        body["code"] = people.key_code(ada)
    assert signed_in.post(ROAD, {**body, "daily_caps": caps}).json()["daily_caps"] == caps


def test_a_key_that_was_read_a_moment_ago_still_stops_within_a_second_and_never_writes(
    ada: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.API_KEY_CACHE_MILLISECONDS = 800
    issued = people.issue(ada, scopes=("read", "withdraw"), networks=("127.0.0.1",))
    moment = 1000.0
    monkeypatch.setattr("apikeys.services.known_keys.time.monotonic", lambda: moment)
    assert reads(issued) == 200
    ApiKey.objects.update(state=State.DISABLED, ended_at=now())  # by another process
    assert reads(issued) == 200
    written = people.send(people.signer(issued).sign("POST", "/api/v1/writing", b"{}"))
    assert (written.status_code, urls.writes) == (401, [])
    moment += 0.8
    assert reads(issued) == 401
    known_keys._kept.clear()


def test_a_key_is_as_old_as_the_beginning_of_its_reading(ada: User, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.API_KEY_CACHE_MILLISECONDS = 800
    issued = people.issue(ada)
    moment = 1000.0
    monkeypatch.setattr("apikeys.services.known_keys.time.monotonic", lambda: moment)
    known_keys._kept.clear()
    genuine = admission.material_of

    def slow(api_key: ApiKey) -> bytes:
        nonlocal moment
        moment += 0.7
        ApiKey.objects.update(state=State.DISABLED, ended_at=now())  # by another process, right after it was read
        return genuine(api_key)

    monkeypatch.setattr(admission, "material_of", slow)
    assert reads(issued) == 200
    moment += 0.1
    assert reads(issued) == 401
    known_keys._kept.clear()


def test_a_key_stopped_in_this_process_is_refused_by_it_at_once(ada: User, signed_in: Api, settings: Any) -> None:
    settings.API_KEY_CACHE_MILLISECONDS = 800
    issued = people.issue(ada)
    assert reads(issued) == 200
    change(signed_in, ada, issued, enabled=False)
    assert reads(issued) == 401
    known_keys._kept.clear()


def test_a_reads_nonce_is_written_down_like_a_writes(ada: User) -> None:
    issued = people.issue(ada)
    signed = people.signer(issued).sign("GET", "/api/v1/reading")
    assert people.send(signed).status_code == 200
    assert Nonce.objects.filter(nonce=signed.headers["X-Nonce"]).exists()
    assert people.send(signed).json()["slug"] == "apikeys.nonce_used"
