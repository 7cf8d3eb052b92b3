"""Benchmarks of signed keys: `manage.py bench signed-read`, `signed-read-uncached`, `keys`."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import secrets
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.test import RequestFactory
from rest_framework import serializers

from apikeys.models import ApiKey, Scheme
from apikeys.services import known_keys
from config.dialects.native.dialect import NATIVE, NativeView
from config.kit import crypto
from config.kit.bench import Bench, Setting
from config.kit.clock import now
from config.kit.dialect import KeyRates
from config.kit.operations import Call, Needs, operation

SECRET = "s" * 64
KEYS_FEW = 10_000
KEYS_MANY = 1_000_000


class RowOutput(serializers.Serializer[Any]):
    """What both read."""

    id = serializers.IntegerField()
    label = serializers.CharField()  # type: ignore[assignment]  # the stubs' Field has a title of this name


def _row(user_id: int) -> dict[str, Any]:
    return dict(ApiKey.objects.filter(user_id=user_id).values("id", "label")[0])


class _Unsigned(NativeView):
    """GET /bench: the same query for anybody."""

    @operation(needs=Needs(login=False), output=RowOutput)
    def get(self, call: Call) -> dict[str, Any]:
        """One row."""
        return _row(_Unsigned.owner)

    owner = 0


class _Signed(NativeView):
    """GET /bench: the query for the owner of the key."""

    @operation(needs=Needs(scope="read"), output=RowOutput)
    def get(self, call: Call) -> dict[str, Any]:
        """One row."""
        return _row(call.user.pk)


def _make_keys(count: int, *, first: int = 0) -> list[str]:
    """Keys of as many customers, in one statement each."""
    from accounts.models import RegisterType, User  # the models of another app, when they are loaded

    moment = now()
    told = {"register_type": RegisterType.EMAIL, "registered_at": moment}
    places = range(first, first + count)
    people = User.objects.bulk_create(
        (User(uid=100_000_000 + place, email=f"{place}@bench.invalid", **told) for place in places), batch_size=5_000
    )
    made = []
    for person in people:
        key = ApiKey(user=person, key=secrets.token_hex(16), scheme=Scheme.NATIVE_HMAC, label="bench", scopes=["read"])
        key.created_at = key.aged_from = moment
        key.last_used_at = moment
        made.append(key)
    sealed = {} if count > KEYS_FEW else {key.key: crypto.seal(SECRET.encode(), context=key.seal_context) for key in made}
    for key in made:
        key.sealed_secret = sealed.get(key.key, b"never opened")
    ApiKey.objects.bulk_create(made, batch_size=5_000)
    return [key.key for key in made]


def _request(key: str) -> HttpRequest:
    moment, nonce = str(int(time.time() * 1000)), secrets.token_hex(16)
    text = "\n".join(("GET", "/bench", "", moment, nonce, hashlib.sha256(b"").hexdigest()))
    headers = {
        "X-Api-Key": key,
        "X-Timestamp": moment,
        "X-Nonce": nonce,
        "X-Signature": hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest(),
    }
    return RequestFactory().get("/bench", headers=headers)


def _per_second(seconds: float, make: Callable[[], HttpRequest], view: Callable[[HttpRequest], Any]) -> float:
    """Answers per second; the making of the request is the client's time and is not counted."""
    done, spent = 0, 0.0
    while spent < seconds:
        request = make()
        started = time.perf_counter()
        response = view(request)
        spent += time.perf_counter() - started
        if response.status_code != 200:
            raise RuntimeError(json.dumps(response.data))
        done += 1
    return done / spent


class SignedRead(Bench):
    """A signed read in process, its nonce written down, against the same query for anybody. One client."""

    reference_name = "same query unsigned"
    unit = "answers per second"
    goal = 0.9
    cache_milliseconds = 800

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self.key = ""

    def prepare(self) -> None:
        """A customer with a key."""
        object.__setattr__(NATIVE, "key_rates", KeyRates())
        settings.API_KEY_CACHE_MILLISECONDS = self.cache_milliseconds
        self.key = _make_keys(1)[0]
        _Unsigned.owner = ApiKey.objects.get().user_id

    def reference(self) -> float:
        """Unsigned."""
        view = _Unsigned.as_view()
        return _per_second(self.setting.seconds, lambda: RequestFactory().get("/bench"), view)

    def ours(self) -> float:
        """Signed."""
        return _per_second(self.setting.seconds, lambda: _request(self.key), _Signed.as_view())


class SignedReadUncached(SignedRead):
    """The same, with the key looked up each time."""

    goal = 0.75
    cache_milliseconds = 0


class Keys(SignedRead):
    """Signed reads among a million keys against the same among ten thousand."""

    reference_name = f"{KEYS_FEW} keys"
    goal = 0.75
    cache_milliseconds = 0

    def prepare(self) -> None:
        """Ten thousand keys that sign, in a table that then grows to a million."""
        super().prepare()
        self.signing = itertools.cycle(_make_keys(KEYS_FEW, first=1))
        self.few = self._measured()
        _make_keys(KEYS_MANY, first=KEYS_FEW + 1)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE apikeys_apikey")
        known_keys.forget(self.key)

    def _measured(self) -> float:
        return _per_second(self.setting.seconds, lambda: _request(next(self.signing)), _Signed.as_view())

    def reference(self) -> float:
        """As it was measured before the table grew: the two can't stand side by side in one table."""
        return self.few

    def ours(self) -> float:
        """Among all of them."""
        return self._measured()


BENCHES: dict[str, type[Bench]] = {"signed-read": SignedRead, "signed-read-uncached": SignedReadUncached, "keys": Keys}
