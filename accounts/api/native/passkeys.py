"""Passkeys of the own account, their challenges, and signing in with one."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from accounts import errors
from accounts.api.native.calls import client_of, who
from accounts.api.native.passkey_fields import AssertionField, AttestationField
from accounts.api.native.proofs import FRESH_REFUSALS, REFUSALS, ProofInput, is_fresh, proof_of
from accounts.api.native.sessions import SignInOutput
from accounts.models import Passkey
from accounts.models.factors import PASSKEY_NAME_LENGTH_MAX
from accounts.services import passkey_log_in, passkeys
from accounts.services.ceremonies import Options
from accounts.services.login import SignIn
from config.dialects.native.dialect import NativeView
from config.kit.errors import Absent, LevelTooLow, NotSignedIn
from config.kit.fields import PublicId, Secret, Text, TimestampField
from config.kit.operations import Call, Needs, operation
from config.kit.paging import Keyset
from messaging.models import Purpose

CONTEXT_LENGTH_MAX = 1000


class OptionsOutput(serializers.Serializer[Any]):
    """What the browser's `parseCreationOptionsFromJSON` and `parseRequestOptionsFromJSON` take."""

    options = serializers.DictField()
    expires_at = TimestampField()


class ChallengeInput(serializers.Serializer[Any]):
    """What the challenge is for; `login` is to sign in without a name, and `second_factor` to complete a sign-in."""

    purpose = serializers.ChoiceField(choices=[Purpose.LOGIN.value, *(one.value for one in Purpose if one != Purpose.LOGIN)])
    context = Text(max_length=CONTEXT_LENGTH_MAX, required=False, allow_blank=True, default="")  # type: ignore[assignment]  # the wire's word


class PasskeyInput(serializers.Serializer[Any]):
    """What the browser made, and a name for it."""

    name = Text(max_length=PASSKEY_NAME_LENGTH_MAX)
    passkey = AttestationField()


class PasskeyNameInput(serializers.Serializer[Any]):
    """Another name."""

    name = Text(max_length=PASSKEY_NAME_LENGTH_MAX)


class PasskeyOutput(serializers.Serializer[Any]):
    """One passkey. A suspended one proves nothing more: two devices were seen to hold it."""

    id = PublicId(source="public_id")
    name = serializers.CharField()
    transports = serializers.ListField(child=serializers.CharField())
    is_backed_up = serializers.BooleanField()
    created_at = TimestampField()
    last_used_at = TimestampField(allow_null=True)
    suspended_at = TimestampField(allow_null=True)


class PasskeyLogInInput(serializers.Serializer[Any]):
    """The passkey's answer to a challenge for `login`."""

    passkey = AssertionField()
    device_token = Secret(max_length=64, required=False)


class PasskeyChallenges(NativeView):
    """`POST /api/v1/passkey-challenges`: a challenge, to sign in or for an act of the customer."""

    @operation(
        needs=Needs(login=False, optional=True, level="pre2fa"),
        input=ChallengeInput,
        output=OptionsOutput,
        status=201,
        rate="60/m",
        summary="Ask for a challenge",
        refusals=(NotSignedIn, LevelTooLow),
    )
    def post(self, call: Call) -> Options:
        """Good for five minutes and one answer."""
        session = getattr(call.request, "customer_session", None)
        return passkeys.ask(session=session, purpose=call.input["purpose"], context=call.input["context"])


class PasskeyOptions(NativeView):
    """`POST /api/v1/me/passkeys/options`: begin to add a passkey."""

    @operation(
        needs=Needs(),
        input=ProofInput,
        output=OptionsOutput,
        status=201,
        rate="30/m",
        summary="Begin to add a passkey",
        refusals=(errors.TooManyPasskeys, *FRESH_REFUSALS),
    )
    def post(self, call: Call) -> Options:
        """To a fresh session, or with a proof for `passkey_add` where a second factor is on."""
        return passkeys.begin(user=call.user, proof=proof_of(call), is_fresh=is_fresh(call), **who(call))


class Passkeys(NativeView):
    """`GET|POST /api/v1/me/passkeys`: the customer's passkeys; add the one that was begun."""

    @operation(needs=Needs(), output=PasskeyOutput, page=Keyset("id"), summary="List the passkeys")
    def get(self, call: Call) -> QuerySet[Passkey]:
        """Suspended ones among them."""
        return passkeys.of(call.user)

    @operation(
        needs=Needs(),
        input=PasskeyInput,
        output=PasskeyOutput,
        status=201,
        rate="30/m",
        summary="Add a passkey",
        refusals=(errors.PasskeyRefused, errors.PasskeyTaken, errors.TooManyPasskeys),
    )
    def post(self, call: Call) -> Passkey:
        """In the session that began it."""
        return passkeys.add(user=call.user, attestation=call.input["passkey"], name=call.input["name"], **who(call))


class PasskeyById(NativeView):
    """`PATCH|DELETE /api/v1/me/passkeys/{id}`: rename or remove a passkey."""

    @operation(
        needs=Needs(), input=PasskeyNameInput, output=PasskeyOutput, rate="30/m", summary="Rename a passkey", refusals=(Absent,)
    )
    def patch(self, call: Call) -> Passkey:
        """Rename it."""
        return passkeys.rename(user=call.user, public_id=call.path["id"], name=call.input["name"])

    @operation(needs=Needs(), input=ProofInput, rate="30/m", summary="Remove a passkey", refusals=(Absent, *REFUSALS))
    def delete(self, call: Call) -> None:
        """Remove it, against a proof for `passkey_remove`; outgoing money waits 24 hours."""
        passkeys.remove(user=call.user, public_id=call.path["id"], proof=proof_of(call), **who(call))


class SessionByPasskey(NativeView):
    """`POST /api/v1/sessions/by-passkey`: sign in with a passkey alone."""

    @operation(
        needs=Needs(login=False),
        input=PasskeyLogInInput,
        output=SignInOutput,
        status=201,
        rate="120/m",
        summary="Log in with a passkey",
        refusals=(errors.PasskeyRefused, errors.AddressLocked, errors.AccountStopped),
    )
    def post(self, call: Call) -> SignIn:
        """A whole session: the passkey's owner was verified by its device."""
        return passkey_log_in.log_in(
            assertion=call.input["passkey"], device_token=call.input.get("device_token"), client=client_of(call)
        )
