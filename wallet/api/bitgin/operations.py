"""The wallet operation on bitgin: one address, five acts. Source: bitgin: Wallet Operation; gaps.md, bitgin."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from accounts import errors as account_errors
from accounts.services import receivers
from accounts.services.receivers import Named
from accounts.services.second_factor import Proof
from config.dialects.bitgin.dialect import BitginView
from config.kit.money import AmountInvalid, AmountTooFine, to_text
from config.kit.operations import Answer, Call, Needs, ScopeBy, operation
from config.kit.rendering import ExactNumber
from config.kit.scalars import ScalarOutput
from kyc.errors import NotEntitled
from messaging.errors import CodeExpired, TooManyAttempts, TooManyCodes, WrongCode
from wallet import errors
from wallet.api.bitgin import inputs
from wallet.api.bitgin.mail_link import MANNER
from wallet.api.bitgin.words import WALLETS, coin_of
from wallet.api.native.calls import key_id, replay_header
from wallet.services.conversions import at_once
from wallet.services.conversions import errors as conversions
from wallet.services.payments import errors as payments
from wallet.services.payments import paying
from wallet.services.rates import errors as rates
from wallet.services.rates import valuing
from wallet.services.rates.valuing import Part
from wallet.services.transfers import errors as transfers
from wallet.services.transfers import request
from wallet.services.withdrawals.errors import KeyCapExceeded, LimitExceeded, ReferenceTaken

REFERENCE_PREFIX = "bitgin:"
SCOPES = {
    inputs.TRANSFER: "withdraw",
    inputs.CONVERT: "trade",
    inputs.PAY: "transfer",
    inputs.HOLD: "transfer",
    inputs.VALUE: "read",
}
"""What a signed key needs for each: the same as natively. A test holds it total."""


class OperationOutput(ScalarOutput):
    """The id of what was made, a whole number; of GET_BALANCE_IN_QUOTE the value."""

    schema = {"type": "number", "example": 4203918275640192}

    def to_representation(self, instance: Any) -> Any:
        """With all its digits."""
        return ExactNumber(Decimal(to_text(instance))) if isinstance(instance, Decimal) else instance


def _transfer(call: Call) -> Answer:
    said, source = call.input, call.input["fromWallet"][0]
    code = said.get("twoFAcode") or ""
    made = request.request(
        customer=call.user,
        receiver=Named(username=said["receiver"], email=said["receiverEmail"]),
        coin=coin_of(source["asset"]),
        amount=source["amount"],
        client_reference=_reference(call),
        api_key_id=key_id(call),
        ip=call.ip,
        proof=Proof("", code) if code else None,
        manner=MANNER,
        language=call.language,
    )
    return _made(made.transfer.public_id, replayed=made.replayed)


def _convert(call: Call) -> Answer:
    said, source = call.input, call.input["fromWallet"][0]
    bought = source["amountInToAsset"] if said["toAmount"] is None else said["toAmount"]
    made = at_once.convert(
        customer=call.user,
        source_coin=coin_of(source["asset"]),
        target_coin=coin_of(said["toAsset"]),
        source_amount=source["amount"],
        target_amount=bought,
        client_reference=_reference(call),
        api_key_id=key_id(call),
    )
    return _made(made.conversion.public_id, replayed=made.replayed)


def _pay(call: Call) -> Answer:
    source = call.input["fromWallet"][0]
    made = paying.pay(
        customer=call.user,
        service=call.input["receiver"],
        coin=coin_of(source["asset"]),
        amount=source["amount"],
        hold=call.input["operation"] == inputs.HOLD,
        client_reference=_reference(call),
        api_key_id=key_id(call),
    )
    return _made(made.payment.public_id, replayed=made.replayed)


def _value(call: Call) -> Answer:
    coin, sources = coin_of(call.input["toAsset"]), call.input["fromWallet"]
    if not sources:
        return Answer(valuing.value_of(call.user, coin=coin).total)
    parts = [Part(WALLETS[one["wallet"]], coin_of(one["asset"]) if one["asset"] else None, one["amount"]) for one in sources]
    return Answer(valuing.value_of_parts(call.user, parts, coin=coin).total)


def _reference(call: Call) -> str | None:
    return f"{REFERENCE_PREFIX}{call.idempotency_key}" if call.idempotency_key else None


def _made(public_id: int, *, replayed: bool) -> Answer:
    return Answer(public_id, headers=replay_header(replayed=replayed))


ACTS: dict[str, Callable[[Call], Answer]] = {
    inputs.TRANSFER: _transfer,
    inputs.CONVERT: _convert,
    inputs.PAY: _pay,
    inputs.HOLD: _pay,
    inputs.VALUE: _value,
}


class WalletOperation(BitginView):
    """POST /v1/capital/wallet/operation. Source: bitgin: Wallet Operation; gaps.md, bitgin."""

    @operation(
        needs=Needs(scope_by=ScopeBy("operation", SCOPES)),
        input=inputs.OperationInput,
        output=OperationOutput,
        rate="60/m",
        headers={"Idempotency-Key": "Ours: asking again with it and the same body makes nothing anew and answers the same id."},
        refusals=(
            errors.UnknownCoin,
            AmountInvalid,
            AmountTooFine,
            errors.AmountOutOfRange,
            errors.InsufficientFunds,
            errors.IdempotencyConflict,
            ReferenceTaken,
            LimitExceeded,
            KeyCapExceeded,
            NotEntitled,
            account_errors.NotForSubAccounts,
            account_errors.SecurityHoldActive,
            account_errors.SecondFactorRequired,
            account_errors.DestinationMissing,
            WrongCode,
            CodeExpired,
            TooManyAttempts,
            TooManyCodes,
            account_errors.NotOneself,
            account_errors.ReceiverNotNamed,
            account_errors.ReceiverUnknown,
            account_errors.ReceiversDiffer,
            account_errors.ReceiverLocked,
            transfers.ReceiverUnavailable,
            transfers.ReceiverIsFamily,
            transfers.TransferToOneself,
            transfers.TransfersClosed,
            transfers.TransferLimitUnset,
            transfers.TooManyOpenTransfers,
            transfers.TransferHeld,
            conversions.SameCoin,
            conversions.OneAmountDue,
            conversions.ConversionsClosed,
            conversions.ConversionTooSmall,
            conversions.ConversionTooLarge,
            conversions.ConversionLimitUnset,
            conversions.QuoteExpired,
            conversions.QuoteUsed,
            payments.UnknownService,
            payments.PaymentsClosed,
            payments.PaymentLimitUnset,
            payments.TooManyHeldPayments,
            rates.RateUnknown,
            rates.RateStale,
        ),
        summary="Send, exchange or pay, or tell what the wallet is worth",
    )
    def post(self, call: Call) -> Answer:
        """A TRANSFER waits for its link and its confirmation; the others are done when this answers."""
        if call.input["fromUser"]:
            receivers.require_oneself(call.user, call.input["fromUser"])
        return ACTS[call.input["operation"]](call)
