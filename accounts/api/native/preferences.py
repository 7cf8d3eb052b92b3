"""Settings of the own account."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.api.native.calls import who
from accounts.api.native.me import LANGUAGES
from accounts.api.native.proofs import REFUSALS, ProofInput, is_fresh, proof_of
from accounts.services import preferences
from config.dialects.native.dialect import NativeView
from config.kit.operations import Call, Needs, operation


class SettingsOutput(serializers.Serializer[preferences.Preferences]):
    """The settings."""

    language = serializers.CharField()
    allows_many_devices = serializers.BooleanField(help_text="Where not, a sign-in ends the other sessions.")
    checks_other_places = serializers.BooleanField(help_text="Whether a sign-in from elsewhere asks for a code.")


class SettingsInput(ProofInput):
    """What can be set; only what is given changes.

    The last two ask for a fresh sign-in, or for a second factor (a sent code's purpose is `security_settings`).
    """

    example_fields = (*ProofInput.example_fields, "allows_many_devices")
    language = serializers.ChoiceField(choices=LANGUAGES, required=False)
    allows_many_devices = serializers.BooleanField(required=False)
    checks_other_places = serializers.BooleanField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Unknown fields are refused: a change that is dropped in silence is worse than none."""
        if unknown := set(self.initial_data) - set(self.fields):
            raise serializers.ValidationError(dict.fromkeys(sorted(unknown), "This can't be set here."))
        return attrs


class Settings(NativeView):
    """`GET|PATCH /api/v1/me/settings`: language, several devices, a code for sign-ins from elsewhere."""

    @operation(needs=Needs(scope="read"), output=SettingsOutput, summary="Read the settings")
    def get(self, call: Call) -> preferences.Preferences:
        """As they stand."""
        return preferences.read(call.user)

    @operation(
        needs=Needs(),
        input=SettingsInput,
        output=SettingsOutput,
        rate="30/m",
        summary="Change the settings",
        refusals=REFUSALS,
    )
    def patch(self, call: Call) -> preferences.Preferences:
        """Change what is given."""
        return preferences.change(
            user=call.user,
            changes={name: call.input[name] for name in preferences.NAMES if name in call.input},
            proof=proof_of(call),
            fresh=is_fresh(call),
            **who(call),
        )
