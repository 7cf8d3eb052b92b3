"""Another application as its author would write it: PKCE, redirect, code, tokens."""

from __future__ import annotations

import base64
import hashlib
import secrets
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from accounts.models import User
from accounts.services import login, oauth
from accounts.services.oauth import applications
from accounts.services.oauth.functions import CONTACTS, KYC_LEVEL, USER_INFO
from tests.client import Api
from tests.factories_accounts import CLIENT, PASSWORD

REDIRECT = "https://app.example/callback"
ALL = (USER_INFO, CONTACTS, KYC_LEVEL)
AUTHORIZATIONS, TOKEN, REVOKE, USERINFO = (
    f"/api/v1/oauth/{name}" for name in ("authorizations", "token", "revoke", "userinfo")
)


class Application:
    """A registered application and what it keeps to itself."""

    def __init__(self, name: str = "Portfolio", redirect: str = REDIRECT, **registered: Any) -> None:
        given = {"functions": ALL, "by": "tests", "reason": "tests", **registered}
        made = applications.register(name=name, redirect_uris=[redirect], **given)
        self.row, self.secret, self.redirect = made.application, made.client_secret, redirect
        self.verifier = secrets.token_urlsafe(48)

    @property
    def client_id(self) -> str:
        return str(self.row.client_id)

    def request(self, **changed: Any) -> dict[str, Any]:
        """The parameters with which it sends the customer; None leaves one out."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).decode().rstrip("=")
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect,
            "scope": " ".join(ALL),
            "state": "state-1",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            **changed,
        }
        return {name: text for name, text in asked.items() if text is not None}

    def code(self, user: User, **changed: Any) -> str:
        """A code of this customer's."""
        begun = oauth.begin(parameters=self.request(**changed), language="en")
        session = login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT).session
        return oauth.approve(user=user, session=session, client=CLIENT, request_id=begun.id).code

    def form(self, code: str, **changed: Any) -> dict[str, str]:
        """The token request for a code; None leaves a field out."""
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect,
            "client_id": self.client_id,
            "client_secret": self.secret,
            "code_verifier": self.verifier,
            **changed,
        }
        return {name: text for name, text in fields.items() if text is not None}

    def refresh_form(self, refresh_token: str, **changed: Any) -> dict[str, str]:
        """The token request for a refresh token."""
        fields = {
            "grant_type": "refresh_token",
            "refresh_token": refresh_token,
            "client_id": self.client_id,
            "client_secret": self.secret,
            **changed,
        }
        return {name: text for name, text in fields.items() if text is not None}

    def tokens(self, user: User, **changed: Any) -> dict[str, Any]:
        """Tokens of this customer's, over HTTP."""
        answer = post_form(Api(), TOKEN, self.form(self.code(user, **changed)))
        assert answer.status_code == 200, answer.json()
        return dict(answer.json())

    def reads(self, access_token: str) -> int:
        """The status of reading the customer with this token."""
        return int(Api().get(USERINFO, token=access_token).status_code)


def post_form(api: Api, path: str, fields: Any, **kwargs: Any) -> Any:
    """POST an urlencoded form."""
    return api.call("POST", path, raw=urlencode(fields).encode(), content_type="application/x-www-form-urlencoded", **kwargs)


def basic(client_id: str, secret: str) -> dict[str, str]:
    """The header of HTTP Basic."""
    return {"Authorization": "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()}


def query_of(address: str) -> dict[str, str]:
    """The parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query, keep_blank_values=True).items()}
