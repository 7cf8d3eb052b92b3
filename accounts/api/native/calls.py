"""What services of this app want to know of a request."""

from __future__ import annotations

from typing import Any

from accounts.models import Session
from accounts.services import clients
from config.kit.operations import Call


def session_of(call: Call) -> Session:
    """The session that asks; SessionAuthentication put it there."""
    session: Session = call.request.customer_session  # type: ignore[attr-defined]  # set by SessionAuthentication
    return session


def client_of(call: Call) -> clients.Client:
    """The sender in words."""
    return clients.describe(ip=call.ip, user_agent=call.user_agent)


def who(call: Call) -> dict[str, Any]:
    """Session and sender, as keyword arguments."""
    return {"session": session_of(call), "client": client_of(call)}
