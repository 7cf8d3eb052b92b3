"""Balances on bitgin."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from config.dialects.bitgin.dialect import BitginView
from config.kit.fields import ExactNumberField
from config.kit.operations import Call, Needs, operation
from wallet.services import balances
from wallet.services.balances import Balance


class BitginWalletOutput(serializers.Serializer[Any]):
    """One coin of the spot wallet."""

    currency = serializers.CharField(source="coin")
    total = ExactNumberField(source="spot")
    available = ExactNumberField()


class UserWallet(BitginView):
    """GET /api/v3.2/user/wallet, also under /spot. Source: bitgin: Authentication, Example: Get wallet; gaps.md, bitgin.

    The list leaves without an envelope: clients of this address read it so.
    """

    @operation(needs=Needs(scope="read"), output=BitginWalletOutput, many=True, bare=True, summary="Read the spot wallet")
    def get(self, call: Call) -> list[Balance]:
        """Every coin, zeros included."""
        return list(balances.of_customer(call.user))
