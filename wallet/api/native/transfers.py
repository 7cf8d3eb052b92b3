"""Transfers to other customers on the native dialect."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts import errors as account_errors
from accounts.api.native.proofs import REFUSALS, ProofInput, proof_of
from accounts.services.receivers import Named
from config.dialects.native.dialect import NativeView
from config.kit.errors import Absent
from config.kit.fields import AmountField, PublicId, Text, TimestampField
from config.kit.flow import IllegalMove
from config.kit.operations import Answer, Call, Needs, operation
from config.kit.paging import Keyset
from wallet import errors as wallet_errors
from wallet.api.native.calls import client_reference, key_id, replay_header
from wallet.models.coins import CODE_CHARACTERS_MAX
from wallet.models.transfers import REMARK_CHARACTERS_MAX, TransferState
from wallet.services.transfers import cancel, confirm, errors, links, reads, request, views
from wallet.services.transfers.views import Seen
from wallet.services.withdrawals import errors as outgoing_errors

NAME_CHARACTERS_MAX = 254
TOKEN_CHARACTERS_MAX = 64


class TransferInput(serializers.Serializer[dict[str, Any]]):
    """How much to whom. One of the four names is enough; several must be the same customer's."""

    example_fields = ("receiver_uid", "coin", "amount", "remark")
    receiver_uid = Text(max_length=16, required=False, default="")
    receiver_phone = Text(max_length=32, required=False, default="", help_text="with its country code: +886912345678")
    receiver_email = Text(max_length=NAME_CHARACTERS_MAX, required=False, default="")
    receiver_username = Text(max_length=64, required=False, default="")
    coin = Text(max_length=CODE_CHARACTERS_MAX)
    amount = AmountField()
    remark = Text(
        max_length=REMARK_CHARACTERS_MAX, required=False, allow_blank=True, default="", help_text="the receiver reads it"
    )


class TransferConfirmInput(ProofInput):
    """The token of the mail's link, where it was not opened yet, and the second factor, where one is due."""

    token = Text(max_length=TOKEN_CHARACTERS_MAX, required=False, allow_blank=True, default="")


class TransfersQuery(serializers.Serializer[dict[str, Any]]):
    """What narrows the list."""

    direction = serializers.ChoiceField(choices=[(reads.OUT, "sent"), (reads.IN, "received")], required=False)


class TransferOutput(serializers.Serializer[Seen]):
    """A transfer as one of its parties sees it."""

    id = PublicId()
    direction = serializers.ChoiceField(choices=[(reads.OUT, "sent"), (reads.IN, "received")])
    counterparty = serializers.CharField(help_text="the receiver's uid, or the sender as the receiver may know them")
    coin = serializers.CharField()
    amount = AmountField()
    remark = serializers.CharField()
    state = serializers.ChoiceField(choices=TransferState.choices)
    link_is_due = serializers.BooleanField(help_text="whether the link of the mail must be opened first")
    methods = serializers.ListField(
        child=serializers.CharField(), help_text="second factors of which one is due at the confirmation; none where empty"
    )
    expires_at = TimestampField(allow_null=True, help_text="until when it can be confirmed; null once it is")
    created_at = TimestampField()
    finished_at = TimestampField(allow_null=True)


class Transfers(NativeView):
    """`/api/v1/transfers`: what a customer sent and received, newest first, and asking for a transfer."""

    @operation(
        needs=Needs(scope="read"),
        query=TransfersQuery,
        output=TransferOutput,
        page=Keyset("-row_id"),
        summary="List transfers",
    )
    def get(self, call: Call) -> object:
        """Sent ones in every state, received ones once they arrived."""
        return views.Transfers(call.user, direction=call.query.get("direction"))

    @operation(
        needs=Needs(scope="withdraw"),
        idempotent=True,
        input=TransferInput,
        output=TransferOutput,
        status=201,
        refusals=(
            account_errors.ReceiverNotNamed,
            account_errors.ReceiverUnknown,
            account_errors.ReceiversDiffer,
            account_errors.ReceiverLocked,
            errors.ReceiverUnavailable,
            errors.ReceiverIsFamily,
            errors.TransferToOneself,
            errors.TransfersClosed,
            errors.TransferHeld,
            errors.TransferLimitUnset,
            errors.TooManyOpenTransfers,
            outgoing_errors.LimitExceeded,
            outgoing_errors.KeyCapExceeded,
            outgoing_errors.ReferenceTaken,
            wallet_errors.UnknownCoin,
            wallet_errors.InsufficientFunds,
        ),
        rate="30/m",
        summary="Ask for a transfer to another customer",
    )
    def post(self, call: Call) -> Answer:
        """Reserve the amount and mail a link. With `Idempotency-Key`, asking again gives the same transfer."""
        given = dict(call.input)
        named = Named(**{way: given.pop(f"receiver_{way}") for way in ("uid", "phone", "email", "username")})
        made = request.request(
            customer=call.user,
            receiver=named,
            **given,
            client_reference=client_reference(call),
            api_key_id=key_id(call),
            ip=call.ip,
        )
        return Answer(views.seen(made.transfer, by=call.user), headers=replay_header(replayed=made.replayed))


class TransferById(NativeView):
    """`/api/v1/transfers/{id}`: one transfer."""

    @operation(needs=Needs(scope="read"), output=TransferOutput, refusals=(Absent,), summary="Read a transfer")
    def get(self, call: Call) -> Seen:
        """The transfer, to its sender, and once it arrived to its receiver."""
        return views.seen(reads.get(customer=call.user, public_id=call.path["id"]), by=call.user)


class TransferConfirmation(NativeView):
    """`/api/v1/transfers/{id}/confirm`: the sender's word."""

    @operation(
        needs=Needs(),
        idempotent=True,
        input=TransferConfirmInput,
        output=TransferOutput,
        refusals=(
            Absent,
            IllegalMove,
            errors.LinkNotOpened,
            errors.TransferLinkInvalid,
            errors.TransferExpired,
            errors.TransferHeld,
            *REFUSALS,
        ),
        rate="30/m",
        summary="Confirm a transfer",
    )
    def post(self, call: Call) -> Seen:
        """Into review, and where no officer is needed the receiver has the money when this answers."""
        done = confirm.confirm(
            customer=call.user,
            public_id=call.path["id"],
            token=call.input["token"],
            proof=proof_of(call),
            language=call.language,
            ip=call.ip,
        )
        return views.seen(done, by=call.user)


class TransferCancellation(NativeView):
    """`/api/v1/transfers/{id}/cancel`: taking a request back."""

    @operation(
        needs=Needs(),
        idempotent=True,
        output=TransferOutput,
        refusals=(Absent, IllegalMove),
        rate="30/m",
        summary="Cancel a transfer",
    )
    def post(self, call: Call) -> Seen:
        """While it waits for its sender or for the first officer; the money is available again."""
        return views.seen(cancel.cancel(customer=call.user, public_id=call.path["id"]), by=call.user)


class TransferMail(NativeView):
    """`/api/v1/transfers/{id}/resend`: another mail."""

    @operation(
        needs=Needs(),
        idempotent=True,
        output=TransferOutput,
        refusals=(
            Absent,
            IllegalMove,
            errors.TransferExpired,
            errors.TransferLinkNotDue,
            errors.TransferLinkTooSoon,
            errors.TransferLinksUsedUp,
        ),
        rate="10/m",
        summary="Send the mail with the link again",
    )
    def post(self, call: Call) -> Seen:
        """A new link; the earlier ones are void. Once a minute, and five mails in all."""
        return views.seen(links.resend(customer=call.user, public_id=call.path["id"]), by=call.user)
