"""Opening an account."""

from __future__ import annotations

import pytest

from accounts.errors import AlreadyRegistered
from accounts.models import AuditRecord, PasswordForm, User
from accounts.services import registration
from messaging.models import Channel, Purpose
from messaging.services import codes
from tests.accounts.threads import at_once
from tests.client import Api
from tests.factories_accounts import PASSWORD, customer
from tests.factories_messaging import pass_time_for_resend, read_code, read_message

pytestmark = pytest.mark.django_db
URL = "/api/v1/registration"
PHONE = "+886912345678"


def ask_code(api: Api, **where: str) -> None:
    answer = api.post("/api/v1/codes", {"purpose": "registration", **where})
    assert answer.status_code == 202, answer.content


@pytest.mark.real_hashing
def test_an_email_with_its_code_opens_an_account(api: Api) -> None:
    ask_code(api, email="Alice@Example.com")
    code = read_code("alice@example.com")
    answer = api.post(
        URL, {"email": "alice@example.com", "username": "Alice", "password": PASSWORD, "code": code}, lang="zh-TW"
    )
    assert answer.status_code == 201
    body = answer.json()
    user = User.objects.get(email="alice@example.com")
    assert body == {
        "uid": str(user.uid),
        "email": "alice@example.com",
        "phone": None,
        "username": "Alice",
        "status": "normal",
        "registered_at": body["registered_at"],
    }
    assert len(body["uid"]) == 9
    assert user.language == "zh-TW"
    stored = list(PasswordForm.objects.filter(user=user).values_list("encoded", flat=True))
    assert len(stored) == 4
    assert all(encoded.startswith("$argon2id$v=19$m=19456,t=2,p=1$") and PASSWORD not in encoded for encoded in stored)
    assert AuditRecord.objects.filter(act="accounts.registered", actor=user).count() == 1
    read_message("alice@example.com", "registration_done")


def test_a_phone_with_its_code_opens_an_account(api: Api) -> None:
    ask_code(api, phone="+886 912-345-678")
    answer = api.post(URL, {"phone": PHONE, "password": PASSWORD, "code": read_code(PHONE)})
    assert answer.status_code == 201
    assert answer.json()["phone"] == PHONE
    assert User.objects.get(phone=PHONE).register_type == "phone"


def test_asking_for_a_code_never_says_whether_the_address_is_taken(api: Api) -> None:
    customer(email="taken@example.com")
    free = api.post("/api/v1/codes", {"purpose": "registration", "email": "free@example.com"})
    taken = api.post("/api/v1/codes", {"purpose": "registration", "email": "taken@example.com"})
    assert (free.status_code, taken.status_code) == (202, 202)
    assert set(free.json()) == set(taken.json()) == {"destination", "expires_at", "resend_at"}
    assert read_message("taken@example.com", "account_exists").code == ""


def test_a_taken_address_is_answered_like_a_wrong_code(api: Api) -> None:
    customer(email="taken@example.com")
    ask_code(api, email="taken@example.com")
    ask_code(api, email="free@example.com")
    answers = [
        api.post(URL, {"email": email, "password": PASSWORD, "code": "000000"})
        for email in ("taken@example.com", "free@example.com")
    ]
    assert answers[0].status_code == answers[1].status_code == 422
    assert answers[0].json() == answers[1].json()
    assert User.objects.count() == 1


def test_a_spent_code_opens_no_second_account(api: Api) -> None:
    ask_code(api, email="alice@example.com")
    code = read_code("alice@example.com")
    assert api.post(URL, {"email": "alice@example.com", "password": PASSWORD, "code": code}).status_code == 201
    again = api.post(URL, {"email": "alice@example.com", "password": PASSWORD, "code": code})
    assert again.status_code == 422
    assert again.json()["slug"] == "messaging.wrong_code"
    assert User.objects.count() == 1


