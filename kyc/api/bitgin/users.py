"""The customer with what the identity level opens, on bitgin."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.api.bitgin.users import BitginNameOutput
from accounts.models import User
from config.dialects.bitgin.dialect import BitginView
from config.kit.operations import Answer, Call, Needs, operation
from kyc.services import entitlements
from kyc.services.entitlements import Act

ACTS: dict[str, Act] = {
    "allowCryptoDeposit": Act.DEPOSIT,
    "allowCryptoWithdrawal": Act.WITHDRAW_CRYPTO,
    "allowFiatDeposit": Act.DEPOSIT_FIAT,
    "allowFiatWithdrawal": Act.WITHDRAW_FIAT,
    "allowTrade": Act.TRADE,
    "allowTransfer": Act.INSIDE_TRANSFER,
}
"""The document's words for what a level opens. `allowTransfer` stands in its sample alone."""


class BitginUserOutput(BitginNameOutput):
    """The customer."""

    kycLevel = serializers.IntegerField()
    allowCryptoDeposit = serializers.BooleanField()
    allowCryptoWithdrawal = serializers.BooleanField()
    allowFiatDeposit = serializers.BooleanField()
    allowFiatWithdrawal = serializers.BooleanField()
    allowTrade = serializers.BooleanField()
    allowTransfer = serializers.BooleanField()

    def to_representation(self, instance: User) -> dict[str, Any]:
        """With the level and what it opens."""
        allowed = entitlements.allowed(instance)
        opened = {name: allowed[act] for name, act in ACTS.items()}
        return {**super().to_representation(instance), "kycLevel": entitlements.level_of(instance), **opened}


class UserInformation(BitginView):
    """GET /v1/user. Source: bitgin: User Information, "null if token is expired"."""

    @operation(
        needs=Needs(login=False, optional=True, forgiving=True, level="low", scope="read"),
        output=BitginUserOutput,
        is_nullable=True,
        summary="Read the own account",
    )
    def get(self, call: Call) -> Answer:
        """The customer; null for who is not, or not wholly, signed in."""
        return Answer(call.user, status=200)
