"""Second factors of the own account: what there is, the channel of log-in codes, the authenticator app, recovery codes."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts import errors
from accounts.api.native.calls import client_of, who
from accounts.api.native.proofs import FRESH_REFUSALS, REFUSALS, ProofInput, is_fresh, proof_of
from accounts.services import factors, totp_binding
from accounts.services.totp import Begun
from config.dialects.native.dialect import NativeView
from config.kit.fields import CodeField, TimestampField
from config.kit.operations import Call, Needs, operation

CHANNELS = ("email", "phone")


class FactorsOutput(serializers.Serializer[Any]):
    """What is bound, and the methods that would do for what, strongest first."""

    channel = serializers.ChoiceField(choices=CHANNELS, allow_null=True, help_text="Where log-in codes go; null for none.")
    totp_bound_at = TimestampField(allow_null=True)
    passkeys = serializers.IntegerField()
    passkeys_suspended = serializers.IntegerField()
    recovery_codes_left = serializers.IntegerField()
    recovery_codes_drawn_at = TimestampField(allow_null=True)
    for_log_in = serializers.ListField(child=serializers.CharField(), help_text="After the password; empty for none.")
    for_acts = serializers.ListField(child=serializers.CharField())
    for_lost_factors = serializers.ListField(
        child=serializers.CharField(), help_text="To change or remove an authenticator or passkey."
    )


class ChannelInput(ProofInput):
    """The channel, and the proof."""

    channel = serializers.ChoiceField(choices=CHANNELS, allow_null=True)


class TotpConfirmInput(serializers.Serializer[Any]):
    """The first code of the new app."""

    code = CodeField()


class TotpOutput(serializers.Serializer[Any]):
    """The seed, shown once."""

    secret = serializers.CharField()
    otpauth_url = serializers.CharField()
    qr_png = serializers.CharField(help_text="PNG in base64")
    expires_at = TimestampField()


class RecoveryCodesOutput(serializers.Serializer[Any]):
    """Ten codes, shown once."""

    codes = serializers.ListField(child=serializers.CharField())


class SecondFactors(NativeView):
    """`GET /api/v1/me/second-factors`: what is bound, and which methods would do for what."""

    @operation(needs=Needs(), output=FactorsOutput, summary="Read the second factors")
    def get(self, call: Call) -> factors.Overview:
        """All of it."""
        return factors.read(call.user)


class LoginCodeChannel(NativeView):
    """`PUT /api/v1/me/second-factor`: where log-in codes go, or nowhere."""

    @operation(
        needs=Needs(),
        input=ChannelInput,
        output=FactorsOutput,
        rate="30/m",
        summary="Turn log-in codes on, off or to another channel",
        refusals=(errors.DestinationMissing, *REFUSALS),
    )
    def put(self, call: Call) -> factors.Overview:
        """Choose; the proof's purpose is `security_settings`."""
        return factors.choose_channel(user=call.user, channel=call.input["channel"], proof=proof_of(call), **who(call))


class Totp(NativeView):
    """`POST|PATCH|PUT|DELETE /api/v1/me/totp`: begin to bind or to change an authenticator app, complete it, remove it."""

    @operation(
        needs=Needs(),
        input=ProofInput,
        output=TotpOutput,
        status=201,
        rate="30/m",
        summary="Begin to bind an authenticator",
        refusals=(errors.TotpAlreadyBound, *FRESH_REFUSALS),
    )
    def post(self, call: Call) -> Begun:
        """Show the seed: to a fresh session, or with a proof for `totp_bind` where a second factor is on."""
        return totp_binding.begin(user=call.user, proof=proof_of(call), is_fresh=is_fresh(call), **who(call))

    @operation(
        needs=Needs(),
        input=ProofInput,
        output=TotpOutput,
        rate="30/m",
        summary="Begin to change the authenticator",
        refusals=(errors.TotpNotBound, *REFUSALS),
    )
    def patch(self, call: Call) -> Begun:
        """Show the new seed, against a proof for `totp_change`; the old app is good until the new one's first code."""
        return totp_binding.begin_change(user=call.user, proof=proof_of(call), **who(call))

    @operation(
        needs=Needs(),
        input=TotpConfirmInput,
        rate="30/m",
        summary="Complete the binding or change with the new app's code",
        refusals=(errors.TotpNotBegun, errors.TotpAlreadyBound, *REFUSALS),
    )
    def put(self, call: Call) -> None:
        """Bind it, in the session to which the seed was shown."""
        totp_binding.confirm(user=call.user, code=call.input["code"], **who(call))

    @operation(
        needs=Needs(),
        input=ProofInput,
        rate="30/m",
        summary="Remove the authenticator",
        refusals=(errors.TotpNotBound, *REFUSALS),
    )
    def delete(self, call: Call) -> None:
        """Remove it, against a proof for `totp_unbind`; outgoing money waits 24 hours."""
        totp_binding.remove(user=call.user, proof=proof_of(call), **who(call))


class RecoveryCodes(NativeView):
    """`POST /api/v1/me/recovery-codes`: draw ten recovery codes; the former ones are void."""

    @operation(
        needs=Needs(),
        input=ProofInput,
        output=RecoveryCodesOutput,
        status=201,
        rate="30/m",
        summary="Draw recovery codes",
        refusals=REFUSALS,
    )
    def post(self, call: Call) -> dict[str, list[str]]:
        """Show them, this once, against a proof for `recovery_codes`."""
        drawn = factors.draw_recovery_codes(user=call.user, proof=proof_of(call), client=client_of(call))
        return {"codes": drawn}
