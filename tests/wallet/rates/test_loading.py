"""Taking prices: newer ones only, none from the future, no jump that nobody has looked at, one direction for a pair."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from accounts.models import AuditRecord
from config.kit.clock import now
from config.rate_source import rate_source
from tests.accounts.threads import wait_until_somebody_waits
from tests.wallet.rates.arrange import tell
from tests.wallet.withdrawals.crowd import at_once
from wallet.models import Coin, Rate
from wallet.services.rates import loading, providers
from wallet.services.rates.errors import RatesUnavailable
from wallet.tasks.rates import load_rates

MOMENT = "2026-01-31T12:00:00Z"


def rate(pair: str) -> Rate:
    base, quote = pair.split("/")
    return Rate.objects.get(base__code=base, quote__code=quote)


@pytest.fixture
def server() -> Iterator[Any]:
    """A source of prices that answers what `server.told` holds: status and body."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.seen.append((self.path, dict(self.headers)))
            status, body = made.told
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/elsewhere")
            self.end_headers()
            try:
                self.wfile.write(body)
            except OSError:
                return

        def log_message(self, *words: Any) -> None:
            return

    made: Any = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.seen, made.told = [], (200, b"{}")
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


def body(*rates: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({"taken_at": now().isoformat(), "rates": list(rates), **more}).encode()


@pytest.mark.django_db
def test_a_newer_price_replaces_the_former_and_an_older_one_does_not() -> None:
    first = now() - timedelta(seconds=60)
    assert tell("ETH/USDT", "3000", change="1.5", taken_at=first).stored == 1
    assert tell("ETH/USDT", "3100", taken_at=first + timedelta(seconds=1)).stored == 1
    assert tell("ETH/USDT", "2900", taken_at=first).old == 1
    assert tell("ETH/USDT", "2900", taken_at=first + timedelta(seconds=1)).old == 1
    kept = rate("ETH/USDT")
    assert (kept.price, kept.change_percent, kept.source) == (Decimal(3100), None, "tests")
    assert kept.taken_at == first + timedelta(seconds=1)


@pytest.mark.django_db
def test_a_price_from_the_future_is_refused() -> None:
    assert tell("ETH/USDT", "3000", taken_at=now() + timedelta(seconds=29)).stored == 1
    assert tell("BTC/USDT", "60000", taken_at=now() + timedelta(seconds=40)).refused == 1
    assert Rate.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("pair", ["DOGE/USDT", "ETH/DOGE", "ETH/ETH"])
def test_coins_that_we_do_not_carry_have_no_price(pair: str) -> None:
    assert tell(pair, "1").unknown == 1
    assert not Rate.objects.exists()


@pytest.mark.django_db
def test_a_pair_is_kept_in_one_direction() -> None:
    assert tell("ETH/USDT", "3000").stored == 1
    assert tell("USDT/ETH", "0.0005").unknown == 1
    assert Rate.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("price", "is_taken"), [("3600", True), ("3600.01", False), ("2500", True), ("2499.99", False)])
def test_a_jump_is_kept_out(price: str, is_taken: bool) -> None:
    tell("ETH/USDT", "3000", taken_at=now() - timedelta(seconds=9))
    done = tell("ETH/USDT", price)
    assert (done.stored, len(done.jumps)) == ((1, 0) if is_taken else (0, 1))
    assert rate("ETH/USDT").price == Decimal(price if is_taken else "3000")


@pytest.mark.django_db
def test_an_operator_accepts_a_jump_with_a_reason(tmp_path: Any, settings: Any) -> None:
    tell("ETH/USDT", "3000", taken_at=now() - timedelta(seconds=9))
    file = tmp_path / "rates.json"
    file.write_bytes(body({"base": "ETH", "quote": "USDT", "price": "1500"}))
    settings.RATES_SOURCE = rate_source(f"file://{file}")
    with pytest.raises(CommandError, match="ETH/USDT 3000 → 1500"):
        call_command("load_rates", verbosity=0)
    for missing in ([], ["--by", "Ada"], ["--by", "Ada", "--reason", "  "]):
        with pytest.raises(CommandError):
            call_command("load_rates", "--accept-jumps", *missing, verbosity=0)
    assert rate("ETH/USDT").price == 3000
    call_command("load_rates", "--accept-jumps", "--by", "Ada", "--reason", "the market fell", verbosity=0)
    assert (rate("ETH/USDT").price, rate("ETH/USDT").source) == (1500, "file")
    (record,) = AuditRecord.objects.filter(act="wallet.rate_jump_accepted")
    assert (record.reason, record.facts["by"], record.facts["after"]) == ("the market fell", "Ada", "1500")


@pytest.mark.django_db
def test_a_server_is_asked_with_its_credentials_and_its_numbers_are_read_from_their_digits(server: Any, settings: Any) -> None:
    settings.RATES_SOURCE = rate_source(f"http://bearer:s3cret@127.0.0.1:{server.server_port}/rates?all=1")
    text = '{"taken_at": "%s", "rates": [{"base": "BTC", "quote": "USDT", "price": 60000.123456789012345678,'
    text += '"change_percent": 1.588807927108616}, {"base": "ETH", "quote": "USDT", "price": "0"}, 7]}'
    server.told = (200, (text % now().isoformat()).encode())
    done = loading.load()
    assert (done.stored, done.refused) == (1, 2)
    kept = rate("BTC/USDT")
    assert (kept.price, kept.change_percent) == (Decimal("60000.123456789012345678"), Decimal("1.58880792"))
    assert kept.source == "127.0.0.1"
    ((path, headers),) = server.seen
    assert (path, headers["Authorization"]) == ("/rates?all=1", "Bearer s3cret")
    assert "s3cret" not in repr(settings.RATES_SOURCE)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "told",
    [
        (500, b""), (302, b""), (200, b"no"), (200, b"[]"), (200, b'{"rates": {}}'), (200, b" " * (1024 * 1024 + 1)),
        (200, b"[" * 99_999),
    ],
    ids=["broken", "redirect", "no JSON", "a list", "no list", "too long", "too deep"],
)  # fmt: skip
def test_an_answer_that_is_none_changes_nothing_and_the_task_lives(server: Any, settings: Any, told: Any) -> None:
    settings.RATES_SOURCE = rate_source(f"http://127.0.0.1:{server.server_port}/")
    server.told = told
    with pytest.raises(RatesUnavailable):
        loading.load()
    load_rates()
    assert not Rate.objects.exists()
    assert {path for path, _ in server.seen} == {"/"}


