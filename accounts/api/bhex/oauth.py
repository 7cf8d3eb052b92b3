"""Other applications on bhex: what one asks for, and its token. Source: bhex: oauth 获取APP授权列表; gaps.md, bhex, "OAuth"."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from rest_framework import serializers

from accounts import errors
from accounts.services import oauth
from accounts.services.oauth.authorizations import STATE_LENGTH_MAX, AuthorizationRequest
from accounts.services.oauth.functions import USER_INFO
from accounts.services.oauth.redirects import REDIRECT_URI_LENGTH_MAX
from accounts.services.oauth.tokens import Tokens
from config.dialects.bhex.dialect import BhexView
from config.kit.clock import milliseconds, now
from config.kit.fields import Secret
from config.kit.operations import Call, Needs, operation

CODE = "code"
"""The one `response_type`."""


class Parameter(Secret):
    """A parameter of OAuth's: compared and handed back as it came."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 255, **kwargs})


class OptionalParameter(Parameter):
    """The same where it may be left out."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "allow_blank": True, "default": "", **kwargs})


class AuthorizeInput(serializers.Serializer[Any]):
    """What the application sent the customer with; `scope` has its functions parted by commas. PKCE is ours (RFC 7636)."""

    response_type = serializers.ChoiceField(choices=(CODE,))
    client_id = Parameter()
    redirect_uri = Parameter(max_length=REDIRECT_URI_LENGTH_MAX)
    state = Parameter(max_length=STATE_LENGTH_MAX)
    scope = OptionalParameter(max_length=500)
    code_challenge = OptionalParameter(max_length=128)
    code_challenge_method = OptionalParameter()


class FunctionOutput(serializers.Serializer[Any]):
    """A function that the application asks for."""

    id = serializers.CharField()
    function = serializers.CharField()
    name = serializers.CharField()


class AuthorizeOutput(serializers.Serializer[Any]):
    """The request that waits for its customer."""

    requestId = serializers.CharField()
    brokerName = serializers.CharField()
    appName = serializers.CharField()
    functions = FunctionOutput(many=True)

    def to_representation(self, instance: AuthorizationRequest) -> dict[str, Any]:
        """In the words of the document; the ids of functions are their places in this list."""
        return {
            "requestId": instance.id,
            "brokerName": settings.PRODUCT_NAME,
            "appName": instance.application,
            "functions": [
                {"id": str(place), "function": one.name, "name": one.text}
                for place, one in enumerate(instance.functions, start=1)
            ],
        }


class TokenInput(serializers.Serializer[Any]):
    """The code, and who the application is: `client_secret` or, where it was registered without PKCE, its MD5."""

    client_id = Parameter()
    client_secret = Parameter()
    code = Parameter()
    redirect_uri = Parameter(max_length=REDIRECT_URI_LENGTH_MAX)
    code_verifier = OptionalParameter(max_length=128)


class TokenOutput(serializers.Serializer[Any]):
    """The token, told once, until when it is good, and by what the application knows the customer."""

    accessToken = serializers.CharField()
    expired = serializers.CharField()
    openId = serializers.CharField()
    userId = serializers.CharField(allow_blank=True)

    def to_representation(self, instance: Tokens) -> dict[str, Any]:
        """`userId` is told with the function that tells it, else empty."""
        until = now() + timedelta(seconds=instance.expires_in)
        return {
            "accessToken": instance.access_token,
            "expired": str(milliseconds(until)),
            "openId": instance.subject,
            "userId": str(instance.user.uid) if USER_INFO in instance.scope.split() else "",
        }


class Authorize(BhexView):
    """POST /api/oauth2/authorize. Source: bhex: oauth 获取APP授权列表."""

    @operation(
        needs=Needs(login=False),
        input=AuthorizeInput,
        output=AuthorizeOutput,
        rate="60/m",
        summary="Begin to authorize an application",
        refusals=(errors.OAuthRequestRefused,),
    )
    def post(self, call: Call) -> AuthorizationRequest:
        """Nobody need be signed in."""
        asked = {**call.input, "scope": " ".join((call.input["scope"] or USER_INFO).replace(",", " ").split())}
        return oauth.begin(parameters=asked, language=call.language)


class AccessToken(BhexView):
    """POST /api/oauth2/access_token. Source: gaps.md, bhex, "OAuth": the document has no token step."""

    @operation(
        needs=Needs(login=False),
        input=TokenInput,
        output=TokenOutput,
        rate="1200/m",
        summary="Get an application's token",
        refusals=(errors.OAuthRefused, errors.OAuthClientRefused),
    )
    def post(self, call: Call) -> Tokens:
        """The code is spent."""
        shown = {name: text for name, text in call.input.items() if text}
        return oauth.exchange(form={"grant_type": "authorization_code", **shown})
