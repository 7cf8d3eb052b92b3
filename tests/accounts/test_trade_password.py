"""The trade password: set, changed, reset, asked for."""

from __future__ import annotations

import hashlib

import pytest
from django.db import transaction

from accounts.errors import (
    PasswordsEqual,
    SecondFactorRequired,
    TradePasswordAlreadySet,
    TradePasswordLocked,
    TradePasswordMissing,
    TradePasswordRefused,
    TradePasswordWrong,
)
from accounts.models import AttemptCounter, User
from accounts.models.logins import LoginAct
from accounts.models.passwords import Form, Kind
from accounts.services import passwords, trade_password
from accounts.services.passwords import Given, plain
from config.kit.errors import DomainError, Unavailable
from messaging.errors import WrongCode
from messaging.models import Purpose
from tests.accounts.changing import acts_of, code_of, holds_of, open_sessions, reachable, shown, told
from tests.accounts.threads import at_once
from tests.client import Api
from tests.factories_accounts import CLIENT, PASSWORD, bind_totp, token_of
from tests.factories_around import emailed

pytestmark = pytest.mark.django_db
URL = "/api/v1/me/trade-password"
TRADE = "739104"


def with_trade_password(text: str = TRADE) -> User:
    user = reachable()
    with transaction.atomic():
        passwords.store(user, passwords.encode_forms(plain(text)), Kind.TRADE)
    return user


def test_the_first_one_is_set_with_a_code_and_holds_nothing(api: Api) -> None:
    user = reachable()
    token = token_of(user)
    code = code_of(api, "trade_password_set", "alice@example.com", token)
    answer = api.put(URL, {"trade_password": TRADE, "code": code}, token=token)
    assert (answer.status_code, answer.content) == (204, b"")
    trade_password.require(user, plain(TRADE))
    assert holds_of(user) == []
    assert acts_of(user)[-1] == "trade_password_set"
    assert told("trade_password_set") == {"a***e@example.com", "+886******678"}


def test_a_change_shows_the_old_one_and_holds_money_for_a_day(api: Api) -> None:
    user = with_trade_password()
    token = token_of(user)
    code = code_of(api, "trade_password_change", "alice@example.com", token)
    body = {"trade_password": "518273", "old_trade_password": TRADE, "code": code}
    assert api.put(URL, {**body, "old_trade_password": "000001"}, token=token).json()["failures"] == 1
    assert api.put(URL, body, token=token).status_code == 204
    trade_password.require(user, plain("518273"))
    assert holds_of(user) == [("trade_password", 24)]
    assert told("trade_password_reset") == {"a***e@example.com", "+886******678"}
    assert open_sessions(user) == 1


def test_a_forgotten_one_is_reset_with_a_code_of_that_purpose_alone(api: Api) -> None:
    user = with_trade_password()
    token = token_of(user)
    for purpose in ("trade_password_set", "trade_password_change"):
        code = code_of(api, purpose, "alice@example.com", token)
        assert api.put(URL, {"trade_password": "518273", "code": code}, token=token).status_code == 422
    code = code_of(api, "trade_password_reset", "alice@example.com", token)
    assert api.put(URL, {"trade_password": "518273", "code": code}, token=token).status_code == 204
    trade_password.require(user, plain("518273"))
    assert holds_of(user) == [("trade_password", 24)]


def test_without_the_old_one_it_is_set_or_changed_as_is_said_each_with_its_own_code() -> None:
    user = reachable()

    def write(text: str, purpose: str, *, is_change: bool | None) -> None:
        proof = emailed(user, purpose)
        trade_password.write_unasked(user=user, new=plain(text), is_change=is_change, proof=proof, client=CLIENT)

    with pytest.raises(TradePasswordMissing):
        write(TRADE, Purpose.TRADE_PASSWORD_CHANGE, is_change=True)
    write(TRADE, Purpose.TRADE_PASSWORD_SET, is_change=None)
    with pytest.raises(TradePasswordAlreadySet):
        write("518273", Purpose.TRADE_PASSWORD_SET, is_change=False)
    for purpose in (Purpose.TRADE_PASSWORD_SET, Purpose.TRADE_PASSWORD_RESET):
        with pytest.raises(WrongCode):
            write("518273", purpose, is_change=None)
    trade_password.require(user, plain(TRADE))
    write("518273", Purpose.TRADE_PASSWORD_CHANGE, is_change=None)
    trade_password.require(user, plain("518273"))
    assert holds_of(user) == [("trade_password", 24)]


def test_an_authenticator_takes_the_place_of_the_code(api: Api) -> None:
    user = with_trade_password()
    app = bind_totp(user)
    with pytest.raises(SecondFactorRequired) as refused:
        trade_password.reset(user=user, new=plain("518273"), proof=None, client=CLIENT)
    assert refused.value.methods[0] == "totp"
    trade_password.reset(user=user, new=plain("518273"), proof=shown(app.code(), "totp"), client=CLIENT)
    trade_password.require(user, plain("518273"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("12345", "too_short"),
        ("", "too_short"),
        ("x" * 129, "too_long"),
        ("111111", "too_simple"),
        ("aaaaaaaa", "too_simple"),
        ("123456", "too_simple"),
        ("654321", "too_simple"),
        ("890123", "too_simple"),
        ("ABCDEFG", "too_simple"),
    ],
)
def test_what_is_too_simple_is_refused(text: str, reason: str) -> None:
    with pytest.raises(TradePasswordRefused) as refused:
        trade_password.check_rules(plain(text))
    assert reason in refused.value.reasons