@pytest.mark.parametrize(
    "row",
    [
        {"price": "-1"}, {"price": "1e-9"}, {"price": "NaN"}, {"price": None}, {"price": True}, {"price": []},
        {"price": "0." + "0" * 18 + "1"}, {"price": "1", "base": 7}, {"price": "1", "quote": "X" * 17},
        {"price": "1", "base": ""},
        {"price": "1", "taken_at": "2026-01-31T12:00:00"}, {"price": "1", "taken_at": "soon"}, {"price": "1", "taken_at": 7},
        {"price": "1", "change_percent": "-101"}, {"price": "1", "change_percent": "x"},
        {"price": "1", "taken_at": "2026-02-31T12:00:00Z"},
    ],
    ids=repr,
)  # fmt: skip
def test_an_entry_that_is_no_price_is_left_out(row: dict[str, Any]) -> None:
    whole = {"taken_at": MOMENT, "rates": [{"base": "ETH", "quote": "USDT", **row}]}
    assert providers.read(json.dumps(whole).encode()) == providers.Answer((), unreadable=1)


@pytest.mark.parametrize("number", ["1e400", "-1e400", "NaN", "1e999999999999999999"])
def test_numbers_that_no_price_has_are_left_out(number: str) -> None:
    text = f'{{"taken_at": "{MOMENT}", "rates": [{{"base": "ETH", "quote": "USDT", "price": 1, "change_percent": {number}}}]}}'
    try:
        assert providers.read(text.encode()).rates == ()
    except RatesUnavailable:
        assert number in {"NaN", "1e999999999999999999"}


def test_a_file_that_is_not_there_is_no_answer(tmp_path: Any) -> None:
    source = rate_source(f"file://{tmp_path}/none.json")
    assert source is not None
    with pytest.raises(RatesUnavailable):
        providers.provider(source, timeout_seconds=1).fetch()


@pytest.mark.django_db
def test_without_a_source_nothing_is_loaded(settings: Any) -> None:
    settings.RATES_SOURCE = None
    load_rates()
    with pytest.raises(CommandError, match="names no source"):
        call_command("load_rates")


def test_no_address_is_no_source() -> None:
    assert rate_source("") is None


@pytest.mark.parametrize(
    "url", ["ftp://host/", "https:///path", "file://host/path", "rates.json", "https://[::1", "https://h:x/"]
)
def test_an_address_that_is_none_stops_the_start_without_showing_it(url: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        rate_source(url)
    assert url not in str(refused.value)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"price": 0}, "rate_price_positive"),
        ({"change_percent": -101}, "rate_change_possible"),
        ({"source": ""}, "rate_source_given"),
        ({"quote": "ETH"}, "rate_of_two_coins"),
        ({"base": "BTC", "quote": "USDT"}, "rate_pair_once"),
        ({"base": "USDT", "quote": "BTC"}, "rate_pair_once"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_database_refuses_what_is_no_rate(changes: dict[str, Any], constraint: str) -> None:
    tell("BTC/USDT", "60000")
    words = {"base": "ETH", "quote": "USDT", "price": 1, "source": "tests", "taken_at": now(), **changes}
    words |= {side: Coin.objects.get(code=words[side]) for side in ("base", "quote")}
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Rate.objects.create(**words)
    assert refused.value.__cause__.diag.constraint_name == constraint


def test_of_many_loaders_at_once_the_newest_price_stands(real_db: None) -> None:
    first = now() - timedelta(seconds=100)
    acts = [
        lambda seconds=seconds: tell("ETH/USDT", str(3000 + seconds), taken_at=first + timedelta(seconds=seconds))
        for seconds in range(24)
    ]
    outcomes = at_once(acts)
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    newest = max(seconds for seconds, done in enumerate(outcomes) if done.stored)
    assert rate("ETH/USDT").price == 3000 + newest
    tell("ETH/USDT", "3023", taken_at=first + timedelta(seconds=23))
    assert rate("ETH/USDT").price == 3023


def test_a_loader_that_comes_late_with_an_older_price_waits_and_leaves_the_newer_one(real_db: None) -> None:
    first = now() - timedelta(seconds=60)
    tell("ETH/USDT", "3000", taken_at=first)
    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            tell("ETH/USDT", "3002", taken_at=first + timedelta(seconds=2))
            late = pool.submit(in_its_own_connection, lambda: tell("ETH/USDT", "3001", taken_at=first + timedelta(seconds=1)))
            pool.submit(in_its_own_connection, wait_until_somebody_waits).result()
        assert late.result().old == 1
    assert rate("ETH/USDT").price == 3002


def in_its_own_connection(act: Any) -> Any:
    try:
        return act()
    finally:
        connection.close()
