"""The own account."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.api.native.labels import LabelOutput
from accounts.services import profile
from config.dialects.native.dialect import NativeView
from config.kit.fields import PublicId, TimestampField
from config.kit.operations import Call, Needs, operation

LANGUAGES = ("en", "zh-CN", "zh-TW")


class HoldOutput(serializers.Serializer[Any]):
    """A time without outgoing money."""

    id = PublicId(source="public_id")
    cause = serializers.CharField()
    started_at = TimestampField()
    until = TimestampField()


class MeOutput(serializers.Serializer[Any]):
    """The own account."""

    uid = serializers.CharField()
    email = serializers.CharField(allow_null=True)
    phone = serializers.CharField(allow_null=True)
    username = serializers.CharField(allow_null=True)
    status = serializers.CharField()
    register_type = serializers.CharField()
    language = serializers.CharField()
    anti_phishing_phrase = serializers.CharField()
    second_factor = serializers.CharField(allow_null=True)
    totp_bound = serializers.BooleanField()
    registered_at = TimestampField()
    security_holds = HoldOutput(many=True)
    vip_level = serializers.IntegerField()
    labels = LabelOutput(many=True)
    parent_uid = serializers.CharField(allow_null=True, help_text="Of a sub-account: the account that it belongs to.")
    has_password = serializers.BooleanField(help_text="False after a registration by code alone, until one is set.")
    referral_code = serializers.CharField(allow_null=True, help_text="To give to friends; null for a sub-account.")


class MeInput(serializers.Serializer[Any]):
    """What can be changed; only what is given changes."""

    language = serializers.ChoiceField(choices=LANGUAGES, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Unknown fields are refused: a change that is dropped in silence is worse than none."""
        if unknown := set(self.initial_data) - set(self.fields):
            raise serializers.ValidationError(dict.fromkeys(sorted(unknown), "This can't be changed here."))
        return attrs


class Me(NativeView):
    """`GET|PATCH /api/v1/me`: the own account."""

    @operation(needs=Needs(level="low", scope="read"), output=MeOutput, summary="Read the own account")
    def get(self, call: Call) -> profile.Profile:
        """Read it."""
        return profile.read(call.user, language=call.language)

    @operation(
        needs=Needs(),
        input=MeInput,
        output=MeOutput,
        summary="Change the language",
    )
    def patch(self, call: Call) -> profile.Profile:
        """Change it."""
        return profile.change(user=call.user, changes=call.input)
