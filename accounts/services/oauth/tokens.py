"""The token and revocation endpoints of RFC 6749 and 7009, without HTTP: form fields and the Authorization header come in."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.db import transaction
from oauth2_provider.models import get_refresh_token_model
from oauthlib.oauth2.rfc6749.errors import OAuth2Error

from accounts.errors import OAuthClientRefused, OAuthRefused
from accounts.models import OAuthGrant, User
from accounts.services.oauth.subjects import subject_of
from accounts.services.oauth.validator import Server, code_hash

VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}", re.ASCII)
"""RFC 7636, section 4.1."""
_WORDS = {
    "invalid_request": "The request lacks a parameter, repeats one, or has one that is no good.",
    "invalid_grant": "The code or token is wrong, expired, spent, revoked, or not this client's.",
    "invalid_scope": "The scope asks for more than the customer allowed.",
    "unauthorized_client": "The client may not use this grant.",
    "unsupported_grant_type": "The grants are authorization_code and refresh_token.",
}


@dataclass(frozen=True, repr=False)
class Tokens:
    """What an application gets, told this once. `subject` is by what this application knows the customer."""

    access_token: str
    refresh_token: str
    expires_in: int
    scope: str
    user: User
    subject: str

    @property
    def token_type(self) -> str:
        """How the access token is shown (RFC 6750)."""
        return "Bearer"


@cache
def server() -> Server:
    """Oauthlib's endpoints; they keep no state."""
    return Server(settings.OAUTH_ACCESS_TOKEN_LIFETIME_SECONDS)


def exchange(*, form: Mapping[str, str], authorization: str = "") -> Tokens:
    """Tokens for a code or a refresh token, which is spent; of parallel uses one succeeds.

    A spent code or refresh token that is shown again ends every token that came of it, and two honest requests with one
    can't be told from that. Raises OAuthRefused, OAuthClientRefused.
    """
    _check_credentials(form, authorization)
    if form.get("grant_type") == "authorization_code" and "redirect_uri" not in form:
        raise OAuthRefused(error="invalid_request", reason=_WORDS["invalid_request"])
    if "code_verifier" in form and not VERIFIER.fullmatch(form["code_verifier"]):
        raise OAuthRefused(error="invalid_grant", reason=_WORDS["invalid_grant"])
    try:
        with transaction.atomic():
            owner = _lock_owner(form)
            _, body, status = server().create_token_response("", "POST", *_wire(form, authorization))
    except OAuth2Error as refused:
        raise _refusal(refused.error) from None
    answer: dict[str, Any] = json.loads(body)
    if status != 200 or owner is None:
        raise _refusal(answer.get("error", "invalid_grant"))
    return Tokens(
        access_token=answer["access_token"],
        refresh_token=answer["refresh_token"],
        expires_in=answer["expires_in"],
        scope=answer["scope"],
        user=owner,
        subject=subject_of(owner, _client_id(form, authorization)),
    )


def revoke_token(*, form: Mapping[str, str], authorization: str = "") -> None:
    """End a token of the application's and what belongs to it; an unknown one is no error (RFC 7009, 2.2).

    Raises OAuthRefused, OAuthClientRefused.
    """
    _check_credentials(form, authorization)
    with transaction.atomic():
        _, body, status = server().create_revocation_response("", "POST", *_wire(form, authorization))
    if status != 200:
        raise _refusal(json.loads(body).get("error", "invalid_request"))


def _lock_owner(form: Mapping[str, str]) -> User | None:
    """Lock the row of the customer whose code or refresh token is shown, before anything is looked at."""
    if form.get("grant_type") == "authorization_code":
        owner = OAuthGrant.objects.filter(code=code_hash(form.get("code", ""))).values("user")
    else:
        checksum = hashlib.sha256(form.get("refresh_token", "").encode()).hexdigest()
        owner = get_refresh_token_model().objects.filter(token_checksum=checksum).values("user")
    return User.objects.select_for_update().filter(pk__in=owner).first()


def _check_credentials(form: Mapping[str, str], authorization: str) -> None:
    """One way of authentication (RFC 6749, 2.3): Basic, or the form. Raises OAuthRefused, OAuthClientRefused."""
    if not authorization:
        return
    client_id = _basic_client_id(authorization)
    if client_id is None:
        raise OAuthClientRefused
    if "client_secret" in form or form.get("client_id", client_id) != client_id:
        raise OAuthRefused(error="invalid_request", reason="The client authenticates itself in two ways at once.")


def _basic_client_id(authorization: str) -> str | None:
    scheme, _, text = authorization.partition(" ")
    try:
        pair = base64.b64decode(text.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    client_id, colon, _ = pair.partition(":")
    return client_id if scheme.lower() == "basic" and colon and "\x00" not in pair else None


def _client_id(form: Mapping[str, str], authorization: str) -> str:
    return (_basic_client_id(authorization) if authorization else None) or form.get("client_id", "")


def _wire(form: Mapping[str, str], authorization: str) -> tuple[list[tuple[str, str]], dict[str, str]]:
    """The request as oauthlib reads it."""
    headers = {}
    if authorization:
        headers["HTTP_AUTHORIZATION"] = f"Basic {authorization.partition(' ')[2].strip()}"
    return list(form.items()), headers


def _refusal(error: str) -> OAuthRefused | OAuthClientRefused:
    if error == "invalid_client":
        return OAuthClientRefused()
    known = error if error in _WORDS else "invalid_request"
    return OAuthRefused(error=known, reason=_WORDS[known])