def test_a_user_name_that_differs_in_case_only_is_taken(api: Api) -> None:
    customer(email="one@example.com", username="Satoshi")
    ask_code(api, email="two@example.com")
    answer = api.post(
        URL,
        {"email": "two@example.com", "username": "sAToshi", "password": PASSWORD, "code": read_code("two@example.com")},
    )
    assert answer.status_code == 409
    assert answer.json()["slug"] == "accounts.username_taken"
    assert answer.json()["fields"] == {"username": ["This user name is taken."]}
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": None}, "email"),
        ({"email": "no-at-sign"}, "email"),
        ({"email": "аlice@example.com"}, "email"),  # a Cyrillic а
        ({"email": 7}, "email"),
        ({"phone": PHONE}, "email"),
        ({"username": "ab"}, "username"),
        ({"username": "123456789"}, "username"),
        ({"username": "pаypal"}, "username"),  # a Cyrillic а
        ({"password": "short"}, "password"),
        ({"password": "x" * 129}, "password"),
        ({"password": "password123"}, "password"),
        ({"password": "alice@example.com"}, "password"),
        ({"code": "１２３４５６"}, "code"),
        ({"code": ""}, "code"),
    ],
)
def test_bad_input_names_its_field_and_writes_nothing(api: Api, change: dict[str, object], field: str) -> None:
    ask_code(api, email="alice@example.com")
    good = {"email": "alice@example.com", "password": PASSWORD, "code": read_code("alice@example.com")}
    body = {name: value for name, value in {**good, **change}.items() if value is not None}
    answer = api.post(URL, body)
    assert answer.status_code in {400, 422}, answer.content
    assert field in answer.json()["fields"], answer.content
    assert not User.objects.exists()


def test_bad_input_does_not_spend_the_code(api: Api) -> None:
    ask_code(api, email="alice@example.com")
    body = {"email": "alice@example.com", "code": read_code("alice@example.com")}
    assert api.post(URL, {**body, "password": "short"}).status_code == 400
    assert api.post(URL, {**body, "password": PASSWORD}).status_code == 201


def test_a_country_that_is_closed_opens_no_account(api: Api) -> None:
    from accounts.models import Country

    Country.objects.filter(alpha2="TW").update(can_register=False)
    answer = api.post("/api/v1/codes", {"purpose": "registration", "phone": PHONE})
    assert answer.status_code == 403
    assert answer.json()["country"] == "TW"
    assert api.post(URL, {"phone": PHONE, "password": PASSWORD, "code": "123456"}).status_code == 403


def test_of_two_accounts_for_one_email_at_once_one_is_opened(real_db: None) -> None:
    def register(index: int) -> User:
        return registration.register(
            email="race@example.com", password=PASSWORD, code=code, language="en", ip="127.0.0.1", user_agent=""
        )

    codes.send(
        purpose=Purpose.REGISTRATION,
        channel=Channel.EMAIL,
        destination="race@example.com",
        language="en",
        ip="127.0.0.1",
        account_exists=False,
    )
    code = read_code("race@example.com")
    results = at_once(8, register)
    assert sum(isinstance(result, User) for result in results) == 1
    assert User.objects.filter(email="race@example.com").count() == 1


def test_the_database_refuses_a_second_account_for_one_email(real_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "verify", lambda **_: None)  # as if each had a code of its own

    def register(index: int) -> User:
        return registration.register(
            email="race@example.com", password=PASSWORD, code="1", language="en", ip="127.0.0.1", user_agent=""
        )

    results = at_once(4, register)
    assert sum(isinstance(result, User) for result in results) == 1
    assert sum(isinstance(result, AlreadyRegistered) for result in results) == 3
    assert PasswordForm.objects.count() == 4


def test_a_taken_uid_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    first = customer()
    draws = iter([first.uid, first.uid, 123456789])
    monkeypatch.setattr(User._meta.get_field("uid"), "default", lambda: next(draws))
    monkeypatch.delitem(User._meta.get_field("uid").__dict__, "_get_default", raising=False)
    pass_time_for_resend()
    assert customer().uid == 123456789
