"""The authenticator on bitgin. Source: bitgin: Apply Google Authenticator QR Code … Reauthenticate With Credential."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts import errors
from accounts.api.bitgin.sign_in import TotpInput
from accounts.api.native.calls import client_of, session_of, who
from accounts.services import second_steps, totp_binding
from accounts.services.second_factor import Method, Proof
from accounts.services.totp import Begun
from config.dialects.bitgin.dialect import SUCCESS, BitginView
from config.kit.errors import NotFresh
from config.kit.fields import CodeField, Text
from config.kit.operations import Call, Needs, operation
from config.kit.scalars import ScalarOutput
from messaging.errors import TooManyAttempts, WrongCode

BOUND, UNBOUND = "绑定成功", "解绑成功"
"""What the samples answer; that of Reauthenticate is Unbind's."""
REFUSALS = (errors.TotpNotBound, WrongCode, TooManyAttempts)


class BindInput(serializers.Serializer[Any]):
    """The first code of the new app, and the seed that it was shown."""

    totpCode = CodeField()
    totpKey = Text(max_length=64)


class SeedOutput(serializers.Serializer[Any]):
    """The seed, shown once; `qecode` is the document's spelling."""

    qecode = serializers.CharField()
    code = serializers.IntegerField()
    totpKey = serializers.CharField()

    def to_representation(self, instance: Begun) -> dict[str, Any]:
        """In the words of the document."""
        return {"qecode": instance.otpauth_url, "code": SUCCESS, "totpKey": instance.secret}


class BoundOutput(ScalarOutput):
    """A sentence."""

    schema = {"type": "string", "const": BOUND, "example": BOUND}


class UnboundOutput(ScalarOutput):
    """A sentence."""

    schema = {"type": "string", "const": UNBOUND, "example": UNBOUND}


class Apply(BitginView):
    """GET /v1/user/apply_google_device_authenticator. Source: bitgin: Apply Google Authenticator QR Code."""

    @operation(
        needs=Needs(),
        output=SeedOutput,
        acts_by_get=True,
        rate="30/m",
        summary="Show the seed of an authenticator",
        refusals=(errors.TotpAlreadyBound, errors.SecondFactorRequired, NotFresh),
    )
    def get(self, call: Call) -> Begun:
        """A new seed; a former one is void. The sign-in has to be of the last five minutes."""
        fresh = call.credential is not None and call.credential.fresh
        return totp_binding.begin(user=call.user, is_fresh=fresh, **who(call))


class Bind(BitginView):
    """POST /v1/user/bind_google_device_authenticator. Source: bitgin: Bind Google Device."""

    @operation(
        needs=Needs(),
        input=BindInput,
        output=BoundOutput,
        rate="30/m",
        summary="Bind an authenticator",
        refusals=(errors.TotpNotBegun, errors.TotpAlreadyBound, errors.SecondFactorRequired, WrongCode, TooManyAttempts),
    )
    def post(self, call: Call) -> str:
        """Bind it, in the session to which the seed was shown; other sessions end."""
        totp_binding.confirm(user=call.user, code=call.input["totpCode"], secret=call.input["totpKey"], **who(call))
        return BOUND


class Unbind(BitginView):
    """POST /v1/user/unbind_google_device_authenticator. Source: bitgin: Unbind Google Device."""

    @operation(
        needs=Needs(), input=TotpInput, output=UnboundOutput, rate="30/m", summary="Remove the authenticator", refusals=REFUSALS
    )
    def post(self, call: Call) -> str:
        """Remove it; other sessions end and outgoing money waits 24 hours."""
        totp_binding.remove(user=call.user, proof=Proof(Method.TOTP, call.input["totpCode"]), **who(call))
        return UNBOUND


class Reauthenticate(BitginView):
    """POST /v1/user/reauthenticate_with_credential. Source: bitgin: Reauthenticate With Credential."""

    @operation(
        needs=Needs(),
        input=TotpInput,
        output=UnboundOutput,
        rate="30/m",
        summary="Show the authenticator again",
        refusals=REFUSALS,
    )
    def post(self, call: Call) -> str:
        """The session is as fresh as after a log-in, with the token that it has."""
        second_steps.freshen(session=session_of(call), code=call.input["totpCode"], client=client_of(call))
        return UNBOUND
