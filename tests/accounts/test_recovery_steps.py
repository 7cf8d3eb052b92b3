"""Steps of a recovery skipped, repeated, late, out of order, with foreign tokens, counted, and raced."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from accounts.models import AttemptCounter, PasswordRecovery, User
from accounts.models.recovery import PasswordRecoveryState as State
from accounts.services import recovery_rows
from config.kit.clock import now
from config.kit.crypto import token_hash
from tests.accounts.changing import PHONE, acts_of, reachable
from tests.accounts.recovering import STEPS, URL, ask, begin, finish, first_code, second_code, step
from tests.client import Api
from tests.factories_accounts import customer, token_of
from tests.factories_messaging import pass_time_for_resend, read_code

pytestmark = pytest.mark.django_db
EMAIL = "alice@example.com"


def brought_to(api: Api, state: State) -> str:
    """The token of a recovery of a customer with two channels that stands in the state."""
    reachable()
    token = begin(api, email=EMAIL)
    if state != State.STARTED:
        first_code(api, token, email=EMAIL)
    if state in {State.PROVEN, State.DONE}:
        second_code(api, token, PHONE)
    if state == State.DONE:
        finish(api, token)
    if state == State.ENDED:
        PasswordRecovery.objects.update(state=State.ENDED)
    assert PasswordRecovery.objects.get().state == state
    return token


LEADS_ON = {State.STARTED: {"code"}, State.CODE_PROVEN: {"second-code", "proof"}, State.PROVEN: {"password"}}


@pytest.mark.parametrize("state", list(State))
def test_whatever_is_not_the_next_step_gets_one_answer_and_changes_nothing(api: Api, state: State) -> None:
    token = brought_to(api, state)
    user = User.objects.get(email=EMAIL)
    before = set(user.password_forms.values_list("encoded", flat=True))
    foreign = [step(api, name, "x" * 43).content for name in STEPS]
    assert len(set(foreign)) == 1
    for name in STEPS:
        if name in LEADS_ON.get(state, set()):
            continue
        answer = step(api, name, token)
        assert (answer.status_code, answer.json()["slug"]) == (409, "accounts.recovery_invalid"), name
        assert answer.content == foreign[0], name
    assert PasswordRecovery.objects.get().state == state
    assert set(user.password_forms.values_list("encoded", flat=True)) == before


@pytest.mark.parametrize("state", [State.STARTED, State.CODE_PROVEN, State.PROVEN])
def test_after_half_an_hour_no_step_leads_on(api: Api, state: State) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        token = brought_to(api, state)
        clock.shift(timedelta(minutes=30))
        for name in STEPS:
            assert step(api, name, token).json()["slug"] == "accounts.recovery_invalid", name
        assert ask(api, token).json()["slug"] == "accounts.recovery_invalid"


@pytest.mark.parametrize("text", ["", "x", "x" * 43, "x" * 64, "é" * 43, "\u0000" * 43])
def test_a_token_that_is_none_is_answered_like_a_spent_one(api: Api, text: str) -> None:
    for name in STEPS:
        assert step(api, name, text).status_code in {400, 409}, name
    assert ask(api, text.encode("ascii", "ignore").decode().replace("\u0000", "")).status_code == 409


def test_the_code_of_one_recovery_fits_no_other(api: Api) -> None:
    reachable()
    customer(email="mallory@example.com")
    mine = begin(api, email="mallory@example.com")
    theirs = begin(api, email=EMAIL)
    code = read_code(EMAIL)
    assert api.post(f"{URL}/code", {"token": mine, "code": code, "email": EMAIL}).status_code == 409
    answer = api.post(f"{URL}/code", {"token": mine, "code": code, "email": "mallory@example.com"})
    assert answer.json()["slug"] == "accounts.recovery_code_wrong"
    assert api.post(f"{URL}/code", {"token": theirs, "code": code, "email": EMAIL}).status_code == 200


def test_a_second_code_is_bound_to_its_recovery(api: Api) -> None:
    reachable()
    one = begin(api, email=EMAIL)
    first_code(api, one, email=EMAIL)
    other = begin(api, email=EMAIL)
    first_code(api, other, email=EMAIL)
    pass_time_for_resend()
    api.post(f"{URL}/second-code", {"token": one})
    code = read_code(PHONE)
    assert api.post(f"{URL}/proof", {"token": other, "code": code}).json()["slug"] == "messaging.wrong_code"
    assert api.post(f"{URL}/proof", {"token": one, "code": code}).status_code == 200


def test_a_new_recovery_ends_the_former_one_whose_code_was_not_shown(api: Api) -> None:
    reachable()
    first = begin(api, email=EMAIL)
    second = begin(api, email=EMAIL)
    assert ask(api, first).status_code == 409
    assert first_code(api, second, email=EMAIL).status_code == 200
    third = begin(api, email=EMAIL)
    assert ask(api, second).json()["state"] == "code_proven"
    assert ask(api, third).json()["state"] == "started"


@pytest.mark.parametrize("change", ["locked", "staff"])
def test_an_account_that_is_stopped_meanwhile_goes_no_further(api: Api, change: str) -> None:
    token = brought_to(api, State.PROVEN)
    user = User.objects.get(email=EMAIL)
    if change == "locked":
        User.objects.filter(pk=user.pk).update(status="locked")
    else:
        User.objects.filter(pk=user.pk).update(is_staff=True)
    assert finish(api, token).json()["slug"] == "accounts.recovery_invalid"


def test_a_password_changed_meanwhile_ends_the_recovery(api: Api) -> None:
    token = brought_to(api, State.PROVEN)
    user = User.objects.get(email=EMAIL)
    recovery_rows.end_open(user)
    assert finish(api, token).json()["slug"] == "accounts.recovery_invalid"


def test_wrong_codes_are_counted_for_the_name_however_it_is_written_and_lock(api: Api) -> None:
    reachable()
    failures = []
    spellings = [EMAIL, " ALICE@example.com ", "Alice@Example.COM", "\uff41lice@example.com", EMAIL]
    for spelling in spellings:
        token = begin(api, email=spelling)
        failures.append(api.post(f"{URL}/code", {"token": token, "code": "00000000", "email": spelling}).json()["failures"])
    assert failures == [1, 2, 3, 4, 5]
    token = begin(api, email=EMAIL)
    answer = first_code(api, token, email=EMAIL)
    assert (answer.status_code, answer.json()["slug"]) == (429, "accounts.recovery_locked")
    assert answer.headers["Retry-After"] == str(answer.json()["retry_after"])


def test_phones_are_one_name_with_and_without_separators(api: Api) -> None:
    reachable()
    for number, spelling in enumerate([PHONE, "+886 912-345-678", "+886 (912) 345 678"], 1):
        token = begin(api, phone=spelling)
        answer = api.post(f"{URL}/code", {"token": token, "code": "000000", "phone": spelling})
        assert answer.json()["failures"] == number


def test_the_owners_known_device_is_not_locked_out(api: Api) -> None:
    user = reachable()
    device = api.post("/api/v1/sessions", {"login": str(user.uid), "password": "correct horse battery staple"}).json()[
        "device_token"
    ]
    for _ in range(5):
        token = begin(api, email=EMAIL)
        step(api, "code", token)
    token = begin(api, email=EMAIL)
    body = {"token": token, "code": read_code(EMAIL), "email": EMAIL}
    assert api.post(f"{URL}/code", body).status_code == 429
    assert api.post(f"{URL}/code", {**body, "device_token": device}).status_code == 200


def test_who_never_had_the_token_locks_the_own_address_and_no_name(api: Api) -> None:
    reachable()
    answers = [step(Api(ip="203.0.113.9"), "code", "x" * 43).json()["slug"] for _ in range(21)]
    assert answers == ["accounts.recovery_invalid"] * 20 + ["accounts.recovery_locked"]
    assert not AttemptCounter.objects.filter(scope="recovery").exists()
    token = begin(api, email=EMAIL)
    assert first_code(api, token, email=EMAIL).status_code == 200


def test_the_right_code_gives_back_what_was_counted(api: Api) -> None:
    reachable()
    token = begin(api, email=EMAIL)
    step(api, "code", token)
    first_code(api, token, email=EMAIL)
    assert not AttemptCounter.objects.filter(scope="recovery").exists()
    assert AttemptCounter.objects.get(scope="recovery_address").failures == 1


def test_wrong_second_proofs_are_counted_and_leave_a_line_in_the_owners_log(api: Api) -> None:
    token = brought_to(api, State.CODE_PROVEN)
    user = User.objects.get(email=EMAIL)
    for _ in range(5):
        assert api.post(f"{URL}/proof", {"token": token, "code": "000000"}).status_code == 422
    assert api.post(f"{URL}/proof", {"token": token, "code": "000000"}).json()["slug"] == "accounts.recovery_locked"
    assert acts_of(user).count("second_factor_failed") == 5


def test_sending_again_resets_no_counter(api: Api) -> None:
    token = brought_to(api, State.CODE_PROVEN)
    for number in range(5):
        pass_time_for_resend()
        assert api.post(f"{URL}/second-code", {"token": token}).status_code == 202
        assert api.post(f"{URL}/proof", {"token": token, "code": "000000"}).status_code == 422, number
    pass_time_for_resend()
    api.post(f"{URL}/second-code", {"token": token})
    assert api.post(f"{URL}/proof", {"token": token, "code": read_code(PHONE)}).status_code == 429


def test_the_token_is_kept_as_a_hash_and_the_destination_as_a_keyed_one(api: Api) -> None:
    token = brought_to(api, State.STARTED)
    row = PasswordRecovery.objects.get()
    assert bytes(row.token_hash) == token_hash(token)
    assert token not in repr(row) + str(row)
    assert EMAIL not in str(PasswordRecovery.objects.values().get())


def test_a_session_of_the_owner_stays_while_a_recovery_is_under_way(api: Api) -> None:
    user = reachable()
    session = token_of(user)
    token = begin(api, email=EMAIL)
    first_code(api, token, email=EMAIL)
    assert api.get("/api/v1/me", token=session).status_code == 200
