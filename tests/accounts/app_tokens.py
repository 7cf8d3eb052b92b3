"""Fingerprint log-in as an app would turn it on: with a code that was really sent."""

from __future__ import annotations

from accounts.models import User
from accounts.services import app_tokens, code_requests, login
from accounts.services.app_tokens import Issued
from accounts.services.second_factor import Proof
from messaging.models import Purpose
from tests.factories_accounts import CLIENT, IP, PASSWORD
from tests.factories_messaging import pass_time_for_resend, read_code

DEVICE = "device-0f3a5c77e1"


def mailed_proof(user: User, purpose: str = Purpose.APP_TOKEN) -> Proof:
    """The second factor of a customer without an authenticator: a code by mail."""
    session = login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT).session
    pass_time_for_resend()
    code_requests.ask(purpose=purpose, email=None, phone=None, session=session, language="en", ip=IP)
    return Proof(method="email", code=read_code(user.email or ""))


def issued(user: User, device_id: str = DEVICE, name: str = "Phone") -> Issued:
    """A token of this device."""
    proof = mailed_proof(user)
    session = login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT).session
    return app_tokens.issue(user=user, session=session, device_id=device_id, name=name, proof=proof, client=CLIENT)
