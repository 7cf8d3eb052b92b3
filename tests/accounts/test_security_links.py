"""The links of security mails: looking does nothing, pressing acts once, and nothing else does."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from time_machine import TimeMachineFixture

from accounts.api import link_texts
from accounts.errors import LinkSpent
from accounts.models import AccountFreeze, RecoveryCase, SecurityLink, User
from accounts.models.recovery import CaseState, LinkAct
from accounts.services import freezing, link_acts, recovery_cases
from config.kit.clock import now
from tests.accounts.threads import at_once
from tests.client import Api
from tests.factories_accounts import CLIENT, customer, token_of
from tests.factories_messaging import read_message, unsent_messages
from tests.factories_recovery import completed, let_time_pass, link_token, opened, waiting

PAGE = "/security/links"
LOOK = "/security/links/look"


def browser(**more: Any) -> Client:
    return Client(enforce_csrf_checks=True, raise_request_exception=False, **more)


def press(token: object, path: str = PAGE, **more: Any) -> Any:
    return browser().post(path, {"token": token}, **more)


def is_frozen(user: User) -> bool:
    return freezing.current(user) is not None


@pytest.mark.django_db
def test_the_link_of_a_new_device_freezes_by_one_button_without_a_session(api: Api) -> None:
    user = customer()
    session = token_of(user)
    link = read_message(user.email or "", "new_login").facts["link"]
    address, _, token = link.partition("#")
    assert address.endswith(PAGE)
    looked = press(link, LOOK)
    assert looked.status_code == 200
    assert f'value="{token}"' in looked.content.decode()
    assert "Freeze the account now" in looked.content.decode()
    assert not is_frozen(user)
    pressed = press(token)
    assert (pressed.status_code, "The account is frozen" in pressed.content.decode()) == (200, True)
    assert is_frozen(user)
    assert api.get("/api/v1/me", token=session).status_code == 401


@pytest.mark.django_db
def test_every_mail_about_a_change_carries_a_link_that_freezes() -> None:
    user = customer()
    token_of(user)
    waiting()
    link = read_message(user.email or "", "new_login").facts["link"]
    assert press(link).status_code == 200
    assert is_frozen(user)


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "head", "options"])
@pytest.mark.parametrize("path", [PAGE, LOOK])
def test_what_scanners_and_prefetchers_do_changes_nothing(method: str, path: str) -> None:
    user = customer()
    token = link_token(user)
    for address in (f"{path}?token={token}", f"{path}?{token}"):
        answer = getattr(browser(), method)(address, headers={"Sec-Purpose": "prefetch", "Purpose": "prefetch"})
        assert answer.status_code == 200
        assert token not in answer.content.decode()
    assert not is_frozen(user)
    assert SecurityLink.objects.get().used_at is None


@pytest.mark.django_db
def test_a_token_in_the_address_of_a_post_does_nothing() -> None:
    user = customer()
    token = link_token(user)
    assert browser().post(f"{PAGE}?token={token}").status_code == 404
    assert browser().put(PAGE, {"token": token}).status_code == 405
    assert browser().delete(PAGE).status_code == 405
    assert not is_frozen(user)


@pytest.mark.django_db
@pytest.mark.parametrize("path", [PAGE, LOOK])
def test_every_answer_is_uncached_unframed_and_sends_no_referrer(path: str) -> None:
    token = link_token(customer())
    for answer in (browser().get(path), press(token, LOOK), press("wrong"), press(token)):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert not answer.cookies


@pytest.mark.django_db
def test_a_link_works_once_and_a_frozen_account_stays_frozen() -> None:
    user = customer()
    token = link_token(user)
    assert press(token).status_code == 200
    again = press(token)
    assert (again.status_code, "used already" in again.content.decode()) == (409, True)
    assert press(token, LOOK).status_code == 409
    assert AccountFreeze.objects.count() == 1
    assert press(link_token(user)).status_code == 200
    assert AccountFreeze.objects.count() == 1


@pytest.mark.django_db
def test_an_expired_link_changes_nothing() -> None:
    user = customer()
    token = link_token(user)
    SecurityLink.objects.update(expires_at=now() - timedelta(seconds=1))
    refused = press(token)
    assert (refused.status_code, "older than seven days" in refused.content.decode()) == (409, True)
    assert not is_frozen(user)
    assert SecurityLink.objects.get().used_at is None


WRONG: list[object] = [
    "",
    "x",
    "A" * 43,
    "A" * 42,
    "A" * 44,
    "ä" * 43,
    "Ａ" * 43,
    "\x00" * 43,
    "#" * 43,
    "A" * 100_00,
    "%00",
    " ",
]


@pytest.mark.django_db
@pytest.mark.parametrize("token", WRONG, ids=range(len(WRONG)))
@pytest.mark.parametrize("path", [PAGE, LOOK])
def test_a_wrong_code_is_told_clearly_and_changes_nothing(token: object, path: str) -> None:
    user = customer()
    link_token(user)
    refused = press(token, path)
    assert (refused.status_code, "Nothing was changed" in refused.content.decode()) == (404, True)
    assert not is_frozen(user)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "raw", [b"{", b"[]", b"null", b'{"token": 5}', b'{"token": null}', b'{"token": ["a"]}', b"\xff\xfe", b"[" * 50_000]
)
def test_bodies_that_can_not_be_read_are_refused_as_json(raw: bytes) -> None:
    for path in (PAGE, LOOK):
        answer = browser().post(path, raw, content_type="application/json")
        assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "content_type", ["multipart/form-data", "multipart/form-data; boundary=x", "text/plain", "application/xml"]
)
def test_bodies_of_other_kinds_do_nothing(content_type: str) -> None:
    answer = browser().post(PAGE, b"--x\r\nbroken", content_type=content_type)
    assert 400 <= answer.status_code < 500


@pytest.mark.django_db
def test_an_app_looks_and_presses_by_json() -> None:
    user = customer()
    token = link_token(user)
    looked = browser().post(LOOK, json.dumps({"token": token}), content_type="application/json")
    assert (looked.status_code, looked.json()["act"], looked.json()["done"]) == (200, "freeze", False)
    assert str(user.email) not in looked.content.decode()
    pressed = browser().post(PAGE, json.dumps({"token": token}), content_type="application/json")
    assert (pressed.status_code, pressed.json()["done"]) == (200, True)
    assert is_frozen(user)


@pytest.mark.django_db
def test_a_foreign_page_with_a_victims_cookies_but_no_token_does_nothing() -> None:
    user = customer()
    link_token(user)
    visitor = browser()
    visitor.cookies["quaestor"] = token_of(user)
    answer = visitor.post(PAGE, {"token": ""}, headers={"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 404
    assert not is_frozen(user)


@pytest.mark.django_db
def test_tries_are_rated_by_address(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(datetime.now(UTC), tick=False)  # one window, however long the requests take
    statuses = [press("x", REMOTE_ADDR="127.0.0.9").status_code for _ in range(31)]
    assert (statuses[0], statuses[-1]) == (404, 429)
    assert press("x", REMOTE_ADDR="127.0.0.10").status_code == 404
    assert "Retry-After" in press("x", REMOTE_ADDR="127.0.0.9").headers


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "title"), [("zh-CN", "冻结此账户？"), ("zh-TW", "凍結此帳戶？"), ("fr", "Freeze this account?")]
)
def test_the_page_speaks_the_visitors_language(asked: str, title: str) -> None:
    answer = browser().post(LOOK, {"token": link_token(customer())}, headers={"Accept-Language": asked})
    assert title in answer.content.decode()


def test_the_three_languages_have_the_same_sentences() -> None:
    names = [list(texts) for texts in link_texts.TEXTS.values()]
    assert names[0] == names[1] == names[2]
    assert set(link_texts.REFUSALS.values()) <= set(names[0])
    assert all(link_texts.effects_of(act, language) for act in LinkAct.values for language in link_texts.TEXTS)


@pytest.mark.django_db
def test_the_mail_about_a_case_cancels_it_and_nothing_else() -> None:
    made = opened()
    user = made.case.user
    link = read_message(user.email or "", "recovery_opened").facts["link"]
    assert "Cancel the recovery" in press(link, LOOK).content.decode()
    assert press(link).status_code == 200
    made.case.refresh_from_db()
    assert made.case.state == CaseState.CANCELLED
    assert not is_frozen(user)
    read_message(user.email or "", "recovery_cancelled")


@pytest.mark.django_db
def test_the_waiting_time_can_be_cancelled_by_its_own_mail_and_then_nothing_completes() -> None:
    case = waiting()
    link = read_message(case.user.email or "", "recovery_approved").facts["link"]
    assert press(link).status_code == 200
    let_time_pass(case)
    case.refresh_from_db()
    assert case.state == CaseState.CANCELLED


@pytest.mark.django_db
def test_a_case_that_has_ended_can_not_be_cancelled_and_the_link_is_as_it_was() -> None:
    case = completed()
    token = link_token(case.user, LinkAct.CANCEL_RECOVERY, case)
    refused = press(token)
    assert (refused.status_code, "ended already" in refused.content.decode()) == (409, True)
    assert SecurityLink.objects.order_by("-id").first().used_at is None


@pytest.mark.django_db
def test_one_customers_link_never_touches_another() -> None:
    mine, other = customer(), customer()
    other_case = opened().case
    press(link_token(mine))
    assert (is_frozen(mine), is_frozen(other), is_frozen(other_case.user)) == (True, False, False)
    press(link_token(mine, LinkAct.CANCEL_RECOVERY, opened().case))
    other_case.refresh_from_db()
    assert other_case.state == CaseState.DRAFT


def test_sixty_four_presses_of_one_link_act_once(real_db: None) -> None:
    user = customer()
    token = link_token(user)
    made = at_once(64, lambda _: link_acts.press(token, client=CLIENT))
    assert sum(isinstance(one, LinkSpent) for one in made) == 63
    assert AccountFreeze.objects.count() == 1
    assert sum(message.template == "account_frozen" for message in unsent_messages(user.email or "")) == 1


def test_cancelling_and_pressing_at_once_cancels_once(real_db: None) -> None:
    made = opened()
    token = link_token(made.case.user, LinkAct.CANCEL_RECOVERY, made.case)
    acts = [
        lambda: link_acts.press(token, client=CLIENT),
        lambda: recovery_cases.cancel_by_token(token=made.token, client=CLIENT),
    ]
    results = at_once(24, lambda index: acts[index % 2]())
    assert sum(not isinstance(one, Exception) for one in results) == 1
    assert RecoveryCase.objects.get().state == CaseState.CANCELLED
    assert sum(m.template == "recovery_cancelled" for m in unsent_messages(made.case.user.email or "")) == 1


@pytest.mark.django_db
def test_whose_account_was_closed_is_told_so() -> None:
    user = customer()
    token = link_token(user)
    User.objects.filter(pk=user.pk).update(status="deleted")
    assert "closed" in press(token).content.decode()
