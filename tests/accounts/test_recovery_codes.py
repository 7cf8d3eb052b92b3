"""Recovery codes: ten, shown once, each good once, in place of a factor that was lost and of nothing else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from accounts.errors import SecondFactorWrong
from accounts.models import Authenticator, LoginRecord, RecoveryCode, User
from accounts.models.attempts import Scope
from accounts.services import attempts, factors, login, recovery_codes, second_factor
from accounts.services.attempts import Budget
from accounts.services.second_factor import Method, Proof
from config.kit.clock import now
from messaging.errors import TooManyAttempts, WrongCode
from messaging.models import Message, Purpose
from tests.accounts.threads import at_once
from tests.client import Api
from tests.factories_accounts import CLIENT, PASSWORD, App, bind_totp, customer, token_of
from tests.factories_messaging import read_code, read_message

pytestmark = pytest.mark.django_db
URL = "/api/v1/me/recovery-codes"


def drawn(user: User, app: App) -> list[str]:
    return factors.draw_recovery_codes(user=user, proof=Proof("totp", app.code()), client=CLIENT)


@pytest.fixture
def owner() -> tuple[User, list[str]]:
    user = customer(email="alice@example.com")
    return user, drawn(user, bind_totp(user))


def test_ten_codes_are_shown_once_and_only_their_hashes_kept(api: Api) -> None:
    user = customer(email="alice@example.com")
    token = token_of(user)
    assert api.post(URL, {}, token=token).json()["slug"] == "accounts.second_factor_required"
    api.post("/api/v1/codes", {"purpose": "recovery_codes"}, token=token)
    answer = api.post(URL, {"code": read_code("alice@example.com")}, token=token)
    assert answer.status_code == 201
    codes = answer.json()["codes"]
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"[0-9a-hjkmnp-tv-z]{5}-[0-9a-hjkmnp-tv-z]{5}", code) for code in codes)
    assert answer.headers["Cache-Control"] == "no-store"
    stored = b"".join(bytes(row.code_hash) for row in RecoveryCode.objects.all())
    assert not any(code.replace("-", "").encode() in stored for code in codes)
    assert all(len(bytes(row.code_hash)) == 32 for row in RecoveryCode.objects.all())
    read_message("alice@example.com", "recovery_codes_drawn")
    assert list(LoginRecord.objects.order_by("id").values_list("act", flat=True))[-1] == "recovery_codes_drawn"


def test_a_code_has_fifty_bits_at_least() -> None:
    assert len(set(recovery_codes.ALPHABET)) ** recovery_codes.LENGTH >= 2**50


def test_one_completes_a_log_in_once_and_its_owner_is_told_what_is_left(api: Api, owner: tuple[User, list[str]]) -> None:
    user, codes = owner
    first = api.post("/api/v1/sessions", {"login": "alice@example.com", "password": PASSWORD}).json()
    assert first["methods"] == ["totp", "recovery_code"]
    body = {"method": "recovery_code", "code": codes[0]}
    assert api.post("/api/v1/sessions/second-factor", body, token=first["token"]).status_code == 201
    assert read_message("alice@example.com", "recovery_code_used").facts["left"] == "9"
    note = LoginRecord.objects.get(user=user, act="recovery_code_used")
    assert note.ip == "127.0.0.1"
    again = api.post("/api/v1/sessions", {"login": "alice@example.com", "password": PASSWORD}).json()
    refused = api.post("/api/v1/sessions/second-factor", body, token=again["token"])
    assert (refused.status_code, refused.json()["slug"]) == (422, "messaging.wrong_code")
    assert refused.json()["methods"] == ["totp", "recovery_code"]


@pytest.mark.parametrize("typed", ["{0}", " {0} ", "{1}", "{2}", "{3}", "{4}"])
def test_how_it_is_typed_does_not_matter(owner: tuple[User, list[str]], typed: str) -> None:
    user, codes = owner
    code = codes[0]
    misread = code.replace("0", "O").replace("1", "l")
    text = typed.format(code, code.replace("-", ""), code.upper(), f"{code[:5]} – {code[6:]}", misread)
    recovery_codes.check(user, text, client=CLIENT)
    assert recovery_codes.unused(user).count() == 9


@pytest.mark.parametrize("code", ["", "-", "00000-0000u", "0000", "0" * 11, "0" * 33, "\uff10" * 10, "é" * 10, "\u202e" * 10])
def test_what_is_no_code_is_wrong_and_counted(owner: tuple[User, list[str]], code: str) -> None:
    user, _ = owner
    with pytest.raises(WrongCode) as refused:
        recovery_codes.check(user, code)
    assert refused.value.attempts_left == 4


def test_five_wrong_ones_lock_the_right_one(owner: tuple[User, list[str]]) -> None:
    user, codes = owner
    for _ in range(5):
        with pytest.raises(SecondFactorWrong):
            second_factor.require(user, Proof("recovery_code", "00000-00000"), Purpose.TOTP_UNBIND)
    with pytest.raises(TooManyAttempts):
        second_factor.require(user, Proof("recovery_code", codes[0]), Purpose.TOTP_UNBIND)
    assert recovery_codes.unused(user).count() == 10


@pytest.mark.parametrize("purpose", list(Purpose))
def test_it_stands_in_where_a_factor_may_be_lost_and_nowhere_else(owner: tuple[User, list[str]], purpose: Purpose) -> None:
    user, codes = owner
    stands_in = purpose in {
        "second_factor", "recovery_second", "totp_bind", "totp_change", "totp_unbind", "passkey_add", "passkey_remove",
    }  # fmt: skip
    assert (Method.RECOVERY_CODE in second_factor.methods(user, purpose)) is stands_in
    proof = Proof("recovery_code", codes[0])
    if stands_in:
        assert second_factor.require(user, proof, purpose) == Method.RECOVERY_CODE
    else:
        with pytest.raises(SecondFactorWrong):
            second_factor.require(user, proof, purpose)
    assert recovery_codes.unused(user).count() == (9 if stands_in else 10)


def test_new_ones_void_the_former(owner: tuple[User, list[str]]) -> None:
    user, codes = owner
    with time_machine.travel(now() + timedelta(minutes=2), tick=False):
        fresh = drawn(user, App.of(user))
    assert not set(fresh) & set(codes)
    with pytest.raises(SecondFactorWrong):
        second_factor.require(user, Proof("recovery_code", codes[0]), Purpose.TOTP_UNBIND)
    second_factor.require(user, Proof("recovery_code", fresh[0]), Purpose.TOTP_UNBIND)


def test_somebody_elses_code_is_wrong(owner: tuple[User, list[str]]) -> None:
    _, codes = owner
    other = customer()
    drawn(other, bind_totp(other))
    with pytest.raises(SecondFactorWrong):
        second_factor.require(other, Proof("recovery_code", codes[0]), Purpose.TOTP_UNBIND)
    assert RecoveryCode.objects.filter(used_at__isnull=False).count() == 0


def test_a_lost_authenticator_is_removed_with_one(api: Api, owner: tuple[User, list[str]]) -> None:
    user, codes = owner
    waiting = login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT).token
    body = {"method": "recovery_code", "code": codes[0]}
    token = api.post("/api/v1/sessions/second-factor", body, token=waiting).json()["token"]
    asked = api.delete("/api/v1/me/totp", {}, token=token).json()
    assert asked["methods"] == ["totp", "recovery_code"]
    assert api.delete("/api/v1/me/totp", {"method": "recovery_code", "code": codes[1]}, token=token).status_code == 204
    assert not Authenticator.objects.exists()


def test_200_submissions_of_one_code_succeed_once(real_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    user = customer(email="alice@example.com")
    codes = drawn(user, bind_totp(user))
    monkeypatch.setitem(attempts.BUDGETS, Scope.SECOND_FACTOR, Budget(timedelta(1), ((1_000, 1),)))
    proof = Proof("recovery_code", codes[0])
    results = at_once(200, lambda _: second_factor.require(user, proof, Purpose.TOTP_UNBIND))
    assert results.count(Method.RECOVERY_CODE) == 1
    assert sum(isinstance(result, SecondFactorWrong) for result in results) == 199
    assert Message.objects.filter(template="recovery_code_used").count() == 1


def test_of_two_drawings_at_once_one_leaves_ten_codes(real_db: None) -> None:
    user = customer()

    def draw(_: int) -> list[str]:
        with transaction.atomic():
            return recovery_codes.draw(user)

    at_once(8, draw)
    assert RecoveryCode.objects.filter(user=user).count() == 10


def test_the_database_keeps_no_code_twice(owner: tuple[User, list[str]]) -> None:
    row = RecoveryCode.objects.first()
    assert row is not None
    with pytest.raises(IntegrityError, match="accounts_recoverycode_unique"):
        RecoveryCode.objects.create(user=row.user, code_hash=row.code_hash, created_at=now())
