"""Sending money on bitgin, from the wallet operation to the confirmation, and taking it back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.core.cache import cache

from accounts.errors import ReceiverLocked, ReceiverUnknown
from accounts.models.attempts import Scope
from accounts.services import receivers
from accounts.services.attempts import BUDGETS
from accounts.services.receivers import Named
from config.kit.clock import now
from tests.apikeys import people as key_people
from tests.client import Api
from tests.dialects.bitgin.people import Caller, refused
from tests.dialects.bitgin.wallets import (
    CANCEL,
    CONFIRM,
    RESEND,
    Mover,
    audit,
    key_of,
    mover,
    mover_with_app,
    signed,
    source,
    state_of,
    token_of,
)
from tests.wallet.transfers import arrange
from wallet.models import Transfer
from wallet.services.transfers import links

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_rates() -> None:
    cache.clear()


@pytest.fixture
def ada() -> Mover:
    return mover()


@pytest.fixture
def bob() -> Mover:
    return mover(funds="0")


def test_a_transfer_is_asked_for_opened_in_the_senders_session_and_confirmed(ada: Mover, bob: Mover) -> None:
    made = ada.sent(bob, 1)
    assert isinstance(made, int)
    assert (state_of(made), ada.money(), bob.money()) == ("verification", (9, 1), (0, 0))
    refused(ada.caller.get(audit(CONFIRM, made)), 400, 28)
    opened = ada.caller.get(ada.link())
    assert (opened.status_code, opened.content) == (302, b"")
    assert (opened.headers["Cache-Control"], opened.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    page = urlsplit(opened.headers["Location"])
    assert page.path == "/transfers/opened"
    assert parse_qs(page.query) == {"balance_audit_id": [str(made)], "coin_id": ["ETH"], "type": ["confirm"]}
    assert (state_of(made), ada.money(), bob.money()) == ("opened", (9, 1), (0, 0))
    done = ada.caller.get(audit(CONFIRM, made))
    assert (done.json()["data"], state_of(made), ada.money(), bob.money()) == (made, "completed", (9, 0), (1, 0))
    refused(ada.caller.get(audit(CONFIRM, made)), 400, 28)
    assert bob.money() == (1, 0)


def test_the_same_is_served_under_bitgin_and_the_page_is_the_configured_one(ada: Mover, bob: Mover, settings) -> None:
    settings.TRANSFER_RESULT_URL = "https://www.example.com/app?step=transfer"
    ada.caller.prefix = "/bitgin/v1"
    made = ada.sent(bob, "0.5")
    location = ada.caller.get(ada.link()).headers["Location"]
    assert location.startswith(f"https://www.example.com/app?step=transfer&balance_audit_id={made}&")
    assert ada.caller.get(audit(CONFIRM, made)).json()["data"] == made
    again = ada.sent(bob, "0.5")
    assert ada.caller.get(f"{CANCEL}?id={again}").json()["data"] is None


def test_money_moves_by_the_token_in_the_header_alone(ada: Mover, bob: Mover) -> None:
    made = ada.sent(bob)
    browser = ada.browser()
    assert "type=confirm" in browser.get(ada.link()).headers["Location"]
    refused(browser.get(audit(CONFIRM, made)), 401, 10002)
    for header in ({"Sec-Purpose": "prefetch"}, {"Purpose": "prefetch"}, {"Sec-Purpose": "prefetch;prerender"}):
        refused(ada.caller.get(audit(CONFIRM, made), **header), 405, -19)
    assert ada.caller.call("HEAD", audit(CONFIRM, made)).status_code == 405
    assert (state_of(made), bob.money()) == ("opened", (0, 0))
    assert ada.caller.get(audit(CONFIRM, made)).json()["code"] == 1


def test_a_scan_a_look_ahead_and_a_stranger_open_no_link(ada: Mover, bob: Mover) -> None:
    """Each is answered in words, and nothing is changed."""
    made = ada.sent(bob)
    link = ada.link()
    assert ada.caller.call("HEAD", link).status_code == 405
    refused(ada.caller.get(link, **{"Sec-Purpose": "prefetch"}), 405, -19)
    refused(ada.caller.post(link), 405, -19)
    key = key_of(ada.user, "withdraw", "read")
    for answer, code in (
        (Caller().get(link), 10002),
        (Caller(token="USER_TOKEN_LOGIN_" + "0" * 32 + "_" + "0" * 32).get(link), 10002),
        (bob.caller.get(link), -2),
        (bob.browser().get(link), -2),
        (signed(key, "GET", link), -19),
        (ada.caller.get("validate/emailtransfer?code=" + "x" * 43), -2),
        (ada.caller.get("validate/emailtransfer?code=" + "x" * 65), -2),
        (ada.caller.get("validate/emailtransfer?code="), -2),
        (ada.caller.get("validate/emailtransfer"), -2),
        (ada.browser().get(link, **{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}), -19),
    ):
        told = parse_qs(urlsplit(answer.headers["Location"]).query)
        assert (answer.status_code, told) == (302, {"alertcode": [str(code)], "alerttype": ["error"]}), answer.headers
    assert state_of(made) == "verification"
    followed = ada.browser().get(link, **{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"})
    assert "type=confirm" in followed.headers["Location"]
    assert state_of(made) == "opened"


def test_the_link_of_what_has_ended_says_how(ada: Mover, bob: Mover) -> None:
    def told(link: str) -> list[str]:
        return parse_qs(urlsplit(ada.caller.get(link).headers["Location"]).query)["alertcode"]

    made = ada.sent(bob)
    link = ada.link()
    ada.caller.get(link)
    ada.caller.get(audit(CONFIRM, made))
    assert told(link) == ["10"]
    cancelled = ada.sent(bob)
    link = ada.link()
    ada.caller.get(f"{CANCEL}?id={cancelled}")
    assert told(link) == ["16"]
    ada.sent(bob)
    link = ada.link()
    with time_machine.travel(now() + timedelta(minutes=31)):
        ada.caller.token = token_of(ada.user)
        assert told(link) == ["14"]


@pytest.mark.parametrize(
    ("told", "words"),
    [("type=confirm", "One step is left"), ("alertcode=14&alerttype=status", "not confirmed in time"),
     ("alertcode=10002&alerttype=error", "Sign in in this browser"), ("alertcode=10&alerttype=status", "has gone on or ended"),
     ("alertcode=<script>", "Nothing was changed"), ("", "Nothing was changed")],
)  # fmt: skip
def test_our_own_page_says_what_is_left_to_do(told: str, words: str) -> None:
    answer = Api().client.get(f"/transfers/opened?{told}")
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert "<script>" not in answer.content.decode().partition("<body")[2]


def test_anothers_transfer_is_as_absent_as_none(ada: Mover, bob: Mover) -> None:
    made = ada.sent(bob)
    ada.caller.get(ada.link())
    for path in (f"{CONFIRM}?balance_audit_id=", f"{RESEND}?balance_audit_id=", f"{CANCEL}?id="):
        answers = [bob.caller.get(f"{path}{found}") for found in (made, 4203918275640192, "x", "3019", "1" * 32)]
        for answer in answers:
            refused(answer, 404, -2)
        assert len({answer.json()["msg"] for answer in answers}) == 1
        for missing in (f"{path}", path.partition("?")[0], f"{path}{'1' * 33}"):
            refused(ada.caller.get(missing), 400, -2)
        refused(Caller().get(f"{path}{made}"), 401, 10002)
    assert state_of(made) == "opened"


def test_it_is_taken_back_once_and_not_by_a_look_ahead(ada: Mover, bob: Mover) -> None:
    made = ada.sent(bob)
    path = f"{CANCEL}?id={made}"
    assert ada.caller.call("HEAD", path).status_code == 405
    refused(ada.caller.get(path, Purpose="prefetch"), 405, -19)
    refused(ada.browser().get(path, **{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}), 403, -19)
    refused(signed(key_of(ada.user, "read", "trade", "transfer"), "GET", path), 403, -19)
    assert ada.money() == (9, 1)
    assert ada.browser().get(path).json()["code"] == 1
    assert (state_of(made), ada.money()) == ("cancelled", (10, 0))
    refused(ada.caller.get(path), 400, 28)
    by_key = signed(key_of(ada.user, "read", "withdraw"), "GET", f"{CANCEL}?id={ada.sent(bob)}")
    assert (by_key.json()["code"], ada.money()) == (1, (10, 0))


def test_a_new_mail_is_had_once_a_minute_and_voids_the_link_before(ada: Mover, bob: Mover) -> None:
    made = ada.sent(bob)
    former, path = ada.link(), audit(RESEND, made)
    assert ada.caller.call("HEAD", path).status_code == 405
    soon = ada.caller.get(path)
    refused(soon, 429, 10063)
    assert int(soon.headers["Retry-After"]) > 0
    with time_machine.travel(now() + timedelta(seconds=links.RESEND_SECONDS + 1)):
        assert ada.caller.get(path).json()["data"] == made
        assert ada.link() != former
        assert "alertcode=-2" in ada.caller.get(former).headers["Location"]
        assert "type=confirm" in ada.caller.get(ada.link()).headers["Location"]
        refused(ada.caller.get(path), 400, 28)


def test_where_an_authenticator_is_bound_its_code_is_due_at_once_and_not_again(bob: Mover) -> None:
    ada, app = mover_with_app()
    refused(ada.send(bob), 403, -19)
    refused(ada.send(bob, twoFAcode=""), 403, -19)
    refused(ada.send(bob, twoFAcode="000000" if app.code() != "000000" else "000001"), 400, 10027)
    assert not Transfer.objects.exists()
    made = ada.sent(bob, twoFAcode=int(app.code()))
    assert Transfer.objects.get().verified_by == "totp"
    natively = Api(token=key_people.token(ada.user))
    shown = natively.get(f"/api/v1/transfers/{made}").json()
    assert (shown["link_is_due"], shown["methods"]) == (True, [])
    refused(ada.caller.get(audit(CONFIRM, made)), 400, 28)
    ada.caller.get(ada.link())
    assert ada.caller.get(audit(CONFIRM, made)).json()["data"] == made
    assert Transfer.objects.get().state == "review"  # a young account: an officer looks at it


def test_what_was_asked_for_natively_without_the_code_is_not_confirmed_here(bob: Mover) -> None:
    ada, _ = mover_with_app()
    transfer = arrange.opened(ada.user, bob.user)
    refused(ada.caller.get(audit(CONFIRM, transfer.public_id)), 403, -19)
    assert state_of(transfer.public_id) == "opened"


def test_the_receivers_names_mean_one_customer_who_is_somebody_else(ada: Mover, bob: Mover) -> None:
    carol = mover(funds="0")
    for said, code in (
        ({"receiverEmail": carol.user.email}, -2),
        ({"receiver": "nobody-here"}, 10004),
        ({"receiverEmail": "nobody@example.com"}, 10004),
        ({"receiver": "", "receiverEmail": ""}, -2),
        ({"receiver": None, "receiverEmail": None}, -2),
        ({"receiver": ada.user.username, "receiverEmail": ada.user.email}, 28),
        ({"fromUser": bob.user.username}, -2),
        ({"fromUser": bob.user.email}, -2),
        ({"fromUser": "nobody"}, -2),
    ):
        refused(ada.send(bob, **said), 400, code)
    assert (Transfer.objects.count(), ada.money()) == (0, (10, 0))
    for said in (
        {"receiver": None}, {"receiverEmail": ""}, {"receiver": bob.user.username.upper(), "fromUser": ada.user.username},
        {"fromUser": ada.user.email},
    ):  # fmt: skip
        assert ada.send(bob, **said).json()["code"] == 1
    assert set(Transfer.objects.values_list("receiver_id", flat=True)) == {bob.user.pk}


def test_names_that_lead_nowhere_are_counted(ada: Mover, bob: Mover) -> None:
    refused(ada.send(bob, receiver="nobody1", receiverEmail=None), 400, 10004)
    for number in range(BUDGETS[Scope.RECEIVER].steps[0][0]):
        with pytest.raises((ReceiverUnknown, ReceiverLocked)):
            receivers.find(sender=ada.user, named=Named(username=f"nobody{number}"))
    locked = ada.send(bob)
    refused(locked, 429, 303)
    assert int(locked.headers["Retry-After"]) > 0
    assert not Transfer.objects.exists()


def test_what_the_wallet_refuses_has_its_numbers(ada: Mover, bob: Mover) -> None:
    refused(ada.send(bob, 11), 400, 8)
    refused(ada.send(bob, 1, asset="NOPE"), 400, -2)
    refused(ada.send(bob, "0.0000000000000000001"), 400, -2)
    refused(mover(level=1).send(bob), 403, -19)
    refused(ada.send(mover(level=0, funds="0")), 400, 28)
    assert not Transfer.objects.exists()


def test_a_key_with_the_scope_sends_at_once_in_both_families_of_headers(ada: Mover, bob: Mover) -> None:
    named = {"receiver": bob.user.username, "receiverEmail": bob.user.email}
    body = json.dumps({"operation": "TRANSFER", "fromWallet": [source("ETH", 1)], **named}).encode()
    key = key_of(ada.user, "withdraw", "read")
    refused(signed(key_of(ada.user, "read", "trade", "transfer"), "POST", "capital/wallet/operation", body), 403, -19)
    made = []
    for number, family in enumerate(("btse", "request")):
        moment = str(int(now().timestamp() * 1000) + number)
        answer = signed(replace(key, family=family), "POST", "capital/wallet/operation", body, moment=moment)
        assert answer.json()["code"] == 1, answer.content
        made.append(answer.json()["data"])
    assert Transfer.objects.filter(verified_by="api_key").count() == 2
    assert bob.money()[0] + ada.money()[1] == 2
    for path in (audit(CONFIRM, made[0]), audit(RESEND, made[0])):
        refused(signed(key, "GET", path), 403, -19)
    assert Decimal(2) == sum(ada.money()[1:]) + bob.money()[0]


def test_a_replay_by_its_idempotency_key_makes_nothing_anew(ada: Mover, bob: Mover) -> None:
    headers = {"Idempotency-Key": "one"}
    first, again = ada.send(bob, headers=headers), ada.send(bob, headers=headers)
    assert (first.json()["data"], Transfer.objects.count()) == (again.json()["data"], 1)
    assert (first.headers.get("Idempotency-Replayed"), again.headers["Idempotency-Replayed"]) == (None, "true")
    refused(ada.send(bob, 2, headers=headers), 400, -2)
    assert ada.money() == (9, 1)
