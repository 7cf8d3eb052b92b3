"""One password in the form of each dialect."""

from __future__ import annotations

import hashlib
import itertools
import threading
from typing import Any

import pytest
from argon2 import PasswordHasher
from django.db import transaction

from accounts.errors import PasswordRefused, WrongCredentials
from accounts.models import AttemptCounter, PasswordForm, User
from accounts.models.passwords import Form, Kind
from accounts.services import login, passwords
from accounts.services.passwords import Given, plain
from tests.accounts.threads import at_once
from tests.factories_accounts import CLIENT, PASSWORD, customer, officer

pytestmark = pytest.mark.django_db
OTHER = "another horse, another battery"


def sent(form: Form, text: str = PASSWORD) -> Given:
    """What a client of the form's dialect sends for this text, computed apart from the product."""
    raw = text.encode()
    return Given(
        form,
        {
            Form.PLAIN: text,
            Form.MD5: hashlib.md5(raw).hexdigest(),
            Form.MD5_SALTED: hashlib.md5(raw + b"DZO%0JW$JTJk").hexdigest(),
            Form.SHA256: hashlib.sha256(raw).hexdigest(),
        }[form],
    )


def with_forms(*forms: Form) -> User:
    """A customer whose password is known in these forms only."""
    user = customer()
    PasswordForm.objects.filter(user=user).exclude(form__in=forms).delete()
    return user


def opens(user: User, given: Given) -> bool:
    try:
        login.log_in(login=str(user.uid), password=given.text, form=given.form, client=CLIENT)
    except WrongCredentials:
        return False
    return True


def forms(user: User, kind: Kind = Kind.LOGIN) -> set[str]:
    return {one.form for one in passwords.forms_of(user, kind)}


def test_the_salted_digest_is_that_of_the_documented_vector() -> None:
    assert plain("123456A").as_form(Form.MD5_SALTED) == b"a5b8cb029d6828b1f4bb40c97a2a7b6a"


@pytest.mark.parametrize("form", Form)
def test_a_text_that_was_set_once_opens_the_door_of_each_dialect(form: Form) -> None:
    user = customer()
    assert opens(user, sent(form))
    assert not opens(user, sent(form, OTHER))


@pytest.mark.parametrize("form", [form for form in Form if form != Form.PLAIN])
def test_a_digest_is_taken_in_upper_case_too(form: Form) -> None:
    assert opens(customer(), Given(form, sent(form).text.upper()))


@pytest.mark.parametrize(("stored", "shown"), list(itertools.permutations(Form, 2)))
def test_what_is_sent_for_one_form_never_passes_for_another(stored: Form, shown: Form) -> None:
    user = with_forms(stored)
    assert not opens(user, Given(shown, sent(stored).text if stored != Form.PLAIN else sent(Form.MD5).text))
    assert opens(user, sent(shown)) is (shown in (stored, Form.PLAIN))


@pytest.mark.parametrize("form", [form for form in Form if form != Form.PLAIN])
def test_the_first_text_that_fits_a_digest_brings_all_forms(form: Form) -> None:
    user = with_forms(form)
    assert not opens(user, plain(OTHER))
    assert forms(user) == {form}
    assert opens(user, plain(PASSWORD))
    assert forms(user) == set(Form)
    assert all(opens(user, sent(other)) for other in Form)


@pytest.mark.parametrize("form", [form for form in Form if form != Form.PLAIN])
def test_setting_a_digest_removes_the_forms_of_the_old_password(form: Form, settings: Any) -> None:
    settings.LOGIN_CAPTCHA_AFTER_FAILURES = 0
    user = customer()
    passwords.store(user, passwords.encode_forms(sent(form, OTHER)))
    assert forms(user) == {form}
    assert not any(opens(user, sent(old)) for old in Form)
    assert opens(user, sent(form, OTHER))


def test_an_overlong_text_that_fits_a_digest_is_not_adopted() -> None:
    text = "a long text " * 20
    text = text[: passwords.LENGTH_MAX + 1]  # what is cut off above the limit would be equal to it
    user = customer()
    passwords.store(user, passwords.encode_forms(sent(Form.MD5, text)))
    assert opens(user, sent(Form.MD5, text))
    assert not opens(user, plain(text))
    assert forms(user) == {Form.MD5}


@pytest.mark.parametrize("kept", [(), (Form.MD5,), (Form.PLAIN,), tuple(Form)])
@pytest.mark.parametrize("form", Form)
def test_one_hash_is_compared_whatever_is_stored_and_whatever_is_sent(
    monkeypatch: pytest.MonkeyPatch, kept: tuple[Form, ...], form: Form
) -> None:
    user = with_forms(*kept)
    compared: list[bytes] = []
    verify = passwords._verify

    def noted(encoded: str, text: bytes) -> bool:
        compared.append(text)
        return verify(encoded, text)

    monkeypatch.setattr(passwords, "_verify", noted)
    for name in (str(user.uid), "nobody@example.com", "not a name"):
        for text in (sent(form, OTHER).text, "x" * 1024, ""):
            with pytest.raises(WrongCredentials):
                login.log_in(login=name, password=text, form=form, client=CLIENT)
            assert len(compared) == 1
            compared.clear()
        AttemptCounter.objects.all().delete()


