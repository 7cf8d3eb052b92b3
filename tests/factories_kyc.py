"""Customers, officers and cases for tests, made through the services."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import date
from typing import Any

from accounts.models import Session, User
from accounts.models.sessions import Level as SessionLevel
from accounts.services import clients, registration, sessions, staff
from kyc.models import Case, CaseDecision, DocumentKind, Level
from kyc.services import applications, claims, decisions, documents, evidence, identity
from kyc.services.id_numbers import taiwan_checks
from messaging.models import Allowance, Channel, Purpose
from messaging.services import codes
from tests.factories_messaging import read_code
from tests.kyc import pictures

PASSWORD = "correct-Horse-7-battery"


def loopback() -> str:
    """An address of its own, so that budgets per network don't meet."""
    return f"127.{secrets.randbelow(250)}.{secrets.randbelow(250)}.{1 + secrets.randbelow(250)}"


def phone_number() -> str:
    """A valid mobile number of Taiwan."""
    return f"+8869{secrets.randbelow(10**8):08d}"


def id_number() -> str:
    """A national ID number of Taiwan."""
    return taiwanese(f"A1{secrets.randbelow(10**7):07d}")


def permit_number() -> str:
    """The number of a residence permit of Taiwan."""
    return taiwanese(f"A8{secrets.randbelow(10**7):07d}")


def taiwanese(start: str) -> str:
    """The nine characters with the check digit that fits."""
    return next(f"{start}{digit}" for digit in range(10) if taiwan_checks(f"{start}{digit}"))


def customer(*, language: str = "en") -> User:
    """A registered customer."""
    Allowance.objects.all().delete()
    email, ip = f"c{secrets.token_hex(6)}@example.com", loopback()
    codes.send(
        purpose=Purpose.REGISTRATION, channel=Channel.EMAIL, destination=email, language=language, ip=ip, account_exists=False
    )
    return registration.register(
        email=email, password=PASSWORD, code=read_code(email), language=language, ip=ip, user_agent="tests"
    )


def token_of(user: User) -> str:
    """A full session's token."""
    client = clients.describe(ip="127.0.0.1", user_agent="tests")
    opened: Any = sessions.open_session(user=user, level=SessionLevel.FULL, client=client)
    assert Session.objects.filter(user=user).exists()
    return str(opened.token)


def personal_data(**changes: Any) -> identity.PersonalData:
    """A grown-up from Taiwan."""
    facts: dict[str, Any] = {
        "first_name": "Mei-Hua",
        "last_name": "Lin",
        "birthday": date(1990, 2, 28),
        "nationality": "TW",
        "residence": "TW",
        "gender": "female",
        "address": "7 Zhongshan North Road, Taipei",
        "id_type": "national_id",
        "id_number": id_number(),
    }
    return identity.PersonalData(**{**facts, **changes})


def prove_phone(user: User) -> Case:
    """The customer's phone, proven by a code that was sent to it."""
    phone = user.phone or phone_number()
    Allowance.objects.all().delete()
    codes.send(purpose=Purpose.KYC_PHONE, channel=Channel.SMS, destination=phone, user=user, language="en", ip=loopback())
    return identity.confirm_phone(user=user, phone=phone, code=read_code(phone))


def level_one(user: User | None = None, **changes: Any) -> User:
    """A customer with level 1."""
    made = user or customer()
    identity.submit(user=made, details=personal_data(**changes))
    prove_phone(made)
    return made


def officer(role: str = "compliance") -> User:
    """An officer."""
    email = f"o{secrets.token_hex(6)}@example.com"
    return staff.create_officer(email=email, password=PASSWORD, roles=[role]).user


def upload_all(user: User, *kinds: str) -> None:
    """Upload a picture of each kind."""
    for kind in kinds or (DocumentKind.ID_FRONT, DocumentKind.ID_BACK, DocumentKind.SELFIE):
        documents.upload(user=user, kind=kind, content=pictures.jpeg())


def submitted(user: User | None = None) -> Case:
    """A level 2 case under review."""
    made = user or level_one()
    upload_all(made)
    return applications.apply(user=made, level=Level.DOCUMENTS)


def look_through(case: Case, officer: User) -> None:
    """The officer, who has the case, sees every page of it."""
    for document in evidence.of(case).documents:
        for page in range(1, document.page_count + 1):
            claims.note_seen(case, officer, document, page)


def decide(decision: Callable[..., CaseDecision], case: Case, by: User | None = None, **given: Any) -> CaseDecision:
    """An officer takes the case and decides about what the page shows now."""
    who = by or officer()
    claims.claim(case_pk=case.pk, officer=who)
    look_through(case, who)
    return decision(case_id=case.public_id, officer=who, seen=evidence.of(case).fingerprint, **given)


def level_two(user: User | None = None) -> User:
    """A customer with level 2."""
    case = submitted(user)
    decide(decisions.approve, case)
    return case.user
