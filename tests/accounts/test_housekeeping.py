"""Rows that have no use any more go, and no others."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.contrib.sessions.models import Session as StaffCookie
from django.core.cache import caches
from django.db import connection

from accounts import tasks
from accounts.models import AttemptCounter, KnownDevice, Session
from accounts.models.attempts import Scope
from accounts.models.sessions import EndCause
from accounts.services import attempts, housekeeping, sessions
from accounts.services.attempts import Subject
from config.kit.clock import now
from config.kit.crypto import token_hash
from tests.factories_accounts import CLIENT, customer

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def cached_keys() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM config_cache")
        return {row[0] for row in cursor.fetchall()}


def test_only_expired_rows_of_the_cache_go() -> None:
    cache = caches["default"]
    cache.set("live", 1, timeout=60)
    cache.set("forever", 1, timeout=None)
    cache.set("dead", 1, timeout=-60)
    housekeeping.prune()
    assert {cache.make_key("live"), cache.make_key("forever")} <= cached_keys()
    assert cache.make_key("dead") not in cached_keys()


def test_another_kind_of_cache_is_left_alone(settings: LazySettings) -> None:
    caches["default"].set("dead", 1, timeout=-60)
    dead = caches["default"].make_key("dead")
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    housekeeping.prune()
    assert dead in cached_keys()


def test_only_idle_counters_without_a_lock_go() -> None:
    old = now() - 2 * DAY - timedelta(minutes=1)
    for name, last_at, locked_until in (
        ("idle", old, None),
        ("unlocked", old, now() - DAY),
        ("locked", old, now() + DAY),
        ("recent", now() - DAY, None),
    ):
        attempts.begin(Subject(Scope.NAME, name))
        row = AttemptCounter.objects.filter(key_hash=Subject(Scope.NAME, name).key_hash)
        row.update(last_at=last_at, locked_until=locked_until)
    housekeeping.prune()
    left = {bytes(key) for key in AttemptCounter.objects.filter(scope=Scope.NAME).values_list("key_hash", flat=True)}
    assert left == {Subject(Scope.NAME, name).key_hash for name in ("locked", "recent")}


def test_only_sessions_that_ended_or_expired_a_month_ago_go() -> None:
    user = customer()
    kept: set[int] = set()
    gone: set[int] = set()
    for ended, expires, goes in ((31, 1, True), (29, 1, False), (None, 31, True), (None, 29, False), (None, -1, False)):
        made = sessions.open_session(user=user, level="full", client=CLIENT).session
        Session.objects.filter(pk=made.pk).update(
            created_at=now() - 60 * DAY,
            expires_at=now() - expires * DAY,
            ended_at=None if ended is None else now() - ended * DAY,
            end_cause="" if ended is None else EndCause.LOGOUT,
        )
        (gone if goes else kept).add(made.pk)
    housekeeping.prune()
    assert set(Session.objects.filter(pk__in=kept | gone).values_list("pk", flat=True)) == kept


def test_only_expired_devices_and_staff_cookies_go() -> None:
    user = customer()
    for word, expires_at in (("dead", now() - DAY), ("live", now() + DAY)):
        StaffCookie.objects.create(session_key=word, session_data="", expire_date=expires_at)
        moments = {"created_at": now(), "last_used_at": now(), "expires_at": expires_at}
        KnownDevice.objects.create(user=user, token_hash=token_hash(word), **moments)
    housekeeping.prune()
    assert StaffCookie.objects.filter(session_key__in=("dead", "live")).get().session_key == "live"
    (left,) = KnownDevice.objects.filter(user=user, token_hash__in=[token_hash("dead"), token_hash("live")])
    assert bytes(left.token_hash) == token_hash("live")


def test_many_rows_go_in_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(housekeeping, "ROWS_AT_ONCE", 2)
    for number in range(5):
        StaffCookie.objects.create(session_key=f"dead{number}", session_data="", expire_date=now() - DAY)
    assert housekeeping.prune() == 5


def test_the_clock_rings_for_it_every_hour(settings: LazySettings) -> None:
    entry = settings.CELERY_BEAT_SCHEDULE["accounts.prune"]
    assert (entry["task"], entry["schedule"]) == ("accounts.prune", 3600.0)
    assert tasks.prune.name == "accounts.prune"
    tasks.prune.run()
