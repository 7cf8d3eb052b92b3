"""An application's request, from its first look to the customer's answer."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from oauthlib.oauth2.rfc6749.errors import FatalClientError, OAuth2Error

from accounts.errors import OAuthRequestRefused
from accounts.models import OAuthGrant, OAuthRequest, Session, User
from accounts.models.logins import LoginAct
from accounts.models.sessions import Level
from accounts.services import changes
from accounts.services.clients import Client
from accounts.services.oauth import consents, redirects
from accounts.services.oauth.functions import Function, named, ordered
from accounts.services.oauth.tokens import server
from accounts.services.oauth.validator import code_hash
from config.kit.clock import now
from config.kit.crypto import token_hash
from config.kit.errors import Absent, InvalidInput, LevelTooLow

REQUEST_ID_LENGTH = 64
CODE_LENGTH = 32
"""Of 192 random bits."""
STATE_LENGTH_MAX = 1_000
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
"""SHA-256 in URL-safe base64 (RFC 7636, 4.2)."""


@dataclass(frozen=True, repr=False)
class AuthorizationRequest:
    """A request that waits for its customer: who asks, for what, and where the answer goes."""

    id: str
    application: str
    functions: list[Function]
    redirect_uri: str
    expires_at: datetime


@dataclass(frozen=True, repr=False)
class Approved:
    """A code for the application, told this once, with the `state` as it came; `redirect_to` holds both."""

    code: str
    expires_at: datetime
    state: str
    redirect_uri: str
    redirect_to: str


@dataclass(frozen=True, repr=False)
class Denied:
    """Where the customer goes to tell the application no."""

    state: str
    redirect_uri: str
    redirect_to: str


def begin(*, parameters: Mapping[str, str], language: str) -> AuthorizationRequest:
    """Check what an application asks for (RFC 6749, 4.1.1; RFC 7636) and keep it for the customer's answer.

    Nothing is sent to an address that is not registered, whatever else is wrong. Raises OAuthRequestRefused.
    """
    asked = {name: text for name, text in parameters.items() if text}
    checked = _checked(asked)
    text, moment = secrets.token_urlsafe(REQUEST_ID_LENGTH * 3 // 4), now()
    made = OAuthRequest.objects.create(
        request_hash=token_hash(text),
        application=checked["request"].client,
        redirect_uri=asked["redirect_uri"],
        state=asked.get("state", ""),
        functions=ordered(checked["request"].scopes),
        code_challenge=asked.get("code_challenge", ""),
        created_at=moment,
        expires_at=moment + timedelta(seconds=settings.OAUTH_AUTHORIZATION_REQUEST_LIFETIME_SECONDS),
    )
    return _shown(made, text, language)


def _checked(asked: Mapping[str, str]) -> dict[str, Any]:
    """What oauthlib makes of the parameters. Raises OAuthRequestRefused."""
    if "redirect_uri" not in asked:
        raise OAuthRequestRefused(error="invalid_request", reason="redirect_uri is due.")
    try:
        _, checked = server().validate_authorization_request("", "POST", list(asked.items()), {})
    except FatalClientError as refused:
        raise OAuthRequestRefused(error=refused.error, reason="The client or its redirect URI is not registered.") from None
    except OAuth2Error as refused:
        raise _refused(asked, refused.error) from None
    if "code_challenge" in asked and (
        asked.get("code_challenge_method") != "S256" or not CHALLENGE.fullmatch(asked["code_challenge"])
    ):
        raise _refused(asked, "invalid_request", "code_challenge is due by the method S256.")
    if not checked["request"].scopes:
        raise _refused(asked, "invalid_scope")
    return dict(checked)


def _refused(asked: Mapping[str, str], error: str, reason: str = "") -> OAuthRequestRefused:
    """A refusal that the application may hear of: its address is known to be its own."""
    told = {"error": error, "error_description": reason, "state": asked.get("state", "")}
    redirect_to = redirects.answer(asked["redirect_uri"], told)
    return OAuthRequestRefused(error=error, reason=reason or "A parameter is missing or wrong.", redirect_to=redirect_to)


def read(*, request_id: str, language: str) -> AuthorizationRequest:
    """The request, for the page that asks the customer. Raises Absent, also where it was answered or is too old."""
    return _shown(_find(request_id), request_id, language)


def approve(
    *, user: User, session: Session, client: Client, request_id: str, functions: Sequence[str] | None = None
) -> Approved:
    """Let the application in, for all that it asked or for the chosen part of it. A request is answered once.

    Raises LevelTooLow (the session is not a whole one), Absent, InvalidInput (a function that was not asked for, or none
    at all).
    """
    if session.level != Level.FULL:
        raise LevelTooLow(level=session.level, required=Level.FULL)
    found = _find(request_id)
    chosen = found.functions if functions is None else ordered(functions)
    if not chosen or set(functions or ()) - set(found.functions.split()):
        raise InvalidInput(fields={"functions": [f"At least one is due of: {found.functions}."]})
    code, moment = secrets.token_urlsafe(CODE_LENGTH * 3 // 4), now()
    expires_at = moment + timedelta(seconds=settings.OAUTH_CODE_LIFETIME_SECONDS)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        _answer(found)
        consents.give(user=user, application=found.application, functions=chosen)
        OAuthGrant.objects.create(
            user=user,
            application=found.application,
            code=code_hash(code),
            expires=expires_at,
            redirect_uri=found.redirect_uri,
            scope=chosen,
            code_challenge=found.code_challenge,
            code_challenge_method="S256" if found.code_challenge else "",
        )
        changes.follow(
            user=user, act=LoginAct.APP_AUTHORIZED, client=client, session=session, facts={"name": found.application.name}
        )
    redirect_to = redirects.answer(found.redirect_uri, {"code": code, "state": found.state})
    return Approved(code, expires_at, found.state, found.redirect_uri, redirect_to)


def deny(*, request_id: str) -> Denied:
    """Answer no. Raises Absent."""
    found = _find(request_id)
    _answer(found)
    redirect_to = redirects.answer(found.redirect_uri, {"error": "access_denied", "state": found.state})
    return Denied(found.state, found.redirect_uri, redirect_to)


def _find(request_id: str) -> OAuthRequest:
    if len(request_id) != REQUEST_ID_LENGTH:
        raise Absent(thing="request")
    waiting = OAuthRequest.objects.select_related("application").filter(
        answered_at__isnull=True, expires_at__gt=now(), application__is_enabled=True
    )
    found = waiting.filter(request_hash=token_hash(request_id)).first()
    if found is None:
        raise Absent(thing="request")
    return found


def _answer(request: OAuthRequest) -> None:
    """Use the request up; of two answers one counts. Raises Absent."""
    if not OAuthRequest.objects.filter(pk=request.pk, answered_at__isnull=True).update(answered_at=now()):
        raise Absent(thing="request")


def _shown(request: OAuthRequest, request_id: str, language: str) -> AuthorizationRequest:
    return AuthorizationRequest(
        id=request_id,
        application=request.application.name,
        functions=named(request.functions.split(), language),
        redirect_uri=request.redirect_uri,
        expires_at=request.expires_at,
    )