@pytest.mark.parametrize("text", ["111111", "123456", "987654", "1234", "abcdef"])
@pytest.mark.parametrize("form", [Form.MD5, Form.MD5_SALTED, Form.SHA256])
def test_the_digest_of_what_is_too_simple_is_refused(form: Form, text: str) -> None:
    digest = plain(text).as_form(form)
    assert digest is not None
    with pytest.raises(TradePasswordRefused) as refused:
        trade_password.check_rules(Given(form, digest.decode().upper()))
    assert refused.value.reasons == ["too_simple"]


def test_a_digest_of_the_wrong_length_is_none() -> None:
    with pytest.raises(TradePasswordRefused) as refused:
        trade_password.check_rules(Given(Form.MD5, "739104"))
    assert refused.value.reasons == ["malformed"]


def test_what_is_not_simple_is_taken() -> None:
    for text in ("739104", "112233", "correct horse", "123457"):
        trade_password.check_rules(plain(text))
    trade_password.check_rules(Given(Form.MD5, hashlib.md5(b"739104").hexdigest()))


@pytest.mark.parametrize("form", [Form.PLAIN, Form.MD5, Form.SHA256])
def test_the_trade_password_is_never_the_log_in_password(form: Form) -> None:
    user = reachable()
    text = plain(PASSWORD).as_form(form)
    assert text is not None
    app = bind_totp(user)
    with pytest.raises(PasswordsEqual):
        trade_password.set_first(user=user, new=Given(form, text.decode()), proof=shown(app.code(), "totp"), client=CLIENT)
    assert not trade_password.is_set(user)


def test_a_text_is_compared_with_a_log_in_password_of_which_a_digest_alone_is_known() -> None:
    user = reachable()
    passwords.store(user, passwords.encode_forms(Given(Form.SHA256, hashlib.sha256(b"739104 x").hexdigest())))
    with pytest.raises(PasswordsEqual):
        trade_password._write(user, plain("739104 x"), CLIENT, LoginAct.TRADE_PASSWORD_SET, replaces=False)


def test_without_one_whatever_asks_for_it_is_told_to_set_it() -> None:
    user = reachable()
    for act in (
        lambda: trade_password.require(user, plain(TRADE)),
        lambda: trade_password.reset(user=user, new=plain(TRADE), proof=None, client=CLIENT),
        lambda: trade_password.change(user=user, old=plain(TRADE), new=plain("518273"), proof=None, client=CLIENT),
    ):
        with pytest.raises(TradePasswordMissing):
            act()


def test_a_second_first_one_is_refused() -> None:
    with pytest.raises(TradePasswordAlreadySet):
        trade_password.set_first(user=with_trade_password(), new=plain("518273"), proof=None, client=CLIENT)


def test_wrong_ones_are_counted_and_lock_longer_each_time() -> None:
    user = with_trade_password()
    for number in range(1, 6):
        with pytest.raises(TradePasswordWrong) as wrong:
            trade_password.require(user, plain("518273"))
        assert wrong.value.failures == number
    with pytest.raises(TradePasswordLocked) as locked:
        trade_password.require(user, plain(TRADE))
    assert locked.value.failures == 5
    assert 0 < locked.value.retry_after <= 60


def test_the_right_one_forgets_the_failures_and_every_form_opens() -> None:
    user = with_trade_password()
    for form in Form:
        with pytest.raises(TradePasswordWrong) as wrong:
            trade_password.require(user, plain("518273"))
        assert wrong.value.failures == 1
        text = plain(TRADE).as_form(form)
        assert text is not None
        trade_password.require(user, Given(form, text.decode()))


def test_a_full_hashing_pool_counts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    user = with_trade_password()

    def full(*_: object) -> bool:
        raise Unavailable

    monkeypatch.setattr(passwords, "matches", full)
    with pytest.raises(Unavailable):
        trade_password.require(user, plain(TRADE))
    assert AttemptCounter.objects.get(scope="trade_password").failures == 0


def test_64_wrong_ones_at_once_get_five_comparisons(real_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    user = with_trade_password()
    compared: list[int] = []

    def noted(*_: object) -> bool:
        compared.append(1)
        return False

    monkeypatch.setattr(passwords, "matches", noted)
    results = at_once(64, lambda _: trade_password.require(user, plain("518273")))
    slugs = sorted(result.slug for result in results if isinstance(result, DomainError))
    assert slugs == ["accounts.trade_password_locked"] * 59 + ["accounts.trade_password_wrong"] * 5
    assert len(compared) == 5


def test_of_two_first_ones_at_once_one_is_set(real_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    user = reachable()
    monkeypatch.setattr(trade_password, "require_where_there_is_one", lambda *_: None)
    results = at_once(
        2,
        lambda number: trade_password.set_first(user=user, new=plain(f"73910{number}"), proof=None, client=CLIENT),
    )
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "TradePasswordAlreadySet"]
