"""Benchmarks of signed keys: `manage.py bench signed-read`, `signed-read-uncached`, `keys`."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import random
import secrets
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.test import RequestFactory
from rest_framework import serializers
from tqdm import tqdm

from apikeys.models import ApiKey, Scheme
from config.dialects.native.dialect import NATIVE, NativeView
from config.kit import crypto
from config.kit.bench import Bench, Setting
from config.kit.clock import now
from config.kit.dialect import KeyRates
from config.kit.operations import Call, Needs, operation

SECRET = "s" * 64
BATCH = 10_000
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
    """Keys of as many customers, each of which can sign."""
    made: list[str] = []
    for begin in tqdm(range(0, count, BATCH), desc="keys", disable=count <= BATCH):
        made += _make_batch(first + begin, min(BATCH, count - begin))
    return made


def _make_batch(first: int, count: int) -> list[str]:
    from accounts.models import RegisterType, User  # the models of another app, when they are loaded

    moment = now()
    told = {"register_type": RegisterType.EMAIL, "registered_at": moment}
    places = range(first, first + count)
    people = User.objects.bulk_create(User(uid=100_000_000 + place, email=f"{place}@bench.invalid", **told) for place in places)
    made = []
    for person in people:
        key = ApiKey(user=person, key=secrets.token_hex(16), scheme=Scheme.NATIVE_HMAC, label="bench", scopes=["read"])
        key.created_at = key.aged_from = moment
        key.last_used_at = moment + timedelta(days=1)  # that a use is noted once a minute is not what is measured
        key.sealed_secret = crypto.seal(SECRET.encode(), context=key.seal_context)
        made.append(key)
    ApiKey.objects.bulk_create(made)
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


class Keys(SignedReadUncached):
    """Signed reads among a million keys against the same among ten thousand, which stand in tables of their own."""

    reference_name = f"{KEYS_FEW} keys"

    def prepare(self) -> None:
        """The same tables twice: a few rows in one schema, many in the other. Of both, as many keys sign, from all over."""
        super().prepare()
        self.many = random.sample(_make_keys(KEYS_MANY, first=1), KEYS_FEW)
        with connection.cursor() as cursor:
            cursor.execute(_FEW)
        self._look_at("few")
        self.few = _make_keys(KEYS_FEW, first=KEYS_MANY + 1)
        with connection.cursor() as cursor:
            for table in ("accounts_user", "apikeys_apikey"):
                for schema in ("few", "public"):
                    cursor.execute(f"VACUUM ANALYZE {schema}.{table}")

    def reference(self) -> float:
        """Among the few."""
        return self._measured("few", self.few)

    def ours(self) -> float:
        """Among the many."""
        return self._measured("public", self.many)

    def _measured(self, schema: str, keys: list[str]) -> float:
        self._look_at(schema)
        signing = itertools.cycle(random.sample(keys, len(keys)))
        view = _Signed.as_view()
        _per_second(self.setting.seconds / 10, lambda: _request(next(signing)), view)  # statements are prepared anew
        return _per_second(self.setting.seconds, lambda: _request(next(signing)), view)

    def _look_at(self, schema: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET search_path TO " + ("few, public" if schema == "few" else "public"))


_FEW = """
CREATE SCHEMA few;
CREATE TABLE few.accounts_user (LIKE public.accounts_user INCLUDING ALL);
CREATE TABLE few.apikeys_apikey (LIKE public.apikeys_apikey INCLUDING ALL);
CREATE TABLE few.apikeys_nonce (LIKE public.apikeys_nonce INCLUDING ALL);
ALTER TABLE few.apikeys_apikey ADD FOREIGN KEY (user_id) REFERENCES few.accounts_user (id);
ALTER TABLE few.apikeys_nonce ADD FOREIGN KEY (api_key_id) REFERENCES few.apikeys_apikey (id);
"""
BENCHES: dict[str, type[Bench]] = {"signed-read": SignedRead, "signed-read-uncached": SignedReadUncached, "keys": Keys}
