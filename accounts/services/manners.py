"""What a dialect's document promises of a log-in where it differs from ours."""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from accounts.models.attempts import Scope
from accounts.services.attempts import Budget
from config.kit.crypto import token

_LETTERS = string.ascii_letters + string.digits


@dataclass(frozen=True)
class Manners:
    """How a log-in goes.

    `waiting` is how long a session may wait for its second step, `waiting_token_length` the characters of the token by
    which it is named until then (None for a token as all others), `always_two_steps` whether a code is due also from who
    turned on no second factor, `budgets` when failures lock a name or a known device where that differs from ours, `new_token`
    how the token of a session is drawn (with 256 bits, whatever its form), `captcha_after_failures` whether failures make a
    captcha due, `captcha_for_known_devices` whether from the owner's own device too, `password_after_code` whether who logs
    in by a code shows the password too, where there is one.
    """

    waiting: timedelta = timedelta(minutes=10)
    waiting_token_length: int | None = None
    always_two_steps: bool = False
    password_after_code: bool = False
    budgets: Mapping[Scope, Budget] = field(default_factory=dict)
    new_token: Callable[[], str] = token
    captcha_after_failures: bool = True
    captcha_for_known_devices: bool = False

    def waiting_token(self) -> str:
        """A new token of a session that waits; letters and digits where the dialect names a length."""
        if self.waiting_token_length is None:
            return self.new_token()
        return "".join(secrets.choice(_LETTERS) for _ in range(self.waiting_token_length))


OURS = Manners()
"""Those of our own API."""
