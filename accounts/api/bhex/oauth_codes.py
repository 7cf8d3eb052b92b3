"""Signing in on bhex for an application, which is told a code. Source: bhex: 手机号注册, oAuthCodeResult; gaps.md."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.api.bhex.calls import client_of
from accounts.errors import OAuthRequestRefused
from accounts.models import Session
from accounts.services import oauth
from accounts.services.oauth import Approved
from accounts.services.oauth.authorizations import REQUEST_ID_LENGTH
from config.dialects.bhex.fields import Flag
from config.kit.errors import Absent
from config.kit.fields import Secret
from config.kit.operations import Call

REFUSALS = (Absent, OAuthRequestRefused)


class OAuthFields(serializers.Serializer[Any]):
    """For which application's request the customer signs up or in, if any."""

    is_oauth = Flag()
    oauth_request_id = Secret(max_length=REQUEST_ID_LENGTH, required=False, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Who says that it is for an application says for which."""
        attrs = dict(super().validate(attrs))
        if attrs["is_oauth"] and not attrs.get("oauth_request_id"):
            raise serializers.ValidationError({"oauth_request_id": ["This field is required."]})
        return attrs


def check(call: Call) -> None:
    """Promise that the application's request waits, before anything is opened for it. Raises Absent."""
    if call.input["is_oauth"]:
        oauth.read(request_id=call.input["oauth_request_id"], language=call.language)


def code_of(call: Call, session: Session) -> Approved | None:
    """Let the application in for all that it asked, by who just signed in; None where no application is named.

    Raises Absent, LevelTooLow.
    """
    if not call.input["is_oauth"]:
        return None
    return oauth.approve(user=session.user, session=session, client=client_of(call), request_id=call.input["oauth_request_id"])
