"""The officer's second factor for decisions about money: shown with the decision, or within the last minutes.

Signing in shows it, and so does any code given with a decision. The moment stands in the staff session.
"""

from __future__ import annotations

import time

from django.http import HttpRequest

from accounts.models import User
from accounts.services import second_factor
from accounts.services.second_factor import Method, Proof

PROOF_HOLDS_SECONDS = 5 * 60
"""How long an officer's code stands for further decisions in the same staff session."""
PROVED_AT = "staff_proved_at"


def note(request: HttpRequest) -> None:
    """Remember that the officer has shown the authenticator's code now."""
    request.session[PROVED_AT] = int(time.time())


def is_due(request: HttpRequest) -> bool:
    """Whether the next decision needs a code."""
    proved_at = request.session.get(PROVED_AT)
    return not (isinstance(proved_at, int) and 0 <= time.time() - proved_at < PROOF_HOLDS_SECONDS)


def require(request: HttpRequest, officer: User, code: str, *, purpose: str, context: str) -> None:
    """Promise that the officer's second factor was shown within PROOF_HOLDS_SECONDS. A code that is given must be right.

    Raises SecondFactorRequired, WrongCode, TooManyAttempts.
    """
    if not code and not is_due(request):
        return
    second_factor.require(officer, Proof(method=Method.TOTP, code=code.replace(" ", "")), purpose, context)
    note(request)
