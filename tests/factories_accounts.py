"""Customers, sessions and authenticators for tests, made through the services as the product makes them."""

from __future__ import annotations

import base64
import itertools
import time

from django_otp.oath import hotp
from time_machine import escape_hatch

from accounts.models import Authenticator, User
from accounts.services import clients, login, registration, staff, totp, totp_binding
from config.kit.clock import now
from config.kit.crypto import unseal
from messaging.models import Channel, Purpose
from messaging.services import codes
from tests.factories_messaging import pass_time_for_resend, read_code

PASSWORD = "correct horse battery staple"
IP = "127.0.0.1"
CLIENT = clients.describe(ip=IP, user_agent="Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
SECONDS_TO_ARRIVE = 5
"""How long a code may be on its way, at most, on a busy machine."""
_numbers = itertools.count(1)


def customer(*, email: str | None = None, phone: str | None = None, username: str | None = None) -> User:
    """A customer who registered with a code that was really made; by email unless a phone is given."""
    if email is None and phone is None:
        email = f"customer{next(_numbers)}@example.com"
    destination = email or phone or ""
    pass_time_for_resend()
    codes.send(
        purpose=Purpose.REGISTRATION,
        channel=Channel.EMAIL if email else Channel.SMS,
        destination=destination,
        language="en",
        ip=IP,
        account_exists=False,
    )
    user = registration.register(
        email=email,
        phone=phone,
        username=username,
        password=PASSWORD,
        code=read_code(destination),
        language="en",
        ip=IP,
        user_agent="tests",
    )
    pass_time_for_resend()
    return user


def token_of(user: User) -> str:
    """The token of a new session of a customer without a second factor, full and fresh."""
    made = login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT)
    assert not made.methods
    return made.token


class App:
    """An authenticator app: shows each code once, as its owner would use it."""

    def __init__(self, seed: bytes) -> None:
        self.seed = seed
        self.last_step = 0

    @classmethod
    def of_secret(cls, secret: str) -> App:
        """The app after the QR code was read."""
        return cls(base64.b32decode(secret))

    @classmethod
    def of(cls, user: User) -> App:
        """The app of a user who has one bound, knowing which steps are spent."""
        bound = Authenticator.objects.get(user=user, confirmed_at__isnull=False)
        app = cls(unseal(bytes(bound.sealed_seed), context=bound.seal_context))
        app.last_step = bound.last_step
        return app

    def code(self) -> str:
        """The next code that was not shown yet: three are good at any time, one step before to one after.

        Shortly before a step ends its predecessor's code is not shown any more: it would be over when it arrives.
        """
        present, seconds = divmod(now().timestamp(), totp.STEP_SECONDS)
        ends_soon = seconds > totp.STEP_SECONDS - SECONDS_TO_ARRIVE and not escape_hatch.is_travelling()
        if ends_soon and self.last_step >= present + 1:
            time.sleep(SECONDS_TO_ARRIVE)
            return self.code()
        step = max(int(present) - (0 if ends_soon else 1), self.last_step + 1)
        assert step <= present + 1, "the test uses more codes than the time has"
        self.last_step = step
        return f"{hotp(self.seed, step, totp.DIGITS):06d}"


def bind_totp(user: User, *, password: str = PASSWORD) -> App:
    """Bind an authenticator to the customer, in a session of its own."""
    session = login.log_in(login=str(user.uid), password=password, client=CLIENT).session
    seed = totp_binding.begin(user=user, session=session, client=CLIENT, is_fresh=True).secret
    app = App.of_secret(seed)
    totp_binding.confirm(user=user, code=app.code(), session=session, client=CLIENT)
    return app


def officer(*roles: str, email: str | None = None) -> tuple[User, App]:
    """An officer of these roles and the app that shows the codes."""
    made = staff.create_officer(
        email=email or f"officer{next(_numbers)}@example.com",
        password=PASSWORD,
        roles=roles or ("compliance", "treasury"),
    )
    return made.user, App(made.totp_seed)