@pytest.mark.real_hashing
def test_all_forms_are_hashed_anew_when_the_parameters_rise() -> None:
    user = customer()
    weak = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1)
    for one in passwords.forms_of(user):
        text = plain(PASSWORD).as_form(Form(one.form))
        PasswordForm.objects.filter(pk=one.pk).update(encoded=weak.hash(text or b""))
    assert opens(user, sent(Form.MD5))
    strong = "$argon2id$v=19$m=19456,t=2,p=1$"
    assert {one.form for one in passwords.forms_of(user) if one.encoded.startswith(strong)} == {Form.MD5}
    assert opens(user, plain(PASSWORD))
    assert {one.form for one in passwords.forms_of(user) if one.encoded.startswith(strong)} == set(Form)
    assert all(opens(user, sent(form)) for form in Form)


def test_a_full_pool_leaves_the_adoption_to_the_next_log_in(monkeypatch: pytest.MonkeyPatch) -> None:
    user = with_forms(Form.MD5)
    stored = passwords.forms_of(user)
    slots = threading.BoundedSemaphore(1)
    monkeypatch.setattr(passwords, "_slots", slots)
    monkeypatch.setattr(passwords, "SLOT_WAIT_SECONDS", 0)
    with slots:
        passwords.renew(stored, plain(PASSWORD))
    assert forms(user) == {Form.MD5}
    passwords.renew(stored, plain(PASSWORD))
    assert forms(user) == set(Form)


def test_a_password_that_was_changed_meanwhile_is_not_adopted() -> None:
    user = with_forms(Form.MD5)
    proved = passwords.forms_of(user)
    passwords.store(user, passwords.encode_forms(sent(Form.MD5, OTHER)))
    passwords.renew(proved, plain(PASSWORD))
    assert forms(user) == {Form.MD5}
    assert not opens(user, plain(PASSWORD))


def test_changes_and_adoptions_at_once_leave_one_password(real_db: None) -> None:
    user = with_forms(Form.MD5)
    old = passwords.forms_of(user)
    new = passwords.encode_forms(sent(Form.MD5, OTHER))

    def act(number: int) -> None:
        if number % 2:
            passwords.renew(old, plain(PASSWORD))
        else:
            with transaction.atomic():
                passwords.store(user, new)

    at_once(12, act)
    assert forms(user) == {Form.MD5}
    assert not opens(user, plain(PASSWORD))


def test_an_officers_password_is_known_as_text_only() -> None:
    made, _ = officer()
    passwords.renew(passwords.forms_of(made), plain(PASSWORD))
    assert forms(made) == {Form.PLAIN}


def test_the_trade_password_is_kept_apart_in_the_same_forms() -> None:
    user = customer()
    passwords.store(user, passwords.encode_forms(plain(OTHER)), Kind.TRADE)
    trade = passwords.forms_of(user, Kind.TRADE)
    assert forms(user, Kind.TRADE) == set(Form)
    assert all(passwords.matches(trade, sent(form, OTHER)) for form in Form)
    assert not passwords.matches(trade, plain(PASSWORD))
    assert opens(user, plain(PASSWORD))
    assert not opens(user, plain(OTHER))


@pytest.mark.parametrize(
    ("given", "reasons"),
    [
        (plain("short"), ["too_short"]),
        (plain("x" * 129), ["too_long"]),
        (plain("\U0001f600" * 128), []),
        (plain("password123"), ["common"]),
        (plain("Alice@Example.com"), ["same_as_name"]),
        (sent(Form.MD5, "password123"), ["common"]),
        (sent(Form.MD5_SALTED, "password123"), ["common"]),
        (sent(Form.SHA256, "123456"), ["common"]),
        (sent(Form.SHA256, "alice@example.com"), ["same_as_name"]),
        (Given(Form.MD5, "f" * 31), ["malformed"]),
        (Given(Form.MD5, "f" * 64), ["malformed"]),
        (Given(Form.MD5_SALTED, "g" * 32), ["malformed"]),
        (Given(Form.SHA256, "f" * 32), ["malformed"]),
        (Given(Form.SHA256, ""), ["malformed"]),
        (Given(Form.SHA256, "ａ" * 64), ["malformed"]),
        (Given(Form.MD5, "f" * 32 + "\n"), ["malformed"]),
    ],
)
def test_what_may_not_be_a_password_is_told_of_each_form(given: Given, reasons: list[str]) -> None:
    if not reasons:
        passwords.check_rules(given, names=("alice@example.com",))
        return
    with pytest.raises(PasswordRefused) as refusal:
        passwords.check_rules(given, names=("alice@example.com",))
    assert refusal.value.reasons == reasons


def test_a_password_is_in_no_repr() -> None:
    assert PASSWORD not in repr(plain(PASSWORD))
    assert sent(Form.MD5).text not in repr(sent(Form.MD5))
