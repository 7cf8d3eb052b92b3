"""Balances on spot."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from config.dialects.spot.dialect import SpotView
from config.kit.fields import ExactNumberField
from config.kit.operations import Call, Needs, operation
from wallet.services import balances
from wallet.services.balances import Balance


class SpotAccountOutput(serializers.Serializer[Any]):
    """One coin of the spot wallet. Source: spot: 1. 查询账户余额."""

    coin = serializers.CharField()
    balance = ExactNumberField(source="available", help_text="what can be used now")
    balanceLocked = ExactNumberField(source="held", help_text="what waits for something to end")


class UserAccount(SpotView):
    """GET /api/spot/v1/user/account. Source: spot: 1. 查询账户余额."""

    @operation(needs=Needs(scope="read"), output=SpotAccountOutput, many=True, summary="Read the balances of the spot wallet")
    def get(self, call: Call) -> list[Balance]:
        """Every coin, zeros included."""
        return list(balances.of_customer(call.user))
