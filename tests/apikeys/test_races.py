"""Many at once, with real commits: a nonce acts once, the limit of keys holds, a deleted key stays deleted."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

from accounts.services import second_factor
from accounts.services.second_factor import Proof
from apikeys.errors import NonceUsed, TooManyKeys
from apikeys.models import ApiKey, Nonce
from apikeys.services import admission, keys, nonces
from apikeys.services.schemes import native
from apikeys.services.schemes.common import Received, SignedRequest
from config.kit.clock import now
from config.kit.errors import Absent, DomainError
from tests.apikeys import people


def at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """What each of `count` threads answered, or the refusal that it met; all start together."""
    start = threading.Barrier(count)
    results: list[Any] = [None] * count

    def run(number: int) -> None:
        try:
            start.wait(timeout=30)
            results[number] = act(number)
        except DomainError as refusal:
            results[number] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return results


def read(signed) -> SignedRequest:
    return native.read(Received(signed.method, signed.target, "", signed.body, dict(signed.headers)))


def admitted(request: SignedRequest) -> admission.Admitted | DomainError:
    try:
        return admission.admit(request, ip="127.0.0.1")
    except DomainError as refusal:
        return refusal


def accept_any_proof(*_args: Any, **_kwargs: Any) -> None:
    """Stands for the second factor, whose own races are tested where it lives."""


def test_of_sixty_four_requests_with_one_nonce_one_is_let_in(real_db):
    client = people.signer(people.issue(people.customer()))
    captured = read(client.sign("GET", "/api/v1/x", nonce="0123456789abcdef"))
    pairs = at_once(32, lambda _: [admitted(captured), admitted(captured)])
    met = [one for pair in pairs for one in pair]
    assert len(met) == 64
    assert sum(isinstance(one, admission.Admitted) for one in met) == 1
    assert sum(isinstance(one, NonceUsed) for one in met) == 63
    assert Nonce.objects.count() == 1


def test_only_the_commit_of_a_reads_nonce_does_not_wait_for_the_disk(real_db):
    def waits() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SHOW synchronous_commit")
            return str(cursor.fetchone()[0])

    people.issue(people.customer())
    key = ApiKey.objects.get()
    usual = waits()
    assert usual == "on"
    for reads, inside in ((True, "off"), (False, usual)):
        with transaction.atomic():
            assert nonces.burn(key.pk, f"inside-{reads}", now(), reads=reads)
            assert waits() == inside
        assert waits() == usual
        assert nonces.burn(key.pk, f"outside-{reads}", now(), reads=reads)
        assert waits() == usual
    assert Nonce.objects.count() == 4


def test_the_limit_of_keys_holds_for_many_at_once(real_db, settings, monkeypatch):
    settings.API_KEYS_PER_CUSTOMER_MAX = 5
    ada = people.customer()
    monkeypatch.setattr(second_factor, "require", accept_any_proof)
    met = at_once(
        16, lambda number: keys.create(customer=ada, proof=Proof(method="", code="1"), label=str(number), scopes=["read"])
    )
    assert sum(isinstance(one, keys.IssuedKey) for one in met) == 5
    assert sum(isinstance(one, TooManyKeys) for one in met) == 11
    assert ApiKey.objects.count() == 5


def test_of_many_deletions_of_one_key_one_is_done(real_db, monkeypatch):
    ada = people.customer()
    number = str(people.issue(ada).api_key.public_id)
    monkeypatch.setattr(second_factor, "require", accept_any_proof)
    met = at_once(8, lambda _: keys.delete(customer=ada, public_id=number, proof=Proof(method="", code="1")))
    assert met.count(None) == 1
    assert sum(isinstance(one, Absent) for one in met) == 7


def test_a_burnt_nonce_is_committed_before_the_request_acts(real_db):
    client = people.signer(people.issue(people.customer()))
    admission.admit(read(client.sign("GET", "/api/v1/x")), ip="127.0.0.1")
    seen = at_once(1, lambda _: Nonce.objects.count())  # by a connection of its own
    assert seen == [1]
