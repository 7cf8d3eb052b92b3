"""The Travel Rule on the native dialect."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from config.dialects.native.dialect import NativeView
from config.kit.errors import Absent
from config.kit.fields import Text
from config.kit.operations import Call, Needs, operation
from wallet.api.native.withdrawals import WithdrawalOutput
from wallet.models.withdrawals import Withdrawal
from wallet.services.travel_rule import errors, recording
from wallet.services.travel_rule.recording import NAME_CHARACTERS_MAX, PROVIDER_CHARACTERS_MAX, Told


class TravelRuleInput(serializers.Serializer[dict[str, Any]]):
    """Whose wallet it is, and who keeps it. `beneficiary` is due where the wallet is another person's or a company's."""

    is_own = serializers.BooleanField()
    beneficiary = Text(max_length=NAME_CHARACTERS_MAX, required=False, allow_blank=True, default="")
    provider = Text(max_length=PROVIDER_CHARACTERS_MAX, required=False, allow_blank=True, default="")


class WithdrawalTravelRule(NativeView):
    """`/api/v1/withdrawals/{id}/travel-rule`: who the beneficiary of a withdrawal is."""

    @operation(
        needs=Needs(scope="withdraw"),
        idempotent=True,
        input=TravelRuleInput,
        output=WithdrawalOutput,
        refusals=(
            Absent,
            errors.BeneficiaryInvalid,
            errors.TravelRuleTold,
            errors.TravelRuleTooLate,
            errors.OriginatorUnknown,
        ),
        rate="30/m",
        summary="Tell who the beneficiary is",
    )
    def put(self, call: Call) -> Withdrawal:
        """Once, before the withdrawal is signed. Leave `provider` out where the owner keeps the wallet alone."""
        return recording.tell(customer=call.user, public_id=call.path["id"], told=Told(**call.input))
