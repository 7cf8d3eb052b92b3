"""Sub-accounts, officers' acts and proofs for tests, made through the services."""

from __future__ import annotations

import secrets
from typing import Any

from accounts.models import User
from accounts.services import login, second_factor, sub_accounts
from accounts.services.officers import Act
from accounts.services.second_factor import Proof
from messaging.models import Allowance
from tests.factories_accounts import CLIENT, IP, officer
from tests.factories_messaging import read_code

SUB_PASSWORD = "a sub-account's own sentence"


def act(*roles: str, reason: str = "asked for by the customer") -> Act:
    """An act of a new officer of these roles."""
    return Act(reason=reason, officer=officer(*(roles or ("treasury",)))[0])


def emailed(user: User, purpose: str) -> Proof:
    """A proof by a code that was really sent to the user's email."""
    Allowance.objects.all().delete()
    second_factor.send(user, second_factor.Method.EMAIL, purpose, language="en", ip=IP)
    return Proof(method="email", code=read_code(user.email or ""))


def proof_body(user: User, purpose: str) -> dict[str, Any]:
    """The same as a request carries it."""
    shown = emailed(user, purpose)
    return {"method": shown.method, "code": shown.code}


def sub_account(parent: User, *, username: str | None = None, label: str = "") -> User:
    """A sub-account of a customer who has an email."""
    return sub_accounts.create(
        parent=parent,
        username=username or f"sub_{secrets.token_hex(5)}",
        password=SUB_PASSWORD,
        label=label,
        proof=emailed(parent, "sub_account_add"),
        client=CLIENT,
    )


def sub_token(sub: User) -> str:
    """The token of a new session of the sub-account."""
    return login.log_in(login=sub.username or "", password=SUB_PASSWORD, client=CLIENT).token
