"""Withdrawals on spot: by signed key, to trusted addresses only."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts import errors as account_errors
from config.dialects.spot.dialect import SpotView
from config.dialects.spot.fields import IdText, MaybeText, amount
from config.kit.errors import Absent
from config.kit.fields import Text
from config.kit.flow import IllegalMove
from config.kit.money import AmountInvalid, AmountTooFine
from config.kit.operations import Answer, Call, Needs, operation
from kyc.errors import NotEntitled
from wallet import errors
from wallet.api.spot.calls import IdOutput, NullOutput, key_id, nonce_reference
from wallet.chains import errors as chain_errors
from wallet.models.coins import CODE_CHARACTERS_MAX, NETWORK_NAME_CHARACTERS_MAX
from wallet.models.withdrawals import ADDRESS_CHARACTERS_MAX, MEMO_CHARACTERS_MAX
from wallet.services import coins
from wallet.services.withdrawals import cancel, request
from wallet.services.withdrawals import errors as refusals


class WithdrawInput(serializers.Serializer[Any]):
    """What to send where; `amount` is what leaves the balance, so the fee is taken from it. Source: spot: 2. 发起提币."""

    coin = Text(max_length=CODE_CHARACTERS_MAX)
    network = Text(max_length=NETWORK_NAME_CHARACTERS_MAX)
    address = Text(max_length=ADDRESS_CHARACTERS_MAX)
    amount = amount()
    memo = MaybeText(max_length=MEMO_CHARACTERS_MAX)


class WithdrawCancelInput(serializers.Serializer[Any]):
    """Which one."""

    withdrawId = IdText(required=True, allow_blank=False, default=serializers.empty)


class Withdraw(SpotView):
    """POST /api/spot/v1/withdraw. Source: spot: 2. 发起提币; `data` is the bare id as in the sample (gaps.md)."""

    @operation(
        needs=Needs(scope="withdraw"),
        input=WithdrawInput,
        output=IdOutput,
        refusals=(
            errors.UnknownCoin,
            errors.UnknownNetwork,
            AmountInvalid,
            AmountTooFine,
            refusals.AmountBelowMinimum,
            chain_errors.NetworkNotConnected,
            chain_errors.InvalidAddress,
            chain_errors.InvalidMemo,
            refusals.MemoRequired,
            refusals.OwnAddress,
            refusals.HouseAddress,
            account_errors.NotForSubAccounts,
            NotEntitled,
            account_errors.SecurityHoldActive,
            refusals.WithdrawalsClosed,
            refusals.LimitUnset,
            refusals.LimitExceeded,
            refusals.KeyCapExceeded,
            refusals.TooManyOpen,
            refusals.AddressNotTrusted,
            refusals.AddressCoolingDown,
            errors.InsufficientFunds,
            refusals.ReferenceTaken,
        ),
        summary="Withdraw to a trusted address",
    )
    def post(self, call: Call) -> int:
        """Its id. An equal one within seconds waits for officers."""
        wished = call.input
        made = request.request(
            customer=call.user,
            coin=wished["coin"],
            network=coins.network_code(wished["network"]),
            address=wished["address"],
            amount=wished["amount"],
            amount_includes_fee=True,
            memo=wished["memo"],
            client_reference=nonce_reference(call),
            api_key_id=key_id(call),
            ip=call.ip,
            language=call.language,
        )
        return made.withdrawal.public_id


class WithdrawCancel(SpotView):
    """POST /api/spot/v1/withdraw/cancel. Source: spot: 3. 撤销提币; `data` is null as in the sample (gaps.md)."""

    @operation(
        needs=Needs(scope="withdraw"),
        input=WithdrawCancelInput,
        output=NullOutput,
        refusals=(Absent, IllegalMove),
        summary="Take a withdrawal back",
    )
    def post(self, call: Call) -> Answer:
        """Until the first officer has approved it."""
        cancel.cancel(customer=call.user, public_id=call.input["withdrawId"])
        return Answer(None, status=200)
