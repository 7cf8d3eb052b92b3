"""Other applications' requests, as the customer's side sees and answers them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from accounts import errors
from accounts.api.native.calls import who
from accounts.models import OAuthConsent
from accounts.services import oauth
from accounts.services.oauth.authorizations import STATE_LENGTH_MAX, Denied
from accounts.services.oauth.functions import named
from accounts.services.oauth.redirects import REDIRECT_URI_LENGTH_MAX
from config.dialects.native.dialect import NativeView
from config.kit.errors import Absent
from config.kit.fields import PublicId, Secret, TimestampField
from config.kit.operations import Call, Needs, operation
from config.kit.paging import Keyset


class Parameter(Secret):
    """A parameter of OAuth's: compared and handed back as it came, never trimmed or normalised."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("allow_blank", True)
        kwargs.setdefault("max_length", 255)
        super().__init__(**kwargs)


class AuthorizationInput(serializers.Serializer[Any]):
    """The parameters with which the application sent the customer (RFC 6749, 4.1.1; RFC 7636, 4.3), all as they came."""

    response_type = Parameter(help_text="code")
    client_id = Parameter()
    redirect_uri = Parameter(max_length=REDIRECT_URI_LENGTH_MAX)
    scope = Parameter(max_length=500, help_text="Functions, parted by spaces.")
    state = Parameter(max_length=STATE_LENGTH_MAX)
    code_challenge = Parameter(max_length=128)
    code_challenge_method = Parameter(help_text="S256")


class FunctionOutput(serializers.Serializer[Any]):
    """A function and what it means, in the language asked for."""

    name = serializers.CharField()
    text = serializers.CharField()


class AuthorizationOutput(serializers.Serializer[Any]):
    """A request that waits for the customer's answer."""

    id = serializers.CharField()
    application = serializers.CharField()
    functions = FunctionOutput(many=True)
    redirect_uri = serializers.CharField()
    expires_at = TimestampField()


class ApprovalInput(serializers.Serializer[Any]):
    """The functions that the customer allows; all that were asked for unless told."""

    functions = serializers.ListField(
        child=serializers.CharField(max_length=64), max_length=20, required=False, allow_null=True
    )


class ApprovedOutput(serializers.Serializer[Any]):
    """The code, shown once; `redirect_to` takes the customer back with it."""

    code = serializers.CharField()
    expires_at = TimestampField()
    state = serializers.CharField()
    redirect_uri = serializers.CharField()
    redirect_to = serializers.CharField()


class DeniedOutput(serializers.Serializer[Any]):
    """Where the customer goes to tell the application no."""

    state = serializers.CharField()
    redirect_uri = serializers.CharField()
    redirect_to = serializers.CharField()


class AuthorizedAppOutput(serializers.Serializer[Any]):
    """An application that the customer let in."""

    id = PublicId(source="public_id")
    application = serializers.CharField(source="application.name")
    functions = serializers.SerializerMethodField()
    first_at = TimestampField()
    last_at = TimestampField()

    def get_functions(self, consent: OAuthConsent) -> list[str]:
        """What it may do, by name."""
        return [function.name for function in named(consent.functions.split(), "en")]


class Authorizations(NativeView):
    """`POST /api/v1/oauth/authorizations`: an application's request, checked, for the page that asks the customer."""

    @operation(
        needs=Needs(login=False),
        input=AuthorizationInput,
        output=AuthorizationOutput,
        status=201,
        rate="60/m",
        summary="Begin to authorize an application",
        refusals=(errors.OAuthRequestRefused,),
    )
    def post(self, call: Call) -> oauth.AuthorizationRequest:
        """Nobody need be signed in."""
        return oauth.begin(parameters=call.input, language=call.language)


class AuthorizationById(NativeView):
    """`GET /api/v1/oauth/authorizations/{id}`: what an application asked for."""

    @operation(needs=Needs(login=False), output=AuthorizationOutput, rate="60/m", summary="Read a request", refusals=(Absent,))
    def get(self, call: Call) -> oauth.AuthorizationRequest:
        """As long as it waits."""
        return oauth.read(request_id=call.path["id"], language=call.language)


class Approval(NativeView):
    """`POST /api/v1/oauth/authorizations/{id}/approve`: let the application in."""

    @operation(
        needs=Needs(),
        input=ApprovalInput,
        output=ApprovedOutput,
        status=201,
        rate="60/h",
        summary="Approve a request",
    )
    def post(self, call: Call) -> oauth.Approved:
        """The code is shown once."""
        return oauth.approve(user=call.user, request_id=call.path["id"], functions=call.input.get("functions"), **who(call))


class Denial(NativeView):
    """`POST /api/v1/oauth/authorizations/{id}/deny`: say no to the application."""

    @operation(needs=Needs(login=False), output=DeniedOutput, rate="60/m", summary="Deny a request")
    def post(self, call: Call) -> Denied:
        """Nobody need be signed in to say no."""
        return oauth.deny(request_id=call.path["id"])


class AuthorizedApps(NativeView):
    """`GET /api/v1/me/authorized-apps`: the applications that the customer let in."""

    @operation(needs=Needs(), output=AuthorizedAppOutput, page=Keyset("id"), summary="List the authorized applications")
    def get(self, call: Call) -> QuerySet[OAuthConsent]:
        """Newest first."""
        return oauth.listed(call.user)


class AuthorizedAppById(NativeView):
    """`DELETE /api/v1/me/authorized-apps/{id}`: shut an application out; its tokens are dead at once."""

    @operation(needs=Needs(), summary="Shut an application out")
    def delete(self, call: Call) -> None:
        """Shut it out."""
        oauth.revoke(user=call.user, consent_id=call.path["id"], **who(call))
